import { sql, type Transaction } from 'kysely';
import pg from 'pg';
import type { Tx } from '../../core/ports/store.ts';

/** Makes the tables that the tests' transactions write to. */
export async function makeMarks(url: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query('create table marks (n bigserial primary key, subject text not null)');
  await client.query('create table counter (n bigint not null)');
  await client.query('insert into counter values (0)');
  await client.end();
}

/**
 * A `Tx` whose ledger writes rows without a key, so that a doubled effect shows, and counts them in one row that all
 * transactions fight for. The rest of it refuses.
 */
export function marksTx(transaction: Transaction<unknown>, tenant: string): Tx {
  const ledger: Tx['ledger'] = {
    append: async ({ subject }) => {
      await sql`insert into marks (subject) values (${subject})`.execute(transaction);
      await sql`update counter set n = n + 1`.execute(transaction);
    },
  };
  return new Proxy({ tenant, ledger } as Tx, {
    get(target, part) {
      // A promise asks every value that it is given for `then`.
      if (part === 'then') return undefined;
      if (part === 'tenant' || part === 'ledger') return target[part];
      throw new Error(`the tests' transactions have no ${String(part)}`);
    },
  });
}
