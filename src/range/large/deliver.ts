import type { JsonObject } from '../../core/model/json.ts';
import type { Dice } from '../dice.ts';
import { logObjectKey } from '../log-objects.ts';
import type { RangeState, TrailState } from '../state.ts';
import { openDigests, type PublicKeyList } from './digests.ts';

const recordsAtMost = 2_000;

/** Takes a log object with its decompressed content and when it was delivered (milliseconds since 1970); says how many bytes it stored. */
export type PutObject = (key: string, content: string, at: number) => number;

export interface Delivery {
  /** An event of daily life, taken by whatever trails log when it is delivered; false where no trail takes such events. */
  put(account: string, region: string, at: number, text: string, data: boolean): boolean;
  /** What the trails of the range have taken by themselves since the last time. */
  takeFromTrails(): void;
  /** Writes what was gathered in the spans that ended by `until`, and digests of hours that did. */
  flush(until: number): void;
  /** Writes the rest, at the end of the logs. */
  end(at: number): void;
  /** With which the digests were signed; null where there are none. */
  readonly publicKeys: () => PublicKeyList | null;
  /** Of events that `takeFromTrails` took: those that some object holds. */
  readonly delivered: ReadonlySet<string>;
  readonly written: { readonly objects: number; readonly events: number; readonly copies: number; readonly bytes: number };
}

interface Gathering {
  readonly account: string;
  readonly region: string;
  /** Management events and data events of daily life. */
  readonly management: string[];
  readonly data: string[];
  /** What trails took themselves, by ARN. */
  readonly taken: Map<string, string[]>;
}

/**
 * How long events of an account and Region are gathered before an object is written, in milliseconds. CloudTrail takes about five
 * minutes; where little happens longer, up to an hour, so that objects have tens of records as those of busy accounts have.
 */
export function gatheredFor(events: number, accounts: number, hours: number): number {
  const minutes = [5, 10, 15, 20, 30].find((each) => (events * each) / (hours * 60 * accounts) >= 60) ?? 60;
  return minutes * 60_000;
}

/**
 * Gathers events as CloudTrail does and makes log objects of them: the organisation's trail has each management
 * event, an account's own trail that and data events too; delivery takes some minutes, seldom hours; now and then records come twice.
 */
export function openDelivery(
  putObject: PutObject,
  state: RangeState,
  { start, gathered, digests: withDigests }: { readonly start: number; readonly gathered: number; readonly digests: boolean },
  dice: Dice,
): Delivery {
  const spans = new Map<number, Map<string, Gathering>>();
  const delivered = new Set<string>();
  const written = { objects: 0, events: 0, copies: 0, bytes: 0 };
  const prefixOf = (trail: TrailState) => (trail.organisation ? `${state.organisation.id}/` : '');
  const put = (key: string, content: string, at: number) => {
    written.objects++;
    written.bytes += putObject(key, content, at);
  };
  const digests = withDigests ? openDigests(state.seed, start, prefixOf, put) : null;

  const gathering = (account: string, region: string, at: number): Gathering => {
    const span = Math.floor((at - start) / gathered);
    const all = spans.get(span) ?? new Map<string, Gathering>();
    spans.set(span, all);
    const key = `${account} ${region}`;
    const one = all.get(key) ?? { account, region, management: [], data: [], taken: new Map() };
    all.set(key, one);
    return one;
  };

  const write = (trail: TrailState, { account, region }: Gathering, at: number, records: readonly string[]) => {
    for (let i = 0; i < records.length; i += recordsAtMost) {
      const some = records.slice(i, i + recordsAtMost);
      // Some minutes after the span has ended; one in a hundred objects up to three hours later.
      const late = 60_000 + dice.int(480_000) + (dice.int(100) === 0 ? dice.int(10_800_000) : 0);
      const key = logObjectKey(prefixOf(trail), account, region, at + late, dice.hex(32));
      const content = `{"Records":[${some.join(',')}]}`;
      put(key, content, at + late);
      digests?.add({ trail, account, region, at: at + late, key, content });
      written.copies += some.length;
    }
  };

  const deliver = (trail: TrailState, one: Gathering, at: number, records: readonly string[]) => {
    if (records.length === 0) return;
    write(trail, one, at, records);
    if (dice.int(300) === 0) write(trail, one, at + 600_000, records.slice(0, 1 + dice.int(20)));
  };

  const deliverSpan = (at: number, one: Gathering) => {
    const account = state.accounts[one.account];
    const own = Object.values(account?.trails ?? {}).filter((trail) => !trail.organisation);
    const organisation = Object.values(state.accounts[state.organisation.management]?.trails ?? {}).filter((trail) => trail.organisation);
    let management = false;
    let data = false;
    for (const trail of [...organisation, ...own]) {
      const taken = one.taken.get(trail.arn) ?? [];
      for (const text of taken) delivered.add(eventIdOf(text));
      const manages = trail.logging && trail.selectors.management;
      const withData = trail.logging && takesData(trail);
      management ||= manages;
      data ||= withData;
      const records = [...(manages ? one.management : []), ...(withData ? one.data : []), ...taken];
      deliver(trail, one, at, records);
    }
    written.events += (management ? one.management.length : 0) + (data ? one.data.length : 0);
  };

  const flush = (until: number) => {
    for (const span of [...spans.keys()].sort((a, b) => a - b)) {
      const end = start + (span + 1) * gathered;
      if (end > until) continue;
      for (const one of spans.get(span)?.values() ?? []) deliverSpan(end, one);
      spans.delete(span);
    }
  };

  return {
    delivered,
    written,
    publicKeys: () => digests?.keys() ?? null,
    put: (account, region, at, text, data) => {
      if (data && !Object.values(state.accounts[account]?.trails ?? {}).some((trail) => trail.logging && takesData(trail))) return false;
      const one = gathering(account, region, at);
      (data ? one.data : one.management).push(text);
      return true;
    },
    takeFromTrails: () => {
      for (const [key, records] of Object.entries(state.undelivered)) {
        delete state.undelivered[key];
        const [arn = '', account = '', region = ''] = key.split(' ');
        for (const record of records) {
          const { taken } = gathering(account, region, Date.parse(String(record['eventTime'])));
          const list = taken.get(arn) ?? [];
          taken.set(arn, list);
          list.push(JSON.stringify(record));
        }
      }
      for (const account of Object.keys(state.recent)) delete state.recent[account];
    },
    flush: (until) => {
      flush(until);
      digests?.flush(until);
    },
    end: (at) => {
      flush(Number.POSITIVE_INFINITY);
      digests?.end(at);
    },
  };
}

function takesData(trail: TrailState): boolean {
  return trail.selectors.dataBuckets.length > 0;
}

function eventIdOf(text: string): string {
  return String((JSON.parse(text) as JsonObject)['eventID']);
}
