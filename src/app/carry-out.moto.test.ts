import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { playbooks as allPlaybooks } from '../../content/index.ts';
import { need } from '../../tools/require.ts';
import { findingUnderTest } from '../core/lib/finding-under-test.ts';
import type { Cloud } from '../core/ports/cloud.ts';
import { memoryDurable } from '../core/ports/durable.memory.ts';
import { memoryStore } from '../core/ports/store.memory.ts';
import { type MotoServer, startMoto } from '../edge/aws/moto-server.ts';
import { openAws } from '../edge/aws/open-aws.ts';
import { unpaced } from '../edge/aws/pacer.ts';
import { defineCarryOut } from './carry-out.ts';
import { dispatch } from './dispatch.ts';
import { allOnMoto } from './playbook-scenarios/all-on-moto-under-test.ts';
import { ownerOf } from './playbook-scenarios/moto-owner-under-test.ts';
import { account, type Call, region } from './playbook-scenarios/moto-scenario-under-test.ts';
import { askUndo, idOfAction, type Proposed, plan, prepareStore, tenant } from './playbook-scenarios/world-under-test.ts';
import { defineUndo } from './undo-action.ts';

/** What is done over the wire is undone over it in carry-out.cluster.test.ts. */
const noCluster = 'clusters of moto do not speak the interface of Kubernetes';

/** Playbooks that the emulator cannot run, and what stands in the way: its version 5.2.1, each of them tried. The range runs them. */
const notOnMoto: { readonly [playbook: string]: string } = {
  'aws.backup.remove-outsiders': 'moto has no policies of backup vaults: GetBackupVaultAccessPolicy is not implemented',
  'aws.bedrock.resume-invocation-log': 'LookupEvents of CloudTrail, by which it learns where it was logged to, is not implemented',
  'aws.cloudtrail.make-trail-again': 'LookupEvents of CloudTrail, by which it learns who changed the trail before, is not implemented',
  'aws.cloudwatch.resume-alarm-actions': 'EnableAlarmActions is not implemented',
  'aws.codebuild.make-project-private': 'UpdateProjectVisibility is not implemented',
  'aws.ec2.block-public-images': 'GetImageBlockPublicAccessState is not implemented',
  'aws.ec2.block-public-snapshots': 'GetSnapshotBlockPublicAccessState is not implemented',
  'aws.ec2.delete-traffic-mirror': 'DescribeTrafficMirrorSessions is not implemented',
  'aws.ec2.disable-serial-console': 'GetSerialConsoleAccessStatus is not implemented',
  'aws.ec2.reset-default-disk-key': 'GetEbsDefaultKmsKeyId is not implemented',
  'aws.eks.cordon-node': noCluster,
  'aws.eks.isolate-pod': noCluster,
  'aws.eks.preserve-pod': noCluster,
  'aws.eks.remove-access-entry': 'DescribeAccessEntry is not implemented',
  'aws.eks.remove-role-binding': noCluster,
  'aws.eks.stop-workload': noCluster,
  'aws.iam.deactivate-service-credential': 'ListServiceSpecificCredentials is not implemented',
  'aws.iam.forbid-root-sessions': 'ListOrganizationsFeatures is not implemented',
  'aws.iam.remove-oidc-client': 'RemoveClientIDFromOpenIDConnectProvider is not implemented',
  'aws.iam.remove-root-credentials': 'AssumeRoot of STS is not implemented',
  'aws.iam.restore-permissions-boundary': 'LookupEvents of CloudTrail, by which it learns the former boundary, is not implemented',
  'aws.kms.close-key-policy': 'GetKeyPolicy without a PolicyName, which AWS takes as "default", is not found',
  'aws.lambda.stop-function': 'ListProvisionedConcurrencyConfigs is not implemented',
  'aws.macie2.resume-session': 'GetMacieSession answers a time that the SDK cannot read, and UpdateMacieSession is not implemented',
  'aws.rds.cancel-export': 'StartExportTask is complete at once, so that there is nothing to cancel',
  'aws.redshift.unshare-snapshot': 'AuthorizeSnapshotAccess and RevokeSnapshotAccess are not implemented',
  'aws.rolesanywhere.disable-profile': 'moto has no IAM Roles Anywhere',
  'aws.rolesanywhere.disable-trust-anchor': 'moto has no IAM Roles Anywhere',
  'aws.s3.block-customer-keys': 'GetBucketEncryption forgets BlockedEncryptionTypes',
  'aws.ses.pause-sending': 'GetAccount of SES v2 is not implemented',
  'aws.sso.deny-person-in-management': 'ProvisionPermissionSet writes nothing into the role of an account',
  'aws.sso.narrow-permission-set':
    'ListAccountsForProvisionedPermissionSet ignores ProvisioningStatus, so that accounts always look out of date',
};

test('every playbook is run on the emulator or says why it cannot be, and none does both', async () => {
  const run = new Set(allOnMoto.map(({ playbook }) => playbook.id));
  const all = (await allPlaybooks()).map(({ id }) => id);
  expect([...run, ...Object.keys(notOnMoto)].toSorted()).toEqual(all.toSorted());
});

const done = ['verified', 'Done and seen to be so.'];
const undone = ['undone', 'What was captured before is back, and seen to be so.'];

describe.skipIf(!need('moto'))('carry out and undo through the AWS SDK', () => {
  let moto: MotoServer;
  let cloud: Cloud;
  let owner: ReturnType<typeof ownerOf>;
  beforeAll(async () => {
    moto = await startMoto(account);
    const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'example' };
    cloud = openAws({ endpointUrl: moto.url, credentials, actAsSelf: true, pacer: unpaced });
    owner = ownerOf(moto.url, credentials, cloud);
  });
  afterAll(async () => {
    owner?.close();
    await cloud?.close();
    await moto?.stop();
  });

  test.each(allOnMoto.map((scenario) => [scenario.playbook.id, scenario] as const))('%s', async (_, scenario) => {
    const { playbook, prepare, view, meddle } = scenario;
    const call: Call = (action, input) => owner.call(action, input);
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
    const seen = () => view(call, target);
    /** Carries it out for a finding of this id. */
    const carryOut = async (finding: string) => {
      const proposed: Proposed = {
        scenario: { playbook },
        finding: findingUnderTest({ tenant, id: finding.repeat(32), severity: 'Medium', account, region }),
        target,
        at: now(),
      };
      const id = idOfAction(proposed);
      await prepareStore(store, proposed, ['alice', 'bob'], now());
      await plan(store, proposed, id, 'automation', now());
      const end = async () => {
        await dispatch({ store, durable, tenant });
        await durable.settled();
        const action = await store.within(tenant, (tx) => tx.actions.get(id));
        return [action?.state, action?.reason];
      };
      return {
        end: await end(),
        captured: async () => (await store.within(tenant, (tx) => tx.actions.receipts(id))).map(({ before }) => before),
        undo: async (overwrite = false) => {
          await askUndo(store, id, now(), overwrite);
          return end();
        },
      };
    };

    const before = await seen();
    const first = await carryOut('f');
    expect(first.end).toEqual(done);
    const left = await seen();
    expect(left).not.toEqual(before);
    if (playbook.undoes.length === 0) {
      expect(await first.undo()).toEqual(['undo-asks', expect.stringContaining('cannot be undone, so nothing was touched')]);
      expect(await seen()).toEqual(left);
      return;
    }
    expect(await first.undo()).toEqual(undone);
    expect(await seen()).toEqual(before);

    const second = await carryOut('e');
    expect(second.end).toEqual(done);
    expect(await second.captured()).toEqual(await first.captured());
    if (meddle === undefined) return;
    await meddle(call, target);
    const meddled = await seen();
    expect(await second.undo()).toEqual(['undo-asks', expect.stringContaining('nothing was touched')]);
    expect(await seen()).toEqual(meddled);
    expect(await second.undo(true)).toEqual(undone);
    expect(await seen()).toEqual(before);
  });
});
