import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPrivateAddress } from '../../lib/private-address.ts';
import { readCsvList } from './csv-list.ts';
import { indicator } from './indicator.ts';
import { joinLists } from './list-taker.ts';
import { readPlainList } from './plain-list.ts';
import { readList } from './read-list.ts';
import { joinStix, readStixList } from './stix-list.ts';
import { patternValues } from './stix-pattern.ts';

const now = Date.UTC(2026, 0, 15);

describe('indicator', () => {
  test.each([
    ['1.2.3.4', '1.2.3.4'],
    ['1.2.3[.]4', '1.2.3.4'],
    ['1(.)2{.}3[dot]4', '1.2.3.4'],
    ['1.2.3.0/24', '1.2.3.0/24'],
    ['1.2.3.4:8080', '1.2.3.4'],
    ['2A00::1', '2a00::1'],
    ['2a00:1::/32', '2a00:1::/32'],
    ['[2a00::1]', '2a00::1'],
    ['C2.Example.COM.', 'c2.example.com'],
    ['*.example.com', 'example.com'],
    ['.example.com', 'example.com'],
    ['_dmarc.example.com', '_dmarc.example.com'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['hxxps[://]c2[.]example[.]com/a/b?c=1#d', 'c2.example.com'],
    ['https://user:secret@c2.example.com:8443/x', 'c2.example.com'],
    ['http://[2a00::1]:8080/x', '2a00::1'],
    ['http://1.2.3.4/x', '1.2.3.4'],
    ['http://good.example.com@c2.example.com', 'c2.example.com'],
    ['evil.co.uk', 'evil.co.uk'],
    ['x.s3.amazonaws.com', 'x.s3.amazonaws.com'],
    ['pastebin.com', 'pastebin.com'],
  ])('%s is %s', (text, entry) => expect(indicator(text)).toEqual({ entry }));

  test.each([
    ['', 'empty'],
    ['0.0.0.0/0', 'wider than /8'],
    ['1.0.0.0/7', 'wider than /8'],
    ['::/0', 'wider than /16'],
    ['2000::/3', 'wider than /16'],
    ['10.1.2.3', 'private'],
    ['192.168.0.0/16', 'private'],
    ['172.16.0.0/12', 'private'],
    ['100.64.0.1', 'private'],
    ['127.0.0.1', 'loopback'],
    ['::1', 'loopback'],
    ['169.254.169.254', 'link-local'],
    ['fe80::1', 'link-local'],
    ['fd00::1', 'private'],
    ['192.0.2.7', 'documentation'],
    ['203.0.113.0/25', 'documentation'],
    ['192.0.0.0/16', 'reserved'],
    ['2001:db8::/33', 'documentation'],
    ['224.0.0.1', 'multicast'],
    ['::ffff:1.2.3.4', 'IPv4 in IPv6'],
    ['http://10.0.0.1/x', 'private'],
    ['com', 'top-level'],
    ['*.com', 'top-level'],
    ['.', 'neither'],
    ['co.uk', 'all the world'],
    ['amazonaws.com', 'all the world'],
    ['*.cloudfront.net', 'all the world'],
    ['https://raw.githubusercontent.com/a/b', 'everybody uses'],
    ['01.2.3.4', 'neither'],
    ['1.2.3.4.5', 'neither'],
    ['1.2.3.4/33', 'neither'],
    ['exa mple.com', 'neither'],
    ['-a.example.com', 'neither'],
    ['bücher.example', 'neither'],
    [`${'a'.repeat(64)}.example.com`, 'neither'],
    ['http://', 'neither'],
    ['a'.repeat(3_000), 'longer'],
  ])('%s is refused', (text, reason) => expect(indicator(text)).toEqual({ refused: expect.stringContaining(reason) }));

  test('whatever is taken is taken again, and is no address of one’s own', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.domain({ size: 'small' })), (text) => {
        const read = indicator(text);
        if (!('entry' in read)) return;
        expect(indicator(read.entry)).toEqual(read);
        expect(isPrivateAddress(read.entry)).toBe(false);
      }),
    );
  });
});

test('a plain list', () => {
  const text = `\ufeff# a comment
; another
1.2.3.4\r
 5.6.7.0/24 ; SBL1
c2.example.com # why
1.2.3.4\t10 3
0.0.0.0 a.example.com b.example.com
10.0.0.1
192.168.0.1
one two
hxxp://d.example.com/x#y;z
`;
  expect(readPlainList(text)).toEqual({
    entries: ['1.2.3.4', '5.6.7.0/24', 'a.example.com', 'b.example.com', 'c2.example.com', 'd.example.com'],
    aside: [
      { reason: "holds private addresses, which one's own networks have or nobody", n: 2, place: 'line 8', entry: '10.0.0.1' },
      { reason: 'more than one value on a line', n: 1, place: 'line 10', entry: 'one two' },
    ],
  });
});

test('a list of texts is taken as it stands', () => {
  const wanted = { entries: ['10.0.0.0/8', 'Alice Example'], aside: [] };
  expect(readPlainList('10.0.0.0/8\nAlice Example # why\n', 'texts')).toEqual(wanted);
  expect(readPlainList('# kind: texts\n10.0.0.0/8\nAlice Example\n')).toEqual(wanted);
});

describe('CSV', () => {
  test.each<[string, string, Parameters<typeof readCsvList>[1], readonly string[]]>([
    ['a usual name', 'first,dst_ip\n2026,1.2.3.4\n', {}, ['1.2.3.4']],
    ['a name given', '"id","Where"\r\n"1","c2.example.com"\r\n', { column: 'where' }, ['c2.example.com']],
    ['a number', '# id,url\n1,hxxp://c2.example.com/a\n', { column: 2 }, ['c2.example.com']],
    ['commas and quotes inside', 'note,value\n"a ""b"", c",1.2.3.4\n', {}, ['1.2.3.4']],
    ['texts', 'value\nAlice\n', { kind: 'texts' }, ['Alice']],
    ['a quote that never closes costs its row only', 'value,x\n"1.2.3.4,a\n5.6.7.8,b\n', {}, ['5.6.7.8']],
    ['nothing', '', {}, []],
  ])('%s', (_, text, options, entries) => expect(readCsvList(text, options)).toMatchObject({ entries }));

  test('says which columns there are', () => {
    expect(readCsvList('a,b\n1,2\n', { column: 'c' })).toBe('no column is named "c"; there are: a, b');
    expect(readCsvList('value,x\n,1\n')).toMatchObject({ aside: [{ reason: 'nothing in the column', n: 1, place: 'line 2' }] });
  });
});

describe('patterns', () => {
  test.each([
    ["[ipv4-addr:value = '1.2.3.4']", ['1.2.3.4']],
    ["[ipv4-addr:value='1.2.3.4' OR domain-name:value = 'c2.example.com']", ['1.2.3.4', 'c2.example.com']],
    ["([ipv6-addr:value = '2a00::1']) OR [url:value = 'http://c2.example.com/a\\'b']", ['2a00::1', "http://c2.example.com/a'b"]],
    ["[ipv4-addr:value IN ('1.2.3.4', '5.6.7.8')]", ['1.2.3.4', '5.6.7.8']],
    ["[ipv4-addr:value ISSUBSET '1.2.3.0/24']", ['1.2.3.0/24']],
    ["[(domain-name:value = 'a AND b.example.com')]", ['a AND b.example.com']],
    ["[network-traffic:dst_ref.value = '1.2.3.4']", ['1.2.3.4']],
    ["[file:hashes.'SHA-256' = 'ab' OR domain-name:value = 'c2.example.com']", ['c2.example.com']],
  ])('%s', (pattern, values) => expect(patternValues(pattern)).toEqual({ values }));

  test.each([
    ["[ipv4-addr:value = '1.2.3.4' AND network-traffic:dst_port = 443]", 'several things'],
    ["[ipv4-addr:value = '1.2.3.4'] FOLLOWEDBY [ipv4-addr:value = '5.6.7.8']", 'in time'],
    ["[ipv4-addr:value = '1.2.3.4'] WITHIN 5 SECONDS", 'in time'],
    ["[ipv4-addr:value != '1.2.3.4']", 'another way'],
    ["[NOT ipv4-addr:value = '1.2.3.4']", 'another way'],
    ["[domain-name:value LIKE '%.example.com']", 'another way'],
    ["[file:name = 'x']", 'other things'],
    ["ipv4-addr:value = '1.2.3.4'", 'no pattern'],
    ["[ipv4-addr:value = '1.2.3.4'", 'no pattern'],
    ["[ipv4-addr:value = '1.2.3.4']]", 'no pattern'],
    ["[ipv4-addr:value = '1.2.3.4", 'no pattern'],
    ["[ipv4-addr:value = '1.2.3.4' domain-name:value = 'x']", 'no pattern'],
    ["[ipv4-addr:value IN ('1.2.3.4']", 'no pattern'],
    ['', 'no pattern'],
  ])('%s is left out', (pattern, reason) => expect(patternValues(pattern)).toEqual({ leftOut: expect.stringContaining(reason) }));
});

const stix = (n: number, more: object = {}) => ({
  type: 'indicator',
  spec_version: '2.1',
  id: `indicator--00000000-0000-4000-8000-00000000000${n}`,
  created: '2026-01-01T00:00:00.000Z',
  modified: '2026-01-01T00:00:00.000Z',
  pattern: `[ipv4-addr:value = '1.2.3.${n}']`,
  pattern_type: 'stix',
  valid_from: '2026-01-01T00:00:00Z',
  ...more,
});
const bundle = (...objects: unknown[]) => JSON.stringify({ type: 'bundle', id: 'bundle--1', objects });

test('STIX', () => {
  const read = readStixList(
    bundle(
      stix(1),
      stix(2, { revoked: true }),
      stix(3, { valid_until: '2026-01-10T00:00:00.123Z' }),
      stix(4, { valid_until: '2026-01-20T00:00:00Z' }),
      stix(5, { valid_from: '2026-02-01T00:00:00Z' }),
      stix(6, { pattern_type: 'snort', pattern: 'alert ip' }),
      stix(7, { valid_until: 'soon' }),
      stix(8, { indicator_types: ['benign'] }),
      stix(9, { pattern: "[ipv4-addr:value = '10.0.0.1']" }),
      { type: 'identity', id: 'identity--1', name: 'example' },
      null,
    ),
    now,
  );
  expect(read).toMatchObject({ entries: ['1.2.3.1', '1.2.3.4'] });
  expect(typeof read === 'string' ? [] : read.aside.map(({ reason, place }) => `${place}: ${reason}`)).toEqual([
    'object 11: no object of STIX',
    'object 2: revoked',
    'object 3: no longer valid',
    'object 5: not valid yet',
    'object 6: a pattern of another language than STIX',
    'object 7: a valid_until that is no time',
    'object 8: an indicator of what is benign',
    "object 9: holds private addresses, which one's own networks have or nobody",
    'object 10: an object of STIX that is no indicator',
  ]);
  expect(readStixList(bundle(stix(4, { valid_until: '2026-01-15T00:00:00Z' })), now)).toMatchObject({ entries: [] });
});

test('the latest version of an object counts, wherever it stands', () => {
  const [old, revoked] = [stix(1), stix(1, { modified: '2026-01-02T00:00:00.000Z', revoked: true })];
  for (const objects of [
    [old, revoked],
    [revoked, old],
  ]) {
    expect(readStixList(bundle(...objects), now)).toMatchObject({ entries: [] });
    expect(joinStix([objects[0] ?? null], [objects[1] ?? null])).toEqual([revoked]);
  }
});

test.each(['', '[]', '{"objects":1}', '{', 'null'])('%j is no bundle', (text) =>
  expect(readStixList(text, now)).toContain('no STIX bundle'),
);

test('the format is told by name and beginning', () => {
  const stixText = bundle(stix(1));
  for (const [name, text] of [
    ['a.txt', '1.2.3.1'],
    ['a.csv', 'ip\n1.2.3.1'],
    ['a.json', stixText],
    ['https://lists.example.com/a', ` ${stixText}`],
  ] as const)
    expect(readList(name, text, {}, now)).toMatchObject({ entries: ['1.2.3.1'] });
  expect(readList('a', 'x,y\n1,1.2.3.1', { column: 'y' }, now)).toMatchObject({ entries: ['1.2.3.1'] });
});

test('lists are joined: entries once, reasons added up', () => {
  expect(joinLists([readPlainList('1.2.3.4\nx'), readPlainList('5.6.7.8\n1.2.3.4\ny')])).toEqual({
    entries: ['1.2.3.4', '5.6.7.8'],
    aside: [{ reason: expect.stringContaining('neither'), n: 2, place: 'line 2', entry: 'x' }],
  });
  expect(joinLists([])).toEqual({ entries: [], aside: [] });
});

test('nothing that a list may hold is thrown at', () => {
  const part = fc.oneof(
    fc.string(),
    fc.constantFrom("[ipv4-addr:value = '", "'", ' OR ', ']', '(', ')', '"', ',', '\n', '{', '\\', 'IN', '#'),
  );
  const text = fc.array(part, { maxLength: 30 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, fc.json(), (hostile, json) => {
      for (const name of ['a.txt', 'a.csv', 'a.json']) readList(name, hostile, {}, now);
      readStixList(json, now);
      readStixList(`{"objects":[${json},{"type":"indicator","pattern":${JSON.stringify(hostile)}}]}`, now);
      patternValues(hostile);
      // A broken line costs itself only.
      expect(readPlainList(`${hostile}\n1.2.3.4\n`).entries).toContain('1.2.3.4');
    }),
  );
});
