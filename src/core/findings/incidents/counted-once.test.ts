import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findingUnderTest } from '../../lib/finding-under-test.ts';
import type { Actor, Finding } from '../../model/finding.ts';
import type { Severity } from '../../model/severity.ts';
import { incidentsOf } from './incidents-of.ts';

const hour = 3_600_000;
const start = Date.UTC(2026, 0, 20);
const account = '111122223333';
const alice: Actor = { type: 'IAMUser', uid: `arn:aws:iam::${account}:user/alice`, name: 'alice', accessKeyId: 'AKIAEXAMPLEEXAMPLE01' };
const instance = `arn:aws:ec2:us-east-1:${account}:instance/i-0a1b2c3d4e5f60718`;

interface Told {
  readonly at?: number;
  readonly severity?: Severity;
  readonly rule?: string;
  readonly tactics?: readonly string[];
  readonly who?: Actor | null;
  readonly on?: string;
  /** Found by GuardDuty, as these rules would. */
  readonly answers?: readonly string[];
}

function finding(
  id: number,
  { at = 0, severity = 'Medium', rule = 'aws.x.ours', tactics = ['impact'], who = alice, on, answers }: Told,
): Finding {
  const time = start + at;
  const actor = who === null ? {} : { actor: who };
  const base = { account, region: 'us-east-1' };
  return findingUnderTest({
    id: String(id).padStart(32, '0'),
    rule: { id: rule, title: rule, tactics },
    severity,
    ...base,
    ...actor,
    resources: on === undefined ? [] : [{ uid: on, type: 'AWS::EC2::Instance', name: on, ...base }],
    at: time,
    evidence: [{ key: `k${id}`, id: `e${id}`, time, rule, operation: '', service: '', ...base, ...actor }],
    ...(answers === undefined
      ? {}
      : {
          imported: {
            source: 'guardduty',
            form: 'own',
            uid: `u${id}`,
            type: 'T',
            severity: '',
            state: 'active',
            updatedAt: time,
            url: '',
            refs: [],
            trusted: true,
            answers,
          },
        }),
  });
}

const theirs = { rule: 'guardduty/T', answers: ['aws.x.ours'] } as const;
const joined = (...findings: readonly Finding[]) =>
  incidentsOf(findings, [], 'default').map(({ members, severity, pages, tactics, why }) => ({
    n: members.length,
    severity,
    pages,
    tactics,
    why,
  }));

describe('what GuardDuty found and a rule of ours too', () => {
  test('is one incident that pages once, and is counted once', () => {
    expect(joined(finding(1, { severity: 'High' }), finding(2, { ...theirs, severity: 'High', at: hour }))).toEqual([
      { n: 2, severity: 'High', pages: true, tactics: ['impact'], why: ['1 finding of severity High or above.'] },
    ]);
  });

  test('is as grave as the graver of the two says', () => {
    expect(joined(finding(1, { severity: 'Low' }), finding(2, { ...theirs, severity: 'High', at: 20 * hour }))).toMatchObject([
      { n: 2, severity: 'High', pages: true },
    ]);
    expect(joined(finding(1, { severity: 'High' }), finding(2, { ...theirs, severity: 'Low', at: 20 * hour }))).toMatchObject([
      { n: 2, severity: 'High', pages: true },
    ]);
  });

  test('is joined by the resource too, however weak and without anybody behind it, within a day', () => {
    const pair = (at: number) =>
      joined(
        finding(1, { severity: 'High', who: null, on: instance }),
        finding(2, { ...theirs, severity: 'Low', who: null, on: instance, at }),
      );
    expect(pair(23 * hour)).toMatchObject([{ n: 2 }]);
    expect(pair(-23 * hour)).toMatchObject([{ n: 2 }]);
    expect(pair(25 * hour)).toMatchObject([{ n: 1 }]);
  });

  test('weak ones that say the same make no incident of two; with another matter they do', () => {
    expect(joined(finding(1, { severity: 'Low' }), finding(2, { ...theirs, severity: 'Low' }))).toEqual([]);
    expect(
      joined(
        finding(1, { severity: 'Low' }),
        finding(2, { ...theirs, severity: 'Low' }),
        finding(3, { severity: 'Low', rule: 'aws.x.other' }),
      ),
    ).toMatchObject([{ n: 3 }]);
  });

  test('reaches no further tactic: another rule of the service would', () => {
    const three = [
      finding(1, { rule: 'aws.x.ours', tactics: ['impact', 'execution'] }),
      finding(2, { ...theirs, tactics: ['execution', 'impact'] }),
      finding(3, { rule: 'aws.x.other', tactics: ['discovery'] }),
    ];
    expect(joined(...three)).toMatchObject([{ pages: false, tactics: ['execution', 'discovery'] }]);
    expect(joined(...three, finding(4, { rule: 'guardduty/U', answers: [], tactics: ['persistence'] }))).toMatchObject([{ pages: true }]);
  });

  test('of another account, it is another matter', () => {
    const other = { ...finding(2, { ...theirs, severity: 'High' }), account: '444455556666' };
    expect(joined(finding(1, { severity: 'High' }), other)).toMatchObject([{ why: ['2 findings of severity High or above.'] }]);
  });
});

test('incidents are a function of the set of findings, whoever found them', () => {
  const one = fc.record({
    at: fc.integer({ min: 0, max: 60 }).map((n) => n * hour),
    severity: fc.constantFrom<Severity>('Low', 'Medium', 'High'),
    rule: fc.constantFrom('aws.x.ours', 'aws.x.other'),
    on: fc.constantFrom(undefined, instance),
    by: fc.constantFrom(null, ['aws.x.ours'], ['aws.x.ours', 'aws.x.other']),
  });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 8 }), fc.infiniteStream(fc.nat()), (list, order) => {
      const all = list.map(({ at, severity, rule, on, by }, i) =>
        finding(i, {
          at,
          severity,
          rule: by === null ? rule : 'guardduty/T',
          ...(on === undefined ? {} : { on, who: null }),
          ...(by === null ? {} : { answers: by }),
        }),
      );
      const shuffled = all.map((item) => [order.next().value as number, item] as const).sort(([a], [b]) => a - b);
      expect(
        incidentsOf(
          shuffled.map(([, item]) => item),
          [],
          'default',
        ),
      ).toEqual(incidentsOf(all, [], 'default'));
    }),
    { numRuns: 200 },
  );
});
