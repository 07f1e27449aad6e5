import { expect, test } from 'vitest';
import { parseSequence } from './sequence.ts';

const good = {
  title: 'A story',
  description: 'Of two steps.',
  severity: 'high',
  within: '6h',
  steps: [
    { name: 'a', rules: ['aws.x.a'] },
    { name: 'b', techniques: ['T1098'], level: 'medium' },
  ],
  falsepositives: ['None.'],
  examples: [
    { name: 'both', findings: [{ rule: 'aws.x.a', at: '0' }], expect: true },
    { name: 'one', findings: [{ rule: 'aws.x.a', at: '90m', by: 'bob' }], expect: false },
  ],
};

test('a file becomes a sequence', () => {
  const { sequence, examples, falsePositives } = parseSequence('aws.x.story', good, 'story.yml');
  expect(sequence).toMatchObject({
    id: 'aws.x.story',
    severity: 'High',
    within: 6 * 3_600_000,
    ordered: true,
    link: null,
    acrossAccounts: false,
  });
  expect(sequence.steps[1]).toEqual({ name: 'b', rules: [], techniques: ['T1098'], tactics: [], level: 'Medium' });
  expect(examples[1]?.findings[0]).toMatchObject({ at: 90 * 60_000, by: 'bob' });
  expect(falsePositives).toEqual(['None.']);
});

test.each([
  [
    'no step can be met',
    { steps: [{ name: 'a' }, { name: 'b', rules: ['aws.x.b'] }] },
    'story.yml: steps.0: names no rules, techniques or tactics',
  ],
  ['two names', { steps: [good.steps[0], good.steps[0]] }, 'story.yml: two steps have one name'],
  ['a word for a time', { within: 'a day' }, 'story.yml: within: a number and s, m, h or d, as 6h'],
  ['too long', { within: '29d' }, 'story.yml: within: at most 28d: findings are not joined over more'],
  ['an unknown key', { window: '6h' }, 'story.yml: Unrecognized key: "window"'],
])('%s is explained', (_, change, message) => {
  expect(() => parseSequence('aws.x.story', { ...good, ...change }, 'story.yml')).toThrow(message);
});
