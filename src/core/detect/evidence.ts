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

/** Evidence as it is held while rules are asked: what sorts it, and its canonical JSON. */
export interface Written {
  readonly time: number;
  readonly key: string;
  readonly rule: string;
  readonly text: string;
}

/**
 * Writes what a finding keeps of a match: a pure function of event and rule, and of the entries that it met in lists. What
 * several rules keep of one event is written once.
 */
export class EvidenceWriter {
  private event: Event | null = null;
  private resource: ResourceRef | undefined;
  private kept = '';
  // Canonical JSON: what stands before what a rule keeps, and between that and the rule's id, and behind it.
  private head = '';
  private key = '';
  private about = '';
  private tail = '';

  /** A caller that has the matched resource may hand it over; `lists` are the entries that the event met. */
  write(
    event: Event,
    rule: EventRule,
    resource: ResourceRef | undefined = matchedResource(event, rule),
    lists: JsonObject | null = null,
  ): Written {
    if (event !== this.event) this.begin(event);
    if (resource !== this.resource) this.pointAt(resource);
    const kept = keptOf(event, rule, lists);
    const text = `${this.head}${kept === null ? '' : `"kept":${canonicalJson(kept)},`}${this.kept}${this.about}"rule":${JSON.stringify(rule.id)},${this.tail}`;
    return { time: event.time, key: this.key, rule: rule.id, text };
  }

  private begin(event: Event): void {
    const { words, time, key } = event;
    const { actor, error, id, ip, userAgent } = words;
    this.event = event;
    this.key = key;
    this.head =
      `{"account":${quoted(words.account)},` +
      (actor === undefined ? '' : `"actor":${canonicalJson(clipAll(actor))},`) +
      // CloudTrail's event history holds its management events only, so others are not waited for.
      (words.isManagement === true ? '' : '"dataEvent":true,') +
      (error === undefined ? '' : `"error":${quoted(error)},`) +
      `"id":${id === undefined ? JSON.stringify(key) : quoted(id)},` +
      (ip === undefined ? '' : `"ip":${quoted(ip)},`);
    this.kept = `"key":${JSON.stringify(key)},"operation":${quoted(words.operation)},"region":${quoted(words.region)},`;
    this.tail = `"service":${quoted(words.service)},"time":${time}${userAgent === undefined ? '' : `,"userAgent":${quoted(userAgent)}`}}`;
    this.pointAt(undefined);
  }

  private pointAt(resource: ResourceRef | undefined): void {
    this.resource = resource;
    this.about = resource === undefined ? '' : `"resource":${canonicalJson(resource)},`;
  }
}

/** As an `EvidenceWriter` writes it, to be looked into. */
export function evidenceOf(event: Event, rule: EventRule): Evidence {
  return JSON.parse(new EvidenceWriter().write(event, rule).text) as Evidence;
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

function keptOf(event: Event, rule: EventRule, lists: JsonObject | null): JsonObject | null {
  const names = Object.keys(rule.keep);
  if (names.length === 0) return lists === null ? null : { lists };
  const kept: Record<string, Json> = lists === null ? {} : { lists };
  for (const name of names) {
    const path = rule.keep[name] ?? '';
    const value = valueAt(event.raw, path.split('.'), path);
    if (value === undefined || value === null) continue;
    kept[name] = typeof value === 'string' ? clip(value) : isShort(value) ? value : null;
  }
  return Object.keys(kept).length === 0 ? null : kept;
}

function quoted(text: string): string {
  return JSON.stringify(clip(text));
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
