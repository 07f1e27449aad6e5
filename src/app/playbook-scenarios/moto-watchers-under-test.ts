import { recordManagementEvents } from '../../../content/playbooks/aws/cloudtrail/record-management-events.ts';
import { strengthenTrail } from '../../../content/playbooks/aws/cloudtrail/strengthen-trail.ts';
import { startRecorder } from '../../../content/playbooks/aws/config/start-recorder.ts';
import { enableRule } from '../../../content/playbooks/aws/events/enable-rule.ts';
import { removeForeignTarget } from '../../../content/playbooks/aws/events/remove-foreign-target.ts';
import { resumeDetector } from '../../../content/playbooks/aws/guardduty/resume-detector.ts';
import { resumeFeatures } from '../../../content/playbooks/aws/guardduty/resume-features.ts';
import { showFindings } from '../../../content/playbooks/aws/guardduty/show-findings.ts';
import { resumeScanning } from '../../../content/playbooks/aws/inspector2/resume-scanning.ts';
import { makePrivate as makeDatabasePrivate } from '../../../content/playbooks/aws/rds/make-private.ts';
import { makePrivate as makeWarehousePrivate } from '../../../content/playbooks/aws/redshift/make-private.ts';
import { resumeAuditLog } from '../../../content/playbooks/aws/redshift/resume-audit-log.ts';
import { removeDeleteMarkers } from '../../../content/playbooks/aws/s3/remove-delete-markers.ts';
import { suspendReplicationToAccount } from '../../../content/playbooks/aws/s3/suspend-replication-to-account.ts';
import { enableHub } from '../../../content/playbooks/aws/securityhub/enable-hub.ts';
import { lowerTextLimit } from '../../../content/playbooks/aws/sns/lower-text-limit.ts';
import { listAt, textAt, valueAt } from '../../core/lib/json-at.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import type { Playbook, Target } from '../../core/model/plan.ts';
import { account, accountTarget, type Call, foreign, type MotoScenario, members, orNull, targetOf } from './moto-scenario-under-test.ts';

/** A trail of its own for each, with its bucket. */
const trail = (
  playbook: Playbook,
  Name: string,
  attack: (call: Call) => Promise<unknown>,
  view: MotoScenario['view'],
  meddle: NonNullable<MotoScenario['meddle']>,
): MotoScenario => ({
  playbook,
  prepare: async (call) => {
    await call('s3:CreateBucket', { Bucket: `${Name}-logs-example` });
    await call('cloudtrail:CreateTrail', { Name, S3BucketName: `${Name}-logs-example`, IncludeGlobalServiceEvents: false });
    await attack(call);
    return targetOf('cloudtrail', `trail/${Name}`, { name: Name });
  },
  view,
  meddle,
});
const selecting = (ReadWriteType: string, IncludeManagementEvents: boolean): JsonObject => ({
  TrailName: 'narrowed',
  EventSelectors: [
    { ReadWriteType, IncludeManagementEvents, DataResources: [{ Type: 'AWS::S3::Object', Values: ['arn:aws:s3:::reports-example/'] }] },
  ],
});

/** The one detector of the Region, made when it is first asked for. */
async function detector(call: Call): Promise<string> {
  const found = listAt(await call('guardduty:ListDetectors', {}), 'DetectorIds')[0];
  return typeof found === 'string' ? found : (textAt(await call('guardduty:CreateDetector', { Enable: true }), 'DetectorId') ?? '');
}
const detecting = (
  playbook: Playbook,
  params: JsonObject,
  attack: (call: Call, DetectorId: string) => Promise<unknown>,
  view: (call: Call, DetectorId: string) => Promise<Json>,
): MotoScenario => ({
  playbook,
  prepare: async (call) => {
    const detectorId = await detector(call);
    await attack(call, detectorId);
    return targetOf('guardduty', `detector/${detectorId}`, { detectorId, ...params });
  },
  view: (call, target) => view(call, String(target.params['detectorId'])),
});

const forwarded = (Id: string, owner: string): JsonObject => ({
  Id,
  Arn: `arn:aws:events:us-east-1:${owner}:event-bus/default`,
  RoleArn: `arn:aws:iam::${account}:role/web`,
});
const eventRule = (rule: string, params: JsonObject = {}): Target => targetOf('events', `rule/${rule}`, { rule, ...params });

const copies = (owner: string, name: string): JsonObject => ({
  ID: name,
  Status: 'Enabled',
  Priority: owner === account ? 1 : 2,
  Filter: { Prefix: '' },
  DeleteMarkerReplication: { Status: 'Disabled' },
  Destination: { Bucket: `arn:aws:s3:::${name}-example`, Account: owner },
});
const replicating = (...Rules: readonly JsonObject[]): JsonObject => ({
  Bucket: 'copied-example',
  ReplicationConfiguration: { Role: `arn:aws:iam::${account}:role/copies`, Rules },
});

/** Logs, alarms, detectors, and data that they watch. */
export const motoWatcherScenarios: readonly MotoScenario[] = [
  trail(
    recordManagementEvents,
    'narrowed',
    (call) => call('cloudtrail:PutEventSelectors', selecting('All', false)),
    (call) => call('cloudtrail:GetEventSelectors', { TrailName: 'narrowed' }),
    (call) => call('cloudtrail:PutEventSelectors', selecting('WriteOnly', true)),
  ),
  trail(
    strengthenTrail,
    'weakened',
    // The emulator lists all trails, whichever are asked for.
    async (call) => {
      for (const one of listAt(await call('cloudtrail:DescribeTrails', {}), 'trailList'))
        if (textAt(one, 'Name') !== 'weakened') await call('cloudtrail:DeleteTrail', { Name: textAt(one, 'Name') });
    },
    async (call) =>
      members(
        valueAt(await call('cloudtrail:DescribeTrails', { trailNameList: ['weakened'] }), 'trailList', 0),
        'IsMultiRegionTrail',
        'IncludeGlobalServiceEvents',
        'LogFileValidationEnabled',
      ),
    (call) => call('cloudtrail:UpdateTrail', { Name: 'weakened', EnableLogFileValidation: false }),
  ),
  {
    playbook: startRecorder,
    prepare: async (call) => {
      const roleARN = `arn:aws:iam::${account}:role/config`;
      await call('config:PutConfigurationRecorder', { ConfigurationRecorder: { name: 'default', roleARN } });
      await call('config:PutDeliveryChannel', { DeliveryChannel: { name: 'default', s3BucketName: 'config-example' } });
      return accountTarget({ recorder: 'default' });
    },
    view: async (call) =>
      valueAt(await call('config:DescribeConfigurationRecorderStatus', {}), 'ConfigurationRecordersStatus', 0, 'recording'),
  },
  {
    playbook: enableRule,
    prepare: async (call) => {
      await call('events:PutRule', { Name: 'guardduty-to-pager', EventPattern: '{"source":["aws.guardduty"]}' });
      await call('events:DisableRule', { Name: 'guardduty-to-pager' });
      return eventRule('guardduty-to-pager');
    },
    view: async (call) => textAt(await call('events:DescribeRule', { Name: 'guardduty-to-pager' }), 'State'),
  },
  {
    playbook: removeForeignTarget,
    prepare: async (call) => {
      await call('events:PutRule', { Name: 'all-events', EventPattern: '{"source":["aws.iam"]}' });
      await call('events:PutTargets', { Rule: 'all-events', Targets: [forwarded('own', account), forwarded('out', foreign)] });
      return eventRule('all-events', { ids: ['out', 'own'] });
    },
    view: async (call) =>
      listAt(await call('events:ListTargetsByRule', { Rule: 'all-events' }), 'Targets').toSorted((a, b) =>
        JSON.stringify(a) < JSON.stringify(b) ? -1 : 1,
      ),
  },
  detecting(
    resumeDetector,
    {},
    (call, DetectorId) => call('guardduty:UpdateDetector', { DetectorId, Enable: false }),
    async (call, DetectorId) => textAt(await call('guardduty:GetDetector', { DetectorId }), 'Status'),
  ),
  detecting(
    resumeFeatures,
    { features: ['S3_DATA_EVENTS'] },
    (call, DetectorId) => call('guardduty:UpdateDetector', { DetectorId, Features: [{ Name: 'S3_DATA_EVENTS', Status: 'DISABLED' }] }),
    async (call, DetectorId) => valueAt(await call('guardduty:GetDetector', { DetectorId }), 'Features'),
  ),
  detecting(
    showFindings,
    { filter: 'quiet' },
    (call, DetectorId) =>
      call('guardduty:CreateFilter', { DetectorId, Name: 'quiet', Action: 'ARCHIVE', FindingCriteria: { Criterion: {} } }),
    async (call, DetectorId) => textAt(await call('guardduty:GetFilter', { DetectorId, FilterName: 'quiet' }), 'Action'),
  ),
  {
    playbook: resumeScanning,
    prepare: async (call) => {
      await call('inspector2:Enable', { accountIds: [account], resourceTypes: ['LAMBDA'] });
      return accountTarget({ types: ['EC2', 'ECR'] });
    },
    view: async (call) => {
      const state = valueAt(await call('inspector2:BatchGetAccountStatus', { accountIds: [account] }), 'accounts', 0, 'resourceState');
      return ['ec2', 'ecr', 'lambda'].map((name) => textAt(state, name, 'status'));
    },
    meddle: (call) => call('inspector2:Disable', { accountIds: [account], resourceTypes: ['EC2'] }),
  },
  {
    playbook: enableHub,
    prepare: async () => accountTarget(),
    view: async (call) => (await orNull(call('securityhub:DescribeHub', {}))) !== null,
  },
  {
    playbook: lowerTextLimit,
    prepare: async (call) => {
      await call('sns:SetSMSAttributes', { attributes: { MonthlySpendLimit: '500' } });
      return accountTarget();
    },
    view: (call) => call('sns:GetSMSAttributes', { attributes: ['MonthlySpendLimit'] }),
    meddle: (call) => call('sns:SetSMSAttributes', { attributes: { MonthlySpendLimit: '20' } }),
  },
  {
    playbook: makeDatabasePrivate,
    prepare: async (call) => {
      const input = { DBInstanceIdentifier: 'shown', DBInstanceClass: 'db.t3.micro', Engine: 'postgres', AllocatedStorage: 20 };
      const more = { MasterUsername: 'root', MasterUserPassword: 'example-password', PubliclyAccessible: true };
      await call('rds:CreateDBInstance', { ...input, ...more });
      return targetOf('rds', 'db:shown', { instance: 'shown' });
    },
    view: async (call) =>
      valueAt(await call('rds:DescribeDBInstances', { DBInstanceIdentifier: 'shown' }), 'DBInstances', 0, 'PubliclyAccessible'),
  },
  ...[makeWarehousePrivate, resumeAuditLog].map((playbook, i) => ({
    playbook,
    prepare: async (call: Call) => {
      const ClusterIdentifier = `sales-${i}`;
      const input = { ClusterIdentifier, NodeType: 'ra3.xlplus', MasterUsername: 'root', MasterUserPassword: 'Example-password1' };
      await call('redshift:CreateCluster', { ...input, PubliclyAccessible: true });
      return targetOf('redshift', `cluster:${ClusterIdentifier}`, { cluster: ClusterIdentifier });
    },
    view: async (call: Call, { params }: Target) => {
      const ClusterIdentifier = String(params['cluster']);
      return [
        valueAt(await call('redshift:DescribeClusters', { ClusterIdentifier }), 'Clusters', 0, 'PubliclyAccessible'),
        valueAt(await call('redshift:DescribeLoggingStatus', { ClusterIdentifier }), 'LoggingEnabled'),
      ];
    },
  })),
  {
    playbook: removeDeleteMarkers,
    prepare: async (call) => {
      const Bucket = 'emptied-example';
      await call('s3:CreateBucket', { Bucket });
      await call('s3:PutBucketVersioning', { Bucket, VersioningConfiguration: { Status: 'Enabled' } });
      for (const Key of ['a.csv', 'b.csv', 'kept.csv']) await call('s3:PutObject', { Bucket, Key, Body: 'x' });
      await call('s3:DeleteObjects', { Bucket, Delete: { Objects: [{ Key: 'a.csv' }, { Key: 'b.csv' }] } });
      return targetOf('s3', Bucket, { bucket: Bucket, since: '2020-01-01T00:00:00.000Z' });
    },
    view: async (call) =>
      listAt(await call('s3:ListBucketVersions', { Bucket: 'emptied-example' }), 'DeleteMarkers')
        .filter((one) => valueAt(one, 'IsLatest') === true)
        .map((one) => textAt(one, 'Key')),
    meddle: (call) => call('s3:DeleteObjects', { Bucket: 'emptied-example', Delete: { Objects: [{ Key: 'b.csv' }] } }),
  },
  {
    playbook: suspendReplicationToAccount,
    prepare: async (call) => {
      for (const Bucket of ['copied-example', 'in-example', 'out-example']) {
        await call('s3:CreateBucket', { Bucket });
        await call('s3:PutBucketVersioning', { Bucket, VersioningConfiguration: { Status: 'Enabled' } });
      }
      await call('s3:PutReplicationConfiguration', replicating(copies(foreign, 'out'), copies(account, 'in')));
      return targetOf('s3', 'copied-example', { bucket: 'copied-example', accounts: [foreign] });
    },
    view: (call) => call('s3:GetReplicationConfiguration', { Bucket: 'copied-example' }),
    meddle: (call) => call('s3:PutReplicationConfiguration', replicating(copies(account, 'in'))),
  },
];
