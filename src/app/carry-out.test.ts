import { describe, expect, test } from 'vitest';
import { restartTrail } from '../../content/playbooks/aws/cloudtrail/restart-trail.ts';
import { narrowWorldOpenIngress } from '../../content/playbooks/aws/ec2/narrow-world-open-ingress.ts';
import { containAccessKey } from '../../content/playbooks/aws/iam/contain-access-key.ts';
import { denyRoleSession } from '../../content/playbooks/aws/iam/deny-role-session.ts';
import { blockPublicAccess } from '../../content/playbooks/aws/s3/block-public-access.ts';
import { findingUnderTest } from '../core/lib/finding-under-test.ts';
import { idOf } from '../core/lib/hash.ts';
import { textAt } from '../core/lib/json-at.ts';
import type { Judgement } from '../core/model/decision.ts';
import { CloudError, type CloudErrorKind } from '../core/model/errors.ts';
import type { Finding } from '../core/model/finding.ts';
import type { Json, JsonObject } from '../core/model/json.ts';
import type { Action, Playbook, Target } from '../core/model/plan.ts';
import type { Cloud, CloudCall } from '../core/ports/cloud.ts';
import { type MemoryDurable, memoryDurable } from '../core/ports/durable.memory.ts';
import { memoryStore } from '../core/ports/store.memory.ts';
import type { Tx } from '../core/ports/store.ts';
import { openRange, type Range } from '../range/open-range.ts';
import { defineCarryOut } from './carry-out.ts';
import { dispatch } from './dispatch.ts';
import { type Own, ownThings } from './own/own-things.ts';
import { saysOfError } from './says-of-error.ts';
import { dueAgain } from './triage/decide-again.ts';
import { defineUndo } from './undo-action.ts';
import { addUndoRequest } from './undo-request.ts';

const account = '444455556666';
const tenant = 'default';
const playbooks: readonly Playbook[] = [restartTrail, narrowWorldOpenIngress, containAccessKey, denyRoleSession, blockPublicAccess];

/** A range, a store and a worker that share one clock. */
interface World {
  readonly range: Range;
  readonly store: ReturnType<typeof memoryStore>;
  readonly durable: MemoryDurable;
  /** Calls under the roles actor and undoer that change something, in order. */
  readonly changes: string[];
  /** What the next calls of an action come to instead of being made. */
  readonly refuse: Map<string, CloudErrorKind[]>;
  /** Runs before a call of this action is made. */
  readonly before: Map<string, () => Promise<void>>;
  pass(milliseconds: number): void;
  root(action: string, input: JsonObject, region?: string): JsonObject;
}

async function open(
  more: {
    readonly kind?: Finding['kind'];
    readonly severity?: Finding['severity'];
    readonly armed?: boolean;
    /** Patterns of jobzero's own principals. */
    readonly own?: () => Own;
    /** The transactions as workflows see them. */
    readonly seen?: (tx: Tx) => Tx;
    /** Hears what workflows end with; none is expected unless given. */
    readonly onError?: (error: unknown) => void;
  } = {},
): Promise<World> {
  let time = Date.UTC(2026, 0, 15, 9);
  const now = () => (time += 10);
  const range = openRange({ seed: 'act', start: time, now });
  const store = memoryStore();
  const changes: string[] = [];
  const refuse = new Map<string, CloudErrorKind[]>();
  const before = new Map<string, () => Promise<void>>();
  const cloud: Cloud = {
    ...range.cloud,
    async call(call: CloudCall) {
      await before.get(call.action)?.();
      const kind = refuse.get(call.action)?.shift();
      if (kind !== undefined) throw new CloudError(kind, 'Planted', call.action, 'planted');
      if (!/:(Get|List|Describe|Simulate)/.test(call.action)) changes.push(`${call.role} ${call.action}`);
      return range.cloud.call(call);
    },
  };
  const durable = memoryDurable({
    within: (of, work) => store.within(of, (tx) => work(more.seen?.(tx) ?? tx)),
    sleep: async (milliseconds) => {
      time += milliseconds;
    },
    onError: (error) => {
      if (more.onError === undefined) throw error;
      more.onError(error);
    },
  });
  const deps = {
    cloud,
    clock: { now },
    playbooks: (id: string, version: number) => playbooks.find((p) => p.id === id && p.version === version),
    ...(more.own === undefined ? {} : { own: more.own }),
  };
  defineCarryOut(durable, deps);
  defineUndo(durable, deps);
  await durable.launch();
  await store.within(tenant, async (tx) => {
    await tx.findings.put(findingOf(more.kind ?? 'detection', more.severity ?? 'Medium'), now());
    if (more.armed !== false)
      for (const { id } of playbooks) await tx.settings.set(`armed/${id}/${account}`, { armed: true }, now(), 'owner');
  });
  return {
    range,
    store,
    durable,
    changes,
    refuse,
    before,
    pass: (milliseconds) => {
      time += milliseconds;
    },
    root: (action, input, region = 'us-east-1') => {
      const outcome = range.perform({
        credentials: { kind: 'root', account },
        region,
        action,
        input,
        origin: { ip: '198.51.100.7', userAgent: 'test' },
      });
      if (outcome.error !== null) throw outcome.error;
      return outcome.output;
    },
  };
}

function findingOf(kind: Finding['kind'], severity: Finding['severity']): Finding {
  return { ...findingUnderTest({ tenant, id: 'f'.repeat(32), kind, severity, account }), revision: 'e'.repeat(32) };
}

/** Plans the action as automation and lets a worker carry it out; returns it as it ended. */
async function carryOut(world: World, playbook: Playbook, target: Target, more: Partial<Action> = {}): Promise<Action> {
  const id = idOf(tenant, 'finding', playbook.id, target);
  await world.store.within(tenant, (tx) =>
    tx.actions.plan({
      id,
      tenant,
      finding: 'f'.repeat(32),
      revision: 'e'.repeat(32),
      playbook: playbook.id,
      playbookVersion: playbook.version,
      target,
      state: 'planned',
      by: 'automation',
      plannedAt: world.range.now(),
      finishedAt: null,
      reason: '',
      ...more,
    }),
  );
  return runDispatch(world, id);
}

async function runDispatch(world: World, id: string): Promise<Action> {
  await dispatch({ store: world.store, durable: world.durable, tenant });
  await world.durable.settled();
  const action = await world.store.within(tenant, (tx) => tx.actions.get(id));
  if (action === null) throw new Error('the action is gone');
  return action;
}

async function undo(world: World, id: string, by = 'alice', overwrite = false): Promise<Action> {
  await world.store.within(tenant, async (tx) => {
    const name = `undo-request/${id}`;
    await tx.settings.set(name, addUndoRequest(await tx.settings.get(name), by, world.range.now(), overwrite), world.range.now(), by);
  });
  return runDispatch(world, id);
}

interface Scenario {
  readonly name: string;
  readonly playbook: Playbook;
  /** Brings the attack about. */
  readonly prepare: (world: World) => Target;
  /** The part of the organisation that the playbook changes. */
  readonly view: (world: World, target: Target) => Json;
  /** Somebody else changes what the playbook left, not back to what it was. Null: there is no third state. */
  readonly meddle: ((world: World, target: Target) => void) | null;
  /** The calls that change something. */
  readonly does: readonly string[];
  readonly undoes: readonly string[];
}

const state = (world: World) => world.range.state.accounts[account];
const copy = (value: unknown): Json => JSON.parse(JSON.stringify(value ?? null));
const otherPolicy = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}';

function keyOf(world: World, user: string): string {
  const [key] = Object.keys(state(world)?.users[user]?.keys ?? {});
  if (key === undefined) throw new Error(`${user} has no key`);
  return key;
}

function webInstance(world: World): string {
  for (const [id, instance] of Object.entries(state(world)?.regions['us-east-1']?.instances ?? {}))
    if (instance['IamInstanceProfile'] !== undefined) return id;
  throw new Error('no instance has a role');
}

const groupOf = (world: World, { params }: Target) => state(world)?.regions['us-east-1']?.securityGroups[String(params['groupId'])];

function openGroup(world: World, ranges: JsonObject): Target {
  const GroupId = String(world.root('ec2:CreateSecurityGroup', { GroupName: 'opened', Description: 'opened' })['GroupId']);
  world.root('ec2:AuthorizeSecurityGroupIngress', { GroupId, IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, ...ranges }] });
  return { account, region: 'us-east-1', uid: `arn:aws:ec2:us-east-1:${account}:security-group/${GroupId}`, params: { groupId: GroupId } };
}

const scenarios: readonly Scenario[] = [
  {
    name: 'contains a key',
    playbook: containAccessKey,
    prepare: (world) => ({
      account,
      region: 'us-east-1',
      uid: `arn:aws:iam::${account}:user/ci-deployer`,
      params: { userName: 'ci-deployer', accessKeyId: keyOf(world, 'ci-deployer') },
    }),
    view: (world) => {
      const user = state(world)?.users['ci-deployer'];
      return copy([Object.values(user?.keys ?? {}).map(({ id, status }) => [id, status]), user?.inline]);
    },
    meddle: (world, { params }) =>
      void world.root('iam:PutUserPolicy', {
        UserName: 'ci-deployer',
        PolicyName: `jobzero-contain-${String(params['accessKeyId'])}`,
        PolicyDocument: otherPolicy,
      }),
    does: ['actor iam:UpdateAccessKey', 'actor iam:PutUserPolicy'],
    undoes: ['undoer iam:DeleteUserPolicy', 'undoer iam:UpdateAccessKey'],
  },
  {
    name: 'denies a session',
    playbook: denyRoleSession,
    prepare: (world) => ({
      account,
      region: 'us-east-1',
      uid: `arn:aws:iam::${account}:role/web-server`,
      params: {
        roleName: 'web-server',
        roleId: String(state(world)?.roles['web-server']?.id),
        sessionName: webInstance(world),
        accessKeyIds: [],
      },
    }),
    view: (world) => copy(state(world)?.roles['web-server']?.inline),
    meddle: (world, { params }) =>
      void world.root('iam:PutRolePolicy', {
        RoleName: 'web-server',
        PolicyName: `jobzero-deny-session-${String(params['sessionName'])}`,
        PolicyDocument: otherPolicy,
      }),
    does: ['actor iam:PutRolePolicy'],
    undoes: ['undoer iam:DeleteRolePolicy'],
  },
  {
    name: 'restarts a trail',
    playbook: restartTrail,
    prepare: (world) => {
      world.root('cloudtrail:StopLogging', { Name: 'production-trail' });
      return {
        account,
        region: 'us-east-1',
        uid: `arn:aws:cloudtrail:us-east-1:${account}:trail/production-trail`,
        params: { name: 'production-trail' },
      };
    },
    view: (world) => copy(Object.values(state(world)?.trails ?? {}).map(({ arn, logging }) => [arn, logging])),
    meddle: null,
    does: ['actor cloudtrail:StartLogging'],
    undoes: ['undoer cloudtrail:StopLogging'],
  },
  {
    name: 'narrows an ingress written as halves and in IPv6',
    playbook: narrowWorldOpenIngress,
    prepare: (world) =>
      openGroup(world, {
        IpRanges: [
          { CidrIp: '0.0.0.0/1', Description: 'lower' },
          { CidrIp: '128.0.0.0/1' },
          { CidrIp: '192.0.2.0/24', Description: 'office' },
        ],
        Ipv6Ranges: [{ CidrIpv6: '::/0' }],
      }),
    view: (world, target) => copy(groupOf(world, target)?.rules),
    meddle: (world, target) => {
      const rule = Object.values(groupOf(world, target)?.rules ?? {}).find((one) => one.description === 'lower');
      world.root('ec2:ModifySecurityGroupRules', {
        GroupId: String(target.params['groupId']),
        SecurityGroupRules: [
          {
            SecurityGroupRuleId: String(rule?.id),
            SecurityGroupRule: { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: '203.0.113.0/24', Description: 'lower' },
          },
        ],
      });
    },
    does: ['actor ec2:ModifySecurityGroupRules'],
    undoes: ['undoer ec2:ModifySecurityGroupRules'],
  },
  ...[null, { BlockPublicAcls: true, IgnorePublicAcls: false, BlockPublicPolicy: false, RestrictPublicBuckets: false }].map(
    (earlier): Scenario => ({
      name: `blocks a bucket that had ${earlier === null ? 'no block' : 'one of four'}`,
      playbook: blockPublicAccess,
      prepare: (world) => {
        const bucket = `example-customer-data-${account}`;
        world.root('s3:DeletePublicAccessBlock', { Bucket: bucket });
        if (earlier !== null) world.root('s3:PutBucketPublicAccessBlock', { Bucket: bucket, PublicAccessBlockConfiguration: earlier });
        return { account, region: 'us-east-1', uid: `arn:aws:s3:::${bucket}`, params: { bucket } };
      },
      view: (world, { params }) => copy(state(world)?.buckets[String(params['bucket'])]?.publicAccessBlock),
      meddle: (world, { params }) =>
        void world.root('s3:PutBucketPublicAccessBlock', {
          Bucket: String(params['bucket']),
          PublicAccessBlockConfiguration: {
            BlockPublicAcls: true,
            IgnorePublicAcls: true,
            BlockPublicPolicy: false,
            RestrictPublicBuckets: false,
          },
        }),
      does: ['actor s3:PutBucketPublicAccessBlock'],
      undoes: [earlier === null ? 'undoer s3:DeletePublicAccessBlock' : 'undoer s3:PutBucketPublicAccessBlock'],
    }),
  ),
];

/** What is left in the store, without times. */
async function left(world: World, id: string): Promise<Json> {
  const { action, receipts } = await world.store.within(tenant, async (tx) => ({
    action: await tx.actions.get(id),
    receipts: await tx.actions.receipts(id),
  }));
  const entries = world.store
    .entries(tenant)
    .map(({ type, subject, data }) => [type, subject, data['state'] ?? null, data['step'] ?? null]);
  return copy({
    state: action?.state,
    reason: action?.reason,
    receipts: receipts.map(({ before, verified, step }) => ({ before, verified, step })),
    entries,
  });
}

describe.each(scenarios)('$name', ({ playbook, prepare, view, meddle, does, undoes }) => {
  test('does it, verifies it, and undo brings the captured state back', async () => {
    const world = await open();
    const target = prepare(world);
    const before = view(world, target);
    const done = await carryOut(world, playbook, target);
    expect([done.state, done.reason]).toEqual(['verified', 'Done and seen to be so.']);
    expect(world.changes).toEqual(does);
    expect(view(world, target)).not.toEqual(before);

    const undone = await undo(world, done.id);
    expect([undone.state, undone.reason]).toEqual(['undone', 'What was captured before is back, and seen to be so.']);
    expect(view(world, target)).toEqual(before);
    expect(world.changes).toEqual([...does, ...undoes]);
  });

  test('calls nothing when it is already so, and then there is nothing to undo', async () => {
    const world = await open();
    const target = prepare(world);
    const first = await carryOut(world, playbook, target);
    world.changes.length = 0;
    world.pass(60_000);
    const stands = view(world, target);
    const again = await carryOut(world, playbook, { ...target, params: { ...target.params, again: true } });
    expect(world.changes).toEqual([]);
    expect([again.state, again.reason]).toEqual(['verified', 'Everything was already so.']);
    expect(view(world, target)).toEqual(stands);
    expect((await undo(world, again.id)).reason).toBe('The action had changed nothing.');
    // So the undo of the first finds what the first left.
    expect((await undo(world, first.id)).state).toBe('undone');
  });

  test('asks and touches nothing when somebody else has changed it since; and overwrites when told to', async () => {
    if (meddle === null) return;
    const world = await open();
    const target = prepare(world);
    const before = view(world, target);
    const { id } = await carryOut(world, playbook, target);
    meddle(world, target);
    const foreign = view(world, target);
    world.changes.length = 0;
    const asked = await undo(world, id);
    expect(asked.state).toBe('undo-asks');
    expect(asked.reason).toMatch(/nothing was touched/);
    expect(world.changes).toEqual([]);
    expect(view(world, target)).toEqual(foreign);
    const difference = await world.store.within(tenant, (tx) => tx.settings.get(`undo-difference/${id}`));
    expect(difference).toMatchObject(
      [{ before: expect.anything(), left: expect.anything(), live: expect.anything() }].map((one) =>
        playbook === narrowWorldOpenIngress ? one : { live: one.live },
      ),
    );

    const overwritten = await undo(world, id, 'alice', true);
    expect(overwritten.state).toBe('undone');
    expect(view(world, target)).toEqual(before);
  });

  test('a worker that dies anywhere in it changes nothing about how it ends', async () => {
    const calm = await open();
    const wanted = await (async () => {
      const target = prepare(calm);
      const { id } = await carryOut(calm, playbook, target);
      const doneView = view(calm, target);
      const doneLeft = await left(calm, id);
      await undo(calm, id);
      return { doneView, doneLeft, undoneView: view(calm, target), undoneLeft: await left(calm, id) };
    })();
    const withoutTimes = (value: Json) => JSON.parse(JSON.stringify(value).replace(/\d{4}-\d\d-\d\dT[\d:]+Z/g, 'T'));
    let crashes = 0;
    for (let n = 1; n <= 40; n++) {
      const world = await open();
      const target = prepare(world);
      world.durable.crashAfter(n);
      const { id } = await carryOut(world, playbook, target);
      expect(withoutTimes(view(world, target))).toEqual(withoutTimes(wanted.doneView));
      expect(await left(world, id)).toEqual(wanted.doneLeft);
      if (world.changes.length > does.length) crashes++;
      await undo(world, id);
      expect(view(world, target)).toEqual(wanted.undoneView);
      expect(await left(world, id)).toEqual(wanted.undoneLeft);
    }
    // Some of the crashes fell between a call and its record, so the call was made twice, and that did no harm.
    expect(crashes).toBeGreaterThanOrEqual(does.length);
  });
});

describe('what it stops', () => {
  const origin = { ip: '198.51.100.7', userAgent: 'test' };
  const can = (world: World, accessKeyId: string, action = 'sts:GetCallerIdentity') =>
    world.range.perform({ credentials: { kind: 'key', accessKeyId }, region: 'us-east-1', action, input: {}, origin }).error === null;

  test('the key and the sessions made from it, and not the other key of the user', async () => {
    const world = await open();
    const [scenario] = scenarios;
    const target = scenario?.prepare(world) as Target;
    const key = String(target.params['accessKeyId']);
    const other = textAt(world.root('iam:CreateAccessKey', { UserName: 'ci-deployer' }), 'AccessKey', 'AccessKeyId') ?? '';
    const token = world.range.perform({
      credentials: { kind: 'key', accessKeyId: key },
      region: 'us-east-1',
      action: 'sts:GetSessionToken',
      input: {},
      origin,
    });
    const session = textAt(token.output ?? null, 'Credentials', 'AccessKeyId') ?? '';
    expect([can(world, session, 's3:ListAllMyBuckets'), can(world, key), can(world, other, 's3:ListAllMyBuckets')]).toEqual([
      true,
      true,
      true,
    ]);
    const { id } = await carryOut(world, containAccessKey, target);
    expect([can(world, session, 's3:ListAllMyBuckets'), can(world, key), can(world, other, 's3:ListAllMyBuckets')]).toEqual([
      false,
      false,
      true,
    ]);
    await undo(world, id);
    expect([can(world, session, 's3:ListAllMyBuckets'), can(world, key), can(world, other, 's3:ListAllMyBuckets')]).toEqual([
      true,
      true,
      true,
    ]);
  });

  test('the one session of the role', async () => {
    const world = await open();
    const target = scenarios[1]?.prepare(world) as Target;
    const instance = String(target.params['sessionName']);
    const credentials = world.range.instanceSession(account, instance, world.range.now());
    const key = credentials.kind === 'key' ? credentials.accessKeyId : '';
    expect(can(world, key, 's3:ListAllMyBuckets')).toBe(true);
    await carryOut(world, denyRoleSession, target);
    expect(can(world, key, 's3:ListAllMyBuckets')).toBe(false);
  });
});

describe('what holds it back', () => {
  const [key, , trail] = scenarios as readonly [Scenario, Scenario, Scenario];

  test('the stop button, before it begins', async () => {
    const world = await open();
    await world.store.within(tenant, (tx) => tx.settings.set('stop', { on: true, by: 'alice', reason: '' }, 1, 'alice'));
    const action = await carryOut(world, key.playbook, key.prepare(world));
    expect([action.state, world.changes]).toEqual(['refused', []]);
  });

  test('the stop button, in the middle: what was done stays, is receipted, and can be undone', async () => {
    const world = await open();
    const target = key.prepare(world);
    const before = key.view(world, target);
    world.before.set('iam:UpdateAccessKey', () =>
      world.store.within(tenant, (tx) => tx.settings.set('stop', { on: true, by: 'alice', reason: '' }, 1, 'alice')),
    );
    const action = await carryOut(world, key.playbook, target);
    world.before.clear();
    expect([action.state, world.changes]).toEqual(['failed', ['actor iam:UpdateAccessKey']]);
    // The button stops automation, and an undo takes automation back.
    expect((await undo(world, action.id)).state).toBe('undone');
    expect(key.view(world, target)).toEqual(before);
  });

  test('a playbook that is not armed: it says what it would have done, and calls nothing', async () => {
    const world = await open({ armed: false });
    const action = await carryOut(world, key.playbook, key.prepare(world));
    expect([action.state, world.changes]).toEqual(['dry-run', []]);
    const planHash = world.store.entries(tenant).at(-1)?.data['planHash'];
    const plan = await world.store.within(tenant, (tx) => tx.documents.get(String(planHash)));
    expect(JSON.parse(plan ?? 'null')).toMatchObject({ format: 'jobzero.plan/1', steps: [{ do: { action: 'iam:UpdateAccessKey' } }, {}] });
  });

  test('an account that says otherwise than all accounts', async () => {
    const world = await open();
    await world.store.within(tenant, async (tx) => {
      await tx.settings.set(`armed/${key.playbook.id}/*`, { armed: true }, 1, 'owner');
      await tx.settings.set(`armed/${key.playbook.id}/${account}`, { armed: false }, 1, 'owner');
    });
    expect((await carryOut(world, key.playbook, key.prepare(world))).state).toBe('dry-run');
  });

  test('a cap', async () => {
    const world = await open();
    await world.store.within(tenant, (tx) => tx.settings.set('tolerance', 'caps: { perAccountHour: 1 }', 1, 'owner'));
    expect((await carryOut(world, key.playbook, key.prepare(world))).state).toBe('verified');
    const second = await carryOut(world, trail.playbook, trail.prepare(world));
    expect([second.state, second.reason]).toEqual(['refused', expect.stringContaining('cap')]);
    // A person is not capped.
    expect((await carryOut(world, scenarios[4]?.playbook as Playbook, scenarios[4]?.prepare(world) as Target, { by: 'alice' })).state).toBe(
      'verified',
    );
  });

  test('a tolerance that cannot be read', async () => {
    const world = await open();
    await world.store.within(tenant, (tx) => tx.settings.set('tolerance', 'caps: many', 1, 'owner'));
    const action = await carryOut(world, key.playbook, key.prepare(world));
    expect([action.state, action.reason, world.changes]).toEqual(['refused', expect.stringContaining('tolerance'), []]);
  });

  test('what the server refuses is no tolerance that cannot be read: nothing is refused for it', async () => {
    const conflict = Object.assign(new Error('could not serialize access'), { code: '40001' });
    const refusing = (tx: Tx): Tx => {
      const get = async (name: string) => {
        if (name === 'tolerance') throw conflict;
        return tx.settings.get(name);
      };
      return { ...tx, settings: { ...tx.settings, get } };
    };
    const errors: string[] = [];
    const world = await open({ seen: refusing, onError: (error) => errors.push(saysOfError(error)) });
    const action = await carryOut(world, key.playbook, key.prepare(world));
    expect([action.state, world.changes, errors]).toEqual(['planned', [], [expect.stringContaining('could not serialize access')]]);
  });

  test('a finding that was retracted', async () => {
    const world = await open();
    await world.store.within(tenant, (tx) => tx.findings.retract('f'.repeat(32), 1));
    expect((await carryOut(world, key.playbook, key.prepare(world))).state).toBe('refused');
  });

  test('no room for the policy: refused before anything is touched', async () => {
    const world = await open();
    const target = key.prepare(world);
    world.root('iam:PutUserPolicy', {
      UserName: 'ci-deployer',
      PolicyName: 'full',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Sid: 'x'.repeat(1850), Effect: 'Allow', Action: 's3:*', Resource: '*' }],
      }),
    });
    const action = await carryOut(world, key.playbook, target);
    expect([action.state, action.reason, world.changes]).toEqual(['refused', expect.stringContaining('no room'), []]);
  });

  test.each<readonly [string, readonly CloudErrorKind[]]>([
    ['said before anything is touched, though the first step has it', []],
    ['asked one by one where IAM cannot say it of all together', ['invalid']],
  ])('a permission that the role lacks: %s', async (_, refused) => {
    const world = await open();
    world.refuse.set('iam:SimulatePrincipalPolicy', [...refused]);
    const target = key.prepare(world);
    const user = `arn:aws:iam::${account}:user/ci-deployer`;
    world.root('iam:PutRolePolicy', {
      RoleName: 'JobzeroActor',
      PolicyName: 'less',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Deny', Action: 'iam:PutUserPolicy', Resource: user }],
      }),
    });
    const action = await carryOut(world, key.playbook, target);
    const says = `The role JobzeroActor, which acts, may not iam:PutUserPolicy on ${user}. Nothing was touched.`;
    expect([action.state, action.reason, world.changes]).toEqual(['failed', says, []]);
  });

  test('what the organisation denies elsewhere holds up nothing: the simulator does not know where the call goes', async () => {
    const world = await open();
    const target = key.prepare(world);
    const policy = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Deny', Action: 'iam:*', Resource: '*', Condition: { StringNotEquals: { 'aws:RequestedRegion': ['us-east-1'] } } },
      ],
    };
    const { organisation } = world.range.state;
    const id = 'p-elsewhere';
    const made = { id, name: id, description: '', content: JSON.stringify(policy), accounts: [account] };
    organisation.made = { ...organisation.made, [id]: made };
    expect((await carryOut(world, key.playbook, target)).state).toBe('verified');
  });

  test.each([['iam:SimulatePrincipalPolicy'], ['iam:GetRole'], ['sts:GetCallerIdentity']])(
    'where nobody may say what the role may, it goes on: %s is refused',
    async (asked) => {
      const world = await open();
      world.refuse.set(asked, ['denied', 'denied', 'denied', 'denied']);
      expect((await carryOut(world, key.playbook, key.prepare(world))).state).toBe('verified');
    },
  );

  test('what was protected since it was approved, whoever approved it', async () => {
    const world = await open();
    const target = key.prepare(world);
    await world.store.within(tenant, (tx) => tx.settings.set('tolerance', 'protected: ["arn:aws:iam::*:user/ci-deployer"]\n', 1, 'owner'));
    const action = await carryOut(world, key.playbook, target, { by: 'dana' });
    expect([action.state, action.reason, world.changes]).toEqual(['refused', expect.stringContaining('tolerance protects'), []]);
  });

  test('what jobzero itself needs', async () => {
    const world = await open({ own: () => ownThings({ roles: [], others: ['arn:aws:iam::*:user/ci-deployer'] }) });
    const action = await carryOut(world, key.playbook, key.prepare(world), { by: 'dana' });
    expect([action.state, action.reason, world.changes]).toEqual(['refused', expect.stringContaining('jobzero itself'), []]);
  });

  test('a deleted trail', async () => {
    const world = await open();
    const target = trail.prepare(world);
    world.root('cloudtrail:DeleteTrail', { Name: 'production-trail' });
    const action = await carryOut(world, trail.playbook, target);
    expect([action.state, action.reason]).toEqual(['refused', expect.stringContaining('a person has to mend it')]);
  });

  test('an unknown version', async () => {
    const world = await open();
    expect((await carryOut(world, key.playbook, key.prepare(world), { playbookVersion: 9 })).state).toBe('failed');
  });
});

describe('what AWS may answer', () => {
  const [key] = scenarios as readonly [Scenario];

  test('a refusal in the middle: what was done stays with its receipt', async () => {
    const world = await open();
    world.refuse.set('iam:PutUserPolicy', ['quota']);
    const action = await carryOut(world, key.playbook, key.prepare(world));
    expect(action.state).toBe('failed');
    expect(action.reason).toMatch(/^Step 2 .*quota/);
    expect(await left(world, action.id)).toMatchObject({ receipts: [{ step: 0, verified: true }] });
  });

  test.each<CloudErrorKind>(['throttled', 'unavailable'])('%s for a while: it waits and goes on', async (kind) => {
    const world = await open();
    world.refuse.set('iam:UpdateAccessKey', [kind, kind, kind]);
    world.refuse.set('iam:ListAccessKeys', [kind]);
    expect((await carryOut(world, key.playbook, key.prepare(world))).state).toBe('verified');
    expect(world.changes).toEqual(key.does);
  });

  test('throttled for good: it gives up', async () => {
    const world = await open();
    world.refuse.set(
      'iam:UpdateAccessKey',
      Array.from({ length: 20 }, () => 'throttled' as const),
    );
    expect((await carryOut(world, key.playbook, key.prepare(world))).reason).toMatch(/throttled/);
  });

  test('no answer to a call that got through: the look tells that it is done', async () => {
    const world = await open();
    const target = key.prepare(world);
    world.refuse.set(
      'iam:UpdateAccessKey',
      Array.from({ length: 20 }, () => 'unavailable' as const),
    );
    let calls = 0;
    world.before.set('iam:UpdateAccessKey', async () => {
      if (calls++ === 3)
        world.root('iam:UpdateAccessKey', {
          UserName: 'ci-deployer',
          AccessKeyId: String(target.params['accessKeyId']),
          Status: 'Inactive',
        });
    });
    const action = await carryOut(world, key.playbook, target);
    expect(action.state).toBe('verified');
    expect(await left(world, action.id)).toMatchObject({ receipts: [{ before: 'Active', verified: true }, {}] });
  });
});

describe('undo', () => {
  const [key] = scenarios as readonly [Scenario];

  test('of the containment of an open attack needs two persons', async () => {
    const world = await open({ severity: 'Critical' });
    const target = key.prepare(world);
    const { id } = await carryOut(world, key.playbook, target);
    expect((await undo(world, id, 'alice')).state).toBe('verified');
    expect((await undo(world, id, 'alice')).state).toBe('verified');
    expect((await undo(world, id, 'bob')).state).toBe('undone');
  });

  test('needs one when the attack is closed, and where there is only one person', async () => {
    for (const close of ['resolved', 'setting'] as const) {
      const world = await open({ severity: 'Critical' });
      const { id } = await carryOut(world, key.playbook, key.prepare(world));
      await world.store.within(tenant, (tx) =>
        close === 'resolved'
          ? tx.findings.live('f'.repeat(32), 'resolved', 1, 'alice', '')
          : tx.settings.set('undo-persons', 1, 1, 'owner'),
      );
      expect((await undo(world, id, 'alice')).state).toBe('undone');
    }
  });

  test('is done already when somebody has brought the earlier state back by hand', async () => {
    const world = await open();
    const target = key.prepare(world);
    const { id } = await carryOut(world, key.playbook, target);
    world.root('iam:UpdateAccessKey', { UserName: 'ci-deployer', AccessKeyId: String(target.params['accessKeyId']), Status: 'Active' });
    world.changes.length = 0;
    expect((await undo(world, id)).state).toBe('undone');
    expect(world.changes).toEqual(['undoer iam:DeleteUserPolicy']);
  });

  test('fails and can be asked for again', async () => {
    const world = await open();
    const { id } = await carryOut(world, key.playbook, key.prepare(world));
    world.refuse.set('iam:DeleteUserPolicy', ['denied']);
    const failed = await undo(world, id);
    expect([failed.state, failed.reason]).toEqual(['undo-failed', expect.stringContaining('iam:DeleteUserPolicy failed (denied')]);
    expect((await undo(world, id)).state).toBe('undone');
  });
});

test('the life of the finding: a mended weakness is over, a contained attack is not', async () => {
  for (const [kind, wanted, after] of [
    ['compliance', 'resolved', 'open'],
    ['detection', 'acknowledged', 'open'],
  ] as const) {
    const world = await open({ kind });
    const target = scenarios[4]?.prepare(world) as Target;
    const { id } = await carryOut(world, blockPublicAccess, target);
    const stateOf = async () => (await world.store.within(tenant, (tx) => tx.findings.get('f'.repeat(32))))?.state;
    expect(await stateOf()).toBe(wanted);
    await undo(world, id);
    expect(await stateOf()).toBe(after);
  }
});

test('what was seen to be done is decided anew where a question offers it, and what was not done is not', async () => {
  const [key] = scenarios as readonly [Scenario];
  for (const [armed, anew] of [
    [false, []],
    [true, ['asked']],
  ] as const) {
    const world = await open({ armed });
    const target = key.prepare(world);
    const asked = { ...findingOf('detection', 'High'), id: 'asked' };
    const options = [{ playbook: key.playbook.id, version: key.playbook.version, target }];
    await world.store.within(tenant, async (tx) => {
      await tx.findings.put(asked, 1);
      const question = { id: 'q', tenant, finding: 'asked', revision: asked.revision, incident: null, options, state: 'waiting' };
      await tx.judgements.ask(question as unknown as Judgement);
    });
    await carryOut(world, key.playbook, target);
    expect((await world.store.within(tenant, (tx) => dueAgain(tx, world.range.now()))).map(({ id }) => id)).toEqual(anew);
  }
});
