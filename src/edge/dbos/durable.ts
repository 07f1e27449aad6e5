import { randomUUID } from 'node:crypto';
import { DBOS, Error as DbosErrors } from '@dbos-inc/dbos-sdk';
import { DBOSWorkflowConflictError, registerDataSource, runTransaction } from '@dbos-inc/dbos-sdk/datasource';
import { DBOSExecutor } from '@dbos-inc/dbos-sdk/internal/dbos-executor';
import { dbRetryConfig } from '@dbos-inc/dbos-sdk/internal/utils';
import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import type pg from 'pg';
import { InvariantError } from '../../core/model/errors.ts';
import type { JsonObject } from '../../core/model/json.ts';
import { readOutcome, recordOutcome } from '../../core/ports/durable.outcome.ts';
import type { Durable, DurableContext } from '../../core/ports/durable.ts';
import type { Tx } from '../../core/ports/store.ts';
import { openPool } from './connection.ts';
import { datasource, sourceName, type TransactionConfig } from './datasource.ts';
import { type Lease, openLease } from './lease.ts';
import { prepareSchema } from './schema.ts';

type Name = `${string}@${number}`;
type Workflow = (input: JsonObject) => Promise<void>;

/** Pinned: versions are in the workflows' names. A version made from the source would strand all waiting work at each edit. */
const version = 'jobzero';

export interface DurableOptions<DB> {
  /** Of the role that the transactions run as, by TCP. */
  readonly url: string;
  /** Of the role that owns schema `dbos`; the same as `url` unless given. */
  readonly systemUrl?: string;
  /**
   * Where transactions take their connections from; a pool of our own on `url` unless given. Whoever gives it closes it,
   * and makes it read types the way `storeTx` expects.
   */
  readonly pool?: pg.Pool;
  /** Makes our `Tx` of an open transaction. */
  readonly storeTx: (transaction: Transaction<DB>, tenant: string) => Tx | Promise<Tx>;
  /** A readable name; a part that is unique per start is added. */
  readonly executorId: string;
  /**
   * `fatal`: this worker was declared dead, others do its work, it takes no more: end the process. Otherwise a workflow
   * ended with an error, or the server could not be reached and is tried again.
   */
  readonly onError: (error: unknown, fatal: boolean) => void;
  /** How long a silent executor is left alone before others take over its work. At least 10 s outside of tests. */
  readonly leaseMs?: number;
  /** How many workflows of one name run at once in this process. */
  readonly concurrency?: number;
  /** How often each queue (one per workflow name) is asked for work: the wait before a start, against CPU when idle. */
  readonly pollMs?: number;
  /** A transaction that collides, or fails without saying so, is tried again after at most this time: 2 s unless given. */
  readonly longestPauseMs?: number;
}

let open = false;

/**
 * `Durable` on DBOS Transact and PostgreSQL: any number of worker processes share the work, and survive each other.
 * One at a time per process, since DBOS is one per process.
 */
export function openDurable<DB>(options: DurableOptions<DB>): Durable {
  const { url, systemUrl = url, onError, leaseMs = 15_000, concurrency = 20, pollMs = 50, longestPauseMs = 2_000 } = options;
  const executor = `${options.executorId}/${randomUUID()}`;
  const workflows = new Map<Name, Workflow>();
  const inWork = new Set<Promise<unknown>>();
  let state: 'new' | 'open' | 'stopped' = 'new';
  let lease: Lease | null = null;
  let systemPool: pg.Pool | null = null;
  let ownPool: pg.Pool | null = null;

  /** Bodies come to their next operation and stay there: whoever recovers the workflow goes on from it. */
  function operate<T>(work: () => Promise<string>): Promise<T> {
    if (state === 'stopped') return new Promise<never>(() => {});
    const working = work();
    inWork.add(working);
    return working.finally(() => inWork.delete(working)).then((text) => readOutcome<T>(text));
  }

  const contextOf = (id: string): DurableContext => ({
    id,
    step: (name, work) => operate(() => DBOS.runStep(() => recordOutcome(work), { name })),
    transaction: (name, tenant, work) => {
      const config: TransactionConfig<DB> = {
        run: async (transaction) => JSON.stringify({ value: await work(await options.storeTx(transaction, tenant)) }),
      };
      return operate(() => runTransaction(async () => '', name, { dsName: sourceName, config }));
    },
    sleep: async (milliseconds) => {
      if (state === 'stopped') await new Promise<never>(() => {});
      await DBOS.sleepms(milliseconds);
    },
  });

  /** Our workflows that nobody here runs: the claim was committed, but its answer was lost with the server. */
  async function putBackStrays(client: pg.Client): Promise<void> {
    const running = DBOSExecutor.globalInstance?.systemDatabase.runningWorkflowMap;
    if (running === undefined) return;
    const { rows } = await client.query<{ id: string }>(
      `select workflow_uuid as id from dbos.workflow_status
       where status = 'PENDING' and executor_id = $1 and updated_at < (extract(epoch from now()) * 1000)::bigint - $2`,
      [executor, leaseMs],
    );
    const strays = rows.map(({ id }) => id).filter((id) => !running.has(id));
    if (strays.length === 0) return;
    await client.query(
      `update dbos.workflow_status set status = 'ENQUEUED', owner_xid = null, started_at_epoch_ms = null,
         updated_at = (extract(epoch from now()) * 1000)::bigint
       where workflow_uuid = any($1) and status = 'PENDING' and executor_id = $2`,
      [strays, executor],
    );
  }

  async function recover(dead: string): Promise<void> {
    const instance = DBOSExecutor.globalInstance;
    if (instance === undefined) throw new InvariantError('recovery before the launch');
    await instance.recoverPendingWorkflows([dead]);
  }

  function lost(): void {
    state = 'stopped';
    // Stops the queues; what runs parks at its next operation.
    DBOSExecutor.globalInstance?.deactivateEventReceivers().catch((error: unknown) => onError(error, false));
    onError(new InvariantError(`executor ${executor} lost its lease: it was silent for longer than ${leaseMs} ms`), true);
  }

  async function launch(): Promise<void> {
    dbRetryConfig.maxBackoffSec = 2;

    const pool = options.pool ?? openPool(url, `jobzero work ${executor}`, 2 * leaseMs);
    if (options.pool === undefined) ownPool = pool;
    systemPool = openPool(systemUrl, `jobzero dbos ${executor}`, 2 * leaseMs);
    const db = new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });

    for (const [name, workflow] of workflows) workflows.set(name, DBOS.registerWorkflow(workflow, { name }));
    registerDataSource(datasource(db, () => state === 'stopped', longestPauseMs));
    DBOS.setConfig({
      name: 'jobzero',
      systemDatabaseUrl: systemUrl,
      systemDatabasePool: systemPool,
      applicationVersion: version,
      executorID: executor,
      logger: { info() {}, debug() {}, warn() {}, error() {} },
      // A queue per name: a worker takes only what it knows, also while an older and a newer release run side by side.
      listenQueues: [...workflows.keys()],
    });
    await prepareSchema({ url, systemUrl }, async () => {
      lease = await openLease({
        url: systemUrl,
        executor,
        version,
        leaseMs,
        ready: () => DBOS.isInitialized(),
        recover,
        round: putBackStrays,
        onLost: lost,
        onError: (error) => onError(error, false),
      });
      await DBOS.launch();
    });
    for (const name of workflows.keys()) {
      await DBOS.registerQueue(name, { workerConcurrency: concurrency, minPollingIntervalMs: pollMs, onConflict: 'always_update' });
    }
  }

  async function shutdown(): Promise<void> {
    if (state === 'new') return;
    state = 'stopped';
    // A transaction whose server is away does not end: it is left to whoever recovers it.
    await Promise.race([Promise.allSettled(inWork), new Promise((resolve) => setTimeout(resolve, 10_000).unref())]);
    await DBOS.shutdown({ deregister: true });
    await lease?.release();
    await systemPool?.end();
    await ownPool?.end();
    open = false;
  }

  return {
    define(name, body) {
      if (state !== 'new') throw new InvariantError(`workflow ${name} is defined after the launch`);
      if (workflows.has(name)) throw new InvariantError(`workflow ${name} is defined twice`);
      const run = body as unknown as (context: DurableContext, input: JsonObject) => Promise<void>;
      const workflow = async (input: JsonObject): Promise<void> => {
        const id = DBOS.workflowID ?? '';
        try {
          await run(contextOf(id), input);
        } catch (error) {
          if (!(error instanceof DBOSWorkflowConflictError)) {
            onError(new Error(`workflow ${id} (${name}) ended with an error`, { cause: error }), false);
          }
          throw error;
        }
      };
      workflows.set(name, workflow);
    },

    async launch() {
      if (state !== 'new') throw new InvariantError('launched twice');
      if (open) throw new InvariantError('one durable engine per process');
      open = true;
      state = 'open';
      try {
        await launch();
      } catch (error) {
        await shutdown();
        throw error;
      }
    },

    async start(name, id, input) {
      if (state !== 'open') throw new InvariantError('a workflow starts after the launch');
      const workflow = workflows.get(name);
      if (workflow === undefined) throw new InvariantError(`workflow ${name} is not defined`);
      try {
        await DBOS.startWorkflow(workflow, { workflowID: id, queueName: name })(input);
      } catch (cause) {
        if (!(cause instanceof DbosErrors.DBOSConflictingWorkflowError)) throw cause;
        throw new InvariantError(`workflow ${id} cannot be started as ${name}: it is another one already`, { cause });
      }
    },

    shutdown,
  };
}
