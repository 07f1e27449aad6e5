import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findingUnderTest } from '../../lib/finding-under-test.ts';
import type { Finding } from '../../model/finding.ts';
import type { FindingSource } from '../../model/imported.ts';
import { CoverageCounter } from './source-coverage.ts';

const hour = 3_600_000;
const start = Date.UTC(2026, 0, 20);
const bucket = 'arn:aws:s3:::reports-example';

interface Told {
  readonly rule?: string;
  readonly at?: number;
  readonly account?: string;
  readonly on?: string;
  readonly kind?: Finding['kind'];
  readonly source?: FindingSource;
  readonly sample?: true;
}

let n = 0;
function finding({
  rule = 'aws.s3.opened',
  at = 0,
  account = '111122223333',
  on = bucket,
  kind = 'detection',
  source,
  sample,
}: Told): Finding {
  const place = { account, region: 'us-east-1' };
  return findingUnderTest({
    id: String(++n).padStart(32, '0'),
    kind,
    rule: { id: source === undefined ? rule : `${source}/T` },
    ...place,
    resources: [{ uid: on, type: 'AWS::S3::Bucket', name: on, ...place }],
    at: start + at,
    ...(source === undefined
      ? {}
      : {
          imported: {
            source,
            form: 'own',
            uid: String(n),
            type: 'T',
            severity: '',
            state: 'active',
            updatedAt: 1,
            url: '',
            refs: [],
            trusted: true,
            answers: ['aws.s3.opened', 'aws.s3.closed-control'],
            ...(sample === undefined ? {} : { sample }),
          },
        }),
  });
}

const answers = { guardduty: { T: ['aws.s3.opened', 'aws.s3.closed-control'] }, macie: { T: ['aws.s3.closed-control'] } };

function counted(findings: readonly Finding[], read: readonly string[] = []) {
  const counter = new CoverageCounter(answers);
  for (const one of findings) counter.add(one);
  return counter
    .rows(read)
    .map(({ account, source, seen, onlyTheirs, both, onlyOurs }) => `${account} ${source} ${seen}: ${onlyTheirs} ${both} ${onlyOurs}`);
}

test.each<[string, readonly Told[], readonly string[]]>([
  ['both', [{}, { source: 'guardduty', at: hour }], ['111122223333 guardduty 1: 0 1 0']],
  ['days apart', [{}, { source: 'guardduty', at: 25 * hour }], ['111122223333 guardduty 1: 1 0 1']],
  [
    'what stands is the same whenever',
    [{ rule: 'aws.s3.closed-control', kind: 'compliance', at: -900 * hour }, { source: 'guardduty' }],
    ['111122223333 guardduty 1: 0 1 0'],
  ],
  ['another bucket', [{ on: 'arn:aws:s3:::other' }, { source: 'guardduty' }], ['111122223333 guardduty 1: 1 0 1']],
  ['a rule that does not answer it', [{ rule: 'aws.s3.else' }, { source: 'guardduty' }], ['111122223333 guardduty 1: 1 0 0']],
  ['another account', [{ account: '444455556666' }, { source: 'guardduty' }], ['111122223333 guardduty 1: 1 0 0']],
  ['two of ours for one of theirs', [{}, { at: hour }, { source: 'guardduty' }], ['111122223333 guardduty 1: 0 1 0']],
  ['a sample', [{}, { source: 'guardduty', sample: true }], []],
  [
    'services by themselves',
    [{ rule: 'aws.s3.closed-control', kind: 'compliance' }, { source: 'guardduty' }, { source: 'macie', on: 'arn:aws:s3:::other' }],
    ['111122223333 guardduty 1: 0 1 0', '111122223333 macie 1: 1 0 1'],
  ],
])('%s', (_, told, wanted) => {
  expect(counted(told.map(finding))).toEqual(wanted);
});

test('what only a service saw is told by type, the most first, with the smallest id of each', () => {
  const of = (type: string) => {
    const one = finding({ source: 'guardduty', on: `arn:aws:s3:::other-${n}` });
    return { ...one, imported: { ...(one.imported as NonNullable<Finding['imported']>), type } };
  };
  const findings = [...'BCAADEFCB'].map(of);
  const types = (list: readonly Finding[]) => {
    const counter = new CoverageCounter(answers);
    for (const one of list) counter.add(one);
    return counter.rows()[0]?.onlyTheirTypes;
  };
  const idOf = (i: number) => findings[i]?.id;
  expect(types(findings)).toEqual([
    { type: 'A', n: 2, example: idOf(2) },
    { type: 'B', n: 2, example: idOf(0) },
    { type: 'C', n: 2, example: idOf(1) },
    { type: 'D', n: 1, example: idOf(4) },
    { type: 'E', n: 1, example: idOf(5) },
  ]);
  expect(types([...findings].reverse())).toEqual(types(findings));
});

test('a service that was read and found nothing is there, with what only we saw', () => {
  expect(counted([finding({})], ['111122223333 guardduty', '444455556666 macie'])).toEqual([
    '111122223333 guardduty 0: 0 0 1',
    '444455556666 macie 0: 0 0 0',
  ]);
});

test('the order in which findings come changes nothing', () => {
  const one = fc.record({
    at: fc.integer({ min: 0, max: 50 }).map((hours) => hours * hour),
    account: fc.constantFrom('111122223333', '444455556666'),
    on: fc.constantFrom(bucket, 'arn:aws:s3:::other'),
    source: fc.constantFrom<FindingSource | undefined>(undefined, 'guardduty', 'macie'),
  });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 12 }), fc.infiniteStream(fc.nat()), (list, order) => {
      const all = list.map(({ source, ...more }) => finding({ ...more, ...(source === undefined ? {} : { source }) }));
      const shuffled = all.map((item) => [order.next().value as number, item] as const).sort(([a], [b]) => a - b);
      expect(counted(shuffled.map(([, item]) => item))).toEqual(counted(all));
    }),
    { numRuns: 100 },
  );
});
