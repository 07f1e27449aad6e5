import { outcomeOf, type SourceOutcome, type SourceReader, sourceReaders } from '../core/collect/reports/read-sources.ts';
import { CopiesById } from '../core/findings/imported/copies-lines.ts';
import type { AnsweredBy } from '../core/findings/imported/imported-finding.ts';
import { hashOf } from '../core/lib/hash.ts';
import { valueAt } from '../core/lib/json-at.ts';
import type { FindingSource } from '../core/model/imported.ts';
import type { Json } from '../core/model/json.ts';
import type { Sequence } from '../core/model/sequence.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Cloud } from '../core/ports/cloud.ts';
import type { Store } from '../core/ports/store.ts';
import { importFindings } from './import-findings.ts';
import { joinIncidents } from './join-incidents.ts';

export interface ReadSourcesDeps {
  readonly tenant: string;
  readonly store: Store;
  readonly cloud: Cloud;
  readonly clock: Clock;
  readonly answeredBy?: AnsweredBy;
  readonly sequences?: readonly Sequence[];
}

/** What one service brought of one account and Region. */
export interface SourceRead {
  readonly source: FindingSource;
  readonly account: string;
  readonly region: string;
  /** It was asked about all accounts of the organization. */
  readonly organization: boolean;
  readonly outcome: SourceOutcome;
  /** Findings that were told, and of them new or changed ones. */
  readonly told: number;
  readonly changed: readonly string[];
  /** What the service answered and is no finding, with the first reasons. */
  readonly setAside: number;
  readonly reasons: readonly string[];
}

/** `isFirst`: services that one Region tells all of are read. `since`: instead of the last time, in milliseconds since 1970. */
export interface ReadChoice {
  readonly isFirst: boolean;
  readonly since?: number | null;
  /** `read`: this account may tell of all accounts of the organization, and is asked; `told`: another one has told of this account. */
  readonly organization?: 'none' | 'read' | 'told';
}

/** Services of which one account can tell what is of all. */
const tellsOfAll: ReadonlySet<FindingSource> = new Set(
  sourceReaders.flatMap(({ source, per }) => (per === 'organization' ? [source] : [])),
);

/** Has an account told of the whole organization, all that one can tell? */
export function toldOfAll(reads: readonly SourceRead[]): boolean {
  return reads.some(({ organization, outcome }) => organization && outcome.read);
}

/** What is remembered of each reader, account and Region, as an item. */
export const sourceReadings = 'source-reading';

export interface Reading {
  readonly source: FindingSource;
  readonly account: string;
  readonly region: string;
  /** When it was read last, in milliseconds since 1970; null for never. */
  readonly readAt: number | null;
  /** What came of the last try. */
  readonly outcome: SourceOutcome;
}

/** A change may become visible so long after its time: each round looks back this far behind the one before. */
const overlapMs = 30 * 60_000;
const atOnce = 200;
const toldReasons = 3;

/**
 * Reads the findings of AWS's own services in one account and Region from its API, those that changed since the last time (`since` says
 * otherwise), and imports them as what AWS answered. What may not be read is an outcome. Done twice, it has its effect once.
 */
export async function readSources(
  deps: ReadSourcesDeps,
  account: string,
  region: string,
  { isFirst, since = null, organization = 'none' }: ReadChoice,
): Promise<readonly SourceRead[]> {
  const done: SourceRead[] = [];
  for (const [i, reader] of sourceReaders.entries()) {
    // Of services with one endpoint for all Regions once is enough.
    if (reader.per !== 'region' && !isFirst) continue;
    if (reader.per === 'organization' && organization !== 'read') continue;
    if (organization === 'told' && tellsOfAll.has(reader.source) && reader.per === 'account') {
      await noteReading(deps, `${account} ${region} ${reader.source} ${i}`, {
        source: reader.source,
        account,
        region,
        readAt: deps.clock.now(),
        outcome: { read: true },
      });
      continue;
    }
    done.push(await readOne(deps, reader, `${account} ${region} ${reader.source} ${i}`, { account, region, since }));
  }
  return done;
}

async function readOne(
  deps: ReadSourcesDeps,
  reader: SourceReader,
  id: string,
  { account, region, since: wanted }: { readonly account: string; readonly region: string; readonly since: number | null },
): Promise<SourceRead> {
  const { tenant, store, clock, cloud } = deps;
  const { source } = reader;
  const started = clock.now();
  const before = await store.within(tenant, (tx) => tx.items.get(sourceReadings, id));
  const last = valueAt(before?.doc, 'readAt');
  const since = wanted ?? (typeof last === 'number' ? Math.max(0, last - overlapMs) : 0);
  const changed: string[] = [];
  const reasons = new Set<string>();
  let [told, setAside] = [0, 0];
  let copies = new CopiesById(tenant);
  const flush = async () => {
    const drained = copies.drain();
    copies = new CopiesById(tenant);
    if (drained.length > 0) changed.push(...(await importAnswers(deps, drained, `${source} ${account} ${region}`)));
  };
  let outcome: SourceOutcome = { read: true };
  try {
    for await (const report of reader.read({ cloud, account, region, since })) {
      if (report === null) continue;
      if (typeof report === 'string') {
        setAside++;
        if (reasons.size < toldReasons) reasons.add(report);
        continue;
      }
      told++;
      copies.add(report, clock.now());
      if (copies.size >= atOnce) await flush();
    }
  } catch (error) {
    outcome = outcomeOf(error);
  }
  await flush();
  const readAt = outcome.read ? started : typeof last === 'number' ? last : null;
  await noteReading(deps, id, { source, account, region, readAt, outcome });
  return { source, account, region, organization: reader.per === 'organization', outcome, told, changed, setAside, reasons: [...reasons] };
}

async function noteReading({ store, tenant, clock }: ReadSourcesDeps, id: string, doc: Reading): Promise<void> {
  await store.within(tenant, async (tx) => {
    const state = doc.outcome.read ? 'read' : 'unread';
    const item = { kind: sourceReadings, id, state, dueAt: null, at: clock.now(), doc: doc as unknown as Json };
    if (!(await tx.items.add(item))) await tx.items.move(item, ['read', 'unread']);
  });
}

/** Imports what AWS answered, with its incidents and a leaf, in one transaction. Returns the findings that are new or changed. */
async function importAnswers(
  { tenant, store, clock, answeredBy = () => [], sequences = [] }: ReadSourcesDeps,
  copies: ReturnType<CopiesById['drain']>,
  subject: string,
): Promise<readonly string[]> {
  return store.within(tenant, async (tx) => {
    const at = clock.now();
    const changes = await importFindings(tx, copies, answeredBy, at);
    await joinIncidents(tx, changes, sequences, at);
    const findings = changes.flatMap((change) => (change.type === 'raised' ? [`${change.finding.id}/${change.finding.revision}`] : []));
    if (findings.length > 0)
      await tx.ledger.append({
        format: 'jobzero.ledger/1',
        type: 'batch',
        subject: hashOf([subject, findings]).slice(0, 32),
        at,
        data: { from: subject, findings: [...findings].sort() },
      });
    return changes.flatMap((change) => (change.type === 'raised' ? [change.finding.id] : []));
  });
}
