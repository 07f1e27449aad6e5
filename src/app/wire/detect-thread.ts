import { parentPort, workerData } from 'node:worker_threads';
import { ruleSet } from '../../core/detect/rule-set.ts';
import type { Lists, Rule } from '../../core/model/rule.ts';
import type { LogObject } from '../../core/ports/log-objects.ts';
import type { Run } from '../../core/ports/spill.ts';
import { withParquet } from '../../edge/duckdb/parquet-logs.ts';
import { fileLogs } from '../../edge/files/file-logs.ts';
import { fileSpill } from '../../edge/files/file-spill.ts';
import { openScanner } from '../../edge/scanner/open-scanner.ts';
import { openSifters } from '../../edge/scanner/open-sifters.ts';
import { ObjectAccumulator } from '../accumulate-objects.ts';
import { keepHeapSmall } from './keep-heap-small.ts';

const { rules, lists, tenant, folder } = workerData as {
  readonly rules: readonly Rule[];
  readonly lists: Lists;
  readonly tenant: string;
  readonly folder: string;
};
const accumulator = new ObjectAccumulator(ruleSet(rules, lists), tenant, {
  logs: withParquet(fileLogs()),
  spill: fileSpill(folder),
  tidy: keepHeapSmall(),
  scanner: openScanner,
  sifters: openSifters,
});
const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread only');

// One message at a time: the main thread waits for the answer before it gives the next object.
port.on('message', (message: { readonly object: LogObject } | { readonly finish: true }) => {
  if ('finish' in message) {
    const { runs, counts } = accumulator.finish(true);
    const paths = (of: readonly Run[]) => of.map((run) => run.path);
    port.postMessage({ runs: { stateless: paths(runs.stateless), others: paths(runs.others), reports: paths(runs.reports) }, counts });
    port.close();
    return;
  }
  accumulator.add(message.object).then(
    () => port.postMessage({ ready: true }),
    (error: unknown) => {
      throw error;
    },
  );
});
port.postMessage({ ready: true });
