import { describe, expect, test } from 'vitest';
import { playbooks as ownPlaybooks } from '../../../content/index.ts';
import { findingUnderTest } from '../../core/lib/finding-under-test.ts';
import type { Decision, Judgement, ProposedAction } from '../../core/model/decision.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Incident, IncidentMember } from '../../core/model/incident.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import type { Store, Tx } from '../../core/ports/store.ts';
import { answerJudgement } from '../console/answer-judgement.ts';
import { takeInHand } from '../incident-in-hand.ts';
import { ask, questionOn, unask } from './ask.ts';

const tenant = 'default';
const playbooks = await ownPlaybooks();
const hour = 3_600_000;

function findingOf(id: string, title = `Finding ${id}`): Finding {
  return findingUnderTest({ tenant, id, rule: { title, description: 'Credentials do not travel.' } });
}

const contain = (user: string): ProposedAction => ({
  playbook: 'aws.iam.contain-access-key',
  version: 1,
  target: { account: '111122223333', region: 'us-east-1', uid: `arn:aws:iam::111122223333:user/${user}`, params: { userName: user } },
  blastRadius: 'b',
  inverse: 'i',
  approvals: 1,
  mode: 'live',
});

const asks = ({ id, revision }: Finding, actions: readonly ProposedAction[]): Decision => ({
  format: 'jobzero.decision/1',
  finding: id,
  revision,
  verdict: 'ask',
  guardrails: ['serves-production'],
  reason: 'Automation may not act alone.',
  actions,
  risk: 400,
});

async function joinedIn(tx: Tx, incident: string, findings: readonly Finding[]): Promise<void> {
  await tx.incidents.putMembers(findings.map(({ id, revision }) => ({ finding: id, revision, links: [] }) as unknown as IncidentMember));
  await tx.incidents.assign(findings.map(({ id }) => ({ finding: id, incident })));
  const members = findings.map(({ id, revision }) => ({ finding: id, revision }));
  await tx.incidents.put(
    { tenant, id: incident, revision: members.map(({ revision }) => revision).join(''), members } as unknown as Incident,
    1,
  );
}

async function storeWith(...incidents: readonly (readonly [string, readonly Finding[]])[]): Promise<Store> {
  const store = memoryStore();
  await store.within(tenant, async (tx) => {
    for (const [id, findings] of incidents) {
      for (const finding of findings) await tx.findings.put(finding, 1);
      await joinedIn(tx, id, findings);
    }
  });
  return store;
}

const askAll = (store: Store, at: number, ...asked: readonly (readonly [Finding, readonly ProposedAction[]])[]) =>
  store.within(tenant, async (tx) => {
    const ids: (string | null)[] = [];
    for (const [finding, actions] of asked) ids.push(await ask(tx, finding, asks(finding, actions), playbooks, at));
    return ids;
  });
const waitingIn = (store: Store): Promise<readonly Judgement[]> =>
  store.within(tenant, (tx) => tx.judgements.list({ state: 'waiting', limit: 10 }));

const [a, b, c] = [findingOf('a'), findingOf('b'), findingOf('c')] as const;

describe('one attack is one question', () => {
  test('findings of an incident have parts in it; what is proposed twice is proposed once', async () => {
    const store = await storeWith(['a', [a, b]], ['c', [c]]);
    const [first, second] = await askAll(store, 10, [a, [contain('alice')]], [b, [contain('alice'), contain('bob')]]);
    const [other] = await askAll(store, 11, [c, []]);
    expect(second).toBe(first);
    expect(other).not.toBe(first);
    const [question] = await waitingIn(store);
    expect(question?.options.map(({ target }) => target.params['userName'])).toEqual(['alice', 'bob']);
    expect(question?.parts?.map((part) => [part.finding, part.options.length])).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
    expect(question?.question).toBe('Deny the sessions of the user alice, and 1 more as listed, in an incident of 2 findings?');
    expect(question?.revision).not.toBe(a.revision);
  });

  test('an answer does what all parts propose, each about its own finding', async () => {
    const store = await storeWith(['a', [a, b]]);
    const [id = null] = await askAll(store, 10, [a, [contain('alice')]], [b, [contain('bob')]]);
    const answered = await answerJudgement({ store, tenant, clock: { now: () => 20 } }, id ?? '', 'kim', 'approve');
    expect(answered).toMatchObject({ outcome: 'recorded', judgement: { state: 'approved' } });
    const actions = await store.within(tenant, (tx) => tx.actions.list({ limit: 10 }));
    expect(actions.map(({ finding, revision, by }) => [finding, revision, by]).sort()).toEqual([
      ['a', a.revision, 'kim'],
      ['b', b.revision, 'kim'],
    ]);
    expect((await store.within(tenant, (tx) => questionOn(tx, 'b')))?.id).toBe(id);
  });

  test('what one person approved before a part was added must be approved again', async () => {
    const store = await storeWith(['a', [a, b]]);
    const two = { ...contain('alice'), approvals: 2 } as const;
    const [id = null] = await askAll(store, 10, [a, [two]]);
    const deps = { store, tenant, clock: { now: () => 20 } };
    await answerJudgement(deps, id ?? '', 'kim', 'approve');
    expect((await waitingIn(store))[0]?.answeredBy).toEqual(['kim']);
    await askAll(store, 30, [b, [contain('bob')]]);
    expect((await waitingIn(store))[0]?.answeredBy).toEqual([]);
    const stale = await answerJudgement(deps, id ?? '', 'lee', 'approve', a.revision);
    expect(stale.outcome).toBe('renewed');
  });

  test('two questions whose incidents became one are one question, and the later is withdrawn', async () => {
    const store = await storeWith(['a', [a]], ['b', [b]]);
    const [first] = await askAll(store, 10, [a, [contain('alice')]]);
    const [second] = await askAll(store, 11, [b, [contain('bob')]]);
    expect(second).not.toBe(first);
    await store.within(tenant, async (tx) => {
      await joinedIn(tx, 'a', [a, b, c]);
      await tx.incidents.forward('b', 'a', 15);
    });
    await askAll(store, 20, [c, []]);
    const waiting = await waitingIn(store);
    expect(waiting.map(({ id }) => id)).toEqual([first]);
    expect(waiting[0]?.parts?.map(({ finding }) => finding).sort()).toEqual(['a', 'b', 'c']);
    expect((await store.within(tenant, (tx) => tx.judgements.get(second ?? '')))?.state).toBe('withdrawn');
  });

  test('an incident that a person judged is not asked about again, unless there is something new to do', async () => {
    const store = await storeWith(['a', [a, b, c]]);
    const [id = null] = await askAll(store, 10, [a, []]);
    await answerJudgement({ store, tenant, clock: { now: () => 20 } }, id ?? '', 'kim', 'deny');
    expect(await askAll(store, 20 + hour, [b, []])).toEqual([null]);
    expect((await store.within(tenant, (tx) => tx.findings.get('b')))?.state).toBe('acknowledged');
    expect(await askAll(store, 20 + hour, [c, [contain('bob')]])).toEqual([expect.any(String)]);
  });

  describe('what a person has refused', () => {
    /** The engineer says no to containing alice because of `a`; then `b` of the same incident asks for it. */
    async function askedAfterNo(b: Partial<Finding>, actions = [contain('alice')], after = hour) {
      const tactics = { tactics: ['defense-impairment'] };
      const [one, other] = [
        findingUnderTest({ tenant, id: 'a', severity: 'High', rule: tactics }),
        findingUnderTest({ tenant, id: 'b', severity: 'High', rule: { ...tactics, id: 'aws.x.z' }, ...b }),
      ];
      const store = await storeWith(['i', [one, other]]);
      const id = await store.within(tenant, (tx) => ask(tx, one, asks(one, [contain('alice')]), playbooks, 1));
      const question = await store.within(tenant, (tx) => tx.judgements.get(id ?? ''));
      await answerJudgement({ store, tenant, clock: { now: () => 2 } }, id ?? '', 'engineer', 'deny', question?.revision ?? '');
      const again = await store.within(tenant, (tx) => ask(tx, other, asks(other, actions), playbooks, 2 + after));
      return again !== null;
    }

    test.each<[string, boolean, Partial<Finding>, ProposedAction[]?, number?]>([
      ['more of the same kind', false, {}],
      ['less grave', false, { severity: 'Medium' }],
      ['graver', true, { severity: 'Critical' }],
      ['another tactic', true, { rule: findingUnderTest({ rule: { tactics: ['exfiltration'] } }).rule }],
      ['something else to do', true, {}, [contain('alice'), contain('bob')]],
      ['hours later', true, {}, [contain('alice')], 4 * hour],
    ])('%s: is it asked about again? %j', async (_, expected, b, actions, after) => {
      expect(await askedAfterNo(b, actions, after)).toBe(expected);
    });
  });

  test('a day later it is asked about again', async () => {
    const store = await storeWith(['a', [a, b]]);
    await store.within(tenant, (tx) => takeInHand(tx, { incident: 'a', id: 'q', state: 'denied' } as Judgement, 0));
    expect(await askAll(store, 25 * hour, [b, []])).toEqual([expect.any(String)]);
  });

  test('a finding that needs no person any more leaves the question; with the last one it is withdrawn', async () => {
    const store = await storeWith(['a', [a, b]]);
    await askAll(store, 10, [a, [contain('alice')]], [b, [contain('bob')]]);
    await store.within(tenant, (tx) => unask(tx, 'a', 20, 'gone'));
    const [left] = await waitingIn(store);
    expect([left?.finding, left?.parts, left?.revision]).toEqual(['b', undefined, b.revision]);
    await store.within(tenant, (tx) => unask(tx, 'b', 30, 'gone'));
    expect(await waitingIn(store)).toEqual([]);
  });

  test('of very many findings those that propose nothing are not all listed, and nothing that may be done is left out', async () => {
    const many = Array.from({ length: 60 }, (_, i) => findingOf(`f${String(i).padStart(2, '0')}`));
    const store = await storeWith(['f00', many]);
    for (const [i, finding] of many.entries()) await askAll(store, 10, [finding, i % 2 === 0 ? [] : [contain(`user${i}`)]]);
    const [question, ...others] = await waitingIn(store);
    expect(others).toEqual([]);
    expect(question?.options).toHaveLength(30);
    expect(question?.parts?.filter(({ options }) => options.length === 0)).toHaveLength(20);
  });

  test('one action that AWS does not confirm makes the whole question one to be denied', async () => {
    const store = await storeWith(['a', [a, b]]);
    await askAll(store, 10, [a, [contain('alice')]]);
    await store.within(tenant, (tx) => {
      const doubtful: Decision = { ...asks(b, [contain('bob')]), guardrails: ['evidence-unvalidated'] };
      return ask(tx, b, doubtful, playbooks, 20);
    });
    const [question] = await waitingIn(store);
    expect(question).toMatchObject({ recommendation: 'deny', because: expect.stringContaining('does not confirm') });
    expect(question?.guardrails).toEqual(['evidence-unvalidated', 'serves-production']);
  });
});
