import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { DuckDBConnection } from '@duckdb/node-api';
import { InputError } from '../../core/model/errors.ts';
import type { LakeFile, LakeRow } from '../../core/ports/lake.ts';
import type { LakeDeps } from './lake-deps.ts';
import { checkPath, hourMs } from './lake-path.ts';
import { fromStored } from './lake-text.ts';
import { asPattern, literal } from './sql.ts';

/**
 * The rows of these files in the half-open range, slice after slice of time, so that only a slice is sorted at once.
 * A key that comes with several times (only a forged or broken log has that) counts at its earliest; of rows that share
 * key and time, the one with the smallest text counts: the answer depends on the set of rows alone.
 * Throws InputError, with the file's path, for a file that is missing, damaged or not the lake's.
 */
export async function* readLake(deps: LakeDeps, files: readonly LakeFile[], from: number, to: number): AsyncGenerator<LakeRow> {
  const hours = byHour(files, from, to);
  if (hours.length === 0) return;
  for (const [, group] of hours) for (const file of group) await checkFile(deps, file);
  const connection = await deps.duckdb.connect();
  try {
    const range = `${after(from)} and not (${after(to)})`;
    const all = hours.flatMap(([, group]) => group);
    const moved = await keysWithSeveralTimes(deps, connection, all, range);
    for (const [hour, group] of hours) {
      try {
        for (const [start, end] of slices(deps, hour, group)) {
          const slice = `${after(Math.max(from, start))} and not (${after(Math.min(to, end))})`;
          yield* readSlice(deps, connection, group, slice, moved);
        }
      } catch (error) {
        if (error instanceof InputError) throw error;
        throw await blame(deps, connection, group, error);
      }
    }
  } finally {
    connection.closeSync();
  }
}

/** A condition: the row's time is this or later. Beyond what a `Date` can say there are no rows. */
export function after(time: number): string {
  if (Math.abs(time) > 8.64e15) return time < 0 ? 'true' : 'false';
  return `time >= epoch_ms(${Math.ceil(time)}::bigint)`;
}

function byHour(files: readonly LakeFile[], from: number, to: number): readonly (readonly [number, readonly LakeFile[]])[] {
  const hours = new Map<number, Map<string, LakeFile>>();
  for (const file of files) {
    if (file.hour + hourMs <= from || file.hour >= to) continue;
    checkPath(file);
    const group = hours.get(file.hour) ?? new Map<string, LakeFile>();
    hours.set(file.hour, group.set(file.path, file));
  }
  return [...hours].sort(([a], [b]) => a - b).map(([hour, group]) => [hour, [...group.values()]]);
}

/**
 * Cuts an hour into equal times, as many as its rows ask for. DuckDB's sort of wide rows gives up before its memory limit
 * where it should spill (docs/decisions/021-lake-files.md), so what it is given at once stays well below.
 */
function slices(deps: LakeDeps, hour: number, files: readonly LakeFile[]): readonly (readonly [number, number])[] {
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  const count = Math.min(3600, Math.max(1, Math.ceil(rows / deps.slice)));
  const edge = (n: number): number => hour + Math.floor((hourMs * n) / count);
  return Array.from({ length: count }, (_, n) => [edge(n), edge(n + 1)]);
}

export async function checkFile(deps: Pick<LakeDeps, 'folder'>, file: LakeFile): Promise<void> {
  const { size } = await stat(join(deps.folder, file.path)).catch((cause: unknown) => {
    throw new InputError('the file of the lake cannot be opened', file.path, { cause });
  });
  if (size !== file.bytes) throw new InputError(`the file of the lake has ${size} bytes, and the manifest says ${file.bytes}`, file.path);
}

function tableOf(deps: LakeDeps, files: readonly LakeFile[]): string {
  return `read_parquet([${files.map(({ path }) => literal(asPattern(join(deps.folder, path)))).join(', ')}], hive_partitioning = false)`;
}

/** A condition that leaves the later rows of such keys out; empty when there are none, which is the rule. */
async function keysWithSeveralTimes(
  deps: LakeDeps,
  connection: DuckDBConnection,
  files: readonly LakeFile[],
  range: string,
): Promise<string> {
  try {
    await connection.run(
      `create temp table moved as select key, min(time) as first from ${tableOf(deps, files)}
       where ${range} group by key having min(time) <> max(time)`,
    );
  } catch (error) {
    throw await blame(deps, connection, files, error);
  }
  const found = await connection.run('select 1 from moved limit 1');
  if ((await found.getRows()).length === 0) return '';
  return 'and not exists (select 1 from moved where moved.key = lake.key and moved.first < lake.time)';
}

async function* readSlice(
  deps: LakeDeps,
  connection: DuckDBConnection,
  files: readonly LakeFile[],
  range: string,
  moved: string,
): AsyncGenerator<LakeRow> {
  const result = await connection.stream(
    `select key, epoch_ms(time)::double, region, object, "offset"::double, raw, escaped, crc, file_index::integer
     from ${tableOf(deps, files)} as lake where ${range} ${moved} order by time, key`,
  );
  let best: LakeRow | null = null;
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    const columns = chunk.getColumns();
    for (let at = 0; at < chunk.rowCount; at++) {
      const row = rowOf(
        columns.map((column) => column[at]),
        files,
      );
      if (best === null || best.time !== row.time || best.key !== row.key) {
        if (best !== null) yield best;
        best = row;
      } else if (isBefore(row, best)) best = row;
    }
  }
  if (best !== null) yield best;
}

function rowOf(values: readonly unknown[], files: readonly LakeFile[]): LakeRow {
  const [key, time, region, object, offset, raw, escaped, crc, index] = values as [
    string,
    number,
    string,
    string,
    number,
    string,
    boolean,
    number,
    number,
  ];
  const file = files[index];
  if (file === undefined) throw new InputError(`row of an unknown file ${index}`, files[0]?.path ?? '');
  if (crc32(raw) !== crc) throw new InputError(`the record ${key} is not what was written: its checksum differs`, file.path);
  return {
    key: fromStored(key),
    source: file.source,
    account: file.account,
    region: fromStored(region),
    time,
    place: { object: fromStored(object), offset },
    raw: escaped ? fromStored(raw) : raw,
  };
}

function isBefore(a: LakeRow, b: LakeRow): boolean {
  if (a.raw !== b.raw) return a.raw < b.raw;
  if (a.account !== b.account) return a.account < b.account;
  if (a.place.object !== b.place.object) return a.place.object < b.place.object;
  return a.place.offset < b.place.offset;
}

/** Which of the files it is that cannot be read. */
export async function blame(deps: LakeDeps, connection: DuckDBConnection, files: readonly LakeFile[], cause: unknown): Promise<unknown> {
  for (const file of files) {
    try {
      await connection.run(
        `select count(*), max(time), max(hash(key, region, object, "offset", raw, escaped, crc)) from ${tableOf(deps, [file])}`,
      );
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return new InputError(`the file of the lake cannot be read: ${message.split('\n')[0]}`, file.path, { cause: error });
    }
  }
  return cause;
}
