import { fileLogs } from '../../edge/files/file-logs.ts';
import type { UpInput } from '../wires.ts';
import { carefulFile } from './keep-tolerance.ts';
import { lookupLogs } from './lookup-logs.ts';
import { s3Logs } from './s3-logs.ts';
import type { State } from './state.ts';
import type { Watched } from './watched.ts';

/** A real account: logs from files, from a bucket, or from CloudTrail's event history. Nothing is armed. */
export async function realAccount(_state: State, input: UpInput, _troubled: (error: unknown) => void): Promise<Watched> {
  const { logs: from, profile, endpointUrl, regions } = input;
  const logs = from === null ? await lookupLogs(input) : from.startsWith('s3://') ? s3Logs(input) : fileLogs();
  return {
    cloud: { kind: 'aws', profile, endpointUrl, regions },
    logs,
    roots: [from ?? 'event-history'],
    everyMs: from === null ? 60_000 : 10_000,
    tolerance: carefulFile,
    stop: async () => {},
  };
}
