import type { Finding } from '../model/finding.ts';

/** All who did something of a finding, each as `handOf` has it. */
export function handsOf({ actor, evidence }: Pick<Finding, 'actor' | 'evidence'>): ReadonlySet<string> {
  return new Set([actor, ...evidence.map((one) => one.actor)].flatMap((one) => (one === undefined ? [] : [handOf(one.uid)])));
}

/** Whoever it is: a person of Identity Center has a session in each account. */
export function handOf(uid: string): string {
  return uid.replace(/^arn:[^:]*:sts::\d*:assumed-role\/AWSReservedSSO_[^/]*\//, personal);
}

/** How the hand of a person of Identity Center begins. */
export const personal = 'person ';
