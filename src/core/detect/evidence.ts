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

/** What a finding keeps of a match: a pure function of event and rule. A caller that has the matched resource may hand it over. */
export function evidenceOf(event: Event, rule: EventRule, resource: ResourceRef | undefined = matchedResource(event, rule)): Evidence {
  const { words, raw } = event;
  const id = raw['eventID'];
  const kept = keptOf(raw, rule);
  return {
    key: event.key,
    id: typeof id === 'string' && id !== '' ? clip(id) : event.key,
    time: event.time,
    rule: rule.id,
    operation: clip(words.operation),
    service: clip(words.service),
    account: clip(words.account),
    region: clip(words.region),
    ...(words.ip === undefined ? {} : { ip: clip(words.ip) }),
    ...(words.userAgent === undefined ? {} : { userAgent: clip(words.userAgent) }),
    ...(words.error === undefined ? {} : { error: clip(words.error) }),
    ...(words.actor === undefined ? {} : { actor: clipAll(words.actor) }),
    ...(resource === undefined ? {} : { resource }),
    ...(kept === null ? {} : { kept }),
  };
}

/** What the match is about: what the rule points at, else what the event names. */
export function matchedResource(event: Event, rule: EventRule): ResourceRef | undefined {
  const { words } = event;
  for (const path of rule.resource?.paths ?? []) {
    const name = textsAt(event.raw, path)[0];
    if (name === undefined || name === '') continue;
    const type = rule.resource?.type || words.resource?.type || '';
    return clipAll({ uid: arnOf(type, name, words.account, words.region), type, name, account: words.account, region: words.region });
  }
  return words.resource === undefined ? undefined : clipAll(words.resource);
}

function keptOf(raw: JsonObject, rule: EventRule): JsonObject | null {
  const kept: Record<string, Json> = {};
  for (const [name, path] of Object.entries(rule.keep)) {
    const value = valueAt(raw, path.split('.'), path);
    if (value === undefined || value === null) continue;
    kept[name] = typeof value === 'string' ? clip(value) : canonicalJson(value).length > longestKept ? null : value;
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
