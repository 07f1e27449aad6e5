import { describe, expect, test } from 'vitest';
import { decide } from '../../core/decide/decide.ts';
import { findingUnderTest } from '../../core/lib/finding-under-test.ts';
import { idOf } from '../../core/lib/hash.ts';
import type { Playbook, Target } from '../../core/model/plan.ts';
import { memoryDurable } from '../../core/ports/durable.memory.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { defineCarryOut } from '../carry-out.ts';
import { dispatch } from '../dispatch.ts';
import { readTolerance } from '../read-tolerance.ts';
import { offerIn } from '../triage/read-the-world.ts';
import { type OwnSettings, ownThings } from './own-things.ts';

const account = '111122223333';
const region = 'eu-west-1';
const tenant = 'default';
const at = 1_000;

/** Does something to its target; `cutsOff`: the credentials of the target. `also`: what its plan works on beside it. */
function touching(cutsOff: boolean, also: readonly string[] = []): Playbook {
  return {
    id: 'aws.test.touch',
    version: 1,
    title: 'Touch',
    why: '',
    handles: ['aws.x.y'],
    approval: 'none',
    risks: [],
    ...(cutsOff ? { cutsOff: true as const } : {}),
    asks: () => 'Touch it',
    blastRadius: () => 'It.',
    inverse: () => 'Not.',
    targets: () => [],
    undoes: [],
    examples: [],
    plan: ({ uid }) => [
      {
        name: 'touch',
        on: [uid, ...also],
        read: { action: 'iam:GetUser', input: {}, keep: 'x' },
        captures: (answer) => answer,
        do: { action: 'iam:UpdateAccessKey', input: {}, once: 'sets-state' },
        verify: { action: 'iam:GetUser', input: {}, expect: () => false, says: '', withinSeconds: 0 },
        undo: () => [],
      },
    ],
  };
}

const finding = findingUnderTest({ id: 'f'.repeat(32), severity: 'Critical', account, region });
const tolerance = readTolerance('default: { act: alone }\n', 'test');
const targetOf = (uid: string): Target => ({ account, region, uid, params: {} });

/** The reason of a decision that could act but for what is jobzero's own. */
function decided(own: OwnSettings, playbook: Playbook, uid: string) {
  const { patterns, what } = ownThings(own);
  const offer = offerIn(playbook, targetOf(uid), true, 'present', at);
  const context = {
    format: 'jobzero.context/1',
    at,
    stopped: false,
    evidence: 'validated',
    ownAction: null,
    startedLastHour: { everywhere: 0, account: 0 },
    own: patterns,
    ownWhat: what,
    offers: [offer],
  } as const;
  return decide({ ...finding, rule: { ...finding.rule, id: 'aws.x.y', tactics: ['credential-access'] } }, context, tolerance);
}

/** What becomes of an action that a person has approved, and how often AWS was called. */
async function carriedOut(own: OwnSettings, playbook: Playbook, uid: string) {
  const store = memoryStore();
  const durable = memoryDurable({ within: (of, work) => store.within(of, work), sleep: async () => {}, onError: () => {} });
  let calls = 0;
  const cloud = {
    call: async () => {
      calls++;
      throw new Error('nothing may be called');
    },
    self: async () => null,
    accounts: async () => [],
    members: async () => null,
    regions: async () => [],
    close: async () => {},
  };
  defineCarryOut(durable, { cloud, clock: { now: () => at }, playbooks: () => playbook, own: () => ownThings(own) });
  await durable.launch();
  const id = idOf(tenant, uid);
  await store.within(tenant, async (tx) => {
    await tx.findings.put(finding, at);
    await tx.settings.set(`armed/${playbook.id}/${account}`, { armed: true }, at, 'owner');
    await tx.actions.plan({
      id,
      tenant,
      finding: finding.id,
      revision: finding.revision,
      playbook: playbook.id,
      playbookVersion: 1,
      target: targetOf(uid),
      state: 'planned',
      by: 'dana',
      plannedAt: at,
      finishedAt: null,
      reason: '',
    });
  });
  await dispatch({ store, durable, tenant });
  await durable.settled();
  const action = await store.within(tenant, (tx) => tx.actions.get(id));
  return { state: action?.state, reason: action?.reason, calls };
}

const role = { roles: ['/jobzero/JobzeroActor'] };
const none = { roles: [] };
const session = `arn:aws:sts::${account}:assumed-role/RunsJobzero/i-0123456789abcdef0`;
const iam = (name: string) => `arn:aws:iam::${account}:${name}`;
const queue = `arn:aws:sqs:${region}:${account}:logs`;
const database = `postgres://jobzero:secret@findings.abcdefghijkl.${region}.rds.amazonaws.com:5432/jobzero`;
const aurora = `postgresql://findings.cluster-abcdefghijkl.${region}.rds.amazonaws.com/jobzero`;

const kinds: readonly (readonly [kind: string, own: OwnSettings, uid: string, says: string, cutsOff?: boolean])[] = [
  ['a role that it takes', role, iam('role/jobzero/JobzeroActor'), 'a role of its own'],
  [
    'the user under which it runs, with its keys',
    { ...none, self: iam('user/tools/jobzero') },
    iam('user/tools/jobzero'),
    'the user under',
  ],
  ['the role under which it runs', { ...none, self: session }, iam('role/ec2/RunsJobzero'), 'the role under'],
  ['a session of that role', { ...none, self: session }, session, 'the role under', true],
  ['the root user of its account', { ...none, self: session }, iam('root'), 'the root user of its own account', true],
  ['break-glass of any account', none, iam('role/break-glass-admin'), 'what people need when'],
  ['break-glass below a path', none, iam('user/emergency/break-glass-1'), 'what people need when'],
  [
    'the machine on which it runs',
    { ...none, host: `arn:aws:ec2:${region}:${account}:instance/i-0123456789abcdef0` },
    `arn:aws:ec2:${region}:${account}:instance/i-0123456789abcdef0`,
    'the machine',
  ],
  ['a bucket with its logs', { ...none, logs: ['/var/log', 's3://all-logs/AWSLogs'] }, 'arn:aws:s3:::all-logs', 'logs are read from'],
  ['an object of it', { ...none, logs: ['s3://all-logs'] }, 'arn:aws:s3:::all-logs/AWSLogs/a.json.gz', 'logs are read from'],
  ['the bucket of checkpoints', { ...none, checkpoints: 's3://witness/jobzero' }, 'arn:aws:s3:::witness', 'keeps its checkpoints'],
  ['a queue', { ...none, queues: [`https://sqs.${region}.amazonaws.com/${account}/logs`] }, queue, 'a queue that brings its logs'],
  ['its database', { ...none, databaseUrl: database }, `arn:aws:rds:${region}:${account}:db:findings`, 'its database'],
  ['a cluster of databases', { ...none, databaseUrl: aurora }, `arn:aws:rds:${region}:${account}:cluster:findings`, 'its database'],
  ['what is named', { ...none, others: ['arn:aws:kms:*:*:key/k-1'] }, `arn:aws:kms:${region}:${account}:key/k-1`, 'JOBZERO_OWN names'],
];

describe("no playbook touches what is jobzero's own", () => {
  const each = kinds.map(([kind, own, uid, says, cutsOff = false]) => ({ kind, own, uid, says, cutsOff }));
  test.each(each)('$kind: neither alone nor on approval, and it says why', async ({ own, uid, says, cutsOff }) => {
    const playbook = touching(cutsOff);
    const decision = decided(own, playbook, uid);
    expect(decision.guardrails).toContain('own-path');
    expect(decision.reason).toContain(says);
    expect(decision.actions).toEqual([]);
    expect(await carriedOut(own, playbook, uid)).toEqual({
      state: 'refused',
      reason: expect.stringMatching(`It would touch jobzero itself: .*${says}`),
      calls: 0,
    });
  });

  test('nor by what its plan works on beside the target', async () => {
    const own = { ...none, queues: [`https://sqs.${region}.amazonaws.com/${account}/logs`] };
    const playbook = touching(false, [queue]);
    expect(decided(own, playbook, iam('role/other')).guardrails).toContain('own-path');
    expect((await carriedOut(own, playbook, iam('role/other'))).state).toBe('refused');
  });

  test.each<[string, OwnSettings, string]>([
    ['settings of its account are not its root user', { ...none, self: session }, iam('root')],
    ['a bucket whose name only begins so', { ...none, logs: ['s3://all-logs'] }, 'arn:aws:s3:::all-logs-of-others'],
    ['a user of the name of its role', { ...none, self: session }, iam('user/RunsJobzero')],
    ['a queue of the name in another account', { ...none, queues: [`https://sqs.${region}.amazonaws.com/444455556666/logs`] }, queue],
    [
      'a database on its own machine names none',
      { ...none, databaseUrl: 'postgres://localhost/rds' },
      `arn:aws:rds:${region}:${account}:db:rds`,
    ],
  ])('%s', (_, own, uid) => {
    expect(decided(own, touching(false), uid).guardrails).not.toContain('own-path');
  });
});
