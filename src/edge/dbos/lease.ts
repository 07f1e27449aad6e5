import pg from 'pg';
import { connectionTo } from './connection.ts';

export interface Lease {
  /** Stops beating; the lease counts as run out from now on, so that a survivor takes over at once. */
  release(): Promise<void>;
}

export interface LeaseOptions {
  readonly url: string;
  /** Unique per start of a process: nobody may inherit another one's lease. */
  readonly executor: string;
  /** Only an executor of the same application version can recover the workflows of a dead one. */
  readonly version: string;
  readonly leaseMs: number;
  /** Whether this executor can recover others yet. */
  readonly ready: () => boolean;
  /** Puts the workflows of a dead executor back into their queues. Repeatable. */
  readonly recover: (dead: string) => Promise<void>;
  /** Runs after each round of recovery, on the lease's connection. */
  readonly round: (client: pg.Client) => Promise<void>;
  /** The lease is gone or claimed: others do our work now. */
  readonly onLost: () => void;
  /** A round failed; it is tried again. */
  readonly onError: (error: unknown) => void;
}

/**
 * A row per running executor, kept alive on a connection of its own, so that a full pool never looks like a death.
 * Times are the server's. A dead executor's row is claimed by one survivor (a claim runs out too, if that one dies) and
 * deleted only after the recovery. An executor without a row that still owns workflows is dead as well: one that was
 * stopped, declared dead, and took work in the moment it woke up.
 */
export async function openLease(options: LeaseOptions): Promise<Lease> {
  const { executor, version, leaseMs } = options;
  const beatMs = Math.max(50, Math.floor(leaseMs / 5));
  const lease = `${leaseMs} milliseconds`;
  let client: pg.Client | null = null;
  let stopped = false;
  let lastBeat = 0;
  /** Since when our own beats have come without a gap. After an outage everybody gets one lease to come back. */
  let steadySince = 0;
  let wake: () => void = () => {};

  async function connect(): Promise<pg.Client> {
    if (client !== null) return client;
    const fresh = new pg.Client({ ...connectionTo(options.url, `jobzero lease ${executor}`), query_timeout: Math.max(5_000, leaseMs) });
    fresh.on('error', () => {});
    fresh.on('end', () => {
      if (client === fresh) client = null;
    });
    await fresh.connect();
    client = fresh;
    return fresh;
  }

  function discard(): void {
    client?.end().catch(() => {});
    client = null;
  }

  async function beat(): Promise<boolean> {
    const connection = await connect();
    const { rowCount } = await connection.query('update dbos.executor_lease set beat = now() where executor = $1 and claimed_by is null', [
      executor,
    ]);
    const now = performance.now();
    if (now - lastBeat > leaseMs / 2) steadySince = now;
    lastBeat = now;
    return rowCount === 1;
  }

  async function sweep(): Promise<void> {
    const connection = await connect();
    await connection.query(
      `insert into dbos.executor_lease (executor, version, beat)
       select distinct w.executor_id, $1, '-infinity'::timestamptz from dbos.workflow_status w
       where w.status = 'PENDING' and w.application_version = $1 and w.executor_id is not null
         and not exists (select from dbos.executor_lease l where l.executor = w.executor_id)
       on conflict do nothing`,
      [version],
    );
    for (;;) {
      const { rows } = await connection.query<{ executor: string }>(
        `update dbos.executor_lease set claimed_by = $1, claimed_at = now()
         where executor = (
           select executor from dbos.executor_lease
           where version = $2 and executor <> $1
             and (beat = '-infinity' or ($4 and beat < now() - $3::interval))
             and (claimed_by is null or claimed_at < now() - $3::interval)
           order by executor limit 1 for update skip locked)
         returning executor`,
        [executor, version, lease, performance.now() - steadySince >= leaseMs],
      );
      const dead = rows[0]?.executor;
      if (dead === undefined) break;
      await options.recover(dead);
      await connection.query('delete from dbos.executor_lease where executor = $1 and claimed_by = $2', [dead, executor]);
    }
    await options.round(connection);
  }

  async function loop(): Promise<void> {
    while (!stopped) {
      try {
        if (!(await beat())) {
          stopped = true;
          options.onLost();
          break;
        }
        if (options.ready()) await sweep();
      } catch (error) {
        // A broken connection is thrown away; a new one is made at the next beat.
        discard();
        if (!stopped) options.onError(error);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, beatMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  const first = await connect();
  await first.query('insert into dbos.executor_lease (executor, version, beat) values ($1, $2, now())', [executor, version]);
  lastBeat = performance.now();
  steadySince = lastBeat;
  const looping = loop();

  return {
    async release() {
      stopped = true;
      wake();
      await looping;
      try {
        const connection = await connect();
        await connection.query(`update dbos.executor_lease set beat = '-infinity' where executor = $1 and claimed_by is null`, [executor]);
      } catch {
        // Without the server the lease runs out by itself.
      }
      discard();
    },
  };
}
