import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { durableContract } from '../../core/ports/durable.contract.ts';
import type { Durable } from '../../core/ports/durable.ts';
import type { Tx } from '../../core/ports/store.ts';
import { appPool } from '../postgres/connections.ts';
import { storeTx } from '../postgres/store-tx.ts';
import { type TestDatabase, testDatabase } from '../postgres/testing.ts';
import { openDurable } from './durable.ts';

let launched: TestDatabase;
let databases: TestDatabase[] = [];

// What a first launch makes is made once, and copied: it is a hundred migrations of DBOS's own.
beforeAll(async () => {
  launched = await testDatabase();
  const { url, dbosUrl } = launched;
  const durable = openDurable({ url, systemUrl: dbosUrl, storeTx, executorId: 'first', onError: () => {} });
  await durable.launch();
  await durable.shutdown();
});

afterAll(() => launched?.close());

async function makeDatabase(): Promise<TestDatabase> {
  const database = await testDatabase(launched);
  databases.push(database);
  return database;
}

afterEach(async () => {
  for (const database of databases) await database.close();
  databases = [];
});

async function query<T extends pg.QueryResultRow>(url: string, text: string): Promise<T[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<T>(text)).rows;
  } finally {
    await client.end();
  }
}

/** The subjects of the ledger's leaves, by the real store. */
async function marks(url: string): Promise<readonly string[]> {
  const rows = await query<{ subject: string }>(
    url,
    `select bytes::jsonb ->> 'subject' as subject from jobzero.ledger_inbox where tenant_id = 'default' order by position`,
  );
  return rows.map(({ subject }) => subject);
}

durableContract('dbos', async () => {
  const { url, dbosUrl, adminUrl } = await makeDatabase();
  const pool = appPool(url);
  return {
    open: async (onError) => openDurable({ url, systemUrl: dbosUrl, pool, storeTx, executorId: 'test', onError, leaseMs: 2_000 }),
    marks: () => marks(adminUrl),
    close: () => pool.end(),
  };
});

describe('work that nobody runs', () => {
  async function until(look: () => boolean): Promise<void> {
    while (!look()) await sleep(20);
  }

  function worker({ url, dbosUrl }: TestDatabase, onRun: () => void, hold: () => Promise<void>): Durable {
    const durable = openDurable({ url, systemUrl: dbosUrl, storeTx, executorId: 'test', onError: () => {}, leaseMs: 1_000 });
    durable.define('probe@1', async (context) => {
      onRun();
      await context.step('hold', hold);
      await context.transaction('mark', 'default', (tx) => mark(tx, context.id));
    });
    return durable;
  }

  const mark = (tx: Tx, subject: string) => tx.ledger.append({ format: 'jobzero.ledger/1', type: 'action', subject, at: 0, data: {} });

  test('an executor without a lease counts as dead', async () => {
    const database = await makeDatabase();
    const { adminUrl } = database;
    let runs = 0;
    const first = worker(
      database,
      () => runs++,
      () => sleep(50),
    );
    await first.launch();
    await first.start('probe@1', 'w1', {});
    await until(() => runs === 1);
    await first.shutdown();
    expect(await query(adminUrl, `delete from dbos.executor_lease returning version`)).toHaveLength(1);
    expect(await marks(adminUrl)).toEqual([]);
    const second = worker(
      database,
      () => runs++,
      async () => {},
    );
    await second.launch();
    await until(() => runs === 2);
    while ((await marks(adminUrl)).length === 0) await sleep(20);
    await second.shutdown();
    expect(await marks(adminUrl)).toEqual(['w1']);
  });

  test('a claim whose answer was lost goes back into the queue', async () => {
    const database = await makeDatabase();
    const { adminUrl } = database;
    let runs = 0;
    const durable = worker(
      database,
      () => runs++,
      async () => {},
    );
    await durable.launch();
    await durable.start('probe@1', 'w1', {});
    while ((await query(adminUrl, `select from dbos.workflow_status where status = 'SUCCESS'`)).length === 0) await sleep(20);
    // As if the server had died after it committed the claim: ours, and not running here.
    await query(adminUrl, `update dbos.workflow_status set status = 'PENDING', updated_at = 0, output = null`);
    await until(() => runs === 2);
    while ((await query(adminUrl, `select from dbos.workflow_status where status = 'SUCCESS'`)).length === 0) await sleep(20);
    await durable.shutdown();
    expect(await marks(adminUrl)).toEqual(['w1']);
  });

  test.each([
    [1, ['w1'], 0],
    [99, [], 1],
  ])('a transaction that failed %i times without saying so is tried again, and not for ever', async (times, marked, faults) => {
    const { url, dbosUrl, adminUrl } = await makeDatabase();
    const told: string[] = [];
    let left = times;
    const durable = openDurable<object>({
      url,
      systemUrl: dbosUrl,
      storeTx: async (trx, tenant) => {
        if (left-- > 0) await sql`select 1 / 0`.execute(trx).catch(() => {});
        return storeTx(trx, tenant);
      },
      executorId: 'test',
      onError: (error) => told.push(String(error)),
      leaseMs: 1_000,
      longestPauseMs: 50,
    });
    durable.define('probe@1', async (context) => {
      await context.transaction('mark', 'default', (tx) => mark(tx, context.id));
    });
    await durable.launch();
    await durable.start('probe@1', 'w1', {});
    await until(() => told.length > 0 || left <= 0);
    while ((await query(adminUrl, `select from dbos.workflow_status where status in ('SUCCESS', 'ERROR')`)).length === 0) await sleep(20);
    await durable.shutdown();
    expect([await marks(adminUrl), told.length]).toEqual([marked, faults]);
  });

  test('who loses its lease takes no more work and says so', async () => {
    const database = await makeDatabase();
    const { adminUrl } = database;
    const fatal: string[] = [];
    let runs = 0;
    const durable = openDurable({
      url: database.url,
      systemUrl: database.dbosUrl,
      storeTx,
      executorId: 'test',
      onError: (error, isFatal) => isFatal && fatal.push(String(error)),
      leaseMs: 1_000,
    });
    durable.define('probe@1', async (context) => {
      await context.step('count', async () => runs++);
    });
    await durable.launch();
    await query(adminUrl, `update dbos.executor_lease set claimed_by = 'somebody', claimed_at = now()`);
    await until(() => fatal.length > 0);
    await expect(durable.start('probe@1', 'w1', {})).rejects.toThrow();
    await durable.shutdown();
    expect(runs).toBe(0);
    expect(fatal).toEqual([expect.stringContaining('lost its lease')]);
  });
});
