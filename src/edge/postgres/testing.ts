import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type pg from 'pg';
import { hashOf } from '../../core/lib/hash.ts';
import { withClient } from './connections.ts';
import { knownMigrations } from './migrate.ts';
import { type OpenDatabase, openDatabase } from './open-database.ts';
import { type EmbeddedPostgres, startEmbedded } from './start-embedded.ts';

export interface TestDatabase extends OpenDatabase {
  /** As the superuser, whom nothing stops: to plant faults. */
  readonly adminUrl: string;
  close(): Promise<void>;
}

/**
 * A fresh database with all migrations, for one test file, on a server that all test files share (without fsync).
 * `close` drops the database, and stops the server when no other file uses it. Do not kill this server:
 * a test that kills one starts its own by `startEmbedded`. `from`: it begins as a copy of this one, to which nobody is connected.
 */
export async function testDatabase(from?: TestDatabase): Promise<TestDatabase> {
  const copied = from === undefined ? migratedTemplate : async () => new URL(from.adminUrl).pathname.slice(1);
  const { server, adminUrl, name } = await newDatabase(copied);
  return {
    // On a copy it finds all migrations applied, and gives what is not copied with a database: rights on the database itself.
    ...(await openDatabase({ url: adminUrl })),
    adminUrl,
    close: async () => {
      await withClient(server.url, (client) => client.query(`drop database if exists ${name} with (force)`));
      await server.stop();
    },
  };
}

/** The same without migrations. */
export function emptyTestDatabase(): Promise<NewDatabase> {
  return newDatabase(async () => 'template0');
}

interface NewDatabase {
  readonly server: EmbeddedPostgres;
  readonly adminUrl: string;
  readonly name: string;
}

async function newDatabase(templateOf: (client: pg.Client, url: string) => Promise<string>): Promise<NewDatabase> {
  const home = join(import.meta.dirname, '../../../node_modules/.cache/jobzero-test');
  const server = await startEmbedded({ home, onLog: () => {}, port: 55_318, settings: ['fsync=off', 'synchronous_commit=off'] });
  const name = `test_${Math.floor(Date.now() / 1000)}_${randomBytes(4).toString('hex')}`;
  await withClient(server.url, async (client) => {
    await dropForgotten(client);
    await client.query(`create database ${name} template ${await templateOf(client, server.url)} encoding 'UTF8' locale 'C'`);
  });
  return { server, adminUrl: inServer(server.url, name), name };
}

/**
 * The name of a database with all migrations, made once for these migrations: a copy costs a tenth of migrating anew. It
 * gets its name when it is ready, so that one that was left half made is never copied.
 */
async function migratedTemplate(client: pg.Client, url: string): Promise<string> {
  const name = `migrated_${hashOf(await knownMigrations()).slice(0, 16)}`;
  const half = `${name}_half`;
  await client.query("select pg_advisory_lock(hashtextextended('jobzero test template', 0))");
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
    if (rowCount !== 0) return name;
    const { rows: older } = await client.query<{ datname: string }>("select datname from pg_database where datname like 'migrated\\_%'");
    for (const { datname } of older) await client.query(`drop database ${datname} with (force)`);
    await client.query(`create database ${half} template template0 encoding 'UTF8' locale 'C'`);
    await openDatabase({ url: inServer(url, half) });
    await client.query(`alter database ${half} allow_connections false`);
    await client.query(`alter database ${half} rename to ${name}`);
    return name;
  } finally {
    await client.query("select pg_advisory_unlock(hashtextextended('jobzero test template', 0))");
  }
}

function inServer(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}

/** Databases of runs that were killed. */
async function dropForgotten(client: { query(sql: string): Promise<{ rows: { datname: string }[] }> }): Promise<void> {
  const { rows } = await client.query("select datname from pg_database where datname like 'test\\_%'");
  const anHourAgo = Date.now() / 1000 - 3600;
  for (const { datname } of rows) {
    if (Number(datname.split('_')[1]) < anHourAgo) await client.query(`drop database if exists ${datname} with (force)`);
  }
}
