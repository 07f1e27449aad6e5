import { withClient } from './connections.ts';
import { knownMigrations, migrate } from './migrate.ts';
import { ensureRoles } from './roles.ts';

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
 * `url` is the embedded server's, or JOBZERO_DATABASE_URL. Throws InputError for a database that is newer than the code.
 */
export async function openDatabase({ url }: { readonly url: string }): Promise<OpenDatabase> {
  return withClient(url, async (client) => {
    const urls = await ensureRoles(client, url);
    await migrate(client, await knownMigrations());
    return { url: urls.jobzero_app, dbosUrl: urls.jobzero_dbos, ownerUrl: urls.jobzero_owner };
  });
}
