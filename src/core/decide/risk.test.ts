import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findingUnderTest } from '../lib/finding-under-test.ts';
import type { About, Known, Level } from '../model/decide-context.ts';
import type { Finding } from '../model/finding.ts';
import { severities, severityIds } from '../model/severity.ts';
import { riskOf, riskParts } from './risk.ts';

const respects = ['exposed', 'exploited', 'reach', 'data'] as const;
const known = (level: Level): Known => ({ level, facts: [], n: 0, unknown: [] });
const level = fc.constantFrom<Level[]>(0, 1, 2, 3);
const levels = fc.record({ exposed: level, exploited: level, reach: level, data: level });
const weight = fc.integer({ min: -50, max: 50 });
const bare: About = { tags: {}, owner: null, standing: [] };
const aboutAt = (of: { readonly [respect in (typeof respects)[number]]: Level }): About => ({
  ...bare,
  exposed: known(of.exposed),
  exploited: known(of.exploited),
  reach: known(of.reach),
  data: known(of.data),
});
const finding: fc.Arbitrary<Finding> = fc
  .record({
    kind: fc.constantFrom('detection', 'compliance', 'vulnerability', 'data-security'),
    severity: fc.constantFrom(...severities),
    tactics: fc.subarray(['exfiltration', 'impact', 'persistence']),
    evidence: fc.nat(6),
    atLeast: fc.boolean(),
  })
  .map(({ kind, severity, tactics, evidence, atLeast }) =>
    findingUnderTest({
      kind,
      rule: { tactics },
      severity,
      count: { n: evidence, atLeast },
      evidence: Array.from({ length: evidence }, (_, i) => ({
        key: `k${i}`,
        id: `e${i}`,
        time: 0,
        rule: 'aws.x.y',
        operation: 'X',
        service: 'x.amazonaws.com',
        account: '111122223333',
        region: 'us-east-1',
      })),
    }),
  );

test('each respect that is graver makes the risk no smaller, and it stays between 0 and 1000', () => {
  fc.assert(
    fc.property(finding, levels, fc.constantFrom(...respects), level, weight, (one, of, respect, other, added) => {
      const risk = (at: typeof of) => riskOf(one, { offers: [], about: aboutAt(at) }, added);
      const now = risk(of);
      const changed = risk({ ...of, [respect]: other });
      expect(other >= of[respect] ? changed >= now : changed <= now).toBe(true);
      expect(Number.isInteger(now) && now >= 0 && now <= 1000).toBe(true);
    }),
  );
});

test('reach and data raise the impact alone, exposure and exploitation the likelihood alone, where nothing is at its end', () => {
  fc.assert(
    fc.property(finding, levels, (one, of) => {
      const parts = (at: typeof of) => riskParts(one, { offers: [], about: aboutAt(at) }, -20);
      const none = { exposed: 0, exploited: 0, reach: 0, data: 0 } as const;
      const [bottom, got, worse] = [
        parts(none),
        parts({ ...none, exposed: of.exposed, exploited: of.exploited }),
        parts({ ...none, reach: of.reach, data: of.data }),
      ];
      expect(got.impact).toBe(bottom.impact);
      expect(worse.likelihood).toBe(bottom.likelihood);
      if (bottom.likelihood < 8 && of.exploited > 0) expect(got.likelihood).toBeGreaterThan(bottom.likelihood);
      if (bottom.impact < 80 && bottom.impact > 1 && of.data > 0) expect(worse.impact).toBeGreaterThan(bottom.impact);
    }),
  );
});

test('what is irreversible weighs more than any other part of the impact alone', () => {
  fc.assert(
    fc.property(finding, levels, (one, of) => {
      const tactics = (list: readonly string[]) => ({ ...one, severity: 'Low' as const, rule: { ...one.rule, tactics: list } });
      const lost = riskParts(tactics(['impact']), { offers: [], about: bare }, 0).impact;
      const one_ = { exposed: 0, exploited: 0, reach: of.reach, data: 0 } as const;
      expect(lost).toBeGreaterThan(riskParts(tactics([]), { offers: [], about: aboutAt(one_) }, 0).impact);
      expect(lost).toBeGreaterThan(riskParts(tactics([]), { offers: [], about: aboutAt({ ...one_, reach: 0, data: of.data }) }, 0).impact);
    }),
  );
});

test('a context of before gives the number that it gave before', () => {
  fc.assert(
    fc.property(finding, weight, fc.boolean(), fc.boolean(), (one, added, stands, isAbout) => {
      const standing = stands ? [{ rule: 'aws.y', severity: 'High' as const }] : [];
      const seen = one.kind === 'detection' ? 6 + Math.min(3, one.evidence.length - 1) + (one.count.atLeast ? 1 : 0) : 3;
      const lost = one.rule.tactics.some((tactic) => tactic === 'exfiltration' || tactic === 'impact') ? 25 : 0;
      const before =
        Math.min(10, seen + (isAbout && stands ? 2 : 0)) * Math.min(100, Math.max(1, severityIds[one.severity] * 14 + lost + added));
      expect(riskOf(one, isAbout ? { offers: [], about: { ...bare, standing } } : { offers: [] }, added)).toBe(before);
    }),
  );
});
