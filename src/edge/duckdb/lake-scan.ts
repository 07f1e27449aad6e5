import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { DuckDBConnection } from '@duckdb/node-api';
import { InputError } from '../../core/model/errors.ts';
import type { LakeFile, RawText, ScannedRow, WantedRows } from '../../core/ports/lake.ts';
import type { LakeDeps } from './lake-deps.ts';
import { checkPath } from './lake-path.ts';
import { after, blame, checkFile } from './lake-read.ts';
import { fromStored, toStored } from './lake-text.ts';
import { asPattern, literal } from './sql.ts';

/** So many files are asked in one statement: each is open meanwhile. */
const filesAtOnce = 500;

type Pair = readonly [string, string];
type Columns = [string[], number[], string[], boolean[], number[], number[]];

/** See Lake.indexPairs. */
export async function indexPairs(
  deps: LakeDeps,
  files: readonly LakeFile[],
  from: number,
  to: number,
  most: number,
): Promise<readonly Pair[] | null> {
  const pairs = new Map<string, Pair>();
  for await (const { connection, part, table, indexed } of parts(deps, files)) {
    if (!indexed) continue;
    try {
      const found = await connection.run(
        `select distinct index1, index2 from ${table} where ${during(from, to)} and index1 is not null and index2 is not null limit ${most + 1}`,
      );
      for (const [first, second] of (await found.getRows()) as [string, string][]) {
        pairs.set(JSON.stringify([first, second]), [fromStored(first), fromStored(second)]);
      }
    } catch (error) {
      throw await blame(deps, connection, part, error);
    }
    if (pairs.size > most) return null;
  }
  return [...pairs.values()];
}

/** See Lake.scan. */
export async function* scanLake(
  deps: LakeDeps,
  files: readonly LakeFile[],
  from: number,
  to: number,
  wanted: readonly WantedRows[] | 'all',
): AsyncGenerator<ScannedRow> {
  for await (const { connection, part, table, indexed } of parts(deps, files)) {
    try {
      const columns = 'object, "offset"::double, raw, escaped, crc, lake.file_index::integer';
      const query =
        wanted === 'all' || !indexed
          ? `select ${columns} from ${table} as lake where ${during(from, to)}`
          : await queryOf(connection, columns, table, during(from, to), wanted);
      const result = await connection.stream(query);
      for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
        const [objects, offsets, raws, escapes, sums, indexes] = chunk.getColumns() as Columns;
        for (let i = 0; i < chunk.rowCount; i++) {
          const stored = raws[i] ?? '';
          const file = part[indexes[i] ?? -1];
          if (file === undefined) throw new InputError('row of an unknown file', part[0]?.path ?? '');
          if (crc32(stored) !== sums[i]) throw new InputError('a record is not what was written: its checksum differs', file.path);
          yield {
            source: file.source,
            place: { object: fromStored(objects[i] ?? ''), offset: offsets[i] ?? 0 },
            raw: escapes[i] === true ? fromStored(stored) : stored,
          };
        }
      }
    } catch (error) {
      if (error instanceof InputError) throw error;
      throw await blame(deps, connection, part, error);
    }
  }
}

/** The files, checked, in groups that one statement asks; files from before there were index columns have them empty. */
async function* parts(deps: LakeDeps, files: readonly LakeFile[]) {
  const all = [...new Map(files.map((file) => [file.path, file])).values()];
  for (const file of all) {
    checkPath(file);
    await checkFile(deps, file);
  }
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

/**
 * The rows that are wanted, and those whose index fields nobody knows. Names are asked for as lists first, which spares reading
 * the texts of other rows; patterns are costly, and a `case` asks them of the rows of their pairs only.
 */
async function queryOf(
  connection: DuckDBConnection,
  columns: string,
  table: string,
  range: string,
  wanted: readonly WantedRows[],
): Promise<string> {
  await connection.run('create or replace temp table wanted (demand integer, first varchar, second varchar)');
  const appender = await connection.createAppender('wanted');
  for (const [demand, { pairs }] of wanted.entries()) {
    for (const [first, second] of pairs) {
      appender.appendInteger(demand);
      appender.appendVarchar(toStored(first));
      appender.appendVarchar(toStored(second));
      appender.endRow();
    }
  }
  appender.closeSync();
  // One column each: such a condition is asked before the texts are read, and of most files by their statistics alone.
  const unknown = ['index1 is null', 'index2 is null and index1 is not null']
    .map((which) => `select ${columns} from ${table} as lake where ${range} and ${which}`)
    .join(' union all ');
  if (wanted.length === 0) return unknown;
  const cases = wanted.map(
    ({ texts }, n) => `when ${n} then ${texts === null ? 'true' : `regexp_matches(raw, ${literal(patternOf(texts))})`}`,
  );
  const pairs = wanted.flatMap((one) => one.pairs);
  return `select ${columns} from ${table} as lake join wanted on index1 = first and index2 = second
    where ${range} and index1 in (${namesOf(pairs, 0)}) and index2 in (${namesOf(pairs, 1)}) and case demand ${cases.join(' ')} end
    union all ${unknown}`;
}

function namesOf(pairs: readonly Pair[], at: 0 | 1): string {
  return [...new Set(pairs.map((pair) => pair[at]))].map((name) => literal(toStored(name))).join(', ');
}

/**
 * A pattern for texts that contain one of these. Case does not matter; a letter may hide in an escape, and one letter
 * (U+0130) has two when it is made small: such records are taken.
 */
export function patternOf(texts: readonly RawText[]): string {
  const parts = texts.map(({ text, opens, closes }) => {
    const escaped = text.replace(/[.+-]/g, (sign) => `\\${sign}`);
    // A record that came inside another's string has its quotes escaped.
    return `${opens ? '"' : ''}${escaped}${closes ? '\\\\*"' : ''}`;
  });
  return `(?is)${[...parts, '\\\\u', '\u0130'].join('|')}`;
}
