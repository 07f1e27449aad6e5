import { expect, test } from 'vitest';
import { blockPublicAccess as good } from '../../../content/playbooks/aws/s3/block-public-access.ts';
import type { Playbook, Step, Target } from '../model/plan.ts';
import { checkPlaybook } from './check-playbook.ts';

const changed = (change: (step: Step) => Step): Playbook => ({ ...good, plan: (target, at) => good.plan(target, at).map(change) });
let calls = 0;

test('a good one passes', () => {
  expect(checkPlaybook(good)).toEqual([]);
});

test.each<readonly [string, Playbook, RegExp]>([
  ['an irreversible step that nobody approves', changed((step) => ({ ...step, undo: () => 'irreversible' })), /two persons must approve/],
  [
    'what loses data, said to be undone by somebody',
    { ...changed((step) => ({ ...step, do: { ...step.do, action: 's3:DeleteBucket' } })), approval: 'one-person' },
    /s3:DeleteBucket cannot be undone \(lost: the bucket.*two persons must approve/,
  ],
  [
    'a step on another account',
    changed((step) => ({ ...step, on: ['arn:aws:iam::444455556666:user/alice'] })),
    /is not of account 111122223333/,
  ],
  ['a step on another partition', changed((step) => ({ ...step, on: ['arn:aws-cn:s3:::reports-example'] })), /of another partition/],
  ['a step on everything', changed((step) => ({ ...step, on: ['*'] })), /is no ARN/],
  ['a step on every bucket', changed((step) => ({ ...step, on: ['arn:aws:s3:::*'] })), /names everything/],
  ['a step on nothing', changed((step) => ({ ...step, on: [] })), /names no ARN/],
  [
    'an API operation instead of an IAM action',
    changed((step) => ({ ...step, do: { ...step.do, action: 'PutPublicAccessBlock' } })),
    /no IAM action/,
  ],
  ['a check without words', changed((step) => ({ ...step, verify: { ...step.verify, says: '' } })), /does not say what it looks for/],
  ['a check without an end', changed((step) => ({ ...step, verify: { ...step.verify, withinSeconds: 1e9 } })), /within an hour/],
  [
    'a check that trusts the answer',
    changed((step) => ({ ...step, verify: { ...step.verify, expect: (answer) => (answer as unknown as { a: { b: boolean } }).a.b } })),
    /Cannot read/,
  ],
  [
    'an undo that trusts the answer',
    changed((step) => ({ ...step, undo: (kept) => [{ action: String(kept['block']), input: {} }] })),
    /no IAM action/,
  ],
  ['a plan that differs each time', changed((step) => ({ ...step, name: `step ${calls++}` })), /two plans/],
  ['a plan without steps', { ...good, plan: () => [] }, /has no step/],
  [
    'an example that says otherwise',
    { ...good, examples: good.examples.map((one) => ({ ...one, does: ['s3:DeleteBucket'] })) },
    /the example says/,
  ],
  ['no example', { ...good, examples: [] }, /no example/],
  ['nothing it handles', { ...good, handles: [] }, /handles no rule/],
  ['the same twice', { ...good, handles: ['a.b.c', 'a.b.c'] }, /twice/],
  ['no question', { ...good, asks: () => 'Block it?' }, /cannot be put as a question/],
  ['no sentence', { ...good, blastRadius: (_: Target) => 'websites' }, /is no sentence/],
  ['an id that is no path', { ...good, id: 'block' }, /verb-object/],
  ['two reads under one name', { ...good, plan: (target, at) => [...good.plan(target, at), ...good.plan(target, at)] }, /under one name/],
])('%s does not pass', (_, playbook, fault) => {
  expect(checkPlaybook(playbook).join('\n')).toMatch(fault);
});

test('an irreversible step passes when a person approves it', () => {
  const playbook: Playbook = { ...changed((step) => ({ ...step, undo: () => 'irreversible' })), approval: 'two-persons' };
  expect(checkPlaybook(playbook)).toEqual([]);
});
