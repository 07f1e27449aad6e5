import { canonicalJson } from '../lib/canonical-json.ts';
import type { DecideContext } from '../model/decide-context.ts';
import type { Finding } from '../model/finding.ts';
import type { RecommendArguments } from '../model/judging.ts';
import type { Tolerance } from '../model/tolerance.ts';
import { decide } from './decide.ts';
import { recommend } from './recommend.ts';

/**
 * The entry of the bundle whose hash is the engine's version: from the stored bytes of the three arguments to the bytes
 * of the decision. Everything that a decision depends on is inside the bundle.
 */
export function decideBytes(finding: string, context: string, tolerance: string): string {
  return canonicalJson(decide(JSON.parse(finding) as Finding, JSON.parse(context) as DecideContext, JSON.parse(tolerance) as Tolerance));
}

/** The same for what is recommended on a question: from the stored bytes of its argument to those of the recommendation. */
export function recommendBytes(given: string): string {
  return canonicalJson(recommend(JSON.parse(given) as RecommendArguments));
}
