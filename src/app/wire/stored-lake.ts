import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LogReader } from '../../core/collect/log-reader.ts';
import { indexValues } from '../../core/detect/index-values.ts';
import type { Lake, LakeFile, LakeRow } from '../../core/ports/lake.ts';
import { BrokenStream } from '../../core/ports/log-objects.ts';
import { openLake } from '../../edge/duckdb/lake.ts';
import { fileLogs } from '../../edge/files/file-logs.ts';
import type { OnProgress } from '../on-progress.ts';
import { type Env, places } from './home.ts';
import { openState } from './state.ts';

/** Characters of records that become one batch of a lake for a moment. */
const batchCharacters = 64_000_000;

/** A lake to ask, and the files that count. */
export interface OpenLakeFiles {
  readonly folder: string;
  readonly lake: Lake;
  readonly files: readonly LakeFile[];
  close(): Promise<void>;
}

export interface LakeChoice {
  /** Log files and folders to ask instead of the lake; none asks the lake of this installation. */
  readonly logs: readonly string[];
  /** Milliseconds since 1970; the end is not included. */
  readonly from: number;
  readonly to: number;
  readonly onProgress: OnProgress;
}

/** The lake of this installation with the tenant's files of the range, or one made of log files, which goes away with `close`. */
export async function openLakeFiles(choice: LakeChoice, env: Env): Promise<OpenLakeFiles> {
  return choice.logs.length > 0 ? lakeOfLogs(choice) : lakeOfHome(choice, env);
}

async function lakeOfHome({ from, to }: LakeChoice, env: Env): Promise<OpenLakeFiles> {
  const state = await openState(env);
  try {
    const files = await state.store.within(state.tenant, (tx) => tx.batches.files(from, to));
    const folder = places(state.home).lake;
    const lake = await openLake({ folder });
    return { folder, lake, files, close: () => lake.close() };
  } finally {
    await state.close();
  }
}

async function lakeOfLogs({ logs: paths, onProgress }: LakeChoice): Promise<OpenLakeFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'jobzero-lake-'));
  const lake = await openLake({ folder });
  const close = async () => {
    await lake.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const files: LakeFile[] = [];
    let n = 0;
    for await (const rows of rowsOfLogs(paths, onProgress)) files.push(...(await lake.write('default', `logs ${n++}`, rows)));
    return { folder, lake, files, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function* rowsOfLogs(paths: readonly string[], onProgress: OnProgress): AsyncGenerator<readonly LakeRow[]> {
  const logs = fileLogs();
  let rows: LakeRow[] = [];
  let characters = 0;
  let done = 0;
  for await (const object of logs.list(paths)) {
    const reader = new LogReader({
      object: object.name,
      onEvent: (event, text, offset) => {
        const { account, region } = event.words;
        const raw = text ?? JSON.stringify(event.raw);
        characters += raw.length;
        const place = { object: object.name, offset };
        rows.push({ key: event.key, source: event.source, account, region, time: event.time, place, raw, index: indexValues(event) });
      },
      onSetAside: () => {},
    });
    try {
      for await (const chunk of logs.chunks(object)) {
        reader.push(chunk);
        if (characters < batchCharacters) continue;
        yield rows;
        rows = [];
        characters = 0;
      }
      reader.end();
    } catch (error) {
      if (!(error instanceof BrokenStream)) throw error;
      reader.end(error.message);
    }
    onProgress({ done: ++done, total: null, doing: 'reading log objects' });
  }
  if (rows.length > 0) yield rows;
}
