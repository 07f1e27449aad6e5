import { createHash } from 'node:crypto';
import type { Campaign } from '../core/model/campaign.ts';
import type { JsonObject } from '../core/model/json.ts';
import type { RangeAccount } from './build-organisation.ts';
import { Dice } from './dice.ts';
import { gzipped, logObjectKey, takeLogObjects, writeLogObjects } from './log-objects.ts';
import { openRange } from './open-range.ts';
import { iso } from './operation.ts';
import { runCampaign } from './run-campaign.ts';

export interface HistoryOptions {
  /** Log objects go below it in CloudTrail's layout. */
  readonly folder: string;
  readonly seed: string;
  /** How many events in all. */
  readonly events: number;
  /** Time of the first event, in milliseconds since 1970. */
  readonly start: number;
  /** How long the events take, in milliseconds. Default: 7 days. */
  readonly duration?: number;
  /** Campaigns of ordinary life, from which the events are drawn. */
  readonly campaigns: readonly Campaign[];
  /** Events in one object. Default 2000. */
  readonly perObject?: number;
  readonly accounts?: readonly RangeAccount[];
}

export interface HistoryReport {
  readonly objects: number;
  readonly events: number;
  /** Of the decompressed texts. */
  readonly bytes: number;
  /** SHA-256 of all keys and texts in order: the same seed gives the same. */
  readonly hash: string;
}

/**
 * Writes a long and boring history quickly. Two hours of campaigns are played against a range; then their records are drawn
 * again and again with new event ids and times, spread evenly over the duration. Every event has its own id and
 * is delivered once; memory does not grow with their number.
 */
export async function writeHistory(options: HistoryOptions): Promise<HistoryReport> {
  const { folder, seed, events, start, duration = 7 * 86_400_000, perObject = 2000 } = options;
  const templates = templatesOf(options);
  const dice = new Dice(`${seed}/history`);
  const hash = createHash('sha256');
  let objects = 0;
  let bytes = 0;
  for (let done = 0; done < events; ) {
    const count = Math.min(perObject, events - done);
    // One object holds one account and Region, as CloudTrail's do.
    const place = templates[dice.int(templates.length)];
    if (place === undefined) break;
    const parts: string[] = [];
    let at = start;
    for (let i = 0; i < count; i++, done++) {
      at = start + Math.floor((done * duration) / events);
      const template = place.records[dice.int(place.records.length)];
      if (template === undefined) continue;
      parts.push(`${template.head}${iso(at).replace('.000Z', 'Z')}${template.middle}${dice.uuid()}${template.tail}`);
    }
    const text = `{"Records":[${parts.join(',')}]}`;
    const key = logObjectKey('', place.account, place.region, at, dice.hex(32));
    hash.update(key).update(text);
    await writeLogObjects(folder, [{ key, bytes: gzipped(text) }]);
    objects++;
    bytes += text.length;
  }
  return { objects, events, bytes, hash: hash.digest('hex') };
}

interface Template {
  readonly head: string;
  readonly middle: string;
  readonly tail: string;
}

interface Place {
  readonly account: string;
  readonly region: string;
  readonly records: readonly Template[];
}

/** Records of played campaigns, cut open where time and event id are. */
function templatesOf(options: HistoryOptions): readonly Place[] {
  const { seed, start } = options;
  const range = openRange({
    seed,
    start,
    now: () => start,
    ...(options.accounts === undefined ? {} : { accounts: options.accounts }),
  });
  runCampaign(range, options.campaigns, start, start + 7_200_000);
  takeLogObjects(range.state, start);
  const places = new Map<string, { account: string; region: string; records: Template[] }>();
  for (const records of Object.values(range.state.recent)) {
    for (const record of records) {
      const account = String(record['recipientAccountId']);
      const region = String(record['awsRegion']);
      const place = places.get(`${account} ${region}`) ?? { account, region, records: [] };
      places.set(`${account} ${region}`, place);
      place.records.push(cutOpen(record));
    }
  }
  return [...places.values()];
}

function cutOpen(record: JsonObject): Template {
  const time = `"eventTime":"`;
  const id = `"eventID":"`;
  const text = JSON.stringify(record);
  const timeAt = text.indexOf(time) + time.length;
  const idAt = text.indexOf(id) + id.length;
  return {
    head: text.slice(0, timeAt),
    middle: text.slice(timeAt + String(record['eventTime']).length, idAt),
    tail: text.slice(idAt + String(record['eventID']).length),
  };
}
