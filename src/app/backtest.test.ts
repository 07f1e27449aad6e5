import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventsOfText } from '../core/collect/log-reader.ts';
import { Accumulator } from '../core/detect/accumulator.ts';
import { findingsOf } from '../core/detect/findings-of.ts';
import { indexValues } from '../core/detect/index-values.ts';
import { ruleSet } from '../core/detect/rule-set.ts';
import { parseRules } from '../core/detect/sigma/parse-rules.ts';
import { fold } from '../core/lib/fold.ts';
import type { EventRule, Expr, Rule, Test } from '../core/model/rule.ts';
import type { Lake, LakeFile, LakeRow } from '../core/ports/lake.ts';
import type { RecordScanner } from '../core/ports/record-scanner.ts';
import { openLake } from '../edge/duckdb/lake.ts';
import { fileSpill } from '../edge/files/file-spill.ts';
import { openScanner } from '../edge/scanner/open-scanner.ts';
import { backtest } from './backtest.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobzero-backtest-'));
let lake: Lake;
let files: readonly LakeFile[];
const start = Date.UTC(2026, 0, 5);

const sources = ['s3.amazonaws.com', 'iam.amazonaws.com', 'S3.AMAZONAWS.COM'];
const names = ['GetObject', 'PutObject', 'getobject', 'CreateUser', 'GetObject\u0130', '\u212aeyCreated'];
const agents = [
  'aws-cli/2.17.0 md/x',
  'Boto3/1.42 ua/2.1',
  'kali linux',
  '\u212aali linux',
  'a "quoted" kali',
  'Mozilla/5.0 (X11; Linux)',
  '',
];
const addresses = ['203.0.113.7', '203.0.113.70', '198.51.100.1', '203.0.112.7', 's3.amazonaws.com', '2001:db8::1'];
const values: readonly unknown[] = [
  'secret-bucket',
  'Other Bucket',
  1000,
  1e21,
  true,
  null,
  ['secret-bucket', { deep: 'kali' }],
  '{"Action":"s3:*"}',
  'a.b=c',
];

/** Records as somebody might write them who does not want to be found. */
function texts(): readonly string[] {
  const all: string[] = [];
  for (let n = 0; n < 500; n++) {
    const record = {
      eventVersion: '1.11',
      eventTime: new Date(start + n * 7_000).toISOString().replace('.000Z', 'Z'),
      eventSource: sources[n % sources.length],
      eventName: names[(n * 7) % names.length],
      eventID: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
      recipientAccountId: '111122223333',
      awsRegion: 'us-east-1',
      sourceIPAddress: addresses[(n * 5) % addresses.length],
      userAgent: agents[(n * 11) % agents.length],
      ...(n % 3 === 0 ? { errorCode: 'AccessDenied' } : {}),
      requestParameters: {
        bucketName: values[(n * 13) % values.length],
        'dotted.key': n,
        list: [{ name: agents[(n * 3) % agents.length] }],
      },
    };
    const text = JSON.stringify(record);
    if (n % 10 === 1) all.push(text.replaceAll('kali', 'k\\u0061li').replaceAll('GetObject', '\\u0047etObject'));
    else if (n % 10 === 2) all.push(text.replaceAll('/', '\\/'));
    else if (n % 10 === 3) all.push(JSON.stringify(record, null, 1).replaceAll('1000', '1e3'));
    else if (n % 10 === 4) all.push(`{"userAgent":"first","eventName":"Hidden",${text.slice(1)}`);
    else if (n % 10 === 5) all.push(text.replaceAll('1000', '1e999'));
    else if (n % 10 === 6) all.push(text.replace('aws-cli', 'aws-cli \ud800 \u00e9 \ud83d\ude00'));
    else if (n % 10 === 7) all.push(`${text.slice(0, -1)},"userAgent":"kali linux","eventName":"GetObject"}`);
    else if (n % 10 === 8) all.push(` ${text.replaceAll('"Action":', '"Records":[{},{}],"Action":')}\n`);
    else if (n % 40 === 9)
      all.push(wrapped([text, JSON.stringify({ ...record, eventID: `1${record.eventID.slice(1)}`, userAgent: 'kali linux' })]));
    else all.push(text);
  }
  return all;
}

/** As CloudWatch Logs hands records on: two in one, which the lake keeps as one text. */
function wrapped(messages: readonly string[]): string {
  return JSON.stringify({
    messageType: 'DATA_MESSAGE',
    owner: '111122223333',
    logGroup: 'trail',
    logStream: 'one',
    logEvents: messages.map((message, id) => ({ id: `${id}`, timestamp: start, message })),
  });
}

beforeAll(async () => {
  lake = await openLake({ folder });
  const rows = texts().flatMap((raw, n): readonly LakeRow[] =>
    eventsOfText(raw, 'a.json.gz')
      .slice(0, 1)
      .map((event) => ({
        key: event.key,
        source: event.source,
        account: '111122223333',
        region: 'us-east-1',
        time: event.time,
        place: { object: 'a.json.gz', offset: n },
        raw,
        // One in nine is as a lake without index columns keeps it.
        ...(n % 9 === 0 ? {} : { index: indexValues(event) }),
      })),
  );
  expect(rows).toHaveLength(500);
  files = await lake.write('default', 'all', rows);
});

afterAll(async () => {
  await lake?.close();
  rmSync(folder, { recursive: true, force: true });
});

function rule(id: string, when: Expr): EventRule {
  return {
    kind: 'event',
    id,
    uuid: null,
    major: 1,
    title: id,
    description: '',
    severity: 'Low',
    techniques: [],
    tactics: [],
    falsePositives: [],
    file: 'rule.yml',
    raises: true,
    sources: ['aws.cloudtrail'],
    when,
    resource: null,
    keep: {},
  };
}

/** How many chunks were scanned, and how many had to be parsed. */
const chunks = { scanned: 0, parsed: 0 };
function counted(paths: readonly string[], spans: readonly string[]): RecordScanner {
  const scanner = openScanner(paths, spans);
  return {
    scan(bytes) {
      const found = scanner.scan(bytes);
      chunks[found === null ? 'parsed' : 'scanned']++;
      return found;
    },
  };
}

/** The quick way: pairs of index fields pushed down, records scanned. The slow one parses every row. */
async function findingsBy(rules: readonly Rule[], quick: boolean, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY) {
  const spill = fileSpill();
  try {
    const run = await backtest(
      { rules, tenant: 'default', files, from, to, pushDown: quick },
      { lake, spill, ...(quick ? { scanner: counted } : {}) },
    );
    return { looked: run.looked, found: [...run.findings] };
  } finally {
    spill.close();
  }
}

const paths = [
  'eventSource',
  'eventName',
  'userAgent',
  'sourceIPAddress',
  'errorCode',
  'requestParameters.bucketName',
  'requestParameters',
  'requestParameters.list.name',
  'requestParameters.dotted.key',
  'absent.field',
];
const words = [
  ...sources,
  ...names,
  ...agents,
  ...addresses,
  'secret-bucket',
  'kali',
  'bucket',
  'object',
  'Denied',
  '1000',
  'true',
  'infinity',
  'null',
  '1e21',
  's3:',
  'Action":"s3',
  'cli/2',
  'aws-cli',
];

const textTest: fc.Arbitrary<Test> = fc
  .record({
    is: fc.constantFrom('equals', 'contains', 'startswith', 'endswith'),
    text: fc.constantFrom(...words),
    cut: fc.nat(8),
    cased: fc.boolean(),
  })
  .map(({ is, text, cut, cased }) => {
    const part =
      is === 'endswith' || is === 'contains'
        ? text.slice(Math.min(cut, Math.max(0, text.length - 1)))
        : is === 'startswith'
          ? text.slice(0, cut + 1)
          : text;
    return { is, text: cased ? part : fold(part), cased };
  });

const anyTest: fc.Arbitrary<Test> = fc.oneof(
  { weight: 5, arbitrary: textTest },
  fc.constantFrom<Test>(
    { is: 'glob', pieces: [['get'], ['']], cased: false },
    { is: 'glob', pieces: [[''], ['kal', null, ' linux']], cased: false },
    { is: 'glob', pieces: [[null, 'ali'], ['']], cased: false },
    { is: 'glob', pieces: [['secret'], ['bucket']], cased: false },
    { is: 're', source: '^(kali|Boto3)', flags: '' },
    { is: 're', source: '(?i)KALI linux$', flags: '' },
    { is: 're', source: 'secret-?bucket', flags: '' },
    { is: 're', source: 'ali( linux)?', flags: '' },
    { is: 're', source: '[k]ali|cli/[0-9]+\\.17', flags: '' },
    { is: 're', source: 'x{0}quoted|Linux\\)', flags: 's' },
    { is: 're', source: '\\x6bali', flags: '' },
    { is: 'cidr', block: '203.0.113.0/24' },
    { is: 'cidr', block: '203.0.113.7/32' },
    { is: 'cidr', block: '203.0.112.0/23' },
    { is: 'cidr', block: '2001:db8::/32' },
    { is: 'exists', want: true },
    { is: 'exists', want: false },
    { is: 'null' },
    { is: 'fieldref', path: 'sourceIPAddress', how: 'equals', cased: false },
  ),
);

const { expr } = fc.letrec<{ expr: Expr }>((tie) => ({
  expr: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ op: fc.constant('field' as const), path: fc.constantFrom(...paths), test: anyTest }),
    fc.record({ op: fc.constant('keyword' as const), test: textTest }),
    fc.record({ op: fc.constantFrom('and' as const, 'or' as const), of: fc.array(tie('expr'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ op: fc.constant('not' as const), of: tie('expr') }),
  ),
}));

describe('what the lake leaves out, no rule would have matched', () => {
  test('on random rules the findings are the same with push-down and scanning, and without', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(expr, { minLength: 1, maxLength: 4 }), async (conditions) => {
        const rules = conditions.map((when, n) => rule(`rule-${n}`, when));
        const [fast, slow] = [await findingsBy(rules, true), await findingsBy(rules, false)];
        expect(fast.found).toEqual(slow.found);
        expect(slow.looked).toBe(500);
      }),
      { numRuns: 25 },
    );
    expect(chunks.scanned).toBeGreaterThan(0);
  });

  test.each<[string, Expr]>([
    ['a truth value', { op: 'keyword', test: { is: 'equals', text: 'true', cased: false } }],
    [
      'a number that nobody can count',
      { op: 'field', path: 'requestParameters.bucketName', test: { is: 'equals', text: 'infinity', cased: false } },
    ],
  ])('%s is found, which no string holds', async (_, when) => {
    const rules = [rule('one', { op: 'and', of: [when, { op: 'field', path: 'eventSource', test: { is: 'exists', want: true } }] })];
    const [fast, slow] = [await findingsBy(rules, true), await findingsBy(rules, false)];
    expect(slow.found.length).toBeGreaterThan(0);
    expect(fast.found).toEqual(slow.found);
  });

  test.each<[string, Expr, number]>([
    ['a call that never happened', { op: 'field', path: 'eventName', test: { is: 'equals', text: 'deletebucket', cased: false } }, 60],
    ['a rare call', { op: 'field', path: 'eventName', test: { is: 'equals', text: 'createuser', cased: false } }, 140],
  ])('of %s, the engine looks at a part only', async (_, when, most) => {
    const { looked } = await findingsBy([rule('one', when)], true);
    expect(looked).toBeLessThan(most);
  });

  test('records that only make sense together are not read together', async () => {
    const whole = texts()[0] ?? '';
    const cut = whole.indexOf('aws-cli');
    const rows = [whole.slice(0, cut), whole.slice(cut), `${whole},${whole.replaceAll('-000000000000', '-00000000abcd')}`].map(
      (raw, n): LakeRow => ({
        key: `forged ${n}`,
        source: 'aws.cloudtrail',
        account: '111122223333',
        region: 'us-east-1',
        time: start + n,
        place: { object: 'forged.json.gz', offset: n },
        raw,
      }),
    );
    const forged = await lake.write('default', 'forged', rows);
    const all = rule('all', { op: 'field', path: 'eventSource', test: { is: 'exists', want: true } });
    const found = async (quick: boolean) => {
      const spill = fileSpill();
      const range = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
      const run = await backtest(
        { rules: [all], tenant: 'default', files: forged, ...range },
        { lake, spill, ...(quick ? { scanner: counted } : {}) },
      );
      return [...run.findings];
    };
    const [fast, slow] = [await found(true), await found(false)];
    expect(fast).toEqual(slow);
    expect(fast.map(({ count }) => count.n)).toEqual([2]);
  });

  test('only what happened in the range counts', async () => {
    const all: Expr = { op: 'field', path: 'eventSource', test: { is: 'exists', want: true } };
    const { looked, found } = await findingsBy([rule('all', all)], true, start + 70_000, start + 140_000);
    expect(looked).toBe(10);
    expect(found.flatMap(({ evidence }) => evidence).every(({ time }) => time >= start + 70_000 && time < start + 140_000)).toBe(true);
  });
});

test('a correlation over correlations finds what it finds in the events themselves', async () => {
  const { rules, faults } = parseRules(
    `title: read again and again, then created
id: created-after-reading
correlation: { type: temporal_ordered, rules: [read-often, created], group-by: [sourceIPAddress], timespan: 5m }
---
title: read often
name: read-often
correlation: { type: event_count, rules: [read], group-by: [sourceIPAddress, eventSource], timespan: 10m, condition: { gte: 2 } }
---
title: read
name: read
logsource: { product: aws, service: cloudtrail }
detection: { s: { eventName: GetObject }, condition: s }
---
title: created
name: created
logsource: { product: aws, service: cloudtrail }
detection: { s: { eventName: CreateUser }, condition: s }
`,
    'nest.yml',
  );
  expect(faults).toEqual([]);
  const [quick, slow] = [await findingsBy(rules, true), await findingsBy(rules, false)];
  expect(quick.found).toEqual(slow.found);
  expect(quick.looked).toBeLessThan(slow.looked);
  const set = ruleSet(rules);
  const accumulator = new Accumulator(set);
  for (const text of texts()) for (const event of eventsOfText(text, 'a.json.gz')) accumulator.add(event);
  expect(quick.found).toEqual([...findingsOf(accumulator.drain(), set.rules, 'default')]);
  expect(new Set(quick.found.map((finding) => finding.rule.id))).toEqual(new Set(['created-after-reading']));
});
