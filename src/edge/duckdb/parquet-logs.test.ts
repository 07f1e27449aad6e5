import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LogReader } from '../../core/collect/log-reader.ts';
import type { Event } from '../../core/model/event.ts';
import { BrokenStream, type LogObject, type LogObjects } from '../../core/ports/log-objects.ts';
import { withParquet } from './parquet-logs.ts';

const root = mkdtempSync(join(tmpdir(), 'jobzero-parquet-test-'));
const hive = join(root, "AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=eu-west-1/year=2026/it's [odd]");
const flows = join(hive, 'flows.log.parquet');
const types = join(root, 'types.parquet');

beforeAll(async () => {
  mkdirSync(hive, { recursive: true });
  const duckdb = await DuckDBInstance.create(':memory:');
  const connection = await duckdb.connect();
  const write = (sql: string, path: string) => connection.run(`copy (${sql}) to '${path.replaceAll("'", "''")}' (format parquet)`);
  await write(
    `select 2::integer as version, '-' as account_id, 'eni-0123456789abcdef0' as interface_id, '198.51.100.7' as srcaddr,
      '10.0.0.5' as dstaddr, (i % 60000)::integer as srcport, 22::integer as dstport, 6::integer as protocol, 3::bigint as packets,
      (4294967296 + i)::bigint as bytes, (1767603600 + i)::bigint as start, (1767603660 + i)::bigint as "end",
      'REJECT' as action, 'OK' as log_status, null::integer as tcp_flags from range(5000) rows(i)`,
    flows,
  );
  await write(
    `select 9007199254740993::bigint as big, 7::bigint as small, 18446744073709551615::ubigint as huge, 1.5::double as half,
      true as yes, {'a': [1, 2], 'b': {'c': 'x'}} as nested, map {'k': 'v', 'l': null} as map,
      timestamp '2026-01-05 09:00:00.123456' as at, timestamptz '2026-01-05 09:00:00+02' as zoned,
      timestamp_ns '1969-12-31 23:59:59.999999999' as before, null::varchar as nothing, 'é"\n' as text`,
    types,
  );
  connection.closeSync();
  duckdb.closeSync();
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Objects in files; in pieces of this many bytes, or whole. */
function files(bytesOf: (name: string) => Buffer, pieceBytes: number): LogObjects {
  return {
    async *list() {},
    whole: async (object) => bytesOf(object.name),
    async *chunks(object) {
      const bytes = bytesOf(object.name);
      for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
    },
  };
}

const object = (name: string): LogObject => ({ name, size: 1, version: '1' });

async function textOf(logs: LogObjects, name: string): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of logs.chunks(object(name))) parts.push(chunk);
  return Buffer.concat(parts).toString('utf8');
}

test.each([3, 1_000, 65_536])('rows become events, whatever the pieces of %d bytes', async (pieceBytes) => {
  const logs = withParquet(files(readFileSync, pieceBytes));
  expect(await logs.whole(object(flows))).toBeNull();
  const events: Event[] = [];
  const options = {
    object: flows,
    onEvent: (event: Event) => events.push(event),
    onSetAside: ({ reason }: { reason: string }) => {
      throw new Error(reason);
    },
  };
  const reader = new LogReader(options);
  for await (const chunk of logs.chunks(object(flows))) reader.push(chunk);
  reader.end();
  expect(events).toHaveLength(5_000);
  expect(events[4]).toMatchObject({
    source: 'aws.vpc-flow',
    time: 1_767_603_604_000,
    raw: { 'interface-id': 'eni-0123456789abcdef0', dstport: '22' },
  });
  // Neither the partition's `year` nor what is null.
  expect(Object.keys(events[4]?.raw ?? {})).not.toContain('year');
  expect(Object.keys(events[4]?.raw ?? {})).not.toContain('tcp-flags');
  expect(events[4]?.words).toMatchObject({ account: '111122223333', region: 'eu-west-1' });
});

test('no value loses a digit', async () => {
  const text = await textOf(withParquet(files(readFileSync, 65_536)), types);
  expect(JSON.parse(text)).toEqual({
    big: '9007199254740993',
    small: 7,
    huge: '18446744073709551615',
    half: 1.5,
    yes: true,
    nested: { a: [1, 2], b: { c: 'x' } },
    map: { k: 'v', l: null },
    at: '2026-01-05T09:00:00.123456Z',
    zoned: '2026-01-05T07:00:00Z',
    before: '1969-12-31T23:59:59.999999999Z',
    text: 'é"\n',
  });
});

test.each([
  ['text', Buffer.from('{"a":1}\n')],
  ['nothing', Buffer.alloc(0)],
  ['less than four bytes', Buffer.from('PAR')],
])('%s is passed on as it is', async (_, bytes) => {
  const logs = withParquet(files(() => bytes, 2));
  expect(await logs.whole(object('x'))).toEqual(bytes);
  expect(await textOf(logs, 'x')).toBe(bytes.toString());
});

test('a damaged file is said to be broken, and leaves nothing behind', async () => {
  const whole = readFileSync(flows);
  const before = readdirSync(tmpdir()).filter((name) => name.startsWith('jobzero-parquet-')).length;
  for (const bytes of [
    whole.subarray(0, 100),
    Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(500, 7)]),
    whole.subarray(0, whole.length - 1),
  ]) {
    await expect(textOf(withParquet(files(() => bytes, 65_536)), 'x')).rejects.toBeInstanceOf(BrokenStream);
  }
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith('jobzero-parquet-')).length).toBe(before);
});
