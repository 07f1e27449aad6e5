import { arnOf } from '../lib/arn.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import type { Event } from '../model/event.ts';
import type { Evidence, ResourceRef } from '../model/finding.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { EventRule } from '../model/rule.ts';
import { textsAt, valueAt } from './slot.ts';

/** A log's text may be of any length; evidence keeps this much of each. */
const longestText = 1_024;
const longestKept = 4_096;

/**
 * What a finding keeps of a match: a pure function of event and rule, and of the entries that it met in lists. A caller
 * that has the matched resource may hand it over.
 */
export function evidenceOf(
  event: Event,
  rule: EventRule,
  resource: ResourceRef | undefined = matchedResource(event, rule),
  lists: JsonObject | null = null,
): Evidence {
  const { words, raw } = event;
  const id = raw['eventID'];
  const kept = keptOf(raw, rule, lists);
  // In canonical order, which is printed and hashed faster.
  return {
    account: clip(words.account),
    // CloudTrail's event history holds its management events only, so others are not waited for.
    ...(event.source !== 'aws.cloudtrail' || raw['managementEvent'] === false || raw['eventCategory'] === 'Data'
      ? { dataEvent: true as const }
      : {}),
    ...(words.actor === undefined ? {} : { actor: clipAll(words.actor) }),
    ...(words.error === undefined ? {} : { error: clip(words.error) }),
    id: typeof id === 'string' && id !== '' ? clip(id) : event.key,
    ...(words.ip === undefined ? {} : { ip: clip(words.ip) }),
    ...(kept === null ? {} : { kept }),
    key: event.key,
    operation: clip(words.operation),
    region: clip(words.region),
    ...(resource === undefined ? {} : { resource }),
    rule: rule.id,
    service: clip(words.service),
    time: event.time,
    ...(words.userAgent === undefined ? {} : { userAgent: clip(words.userAgent) }),
  };
}

/** What the match is about: what the rule points at, else what the event names. */
export function matchedResource(event: Event, rule: EventRule): ResourceRef | undefined {
  const { words } = event;
  for (const path of rule.resource?.paths ?? []) {
    const name = textsAt(event.raw, path)[0];
    if (name === undefined || name === '') continue;
    const type = rule.resource?.type || words.resource?.type || '';
    return clipAll({ account: words.account, name, region: words.region, type, uid: arnOf(type, name, words.account, words.region) });
  }
  return words.resource === undefined ? undefined : clipAll(words.resource);
}

function keptOf(raw: JsonObject, rule: EventRule, lists: JsonObject | null): JsonObject | null {
  const kept: Record<string, Json> = lists === null ? {} : { lists };
  for (const [name, path] of Object.entries(rule.keep)) {
    const value = valueAt(raw, path.split('.'), path);
    if (value === undefined || value === null) continue;
    kept[name] = typeof value === 'string' ? clip(value) : isShort(value) ? value : null;
  }
  return Object.keys(kept).length === 0 ? null : kept;
}

function clip(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text;
}

function clipAll<T extends object>(value: T): T {
  for (const text of Object.values(value)) {
    if (typeof text !== 'string' || text.length <= longestText) continue;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, typeof item === 'string' ? clip(item) : item])) as T;
  }
  return value;
}

/** Short enough to be kept; what is nested too deeply to have a text is not, nor what holds a number beyond all numbers. */
function isShort(value: Json): boolean {
  try {
    return canonicalJson(value).length <= longestKept;
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) return false;
    throw error;
  }
}
