import { readdir, readFile } from 'node:fs/promises';
import type pg from 'pg';
import { sha256 } from '../../core/lib/hash.ts';
import { InputError } from '../../core/model/errors.ts';
import type { Role } from './roles.ts';

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** The migrations that this version of the code knows, in order: `migrations/NNN-name.sql`, without gaps. */
export async function knownMigrations(folder = new URL('./migrations/', import.meta.url)): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const migrations = [];
  for (const [i, name] of names.entries()) {
    const version = Number(/^(\d{3})-[a-z0-9-]+\.sql$/.exec(name)?.[1]);
    if (version !== i + 1)
      throw new InputError(`migrations are numbered without gaps; expected ${String(i + 1).padStart(3, '0')}-...`, name);
    migrations.push({ version, name, sql: await readFile(new URL(name, folder), 'utf8') });
  }
  return migrations;
}

/**
 * Brings the schema to the newest version, in one transaction under one advisory lock.
 * Throws InputError when the database is newer than the code, or when an applied migration was changed since.
 */
export async function migrate(client: pg.Client, migrations: readonly Migration[]): Promise<void> {
  await client.query('begin');
  try {
    await migrateInside(client, migrations, migrations.length);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => {});
    throw error;
  }
}

/** The same up to a version, inside the caller's transaction. */
export async function migrateInside(client: pg.Client, migrations: readonly Migration[], upTo: number): Promise<void> {
  await client.query("select pg_advisory_xact_lock(hashtextextended('jobzero migrations', 0))");
  await ensureSchema(client, 'jobzero', 'jobzero_owner');
  await ensureSchema(client, 'dbos', 'jobzero_dbos');
  await prepareDbos(client);
  await client.query('set local role jobzero_owner');
  await client.query(`create table if not exists jobzero.schema_versions (
    version integer primary key, name text collate "C" not null, sha256 text collate "C" not null, applied_at timestamptz not null default now())`);
  const applied = await appliedMigrations(client);
  for (const { version, name, sha256: hash } of applied) {
    const known = migrations[version - 1];
    if (known === undefined) {
      throw new InputError(
        `the database is at version ${applied.length} ("${name}"), and this jobzero knows versions up to ${migrations.length}; install a newer jobzero`,
        'database',
      );
    }
    if (sha256(known.sql) !== hash) throw new InputError('this migration differs from the one that was applied', known.name);
  }
  for (const migration of migrations.slice(applied.length, upTo)) {
    await client.query(migration.sql);
    await client.query('insert into jobzero.schema_versions (version, name, sha256) values ($1, $2, $3)', [
      migration.version,
      migration.name,
      sha256(migration.sql),
    ]);
  }
  await client.query('reset role');
}

/** Looks first: even "if not exists" needs the right to create. */
async function ensureSchema(client: pg.Client, name: string, owner: Role): Promise<void> {
  const { rowCount } = await client.query('select from pg_namespace where nspname = $1', [name]);
  if (rowCount === 0) await client.query(`create schema if not exists ${name} authorization ${owner}`);
}

/** The version of the schema, 0 for a database without one. */
export async function schemaVersion(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ there: boolean }>("select to_regclass('jobzero.schema_versions') is not null as there");
  return rows[0]?.there === true ? (await appliedMigrations(client)).length : 0;
}

async function appliedMigrations(client: pg.Client): Promise<readonly { version: number; name: string; sha256: string }[]> {
  const { rows } = await client.query<{ version: number; name: string; sha256: string }>(
    'select version, name, sha256 from jobzero.schema_versions order by version',
  );
  return rows;
}

/** The durable engine keeps its own tables in `dbos`; its transactions inside ours read and write some of them. */
async function prepareDbos(client: pg.Client): Promise<void> {
  await client.query(`
    do $$ begin
      if not has_database_privilege('jobzero_dbos', current_database(), 'create') then
        execute format('grant create on database %I to jobzero_dbos', current_database());
      end if;
    end $$;
    set local role jobzero_dbos;
    grant usage on schema dbos to jobzero_app;
    grant select, insert, update, delete on all tables in schema dbos to jobzero_app;
    alter default privileges in schema dbos grant select, insert, update, delete on tables to jobzero_app;
    reset role;`);
}
