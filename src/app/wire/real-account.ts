import { fileLogs } from '../../edge/files/file-logs.ts';
import { settledFiles } from '../../edge/files/settled-files.ts';
import type { UpInput } from '../wires.ts';
import { anyLogs } from './any-logs.ts';
import { fencesOf } from './keep-receiving.ts';
import { carefulFile } from './keep-tolerance.ts';
import { lookupLogs } from './lookup-logs.ts';
import { s3Logs } from './s3-logs.ts';
import type { State } from './state.ts';
import type { Watched } from './watched.ts';

/** A real account: logs from folders, from buckets, from queues, or from CloudTrail's event history. Nothing is armed. */
export async function realAccount(state: State, input: UpInput, _troubled: (error: unknown) => void): Promise<Watched> {
  const { logs: roots, queues, profile, endpointUrl, regions } = input;
  const watched = {
    cloud: { kind: 'aws', profile, endpointUrl, regions },
    tolerance: carefulFile,
    stop: async () => {},
  } as const;
  if (roots.length === 0 && queues.length === 0)
    return { ...watched, logs: await lookupLogs(input), roots: ['event-history'], everyMs: 60_000, queues: null };
  // What is no address is told now, and not by every worker.
  fencesOf(input);
  return {
    ...watched,
    logs: anyLogs(
      settledFiles(fileLogs(), () => state.clock.now()),
      s3Logs(input, { again: true }),
    ),
    // With a queue, its messages say what is new in a bucket.
    roots: queues.length === 0 ? roots : roots.filter((root) => !root.startsWith('s3://')),
    everyMs: 10_000,
    queues: queues.length === 0 ? null : { queues, logs: roots, profile, endpointUrl, regions, roleArn: input.roleArn },
  };
}
