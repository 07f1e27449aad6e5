import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { durableContract } from '../../core/ports/durable.contract.ts';
import type { Durable } from '../../core/ports/durable.ts';
import { type EmbeddedPostgres, startEmbedded } from '../postgres/start-embedded.ts';
import { openDurable } from './durable.ts';
import { makeMarks, marksTx } from './testing.ts';

let home = '';
let postgres: EmbeddedPostgres;
let databases = 0;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'jobzero-durable-'));
  postgres = await startEmbedded({ home, onLog: () => {}, port: 57_410 });
  await query(postgres.url, `create role test_app login password 'app'; create role test_dbos login password 'dbos'`);
});

afterAll(async () => {
  await postgres?.stop();
  await rm(home, { recursive: true, force: true });
});

async function query<T extends pg.QueryResultRow>(url: string, text: string, values?: unknown[]): Promise<T[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<T>(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** A database of its own, as three roles see it: its owner, the application's, and the one that owns schema `dbos`. */
async function makeDatabase(): Promise<{ readonly owner: string; readonly app: string; readonly dbos: string }> {
  const name = `durable${++databases}`;
  await query(postgres.url, `create database ${name}`);
  await query(postgres.url, `grant create on database ${name} to test_dbos`);
  const as = (user: string, password: string): string => {
    const url = new URL(postgres.url);
    if (user !== '') Object.assign(url, { username: user, password });
    url.pathname = `/${name}`;
    return url.href;
  };
  const owner = as('', '');
  await makeMarks(owner, 'test_app');
  return { owner, app: as('test_app', 'app'), dbos: as('test_dbos', 'dbos') };
}

const marks = async (url: string): Promise<readonly string[]> =>
  (await query<{ subject: string }>(url, 'select subject from marks order by n')).map(({ subject }) => subject);

durableContract('dbos', async () => {
  const { owner, app, dbos } = await makeDatabase();
  return {
    open: async (onError) => openDurable({ url: app, systemUrl: dbos, storeTx: marksTx, executorId: 'test', onError, leaseMs: 2_000 }),
    marks: () => marks(owner),
    close: async () => {},
  };
});

describe('work that nobody runs', () => {
  async function until(look: () => boolean): Promise<void> {
    while (!look()) await sleep(20);
  }

  function worker(url: string, onRun: () => void, hold: () => Promise<void>): Durable {
    const durable = openDurable({ url, storeTx: marksTx, executorId: 'test', onError: () => {}, leaseMs: 1_000 });
    durable.define('probe@1', async (context) => {
      onRun();
      await context.step('hold', hold);
      await context.transaction('mark', 'default', (tx) =>
        tx.ledger.append({ format: 'jobzero.ledger/1', type: 'action', subject: context.id, at: 0, data: {} }),
      );
    });
    return durable;
  }

  test('an executor without a lease counts as dead', async () => {
    const { owner } = await makeDatabase();
    let runs = 0;
    const first = worker(
      owner,
      () => runs++,
      () => sleep(50),
    );
    await first.launch();
    await first.start('probe@1', 'w1', {});
    await until(() => runs === 1);
    await first.shutdown();
    expect(await query(owner, `delete from dbos.executor_lease returning version`)).toHaveLength(1);
    expect(await marks(owner)).toEqual([]);
    const second = worker(
      owner,
      () => runs++,
      async () => {},
    );
    await second.launch();
    await until(() => runs === 2);
    while ((await marks(owner)).length === 0) await sleep(20);
    await second.shutdown();
    expect(await marks(owner)).toEqual(['w1']);
  });

  test('a claim whose answer was lost goes back into the queue', async () => {
    const { owner } = await makeDatabase();
    let runs = 0;
    const durable = worker(
      owner,
      () => runs++,
      async () => {},
    );
    await durable.launch();
    await durable.start('probe@1', 'w1', {});
    while ((await query(owner, `select from dbos.workflow_status where status = 'SUCCESS'`)).length === 0) await sleep(20);
    // As if the server had died after it committed the claim: ours, and not running here.
    await query(owner, `update dbos.workflow_status set status = 'PENDING', updated_at = 0, output = null`);
    await until(() => runs === 2);
    while ((await query(owner, `select from dbos.workflow_status where status = 'SUCCESS'`)).length === 0) await sleep(20);
    await durable.shutdown();
    expect(await marks(owner)).toEqual(['w1']);
  });

  test('who loses its lease takes no more work and says so', async () => {
    const { owner } = await makeDatabase();
    const fatal: string[] = [];
    let runs = 0;
    const durable = openDurable({
      url: owner,
      storeTx: marksTx,
      executorId: 'test',
      onError: (error, isFatal) => isFatal && fatal.push(String(error)),
      leaseMs: 1_000,
    });
    durable.define('probe@1', async (context) => {
      await context.step('count', async () => runs++);
    });
    await durable.launch();
    await query(owner, `update dbos.executor_lease set claimed_by = 'somebody', claimed_at = now()`);
    await until(() => fatal.length > 0);
    await expect(durable.start('probe@1', 'w1', {})).rejects.toThrow();
    await durable.shutdown();
    expect(runs).toBe(0);
    expect(fatal).toEqual([expect.stringContaining('lost its lease')]);
  });
});
