import { canonicalJson } from '../lib/canonical-json.ts';
import { idOf } from '../lib/hash.ts';
import type { JsonObject } from '../model/json.ts';
import type { Rule } from '../model/rule.ts';
import type { Digest } from './digest.ts';

/** A digest with its place in the order of all digests: rule, group, bucket, value. */
export interface Entry {
  /** Sorts entries so that those of one rule and group are neighbours, in time order. */
  readonly key: string;
  readonly rule: string;
  readonly group: JsonObject;
  /** Start of the bucket in milliseconds; 0 for `first_seen`. */
  readonly bucket: number;
  /** Of `first_seen`: the value; null is the group as a whole. */
  readonly value: string | null;
  readonly digest: Digest;
}

/** `key` of an entry; texts are JSON, so that hostile values cannot imitate a separator. */
export function entryKey(rule: Rule, group: JsonObject, bucket: number, value: string | null): string {
  return entryKeyOf(rule, canonicalJson(group), bucket, value);
}

/** As `entryKey`, where the group's canonical JSON is known. */
export function entryKeyOf(rule: Rule, group: string, bucket: number, value: string | null): string {
  return `${rule.id}@${rule.major}\u0000${group}\u0000${String(bucket).padStart(16, '0')}\u0000${value === null ? '' : JSON.stringify(value)}`;
}

/** An entry of its JSON text. */
export function readEntry(line: string): Entry {
  return JSON.parse(line) as Entry;
}

/** The id of the finding that a rule raises for a group and bucket: never of an event or an exact time. */
export function findingId(tenant: string, rule: Pick<Rule, 'id' | 'major'>, group: JsonObject, bucket: number): string {
  return idOf(tenant, rule.id, rule.major, group, bucket);
}
