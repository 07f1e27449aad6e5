import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SetAside } from '../../model/event.ts';
import { LogReader, readWhole } from '../log-reader.ts';

const record = (id: string, extra: object = {}) => ({
  eventVersion: '1.11',
  eventID: id,
  eventName: 'GetObject',
  eventSource: 's3.amazonaws.com',
  eventTime: '2026-01-02T03:04:05Z',
  recipientAccountId: '111122223333',
  ...extra,
});
const ids = ['a', 'b', 'c'];
const [a = '', b = '', c = ''] = ids.map((id) => JSON.stringify(record(id)));

function read(text: string | Buffer, cut: readonly number[] = [], why: string | null = null) {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const seen: string[] = [];
  const setAsides: SetAside[] = [];
  const reader = new LogReader({
    object: 'x.json',
    onEvent: (event) => seen.push(String(event.raw['eventID'])),
    onSetAside: (setAside) => setAsides.push(setAside),
  });
  let from = 0;
  for (const to of [...cut.filter((n) => n < bytes.length), bytes.length].sort((x, y) => x - y)) {
    reader.push(bytes.subarray(from, to));
    from = to;
  }
  reader.end(why);
  return { seen, setAsides };
}

describe('the ways records are wrapped', () => {
  const bridge = {
    version: '0',
    id: 'x',
    'detail-type': 'AWS API Call via CloudTrail',
    source: 'aws.s3',
    account: '111122223333',
    time: '2026-01-02T03:04:05Z',
    region: 'eu-west-1',
  };
  test.each([
    ['a delivered object', `{"Records":[${a},${b},${c}]}`],
    ['the same, spaced', JSON.stringify({ Records: ids.map((id) => record(id)) }, null, 2)],
    ['lines', `${a}\n${b}\n${c}\n`],
    ['lines with carriage returns and a byte-order mark', `\ufeff${a}\r\n${b}\r\n${c}`],
    ['a list', `[${a}, ${b},\n ${c}]`],
    ['lines of delivered objects', `{"Records":[${a}]}\n{"Records":[${b},${c}]}\n`],
    [
      'LookupEvents',
      JSON.stringify({ Events: ids.map((id) => ({ EventId: id, CloudTrailEvent: JSON.stringify(record(id)) })), NextToken: 'x{y' }),
    ],
    ['EventBridge', ids.map((id) => JSON.stringify({ ...bridge, detail: record(id) })).join('\n')],
    [
      'CloudTrail Lake rows',
      JSON.stringify({ QueryResultRows: ids.map((id) => Object.entries(record(id)).map(([k, v]) => ({ [k]: v }))) }),
    ],
    ['CloudTrail Lake eventJson', JSON.stringify({ QueryResultRows: ids.map((id) => [{ eventJson: JSON.stringify(record(id)) }]) })],
    [
      'CloudTrail Lake eventData',
      ids.map((id) => JSON.stringify({ eventCategory: 'ActivityAuditLog', metadata: {}, eventData: record(id) })).join('\n'),
    ],
  ])('%s', (_, text) => {
    expect(read(text)).toEqual({ seen: ids, setAsides: [] });
    const whole: string[] = [];
    readWhole(Buffer.from(text), {
      object: 'x',
      onEvent: (event) => whole.push(String(event.raw['eventID'])),
      onSetAside: () => whole.push('set aside'),
    });
    expect(whole).toEqual(ids);
  });
});

describe('what is broken is set aside with its place, and its neighbours are not lost', () => {
  const offsetOfB = `{"Records":[${a},`.length;
  test.each([
    ['a broken value', `{"Records":[${a},{"eventID": b},${c}]}`, ['a', 'c'], [offsetOfB]],
    ['a missing brace', `{"Records":[${a},${b.slice(0, -1)},${c}]}`, ['a', 'c'], [offsetOfB]],
    ['a missing quote', `{"Records":[${a},${b.replace('GetObject"', 'GetObject')},${c}]}`, ['a', 'c'], [offsetOfB]],
    ['a brace too many', `{"Records":[${a},${b}},${c}]}`, ['a', 'b', 'c'], []],
    ['no record', `{"Records":[${a},{"eventID":"b"},${c}]}`, ['a', 'c'], [offsetOfB]],
    ['no time', `{"Records":[${a},${b.replace('2026-01-02', '2026-02-31')},${c}]}`, ['a', 'c'], [offsetOfB]],
    ['a line cut short', `${a}\n${b.slice(0, 50)}\n${c}\n`, ['a', 'c'], [a.length + 1]],
    ['a line that is no JSON', `${a}\nhello world\n${c}\n`, ['a', 'c'], [a.length + 1]],
    ['cut off at the end', `{"Records":[${a},${b},${c.slice(0, 40)}`, ['a', 'b'], [`{"Records":[${a},${b},`.length]],
    ['a bad record whose nested list looks like one', `{"Records":[${a},{"x":[{"eventName":1}], y},${c}]}`, ['a', 'c'], [offsetOfB]],
  ])('%s', (_, text, seen, offsets) => {
    const result = read(text);
    expect(result.seen).toEqual(seen);
    expect(result.setAsides.map((s) => s.place.offset)).toEqual(offsets);
    for (const s of result.setAsides) expect(s.reason).not.toBe('');
  });

  test('a stream that breaks off says so', () => {
    const result = read(`{"Records":[${a},${b.slice(0, 30)}`, [], 'the gzip stream is cut off');
    expect(result.seen).toEqual(['a']);
    expect(result.setAsides).toEqual([{ place: { object: 'x.json', offset: offsetOfB }, reason: 'the gzip stream is cut off' }]);
  });

  test('a line of 50 MB is set aside once, and both neighbours are read', () => {
    const long = JSON.stringify(record('long', { requestParameters: { x: '{,'.repeat(25_000_000) } }));
    const bytes = Buffer.from(`${a}\n${long}\n${c}\n`);
    const result = read(
      bytes,
      Array.from({ length: bytes.length >> 20 }, (_, i) => i << 20),
    );
    expect(result.seen).toEqual(['a', 'c']);
    expect(result.setAsides).toHaveLength(1);
    expect(result.setAsides[0]?.place.offset).toBe(a.length + 1);
  });

  test('odd bytes do no harm: invalid UTF-8, duplicate keys, null parameters, an impossible address', () => {
    const twice = c
      .replace('{', '{"eventName":"DeleteTrail",')
      .replace('}', ',"requestParameters":null,"sourceIPAddress":"075.050.255.67"}');
    const text = Buffer.concat([
      Buffer.from(`${a}\n`),
      Buffer.from(b.replace('}', ',"userAgent":"')),
      Buffer.from([0xff, 0xfe]),
      Buffer.from(`"}\n${twice}\n`),
    ]);
    expect(read(text)).toEqual({ seen: ids, setAsides: [] });
  });
});

test('the cut of the stream changes nothing', () => {
  const text = `{"Records":[${a},{"eventID": b},${b}, ${c.replace('GetObject', 'Get\\"{[\\\\Object')}],"more":"{["}\n${a}\nnoise\n`;
  const whole = read(text);
  expect(whole.seen).toEqual(['a', 'b', 'c', 'a']);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 40 }), (cut) => {
      expect(read(text, cut)).toEqual(whole);
    }),
  );
});

test('mutated bytes never crash, and every untouched line is still read', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: b.length - 1 }), fc.integer({ min: 0, max: 255 }), (at, byte) => {
      const line = Buffer.from(b);
      line[at] = byte;
      const { seen } = read(Buffer.concat([Buffer.from(`${a}\n`), line, Buffer.from(`\n${c}\n`)]));
      expect(seen[0]).toBe('a');
      expect(seen.at(-1)).toBe('c');
    }),
    { numRuns: 500 },
  );
});

test('a record nested too deeply to be printed is an event like others, in every form', () => {
  const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const deep = c.replace('"c"', `"c","requestParameters":${nested}`);
  const keys = (bytes: string): string[] => {
    const found: string[] = [];
    const options = {
      object: 'x',
      onEvent: (event: { readonly key: string }) => found.push(event.key),
      onSetAside: () => found.push('set aside'),
    };
    readWhole(Buffer.from(bytes), options);
    const reader = new LogReader(options);
    reader.push(Buffer.from(bytes));
    reader.end();
    return found;
  };
  expect(new Set(keys(`{"Records":[${deep}]}`))).toEqual(new Set(['111122223333/c']));
  const bridge = JSON.stringify({ 'detail-type': 'AWS API Call via CloudTrail', detail: 0 }).replace(':0', `:${deep}`);
  expect(new Set(keys(bridge))).toEqual(new Set(['111122223333/c']));
  const nameless = new Set(keys(deep.replace('"eventID":"c",', '')));
  expect(nameless.size).toBe(1);
  expect([...nameless][0]).toMatch(/^sha256\//);
});
