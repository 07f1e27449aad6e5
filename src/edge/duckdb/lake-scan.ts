import { Buffer } from 'node:buffer';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import { InputError } from '../../core/model/errors.ts';
import type { IndexPair, IndexPairs, LakeFile, RecordBatch } from '../../core/ports/lake.ts';
import { JoinedTexts } from './joined-texts.ts';
import type { LakeDeps } from './lake-deps.ts';
import { checkPath } from './lake-path.ts';
import { after, blame, checkFile } from './lake-read.ts';
import { fromStored, toStored } from './lake-text.ts';
import { asPattern, literal } from './sql.ts';

/** So many files are asked in one statement: each is open meanwhile. */
const filesAtOnce = 500;
/** So many are looked at together before. */
const checkedAtOnce = 64;

/** See Lake.indexPairs. */
export async function indexPairs(
  deps: LakeDeps,
  files: readonly LakeFile[],
  from: number,
  to: number,
  most: number,
): Promise<IndexPairs | null> {
  const pairs = new Map<string, IndexPair>();
  let unknown = false;
  for await (const { connection, part, table, indexed } of parts(deps, files)) {
    if (!indexed) {
      unknown = true;
      continue;
    }
    try {
      const found = await connection.run(`select distinct index1, index2 from ${table} where ${during(from, to)} limit ${2 * most + 2}`);
      for (const [first, second] of (await found.getRows()) as [string | null, string | null][]) {
        if (first === null || second === null) unknown = true;
        else pairs.set(JSON.stringify([first, second]), [fromStored(first), fromStored(second)]);
      }
      if (found.rowCount > 2 * most) return null;
    } catch (error) {
      throw await blame(deps, connection, part, error);
    }
    if (pairs.size > most) return null;
  }
  return { pairs: [...pairs.values()], unknown };
}

/** See Lake.scan. */
export async function* scanLake(
  deps: LakeDeps,
  files: readonly LakeFile[],
  from: number,
  to: number,
  wanted: IndexPairs | 'all',
): AsyncGenerator<RecordBatch> {
  const texts = new JoinedTexts('{"Records":[', ']}');
  if (wanted !== 'all' && wanted.pairs.length === 0 && !wanted.unknown) return;
  for await (const { connection, part, table, indexed } of parts(deps, files)) {
    try {
      const columns = 'raw, crc, escaped, lake.file_index::integer, object';
      const query =
        wanted === 'all' || !indexed
          ? `select ${columns} from ${table} as lake where ${during(from, to)}`
          : await queryOf(connection, columns, table, during(from, to), wanted);
      const result = await connection.stream(query);
      let next = result.fetchChunk();
      for (let chunk = await next; chunk !== null && chunk.rowCount > 0; chunk = await next) {
        // Read while this one is looked at; a fault is told when it is waited for.
        next = result.fetchChunk();
        next.catch(() => {});
        yield batchOf(chunk, part, texts);
      }
    } catch (error) {
      if (error instanceof InputError) throw error;
      throw await blame(deps, connection, part, error);
    }
  }
}

function batchOf(chunk: DuckDBDataChunk, part: readonly LakeFile[], texts: JoinedTexts): RecordBatch {
  const count = chunk.rowCount;
  const sums = chunk.getColumnValues(1);
  const escaped = chunk.getColumnValues(2);
  const indexes = chunk.getColumnValues(3);
  const fileOf = (record: number) => {
    const file = part[Number(indexes[record])];
    if (file === undefined) throw new InputError('row of an unknown file', part[0]?.path ?? '');
    return file;
  };
  const differs = (record: number) => new InputError('a record is not what was written: its checksum differs', fileOf(record).path);
  const instead = new Map<number, Buffer>();
  for (let record = 0; record < count; record++) {
    if (escaped[record] !== true) continue;
    const stored = String(chunk.getColumnVector(0).getItem(record));
    if (crc32(stored) !== sums[record]) throw differs(record);
    instead.set(record, Buffer.from(fromStored(stored)));
  }
  if (!texts.take(chunk, 0, instead)) throw new InputError('a record is missing', fileOf(0).path);
  const { bytes, bounds } = texts;
  for (let record = 0; record < count; record++) {
    if (instead.has(record)) continue;
    if (crc32(bytes.subarray(bounds[2 * record], bounds[2 * record + 1])) !== sums[record]) throw differs(record);
  }
  return {
    source: fileOf(0).source,
    count,
    bytes,
    bounds,
    objectOf: (record) => fromStored(String(chunk.getColumnVector(4).getItem(record) ?? '')),
  };
}

/** The files, checked, in groups that one statement asks; files from before there were index columns have them empty. */
async function* parts(deps: LakeDeps, files: readonly LakeFile[]) {
  const all = [...new Map(files.map((file) => [file.path, file])).values()];
  for (const file of all) checkPath(file);
  for (let i = 0; i < all.length; i += checkedAtOnce)
    await Promise.all(all.slice(i, i + checkedAtOnce).map((file) => checkFile(deps, file)));
  const connection = await deps.duckdb.connect();
  try {
    for (let i = 0; i < all.length; i += filesAtOnce) {
      const part = all.slice(i, i + filesAtOnce);
      const names = part.map(({ path }) => literal(asPattern(join(deps.folder, path)))).join(', ');
      const table = `read_parquet([${names}], hive_partitioning = false, union_by_name = true)`;
      yield { connection, part, table, indexed: await isIndexed(connection, table, part, deps) };
    }
  } finally {
    connection.closeSync();
  }
}

/** Files from before there were index columns have none; where only some have them, the others' are empty. */
async function isIndexed(connection: DuckDBConnection, table: string, part: readonly LakeFile[], deps: LakeDeps): Promise<boolean> {
  try {
    return (await connection.run(`select * from ${table} limit 0`)).columnNames().includes('index1');
  } catch (error) {
    throw await blame(deps, connection, part, error);
  }
}

function during(from: number, to: number): string {
  return `${after(from)} and not (${after(to)})`;
}

/** The rows that are wanted. Names are asked for as lists first: that spares reading the texts of other rows. */
async function queryOf(
  connection: DuckDBConnection,
  columns: string,
  table: string,
  range: string,
  { pairs, unknown }: IndexPairs,
): Promise<string> {
  await connection.run('create or replace temp table wanted (first varchar, second varchar)');
  const appender = await connection.createAppender('wanted');
  for (const [first, second] of pairs) {
    appender.appendVarchar(toStored(first));
    appender.appendVarchar(toStored(second));
    appender.endRow();
  }
  appender.closeSync();
  const known =
    pairs.length === 0
      ? []
      : [
          `select ${columns} from ${table} as lake join wanted on index1 = first and index2 = second
           where ${range} and index1 in (${namesOf(pairs, 0)}) and index2 in (${namesOf(pairs, 1)})`,
        ];
  // One column each: such a condition is asked before the texts are read, and of most files by their statistics alone.
  const others = ['index1 is null', 'index2 is null and index1 is not null'].map(
    (which) => `select ${columns} from ${table} as lake where ${range} and ${which}`,
  );
  return [...known, ...(unknown ? others : [])].join(' union all ');
}

function namesOf(pairs: readonly IndexPair[], at: 0 | 1): string {
  return [...new Set(pairs.map((pair) => pair[at]))].map((name) => literal(toStored(name))).join(', ');
}
