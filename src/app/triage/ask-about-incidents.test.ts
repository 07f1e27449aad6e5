import { describe, expect, test } from 'vitest';
import { containAccessKey } from '../../../content/playbooks/aws/iam/contain-access-key.ts';
import { findingUnderTest } from '../../core/lib/finding-under-test.ts';
import type { Decision, Judgement, ProposedAction } from '../../core/model/decision.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Incident, IncidentMember } from '../../core/model/incident.ts';
import type { Action } from '../../core/model/plan.ts';
import type { Severity } from '../../core/model/severity.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import type { DecisionRow, Tx } from '../../core/ports/store.ts';
import { takeInHand } from '../incident-in-hand.ts';
import { ask } from './ask.ts';
import { askAboutIncidents, offerBeside } from './ask-about-incidents.ts';

const tenant = 'default';
const minute = 60_000;

const findingOf = (id: string, severity: Severity) =>
  findingUnderTest({ tenant, id, rule: { id: `aws.x.${id}`, title: `Rule ${id}` }, severity });
const findings = [findingOf('a', 'Medium'), findingOf('b', 'High'), findingOf('c', 'High')] as const;

const decisionOn = ({ id, revision }: Finding, verdict: Decision['verdict']): Decision => ({
  format: 'jobzero.decision/1',
  finding: id,
  revision,
  verdict,
  guardrails: ['no-playbook'],
  reason: 'r',
  actions: [],
  risk: 1,
});

/** The key of whoever did the finding `c` was contained. */
async function cutsOff(tx: Tx): Promise<void> {
  const { playbook, target } = cuttingOff;
  const action = { id: 'x', tenant, finding: 'c', playbook, target, state: 'planned', by: 'automation', plannedAt: 0 };
  await tx.actions.plan(action as unknown as Action);
  await tx.actions.move('x', ['planned'], 'verified', 1, '');
}

const cuttingOff: ProposedAction = {
  playbook: containAccessKey.id,
  version: 1,
  target: { account: '111122223333', region: 'us-east-1', uid: 'x', params: { userName: 'alice' } },
  blastRadius: 'b',
  inverse: 'i',
  approvals: 1,
  mode: 'live',
};

/** An incident of three findings that are watched, of which it lists so many, made at time 0, with what is told. Returns how it is asked about at a time. */
async function incident(
  told: (tx: Tx) => Promise<unknown> = async () => {},
  { pages = true, decided = 3, listed = 3, verdict = 'watch' as Decision['verdict'], actions = [] as readonly ProposedAction[] } = {},
) {
  const store = memoryStore();
  await store.within(tenant, async (tx) => {
    for (const [i, one] of findings.entries()) {
      await tx.findings.put(one, 0);
      await tx.incidents.putMembers([{ finding: one.id, revision: one.revision, links: [] } as unknown as IncidentMember]);
      const row = {
        id: `d${i}`,
        finding: one.id,
        revision: one.revision,
        at: 0,
        decision: { ...decisionOn(one, verdict), actions: one.id === 'a' ? actions : [] },
      };
      if (i < decided) await tx.decisions.put(row as unknown as DecisionRow);
    }
    await tx.incidents.assign(findings.map(({ id }) => ({ finding: id, incident: 'i' })));
    const members = findings.slice(0, listed).map(({ id, revision }) => ({ finding: id, revision }));
    await tx.incidents.put({ tenant, id: 'i', revision: 'r', severity: 'High', pages, members } as unknown as Incident, 0);
    await told(tx);
  });
  const askAt = (now: number) => askAboutIncidents({ store, tenant, clock: { now: () => now }, playbooks: [containAccessKey] });
  const questions = () => store.within(tenant, (tx) => tx.judgements.list({ limit: 9 }));
  return { store, askAt, questions };
}

test('what wakes somebody and has no question gets one, about its gravest finding, when it has settled, and no second one', async () => {
  const { askAt, questions, store } = await incident();
  expect(await askAt(2 * minute - 1)).toBe(0);
  expect(await askAt(2 * minute)).toBe(1);
  expect((await questions()).map(({ finding, incident: of, options }) => [finding, of, options])).toEqual([['b', 'i', []]]);
  expect(await askAt(3 * minute)).toBe(0);
  const [question] = await questions();
  await store.within(tenant, async (tx) => {
    await tx.judgements.answer(question?.id ?? '', 'bob', 'deny', 4 * minute);
    await tx.items.add({ kind: 'incident-in-hand', id: 'i', state: 'denied', dueAt: null, at: 4 * minute, doc: {} });
  });
  expect(await askAt(5 * minute)).toBe(0);
  expect((await questions()).length).toBe(1);
});

test.each([
  ['watch', ['alice']],
  ['act', []],
] as const)('what could be done of a lesser finding is offered with it, what was done is not: %s', async (verdict, offered) => {
  const target = { account: '111122223333', region: 'us-east-1', uid: 'x', params: { userName: 'alice' } };
  const action: ProposedAction = {
    playbook: containAccessKey.id,
    version: 1,
    target,
    blastRadius: 'b',
    inverse: 'i',
    approvals: 1,
    mode: 'live',
  };
  const { askAt, questions } = await incident(undefined, { verdict, actions: [action] });
  expect(await askAt(2 * minute)).toBe(1);
  const asked = await questions();
  expect(asked.map(({ finding }) => finding)).toEqual(['b']);
  expect(asked.flatMap(({ options }) => options.map((option) => option.target.params['userName']))).toEqual(offered);
});

test('where all that it lists has ended it is asked about by another of its findings', async () => {
  const { askAt, questions } = await incident((tx) => tx.findings.live('a', 'resolved', 1, 'alice', 'It was them.'), { listed: 1 });
  expect(await askAt(2 * minute)).toBe(1);
  expect((await questions()).map(({ finding }) => finding)).toEqual(['b']);
});

test('of one that was judged by itself before, it is asked about by the next', async () => {
  const { askAt, questions, store } = await incident();
  expect(await askAt(2 * minute)).toBe(1);
  const [alone] = await questions();
  await store.within(tenant, (tx) => tx.judgements.answer(alone?.id ?? '', 'bob', 'deny', 3 * minute));
  expect(await askAt(4 * minute)).toBe(1);
  expect((await questions()).map(({ finding, state }) => [finding, state])).toEqual([
    ['b', 'denied'],
    ['c', 'waiting'],
  ]);
});

test.each<[string, (tx: Tx) => Promise<unknown>, { readonly pages?: boolean; readonly decided?: number }?]>([
  ['it wakes nobody', async () => {}, { pages: false }],
  ['one of it is not decided yet', async () => {}, { decided: 2 }],
  ['it is over', async (tx) => Promise.all(findings.map(({ id }) => tx.findings.live(id, 'resolved', 1, 'alice', 'Ours.')))],
  [
    'a person is asked about one of it',
    async (tx) => tx.judgements.ask({ id: 'q', tenant, finding: 'c', revision: '', options: [], incident: null } as unknown as Judgement),
  ],
  [
    'who did one of it is asked',
    async (tx) => {
      const doc = { finding: 'a', revision: '', person: 'alice', decision: {}, sent: [] };
      return tx.items.add({ kind: 'question', id: 'q', state: 'waiting', dueAt: 9, at: 0, doc });
    },
  ],
  ['whoever did it is cut off', cutsOff],
])('nobody is asked where %s', async (_, told, how) => {
  const { askAt, store } = await incident(told, how);
  const before = await store.within(tenant, (tx) => tx.judgements.list({ limit: 9 }));
  expect(await askAt(60 * minute)).toBe(0);
  expect(await store.within(tenant, (tx) => tx.judgements.list({ limit: 9 }))).toEqual(before);
});

describe('what could cut off who did a finding that is watched', () => {
  const [lesser, gravest] = findings;
  const asks = async (tx: Tx, actions: readonly ProposedAction[]) =>
    ask(tx, gravest, { ...decisionOn(gravest, 'ask'), actions }, [containAccessKey], 1);
  const answers = async (tx: Tx, actions: readonly ProposedAction[], verdict: 'approve' | 'deny') => {
    const id = await asks(tx, actions);
    const answered = await tx.judgements.answer(id ?? '', 'bob', verdict, 2);
    if (answered !== null) await takeInHand(tx, answered, 2);
  };
  const offered = async (
    told: (tx: Tx) => Promise<unknown>,
    { pages = true, verdict = 'watch' as Decision['verdict'], action = { ...cuttingOff, target: { ...cuttingOff.target, uid: 'y' } } } = {},
  ) => {
    const { store, questions } = await incident(told, { pages });
    await store.within(tenant, (tx) =>
      offerBeside(tx, lesser, { ...decisionOn(lesser, verdict), actions: [action] }, [containAccessKey], 3),
    );
    return (await questions()).map(({ state, options, parts = [] }) => [
      state,
      options.map(({ target }) => target.uid).sort(),
      parts.length,
    ]);
  };

  test('is offered in the question that waits about its incident', async () => {
    expect(await offered((tx) => asks(tx, []))).toEqual([['waiting', ['y'], 2]]);
    expect(await offered((tx) => asks(tx, [cuttingOff]))).toEqual([['waiting', ['x', 'y'], 2]]);
  });

  test('is asked about where a person has had somebody of its incident cut off', async () => {
    expect(await offered((tx) => answers(tx, [cuttingOff], 'approve'))).toEqual([
      ['approved', ['x'], 0],
      ['waiting', ['y'], 0],
    ]);
  });

  test.each<[string, (tx: Tx) => Promise<unknown>, Parameters<typeof offered>[1]?]>([
    ['nobody is asked about its incident', async () => {}],
    ['its incident was looked at, and nobody cut off', (tx) => answers(tx, [], 'approve')],
    ['a person has refused to cut anybody off', (tx) => answers(tx, [cuttingOff], 'deny')],
    ['automation has cut somebody off', cutsOff],
    ['it was approved already', (tx) => answers(tx, [cuttingOff], 'approve'), { action: cuttingOff }],
    ['it is offered already', (tx) => asks(tx, [cuttingOff]), { action: cuttingOff }],
    ['its incident wakes nobody', (tx) => asks(tx, []), { pages: false }],
    ['automation does it by itself', (tx) => asks(tx, []), { verdict: 'act' }],
    ['it cuts nobody off', (tx) => asks(tx, []), { action: { ...cuttingOff, playbook: 'aws.s3.block-public-access' } }],
  ])('is not offered where %s', async (_, told, how) => {
    const before = await offered(told, { ...how, action: { ...cuttingOff, playbook: 'none' } });
    expect(await offered(told, how)).toEqual(before);
  });
});
