import { DBOS } from '@dbos-inc/dbos-sdk';
import {
  assertStillOwnsWorkflow,
  type DataSourceTransactionHandler,
  DBOSStepAlreadyRecordedError,
  DBOSWorkflowConflictError,
} from '@dbos-inc/dbos-sdk/datasource';
import { type Kysely, sql, type Transaction } from 'kysely';
import { InvariantError } from '../../core/model/errors.ts';
import { failedOutcome } from '../../core/ports/durable.outcome.ts';
import { isAborted, isRetriable } from './retriable.ts';

export const sourceName = 'jobzero';

/** So often a transaction is tried again whose failure somebody has swallowed. */
const mostAborted = 20;

/** What a workflow hands to `runTransaction`: the work, and how to write down its result. */
export interface TransactionConfig<DB> {
  readonly run: (transaction: Transaction<DB>) => Promise<string>;
}

/** The work itself threw, which rolls its transaction back and is its outcome. */
class WorkFailed extends Error {}

/**
 * Our own datasource: the effects of a transaction step and the record that it happened are one transaction, so it
 * happens exactly once, whoever dies when. Tried again after serialisation failures and while the server is away.
 * Inside the transaction the order is: effects, record (nothing written: somebody else was first), still the owner.
 */
export function datasource<DB>(db: Kysely<DB>, stopped: () => boolean, longestPauseMs: number): DataSourceTransactionHandler {
  const table = sql.table('dbos.transaction_completion');

  async function recorded(workflow: string, step: number): Promise<string | null> {
    const { rows } = await sql<{ output: string }>`
      select output from ${table} where workflow_id = ${workflow} and function_num = ${step}`.execute(db);
    return rows[0]?.output ?? null;
  }

  async function once(workflow: string, step: number, run: TransactionConfig<DB>['run']): Promise<string> {
    const before = await recorded(workflow, step);
    if (before !== null) return before;
    return db
      .transaction()
      .setIsolationLevel('serializable')
      .execute(async (transaction) => {
        const output = await run(transaction).catch((cause: unknown) => {
          throw new WorkFailed('the work of a transaction failed', { cause });
        });
        const { numAffectedRows } = await sql`
          insert into ${table} (workflow_id, function_num, output) values (${workflow}, ${step}, ${output})
          on conflict do nothing`.execute(transaction);
        if (numAffectedRows !== 1n) throw new DBOSStepAlreadyRecordedError(workflow, step);
        await assertStillOwnsWorkflow(workflow);
        return output;
      });
  }

  return {
    name: sourceName,
    initialize: async () => {},
    destroy: async () => {},

    async invokeTransactionFunction<This, Args extends unknown[], Return>(
      config: unknown,
      _target: This,
      _func: (this: This, ...args: Args) => Promise<Return>,
      ..._args: Args
    ): Promise<Return> {
      const { run } = config as TransactionConfig<DB>;
      const { workflowID, stepID } = DBOS;
      if (workflowID === undefined || stepID === undefined) throw new InvariantError('a transaction step runs inside a workflow');
      for (let attempt = 0; ; attempt++) {
        try {
          return (await once(workflowID, stepID, run)) as Return;
        } catch (error) {
          if (error instanceof DBOSWorkflowConflictError) throw error;
          if (error instanceof DBOSStepAlreadyRecordedError || isRetriable(error) || (isAborted(error) && attempt < mostAborted)) {
            // What would be thrown here would be recorded as the step's outcome: whoever recovers the workflow goes on.
            if (stopped()) return new Promise<never>(() => {});
            await pause(attempt, longestPauseMs);
            continue;
          }
          if (error instanceof WorkFailed) return failedOutcome(error.cause) as Return;
          throw error;
        }
      }
    },

    async deleteCheckpoints(workflow, startStep, beforeCommit) {
      await db.transaction().execute(async (transaction) => {
        await sql`delete from ${table} where workflow_id = ${workflow} and function_num >= ${startStep}`.execute(transaction);
        await beforeCommit?.();
      });
    },
  };
}

/** 5 ms, doubled up to the longest, with jitter so that two who collided do not collide again. */
async function pause(attempt: number, longestPauseMs: number): Promise<void> {
  const longest = Math.min(longestPauseMs, 5 * 2 ** Math.min(attempt, 20));
  await new Promise((resolve) => setTimeout(resolve, longest * (0.5 + Math.random() / 2)));
}
