import type { CorrelationRule } from '../model/rule.ts';
import type { Written } from './evidence.ts';
import { epochDay, smallestDays } from './first-digest.ts';
import type { NestPlace } from './nest.ts';
import type { ScannedRow } from './scanned-row.ts';

/** A correlation with the paths at which one rule's events have what it groups by, and the field whose values count. */
export interface Feed {
  readonly rule: CorrelationRule;
  readonly groupBy: readonly { readonly name: string; readonly path: string }[];
  readonly field: string;
  /** Of a correlation over correlations: which of them takes the match. */
  readonly nest?: NestPlace;
}

/** What a digest has taken of matches that group and count alike. */
export type Taken =
  /** They belong to no group. */
  | { readonly t: 'none' }
  /** `first_seen`: on each of these days, and not before this time; while its digests are held, a new day is added to them. */
  | {
      readonly t: 'first';
      readonly days: number[];
      readonly time: number;
      readonly digests: readonly { days: number[] }[];
      readonly held: number;
    }
  /** A counted value: while its digest is held, a later match moves `last` only. */
  | { readonly t: 'seen'; readonly bucket: number; readonly seen: { readonly first: Written; last: number }; readonly held: number }
  /** Counted matches: while their digest is held and full, a later match only makes it "at least". */
  | {
      readonly t: 'kept';
      readonly bucket: number;
      readonly digest: { readonly items: readonly Written[]; more: boolean };
      readonly held: number;
    }
  /** A value of `unusual_count` that is counted: while its digest is held and has its evidence, a later match says that there are others. */
  | {
      readonly t: 'counted';
      readonly bucket: number;
      readonly digest: { readonly items: readonly Written[]; moreItems: boolean };
      readonly held: number;
    };

/** So many groups of one correlation are remembered; then they are forgotten, which costs time and changes nothing. */
const remembered = 16_384;
/** Numbers of texts are below it; three of them fit into a double. */
const base = 131_072;
const quarter = 21_600_000;
const day = 86_400_000;

type Component = (row: ScannedRow) => number;

/**
 * What the correlations of one source need not be told again. Of a scanned record the numbers of its texts tell whether
 * the same was counted before, so that most records that only feed a correlation are never parsed. It is a shortcut:
 * a digest is the same with and without it.
 */
export class FeedMemory {
  private readonly columnOf: (path: string) => number;
  private readonly components = new Map<Feed, readonly Component[] | null>();
  private readonly taken = new Map<Feed, Map<number, Taken>>();
  private readonly pairs = new Map<number, number>();

  /** `columnOf` is the column of a path in scanned rows, -1 for none. */
  constructor(columnOf: (path: string) => number) {
    this.columnOf = columnOf;
  }

  /** The numbers of texts begin anew. */
  forget(): void {
    this.taken.clear();
    this.pairs.clear();
  }

  /** What is known of records like this; undefined where nothing is. */
  of(feed: Feed, row: ScannedRow): Taken | undefined {
    const key = this.keyOf(feed, row);
    return key < 0 ? undefined : this.taken.get(feed)?.get(key);
  }

  remember(feed: Feed, row: ScannedRow, taken: Taken): void {
    const key = this.keyOf(feed, row);
    if (key < 0) return;
    let all = this.taken.get(feed);
    if (all === undefined) {
      all = new Map();
      this.taken.set(feed, all);
    }
    if (all.size >= remembered) all.clear();
    const before = all.get(key);
    all.set(key, before?.t === 'first' && taken.t === 'first' ? joined(before, taken) : taken);
  }

  private keyOf(feed: Feed, row: ScannedRow): number {
    let components = this.components.get(feed);
    if (components === undefined) {
      components = this.componentsOf(feed);
      this.components.set(feed, components);
    }
    if (components === null) return -1;
    let key = 0;
    for (let i = 0; i < components.length; i++) {
      const number = components[i]?.(row) ?? -1;
      if (number < 0) return -1;
      key = key * base + number;
    }
    return key;
  }

  private componentsOf({ rule, groupBy, field }: Feed): readonly Component[] | null {
    const fields = [...groupBy.map(({ path }) => path), ...(rule.field === null ? [] : [field])];
    if (fields.length > 3) return null;
    const components = fields.map((name) => this.componentOf(name));
    return components.every((one) => one !== null) ? components : null;
  }

  private componentOf(name: string): Component | null {
    const [path = '', view] = name.split('|');
    switch (view) {
      case undefined:
      case 'network':
      case 'owner':
      case 'peers':
      case 'agent': {
        // A view says the same of the same text.
        const column = this.columnOf(path);
        return column < 0 ? null : (row) => row.number(column);
      }
      case 'principal': {
        const issuer = this.columnOf(`${path}.sessionContext.sessionIssuer.arn`);
        const arn = this.columnOf(`${path}.arn`);
        if (issuer < 0 || arn < 0) return null;
        return (row) => {
          const role = row.number(issuer);
          if (role !== 0) return role < 0 ? -1 : 2 * role;
          const own = row.number(arn);
          return own < 0 ? -1 : 2 * own + 1;
        };
      }
      case 'person': {
        const issuer = this.columnOf(`${path}.sessionContext.sessionIssuer.arn`);
        const arn = this.columnOf(`${path}.arn`);
        return issuer < 0 || arn < 0 ? null : (row) => this.pairOf(row.number(issuer), row.number(arn));
      }
      case 'call': {
        const source = this.columnOf('eventSource');
        const call = this.columnOf(path);
        return source < 0 || call < 0 ? null : (row) => this.pairOf(row.number(source), row.number(call));
      }
      case 'hours':
        return (row) => Math.floor((row.time % day) / quarter);
      default:
        return null;
    }
  }

  private pairOf(a: number, b: number): number {
    if (a < 0 || b < 0) return -1;
    const pair = a * base + b;
    const known = this.pairs.get(pair);
    if (known !== undefined) return known;
    const number = this.pairs.size;
    if (number >= base) return -1;
    this.pairs.set(pair, number);
    return number;
  }
}

/** What was taken by both; the digests are those of the later, which are held. */
function joined(a: Extract<Taken, { t: 'first' }>, b: Extract<Taken, { t: 'first' }>): Taken {
  return { ...b, days: [...new Set([...a.days, ...b.days])], time: Math.min(a.time, b.time) };
}

/** Would the record change a digest beyond what is told here at once? `held` changes when digests are handed over. */
export function isTaken(taken: Taken, row: ScannedRow, bucketLength: number, keeps: number, held: number): boolean {
  const { time } = row;
  switch (taken.t) {
    case 'none':
      return true;
    case 'first': {
      const day = epochDay(time);
      // Of two at the first time the smaller key is the first match.
      if (time <= taken.time) return false;
      if (taken.days.includes(day)) return true;
      if (taken.held !== held) return false;
      taken.days.push(day);
      for (const digest of taken.digests) if (!digest.days.includes(day)) digest.days = [...smallestDays([...digest.days, day])];
      return true;
    }
    case 'seen':
      if (taken.held !== held || taken.bucket !== time - (time % bucketLength) || time <= taken.seen.first.time) return false;
      taken.seen.last = Math.max(taken.seen.last, time);
      return true;
    case 'kept': {
      const { items } = taken.digest;
      const last = items[keeps - 1];
      if (taken.held !== held || taken.bucket !== time - (time % bucketLength) || last === undefined || time <= last.time) return false;
      taken.digest.more = true;
      return true;
    }
    case 'counted': {
      const last = taken.digest.items[keeps - 1];
      if (taken.held !== held || taken.bucket !== time - (time % bucketLength) || last === undefined || time <= last.time) return false;
      taken.digest.moreItems = true;
      return true;
    }
    default:
      return taken satisfies never;
  }
}
