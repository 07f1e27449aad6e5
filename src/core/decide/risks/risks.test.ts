import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding, LifeEvent } from '../../model/finding.ts';
import { losses, treatments } from '../../model/risk.ts';
import { severities } from '../../model/severity.ts';
import { openSpans } from '../../ports/open-spans.ts';
import { lossOf } from './loss-of.ts';
import { type RiskItem, riskRegister } from './risk-register.ts';
import { RiskTrend } from './risk-trend.ts';

const day = 86_400_000;
const now = 100 * day + 5_000;

const item: fc.Arbitrary<RiskItem> = fc.record({
  finding: fc.uuid(),
  title: fc.constant('X'),
  severity: fc.constantFrom(...severities),
  unit: fc.constantFrom(null, 'payments', 'shop'),
  account: fc.constantFrom('111122223333', '444455556666'),
  loss: fc.constantFrom(...losses),
  likelihood: fc.integer({ min: 0, max: 10 }),
  impact: fc.integer({ min: 1, max: 100 }),
  owner: fc.constantFrom(null, 'alice', 'bob'),
  since: fc.nat(1_000),
  treatment: fc.constantFrom(...treatments),
});

describe('the register', () => {
  test('each finding is in one risk, none twice, in whatever order they come; the gravest risk is first', () => {
    fc.assert(
      fc.property(fc.uniqueArray(item, { maxLength: 30, selector: ({ finding }) => finding }), (items) => {
        const rows = riskRegister(items);
        expect(riskRegister(items.toReversed())).toEqual(rows);
        expect(rows.reduce((sum, { findings }) => sum + findings, 0)).toBe(items.length);
        expect(new Set(rows.map(({ unit, account, loss }) => JSON.stringify([unit, account, loss]))).size).toBe(rows.length);
        expect(rows.map(({ risk }) => risk)).toEqual(rows.map(({ risk }) => risk).toSorted((a, b) => b - a));
        for (const row of rows) {
          expect(row.risk).toBe(row.likelihood * row.impact);
          expect(Object.values(row.treatments).reduce((sum, n) => sum + n, 0)).toBe(row.findings);
          expect(row.treatments[row.treatment]).toBeGreaterThan(0);
        }
      }),
    );
  });

  const one: RiskItem = {
    finding: 'a',
    title: 'A',
    severity: 'High',
    unit: null,
    account: '111122223333',
    loss: 'takeover',
    likelihood: 5,
    impact: 50,
    owner: 'bob',
    since: 7,
    treatment: 'mitigated',
  };

  test('a risk is as far as the finding that is least so, and what is accepted does not make it graver', () => {
    const acceptance = { rule: 'r', owner: 'carol', reason: 'x', expires: now };
    const accepted: RiskItem = { ...one, finding: 'b', likelihood: 10, impact: 100, treatment: 'accepted', acceptance };
    const [row] = riskRegister([
      one,
      accepted,
      { ...one, finding: 'c', owner: 'alice', since: 3, treatment: 'waiting' },
      { ...one, finding: 'd', owner: 'alice' },
    ]);
    expect(row).toMatchObject({
      risk: 250,
      treatment: 'waiting',
      owners: ['alice', 'bob'],
      since: 3,
      accepted: [acceptance],
      gravest: { finding: 'a' },
    });
    expect(riskRegister([accepted])[0]).toMatchObject({ risk: 1000, treatment: 'accepted' });
  });
});

test.each<[string, Partial<Finding>, string]>([
  ['data that left', { kind: 'detection', rule: { tactics: ['impact', 'exfiltration'] } as never }, 'disclosure'],
  ['what is gone', { kind: 'detection', rule: { tactics: ['impact'] } as never }, 'destruction'],
  ['a trail that was cut', { kind: 'detection', rule: { tactics: ['defense-impairment'] } as never }, 'blindness'],
  ['a new key', { kind: 'detection', rule: { tactics: ['persistence'] } as never }, 'takeover'],
  ['a miner', { kind: 'detection', rule: { tactics: ['impact'], techniques: ['T1496.001'] } as never }, 'misuse'],
  ['an open bucket', { kind: 'compliance', rule: { id: 'aws.s3.bucket-not-public' } as never }, 'disclosure'],
  ['a trail that is off', { kind: 'compliance', rule: { id: 'aws.cloudtrail.trail-is-logging' } as never }, 'blindness'],
  ['an open port', { kind: 'compliance', rule: { id: 'aws.ec2.no-world-open-ingress' } as never }, 'takeover'],
  [
    'another service on a bucket',
    { kind: 'compliance', rule: { id: 'config.x' } as never, resources: [{ type: 'AWS::S3::Bucket' }] as never },
    'disclosure',
  ],
  ['Macie', { kind: 'data-security' }, 'disclosure'],
])('the kind of loss: %s', (_, change, loss) => {
  const rule = { id: 'aws.x.y', techniques: [], tactics: [], ...change.rule };
  expect(lossOf({ kind: 'detection', resources: [], ...change, rule } as unknown as Finding)).toBe(loss);
});

describe('the trend', () => {
  const life = fc.array(
    fc.record({
      event: fc.constantFrom<LifeEvent[]>('raised', 'superseded', 'acknowledged', 'suppressed', 'resolved', 'reopened', 'retracted'),
      at: fc.integer({ min: 90 * day, max: now }),
    }),
    { maxLength: 8 },
  );

  test('spans follow one another, and end with what it is now', () => {
    fc.assert(
      fc.property(life, (events) => {
        const sorted = events.toSorted((a, b) => a.at - b.at);
        const spans = openSpans(sorted);
        for (const [i, { from, until }] of spans.entries()) {
          expect(until === null ? i === spans.length - 1 : until >= from).toBe(true);
          const next = spans[i + 1];
          if (next !== undefined && until !== null) expect(next.from).toBeGreaterThan(until);
        }
        const last = sorted.findLast(({ event }) => event !== 'superseded' && event !== 'acknowledged')?.event;
        expect(spans.at(-1)?.until === null).toBe(last === 'raised' || last === 'reopened');
      }),
    );
  });

  test('each day has the findings that were open when it ended, by severity and by part of the business', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ severity: fc.constantFrom(...severities), unit: fc.constantFrom(null, 'shop'), events: life }), {
          maxLength: 8,
        }),
        (all) => {
          const trend = new RiskTrend(now, 5);
          const items = all.map(({ severity, unit, events }) => ({
            severity,
            unit,
            spans: openSpans(events.toSorted((a, b) => a.at - b.at)),
          }));
          for (const one of items) trend.add(one);
          const days = trend.days();
          expect(days.map((one) => one.day)).toEqual([96, 97, 98, 99, 100].map((n) => n * day));
          for (const one of days) {
            const end = Math.min(one.day + day - 1, now);
            const open = items.filter(({ spans }) =>
              spans.some(({ from, until }) => from <= end && end < (until ?? Number.POSITIVE_INFINITY)),
            );
            for (const severity of severities) expect(one.open[severity]).toBe(open.filter((each) => each.severity === severity).length);
            expect(one.units.reduce((sum, { open: n }) => sum + n, 0)).toBe(open.length);
          }
        },
      ),
    );
  });
});
