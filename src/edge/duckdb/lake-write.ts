import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import { InputError } from '../../core/model/errors.ts';
import type { LakeFile, LakeRow } from '../../core/ports/lake.ts';
import type { LakeDeps } from './lake-deps.ts';
import { hourMs, type Partition, pathOf } from './lake-path.ts';
import { toStored } from './lake-text.ts';
import { groupRows, RowGroups } from './row-groups.ts';
import { literal } from './sql.ts';

/** The furthest that a `Date` goes, in milliseconds from 1970. */
const furthest = 8.64e15;

/** Characters of records. Left alone, an appender keeps 200,000 rows, which cannot be spilled. */
const flushAt = 4_000_000;

/** Characters of records of one file that are grouped, which holds them in memory twice; more are written as they came. */
const mostGrouped = 48_000_000;

interface Part {
  readonly number: number;
  readonly partition: Partition;
  readonly groups: RowGroups;
  rows: number;
  characters: number;
}

/** Writes one batch: all rows into a table in memory (or spilled), then one file per partition. */
export async function writeLake(
  deps: LakeDeps,
  tenant: string,
  batch: string,
  rows: AsyncIterable<LakeRow> | Iterable<LakeRow>,
): Promise<readonly LakeFile[]> {
  const table = `batch_${randomUUID().replaceAll('-', '')}`;
  const connection = await deps.duckdb.connect();
  try {
    await connection.run(
      `create table ${table} (part integer, call integer, key varchar, time bigint, region varchar, object varchar, "offset" bigint,
         raw varchar, escaped boolean, crc uinteger, index1 varchar, index2 varchar)`,
    );
    const parts = await collect(await connection.createAppender(table), tenant, rows);
    const files: LakeFile[] = [];
    for (const part of parts) files.push(await writePart(deps, connection, table, part, pathOf(part.partition, batch)));
    return files.sort((a, b) => (a.path < b.path ? -1 : 1));
  } finally {
    await connection.run(`drop table if exists ${table}`);
    connection.closeSync();
  }
}

async function collect(
  appender: DuckDBAppender,
  tenant: string,
  rows: AsyncIterable<LakeRow> | Iterable<LakeRow>,
): Promise<readonly Part[]> {
  const parts = new Map<string, Part>();
  let count = 0;
  let unflushed = 0;
  try {
    for await (const row of rows) {
      const { account, source, time, place } = row;
      if (!Number.isSafeInteger(time) || Math.abs(time) > furthest) {
        throw new InputError(`the time ${time} of a record is none`, `${place.object}, byte ${place.offset}`);
      }
      const hour = Math.floor(time / hourMs) * hourMs;
      const name = JSON.stringify([account, source, hour]);
      let part = parts.get(name);
      if (part === undefined) {
        part = { number: parts.size, partition: { tenant, account, source, hour }, groups: new RowGroups(), rows: 0, characters: 0 };
        parts.set(name, part);
      }
      part.rows++;
      part.characters += row.raw.length;
      append(appender, part, row);
      unflushed += row.raw.length;
      if (unflushed > flushAt) {
        appender.flushSync();
        unflushed = 0;
      }
      // An iterator that is always ready would keep timers (a lease's heartbeat) waiting.
      if (++count % 4096 === 0) await turn();
    }
  } finally {
    appender.closeSync();
  }
  return [...parts.values()];
}

/** Row by row was four times as fast as data chunks made of columns (docs/decisions/021-lake-files.md). */
function append(appender: DuckDBAppender, part: Part, { key, time, region, place, raw, index = [null, null] }: LakeRow): void {
  const escaped = !raw.isWellFormed();
  const stored = escaped ? toStored(raw) : raw;
  appender.appendInteger(part.number);
  appender.appendInteger(part.groups.add(index));
  appender.appendVarchar(toStored(key));
  appender.appendBigInt(BigInt(time));
  appender.appendVarchar(toStored(region));
  appender.appendVarchar(toStored(place.object));
  appender.appendBigInt(BigInt(place.offset));
  appender.appendVarchar(stored);
  appender.appendBoolean(escaped);
  appender.appendUInteger(crc32(stored));
  for (const value of index) {
    if (value === null) appender.appendNull();
    else appender.appendVarchar(toStored(value));
  }
  appender.endRow();
}

async function writePart(deps: LakeDeps, connection: DuckDBConnection, table: string, part: Part, path: string): Promise<LakeFile> {
  const beside = join(deps.scratch, `${randomUUID()}.parquet`);
  const target = join(deps.folder, path);
  try {
    await connection.run(`copy (${rowsOf(table, part)}) to ${literal(beside)} (format parquet, compression zstd, ${sizeOf(part)})`);
    await sync(beside);
    const made = await mkdir(dirname(target), { recursive: true });
    await rename(beside, target);
    await sync(dirname(target));
    if (made !== undefined) {
      for (let folder = dirname(target); folder !== dirname(made) && folder !== deps.folder; ) {
        folder = dirname(folder);
        await sync(folder);
      }
    }
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  const { size } = await stat(target);
  return { path, ...part.partition, rows: part.rows, bytes: size };
}

const columns = 'key, epoch_ms(time) as time, region, object, "offset", raw, escaped, crc, index1, index2';

/**
 * The rows of a file, those of like calls together. Each group has an order, and so the file has one: DuckDB then writes group after
 * group, and the same rows give the same bytes.
 */
function rowsOf(table: string, part: Part): string {
  const groups = groupsOf(part);
  if (groups === null) return `select ${columns} from ${table} where part = ${part.number}`;
  return groups
    .map((calls) => `(select ${columns} from ${table} where part = ${part.number} and call in (${calls.join(', ')}) order by rowid)`)
    .join(' union all ');
}

/** A record is large, and a group is what is held in memory at once. */
function sizeOf(part: Part): string {
  return `row_group_size ${groupsOf(part) === null ? 8192 : groupRows}`;
}

function groupsOf({ groups, characters }: Part): ReturnType<RowGroups['groups']> {
  return characters > mostGrouped ? null : groups.groups();
}

/** Makes sure that a file's bytes, or a folder's names, are on the disk. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
