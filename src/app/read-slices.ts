import type { Buffer } from 'node:buffer';
import { createHash, type Hash } from 'node:crypto';
import { ArrivalNotes } from '../core/collect/arrivals/note-arrivals.ts';
import { stampOf, trailName } from '../core/collect/cloudtrail/digest-chain.ts';
import { LogReader } from '../core/collect/log-reader.ts';
import { Accumulator } from '../core/detect/accumulator.ts';
import { indexValues } from '../core/detect/index-values.ts';
import type { RuleSet } from '../core/detect/rule-set.ts';
import { CopiesById } from '../core/findings/imported/copies-lines.ts';
import type { Event, SetAside } from '../core/model/event.ts';
import type { ObjectHash } from '../core/ports/deliveries.ts';
import type { LakeRow } from '../core/ports/lake.ts';
import { BrokenStream, type LogObject, type LogObjects, NotNow } from '../core/ports/log-objects.ts';
import type { ObjectArrivals } from './store-arrivals.ts';

/** So much text of one object is held before a part of it is handed over, and of a batch before a slice of it is. */
const partBytes = 16 * 1024 * 1024;
const sliceBytes = 64 * 1024 * 1024;
/** After so many objects in a row that cannot be read, the rest of the batch is left for another time. */
const patience = 3;

/** What is taken in by one transaction: some objects of a batch, or a part of a large one. */
export interface Slice {
  /** The objects that end in this slice: all of them has been read. */
  readonly finished: readonly LogObject[];
  /** Of a part of a large object: which one, and which part. */
  readonly part: { readonly object: LogObject; readonly number: number } | null;
  readonly accumulator: Accumulator;
  /** Findings of other services. */
  readonly reports: CopiesById;
  readonly rows: readonly LakeRow[];
  readonly setAside: readonly SetAside[];
  /** What the finished objects say of their arrival. */
  readonly arrivals: readonly ObjectArrivals[];
  /** Hashes of finished log files of CloudTrail, which its digests may name. */
  readonly hashes: readonly ObjectHash[];
}

export interface UnreadObject {
  readonly object: LogObject;
  readonly reason: string;
}

/**
 * Reads objects in slices of bounded size. A part ends after the same record whenever the object is read, so a second
 * reading makes the same parts. What cannot be read now goes to `onUnread`, and nothing of it is in the last slice.
 */
export async function* readSlices(
  { tenant, logs, rules }: { readonly tenant: string; readonly logs: LogObjects; readonly rules: RuleSet },
  objects: readonly LogObject[],
  onUnread: (unread: UnreadObject) => void,
): AsyncGenerator<Slice> {
  const fresh = () => ({
    finished: [] as LogObject[],
    accumulator: new Accumulator(rules),
    reports: new CopiesById(tenant),
    rows: [] as LakeRow[],
    setAside: [] as SetAside[],
    arrivals: [] as ObjectArrivals[],
    hashes: [] as ObjectHash[],
    bytes: 0,
  });
  let slice = fresh();
  let failures = 0;
  for (const object of objects) {
    if (failures >= patience) {
      onUnread({ object, reason: 'left for another time: others before it could not be read' });
      continue;
    }
    const read = new ObjectInParts(object, rules, tenant);
    try {
      for await (const chunk of chunksOf(logs, object)) {
        read.push(chunk);
        for (let part = read.takePart(); part !== null; part = read.takePart()) yield part;
      }
      read.reader.end();
    } catch (error) {
      if (error instanceof NotNow) {
        failures++;
        onUnread({ object, reason: error.message });
        continue;
      }
      if (!(error instanceof BrokenStream)) throw error;
      read.reader.end(error.message);
    }
    failures = 0;
    for (let part = read.takePart(); part !== null; part = read.takePart()) yield part;
    for (const { event, row } of read.pending) {
      slice.accumulator.add(event);
      if (event.report !== undefined) slice.reports.add(event.report);
      slice.rows.push(row);
    }
    slice.setAside.push(...read.setAside);
    slice.finished.push(object);
    slice.arrivals.push({ object, notes: read.notes.list() });
    if (read.hash !== null) slice.hashes.push({ object: trailName(object.name), hash: read.hash.digest('hex') });
    slice.bytes += read.bytes;
    if (slice.bytes < sliceBytes) continue;
    yield { ...slice, part: null };
    slice = fresh();
  }
  if (slice.finished.length > 0) yield { ...slice, part: null };
}

async function* chunksOf(logs: LogObjects, object: LogObject): AsyncGenerator<Uint8Array> {
  const whole: Buffer | null = await logs.whole(object);
  if (whole === null) yield* logs.chunks(object);
  else yield whole;
}

/** One object on its way: what was read of it and not handed over yet. */
class ObjectInParts {
  readonly reader: LogReader;
  readonly notes = new ArrivalNotes();
  readonly hash: Hash | null;
  readonly setAside: SetAside[] = [];
  pending: { readonly event: Event; readonly row: LakeRow }[] = [];
  bytes = 0;
  private parts = 0;
  private readonly object: LogObject;
  private readonly rules: RuleSet;
  private readonly tenant: string;

  constructor(object: LogObject, rules: RuleSet, tenant: string) {
    this.object = object;
    this.rules = rules;
    this.tenant = tenant;
    this.hash = stampOf(object.name) === null ? null : createHash('sha256');
    this.reader = new LogReader({
      object: object.name,
      onEvent: (event, text, offset) => {
        const row = lakeRow(event, text ?? JSON.stringify(event.raw), object.name, offset);
        this.bytes += row.raw.length;
        this.pending.push({ event, row });
        this.notes.add(event);
      },
      onSetAside: (item) => this.setAside.push(item),
    });
  }

  push(chunk: Uint8Array): void {
    this.hash?.update(chunk);
    this.reader.push(chunk);
  }

  /** The next part, or null when there is not enough for one. */
  takePart(): Slice | null {
    if (this.bytes < partBytes) return null;
    let bytes = 0;
    let n = 0;
    while (bytes < partBytes) bytes += this.pending[n++]?.row.raw.length ?? partBytes;
    this.bytes -= bytes;
    const taken = this.pending.slice(0, n);
    this.pending = this.pending.slice(n);
    const accumulator = new Accumulator(this.rules);
    const reports = new CopiesById(this.tenant);
    for (const { event } of taken) {
      accumulator.add(event);
      if (event.report !== undefined) reports.add(event.report);
    }
    return {
      finished: [],
      part: { object: this.object, number: this.parts++ },
      accumulator,
      reports,
      rows: taken.map(({ row }) => row),
      setAside: [],
      arrivals: [],
      hashes: [],
    };
  }
}

function lakeRow(event: Event, raw: string, object: string, offset: number): LakeRow {
  const { account, region } = event.words;
  return {
    key: event.key,
    source: event.source,
    account,
    region,
    time: event.time,
    place: { object, offset },
    raw,
    index: indexValues(event),
  };
}
