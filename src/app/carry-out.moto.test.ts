import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { restartTrail } from '../../content/playbooks/aws/cloudtrail/restart-trail.ts';
import { narrowWorldOpenIngress } from '../../content/playbooks/aws/ec2/narrow-world-open-ingress.ts';
import { containAccessKey } from '../../content/playbooks/aws/iam/contain-access-key.ts';
import { denyRoleSession } from '../../content/playbooks/aws/iam/deny-role-session.ts';
import { blockPublicAccess } from '../../content/playbooks/aws/s3/block-public-access.ts';
import { need } from '../../tools/require.ts';
import { findingUnderTest } from '../core/lib/finding-under-test.ts';
import { textAt } from '../core/lib/json-at.ts';
import type { Json, JsonObject } from '../core/model/json.ts';
import type { Playbook, Target } from '../core/model/plan.ts';
import type { Cloud } from '../core/ports/cloud.ts';
import { memoryDurable } from '../core/ports/durable.memory.ts';
import { memoryStore } from '../core/ports/store.memory.ts';
import { type MotoServer, startMoto } from '../edge/aws/moto-server.ts';
import { openAws } from '../edge/aws/open-aws.ts';
import { unpaced } from '../edge/aws/pacer.ts';
import { defineCarryOut } from './carry-out.ts';
import { dispatch } from './dispatch.ts';
import { motoDataScenarios } from './playbook-scenarios/moto-data-under-test.ts';
import { defineUndo } from './undo-action.ts';
import { addUndoRequest } from './undo-request.ts';

const account = '111122223333';
const region = 'us-east-1';
const tenant = 'default';

type Call = (action: string, input: JsonObject) => Promise<Json>;

interface Scenario {
  readonly playbook: Playbook;
  readonly prepare: (call: Call) => Promise<Target>;
  /** What the playbook changes, as AWS says it. */
  readonly view: (call: Call, target: Target) => Promise<Json>;
}

const orNull = (answer: Promise<Json>): Promise<Json> => answer.catch(() => null);

const scenarios: readonly Scenario[] = [
  {
    playbook: containAccessKey,
    prepare: async (call) => {
      await call('iam:CreateUser', { UserName: 'stolen', Path: '/dev/' });
      const accessKeyId = textAt(await call('iam:CreateAccessKey', { UserName: 'stolen' }), 'AccessKey', 'AccessKeyId') ?? '';
      return { account, region, uid: `arn:aws:iam::${account}:user/dev/stolen`, params: { userName: 'stolen', accessKeyId } };
    },
    view: async (call) => [
      await call('iam:ListAccessKeys', { UserName: 'stolen' }),
      await call('iam:ListUserPolicies', { UserName: 'stolen' }),
    ],
  },
  {
    playbook: denyRoleSession,
    prepare: async (call) => {
      const AssumeRolePolicyDocument =
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}';
      const role = await call('iam:CreateRole', { RoleName: 'web', AssumeRolePolicyDocument });
      const params = { roleName: 'web', roleId: textAt(role, 'Role', 'RoleId'), sessionName: 'i-0123456789abcdef0', accessKeyIds: [] };
      return { account, region, uid: `arn:aws:iam::${account}:role/web`, params };
    },
    view: (call) => call('iam:ListRolePolicies', { RoleName: 'web' }),
  },
  {
    playbook: restartTrail,
    prepare: async (call) => {
      await call('s3:CreateBucket', { Bucket: 'trail-logs-example' });
      await call('cloudtrail:CreateTrail', { Name: 'main', S3BucketName: 'trail-logs-example' });
      // AWS gives a new trail these selectors; the emulator gives it none.
      const EventSelectors = [{ ReadWriteType: 'All', IncludeManagementEvents: true, DataResources: [] }];
      await call('cloudtrail:PutEventSelectors', { TrailName: 'main', EventSelectors });
      await call('cloudtrail:StartLogging', { Name: 'main' });
      await call('cloudtrail:StopLogging', { Name: 'main' });
      return { account, region, uid: `arn:aws:cloudtrail:${region}:${account}:trail/main`, params: { name: 'main' } };
    },
    view: async (call) => ((await call('cloudtrail:GetTrailStatus', { Name: 'main' })) as JsonObject)['IsLogging'] ?? null,
  },
  {
    playbook: narrowWorldOpenIngress,
    prepare: async (call) => {
      const GroupId = textAt(await call('ec2:CreateSecurityGroup', { GroupName: 'opened', Description: 'opened' }), 'GroupId') ?? '';
      await call('ec2:AuthorizeSecurityGroupIngress', {
        GroupId,
        IpPermissions: [
          {
            IpProtocol: 'tcp',
            FromPort: 22,
            ToPort: 22,
            IpRanges: [{ CidrIp: '0.0.0.0/1', Description: 'lower half' }, { CidrIp: '128.0.0.0/1' }],
          },
          // The emulator does not modify IPv6 sources; the range does.
          { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'database' }] },
        ],
      });
      return { account, region, uid: `arn:aws:ec2:${region}:${account}:security-group/${GroupId}`, params: { groupId: GroupId } };
    },
    view: (call, { params }) =>
      call('ec2:DescribeSecurityGroupRules', { Filters: [{ Name: 'group-id', Values: [String(params['groupId'])] }] }),
  },
  {
    playbook: blockPublicAccess,
    prepare: async (call) => {
      await call('s3:CreateBucket', { Bucket: 'public-example' });
      await call('s3:DeletePublicAccessBlock', { Bucket: 'public-example' });
      return { account, region, uid: 'arn:aws:s3:::public-example', params: { bucket: 'public-example' } };
    },
    view: (call) => orNull(call('s3:GetBucketPublicAccessBlock', { Bucket: 'public-example' })),
  },
  ...motoDataScenarios,
];

const finding = findingUnderTest({ tenant, id: 'f'.repeat(32), severity: 'Medium', account, region });

describe.skipIf(!need('moto'))('carry out and undo through the AWS SDK', () => {
  let moto: MotoServer;
  let cloud: Cloud;
  beforeAll(async () => {
    moto = await startMoto(account);
    cloud = openAws({
      endpointUrl: moto.url,
      credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'example' },
      actAsSelf: true,
      pacer: unpaced,
    });
  });
  afterAll(async () => {
    await cloud?.close();
    await moto?.stop();
  });

  test.each(scenarios.map((scenario) => [scenario.playbook.id, scenario] as const))('%s', async (_, { playbook, prepare, view }) => {
    const call: Call = (action, input) =>
      cloud.call({ account, region, action, input, role: 'actor', session: { policy: {}, name: 'prepare' } });
    let time = Date.UTC(2026, 0, 15, 9);
    const now = () => (time += 10);
    const store = memoryStore();
    const durable = memoryDurable({
      within: store.within,
      sleep: async (milliseconds) => {
        time += milliseconds;
      },
    });
    const deps = { cloud, clock: { now }, playbooks: (id: string) => (id === playbook.id ? playbook : undefined) };
    defineCarryOut(durable, deps);
    defineUndo(durable, deps);
    await durable.launch();

    const target = await prepare(call);
    const before = await view(call, target);
    const action = 'a'.repeat(32);
    await store.within(tenant, async (tx) => {
      await tx.findings.put(finding, now());
      await tx.settings.set(`armed/${playbook.id}/${account}`, { armed: true }, now(), 'owner');
      await tx.actions.plan({
        id: action,
        tenant,
        finding: finding.id,
        revision: finding.revision,
        playbook: playbook.id,
        playbookVersion: playbook.version,
        target,
        state: 'planned',
        by: 'automation',
        plannedAt: now(),
        finishedAt: null,
        reason: '',
      });
    });
    const run = async () => {
      await dispatch({ store, durable, tenant });
      await durable.settled();
      const row = await store.within(tenant, (tx) => tx.actions.get(action));
      return [row?.state, row?.reason];
    };

    expect(await run()).toEqual(['verified', 'Done and seen to be so.']);
    expect(await view(call, target)).not.toEqual(before);
    await store.within(tenant, (tx) =>
      tx.settings.set(`undo-request/${action}`, addUndoRequest(null, 'alice', now(), false), now(), 'alice'),
    );
    expect(await run()).toEqual(['undone', 'What was captured before is back, and seen to be so.']);
    expect(await view(call, target)).toEqual(before);
  });
});
