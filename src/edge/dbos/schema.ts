import { setTimeout as sleep } from 'node:timers/promises';
import { initializeDataSourceSchemaPG } from '@dbos-inc/dbos-sdk/datasource';
import pg from 'pg';
import { connectionTo } from './connection.ts';

const lock = 'jobzero.dbos.schema';

/**
 * Creates or updates what the engine keeps in schema `dbos`: the leases, the record of finished transactions (which the
 * role of `url` must write to, in the same transaction as the effects), and whatever `migrate` adds (DBOS's own tables).
 * Runs as the role of `systemUrl`, in one process at a time.
 */
export async function prepareSchema(
  deps: { readonly url: string; readonly systemUrl: string },
  migrate: () => Promise<void>,
): Promise<void> {
  const client = new pg.Client(connectionTo(deps.systemUrl, 'jobzero schema'));
  client.on('error', () => {});
  await client.connect();
  try {
    // Waiting inside one statement would hold a snapshot, which `create index concurrently` waits for: a knot.
    while (!(await tryLock(client))) await sleep(100);
    const role = await roleOf(deps.url);
    await again(client, async () => {
      await client.query('begin');
      await initializeDataSourceSchemaPG(async (text) => (await client.query<Record<string, unknown>>(text)).rows, 'dbos', role);
      await client.query(
        `create table if not exists dbos.executor_lease (
           executor text primary key,
           version text not null,
           beat timestamptz not null,
           claimed_by text,
           claimed_at timestamptz)`,
      );
      await client.query('commit');
    });
    await migrate();
  } finally {
    await client.end();
  }
}

async function tryLock(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock(hashtextextended($1, 0)) as locked', [lock]);
  return rows[0]?.locked === true;
}

async function roleOf(url: string): Promise<string> {
  const client = new pg.Client(connectionTo(url, 'jobzero schema'));
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query<{ role: string }>('select current_user as role');
    return rows[0]?.role ?? '';
  } finally {
    await client.end();
  }
}

/** Another process may be granting on the same tables ("tuple concurrently updated"). */
async function again(client: pg.Client, work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      await client.query('rollback').catch(() => {});
      if (attempt === 20 || !(error instanceof pg.DatabaseError) || error.code !== 'XX000') throw error;
      await sleep(20 * attempt);
    }
  }
}
