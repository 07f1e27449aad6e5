import { sequences as allSequences, answers } from '../../../content/index.ts';
import { answeredBy } from '../../core/findings/imported/answered-by.ts';
import type { LogObject, LogObjects } from '../../core/ports/log-objects.ts';
import { openLake } from '../../edge/duckdb/lake.ts';
import { withParquet } from '../../edge/duckdb/parquet-logs.ts';
import { fileLogs } from '../../edge/files/file-logs.ts';
import { standardInput } from '../../edge/files/standard-input.ts';
import { type IngestDeps, ingestBatch } from '../ingest-batch.ts';
import { joinStored } from '../join-incidents.ts';
import { joinStoredWeaknesses } from '../join-weaknesses.ts';
import type { UnreadObject } from '../read-slices.ts';
import { readRuleTexts } from '../rules-of.ts';
import type { IngestInput, IngestSummary } from '../wires.ts';
import { type Env, places } from './home.ts';
import { takeRuleFiles } from './keep-rules.ts';
import { reviewModeOf } from './keep-tolerance.ts';
import { openState, type State } from './state.ts';
import { type WatchedRules, watchedRules } from './watched-rules.ts';

/** A batch holds at most so many stored bytes; about 64 MB when they are decompressed. */
const batchBytes = 8 * 1024 * 1024;
const batchObjects = 500;
const toldReasons = 5;

/** `jobzero ingest`: logs into the lake, findings into the database; what was read before is skipped. */
export async function ingest(input: IngestInput, env: Env): Promise<IngestSummary> {
  const started = performance.now();
  const logs = await logsOf(input);
  const state = await openState(env);
  await takeRuleFiles(state, reviewModeOf(env));
  const deps = await ingestDeps(state, logs);
  let [objects, known, events, setAside, findings] = [0, 0, 0, 0, 0];
  const unread: UnreadObject[] = [];
  let digests: IngestSummary['digests'] = { checked: 0, troubles: [] };
  try {
    for await (const batch of batchesOf(logs.list([input.from]))) {
      const done = await ingestBatch(deps, batch);
      objects += batch.length;
      known += done.known;
      events += done.events;
      setAside += done.setAside.length;
      findings += done.changes.length;
      unread.push(...done.unread);
      input.onProgress({ done: objects, total: null, doing: 'reading log objects' });
    }
    await state.ledger.sequence(state.clock.now());
    if (input.from !== '-') digests = await digestsBelow(state, input);
  } finally {
    await deps.lake.close();
    await state.close();
  }
  const reasons = [...new Set(unread.map(({ object, reason }) => `${object.name}: ${reason}`))].slice(0, toldReasons);
  return {
    objects,
    known,
    events,
    setAside,
    unread: { n: unread.length, reasons },
    digests,
    findings,
    seconds: (performance.now() - started) / 1000,
  };
}

/** Checks the digest files below the same root; what they prove, `jobzero ingest status` says. */
async function digestsBelow({ store, tenant }: State, input: IngestInput): Promise<IngestSummary['digests']> {
  const troubles: string[] = [];
  const { digestSource } = await import('./digest-source.ts');
  const { checkDigests } = await import('../check-digests.ts');
  const source = digestSource({ ...input, roots: [input.from] }, (error) =>
    troubles.push(error instanceof Error ? error.message : String(error)),
  );
  const { checked, refused } = await checkDigests(store, tenant, source);
  return {
    checked,
    troubles: [...new Set([...troubles, ...refused.map(({ name, reason }) => `${name}: ${reason}`)])].slice(0, toldReasons),
  };
}

async function logsOf(input: IngestInput): Promise<LogObjects> {
  if (input.from === '-') return withParquet(standardInput(process.stdin));
  if (!input.from.startsWith('s3://')) return withParquet(fileLogs());
  const { s3Logs } = await import('./s3-logs.ts');
  return s3Logs(input, input.days === null ? {} : { days: input.days });
}

/** The rules that hold in this installation, for who goes on for long. */
export function rulesOfState({ home, store, tenant, clock }: State, troubled?: (error: unknown) => void): WatchedRules {
  return watchedRules(home, clock, troubled, () => store.within(tenant, (tx) => readRuleTexts(tx, clock.now())));
}

/** `rules`: the home's lists may change; who goes on for long takes them from `watched` for each batch. */
export async function ingestDeps(state: State, logs: LogObjects, watched = rulesOfState(state)): Promise<IngestDeps> {
  const { tenant, store, clock, home } = state;
  const sequences = await allSequences();
  await joinStored(store, tenant, sequences, clock.now());
  await joinStoredWeaknesses(store, tenant, clock.now());
  const rules = await watched.now();
  return {
    tenant,
    store,
    clock,
    logs,
    sequences,
    answeredBy: answeredBy(await answers()),
    lake: await openLake({ folder: places(home).lake }),
    ...rules,
  };
}

/** Objects in batches of bounded size, in the order they come. */
export async function* batchesOf(objects: AsyncIterable<LogObject>): AsyncGenerator<readonly LogObject[]> {
  let batch: LogObject[] = [];
  let bytes = 0;
  for await (const object of objects) {
    if (batch.length > 0 && (bytes + object.size > batchBytes || batch.length >= batchObjects)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(object);
    bytes += object.size;
  }
  if (batch.length > 0) yield batch;
}
