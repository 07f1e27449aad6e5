import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../lib/canonical-json.ts';
import type { RecommendArguments, RecommendPart } from '../model/judging.ts';
import { severities } from '../model/severity.ts';
import { costOfWaiting, type Waiting } from './cost-of-waiting.ts';
import { recommendBytes } from './engine.ts';
import { recommend } from './recommend.ts';
import { likeness, similarCases } from './similar-cases.ts';

const part: RecommendPart = {
  finding: 'a',
  revision: 'r',
  why: 'Credentials do not travel.',
  severity: 'High',
  tactics: ['persistence'],
  root: false,
  evidence: 'validated',
  standing: 0,
  options: 1,
  irreversible: false,
};
const asked = (change: Partial<RecommendArguments> = {}, ...parts: readonly Partial<RecommendPart>[]): RecommendArguments => ({
  format: 'jobzero.recommend-arguments/1',
  parts: parts.length === 0 ? [part] : parts.map((more) => ({ ...part, ...more })),
  incident: null,
  cases: { truePositive: 0, benign: 0 },
  ...change,
});

const parts = fc.record({
  finding: fc.string(),
  revision: fc.string(),
  why: fc.string(),
  severity: fc.constantFrom(...severities),
  tactics: fc.subarray(['persistence', 'exfiltration', 'impact', 'discovery']),
  root: fc.boolean(),
  evidence: fc.constantFrom('validated' as const, 'unvalidated' as const, 'unknown' as const),
  standing: fc.nat(3),
  options: fc.nat(3),
  irreversible: fc.boolean(),
});
const someArguments: fc.Arbitrary<RecommendArguments> = fc.record({
  format: fc.constant('jobzero.recommend-arguments/1' as const),
  parts: fc.array(parts, { minLength: 1, maxLength: 5 }),
  incident: fc.option(fc.record({ findings: fc.nat(9), pages: fc.boolean() })),
  cases: fc.record({ truePositive: fc.nat(99), benign: fc.nat(99) }),
});

describe('a recommendation', () => {
  test('is whole per cent from 50 to 95, and the same bytes for the same argument', () => {
    fc.assert(
      fc.property(someArguments, (given) => {
        const { opinion } = recommend(given);
        expect(Number.isInteger(opinion.confidence) && opinion.confidence >= 50 && opinion.confidence <= 95).toBe(true);
        expect(recommendBytes(canonicalJson(given))).toBe(canonicalJson(recommend(given)));
      }),
    );
  });

  test('never approves what only log files say, nor what it takes for ordinary work', () => {
    fc.assert(
      fc.property(someArguments, (given) => {
        const { answer, opinion } = recommend(given);
        if (given.parts.some(({ options, evidence }) => options > 0 && evidence === 'unvalidated')) expect(answer).toBe('deny');
        if (opinion.nature === 'benign') expect(answer).toBe('deny');
      }),
    );
  });

  test('what turned out benign before makes it less of an attack, never more', () => {
    const signed = ({ opinion: { nature, confidence } }: ReturnType<typeof recommend>) =>
      nature === 'benign' ? 100 - confidence : confidence;
    fc.assert(
      fc.property(someArguments, fc.nat(20), (given, more) => {
        const { truePositive, benign } = given.cases;
        const after = recommend({ ...given, cases: { truePositive, benign: benign + more } });
        expect(signed(after)).toBeLessThanOrEqual(signed(recommend(given)));
      }),
    );
  });

  test.each<[string, RecommendArguments, string, string]>([
    [
      'confirmed and grave',
      asked(),
      'true-positive 62 approve',
      'Credentials do not travel. If it was wrong, undo brings back what was before.',
    ],
    ['it cannot be taken back', asked({}, { irreversible: true }), 'true-positive 62 approve', 'It cannot be taken back.'],
    ['not confirmed', asked({}, { evidence: 'unvalidated' }), 'benign 58 deny', 'does not confirm'],
    ['nothing to offer', asked({}, { options: 0 }), 'true-positive 62 deny', 'Automation has nothing to offer here'],
    ['an incident that pages', asked({ incident: { findings: 3, pages: true } }), 'true-positive 78 approve', 'Credentials'],
    [
      'benign three times',
      asked({ cases: { truePositive: 0, benign: 3 } }),
      'benign 62 deny',
      'Of 3 cases like it, 3 turned out to be benign.',
    ],
    [
      'one case',
      asked({ cases: { truePositive: 1, benign: 0 } }),
      'true-positive 70 approve',
      'One case like it turned out to be an attack.',
    ],
    ['one part of two is doubtful', asked({}, {}, { evidence: 'unvalidated' }), 'true-positive 62 deny', 'does not confirm'],
  ])('%s', (_, given, says, because) => {
    const { opinion, answer, because: reason } = recommend(given);
    expect(`${opinion.nature} ${opinion.confidence} ${answer}`).toBe(says);
    expect(reason).toContain(because);
  });
});

describe('waiting', () => {
  const quiet: Waiting = { kinds: ['detection'], tactics: [], root: false, containable: true, pages: false };
  test.each<[string, Partial<Waiting>, string, string]>([
    ['data leaves', { tactics: ['exfiltration'] }, 'minutes', 'cannot be brought back'],
    ['destruction', { tactics: ['impact'] }, 'minutes', 'lost for good'],
    ['trails', { tactics: ['defense-impairment'] }, 'minutes', 'defence'],
    ['it pages', { pages: true }, 'minutes', 'intruder'],
    ['root', { root: true }, 'minutes', 'Root'],
    ['a setting', { kinds: ['compliance'] }, 'days', 'can wait'],
    ['it can be cut off', {}, 'hours', 'until it is cut off'],
    ['it cannot', { containable: false }, 'hours', 'can go on'],
  ])('%s', (_, change, within, says) => {
    const cost = costOfWaiting({ ...quiet, ...change });
    expect(cost.within).toBe(within);
    expect(cost.says).toContain(says);
  });
});

describe('cases that are alike', () => {
  const key = { rule: 'r', account: '111122223333', actorType: 'IAMUser', resourceTypes: ['AWS::IAM::User'] };
  test('the same rule counts, then account, kind of actor and kind of resource; the latest of equals first', () => {
    const cases = [
      { id: 'other-rule', at: 9, key: { ...key, rule: 's' } },
      { id: 'other-account', at: 8, key: { ...key, account: '444455556666' } },
      { id: 'old', at: 1, key },
      { id: 'new', at: 2, key },
      { id: 'rule-alone', at: 9, key: { rule: 'r', account: '', actorType: '', resourceTypes: [] } },
    ];
    expect(similarCases(key, cases, 9).map(({ id }) => id)).toEqual(['new', 'old', 'other-account', 'rule-alone']);
    expect(similarCases(key, cases, 2).map(({ id }) => id)).toEqual(['new', 'old']);
    expect(likeness(key, { ...key, resourceTypes: [] })).toBe(6);
  });
});
