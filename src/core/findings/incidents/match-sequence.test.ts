import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { IncidentMember } from '../../model/incident.ts';
import type { Sequence } from '../../model/sequence.ts';
import { matchSequence } from './match-sequence.ts';

function member(id: number, rule: string, from: number, to = from, more: Partial<IncidentMember> = {}): IncidentMember {
  return {
    finding: String(id),
    revision: '',
    rule,
    title: '',
    severity: 'Medium',
    tactics: ['impact'],
    techniques: ['T1098.001'],
    firstTime: from,
    lastTime: to,
    account: '111122223333',
    actors: [],
    resources: [],
    events: [],
    moreEvents: false,
    message: '',
    links: [{ key: 'principal 1 p', by: [] }],
    ...more,
  };
}

function sequence(rules: readonly (readonly string[])[], more: Partial<Sequence> = {}): Sequence {
  return {
    id: 'aws.x.story',
    title: '',
    description: '',
    severity: 'High',
    ordered: true,
    within: 10,
    link: ['principal'],
    acrossAccounts: false,
    steps: rules.map((list, i) => ({ name: String(i), rules: list, techniques: [], tactics: [], level: 'Low' })),
    ...more,
  };
}

describe('what fits a step', () => {
  const step = (of: Partial<Sequence['steps'][number]>) => ({
    name: 's',
    rules: [],
    techniques: [],
    tactics: [],
    level: 'Low' as const,
    ...of,
  });
  test.each([
    ['a technique', step({ techniques: ['T1098.001'] }), true],
    ['the technique above it', step({ techniques: ['T1098'] }), true],
    ['one whose id begins so', step({ techniques: ['T109'] }), false],
    ['a tactic', step({ tactics: ['impact'] }), true],
    ['a higher level', step({ tactics: ['impact'], level: 'High' }), false],
  ])('%s', (_, first, wanted) => {
    const story = { ...sequence([['a'], ['b']]), steps: [first, step({ rules: ['b'] })] };
    expect(matchSequence(story, [member(1, 'a', 0), member(2, 'b', 1)], new Set())).toBe(wanted);
  });
});

test.each<[string, Sequence, readonly IncidentMember[], boolean]>([
  ['one finding is not two steps', sequence([['a'], ['a', 'b']]), [member(1, 'a', 0)], false],
  ['two of one rule are', sequence([['a'], ['a', 'b']]), [member(1, 'a', 0), member(2, 'a', 1)], true],
  ['one that lasts over the other came after it, too', sequence([['a'], ['b']]), [member(1, 'b', 0, 9), member(2, 'a', 5)], true],
  ['one that ended before did not', sequence([['a'], ['b']]), [member(1, 'b', 0, 4), member(2, 'a', 5)], false],
  ['long before, and until then', sequence([['a'], ['b']]), [member(1, 'a', 0, 100), member(2, 'b', 50)], true],
  ['too late', sequence([['a'], ['b']]), [member(1, 'a', 0), member(2, 'b', 11)], false],
  ['in no order', sequence([['a'], ['b']], { ordered: false }), [member(1, 'b', 0), member(2, 'a', 5)], true],
  [
    'another account',
    sequence([['a'], ['b']], { acrossAccounts: true }),
    [member(1, 'a', 0), member(2, 'b', 1), member(3, 'b', 2, 2, { account: '444455556666' })],
    true,
  ],
  ['the same account', sequence([['a'], ['b']], { acrossAccounts: true }), [member(1, 'a', 0), member(2, 'b', 1)], false],
  [
    'another principal',
    sequence([['a'], ['b']]),
    [member(1, 'a', 0), member(2, 'b', 1, 1, { links: [{ key: 'principal 1 q', by: [] }] })],
    false,
  ],
  [
    'of one incident, whatever they share',
    sequence([['a'], ['b']], { link: null }),
    [member(1, 'a', 0), member(2, 'b', 1, 1, { links: [{ key: 'principal 1 q', by: [] }] })],
    true,
  ],
])('%s', (_, story, members, wanted) => {
  expect(matchSequence(story, members, new Set())).toBe(wanted);
});

test('a link that a crowd stands behind tells nothing', () => {
  const members = [member(1, 'a', 0), member(2, 'b', 1)];
  expect(matchSequence(sequence([['a'], ['b']]), members, new Set(['principal 1 p']))).toBe(false);
});

test('a story is found wherever all choices of findings and times would find it', () => {
  const rule = fc.constantFrom<string>('a', 'b', 'c');
  const some = fc.array(fc.record({ rule, from: fc.nat({ max: 20 }), lasts: fc.nat({ max: 6 }) }), { maxLength: 6 });
  const steps = fc.array(fc.uniqueArray(rule, { minLength: 1, maxLength: 2 }), { minLength: 2, maxLength: 3 });
  fc.assert(
    fc.property(some, steps, fc.boolean(), fc.nat({ max: 8 }), (list, rules, ordered, within) => {
      const members = list.map((one, i) => member(i, one.rule, one.from, one.from + one.lasts)).sort((x, y) => x.firstTime - y.firstTime);
      const choose = (chosen: readonly IncidentMember[], times: readonly number[]): boolean => {
        if (chosen.length === rules.length) return Math.max(...times) - Math.min(...times) <= within;
        return members
          .filter((one) => rules[chosen.length]?.includes(one.rule) && !chosen.includes(one))
          .some((one) =>
            Array.from({ length: one.lastTime - one.firstTime + 1 }, (_, i) => one.firstTime + i).some(
              (time) => !(ordered && time < (times.at(-1) ?? 0)) && choose([...chosen, one], [...times, time]),
            ),
          );
      };
      expect(matchSequence(sequence(rules, { ordered, within }), members, new Set())).toBe(choose([], []));
    }),
    { numRuns: 300 },
  );
});
