import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withClient } from './connections.ts';
import { knownMigrations, migrate } from './migrate.ts';
import { openDatabase } from './open-database.ts';
import { openStore } from './open-store.ts';
import { type EmbeddedPostgres, startEmbedded } from './start-embedded.ts';
import { type TestDatabase, testDatabase } from './testing.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

const rows = (url: string, sql: string) => withClient(url, async (client) => (await client.query(sql)).rows as Record<string, unknown>[]);

test('opening again, eight times at once, changes nothing', async () => {
  const opened = await Promise.all(Array.from({ length: 8 }, () => openDatabase({ url: db.adminUrl })));
  for (const one of opened) expect(one.url).toBe(db.url);
});

test('app and dbos have logins of their own and no way round row-level security', async () => {
  for (const url of [db.url, db.dbosUrl]) {
    const [row] = await rows(
      url,
      'select rolsuper, rolbypassrls, rolcreaterole, session_user = current_user as same from pg_roles where rolname = current_user',
    );
    expect(row).toEqual({ rolsuper: false, rolbypassrls: false, rolcreaterole: false, same: true });
  }
  await expect(rows(db.url, 'set role jobzero_owner')).rejects.toThrow(/permission denied/);
});

test('each table has tenant_id first in its key, forced row-level security and texts that compare by bytes', async () => {
  const tables = await rows(
    db.adminUrl,
    `select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as fenced,
       (select a.attname from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
        where i.indrelid = c.oid and i.indisprimary) as first,
       (select count(*)::int from pg_attribute a join pg_collation l on l.oid = a.attcollation
        where a.attrelid = c.oid and a.attnum > 0 and l.collname <> 'C') as other_collations
     from pg_class c where c.relnamespace = 'jobzero'::regnamespace and c.relkind = 'r' and c.relname <> 'schema_versions'`,
  );
  expect(tables.length).toBeGreaterThan(15);
  for (const table of tables) expect(table).toEqual({ name: table['name'], fenced: true, first: 'tenant_id', other_collations: 0 });
});

test('a login that is no superuser takes the roles on', async () => {
  await withClient(db.adminUrl, async (client) => {
    await client.query("drop role if exists deploy; create role deploy login createrole password 'test'");
    for (const role of ['jobzero_owner', 'jobzero_app', 'jobzero_dbos']) await client.query(`grant ${role} to deploy`);
  });
  const url = new URL(db.adminUrl);
  url.username = 'deploy';
  url.password = 'test';
  try {
    const name = url.pathname.slice(1);
    await withClient(db.adminUrl, (client) => client.query(`grant create on database ${name} to deploy with grant option`));
    const opened = await openDatabase({ url: url.href });
    expect(await rows(opened.url, 'select current_user')).toEqual([{ current_user: 'jobzero_app' }]);
    await expect(rows(opened.url, 'select count(*) from jobzero.findings')).rejects.toThrow(/jobzero.tenant/);
  } finally {
    await withClient(db.adminUrl, (client) => client.query('drop owned by deploy; drop role deploy'));
  }
});

describe('a server of somebody else', () => {
  let home = '';
  let server: EmbeddedPostgres;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'jobzero-foreign-'));
    server = await startEmbedded({ home, onLog: () => {}, settings: ['fsync=off'] });
    await withClient(server.url, async (client) => {
      await client.query("create role deploy login createrole password 'test'");
      await client.query("create role plain login password 'test'");
      await client.query('create database foreign_one owner deploy');
      await client.query('create database foreign_two owner plain');
      await client.query("create database latin template template0 encoding 'LATIN1' locale 'C' owner deploy");
    });
  });
  afterAll(async () => {
    await server.stop();
    await rm(home, { recursive: true, force: true });
  });
  const urlOf = (user: string, database: string) =>
    server.url.replace(/\/\/[^@]+@/, `//${user}:test@`).replace(/\/jobzero$/, `/${database}`);

  test('a login that may not create roles is told what to ask for', async () => {
    await expect(openDatabase({ url: urlOf('plain', 'foreign_two') })).rejects.toThrow(
      /create role jobzero_owner; grant jobzero_owner to plain/,
    );
  });

  test('a login that may create roles and owns the database makes it ready, again and again', async () => {
    const url = urlOf('deploy', 'foreign_one');
    const opened = await openDatabase({ url });
    expect(await openDatabase({ url })).toEqual(opened);
    const store = await openStore({ url: opened.url });
    await store.within('default', (tx) => tx.settings.set('a', 1, 1, 'ann'));
    expect(await store.within('default', (tx) => tx.settings.get('a'))).toBe(1);
    expect(await store.within('other', (tx) => tx.settings.get('a'))).toBeNull();
    await store.close();
  });

  test('another encoding than UTF-8 is refused', async () => {
    await expect(openDatabase({ url: urlOf('deploy', 'latin') })).rejects.toThrow(/encoding UTF8, and this has LATIN1/);
  });
});

describe('versions', () => {
  test('a database newer than the code is refused', async () => {
    const known = await knownMigrations();
    await withClient(db.adminUrl, async (client) => {
      await migrate(client, [...known, { version: known.length + 1, name: '999-later.sql', sql: 'select 1' }]);
      await expect(migrate(client, known)).rejects.toThrow(/install a newer jobzero/);
      await client.query('delete from jobzero.schema_versions where version > $1', [known.length]);
      await migrate(client, known);
    });
  });

  test('a migration that was changed after it was applied is refused', async () => {
    const known = (await knownMigrations()).map((one) => ({ ...one, sql: `${one.sql}\n-- changed` }));
    await withClient(db.adminUrl, (client) => expect(migrate(client, known)).rejects.toThrow(/001-state.sql: this migration differs/));
  });

  test('a migration that fails leaves nothing behind', async () => {
    const known = await knownMigrations();
    const bad = { version: known.length + 1, name: '999-bad.sql', sql: 'create table jobzero.half (n int); select no_such_column' };
    await withClient(db.adminUrl, (client) => expect(migrate(client, [...known, bad])).rejects.toThrow(pg.DatabaseError));
    expect(await rows(db.adminUrl, "select to_regclass('jobzero.half') as half")).toEqual([{ half: null }]);
  });
});
