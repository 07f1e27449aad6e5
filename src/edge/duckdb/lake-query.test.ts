import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../../core/model/errors.ts';
import type { Json } from '../../core/model/json.ts';
import type { Lake, LakeFile, LakeRow } from '../../core/ports/lake.ts';
import type { LakeQuery } from '../../core/ports/lake-query.ts';
import { openLake } from './lake.ts';
import { openLakeQuery } from './lake-query.ts';

const parent = mkdtempSync(join(tmpdir(), 'jobzero-lake-query-'));
const folder = join(parent, 'lake');
const start = Date.UTC(2026, 0, 5);
let lake: Lake;
let files: readonly LakeFile[];
let others: readonly LakeFile[];
let query: LakeQuery;
let asked = 0;
const server = createServer((_, response) => {
  asked++;
  response.end('a\n1\n');
});
let port = 0;

function row(n: number, more: Partial<LakeRow> = {}): LakeRow {
  return {
    key: `key ${n}`,
    source: 'aws.cloudtrail',
    account: '011122223333',
    region: 'us-east-1',
    time: start + n * 1_000,
    place: { object: 'a.json.gz', offset: n },
    raw: `{"eventSource":"s3.amazonaws.com","eventName":"GetObject","userAgent":"agent ${n}"}`,
    ...more,
  };
}

beforeAll(async () => {
  lake = await openLake({ folder });
  const hostile = [
    row(2, { raw: '{"userAgent":"\\ud800"}' }),
    row(3, { raw: '{"userAgent":"\ud800 alone"}', index: ['s3.amazonaws.com', '\ud800'] }),
    row(4, { account: "odd/../ac'c=%", raw: '{"n":1e999}' }),
    row(5, { source: 'aws.vpc-flow', raw: '2 no JSON at all' }),
  ];
  files = [
    ...(await lake.write('default', 'one', [row(1, { index: ['s3.amazonaws.com', 'GetObject'] }), ...hostile])),
    // The same event by another channel, later.
    ...(await lake.write('default', 'two', [row(1, { time: start + 9_000, raw: '{"later":true}' })])),
  ];
  others = await lake.write('second', 'theirs', [row(1, { raw: '{"secret":"of another tenant"}' })]);
  query = await openLakeQuery({ folder, files, from: start, to: start + 3_600_000, patience: 2_000 });
  writeFileSync(join(parent, 'file.csv'), 'a\n1\n');
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as { readonly port: number }).port;
});

afterAll(async () => {
  await query?.close();
  await lake?.close();
  server.close();
  rmSync(parent, { recursive: true, force: true });
});

async function all(
  sql: string,
  parameters: { readonly [name: string]: string } = {},
  on: LakeQuery = query,
): Promise<readonly (readonly Json[])[]> {
  const rows: (readonly Json[])[] = [];
  for await (const one of (await on.run(sql, parameters)).rows) rows.push(one);
  return rows;
}

test('each event once, at its earliest, whatever it holds', async () => {
  expect(await all('select key, source, account, time from events order by key')).toEqual([
    ['key 1', 'aws.cloudtrail', '011122223333', '2026-01-05 00:00:01Z'],
    ['key 2', 'aws.cloudtrail', '011122223333', '2026-01-05 00:00:02Z'],
    ['key 3', 'aws.cloudtrail', '011122223333', '2026-01-05 00:00:03Z'],
    ['key 4', 'aws.cloudtrail', "odd/../ac'c=%", '2026-01-05 00:00:04Z'],
    ['key 5', 'aws.vpc-flow', '011122223333', '2026-01-05 00:00:05Z'],
  ]);
});

test('a record that is no JSON to DuckDB stops nobody', async () => {
  expect(await all('select key, userAgent from cloudtrail order by key')).toEqual([
    ['key 1', 'agent 1'],
    ['key 2', null],
    ['key 3', null],
    ['key 4', null],
  ]);
  expect(await all("select json_extract_string(record, '$.unreadable') from vpc_flow")).toEqual([['2 no JSON at all']]);
});

test('an empty lake has the same views', async () => {
  const empty = await openLakeQuery({ folder, files: [], from: 0, to: start });
  expect(await all('select count(*) from cloudtrail', {}, empty)).toEqual([[0]]);
  await empty.close();
});

describe('SQL cannot get out', () => {
  const target = join(parent, 'written');
  const cases = (): readonly string[] => {
    const theirs = join(folder, others[0]?.path ?? '');
    const ours = join(folder, files[0]?.path ?? '');
    return [
      `select * from read_parquet('${theirs}')`,
      `select * from '${theirs}'`,
      `select * from "${theirs}"`,
      `select * from parquet_scan('${ours}')`,
      `select * from read_parquet('${folder}/**/*.parquet')`,
      `select * from read_text('${join(parent, 'file.csv')}')`,
      `select * from '${join(parent, 'file.csv')}'`,
      `select * from read_csv('http://127.0.0.1:${port}/x.csv')`,
      `select * from 'http://127.0.0.1:${port}/x.parquet'`,
      `select * from glob('${parent}/*')`,
      `with t as (select * from read_blob('${parent}/*')) select * from t`,
      `select (select count(*) from read_csv('${join(parent, 'file.csv')}'))`,
      `select * from query('select * from read_text(''/etc/hostname'')')`,
      `select * from query_table('${theirs}')`,
      `select * from sniff_csv('${join(parent, 'file.csv')}')`,
      `copy (select 1) to '${target}'`,
      `copy events to '${target}'`,
      `copy (select 1 as key) to '${ours}' (format parquet)`,
      `export database '${target}'`,
      `attach '${target}' as x`,
      'install httpfs',
      'load httpfs',
      "set memory_limit = '100GB'",
      'set enable_external_access = true',
      'reset lock_configuration',
      "pragma memory_limit = '100GB'",
      `call enable_logging('QueryLog', storage = 'file', storage_path = '${target}')`,
      `select * from enable_logging('QueryLog', storage = 'file', storage_path = '${target}')`,
      `select * from enable_profiling(save_location = '${target}')`,
      'select * from duckdb_settings()',
      'select * from pragma_database_list()',
      'create table x as select 1',
      'insert into doubled values (0, 0)',
      'drop view events',
      'delete from events',
      'select 1; select 2',
      'explain analyze select 1',
      'begin transaction',
      '',
      `select * from events where key in (${'('.repeat(5_000)}1${')'.repeat(5_000)})`,
    ];
  };

  test('to files, the network, settings or another tenant; and goes on answering', async () => {
    for (const sql of cases()) await expect(all(sql), sql.slice(0, 100)).rejects.toBeInstanceOf(InputError);
    expect(await all('select count(*) from events')).toEqual([[5]]);
    expect(readdirSync(parent).sort()).toEqual(['file.csv', 'lake']);
    expect(asked).toBe(0);
  });

  test('and takes no more time than it is given', async () => {
    await expect(all('select count(*) from range(1000000000) a, range(1000000) b where a.range * b.range = 7')).rejects.toThrow(
      'took longer than 2 s',
    );
    expect(await all('select 1')).toEqual([[1]]);
  });

  test('nor more memory', async () => {
    const small = await openLakeQuery({ folder, files, from: 0, to: Number.MAX_SAFE_INTEGER, memory: 64 });
    await expect(all("select string_agg(repeat('x', 1000) || range, '') from range(1000000)", {}, small)).rejects.toThrow(/memory|Memory/);
    await small.close();
  });
});

test('files that are not as the manifest says are refused', async () => {
  const [file] = files;
  if (file === undefined) throw new Error('no file');
  for (const bad of [
    { ...file, path: others[0]?.path ?? '' },
    { ...file, bytes: 1 },
  ]) {
    await expect(openLakeQuery({ folder, files: [bad], from: 0, to: start })).rejects.toBeInstanceOf(InputError);
  }
});
