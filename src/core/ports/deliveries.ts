import type { Json } from '../model/json.ts';
import type { Source } from '../model/source.ts';

export interface ArrivalKey {
  readonly source: Source;
  readonly account: string;
  readonly region: string;
  /** Start of the day of the events, in milliseconds since 1970. */
  readonly day: number;
}

/** What came from one source, account and Region on one day: see core/collect/arrivals. `state` is a join-semilattice value. */
export interface ArrivalRow extends ArrivalKey {
  readonly state: Json;
}

/** A log object that was read, with the SHA-256 of its decompressed content. One that was altered has several rows. */
export interface ObjectHash {
  readonly object: string;
  readonly hash: string;
}

/** A digest file of CloudTrail that was read and checked: see core/collect/cloudtrail/digest-chain. */
export interface TrailDigestRow {
  /** Where it was found. */
  readonly object: string;
  readonly account: string;
  readonly region: string;
  readonly trail: string;
  /** Its end, in milliseconds since 1970. */
  readonly end: number;
  readonly doc: Json;
}

/** How logs came, and what proves that all of them came. */
export interface Deliveries {
  /** The rows of these keys, locked until the transaction ends. Missing ones are left out. */
  lockArrivals(keys: readonly ArrivalKey[]): Promise<readonly ArrivalRow[]>;
  putArrivals(rows: readonly ArrivalRow[]): Promise<void>;
  /** All rows from this day on, in order of source, account, Region and day. */
  arrivalsSince(day: number): Promise<readonly ArrivalRow[]>;
  /** The latest day of all rows; null when there are none. */
  latestDay(): Promise<number | null>;
  /** Adds rows; one that is there already stays as it is. */
  putHashes(rows: readonly ObjectHash[]): Promise<void>;
  hashesOf(objects: readonly string[]): Promise<readonly ObjectHash[]>;
  /** The names, each once and in order, that begin so. */
  objectsBelow(prefix: string): Promise<readonly string[]>;
  /** A digest that is read again takes the place of the one before. */
  putDigest(row: TrailDigestRow): Promise<void>;
  /** All that end after this time, in order of account, Region, trail, end and object. */
  digestsSince(end: number): Promise<readonly TrailDigestRow[]>;
}
