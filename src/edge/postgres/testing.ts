import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { withClient } from './connections.ts';
import { type OpenDatabase, openDatabase } from './open-database.ts';
import { startEmbedded } from './start-embedded.ts';

export interface TestDatabase extends OpenDatabase {
  /** As the superuser, whom nothing stops: to plant faults. */
  readonly adminUrl: string;
  close(): Promise<void>;
}

/**
 * A fresh database with all migrations, for one test file, on a server that all test files share (without fsync).
 * `close` drops the database, and stops the server when no other file uses it. Do not kill this server:
 * a test that kills one starts its own by `startEmbedded`.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const { server, adminUrl, name } = await emptyTestDatabase();
  return {
    ...(await openDatabase({ url: adminUrl })),
    adminUrl,
    close: async () => {
      await withClient(server.url, (client) => client.query(`drop database if exists ${name} with (force)`));
      await server.stop();
    },
  };
}

/** The same without migrations. */
export async function emptyTestDatabase(): Promise<{
  readonly server: Awaited<ReturnType<typeof startEmbedded>>;
  readonly adminUrl: string;
  readonly name: string;
}> {
  const home = join(import.meta.dirname, '../../../node_modules/.cache/jobzero-test');
  const server = await startEmbedded({ home, onLog: () => {}, port: 55_318, settings: ['fsync=off', 'synchronous_commit=off'] });
  const name = `test_${Math.floor(Date.now() / 1000)}_${randomBytes(4).toString('hex')}`;
  await withClient(server.url, async (client) => {
    await dropForgotten(client);
    await client.query(`create database ${name} template template0 encoding 'UTF8' locale 'C'`);
  });
  const adminUrl = new URL(server.url);
  adminUrl.pathname = `/${name}`;
  return { server, adminUrl: adminUrl.href, name };
}

/** Databases of runs that were killed. */
async function dropForgotten(client: { query(sql: string): Promise<{ rows: { datname: string }[] }> }): Promise<void> {
  const { rows } = await client.query("select datname from pg_database where datname like 'test\\_%'");
  const anHourAgo = Date.now() / 1000 - 3600;
  for (const { datname } of rows) {
    if (Number(datname.split('_')[1]) < anHourAgo) await client.query(`drop database if exists ${datname} with (force)`);
  }
}
