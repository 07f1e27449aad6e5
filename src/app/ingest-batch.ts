import { eventsOfText, LogReader } from '../core/collect/log-reader.ts';
import { Accumulator } from '../core/detect/accumulator.ts';
import {
  type BundlePlace,
  bundle,
  type DigestBundle,
  evaluate,
  joinBundles,
  neighbourhood,
  packBundle,
  unpackBundle,
} from '../core/detect/digest-rows.ts';
import type { RuleSet } from '../core/detect/rule-set.ts';
import { hashOf, idOf } from '../core/lib/hash.ts';
import type { Event, SetAside } from '../core/model/event.ts';
import type { FindingChange } from '../core/model/finding.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Lake, LakeRow } from '../core/ports/lake.ts';
import { BrokenStream, type LogObject, type LogObjects } from '../core/ports/log-objects.ts';
import type { DigestRow, Store, Tx } from '../core/ports/store.ts';
import { askUndoReview } from './undo-review.ts';

export interface IngestDeps {
  readonly tenant: string;
  readonly store: Store;
  readonly lake: Lake;
  readonly logs: LogObjects;
  readonly rules: RuleSet;
  readonly clock: Clock;
}

export interface IngestedBatch {
  /** False when this batch had been done before: nothing was read. */
  readonly fresh: boolean;
  /** Objects that had been read before. */
  readonly known: number;
  readonly events: number;
  readonly setAside: readonly SetAside[];
  readonly changes: readonly FindingChange[];
}

/** The mark that says that an object was read, in whatever batch: a later start lists everything again. */
function objectMark(tenant: string, object: LogObject): string {
  return idOf(tenant, 'object', object.name, object.version);
}

/** The identity of a batch: its objects with their versions, in whatever order they come. */
export function batchId(tenant: string, objects: readonly LogObject[]): string {
  return idOf(tenant, [...objects.map((object) => `${object.name} ${object.version}`)].sort());
}

/**
 * Takes a batch of log objects in: first the lake's files, then in one transaction the manifest, the digests, the
 * findings and the ledger's leaf. Done twice, or by two workers at once, it has its effect once. A digest that was
 * evicted is rebuilt from the lake when an event touches it.
 */
export async function ingestBatch(deps: IngestDeps, listed: readonly LogObject[]): Promise<IngestedBatch> {
  const { tenant, store } = deps;
  const untouched: IngestedBatch = { fresh: false, known: listed.length, events: 0, setAside: [], changes: [] };
  const objects = await store.within(tenant, async (tx) => {
    const unread: LogObject[] = [];
    for (const object of listed) if (await tx.batches.begin(objectMark(tenant, object))) unread.push(object);
    return unread;
  });
  const batch = batchId(tenant, objects);
  if (objects.length === 0 || !(await store.within(tenant, (tx) => tx.batches.begin(batch)))) return untouched;

  const read = await readObjects(deps, objects);
  const files = await deps.lake.write(tenant, batch, read.rows);
  const bundles = bundle(read.accumulator.drain(), deps.rules);
  const places = new Map([...bundles.values()].flatMap((item) => neighbourhood(item, deps.rules)).map((place) => [place.key, place]));

  for (;;) {
    const evictedBefore = await store.within(tenant, (tx) => tx.digests.evictedBefore());
    const rebuilt = await rebuildEvicted(
      deps,
      [...places.values()].filter((place) => place.bucket < evictedBefore),
    );
    const changes = await store.within(tenant, async (tx) => {
      if (!(await tx.batches.begin(batch))) return null;
      const stored = await tx.digests.lock([...places.keys()].sort());
      // Evicted since they were rebuilt: what is missing now is not what was never there.
      if ((await tx.digests.evictedBefore()) !== evictedBefore) return 'evicted';
      const changed = await joinAndJudge(deps, tx, bundles, rebuilt, stored);
      const at = deps.clock.now();
      await tx.batches.done(batch, files, { objects: objects.length, events: read.events, setAside: read.setAside.length });
      for (const object of objects) await tx.batches.done(objectMark(tenant, object), [], { objects: 0, events: 0, setAside: 0 });
      await tx.ledger.append({
        format: 'jobzero.ledger/1',
        type: 'batch',
        subject: batch,
        at,
        data: {
          objects: objects.length,
          events: read.events,
          setAside: read.setAside.length,
          filesHash: hashOf(files.map((file) => file.path).sort()),
          findings: changed
            .map((change) => (change.type === 'raised' ? `${change.finding.id}/${change.finding.revision}` : `${change.id}/retracted`))
            .sort(),
        },
      });
      return changed;
    });
    if (changes === null) return untouched;
    if (changes !== 'evicted')
      return { fresh: true, known: listed.length - objects.length, events: read.events, setAside: read.setAside, changes };
  }
}

async function readObjects({ logs, rules }: IngestDeps, objects: readonly LogObject[]) {
  const accumulator = new Accumulator(rules);
  const rows: LakeRow[] = [];
  const setAside: SetAside[] = [];
  let events = 0;
  for (const object of objects) {
    const reader = new LogReader({
      object: object.name,
      onEvent: (event, text, offset) => {
        events++;
        accumulator.add(event);
        rows.push(lakeRow(event, text ?? JSON.stringify(event.raw), object.name, offset));
      },
      onSetAside: (item) => setAside.push(item),
    });
    try {
      for await (const chunk of logs.chunks(object)) reader.push(chunk);
      reader.end();
    } catch (error) {
      if (!(error instanceof BrokenStream)) throw error;
      reader.end(error.message);
    }
  }
  return { accumulator, rows, setAside, events };
}

function lakeRow(event: Event, raw: string, object: string, offset: number): LakeRow {
  const { account, region } = event.words;
  return { key: event.key, source: event.source, account, region, time: event.time, place: { object, offset }, raw };
}

/** These bundles made again from the lake, whole; others of the same times come along in part. */
async function rebuildEvicted(deps: IngestDeps, places: readonly BundlePlace[]): Promise<ReadonlyMap<string, DigestBundle>> {
  const accumulator = new Accumulator(deps.rules);
  for (const { from, to } of joinedTimes(places)) {
    const files = await deps.store.within(deps.tenant, (tx) => tx.batches.files(from, to));
    for await (const row of deps.lake.read(files, from, to)) {
      for (const event of eventsOfText(row.raw, row.place.object)) accumulator.add(event);
    }
  }
  const wanted = new Set(places.map((place) => place.key));
  return new Map([...bundle(accumulator.drain(), deps.rules)].filter(([key]) => wanted.has(key)));
}

/** The times that these bundles can hold, each once, in order. */
function joinedTimes(places: readonly BundlePlace[]): readonly { readonly from: number; readonly to: number }[] {
  const joined: { from: number; to: number }[] = [];
  for (const { bucket, until } of [...places].sort((a, b) => a.bucket - b.bucket)) {
    const last = joined.at(-1);
    if (last !== undefined && bucket <= last.to) last.to = Math.max(last.to, until);
    else joined.push({ from: bucket, to: until });
  }
  return joined;
}

async function joinAndJudge(
  { tenant, rules, clock }: IngestDeps,
  tx: Tx,
  bundles: ReadonlyMap<string, DigestBundle>,
  rebuilt: ReadonlyMap<string, DigestBundle>,
  rows: readonly DigestRow[],
): Promise<readonly FindingChange[]> {
  const touched = [...bundles.values()];
  const all = new Map(rows.map((row) => [row.key, unpackBundle(row)]));
  const changedKeys = new Set<string>();
  for (const [key, item] of [...bundles, ...rebuilt]) {
    const stored = all.get(key);
    all.set(key, stored === undefined ? item : joinBundles(stored, item, rules));
    changedKeys.add(key);
  }
  await tx.digests.put(
    [...changedKeys]
      .sort()
      .flatMap((key) => all.get(key) ?? [])
      .map(packBundle),
  );
  const { findings, absent } = evaluate(touched, all, rules, tenant);
  const at = clock.now();
  const changes: FindingChange[] = [];
  for (const finding of findings) {
    const before = await tx.findings.get(finding.id);
    if (await tx.findings.put(finding, at)) changes.push({ type: 'raised', finding, supersedes: before?.finding.revision ?? null });
  }
  for (const id of absent) {
    const before = await tx.findings.get(id);
    if (before === null || !(await tx.findings.retract(id, at))) continue;
    changes.push({ type: 'retracted', id, revision: before.finding.revision });
    await askUndoReview(tx, before.finding, at);
  }
  return changes;
}
