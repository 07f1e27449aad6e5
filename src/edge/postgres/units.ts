import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { codeOf } from './private-file.ts';
import type { Tables } from './tables.ts';

/** One attempt at a unit of work that has written something. */
export interface Unit {
  readonly tenant: string;
  readonly id: string;
  readonly xid: string;
}

/**
 * Leaves a mark in a transaction that has written, so that its outcome can be asked for after a broken commit.
 * The transaction's number alone would not do: a crash can lose the record that the number was given away, and the
 * server then gives it to another transaction. Null for a transaction that has only read.
 */
export async function markUnit(db: Kysely<Tables>, tenant: string): Promise<Unit | null> {
  const id = randomUUID();
  const { rows } = await sql<{ xid: string }>`
    insert into jobzero.units (tenant_id, id) select ${tenant}, ${id} where pg_current_xact_id_if_assigned() is not null
    returning pg_current_xact_id()::text as xid`.execute(db);
  const xid = rows[0]?.xid;
  return xid === undefined ? null : { tenant, id, xid };
}

/** Whether the unit has committed. Waits while its transaction still runs on the server. */
export async function hasCommitted(db: Kysely<Tables>, unit: Unit): Promise<boolean> {
  while (await mayStillRun(db, unit)) await sleep(20);
  return db.transaction().execute(async (trx) => {
    await sql`select set_config('jobzero.tenant', ${unit.tenant}, true)`.execute(trx);
    const { rows } = await sql`select from jobzero.units where tenant_id = ${unit.tenant} and id = ${unit.id}`.execute(trx);
    return rows.length > 0;
  });
}

async function mayStillRun(db: Kysely<Tables>, { xid }: Unit): Promise<boolean> {
  try {
    const { rows } = await sql<{ status: string | null }>`select pg_xact_status(${xid}::xid8) as status`.execute(db);
    return rows[0]?.status === 'in progress';
  } catch (error) {
    // "transaction ID is in the future": the server lost it in a crash.
    if (codeOf(error) === '22023') return false;
    throw error;
  }
}

/** Forgets marks that nobody can still ask for. Outside of serializable work, so that it disturbs none. */
export async function purgeUnits(db: Kysely<Tables>): Promise<void> {
  await sql`select jobzero.purge_units()`.execute(db);
}
