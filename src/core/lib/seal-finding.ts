import type { Finding } from '../model/finding.ts';
import { hashOf } from './hash.ts';

/** Gives a finding its revision: the hash of the canonical bytes of all the rest. */
export function sealFinding(content: Omit<Finding, 'revision'>): Finding {
  return { ...content, revision: hashOf(content).slice(0, 32) };
}
