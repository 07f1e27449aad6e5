import { arnOf } from '../lib/arn.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import type { Event } from '../model/event.ts';
import type { Evidence, ResourceRef } from '../model/finding.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { EventRule } from '../model/rule.ts';
import { textsAt, valueAt } from './slot.ts';
import { inSentence, resourceText, type Teller, tellingText, toldOf, whereOf } from './told.ts';

/** A log's text may be of any length; evidence keeps this much of each. */
const longestText = 1_024;
const longestKept = 4_096;

/** Evidence as it is held while rules are asked: what sorts it, its canonical JSON, and what a finding tells of it. */
export interface Written {
  readonly time: number;
  readonly key: string;
  readonly rule: string;
  /** As in `Told`. */
  readonly operation: string;
  readonly text: string;
  /** As `tellingText` puts it down. */
  readonly told: string;
}

/**
 * Writes what a finding keeps of a match: a pure function of event and rule, and of the entries that it met in lists. What
 * several rules keep of one event is written once.
 */
export class EvidenceWriter {
  private event: Event | null = null;
  private key = '';
  private teller: Teller = { account: '', region: '' };
  private of = toldOf(this.teller);
  private resource: ResourceRef | undefined;
  private about = '';
  private told = '';
  private operation = '';
  // Canonical JSON: what stands before what the rule keeps, between that and the resource, and behind the rule's id.
  private head = '';
  private middle = '';
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
    const { key, told, operation } = this;
    const kept = keptOf(event, rule, lists);
    const text = flat(
      `${this.head}${kept === null ? '' : `"kept":${canonicalJson(kept)},`}${this.middle}${this.about}"rule":${JSON.stringify(rule.id)},${this.tail}`,
    );
    return { time: event.time, key, rule: rule.id, operation, text, told };
  }

  private begin(event: Event): void {
    const { words, time, key } = event;
    const { actor, error, id, ip, userAgent } = words;
    this.event = event;
    this.key = key;
    this.teller = {
      account: clip(words.account),
      region: clip(words.region),
      ...(ip === undefined ? {} : { ip: clip(ip) }),
      ...(actor === undefined ? {} : { actor: clipAll(actor) }),
    };
    this.of = toldOf(this.teller);
    this.operation = inSentence(clip(words.operation));
    this.head =
      `{"account":${this.of.account},` +
      (actor === undefined ? '' : `"actor":${this.of.actor},`) +
      // CloudTrail's event history holds its management events only, so others are not waited for.
      (words.isManagement === true ? '' : '"dataEvent":true,') +
      (error === undefined ? '' : `"error":${quoted(error)},`) +
      `"id":${id === undefined ? JSON.stringify(key) : quoted(id)},` +
      (ip === undefined ? '' : `"ip":${quoted(ip)},`);
    this.middle = `"key":${JSON.stringify(key)},"operation":"${this.operation}","region":${this.of.region},`;
    this.tail = `"service":${quoted(words.service)},"time":${time}${userAgent === undefined ? '' : `,"userAgent":${quoted(userAgent)}`}}`;
    this.pointAt(undefined);
  }

  private pointAt(resource: ResourceRef | undefined): void {
    const { account, region, actor, self, who, how } = this.of;
    const text = resource === undefined ? '' : resourceText(resource);
    this.resource = resource;
    this.about = text === '' ? '' : `"resource":${text},`;
    this.told = flat(tellingText({ account, region, actor, resource: text, self, who, how, where: whereOf(this.teller, resource) }));
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
  // A name of nothing names nothing.
  return words.resource === undefined || words.resource.uid === '' ? undefined : clipAll(words.resource);
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

/**
 * The same text in one piece. The engine keeps what was put together as a tree of its pieces until somebody looks into it,
 * several times as large. The answer must matter, or the look is left out by the compiler; no text of ours begins with zero.
 */
function flat(text: string): string {
  return text.charCodeAt(0) === 0 ? '' : text;
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
