/**
 * A worker for the test of workers that die: node collect-queue.worker.ts DATABASE_URL TENANT LAKE ENDPOINT QUEUE_URL BUCKET.
 * It takes in what the queue brings until it is ended, and prints a line for each batch.
 */
import { ruleSet } from '../../core/detect/rule-set.ts';
import { openLogQueue } from '../../edge/aws/log-queue.ts';
import { openLake } from '../../edge/duckdb/lake.ts';
import { openStore } from '../../edge/postgres/open-store.ts';
import { collectQueue } from '../collect-queue.ts';
import { rulesUnderTest } from '../collect-queue-under-test.ts';
import { s3Logs } from './s3-logs.ts';

const [url = '', tenant = '', folder = '', endpointUrl = '', queueUrl = '', bucket = ''] = process.argv.slice(2);
const logs = s3Logs({ profile: null, endpointUrl, regions: ['us-east-1'], roleArn: null });
const queue = openLogQueue(queueUrl, { endpointUrl, waitSeconds: 1, hiddenSeconds: 3 });
const deps = {
  tenant,
  store: await openStore({ url }),
  lake: await openLake({ folder }),
  logs,
  find: logs.find,
  rules: ruleSet(rulesUnderTest),
  clock: { now: () => Date.now() },
  roots: [{ bucket, prefix: '' }],
  queue,
};
console.log('ready');
for (;;) {
  const { received } = await collectQueue(deps, AbortSignal.timeout(60_000));
  if (received > 0) console.log(`took ${received}`);
}
