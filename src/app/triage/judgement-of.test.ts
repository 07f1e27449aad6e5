import { expect, test } from 'vitest';
import { playbooks as allPlaybooks } from '../../../content/index.ts';
import { findingUnderTest } from '../../core/lib/finding-under-test.ts';
import type { Decision, Guardrail, ProposedAction } from '../../core/model/decision.ts';
import type { Playbook } from '../../core/model/plan.ts';
import { judgementOf } from './judgement-of.ts';

const playbooks = await allPlaybooks();
const finding = findingUnderTest({
  id: 'finding-1',
  rule: { title: 'Credentials used elsewhere', description: 'Credentials do not travel.' },
  message: 'Credentials used elsewhere: somebody called this and that.',
});
const propose = ({ id, version, examples }: Playbook, approvals: 1 | 2 = 1): ProposedAction[] =>
  examples.slice(0, 1).map(({ target }) => ({ playbook: id, version, target, blastRadius: 'b', inverse: 'i', approvals, mode: 'live' }));
const judge = (actions: readonly ProposedAction[], guardrails: readonly Guardrail[] = ['serves-production']) => {
  const { id, revision } = finding;
  const decision: Decision = {
    format: 'jobzero.decision/1',
    finding: id,
    revision,
    verdict: 'ask',
    guardrails,
    reason: 'Automation may not act alone.',
    actions,
    risk: 400,
  };
  return judgementOf(finding, decision, playbooks, 7);
};

test.each(playbooks.map((playbook) => [playbook.id, playbook] as const))('%s is asked about in one short question', (_, playbook) => {
  const { question, because, recommendation } = judge(propose(playbook));
  expect(question).toMatch(/^[A-Z][^?]{10,160}\?$/);
  expect(question).not.toContain(finding.message);
  expect([recommendation, because]).toEqual(['approve', 'Credentials do not travel. If it was wrong, undo brings back what was before.']);
});

test('several actions are one question, and the most persons that one of them needs', () => {
  const judgement = judge(playbooks.flatMap((playbook, i) => propose(playbook, i === 1 ? 2 : 1)));
  expect(judgement.question).toMatch(new RegExp(`, and ${playbooks.length - 1} more as listed\\?$`));
  expect(judgement).toMatchObject({ approvalsNeeded: 2, state: 'waiting', askedAt: 7, revision: finding.revision });
});

test('a playbook of a version that is gone is asked about by its id', () => {
  const [option] = propose(playbooks[0] as Playbook);
  expect(judge(option === undefined ? [] : [{ ...option, version: 99 }]).question).toBe(
    `Run ${option?.playbook} on ${option?.target.uid}?`,
  );
});

test('what AWS does not confirm is not recommended', () => {
  const judgement = judge(propose(playbooks[0] as Playbook), ['evidence-unvalidated', 'serves-production']);
  expect(judgement.recommendation).toBe('deny');
  expect(judgement.because).toContain('does not confirm');
});

test('what cannot be taken back says so', () => {
  expect(judge(propose(playbooks[0] as Playbook, 2), ['irreversible']).because).toContain('It cannot be taken back.');
});

test('without an action the question is whether somebody looked', () => {
  expect(judge([], ['no-playbook'])).toMatchObject({
    question: 'Credentials used elsewhere: has somebody looked at it?',
    recommendation: 'deny',
    options: [],
    approvalsNeeded: 1,
  });
});
