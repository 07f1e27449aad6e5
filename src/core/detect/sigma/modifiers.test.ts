import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../model/json.ts';
import { Accumulator } from '../accumulator.ts';
import { findingsOf } from '../findings-of.ts';
import { ruleSet } from '../rule-set.ts';
import { base64Offsets } from './encode.ts';
import { type ListOptions, loadRules } from './parse-rules.ts';

const head = 'title: T\nid: r\nlogsource: { product: aws, service: cloudtrail }\n';

/** The findings of one record that has these fields. */
function found(search: string, record: JsonObject, lists: Required<Pick<ListOptions, 'lists'>> = { lists: new Map() }) {
  const { rules, faults } = loadRules([{ file: 'r.yml', text: `${head}detection:\n  s:\n    ${search}\n  condition: s\n` }], lists);
  expect(faults).toEqual([]);
  const set = ruleSet(rules, lists.lists);
  const accumulator = new Accumulator(set);
  const raw = { eventSource: 's3.amazonaws.com', eventName: 'GetObject', ...record };
  const words = { operation: 'GetObject', service: 's3.amazonaws.com', account: '111122223333', region: 'eu-west-1' };
  accumulator.add({ source: 'aws.cloudtrail', key: 'k', time: 0, raw, words });
  return [...findingsOf(accumulator.drain(), set.rules, 'default')];
}

const b64 = (text: string, encoding: BufferEncoding = 'utf8') => Buffer.from(text, encoding).toString('base64');

describe('every modifier', () => {
  test.each<[string, Json | undefined, boolean]>([
    ['a|gt: 10', 11, true],
    ['a|gt: 10', '10', false],
    ['a|gte: 10', '10.0', true],
    ['a|lt: 10', '9.99', true],
    ['a|lt: 10', '', false],
    ['a|lt: 10', 'NaN', false],
    ['a|lt: 10', '0x1', false],
    ['a|lt: 10', ' 1', false],
    ['a|lt: 10', '-Infinity', false],
    ['a|lt: 10', undefined, false],
    ['a|lt: 10', null, false],
    ['a|lte: -1.5', '-1.5', true],
    ['a|lt: 0', '-0', false],
    ['a|gt: 9007199254740992', '9007199254740993', true],
    ['a|gt: 9007199254740993', '9007199254740992', false],
    ['a|gt: 1000', '1e3', false],
    ['a|gte: 1000', '1e3', true],
    ['a|gt: 5', [1, 7], true],
    ['a|gt: 5', `${'9'.repeat(100_000)}x`, false],
    ['a|neq: x', 'y', true],
    ['a|neq: x', 'X', false],
    ['a|neq: x', undefined, true],
    ['a|neq: [x, y]', 'y', false],
    ['a|neq: 5', 5, false],
    ['a|contains|neq: x', 'axb', false],
    ['a|fieldref|neq: eventName', 'getobject', false],
    ['a|fieldref|neq: eventName', 'other', true],
    ['a|re|i: ^ab$', 'AB', true],
    ['a|re|m: ^b$', 'a\nb', true],
    ['a|re: ^b$', 'a\nb', false],
    ['a|re|s: a.b', 'a\nb', true],
    ['a|re|i|s: A.B', 'a\nb', true],
    ['a|base64: hello', b64('hello'), true],
    ['a|base64: hello', b64('hello').toLowerCase(), false],
    ['a|base64|contains: hello1', `x ${b64('hello1')} y`, true],
    ['a|base64: "a\\\\*b"', b64('a*b'), true],
    ['a|utf16le|base64: cmd', b64('cmd', 'utf16le'), true],
    ['a|wide|base64offset|contains: cmd', b64('xx run cmd.exe', 'utf16le'), true],
    ['a|utf16be|base64: cmd', 'AGMAbQBk', true],
    ['a|utf16|base64: cmd', '//5jAG0AZAA=', true],
    ['a|wide: cmd', 'c\0m\0d\0', true],
    ['a|utf16be|contains: md', '\0c\0m\0d', true],
    ['a|base64offset|contains: http://', b64('ahttp://x'), true],
    ['a|base64offset|contains: http://', b64('https//x'), false],
    ['a|windash|contains: " -f"', 'rm /f', true],
    ['a|windash|contains: " /f"', 'rm –F', true],
    ['a|windash: "―a-b"', '/a—b', true],
    ['a|windash|cased: -F', '/f', false],
    ['a|windash|endswith: -f', 'rm +f', false],
    ['a|minute: 5', '2026-02-03T04:05:06Z', true],
    ['a|hour|gte: 4', '2026-02-03T04:05:06Z', true],
    ['a|hour|lt: 4', '2026-02-03T04:05:06Z', false],
    ['a|day: [3, 4]', '2026-02-03 04:05:06', true],
    ['a|week: 1', '2026-01-01T00:00:00Z', true],
    ['a|week: 53', '2027-01-03T23:59:59Z', true],
    ['a|week: 1', '2027-01-04T00:00:00Z', true],
    ['a|month: 2', '2026-02-03T04:05:06.123Z', true],
    ['a|year|neq: 2026', '2026-02-03T04:05:06Z', false],
    ['a|hour: 4', 1_770_091_506, true],
    ['a|hour: 4', 'at four', false],
    ['a|exists: false', undefined, true],
    ['a|cased: X', 'x', false],
    ['a|contains|all: [x, y]', 'yx', true],
    ['a|cidr|neq: 10.0.0.0/8', '10.1.2.3', false],
  ])('%s of %j: %j', (search, a, expected) => {
    expect(found(search, a === undefined ? {} : { a })).toHaveLength(expected ? 1 : 0);
  });

  test('base64offset finds a text at any place in any other', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 9 }),
        fc.string({ minLength: 2, maxLength: 9 }),
        fc.string({ maxLength: 9 }),
        (before, text, after) => {
          const encoded = b64(`${before}${text}${after}`);
          expect(base64Offsets(Buffer.from(text)).some((offset) => offset !== '' && encoded.includes(offset))).toBe(true);
        },
      ),
    );
  });
});

describe('what does not go together is refused, with its line', () => {
  test.each([
    ['a|re|cidr: x', '"re" and "cidr"'],
    ['a|contains|startswith: x', '"contains" and "startswith"'],
    ['a|contains|gt: 1', '"contains" and "gt"'],
    ['a|gt|lt: 1', '"gt" and "lt"'],
    ['a|gt: many', 'wants a number'],
    ['a|gt: ""', 'wants a number'],
    ['a|exists|all: true', '"exists" and "all"'],
    ['a|exists: maybe', 'true or false'],
    ['a|i: x', 'belong to "re"'],
    ['a|wide|utf16be: x', '"wide" and "utf16be"'],
    ['a|base64|base64offset: x', '"base64" and "base64offset"'],
    ['a|base64offset: x', 'wants "contains"'],
    ['a|base64|wide: x', 'before Base64'],
    ['a|base64: "a*b"', 'wildcards'],
    ['a|base64offset|contains: ""', 'empty'],
    ['a|windash|re: x', '"windash" and "re"'],
    ['a|hour|minute: 1', '"hour" and "minute"'],
    ['a|hour: noon', 'whole number'],
    ['a|cased|cased: x', 'stands twice'],
    ['a|cidr|cased: 10.0.0.0/8', '"cidr" and "cased"'],
    ['a|fieldref|re: x', '"fieldref" and "re"'],
    ['a|neq|exists: true', '"neq" and "exists"'],
    ['a|contains: null', 'null takes no modifier'],
    ['a|nope: x', '"nope" is not supported'],
    ['a|constructor: x', '"constructor" is not supported'],
    ['"|fieldref": a', 'wants a field'],
    ['a|expand: plain', 'no placeholder'],
    ['a|expand: "%gone%"', 'no list is named "gone": the known ones are few'],
    ['a|contains|expand: "%declared%"', 'no entries here'],
    ['a|expand: "%few%-%few%-%few%-%few%-%few%-%few%-%few%-%few%-%few%-%few%-%few%"', ''],
  ])('%s', (search, reason) => {
    const lists = new Map([['few', ['x', 'y']]]);
    const text = `${head}detection:\n  s:\n    ${search}\n  condition: s\n`;
    const { rules, faults } = loadRules([{ file: 'r.yml', text }], { lists, declared: reason.includes('here') ? ['declared'] : [] });
    if (reason === '') return expect(rules).toHaveLength(1);
    expect(rules).toEqual([]);
    expect(faults).toMatchObject([{ file: 'r.yml', line: 6, reason: expect.stringContaining(reason) as string }]);
  });

  test('a value that would become too many values', () => {
    const lists = new Map([['many', Array.from({ length: 1_001 }, (_, i) => `v${i}`)]]);
    const text = `${head}detection: { s: { a|contains|expand: "%many%" }, condition: s }\n`;
    expect(loadRules([{ file: 'r.yml', text }], { lists }).faults[0]?.reason).toContain('more than 1000 values');
  });
});

describe('lists', () => {
  const lists = new Map([
    ['threat-addresses', ['192.0.2.0/24', '192.0.2.9', '2001:db8::/33', '198.51.100.7', 'nonsense', '10.0.0.0/0x']],
    ['bad-names', ['Evil.example', '*.below.example', 'dot.example.']],
    ['admins', ['Alice', 'b*b']],
  ]);
  test.each<[string, Json, string | null]>([
    ['a|cidr|expand: "%threat-addresses%"', '192.0.2.9', '192.0.2.0/24'],
    ['a|cidr|expand: "%threat-addresses%"', '192.0.3.0', null],
    ['a|cidr|expand: "%threat-addresses%"', '192.0.1.255', null],
    ['a|cidr|expand: "%threat-addresses%"', '198.51.100.7', '198.51.100.7'],
    ['a|cidr|expand: "%threat-addresses%"', '2001:db8:7fff::1', '2001:db8::/33'],
    ['a|cidr|expand: "%threat-addresses%"', '2001:db8:8000::1', null],
    ['a|cidr|expand: "%threat-addresses%"', 'nonsense', null],
    ['a|endswith|expand: "%bad-names%"', 'www.EVIL.example.', 'evil.example'],
    ['a|endswith|expand: "%bad-names%"', 'notevil.example', null],
    ['a|endswith|expand: "%bad-names%"', 'x.below.example', 'below.example'],
    ['a|endswith|expand: "%bad-names%"', 'dot.example', 'dot.example'],
    ['a|endswith|expand: "%bad-names%"', `${'a.'.repeat(40_000)}evil.example`, null],
    ['a|expand: "%admins%"', 'alice', 'alice'],
    ['a|expand: "%admins%"', ['bob', 'b*b'], 'b*b'],
    ['a|expand|cased: "%admins%"', 'alice', null],
  ])('%s of %j', (search, a, entry) => {
    const findings = found(search, { a }, { lists });
    expect(findings).toHaveLength(entry === null ? 0 : 1);
    if (entry !== null) expect(findings[0]?.evidence[0]?.kept).toEqual({ lists: { [search.replace(/.*%(.*)%.*/, '$1')]: entry } });
  });

  test.each<[string, string, boolean]>([
    ['a|endswith|expand: "/%admins%"', 'x/alice', true],
    ['a|endswith|expand: "/%admins%"', 'x/b*b', true],
    ['a|endswith|expand: "/%admins%"', 'x/bob', false],
    ['a|contains|expand: "%admins%"', 'malice', true],
    ['a|expand: "%admins%@%bad-names%"', 'alice@evil.example', true],
    ['a|expand|neq: "%admins%"', 'alice', false],
  ])('written out, without wildcards of their own: %s of %j', (search, a, expected) => {
    expect(found(search, { a }, { lists })).toHaveLength(expected ? 1 : 0);
  });

  test('the ranges of a list hold what its blocks hold', () => {
    const byte = fc.constantFrom(0, 1, 2, 127, 128, 255);
    const v4 = fc.tuple(fc.constantFrom(10, 192), byte, byte, byte).map((bytes) => bytes.join('.'));
    const v6 = fc
      .tuple(fc.constantFrom('2001:db8', '64:ff9b'), fc.constantFrom('0', '8000', 'ffff'), byte)
      .map(([a, b, c]) => `${a}:${b}::${c.toString(16)}`);
    const block = fc.oneof(
      fc.tuple(v4, fc.integer({ min: 0, max: 32 })).map(([a, n]) => `${a}/${n}`),
      fc.tuple(v6, fc.integer({ min: 0, max: 128 })).map(([a, n]) => `${a}/${n}`),
      v4,
    );
    fc.assert(
      fc.property(fc.array(block, { maxLength: 8 }), fc.oneof(v4, v6), (blocks, address) => {
        const detection = `${blocks.length === 0 ? 'a|contains: nothing' : `a|cidr: [${blocks.map((b) => `"${b}"`).join(', ')}]`}`;
        const whole = found('a|cidr|expand: "%l%"', { a: address }, { lists: new Map([['l', blocks]]) });
        expect(whole.length).toBe(found(detection, { a: address }).length);
      }),
      { numRuns: 200 },
    );
  });
});
