import { beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../core/model/json.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { readQueue } from '../on-call/read-queue.ts';
import { isArmed } from '../settings.ts';
import { toleranceOf } from '../tolerance-of.ts';
import { triage } from '../triage.ts';
import { type Attacked, attackedOrganisation, findingsIn, readyToTriage, tenant, withHistory } from '../wire/triage-under-test.ts';
import { answerCard } from './answer-card.ts';
import { assignPlaybook, candidatesFor } from './assign-playbook.ts';
import { followProposals } from './backtest-proposals.ts';
import { giveOpinion } from './give-opinion.ts';
import { reviewCase } from './list-cases.ts';
import { proposalKind, proposalOf } from './proposals.ts';
import { reviewProposal, revokeProposal } from './review-proposal.ts';

/** From a question through its answer and its review to what is not asked again, with the engine and rules that are real. */
let world: Attacked;
let made: JsonObject;
beforeAll(async () => {
  world = await attackedOrganisation();
  const record = world.records.find((one) => one['eventName'] === 'CreateAccessKey' && one['errorCode'] === undefined);
  if (record === undefined) throw new Error('no key was made');
  made = { ...record, userAgent: 'aws-cli/2.17.0' };
});

const hour = 3_600_000;
const day = 24 * hour;

/** A key is made by the deployer for somebody else, again and again: each day a finding. */
async function repeating(techniques: readonly string[] | null = null, tolerance = 'default: { act: ask }') {
  let now = world.now;
  let n = 0;
  const history: JsonObject[] = [];
  const store = memoryStore();
  const cloud = withHistory(world.range.cloud, history);
  const deps = await readyToTriage(store, [], cloud, () => now);
  await store.within(tenant, (tx) => tx.settings.set('tolerance', tolerance, now, 'owner'));
  return {
    store,
    deps,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    /** It happens on another day; returns what was decided, and the question's id. */
    again: async (change: JsonObject = {}) => {
      n++;
      const eventTime = `${new Date(Date.parse(String(made['eventTime'])) + n * day).toISOString().slice(0, 19)}Z`;
      const record = { ...made, ...change, eventTime, eventID: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}` };
      history.push(record);
      now = Math.max(now, Date.parse(eventTime) + hour);
      const findings = (await findingsIn([record])).map((one) => ({
        ...one,
        severity: 'High' as const,
        rule: { ...one.rule, techniques: techniques ?? one.rule.techniques },
      }));
      await store.within(tenant, async (tx) => {
        for (const finding of findings) await tx.findings.put(finding, now - hour / 2);
      });
      const [done] = await triage(deps);
      return {
        verdict: done?.decision.verdict,
        reason: done?.decision.reason,
        judgement: done?.judgement ?? '',
        account: done?.finding.account,
        offered: [...(done?.decision.actions ?? []), ...(done?.decision.asks ?? [])].map(
          ({ playbook, approvals }) => `${playbook} ${approvals}`,
        ),
      };
    },
    judge: async (id: string, by: string, nature: 'benign' | 'true-positive', answer: 'approve' | 'deny') => {
      await giveOpinion(deps, id, by, { nature, confidence: 80 });
      return answerCard(deps, id, by, answer, {});
    },
    proposals: async () => store.within(tenant, (tx) => tx.items.list({ kind: proposalKind, limit: 9 })),
    leaves: (type: string) => store.entries(tenant).filter((entry) => entry.type === type),
  };
}

type Repeating = Awaited<ReturnType<typeof repeating>>;

async function judgedBenign(): Promise<{ readonly it: Repeating; readonly id: string }> {
  const it = await repeating();
  const { verdict, judgement } = await it.again();
  expect(verdict).toBe('ask');
  await it.judge(judgement, 'kim', 'benign', 'deny');
  const [proposal] = await it.proposals();
  return { it, id: proposal?.id ?? '' };
}

const deployer = 'arn:aws:iam::444455556666:user/ci-deployer';

describe('an answer becomes an exemption only through a second person', () => {
  test('before it is adopted the same asks again; adopted, it closes; taken back, it asks', async () => {
    const { it, id } = await judgedBenign();
    expect((await it.again()).verdict).toBe('ask');
    expect(await followProposals(it.deps)).toBe(1);
    const [tried] = await it.proposals();
    expect(tried === undefined ? null : proposalOf(tried)).toMatchObject({
      nature: 'benign',
      by: ['kim'],
      changes: [{ kind: 'exemption', exemption: { account: '444455556666', actor: deployer, owner: 'kim' } }],
      backtest: { closes: 2, acts: 0, attacks: 0, tooWide: false },
    });
    it.pass(12 * hour);
    expect(await reviewProposal(it.deps, id, 'lee', true, 'It is the pipeline.')).toEqual({ outcome: 'recorded', state: 'adopted' });
    const third = await it.again();
    expect([third.verdict, third.reason]).toEqual(['close', 'Exempted by kim, reviewed by lee: It was judged to be ordinary work.']);
    expect(await revokeProposal(it.deps, id, 'mia', '')).toEqual({ outcome: 'recorded', state: 'revoked' });
    expect((await it.again()).verdict).toBe('ask');
    expect(it.leaves('proposal').map(({ data }) => data['state'])).toEqual(['proposed', 'adopted', 'revoked']);
    expect(it.leaves('setting').map(({ subject }) => subject)).toEqual(['tolerance/adopted', 'tolerance/adopted']);
    expect(JSON.stringify(it.leaves('proposal'))).not.toMatch(/kim|lee|mia|pipeline/);
  });

  test('it is in the queue when somebody else may review it, until somebody has', async () => {
    const { it, id } = await judgedBenign();
    await followProposals(it.deps);
    const queued = async () => (await readQueue(it.deps)).filter((entry) => entry.id === id);
    it.pass(12 * hour - 1);
    expect(await queued()).toEqual([]);
    it.pass(1);
    expect(await queued()).toMatchObject([
      { kind: 'automation', title: expect.stringMatching(/^To review: /), fix: expect.stringContaining('adopt') },
    ]);
    await reviewProposal(it.deps, id, 'lee', false, 'Ask again.');
    expect(await queued()).toEqual([]);
  });

  test('it holds for this actor and these resources alone, and ends by itself', async () => {
    const { it, id } = await judgedBenign();
    await followProposals(it.deps);
    it.pass(12 * hour);
    await reviewProposal(it.deps, id, 'lee', true, '');
    const other = { ...(made['userIdentity'] as JsonObject), userName: 'dora', arn: 'arn:aws:iam::444455556666:user/dora' };
    expect((await it.again({ userIdentity: other })).verdict).toBe('ask');
    expect((await it.again({ requestParameters: { userName: 'break-in' } })).verdict).toBe('ask');
    expect((await it.again()).verdict).toBe('close');
    it.pass(91 * day);
    expect(await it.store.within(tenant, async (tx) => (await toleranceOf(tx)).exemptions)).toHaveLength(1);
    const late = await it.store.within(tenant, async (tx) => (await toleranceOf(tx)).exemptions[0]?.expires ?? 0);
    expect(late).toBeLessThan(it.deps.clock.now());
  });

  test.each([
    ['who judged it', 'kim', 12 * hour, 'judged-it'],
    ['who did it, by name', 'CI-Deployer', 12 * hour, 'did-it'],
    ['who did it, by what the tolerance says', 'dana', 12 * hour, 'did-it'],
    ['in the same shift', 'lee', 12 * hour - 1, 'too-early'],
  ])('not by %s', async (_, by, after, outcome) => {
    const { it, id } = await judgedBenign();
    await it.store.within(tenant, (tx) =>
      tx.settings.set('tolerance', `{ default: { act: ask }, people: { dana: ["${deployer}"] } }`, 1, 'owner'),
    );
    await followProposals(it.deps);
    it.pass(after);
    expect(await reviewProposal(it.deps, id, by, true, '')).toMatchObject({ outcome });
    expect((await it.again()).verdict).toBe('ask');
  });

  test('not before it was tried on history, and not when it turned out to be an attack', async () => {
    const { it, id } = await judgedBenign();
    it.pass(12 * hour);
    expect(await reviewProposal(it.deps, id, 'lee', true, '')).toEqual({ outcome: 'not-tried' });
    await followProposals(it.deps);
    const second = await it.again();
    await it.judge(second.judgement, 'kim', 'benign', 'deny');
    const [first] = await it.proposals();
    expect(await reviewCase(it.deps, first === undefined ? '' : proposalOf(first).case, 'lee', 'true-positive')).toBe('recorded');
    expect(await reviewProposal(it.deps, id, 'lee', true, '')).toEqual({ outcome: 'was-an-attack' });
    // What else it would have closed counts too.
    await followProposals(it.deps);
    const other = (await it.proposals()).find((item) => item.id !== id);
    it.pass(12 * hour);
    expect(await reviewProposal(it.deps, other?.id ?? '', 'lee', true, '')).toEqual({ outcome: 'was-an-attack' });
    expect(await reviewProposal(it.deps, id, 'lee', false, '')).toEqual({ outcome: 'recorded', state: 'rejected' });
    expect(await reviewProposal(it.deps, id, 'lee', true, '')).toEqual({ outcome: 'not-now', state: 'rejected' });
  });

  test('one who took it for an attack is enough that no exemption is proposed', async () => {
    const it = await repeating();
    const { judgement } = await it.again();
    await giveOpinion(it.deps, judgement, 'mia', { nature: 'true-positive', confidence: 60 });
    await it.judge(judgement, 'kim', 'benign', 'deny');
    expect((await it.proposals()).map((item) => proposalOf(item).changes.map(({ kind }) => kind))).toEqual([['playbook']]);
  });

  test('what nobody reviews lapses', async () => {
    const { it } = await judgedBenign();
    await followProposals(it.deps);
    it.pass(15 * day);
    expect(await followProposals(it.deps)).toBe(1);
    expect((await it.proposals()).map(({ state }) => state)).toEqual(['lapsed']);
  });
});

test('what was done about an attack may be done alone the next time, in this account about this rule', async () => {
  // Of credentials in other hands: a deed alone cuts nobody off, whatever was judged.
  const it = await repeating(['T1078.004']);
  const { judgement } = await it.again();
  await it.judge(judgement, 'kim', 'true-positive', 'approve');
  const [proposal] = await it.proposals();
  expect(proposal === undefined ? null : proposalOf(proposal).changes).toMatchObject([
    { kind: 'grant', grant: { account: '444455556666', despite: ['serves-production', 'tolerance-asks'] } },
  ]);
  expect((await it.again()).verdict).toBe('ask');
  await followProposals(it.deps);
  it.pass(12 * hour);
  await reviewProposal(it.deps, proposal?.id ?? '', 'lee', true, '');
  expect((await it.again()).verdict).toBe('act');
  await it.store.within(tenant, (tx) => tx.settings.set('stop', { on: true, by: 'owner', reason: '' }, 1, 'owner'));
  expect((await it.again()).verdict).toBe('ask');
});

describe('a playbook is offered about what it was not made for, only through a second person', () => {
  const noConsole = 'aws.iam.deny-console';

  /** Nothing but that it is assigned holds it back. */
  const trusting = `default: { act: ask, playbooks: { ${noConsole}: alone }, acceptLegitimateUse: [${noConsole}], acceptProductionUse: [${noConsole}] }`;

  /** It was an attack, and what was offered was not what was wanted. */
  async function judgedAttack(tolerance?: string) {
    const it = await repeating(null, tolerance);
    const first = await it.again();
    await it.judge(first.judgement, 'kim', 'true-positive', 'deny');
    const [proposal] = await it.proposals();
    return { it, id: proposal?.id ?? '', first };
  }

  test('assigned, tried, adopted, it is offered and never done alone; taken back, it is not', async () => {
    const { it, id, first } = await judgedAttack(trusting);
    expect(first.offered.filter((one) => one.startsWith(noConsole))).toEqual([]);
    expect((await candidatesFor(it.deps, id)).map((one) => one.id)).toContain(noConsole);
    expect(await assignPlaybook(it.deps, id, 'mia', noConsole)).toEqual({ outcome: 'assigned' });
    expect((await it.again()).offered).toEqual(first.offered);
    await followProposals(it.deps);
    const [tried] = await it.proposals();
    expect(tried === undefined ? null : proposalOf(tried)).toMatchObject({
      by: ['kim', 'mia'],
      changes: [
        { kind: 'playbook' },
        { kind: 'assignment', assignment: { account: '444455556666', playbook: noConsole, owner: 'kim, mia' } },
      ],
      backtest: { decisions: 2, offers: 2, asks: 0, closes: 0, acts: 0 },
    });
    it.pass(12 * hour);
    for (const by of ['kim', 'mia']) expect(await reviewProposal(it.deps, id, by, true, '')).toEqual({ outcome: 'judged-it' });
    expect(await reviewProposal(it.deps, id, 'lee', true, '')).toEqual({ outcome: 'recorded', state: 'adopted' });
    await it.store.within(tenant, async (tx) => {
      await tx.settings.set(`armed/${noConsole}/${first.account ?? ''}`, { armed: true }, it.deps.clock.now(), 'owner');
      expect(await isArmed(tx, noConsole, first.account ?? '')).toBe(true);
    });
    const next = await it.again();
    expect([next.verdict, next.offered]).toEqual(['ask', [...first.offered, `${noConsole} 1`].sort()]);
    await revokeProposal(it.deps, id, 'mia', '');
    expect((await it.again()).offered).toEqual(first.offered);
    expect(it.leaves('proposal').map(({ data }) => data['state'])).toEqual(['proposed', 'assigned', 'adopted', 'revoked']);
    expect(JSON.stringify(it.leaves('proposal'))).not.toMatch(/kim|mia|lee/);
  });

  test('one takes the place of another, and is tried anew', async () => {
    const { it, id } = await judgedAttack();
    await assignPlaybook(it.deps, id, 'mia', noConsole);
    await followProposals(it.deps);
    await assignPlaybook(it.deps, id, 'mia', 'aws.iam.require-second-factor');
    const [proposal] = await it.proposals();
    expect([proposal?.state, proposal === undefined ? null : proposalOf(proposal)]).toMatchObject([
      'new',
      { backtest: null, changes: [{ kind: 'playbook' }, { assignment: { playbook: 'aws.iam.require-second-factor' } }] },
    ]);
    it.pass(12 * hour);
    expect(await reviewProposal(it.deps, id, 'lee', true, '')).toEqual({ outcome: 'not-tried' });
  });

  test.each([
    ['that there is not', 'aws.iam.nothing', 'unknown'],
    ['that answers it already', 'aws.iam.contain-access-key', 'names-nothing'],
    ['that finds nothing in it to work on', 'aws.s3.block-public-access', 'names-nothing'],
  ])('not one %s', async (_, playbook, outcome) => {
    const { it, id } = await judgedAttack();
    expect(await assignPlaybook(it.deps, id, 'mia', playbook)).toEqual({ outcome });
  });

  test('not about ordinary work, nor when it was decided', async () => {
    const { it, id } = await judgedBenign();
    expect([await candidatesFor(it.deps, id), await assignPlaybook(it.deps, id, 'mia', noConsole)]).toEqual([[], { outcome: 'no-attack' }]);
    await followProposals(it.deps);
    it.pass(12 * hour);
    await reviewProposal(it.deps, id, 'lee', false, '');
    expect(await assignPlaybook(it.deps, id, 'mia', noConsole)).toEqual({ outcome: 'not-now', state: 'rejected' });
  });
});
