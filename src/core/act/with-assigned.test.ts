import { expect, test } from 'vitest';
import type { Playbook } from '../model/plan.ts';
import type { Assignment } from '../model/tolerance.ts';
import { withAssigned } from './with-assigned.ts';

const account = '111122223333';
const finding = { rule: { id: 'aws.x.y', major: 1, title: '', description: '', techniques: [], tactics: [] }, account };
const playbook = (id: string, more: Partial<Playbook> = {}): Playbook =>
  ({ id, handles: ['aws.a.b'], approval: 'none', ...more }) as Playbook;
const assignment = (more: Partial<Assignment> = {}): Assignment => ({
  rule: 'aws.x.y',
  account,
  playbook: 'p',
  owner: 'kim',
  reason: 'r',
  expires: 100,
  ...more,
});

test('an assigned playbook handles the rule, asks a person, and closes nothing by its end state; the others are as they were', () => {
  const [p, q] = withAssigned([playbook('p'), playbook('q')], [assignment()], finding, 99);
  expect(p).toMatchObject({ handles: ['aws.a.b', 'aws.x.y'], approval: 'one-person', partial: true });
  expect(q).toEqual(playbook('q'));
});

test('two persons stay two', () => {
  expect(withAssigned([playbook('p', { approval: 'two-persons' })], [assignment()], finding, 0)[0]?.approval).toBe('two-persons');
});

test('a playbook that answers the rule by itself does not become more careful by it', () => {
  const own = playbook('p', { handles: ['aws.x.y'] });
  expect(withAssigned([own], [assignment()], finding, 0)).toEqual([own]);
});

test.each([
  ['another rule', assignment({ rule: 'aws.x.z' }), 0],
  ['another account', assignment({ account: '444455556666' }), 0],
  ['when it has expired', assignment(), 100],
])('not for %s', (_, one, at) => {
  expect(withAssigned([playbook('p')], [one], finding, at)).toEqual([playbook('p')]);
});
