import pg from 'pg';
import { InputError } from '../../core/model/errors.ts';
import type { Archive } from '../../core/ports/archive.ts';
import { connectionConfig } from './connections.ts';
import { knownMigrations, migrateInside, schemaVersion } from './migrate.ts';
import { ensureRoles } from './roles.ts';

/** What a backup leaves out: marks of broken commits, and sign-ins, since a restored database must not let anybody in. */
const leftOut = ['schema_versions', 'units', 'sign_in_links', 'sign_in_sessions', 'sign_in_challenges', 'sign_in_confirmations'];
const page = 500;

/** The archive over PostgreSQL. `url` is the login's, as for `openDatabase`; the database may be without schema. */
export async function openArchive({ url }: { readonly url: string }): Promise<Archive> {
  const client = new pg.Client({ ...connectionConfig(url), idle_in_transaction_session_timeout: 0 });
  client.on('error', () => {});
  await client.connect();

  async function transaction<T>(mode: string, work: () => Promise<T>): Promise<T> {
    await client.query(`begin ${mode}`);
    try {
      const result = await work();
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch(() => {});
      throw error;
    }
  }

  return {
    take: (work) =>
      transaction('isolation level repeatable read read only', async () => {
        await client.query('set local role jobzero_owner');
        const tables = [];
        for (const name of await tableNames(client)) {
          const { rows } = await client.query<{ n: number }>(`select count(*) as n from jobzero.${name}`);
          tables.push({ name, rows: rows[0]?.n ?? 0 });
        }
        return work({ version: await schemaVersion(client), tables, rows: (table) => rowsOf(client, table) });
      }),
    async fill(version, work) {
      const migrations = await knownMigrations();
      if (version > migrations.length) {
        throw new InputError(
          `the backup is of version ${version}, and this jobzero knows versions up to ${migrations.length}; install a newer jobzero`,
          'backup',
        );
      }
      await ensureRoles(client, url);
      await transaction('', async () => {
        await makeEmpty(client);
        await migrateInside(client, migrations, version);
        await client.query('set local role jobzero_owner');
        const known = await tableNames(client);
        await work(async (table, rows) => {
          if (!known.includes(table)) throw new InputError(`there is no table ${table}`, 'backup');
          await client.query(
            `insert into jobzero.${table} overriding system value select * from json_populate_recordset(null::jobzero.${table}, $1::json)`,
            [`[${rows.join(',')}]`],
          );
        });
        await continueNumbers(client);
        await client.query('reset role');
        await migrateInside(client, migrations, migrations.length);
      });
    },
    close: () => client.end(),
  };
}

/** In the order of their names: nothing refers to another table by a foreign key. */
async function tableNames(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select relname::text collate "C" as name from pg_class
     where relnamespace = 'jobzero'::regnamespace and relkind = 'r' and relname <> all($1::text[]) order by 1`,
    [leftOut],
  );
  return rows.map((row) => client.escapeIdentifier(row.name).replaceAll('"', ''));
}

async function* rowsOf(client: pg.Client, table: string): AsyncGenerator<readonly string[]> {
  const { rows: keys } = await client.query<{ name: string }>(
    `select quote_ident(a.attname) as name from pg_index i cross join lateral unnest(i.indkey) with ordinality as k (n, o)
     join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.n
     where i.indrelid = $1::regclass and i.indisprimary order by k.o`,
    [`jobzero.${table}`],
  );
  await client.query(
    `declare backup no scroll cursor for select row_to_json(t)::text as row from jobzero.${table} t order by ${keys.map((key) => key.name).join(', ')}`,
  );
  for (;;) {
    const { rows } = await client.query<{ row: string }>(`fetch ${page} from backup`);
    if (rows.length > 0) yield rows.map((row) => row.row);
    if (rows.length < page) break;
  }
  await client.query('close backup');
}

/** Removes a schema in which nothing is stored yet. Throws InputError when something is. */
async function makeEmpty(client: pg.Client): Promise<void> {
  if ((await schemaVersion(client)) === 0) return;
  await client.query('set local role jobzero_owner');
  for (const name of await tableNames(client)) {
    await client.query(`lock table jobzero.${name} in access exclusive mode`);
    const { rowCount } = await client.query(`select from jobzero.${name} limit 1`);
    if (rowCount !== 0) throw new InputError(`the database is not empty (${name} has rows); restore into a new one`, 'database');
  }
  await client.query('drop schema jobzero cascade');
  await client.query('reset role');
}

/** New inbox entries must come after all that were restored. */
async function continueNumbers(client: pg.Client): Promise<void> {
  await client.query(`
    select setval(pg_get_serial_sequence('jobzero.ledger_inbox', 'position'), greatest(1,
      (select max(position) from jobzero.ledger_inbox), (select max(position) from jobzero.ledger_leaves)))`);
}
