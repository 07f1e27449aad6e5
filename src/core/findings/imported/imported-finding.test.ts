import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../model/finding.ts';
import type { Report } from '../../model/report.ts';
import { type Copies, copiesOf, joinCopies, noCopies } from './copies.ts';
import { importedFinding } from './imported-finding.ts';

const tenant = 'default';
const account = '111122223333';
const region = 'us-east-1';

const own: Report = {
  source: 'guardduty',
  form: 'own',
  uid: 'arn:aws:guardduty:us-east-1:111122223333:detector/d/finding/f',
  part: '',
  type: 'Policy:S3/BucketAnonymousAccessGranted',
  kind: 'detection',
  title: 'A bucket is open',
  description: '',
  severity: 'High',
  said: '8',
  state: 'active',
  sample: false,
  tactics: [],
  account,
  region,
  updatedAt: 100,
  firstTime: 50,
  lastTime: 90,
  count: 1,
  resources: [{ uid: 'arn:aws:s3:::reports-example', type: 'AWS::S3::Bucket', name: 'reports-example', account, region }],
  operation: 'PutBucketPolicy',
  service: 's3.amazonaws.com',
  url: '',
  ref: { account, region, names: { detector: 'd', id: 'f' } },
  trusted: true,
};
const hub: Report = {
  ...own,
  form: 'asff',
  severity: 'Medium',
  title: 'As the hub says',
  ref: { account, region, names: { id: own.uid } },
};

type Said = readonly [report: Report, answeredAt?: number];

function made(...said: readonly Said[]): Finding | null {
  const copies = said.reduce<Copies>((all, [report, at]) => joinCopies(all, copiesOf(report, at ?? null)), noCopies);
  return importedFinding(tenant, copies, () => ['aws.s3.bucket-made-public']);
}

describe('of all copies of a finding one is made', () => {
  test('the later version counts, whichever came first', () => {
    const later = { ...own, updatedAt: 200, severity: 'Low' as const };
    expect(made([own], [later])?.severity).toBe('Low');
    expect(made([later], [own])).toEqual(made([own], [later]));
  });

  test("the service's own words count before Security Hub's, which do where there are no others", () => {
    expect(made([hub], [own])).toMatchObject({ severity: 'High', rule: { title: own.title }, imported: { form: 'own' } });
    expect(made([hub])).toMatchObject({ severity: 'Medium', imported: { form: 'asff' } });
    expect(made([hub])?.id).toBe(made([own])?.id);
  });

  test('put away at the source: at one time with the open copy too', () => {
    expect(made([{ ...own, state: 'archived' }], [own])?.imported?.state).toBe('archived');
    expect(made([{ ...own, state: 'archived', updatedAt: 99 }], [own])?.imported?.state).toBe('active');
    expect(made([{ ...own, state: 'archived' }], [{ ...own, updatedAt: 101 }])?.imported?.state).toBe('active');
  });

  test('resolved in Security Hub is over, unless the service has told something newer', () => {
    expect(made([own], [{ ...hub, state: 'suppressed' }])?.imported?.state).toBe('suppressed');
    expect(made([{ ...own, updatedAt: 101 }], [{ ...hub, state: 'suppressed' }])?.imported?.state).toBe('active');
  });

  test('what never was open is none', () => {
    expect(made([{ ...own, state: 'resolved' }])).toBeNull();
    expect(made([{ ...own, state: 'resolved', updatedAt: 200 }], [own])?.imported?.state).toBe('resolved');
  });

  test('the parts of one finding: it is open while one of them is, and as grave as the gravest that is', () => {
    const part = (name: string, more: Partial<Report>): Said => [{ ...own, form: 'own', part: name, ...more }];
    const finding = made(
      part('a', { severity: 'Medium' }),
      part('b', { severity: 'High', state: 'resolved' }),
      part('c', { severity: 'Low', resources: [] }),
    );
    expect(finding).toMatchObject({ severity: 'Medium', count: { n: 2 }, imported: { state: 'active' } });
    expect(finding?.evidence.map(({ id }) => id)).toEqual([`${own.uid} a`, `${own.uid} c`]);
    expect(made(part('a', {}), part('a', { state: 'resolved', updatedAt: 200 }))?.imported?.state).toBe('resolved');
  });

  test('what AWS has answered is not changed by what is told later; that there is something newer is noted', () => {
    const forged = { ...own, updatedAt: 900, severity: 'Low' as const, state: 'archived' as const, resources: [] };
    const finding = made([own, 500], [forged]);
    expect(finding).toMatchObject({ severity: 'High', resources: own.resources, imported: { state: 'active', newer: 900 } });
    // AWS says so too.
    expect(made([own, 500], [forged], [forged, 600])?.imported).toMatchObject({ state: 'archived' });
    expect(made([own, 500], [forged], [forged, 600])?.imported).not.toHaveProperty('newer');
    // The later answer counts, whatever time it bears.
    expect(made([{ ...own, severity: 'Critical' }, 600], [{ ...own, updatedAt: 101 }, 500])?.severity).toBe('Critical');
  });

  test('only what all copies can be trusted for is', () => {
    expect(made([own])?.imported?.trusted).toBe(true);
    expect(made([own], [{ ...hub, trusted: false }])?.imported?.trusted).toBe(false);
  });

  test('names that no id may bear', () => {
    expect(made([{ ...own, type: ' a\u001bb\u{1f600} ' }])?.rule.id).toBe('guardduty/-a-b-');
    expect(made([{ ...own, type: '' }])?.rule.id).toBe('guardduty/unnamed');
  });
});

test('the order in which copies come, how often and in which portions changes nothing', () => {
  const report = fc.record({
    form: fc.constantFrom<Report['form']>('own', 'asff', 'ocsf'),
    part: fc.constantFrom('', 'a', 'b'),
    updatedAt: fc.integer({ min: 1, max: 4 }),
    state: fc.constantFrom<Report['state']>('active', 'archived', 'suppressed', 'resolved'),
    severity: fc.constantFrom<Report['severity']>('Low', 'High'),
    title: fc.constantFrom('x', 'y'),
  });
  const said = fc.array(fc.tuple(report, fc.option(fc.integer({ min: 1, max: 3 }))), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(said, fc.infiniteStream(fc.nat()), fc.nat(), (all, order, cut) => {
      const copies = all.map(([more, at]) => copiesOf({ ...own, ...more }, at));
      const join = (list: readonly Copies[]) => list.reduce(joinCopies, noCopies);
      const wanted = join(copies);
      const shuffled = [...copies, ...copies].map((one) => [order.next().value as number, one] as const).sort(([a], [b]) => a - b);
      const again = shuffled.map(([, one]) => one);
      const at = cut % (again.length + 1);
      expect(joinCopies(join(again.slice(0, at)), join(again.slice(at)))).toEqual(wanted);
      expect(importedFinding(tenant, join(again), () => [])).toEqual(importedFinding(tenant, wanted, () => []));
    }),
    { numRuns: 300 },
  );
});
