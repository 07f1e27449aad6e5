import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { generateRules } from '../../bench/generate-rules.ts';
import { rules as ownRules } from '../../content/index.ts';
import { need } from '../../tools/require.ts';
import { readWhole } from '../core/collect/log-reader.ts';
import { Accumulator } from '../core/detect/accumulator.ts';
import { type RuleSet, ruleSet } from '../core/detect/rule-set.ts';
import { loadRules } from '../core/detect/sigma/parse-rules.ts';
import type { Event, SetAside } from '../core/model/event.ts';
import type { RecordScanner } from '../core/ports/record-scanner.ts';
import { openScanner } from '../edge/scanner/open-scanner.ts';
import { scannedReader } from './read-scanned.ts';

const rule = (detection: string, n: number) =>
  `title: R${n}\nlogsource: { product: aws, service: cloudtrail }\ndetection:\n  s: { ${detection} }\n  condition: s\n`;

/** Conditions of every kind, on fields that records below have in every form. */
const conditions = [
  'eventName: GetObject',
  'eventName|startswith: Get',
  'eventSource|contains: s3',
  '"a.b": x',
  '"a.b|exists": false',
  '"a.b|exists": true',
  'a: null',
  'a: x',
  '"a|contains": "b\\":\\"x"',
  '"list.b": x',
  '"list.b|exists": false',
  'n: 5',
  'n: "1000"',
  't: "true"',
  '"t|fieldref": other',
  '"a.b|fieldref": other',
  'userAgent|contains: K',
  '"userAgent|re": "^k.*x$"',
  '"requestParameters.policy|grants": anyone',
  'constructor: x',
  'errorCode|exists: false',
  '"list|contains": x',
  'recipientAccountId: "111122223333"',
];
const keyword =
  'title: K\nlogsource: { product: aws, service: cloudtrail }\ndetection:\n  k: [ surely-not-there, Kelvin ]\n  condition: k\n';
/** Correlations of every type over most records, by fields and by views of them. */
const correlations = [
  ['event_count', '[recipientAccountId]', '{ gte: 2 }'],
  ['event_count', '[a, n]', '{ gte: 1 }'],
  ['value_count', '[eventName]', '{ field: userAgent, gte: 2 }'],
  ['value_count', '["eventName|call", other]', '{ field: a.b, gte: 1 }'],
  ['first_seen', '[recipientAccountId]', '{ field: other }'],
  ['first_seen', '["userIdentity|principal"]', '{ field: "eventName|call" }'],
  ['first_seen', '["userIdentity|person"]', '{ field: "sourceIPAddress|network" }'],
  ['first_seen', '[t]', '{ field: "eventName|owner" }'],
  ['first_seen', '[t]', '{ field: "userAgent|agent" }'],
  ['first_seen', '[eventSource]', '{ field: "eventTime|hours" }'],
  ['unusual_count', '[recipientAccountId]', '{ factor: 2, gte: 1 }', '1d'],
  ['unusual_count', '[eventName]', '{ factor: 2, gte: 1, field: userAgent }', '1d'],
  ['temporal', '[errorCode]', '{ gte: 1 }'],
  ['temporal_ordered', '[n]', null],
  ['value_sum', '[eventName]', '{ field: n, gte: 1 }'],
].map(
  ([type, by, condition, timespan = '1h'], n) =>
    `title: C${n}\ncorrelation:\n  type: ${type}\n  rules: [all${n}]\n  group-by: ${by}\n  timespan: ${timespan}\n${condition === null ? '' : `  condition: ${condition}\n`}` +
    `---\ntitle: A${n}\nname: all${n}\nlogsource: { product: aws, service: cloudtrail }\ndetection: { s: { eventName|exists: true }, condition: s }\n`,
);
const texts = [...conditions.map(rule), ...correlations, keyword, ...generateRules(60, 'noisy')];
const { rules, faults } = loadRules(texts.map((text, n) => ({ file: `${n}.yml`, text })));

interface Read {
  readonly digests: string;
  readonly events: number;
  readonly setAsides: readonly SetAside[];
}

/** What rules make of an object, by parsing it or by scanning it. */
function reader(set: RuleSet, scanned: boolean) {
  const matcher = set.bySource.get('aws.cloudtrail')?.matcher;
  if (matcher === undefined) throw new Error('no rules');
  const tally = { scanned: 0 };
  const scan = scannedReader(matcher, (paths, spans): RecordScanner => {
    const scanner = openScanner(paths, spans);
    return {
      scan(bytes) {
        const found = scanner.scan(bytes);
        if (found !== null) tally.scanned++;
        return found;
      },
    };
  });
  return {
    tally,
    read(bytes: Buffer): Read {
      const accumulator = new Accumulator(set);
      const setAsides: SetAside[] = [];
      let events = 0;
      const options = {
        object: 'o',
        onEvent: (event: Event) => {
          events++;
          accumulator.add(event);
        },
        onRow: (...[row, eventOf]: Parameters<Parameters<typeof scan>[1]['onRow']>) => {
          events++;
          accumulator.addRow(row, 'aws.cloudtrail', eventOf);
        },
        onSetAside: (setAside: SetAside) => setAsides.push(setAside),
      };
      if (!scanned || !scan(bytes, options)) readWhole(bytes, options);
      return { digests: JSON.stringify(accumulator.drain()), events, setAsides };
    },
  };
}

/** JSON texts of one member: names and values in forms that a reader of bytes could take for others. */
const names = [
  'a',
  'a.b',
  '\\u0061',
  'list',
  'n',
  't',
  'other',
  'userAgent',
  'errorCode',
  '__proto__',
  'constructor',
  'eventName',
  'event\\u004eame',
  'requestParameters',
  'recipientAccountId',
  'é',
];
const values = [
  '"x"',
  '"X"',
  '"\\u0078"',
  '"k x"',
  '"\u212a x"',
  '"Kelvin"',
  '"a\\"b"',
  '""',
  'null',
  'true',
  'false',
  '5',
  '5.0',
  '-5',
  '1e3',
  '1000',
  '0',
  '-0',
  '12345678901234567890',
  '1E400',
  '{}',
  '[]',
  '{"b":"x"}',
  '{"b":"x","b":"y"}',
  '{"b":["x","y"]}',
  '[{"b":"x"},{"b":"y"}]',
  '[["x"]]',
  '{"c":{"d":[1,2,{"e":"]}"}]}}',
  '{"policy":"{\\"Statement\\":[{\\"Effect\\":\\"Allow\\",\\"Principal\\":\\"*\\",\\"Action\\":\\"*\\"}]}"}',
  '"GetObject"',
  '"\\ud800"',
  '"\\uD83D\\uDE00"',
  `"${'y'.repeat(600)}"`,
  '"\t"',
  '01',
  '+1',
  '1.',
  'tru',
  '"\\x"',
  '"',
  '{',
  '[1,]',
  '{"b":}',
  '"\u0000"',
];
const member = fc.tuple(fc.constantFrom(...names), fc.constantFrom(...values)).map(([name, value]) => `"${name}":${value}`);
const good = [
  '"eventSource":"s3.amazonaws.com"',
  '"eventName":"GetObject"',
  '"eventTime":"2026-01-05T09:00:00Z"',
  '"recipientAccountId":"111122223333"',
  '"eventVersion":"1.11"',
];
const space = fc.constantFrom('', '', '', ' ', '\n', '\t \r');
const record = fc
  .tuple(
    fc.array(member, { maxLength: 4 }),
    fc.uniqueArray(fc.constantFrom(...good), { minLength: 3, maxLength: 5 }),
    fc.boolean(),
    fc.nat({ max: 9 }),
    space,
    space,
  )
  .map(([members, some, whole, id, before, after]) => {
    const timed = (whole ? good : some).map((one) => one.replace('05T09:00', `0${5 + (id % 3)}T0${id}:3${id % 4}`));
    const all = [...timed, `"eventID":"e${id}"`, ...members].sort((x, y) => (`${x}${id}` < `${y}${id}` ? -1 : 1));
    return `{${before}${all.join(`,${after}`)}${before}}`;
  });
const object = fc
  .tuple(
    fc.array(record, { maxLength: 6 }),
    space,
    fc.constantFrom('{"Records":[', '{"Records":[', '{"Records" :\n[', '\ufeff{"Records":[', '{"records":[', '['),
    fc.constantFrom(']}', ']}', ']} \n', ']', ']}x', ']},{}'),
  )
  .map(([records, between, head, tail]) => Buffer.from(`${head}${between}${records.join(`${between},`)}${tail}`));
/** Bytes changed, left out or put in anywhere. */
const wounds = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 }), fc.constantFrom('change', 'leave', 'insert')), { maxLength: 3 });

function wound(bytes: Buffer, all: readonly (readonly [number, number, string])[]): Buffer {
  return all.reduce((now, [place, byte, how]) => {
    const at = now.length === 0 ? 0 : place % now.length;
    return Buffer.concat([
      now.subarray(0, at),
      how === 'leave' ? Buffer.alloc(0) : Buffer.of(byte),
      now.subarray(how === 'insert' ? at : at + 1),
    ]);
  }, bytes);
}

describe('scanning gives what parsing gives, to the byte', () => {
  test('the rules that it is asked with compile', () => {
    expect(faults).toEqual([]);
  });

  test('of objects made to be read in two ways', () => {
    const set = ruleSet(rules);
    const parser = reader(set, false);
    // One scanner for all, so that what it remembers of one object meets the next.
    const scanner = reader(ruleSet(rules), true);
    fc.assert(
      fc.property(object, wounds, (bytes, all) => {
        const broken = wound(bytes, all);
        expect(scanner.read(broken)).toEqual(parser.read(broken));
      }),
      { numRuns: 1_500 },
    );
    expect(scanner.tally.scanned).toBeGreaterThan(30);
  });

  test('of many alike that only feed correlations, of which some are never parsed', () => {
    // One rule that always asks for the record would have all of them parsed.
    const remembering = ['{ field: userAgent, gte: 2 }', '{ field: "userAgent|agent" }', '{ factor: 2, gte: 1, field: userAgent }'];
    const texts = correlations.filter((text) => remembering.some((condition) => text.includes(`condition: ${condition}`)));
    const counting = loadRules(texts.map((text, n) => ({ file: `${n}.yml`, text: text.replace('[t]', '[eventName]') }))).rules;
    expect(counting).toHaveLength(6);
    // All together, and each alone: what one of them must be told again would be told to the others.
    const alone = counting.flatMap((rule) =>
      rule.kind === 'correlation' ? [[rule, ...counting.filter(({ id }) => rule.rules.includes(id))]] : [],
    );
    expect(alone).toHaveLength(3);
    const readers = [counting, ...alone].map((rules) => [reader(ruleSet(rules), false), reader(ruleSet(rules), true)] as const);
    const alike = fc
      .tuple(fc.nat({ max: 120 }), fc.constantFrom('k', 'x'), fc.nat({ max: 60 }))
      .map(
        ([second, agent, id]) =>
          `{"eventSource":"s3.amazonaws.com","eventName":"GetObject","recipientAccountId":"111122223333","eventVersion":"1.11",` +
          `"eventTime":"2026-01-0${5 + (second % 2)}T09:0${second < 60 ? 0 : 1}:${String(second % 60).padStart(2, '0')}Z","eventID":"e${id}","userAgent":"${agent}"}`,
      );
    fc.assert(
      fc.property(fc.array(alike, { minLength: 20, maxLength: 80 }), (all) => {
        for (const records of [all, all.toSorted((a, b) => (a.slice(120) < b.slice(120) ? -1 : 1))]) {
          const bytes = Buffer.from(`{"Records":[${records.join(',')}]}`);
          for (const [parser, scanner] of readers) expect(scanner.read(bytes)).toEqual(parser.read(bytes));
        }
      }),
      { numRuns: 150 },
    );
  });

  test('of addresses with places and without', () => {
    const text =
      'title: C\ncorrelation:\n  type: impossible_travel\n  rules: [all]\n  group-by: [eventName]\n  timespan: 1h\n  condition: { field: sourceIPAddress, distance: 1000, speed: 1000 }\n' +
      '---\ntitle: A\nname: all\nlogsource: { product: aws, service: cloudtrail }\ndetection: { s: { eventName|exists: true }, condition: s }\n';
    const travelling = loadRules([{ file: 'travel.yml', text }]).rules;
    expect(travelling).toHaveLength(2);
    const places = new Map([['places', ['192.0.2.0/24,52.5,13.4', '198.51.100.0/24,1.3,103.8']]]);
    const parser = reader(ruleSet(travelling, places), false);
    const scanner = reader(ruleSet(travelling, places), true);
    const record = fc
      .tuple(
        fc.nat({ max: 59 }),
        fc.constantFrom('192.0.2.1', '192.0.2.2', '198.51.100.1', '203.0.113.1', 's3.amazonaws.com'),
        fc.nat({ max: 60 }),
      )
      .map(
        ([minute, ip, id]) =>
          `{"eventSource":"s3.amazonaws.com","eventName":"GetObject","recipientAccountId":"111122223333","eventVersion":"1.11",` +
          `"eventTime":"2026-01-05T09:${String(minute).padStart(2, '0')}:00Z","eventID":"e${id}","sourceIPAddress":"${ip}"}`,
      );
    fc.assert(
      fc.property(fc.array(record, { minLength: 5, maxLength: 60 }), (all) => {
        const bytes = Buffer.from(`{"Records":[${all.join(',')}]}`);
        expect(scanner.read(bytes)).toEqual(parser.read(bytes));
      }),
      { numRuns: 60 },
    );
  });

  test('also when there are more different texts than it remembers', () => {
    const parser = reader(ruleSet(rules), false);
    const scanner = reader(ruleSet(rules), true);
    const many = (from: number) =>
      Buffer.from(
        `{"Records":[${Array.from({ length: 9_000 }, (_, i) => `{${good.join(',')},"eventID":"${from + i}","userAgent":"k ${from + i} x","a":{"b":"${i % 7 === 0 ? 'x' : from + i}"},"other":"${from + i}"}`).join(',')}]}`,
      );
    for (const from of [0, 9_000]) expect(scanner.read(many(from))).toEqual(parser.read(many(from)));
    expect(scanner.tally.scanned).toBe(2);
  });

  test.skipIf(!need('corpus'))('of recorded attacks, whole and with wounds', async () => {
    const folder = join(process.env['JOBZERO_CORPUS'] ?? '', 'cloudtrail');
    const set = await ownRules();
    const parser = reader(ruleSet(set), false);
    const scanner = reader(ruleSet(set), true);
    const objects = readdirSync(folder)
      .filter((name) => name.endsWith('.json.gz'))
      .map((name) => gunzipSync(readFileSync(join(folder, name))));
    for (const bytes of objects) expect(scanner.read(bytes)).toEqual(parser.read(bytes));
    expect(scanner.tally.scanned).toBeGreaterThan(0);
    const small = objects.filter((bytes) => bytes.length < 200_000);
    fc.assert(
      fc.property(fc.constantFrom(...small), wounds, (bytes, all) => {
        const broken = wound(bytes, all);
        expect(scanner.read(broken)).toEqual(parser.read(broken));
      }),
      { numRuns: 60 },
    );
  });
});
