import { playbooks as ownPlaybooks } from '../../../content/index.ts';
import { findingUnderTest } from '../../core/lib/finding-under-test.ts';
import type { Decision, ProposedAction } from '../../core/model/decision.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Incident, IncidentMember } from '../../core/model/incident.ts';
import type { Nature } from '../../core/model/judging.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { ask } from '../triage/ask.ts';
import { answerCard } from './answer-card.ts';
import { giveOpinion } from './give-opinion.ts';

export const tenant = 'default';
export const account = '111122223333';
export const role = `arn:aws:iam::${account}:role/deployer`;
const playbooks = await ownPlaybooks();

export function findingOf(id: string, more: Partial<Omit<Finding, 'revision'>> = {}): Finding {
  return findingUnderTest({
    tenant,
    id,
    rule: { title: 'Something odd', description: 'Odd things matter.', tactics: ['persistence'] },
    account,
    actor: { type: 'AssumedRole', uid: `arn:aws:sts::${account}:assumed-role/deployer/dana`, name: 'dana', issuer: role, account },
    resources: [{ uid: `arn:aws:iam::${account}:user/alice`, type: 'AWS::IAM::User', name: 'alice', account, region: 'aws-global' }],
    message: 'Something odd happened.',
    ...more,
  });
}

export const contain: ProposedAction = {
  playbook: 'aws.iam.contain-access-key',
  version: 1,
  target: { account, region: 'us-east-1', uid: `arn:aws:iam::${account}:user/alice`, params: { userName: 'alice' } },
  blastRadius: 'What signs with it stops.',
  inverse: 'It works again.',
  approvals: 1,
  mode: 'live',
};

/** A store with a clock that stands until it is set, and questions in it. */
export function judgingWorld() {
  const store = memoryStore();
  const clock = { time: 1_000, now: () => clock.time };
  const deps = { store, tenant, clock };
  const decide = (finding: Finding, actions: readonly ProposedAction[]): Decision => ({
    format: 'jobzero.decision/1',
    finding: finding.id,
    revision: finding.revision,
    verdict: 'ask',
    guardrails: ['serves-production'],
    reason: 'Automation may not act alone.',
    actions,
    risk: 400,
  });
  return {
    store,
    clock,
    deps,
    /** Asks about a finding; returns the question's id. */
    asked: (finding: Finding, actions: readonly ProposedAction[] = [contain]) =>
      store.within(tenant, async (tx) => {
        await tx.findings.put(finding, clock.now());
        return (await ask(tx, finding, decide(finding, actions), playbooks, clock.now())) ?? '';
      }),
    /** Says what a question is about, and answers it. */
    judged: async (id: string, by: string, nature: Nature, confidence: number, answer: 'approve' | 'deny' = 'deny') => {
      await giveOpinion(deps, id, by, { nature, confidence });
      return answerCard(deps, id, by, answer, {});
    },
    /** Joins findings into an incident, which wakes people or not. */
    joined: (findings: readonly Finding[], pages: boolean) =>
      store.within(tenant, async (tx) => {
        const [first] = findings;
        const id = first?.id ?? '';
        await tx.incidents.putMembers(
          findings.map(({ id: finding, revision }) => ({ finding, revision, links: [] }) as unknown as IncidentMember),
        );
        await tx.incidents.assign(findings.map(({ id: finding }) => ({ finding, incident: id })));
        await tx.incidents.put({ tenant, id, revision: `r${pages}`, pages, members: [] } as unknown as Incident, clock.now());
      }),
    leaves: (type: string) => store.entries(tenant).filter((entry) => entry.type === type),
  };
}
