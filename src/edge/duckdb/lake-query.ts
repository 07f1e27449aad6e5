import { realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type DuckDBConnection,
  DuckDBInstance,
  type DuckDBPreparedStatement,
  DuckDBTypeId,
  JsonDuckDBValueConverter,
  StatementType,
} from '@duckdb/node-api';
import { InputError } from '../../core/model/errors.ts';
import type { Json } from '../../core/model/json.ts';
import type { LakeFile } from '../../core/ports/lake.ts';
import type { LakeQuery, QueryAnswer } from '../../core/ports/lake-query.ts';
import { checkPath } from './lake-path.ts';
import { after, checkFile } from './lake-read.ts';
import { viewsOver } from './query-views.ts';
import { checkReadsOnly } from './read-only-sql.ts';
import { makeScratchFolder } from './scratch-folder.ts';
import { asPattern, literal } from './sql.ts';

export interface LakeQueryOptions {
  readonly folder: string;
  /** The tenant's files of the range: no other can be read. */
  readonly files: readonly LakeFile[];
  /** Milliseconds since 1970; the end is not included. */
  readonly from: number;
  readonly to: number;
  /** MB that DuckDB may hold in memory, and as many times four on the disk. 1024 unless given. */
  readonly memory?: number;
  /** Milliseconds that one query may take. Ten minutes unless given. */
  readonly patience?: number;
}

/**
 * DuckDB with views over these files. It may read these files and nothing else, loads no extension, opens no network, and its
 * settings are locked before the first question: what somebody writes into SQL cannot get further.
 */
export async function openLakeQuery(options: LakeQueryOptions): Promise<LakeQuery> {
  const { memory = 1024, patience = 600_000, from, to } = options;
  const folder = await realpath(options.folder);
  for (const file of options.files) {
    checkPath(file);
    await checkFile({ folder }, file);
  }
  const scratch = await makeScratchFolder(folder);
  const duckdb = await DuckDBInstance.create(':memory:', {
    memory_limit: `${memory}MB`,
    threads: '2',
    temp_directory: join(scratch, 'spill'),
    max_temp_directory_size: `${memory * 4}MB`,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  });
  const connection = await duckdb.connect();
  const close = async () => {
    connection.closeSync();
    duckdb.closeSync();
    await rm(scratch, { recursive: true, force: true });
  };
  try {
    await lock(
      connection,
      options.files.map(({ path }) => join(folder, path)),
    );
    await makeViews(
      connection,
      options.files.map(({ path }) => join(folder, path)),
      `${after(from)} and not (${after(to)})`,
    );
  } catch (error) {
    await close();
    throw error;
  }
  return { run: (sql, parameters) => runOne(connection, sql, parameters, patience), close };
}

async function lock(connection: DuckDBConnection, paths: readonly string[]): Promise<void> {
  const named = [...new Set(paths.flatMap((path) => [path, asPattern(path)]))];
  await connection.run(`set allowed_paths = [${named.map(literal).join(', ')}]`);
  await connection.run('set enable_external_access = false');
  await connection.run('set lock_configuration = true');
}

const noColumns = `select null::varchar as key, null::timestamp as time, null::varchar as region, null::varchar as object, null::varchar as raw,
  false as escaped, null::varchar as index1, null::varchar as index2, null::varchar as source, null::varchar as account where false`;

/** Each event counts once, whatever channels it came by: as in readLake, at its earliest time and with its smallest text. */
async function makeViews(connection: DuckDBConnection, paths: readonly string[], range: string): Promise<void> {
  let stored = `(${noColumns})`;
  if (paths.length > 0) {
    const list = paths.map((path) => literal(asPattern(path))).join(', ');
    const hive =
      "hive_partitioning = true, hive_types_autocast = false, hive_types = {'tenant': varchar, 'account': varchar, 'source': varchar, 'hour': varchar}";
    const files = `read_parquet([${list}], union_by_name = true, ${hive})`;
    const indexed = (await connection.run(`select * from ${files} limit 0`)).columnNames().includes('index1');
    await connection.run(`create temp table twice as select key from ${files} where ${range} group by key having count(*) > 1`);
    // By name: files are numbered anew where a condition leaves some out.
    await connection.run(
      `create temp table doubled as select file, row from (
         select filename as file, file_row_number as row,
           row_number() over (partition by key order by time, raw, filename, file_row_number) as n
         from ${files} as lake where ${range} and key in (select key from twice)) where n > 1`,
    );
    const some = (await connection.run('select 1 from doubled limit 1')).rowCount > 0;
    const once = some
      ? 'and not exists (select 1 from doubled where doubled.file = lake.filename and doubled.row = lake.file_row_number)'
      : '';
    // Texts with half of a surrogate pair have their backslashes doubled: see lake-text.
    const plain = (column: string) => `case when contains(${column}, '\\') then replace(${column}, '\\\\', '\\') else ${column} end`;
    stored = `(select ${plain('key')} as key, source, account, ${plain('region')} as region, time, ${plain('object')} as object,
        case when escaped then replace(raw, '\\\\', '\\') else raw end as raw,
        ${indexed ? `${plain('index1')} as index1, ${plain('index2')} as index2` : 'null::varchar as index1, null::varchar as index2'}
      from ${files} as lake where ${range} ${once})`;
  }
  for (const view of viewsOver(stored)) await connection.run(view);
}

async function runOne(
  connection: DuckDBConnection,
  sql: string,
  parameters: { readonly [name: string]: string },
  patience: number,
): Promise<QueryAnswer> {
  const prepared = await prepare(connection, sql, parameters);
  let tired = false;
  const timer = setTimeout(() => {
    tired = true;
    connection.interrupt();
  }, patience);
  const explained = (error: unknown): unknown =>
    tired ? new InputError(`took longer than ${patience / 1000} s`, 'query') : asInputError(error);
  try {
    const result = await prepared.stream();
    const kinds = result.columnTypes().map(({ typeId }) => typeId);
    const rows = async function* (): AsyncGenerator<readonly Json[]> {
      try {
        for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
          for (const row of chunk.convertRows(JsonDuckDBValueConverter)) yield row.map((value, i) => plainValue(value as Json, kinds[i]));
        }
      } catch (error) {
        throw explained(error);
      } finally {
        clearTimeout(timer);
      }
    };
    return { columns: result.columnNames(), rows: rows() };
  } catch (error) {
    clearTimeout(timer);
    throw explained(error);
  }
}

/** Whole numbers as numbers where they are exact, times with their zone, lists in one line. */
function plainValue(value: Json, kind: DuckDBTypeId | undefined): Json {
  if (typeof value !== 'string') return Array.isArray(value) ? `[${value.map(String).join(', ')}]` : value;
  if (kind === DuckDBTypeId.TIMESTAMP) return `${value}Z`;
  if (kind !== DuckDBTypeId.BIGINT && kind !== DuckDBTypeId.UBIGINT && kind !== DuckDBTypeId.HUGEINT) return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

async function prepare(
  connection: DuckDBConnection,
  sql: string,
  parameters: { readonly [name: string]: string },
): Promise<DuckDBPreparedStatement> {
  let prepared: DuckDBPreparedStatement;
  try {
    await checkReadsOnly(connection, sql);
    prepared = await connection.prepare(sql);
  } catch (error) {
    throw asInputError(error);
  }
  if (prepared.statementType !== StatementType.SELECT) throw new InputError('only reads are allowed: SELECT, or WITH ... SELECT', 'query');
  for (let i = 1; i <= prepared.parameterCount; i++) {
    const name = prepared.parameterName(i);
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (value === undefined) throw new InputError(`the parameter $${name} has no value: --param ${name}=VALUE`, 'query');
    prepared.bindVarchar(i, value);
  }
  return prepared;
}

/** What DuckDB says about the SQL, in its first lines. */
function asInputError(error: unknown): InputError {
  if (error instanceof InputError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new InputError(message.split('\n').slice(0, 4).join(' ').trim(), 'query', { cause: error });
}
