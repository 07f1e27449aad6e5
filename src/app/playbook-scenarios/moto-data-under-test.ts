import { lockVault } from '../../../content/playbooks/aws/backup/lock-vault.ts';
import { protectFromDeletion as protectTable } from '../../../content/playbooks/aws/dynamodb/protect-from-deletion.ts';
import { resumePointInTimeRecovery } from '../../../content/playbooks/aws/dynamodb/resume-point-in-time-recovery.ts';
import { encryptDisksByDefault } from '../../../content/playbooks/aws/ec2/encrypt-disks-by-default.ts';
import { removeNetworkAclEntry } from '../../../content/playbooks/aws/ec2/remove-network-acl-entry.ts';
import { requireImdsv2 } from '../../../content/playbooks/aws/ec2/require-imdsv2.ts';
import { unshareSnapshot } from '../../../content/playbooks/aws/ec2/unshare-snapshot.ts';
import { forbidTagOverwrite } from '../../../content/playbooks/aws/ecr/forbid-tag-overwrite.ts';
import { removeOutsiders as removeRepositoryOutsiders } from '../../../content/playbooks/aws/ecr/remove-outsiders.ts';
import { protectFromDeletion as protectDatabase } from '../../../content/playbooks/aws/rds/protect-from-deletion.ts';
import { unshareSnapshot as unshareDatabaseSnapshot } from '../../../content/playbooks/aws/rds/unshare-snapshot.ts';
import { blockPublicAccessOfAccount } from '../../../content/playbooks/aws/s3/block-public-access-of-account.ts';
import { denyCustomerKeys } from '../../../content/playbooks/aws/s3/deny-customer-keys.ts';
import { disableAccessLists } from '../../../content/playbooks/aws/s3/disable-access-lists.ts';
import { disableEarlyExpiry } from '../../../content/playbooks/aws/s3/disable-early-expiry.ts';
import { removeForeignPrincipal } from '../../../content/playbooks/aws/s3/remove-foreign-principal.ts';
import { removePublicGrants } from '../../../content/playbooks/aws/s3/remove-public-grants.ts';
import { removePublicStatements } from '../../../content/playbooks/aws/s3/remove-public-statements.ts';
import { resetDefaultEncryption } from '../../../content/playbooks/aws/s3/reset-default-encryption.ts';
import { resumeVersioning } from '../../../content/playbooks/aws/s3/resume-versioning.ts';
import { removeOutsiders as removeSecretOutsiders } from '../../../content/playbooks/aws/secretsmanager/remove-outsiders.ts';
import { unshareDocument } from '../../../content/playbooks/aws/ssm/unshare-document.ts';
import { asObject, textAt, valueAt } from '../../core/lib/json-at.ts';
import type { JsonObject } from '../../core/model/json.ts';
import type { Playbook, Target } from '../../core/model/plan.ts';
import {
  account,
  type Call,
  documentAt,
  foreign,
  type MotoScenario,
  orNull,
  own,
  policy,
  region,
  stranger,
  targetOf,
} from './moto-scenario-under-test.ts';

/** A bucket of its own for each. */
const bucket = (name: string, params: JsonObject = {}): Target => targetOf('s3', name, { bucket: name, ...params });
const policyScenario = (playbook: Playbook, name: string, principals: readonly string[], params: JsonObject = {}) => ({
  playbook,
  prepare: async (call: Call) => {
    await call('s3:CreateBucket', { Bucket: name });
    await call('s3:DeletePublicAccessBlock', { Bucket: name });
    if (principals.length > 0) await call('s3:PutBucketPolicy', { Bucket: name, Policy: policy(...principals) });
    return bucket(name, params);
  },
  view: async (call: Call) => documentAt(await orNull(call('s3:GetBucketPolicy', { Bucket: name })), 'Policy'),
  meddle: (call: Call) => call('s3:PutBucketPolicy', { Bucket: name, Policy: policy(`arn:aws:iam::${account}:role/web`) }),
});
const bucketScenario = (playbook: Playbook, name: string, before: (call: Call) => Promise<unknown>, read: string) => ({
  playbook,
  prepare: async (call: Call) => {
    await call('s3:CreateBucket', { Bucket: name });
    await before(call);
    return bucket(name);
  },
  view: (call: Call) => orNull(call(read, { Bucket: name })),
});

/** Data: buckets, disks, databases, repositories, secrets. */
export const motoDataScenarios: readonly MotoScenario[] = [
  policyScenario(removePublicStatements, 'opened-example', [own, '*']),
  policyScenario(removeForeignPrincipal, 'lent-example', [stranger], { accounts: [foreign] }),
  policyScenario(denyCustomerKeys, 'rewritten-example', []),
  bucketScenario(
    resumeVersioning,
    'suspended-example',
    (call) => call('s3:PutBucketVersioning', { Bucket: 'suspended-example', VersioningConfiguration: { Status: 'Suspended' } }),
    's3:GetBucketVersioning',
  ),
  bucketScenario(
    removePublicGrants,
    'listed-example',
    async (call) => {
      await call('s3:DeletePublicAccessBlock', { Bucket: 'listed-example' });
      await call('s3:PutBucketOwnershipControls', {
        Bucket: 'listed-example',
        OwnershipControls: { Rules: [{ ObjectOwnership: 'ObjectWriter' }] },
      });
      await call('s3:PutBucketAcl', { Bucket: 'listed-example', ACL: 'public-read' });
    },
    's3:GetBucketAcl',
  ),
  bucketScenario(
    disableEarlyExpiry,
    'expiring-example',
    (call) =>
      call('s3:PutLifecycleConfiguration', {
        Bucket: 'expiring-example',
        LifecycleConfiguration: { Rules: [{ ID: 'soon', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 1 } }] },
      }),
    's3:GetLifecycleConfiguration',
  ),
  bucketScenario(
    resetDefaultEncryption,
    'encrypted-example',
    (call) =>
      call('s3:PutEncryptionConfiguration', {
        Bucket: 'encrypted-example',
        ServerSideEncryptionConfiguration: {
          Rules: [
            { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: `arn:aws:kms:${region}:${foreign}:key/1` } },
          ],
        },
      }),
    's3:GetEncryptionConfiguration',
  ),
  bucketScenario(
    disableAccessLists,
    'owned-example',
    (call) =>
      call('s3:PutBucketOwnershipControls', {
        Bucket: 'owned-example',
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] },
      }),
    's3:GetBucketOwnershipControls',
  ),
  {
    playbook: blockPublicAccessOfAccount,
    prepare: async () => ({ account, region, uid: own, params: {} }),
    view: (call) => orNull(call('s3:GetAccountPublicAccessBlock', { AccountId: account })),
  },
  {
    playbook: unshareSnapshot,
    prepare: async (call) => {
      const volume = textAt(await call('ec2:CreateVolume', { AvailabilityZone: `${region}a`, Size: 1 }), 'VolumeId') ?? '';
      const snapshotId = textAt(await call('ec2:CreateSnapshot', { VolumeId: volume }), 'SnapshotId') ?? '';
      const input = { SnapshotId: snapshotId, Attribute: 'createVolumePermission', OperationType: 'add' };
      await call('ec2:ModifySnapshotAttribute', { ...input, UserIds: [foreign] });
      await call('ec2:ModifySnapshotAttribute', { ...input, GroupNames: ['all'] });
      return targetOf('ec2', `snapshot/${snapshotId}`, { snapshotId, with: [foreign, 'all'] });
    },
    view: async (call, { params }) => {
      const input = { SnapshotId: String(params['snapshotId']), Attribute: 'createVolumePermission' };
      return JSON.stringify(asObject(await call('ec2:DescribeSnapshotAttribute', input))?.['CreateVolumePermissions'] ?? []).length;
    },
  },
  {
    playbook: encryptDisksByDefault,
    prepare: async () => ({ account, region, uid: own, params: {} }),
    view: (call) => call('ec2:GetEbsEncryptionByDefault', {}),
  },
  {
    playbook: requireImdsv2,
    prepare: async (call) => {
      const started = await call('ec2:RunInstances', { ImageId: 'ami-0123456789abcdef0', MinCount: 1, MaxCount: 1 });
      const instanceId = textAt(started, 'Instances', 0, 'InstanceId') ?? '';
      await call('ec2:ModifyInstanceMetadataOptions', { InstanceId: instanceId, HttpTokens: 'optional' });
      return targetOf('ec2', `instance/${instanceId}`, { instanceId });
    },
    view: async (call, { params }) =>
      textAt(
        await call('ec2:DescribeInstances', { InstanceIds: [String(params['instanceId'])] }),
        'Reservations',
        0,
        'Instances',
        0,
        'MetadataOptions',
        'HttpTokens',
      ),
  },
  {
    playbook: removeNetworkAclEntry,
    prepare: async (call) => {
      const vpc = textAt(await call('ec2:DescribeVpcs', {}), 'Vpcs', 0, 'VpcId') ?? '';
      const aclId = textAt(await call('ec2:CreateNetworkAcl', { VpcId: vpc }), 'NetworkAcl', 'NetworkAclId') ?? '';
      const entry = { RuleNumber: 90, Protocol: '-1', RuleAction: 'allow', Egress: false, CidrBlock: '0.0.0.0/0' };
      await call('ec2:CreateNetworkAclEntry', { NetworkAclId: aclId, ...entry });
      return targetOf('ec2', `network-acl/${aclId}`, { aclId, number: 90 });
    },
    view: (call, { params }) => call('ec2:DescribeNetworkAcls', { NetworkAclIds: [String(params['aclId'])] }),
  },
  {
    playbook: protectDatabase,
    prepare: async (call) => {
      const MasterUserPassword = 'example-password';
      const input = { DBInstanceIdentifier: 'sales', DBInstanceClass: 'db.t3.micro', Engine: 'postgres', AllocatedStorage: 20 };
      await call('rds:CreateDBInstance', { ...input, MasterUsername: 'root', MasterUserPassword });
      return targetOf('rds', 'db:sales', { instance: 'sales' });
    },
    view: async (call) =>
      valueAt(await call('rds:DescribeDBInstances', { DBInstanceIdentifier: 'sales' }), 'DBInstances', 0, 'DeletionProtection'),
  },
  {
    playbook: unshareDatabaseSnapshot,
    prepare: async (call) => {
      await call('rds:CreateDBSnapshot', { DBInstanceIdentifier: 'sales', DBSnapshotIdentifier: 'sales-1' });
      const input = { DBSnapshotIdentifier: 'sales-1', AttributeName: 'restore', ValuesToAdd: [foreign, 'all'] };
      await call('rds:ModifyDBSnapshotAttribute', input);
      return targetOf('rds', 'snapshot:sales-1', { snapshot: 'sales-1', with: [foreign, 'all'] });
    },
    view: async (call) => JSON.stringify(await call('rds:DescribeDBSnapshotAttributes', { DBSnapshotIdentifier: 'sales-1' })).length,
  },
  ...[protectTable, resumePointInTimeRecovery].map((playbook, i) => ({
    playbook,
    prepare: async (call: Call) => {
      const TableName = `orders-${i}`;
      const AttributeDefinitions = [{ AttributeName: 'id', AttributeType: 'S' }];
      const KeySchema = [{ AttributeName: 'id', KeyType: 'HASH' }];
      await call('dynamodb:CreateTable', { TableName, AttributeDefinitions, KeySchema, BillingMode: 'PAY_PER_REQUEST' });
      return targetOf('dynamodb', `table/${TableName}`, { table: TableName });
    },
    view: async (call: Call, { params }: Target) => {
      const TableName = String(params['table']);
      const table = asObject(asObject(await call('dynamodb:DescribeTable', { TableName }))?.['Table']);
      const backups = asObject(asObject(await call('dynamodb:DescribeContinuousBackups', { TableName }))?.['ContinuousBackupsDescription']);
      return [
        table?.['DeletionProtectionEnabled'] ?? null,
        textAt(backups?.['PointInTimeRecoveryDescription'], 'PointInTimeRecoveryStatus'),
      ];
    },
  })),
  {
    playbook: lockVault,
    prepare: async (call) => {
      await call('backup:CreateBackupVault', { BackupVaultName: 'daily' });
      return targetOf('backup', 'backup-vault:daily', { vault: 'daily' });
    },
    view: async (call) => asObject(await call('backup:DescribeBackupVault', { BackupVaultName: 'daily' }))?.['Locked'] ?? false,
  },
  {
    playbook: removeRepositoryOutsiders,
    prepare: async (call) => {
      await call('ecr:CreateRepository', { repositoryName: 'web' });
      await call('ecr:SetRepositoryPolicy', { repositoryName: 'web', policyText: policy(own, stranger) });
      return targetOf('ecr', 'repository/web', { repository: 'web', accounts: [foreign], anyone: false });
    },
    view: async (call) => documentAt(await orNull(call('ecr:GetRepositoryPolicy', { repositoryName: 'web' })), 'policyText'),
    meddle: (call) => call('ecr:SetRepositoryPolicy', { repositoryName: 'web', policyText: policy(`arn:aws:iam::${account}:role/web`) }),
  },
  {
    playbook: forbidTagOverwrite,
    prepare: async (call) => {
      await call('ecr:CreateRepository', { repositoryName: 'shop' });
      return targetOf('ecr', 'repository/shop', { repository: 'shop' });
    },
    view: async (call) =>
      textAt(await call('ecr:DescribeRepositories', { repositoryNames: ['shop'] }), 'repositories', 0, 'imageTagMutability'),
  },
  {
    playbook: removeSecretOutsiders,
    prepare: async (call) => {
      const made = await call('secretsmanager:CreateSecret', { Name: 'app/db', SecretString: 'example' });
      const uid = textAt(made, 'ARN') ?? '';
      await call('secretsmanager:PutResourcePolicy', { SecretId: uid, ResourcePolicy: policy(stranger) });
      return { account, region, uid, params: { secret: 'app/db', accounts: [foreign], anyone: false } };
    },
    view: async (call, { uid }) => textAt(await call('secretsmanager:GetResourcePolicy', { SecretId: uid }), 'ResourcePolicy'),
    meddle: (call, { uid }) => call('secretsmanager:PutResourcePolicy', { SecretId: uid, ResourcePolicy: policy(own) }),
  },
  {
    playbook: unshareDocument,
    prepare: async (call) => {
      const Content = JSON.stringify({ schemaVersion: '2.2', description: 'example', mainSteps: [] });
      await call('ssm:CreateDocument', { Name: 'repair', Content, DocumentType: 'Command', DocumentFormat: 'JSON' });
      await call('ssm:ModifyDocumentPermission', { Name: 'repair', PermissionType: 'Share', AccountIdsToAdd: [foreign] });
      return targetOf('ssm', 'document/repair', { document: 'repair', with: [foreign] });
    },
    view: (call) => call('ssm:DescribeDocumentPermission', { Name: 'repair', PermissionType: 'Share' }),
  },
];
