import { dirname } from 'node:path';
import {
  DuckDBInstance,
  DuckDBMapValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValueConverter,
  type Json,
  JsonDuckDBValueConverter,
} from '@duckdb/node-api';
import { BrokenStream } from '../../core/ports/log-objects.ts';
import { asPattern, literal } from './sql.ts';

/** MB that DuckDB may hold: a row group's columns, not the file. */
const memory = 256;
/** Bytes of text that are handed on at once, about. */
const piece = 256 * 1024;

/**
 * The rows of a Parquet file as lines of JSON, in the file's order, whatever its columns are. Whole numbers stay numbers
 * as long as they are exact, and become texts beyond; times are ISO 8601 in UTC with all their digits, maps are objects.
 * DuckDB may touch the file's folder, load nothing and open no network. Throws BrokenStream.
 */
export async function* readParquet(path: string): AsyncGenerator<Uint8Array> {
  const duckdb = await DuckDBInstance.create(':memory:', {
    memory_limit: `${memory}MB`,
    threads: '1',
    temp_directory: '',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await duckdb.connect();
  try {
    const folder = `${dirname(path)}/`;
    await connection.run(`set allowed_directories = [${literal(folder)}, ${literal(asPattern(folder))}]`);
    await connection.run('set enable_external_access = false');
    await connection.run('set lock_configuration = true');
    // Folders such as `year=2026` would become columns.
    const rows = await connection.stream(`select * from read_parquet(${literal(asPattern(path))}, hive_partitioning = false)`);
    const names = rows.columnNames();
    let lines: string[] = [];
    let length = 0;
    for (let chunk = await rows.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await rows.fetchChunk()) {
      for (const values of chunk.convertRows(jsonOf)) {
        const line = JSON.stringify(Object.fromEntries(names.flatMap((name, i) => (values[i] === null ? [] : [[name, values[i]]]))));
        lines.push(line);
        length += line.length;
        if (length < piece) continue;
        yield Buffer.from(`${lines.join('\n')}\n`);
        lines = [];
        length = 0;
      }
    }
    if (lines.length > 0) yield Buffer.from(`${lines.join('\n')}\n`);
  } catch (error) {
    throw new BrokenStream('it is no Parquet file that can be read', { cause: error });
  } finally {
    connection.closeSync();
    duckdb.closeSync();
  }
}

const jsonOf: DuckDBValueConverter<Json> = (value, type, convert) => {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) return isoOf(value.micros * 1_000n);
  if (value instanceof DuckDBTimestampNanosecondsValue) return isoOf(value.nanos);
  if (value instanceof DuckDBTimestampMillisecondsValue) return isoOf(value.millis * 1_000_000n);
  if (value instanceof DuckDBTimestampSecondsValue) return isoOf(value.seconds * 1_000_000_000n);
  if (value instanceof DuckDBMapValue) {
    const { keyType, valueType } = type as typeof type & { readonly keyType: typeof type; readonly valueType: typeof type };
    return Object.fromEntries(
      value.entries.map((entry) => [String(convert(entry.key, keyType, convert)), convert(entry.value, valueType, convert)]),
    );
  }
  return JsonDuckDBValueConverter(value, type, convert);
};

/** Nanoseconds since 1970 as ISO 8601 in UTC, with as many digits as they need. */
function isoOf(nanos: bigint): Json {
  const part = ((nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const time = Number((nanos - part) / 1_000_000n);
  if (Math.abs(time) > 8.64e15) return nanos.toString();
  const digits = part.toString().padStart(9, '0').replace(/0+$/, '');
  return `${new Date(time).toISOString().slice(0, -5)}${digits === '' ? '' : `.${digits}`}Z`;
}
