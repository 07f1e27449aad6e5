import type pg from 'pg';
import { InputError } from '../../core/model/errors.ts';
import { withClient } from './connections.ts';
import { knownMigrations, migrate } from './migrate.ts';
import { again, ensureRoles } from './roles.ts';

export interface OpenDatabase {
  /** As the app role: what `openStore`, `openLedger`, `openSignIns` and `appPool` take. Row-level security holds here. */
  readonly url: string;
  /** As the durable engine's role, which owns the schema `dbos` of the same database. */
  readonly dbosUrl: string;
  /** As the owner of the tables, who sees all tenants: for backup and restore only. */
  readonly ownerUrl: string;
}

/**
 * Makes a database ready: roles and migrations. Any number of processes may call it at once.
 * `url` is the embedded server's, or JOBZERO_DATABASE_URL. Throws InputError for a database that is newer than the code,
 * for a server that is too old, and for a login that may not do what is needed.
 */
export async function openDatabase({ url }: { readonly url: string }): Promise<OpenDatabase> {
  return withClient(url, async (client) => {
    await refuseUnfit(client);
    const urls = await ensureRoles(client, url);
    const known = await knownMigrations();
    await again(() => migrate(client, known));
    return { url: urls.jobzero_app, dbosUrl: urls.jobzero_dbos, ownerUrl: urls.jobzero_owner };
  });
}

async function refuseUnfit(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: string; number: number; encoding: string }>(
    "select current_setting('server_version') as version, current_setting('server_version_num')::int as number, current_setting('server_encoding') as encoding",
  );
  const server = rows[0];
  if (server === undefined || server.number < 150_000)
    throw new InputError(`PostgreSQL 15 or later is needed, and this is ${server?.version}`, 'database');
  if (server.encoding !== 'UTF8')
    throw new InputError(`the database must have the encoding UTF8, and this has ${server.encoding}`, 'database');
}
