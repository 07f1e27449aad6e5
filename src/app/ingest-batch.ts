import { eventsOfText } from '../core/collect/log-reader.ts';
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
import type { Copies } from '../core/findings/imported/copies.ts';
import type { AnsweredBy } from '../core/findings/imported/imported-finding.ts';
import { hashOf, idOf } from '../core/lib/hash.ts';
import type { SetAside } from '../core/model/event.ts';
import type { FindingChange } from '../core/model/finding.ts';
import type { Sequence } from '../core/model/sequence.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Lake } from '../core/ports/lake.ts';
import type { LogObject, LogObjects } from '../core/ports/log-objects.ts';
import type { DigestRow, Store, Tx } from '../core/ports/store.ts';
import { importFindings } from './import-findings.ts';
import { joinIncidents } from './join-incidents.ts';
import { tally } from './on-call/tally.ts';
import { readSlices, type Slice, type UnreadObject } from './read-slices.ts';
import { storeArrivals } from './store-arrivals.ts';
import { askUndoReview } from './undo-review.ts';

export interface IngestDeps {
  readonly tenant: string;
  readonly store: Store;
  readonly lake: Lake;
  readonly logs: LogObjects;
  readonly rules: RuleSet;
  /** The hash of the lists that the rules ask, for the ledger. */
  readonly listsHash?: string;
  /** The hash of the installation's own rules, for the ledger; absent where it has none. */
  readonly rulesHash?: string;
  /** The attack stories that incidents are judged by; without, none. */
  readonly sequences?: readonly Sequence[];
  /** Which of our rules answer what other services find; without, none. */
  readonly answeredBy?: AnsweredBy;
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
  /** Objects that could not be read now. They are not marked as read: another time they are tried again. */
  readonly unread: readonly UnreadObject[];
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
  const marks = new Map(listed.map((object) => [objectMark(tenant, object), object]));
  const open = await store.within(tenant, (tx) => tx.batches.beginAll([...marks.keys()]));
  const objects = open.flatMap((mark) => marks.get(mark) ?? []);
  const unread: UnreadObject[] = [];
  let result: IngestedBatch = { fresh: false, known: listed.length - objects.length, events: 0, setAside: [], changes: [], unread };
  for await (const slice of readSlices(deps, objects, (item) => unread.push(item))) {
    const done = await commitSlice(deps, slice);
    // Somebody else has read some of these objects meanwhile: only the others count here.
    const more = done === 'overtaken' ? await ingestBatch(deps, slice.finished) : done;
    result = {
      ...result,
      fresh: result.fresh || more.fresh,
      known: result.known + more.known,
      events: result.events + more.events,
      setAside: [...result.setAside, ...more.setAside],
      changes: [...result.changes, ...more.changes],
    };
    unread.push(...more.unread);
  }
  return result;
}

/** One slice in one transaction. */
async function commitSlice(deps: IngestDeps, slice: Slice): Promise<IngestedBatch | 'overtaken'> {
  const { tenant, store } = deps;
  const { finished, part, accumulator, rows, setAside } = slice;
  const batch = part === null ? batchId(tenant, finished) : idOf(objectMark(tenant, part.object), 'part', part.number);
  const files = await deps.lake.write(tenant, batch, rows);
  const bundles = bundle(accumulator.drain(), deps.rules);
  const places = new Map([...bundles.values()].flatMap((item) => neighbourhood(item, deps.rules)).map((place) => [place.key, place]));
  const marks = finished.map((object) => objectMark(tenant, object));
  const reports = slice.reports.drain();
  const counts = { objects: finished.length, events: rows.length, setAside: setAside.length };

  for (;;) {
    const evictedBefore = await store.within(tenant, (tx) => tx.digests.evictedBefore());
    const rebuilt = await rebuildEvicted(
      deps,
      [...places.values()].filter((place) => place.bucket < evictedBefore),
    );
    const changes = await store.within(tenant, async (tx) => {
      if ((await tx.batches.beginAll(marks)).length < marks.length) return 'overtaken';
      if (!(await tx.batches.begin(batch))) return null;
      const stored = await tx.digests.lock([...places.keys()].sort());
      // Evicted since they were rebuilt: what is missing now is not what was never there.
      if ((await tx.digests.evictedBefore()) !== evictedBefore) return 'evicted';
      const changed = await joinAndJudge(deps, tx, { bundles, rebuilt, stored, reports });
      const at = deps.clock.now();
      await tx.batches.done(batch, files, counts);
      await tx.batches.doneAll(marks);
      await tally(tx, batch, { events: counts.events }, at);
      await storeArrivals(tx, slice.arrivals, at);
      await tx.deliveries.putHashes(slice.hashes);
      await tx.ledger.append({
        format: 'jobzero.ledger/1',
        type: 'batch',
        subject: batch,
        at,
        data: {
          ...counts,
          ...(deps.listsHash === undefined ? {} : { listsHash: deps.listsHash }),
          ...(deps.rulesHash === undefined ? {} : { rulesHash: deps.rulesHash }),
          filesHash: hashOf(files.map((file) => file.path).sort()),
          findings: changed
            .map((change) => (change.type === 'raised' ? `${change.finding.id}/${change.finding.revision}` : `${change.id}/retracted`))
            .sort(),
        },
      });
      return changed;
    });
    if (changes === 'overtaken') return changes;
    if (changes === null) return { fresh: false, known: 0, events: 0, setAside: [], changes: [], unread: [] };
    if (changes !== 'evicted') return { fresh: true, known: 0, events: rows.length, setAside, changes, unread: [] };
  }
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

interface Brought {
  readonly bundles: ReadonlyMap<string, DigestBundle>;
  readonly rebuilt: ReadonlyMap<string, DigestBundle>;
  readonly stored: readonly DigestRow[];
  /** Copies of other services' findings, by the id of the finding. */
  readonly reports: readonly (readonly [id: string, copies: Copies])[];
}

async function joinAndJudge(
  { tenant, rules, clock, sequences = [], answeredBy = () => [] }: IngestDeps,
  tx: Tx,
  { bundles, rebuilt, stored: rows, reports }: Brought,
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
  const before = new Map((await tx.findings.versions(findings.map(({ id }) => id))).map(({ id, revision }) => [id, revision]));
  for (const finding of findings)
    if (await tx.findings.put(finding, at)) changes.push({ type: 'raised', finding, supersedes: before.get(finding.id) ?? null });
  for (const id of absent) {
    const before = await tx.findings.get(id);
    if (before === null || !(await tx.findings.retract(id, at))) continue;
    changes.push({ type: 'retracted', id, revision: before.finding.revision });
    await askUndoReview(tx, before.finding, at);
  }
  changes.push(...(await importFindings(tx, reports, answeredBy, at)));
  await joinIncidents(tx, changes, sequences, at);
  return changes;
}
