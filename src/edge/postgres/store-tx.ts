import { type Kysely, sql, type Transaction } from 'kysely';
import type { Tx } from '../../core/ports/store.ts';
import { actionsIn } from './actions.ts';
import { batchesIn } from './batches.ts';
import { decisionsIn } from './decisions.ts';
import { deliveriesIn } from './deliveries.ts';
import { digestsIn } from './digests.ts';
import { documentsIn } from './documents.ts';
import { findingsIn } from './findings.ts';
import { incidentsIn } from './incidents.ts';
import { itemsIn } from './items.ts';
import { judgementsIn } from './judgements.ts';
import { inboxIn } from './ledger-inbox.ts';
import type { Scope } from './scope.ts';
import { settingsIn } from './settings.ts';
import type { Tables } from './tables.ts';

/**
 * The store inside somebody else's transaction, for the durable engine: names the tenant to row-level security until
 * that transaction ends. The transaction should be serializable; retrying it is its owner's duty.
 */
export async function storeTx<DB>(trx: Transaction<DB>, tenant: string): Promise<Tx> {
  await sql`select set_config('jobzero.tenant', ${tenant}, true)`.execute(trx);
  // Kysely's type of the tables is the caller's; ours are in a schema of their own.
  return txOn(trx as unknown as Kysely<Tables>, tenant);
}

/** The store on a connection with an open transaction in which the tenant is named. `onDigests` hears which digests are wanted, before they are read. */
export function txOn(connection: Kysely<Tables>, tenant: string, onDigests?: (keys: readonly string[]) => void): Tx {
  const scope: Scope = { db: connection.withSchema('jobzero'), tenant };
  return {
    tenant,
    documents: documentsIn(scope),
    digests: digestsIn(scope, onDigests),
    batches: batchesIn(scope),
    deliveries: deliveriesIn(scope),
    findings: findingsIn(scope),
    incidents: incidentsIn(scope),
    decisions: decisionsIn(scope),
    actions: actionsIn(scope),
    items: itemsIn(scope),
    judgements: judgementsIn(scope),
    settings: settingsIn(scope),
    ledger: inboxIn(scope),
  };
}
