/**
 * A worker for the fail-over test: node fail-over.worker.ts URL NAME LEASE_MS EFFECTS_FILE HOW_MANY_TO_START [WHEN_TO_DIE].
 * Steps write a line into the effects file, which counts how often they happened; transactions write into the database.
 * WHEN_TO_DIE: the n-th commit of a transaction, right after the server has done it and before anybody here hears of it.
 */
import { appendFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { openPool } from './connection.ts';
import { openDurable } from './durable.ts';
import { marksTx } from './testing.ts';

const [url = '', executorId = '', leaseMs = '', effects = '', count = '0', whenToDie = '0'] = process.argv.slice(2);

let commits = 0;
const pool = openPool(url, `test ${executorId}`, 2 * Number(leaseMs));
pool.on('connect', (client) => {
  const query = client.query.bind(client) as (text: string, values: unknown[]) => Promise<pg.QueryResult>;
  const deadly = async (text: string, values: unknown[]): Promise<pg.QueryResult> => {
    const result = await query(text, values);
    if (text === 'commit' && ++commits === Number(whenToDie)) process.kill(process.pid, 'SIGKILL');
    return result;
  };
  if (whenToDie !== '0') client.query = deadly as unknown as typeof client.query;
});

const durable = openDurable({
  url,
  executorId,
  leaseMs: Number(leaseMs),
  pool,
  concurrency: 4,
  storeTx: marksTx,
  onError: (error, fatal) => {
    if (fatal) process.exit(3);
    // An outage is expected here; a workflow that ends with an error is not.
    if (error instanceof Error && error.message.startsWith('workflow')) console.error(error);
  },
});

durable.define('fail-over@1', async (context) => {
  const mark = (subject: string): Promise<void> =>
    context.transaction(subject, 'default', (tx) =>
      tx.ledger.append({ format: 'jobzero.ledger/1', type: 'action', subject: `${context.id}/${subject}`, at: 0, data: {} }),
    );
  const effect = (name: string): Promise<void> =>
    context.step(name, async () => {
      await appendFile(effects, `${context.id}/${name}\n`);
      await sleep(150);
    });
  await effect('one');
  await mark('a');
  await context.sleep(100);
  await effect('two');
  await mark('b');
});

await durable.launch();
for (let n = 0; n < Number(count); n++) await durable.start('fail-over@1', `w${n}`, {});
console.log('ready');

process.on('SIGTERM', () => {
  durable.shutdown().then(
    () => process.exit(0),
    () => process.exit(4),
  );
});
