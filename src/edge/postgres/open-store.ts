import { setTimeout as sleep } from 'node:timers/promises';
import {
  Kysely,
  type KyselyPlugin,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  PostgresDialect,
  type QueryResult,
  type RootOperationNode,
  sql,
  type UnknownRow,
} from 'kysely';
import pg from 'pg';
import { InputError } from '../../core/model/errors.ts';
import type { Store, Tx } from '../../core/ports/store.ts';
import { appPool } from './connections.ts';
import { txOn } from './store-tx.ts';
import type { Tables } from './tables.ts';
import { isConflict, isUnreachable } from './transient.ts';
import { hasCommitted, markUnit, purgeUnits, type Unit } from './units.ts';
import { sharedWatch } from './watch-topics.ts';

/** How long a unit of work waits for a server that is gone. */
const patience = 60_000;
const maxConflicts = 100;

/** A commit was asked for and the connection broke before the answer. */
class CommitUnknown extends Error {
  readonly unit: Unit;
  readonly result: unknown;
  constructor(unit: Unit, result: unknown, cause: unknown) {
    super('the outcome of a commit is unknown', { cause });
    this.unit = unit;
    this.result = result;
  }
}

/**
 * The store over PostgreSQL, as the app role (`openDatabase().url`). Throws InputError for a login that row-level
 * security would not hold.
 */
export async function openStore({ url, connections = 10 }: { readonly url: string; readonly connections?: number }): Promise<Store> {
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: appPool(url, connections) }) });
  const refuse = await unreachableIsRetried(() => whyUnfenced(db));
  if (refuse !== null) {
    await db.destroy();
    throw new InputError(refuse, 'database login');
  }
  await unreachableIsRetried(() => purgeUnits(db));
  return {
    within: (tenant, work) => within(db, tenant, work),
    watch: sharedWatch(url),
    close: () => db.destroy(),
  };
}

async function whyUnfenced(db: Kysely<Tables>): Promise<string | null> {
  const { rows } = await sql<{ unfenced: boolean }>`
    select rolsuper or rolbypassrls as unfenced from pg_roles where rolname = current_user`.execute(db);
  return rows[0]?.unfenced === false
    ? null
    : 'row-level security does not hold this role; open the store with the url that openDatabase returns';
}

async function unreachableIsRetried<T>(work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + patience;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isUnreachable(error) || Date.now() > deadline) throw error;
      await sleep(Math.min(1000, 20 * attempt));
    }
  }
}

async function within<T>(db: Kysely<Tables>, tenant: string, work: (tx: Tx) => Promise<T>): Promise<T> {
  const wanted = new Set<number>();
  for (let conflicts = 0; ; ) {
    try {
      // A retry first queues for the digests that the attempt before wanted, so that contention ends in a line and not in a crowd.
      return await unreachableIsRetried(() => once(db, tenant, work, wanted, conflicts > 0));
    } catch (error) {
      if (error instanceof CommitUnknown) {
        if (await unreachableIsRetried(() => hasCommitted(db, error.unit))) return error.result as T;
        continue;
      }
      if (!isConflict(error) || ++conflicts === maxConflicts) throw error;
      await sleep(Math.random() * Math.min(250, 5 * 2 ** Math.min(conflicts, 6)));
    }
  }
}

async function once<T>(db: Kysely<Tables>, tenant: string, work: (tx: Tx) => Promise<T>, wanted: Set<number>, queue: boolean): Promise<T> {
  return db.connection().execute(async (connection) => {
    const locks = queue ? [...wanted].sort((a, b) => a - b) : [];
    try {
      // Before the transaction: inside it the snapshot would be older than the lock. One after the other, in their order, so that no two wait for each other.
      if (locks.length > 0)
        await sql`select count(pg_advisory_lock(${digestQueue}, stripe)) from unnest(${locks}::int[]) as wanted (stripe)`.execute(
          connection,
        );
      const rollback = () => sql`rollback`.execute(connection).catch(() => {});
      const writes = new NotesWrites();
      let result: T;
      let unit: Unit | null;
      try {
        await sql.raw(beginning(tenant)).execute(connection);
        const tx = txOn(connection.withPlugin(writes), tenant, (keys) => {
          for (const key of keys) wanted.add(stripeOf(tenant, key));
        });
        result = await work(tx);
        unit = writes.seen ? await markUnit(connection, tenant) : null;
      } catch (error) {
        await rollback();
        throw error;
      }
      try {
        await sql`commit`.execute(connection);
      } catch (error) {
        if (unit !== null && isUnreachable(error)) throw new CommitUnknown(unit, result, error);
        await rollback();
        throw error;
      }
      return result;
    } finally {
      if (locks.length > 0) await sql`select pg_advisory_unlock_all()`.execute(connection).catch(() => {});
    }
  });
}

/** Two statements in one message: most units of work are short, and what they wait for is the way to the server. */
function beginning(tenant: string): string {
  return `start transaction isolation level serializable; select set_config('jobzero.tenant', ${pg.escapeLiteral(tenant)}, true)`;
}

/** Notes whether anything but a query that selects was sent. What is written by hand counts, whatever it is. */
class NotesWrites implements KyselyPlugin {
  seen = false;

  transformQuery({ node }: PluginTransformQueryArgs): RootOperationNode {
    this.seen ||= node.kind !== 'SelectQueryNode' || node.with !== undefined;
    return node;
  }

  async transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return result;
  }
}

/** First half of the key of the advisory locks on stripes of digests. */
const digestQueue = 7_018;

/** Digests queue in 64 stripes, so that a batch of many thousands does not fill the server's lock table. */
function stripeOf(tenant: string, key: string): number {
  let hash = 17;
  for (const text of [tenant, key]) {
    for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  }
  return (hash >>> 0) % 64;
}
