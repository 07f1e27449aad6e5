import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Store } from '../core/ports/store.ts';
import { engineLoader } from '../edge/engine/load-engine.ts';
import { withClient } from '../edge/postgres/connections.ts';
import { openStore } from '../edge/postgres/open-store.ts';
import { type TestDatabase, testDatabase } from '../edge/postgres/testing.ts';
import { replay } from './replay.ts';
import { replayRecommendations } from './replay-recommendations.ts';
import { triage } from './triage.ts';
import { attackedOrganisation, findingsIn, readyToTriage, tenant } from './wire/triage-under-test.ts';

/** Law 2, over decisions on a whole attack as PostgreSQL keeps them. */
let database: TestDatabase;
let store: Store;
let decisions = 0;

beforeAll(async () => {
  database = await testDatabase();
  store = await openStore({ url: database.url });
  const { records, range, now } = await attackedOrganisation();
  const deps = await readyToTriage(store, await findingsIn(records), range.cloud, () => now);
  // One thing at least is asked.
  await store.within(tenant, (tx) =>
    tx.settings.set('tolerance', 'default: { act: alone, playbooks: { aws.iam.contain-access-key: ask } }', now, 'owner'),
  );
  decisions = (await triage(deps)).length;
});

afterAll(async () => {
  await store?.close();
  await database?.close();
});

const again = () => replay(tenant, store, engineLoader());

/** Runs statements as whom nothing stops, and takes them back after the work. */
async function planted(statements: readonly string[], restore: readonly string[], work: () => Promise<void>): Promise<void> {
  const run = (list: readonly string[]) =>
    withClient(database.adminUrl, async (client) => {
      for (const statement of list) await client.query(statement);
    });
  await run([
    'set session_replication_role = replica',
    'create table if not exists kept as table jobzero.documents with data',
    ...statements,
  ]);
  try {
    await work();
  } finally {
    await run(['set session_replication_role = replica', ...restore]);
  }
}

test('every decision comes out with the same bytes, from stored bytes alone', async () => {
  expect(decisions).toBeGreaterThan(5);
  expect(await again()).toEqual({ decisions, same: decisions, different: [], expired: 0 });
});

test('so does what is recommended on each question; a question that somebody changed is found', async () => {
  const asked = await store.within(tenant, (tx) => tx.judgements.list({ limit: 100 }));
  expect(asked.length).toBeGreaterThan(0);
  const whole = { recommendations: asked.length, same: asked.length, different: [], expired: 0 };
  expect(await replayRecommendations(tenant, store, engineLoader())).toEqual(whole);
  const id = asked[0]?.id ?? '';
  const other = JSON.stringify({ ...asked[0], advice: { ...asked[0]?.advice, document: '0'.repeat(64) } });
  const kept = JSON.stringify(asked[0]);
  const write = (doc: string) => `update jobzero.judgements set doc = '${doc.replaceAll("'", "''")}' where id = '${id}'`;
  await planted([write(other)], [write(kept)], async () => {
    expect((await replayRecommendations(tenant, store, engineLoader())).different).toMatchObject([
      { decision: id, reason: 'the recommendation comes out with other bytes' },
    ]);
  });
});

const restoreDocuments = ['truncate jobzero.documents', 'insert into jobzero.documents select * from kept'];

test.each([
  ['finding', 'finding_hash', 1],
  ['context', 'context_hash', 1],
  ['tolerance', 'tolerance_hash', Number.POSITIVE_INFINITY],
  ['engine', 'engine', Number.POSITIVE_INFINITY],
] as const)('one changed byte of a stored %s is found', async (name, column, least) => {
  const one = `(select ${column} from jobzero.decisions order by id limit 1)`;
  await planted(
    [`update jobzero.documents set bytes = set_byte(bytes, length(bytes) - 2, get_byte(bytes, length(bytes) - 2) # 1) where hash = ${one}`],
    restoreDocuments,
    async () => {
      const report = await again();
      expect(report.expired).toBe(0);
      expect(report.different.length).toBeGreaterThanOrEqual(Math.min(least, decisions));
      expect(report.same).toBe(decisions - report.different.length);
      for (const { reason } of report.different) expect(reason).toBe(`the stored ${name} does not have its hash any more`);
    },
  );
  expect((await again()).same).toBe(decisions);
});

test('a document that retention removed is expired, counted apart, and no fault', async () => {
  await planted(
    ['delete from jobzero.documents where hash = (select context_hash from jobzero.decisions order by id limit 1)'],
    restoreDocuments,
    async () => {
      const report = await again();
      expect(report.different).toEqual([]);
      expect(report.expired).toBeGreaterThan(0);
      expect(report.same).toBe(decisions - report.expired);
    },
  );
});

test('another decision under the same arguments is found', async () => {
  await planted(
    [
      'create table kept_decisions as table jobzero.decisions with data',
      `update jobzero.decisions set decision_hash = repeat('0', 64) where id = (select min(id) from jobzero.decisions)`,
    ],
    ['truncate jobzero.decisions cascade', 'insert into jobzero.decisions select * from kept_decisions'],
    async () => {
      const report = await again();
      expect(report.same).toBe(decisions - 1);
      expect(report.different).toEqual([expect.objectContaining({ reason: 'the decision comes out with other bytes' })]);
    },
  );
  expect((await again()).same).toBe(decisions);
});
