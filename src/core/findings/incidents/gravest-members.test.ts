import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compliance, detection } from '../export/sample-findings.ts';
import { gravestMembers } from './gravest-members.ts';

test('the gravest are kept, of equal ones those with the smaller ids, whatever the order', () => {
  const all = Array.from({ length: 3_000 }, (_, i) => ({
    ...detection,
    id: String(i).padStart(32, '0'),
    severity: i % 10 === 0 ? ('High' as const) : ('Low' as const),
  }));
  const wanted = [...all.filter((one) => one.severity === 'High'), ...all.filter((one) => one.severity === 'Low').slice(0, 100)];
  fc.assert(
    fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
      const kept = gravestMembers(400);
      for (const finding of [compliance, ...shuffled]) kept.add(finding);
      const { members, leftOut } = kept.end();
      expect(members.map((member) => member.finding)).toEqual(wanted.map((finding) => finding.id));
      expect(leftOut).toBe(2_600);
    }),
    { numRuns: 5 },
  );
});
