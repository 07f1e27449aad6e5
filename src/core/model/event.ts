import type { Actor, ResourceRef } from './finding.ts';
import type { JsonObject } from './json.ts';
import type { Report } from './report.ts';
import type { Source } from './source.ts';

/** Where a record was read: the object's name, and the byte offset of the record in its decompressed bytes. */
export interface Place {
  readonly object: string;
  readonly offset: number;
}

/** One record of a log, lossless, with its identity. */
export interface Event {
  readonly source: Source;
  /**
   * The identity of the event, not of its object: for CloudTrail `recipientAccountId/eventID`, which is the same in
   * every delivery; for a record without an id the hash of its canonical bytes.
   */
  readonly key: string;
  /** Event time in milliseconds since 1970; CloudTrail stamps have one second. */
  readonly time: number;
  /** The record as parsed. For duplicate keys the last one counts, as in every JSON parser of the field. */
  readonly raw: JsonObject;
  /** The event in the model's words, made when somebody asks. */
  readonly words: Words;
  /** What it reports, where the record is a finding of another service. */
  readonly report?: Report;
}

/** What of an event every source can say, in OCSF's sense: API Activity 6003. */
export interface Words {
  /** The record's own id, where the source gives one: CloudTrail's `eventID`. */
  readonly id?: string;
  /** A management event of CloudTrail: its event history, which holds no others, can confirm it. */
  readonly isManagement?: true;
  readonly operation: string;
  readonly service: string;
  readonly account: string;
  readonly region: string;
  readonly ip?: string;
  readonly userAgent?: string;
  readonly error?: string;
  readonly actor?: Actor;
  /** What the event is about, where its source or a well-known parameter names it. */
  readonly resource?: ResourceRef;
}

/** A record that could not be read. Counted, shown, and never the end of the rest. */
export interface SetAside {
  readonly place: Place;
  readonly reason: string;
}
