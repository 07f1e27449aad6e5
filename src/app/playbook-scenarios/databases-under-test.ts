import { lockVault } from '../../../content/playbooks/aws/backup/lock-vault.ts';
import { removeOutsiders as removeVaultOutsiders } from '../../../content/playbooks/aws/backup/remove-outsiders.ts';
import { protectFromDeletion as protectTable } from '../../../content/playbooks/aws/dynamodb/protect-from-deletion.ts';
import { resumePointInTimeRecovery } from '../../../content/playbooks/aws/dynamodb/resume-point-in-time-recovery.ts';
import { cancelExport } from '../../../content/playbooks/aws/rds/cancel-export.ts';
import { makePrivate as makeDatabasePrivate } from '../../../content/playbooks/aws/rds/make-private.ts';
import { protectFromDeletion as protectDatabase } from '../../../content/playbooks/aws/rds/protect-from-deletion.ts';
import { unshareSnapshot as unshareDatabaseSnapshot } from '../../../content/playbooks/aws/rds/unshare-snapshot.ts';
import { makePrivate as makeWarehousePrivate } from '../../../content/playbooks/aws/redshift/make-private.ts';
import { resumeAuditLog } from '../../../content/playbooks/aws/redshift/resume-audit-log.ts';
import { unshareSnapshot as unshareWarehouseSnapshot } from '../../../content/playbooks/aws/redshift/unshare-snapshot.ts';
import type { JsonObject } from '../../core/model/json.ts';
import {
  account,
  all,
  as,
  detectionOf,
  documents,
  nothingToUndo,
  type Organisation,
  part,
  policyFor,
  type Scenario,
  twoStates,
} from './scenario-under-test.ts';

const foreign = '999988887777';
const partner = '888877776666';
const found =
  (rule: string, operation: string, uid: string, type: string, kept: JsonObject = {}) =>
  ({ range }: Organisation) =>
    detectionOf(rule, [{ operation, resource: { uid, type, name: uid }, kept }], range.now());

const db = { DBInstanceIdentifier: 'sales' };
const dbCluster = { DBClusterIdentifier: 'sales' };
const snapshot = { DBSnapshotIdentifier: 'sales-1', AttributeName: 'restore' };
const clusterSnapshot = { DBClusterSnapshotIdentifier: 'sales-1', AttributeName: 'restore' };
const warehouse = { ClusterIdentifier: 'sales' };
const warehouseSnapshot = { SnapshotIdentifier: 'sales-1' };
const table = { TableName: 'orders' };
const vault = { BackupVaultName: 'daily' };
const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:${account}:${resource}`;
const tableFound = (operation: string) =>
  found('aws.dynamodb.protection-removed', operation, arn('dynamodb', 'table/orders'), 'AWS::DynamoDB::Table');

export const databaseScenarios: readonly Scenario[] = [
  {
    name: 'unshares a database snapshot with everybody and leaves a partner',
    playbook: unshareDatabaseSnapshot,
    prepare: all(
      as('root', 'rds:CreateDBSnapshot', { ...db, ...snapshot }),
      as('root', 'rds:ModifyDBSnapshotAttribute', { ...snapshot, ValuesToAdd: [partner] }),
    ),
    attack: as('mallory', 'rds:ModifyDBSnapshotAttribute', { ...snapshot, ValuesToAdd: ['all', foreign] }),
    finding: found('aws.rds.snapshot-made-public', 'ModifyDBSnapshotAttribute', arn('rds', 'snapshot:sales-1'), 'AWS::RDS::DBSnapshot', {
      snapshotId: 'sales-1',
      sharedWith: ['all', foreign],
    }),
    view: part('rds/snapshot', 'sales-1', 'restore'),
    meddle: as('root', 'rds:ModifyDBSnapshotAttribute', { ...snapshot, ValuesToAdd: [foreign] }),
    does: ['rds:ModifyDBSnapshotAttribute'],
    undoes: ['rds:ModifyDBSnapshotAttribute'],
  },
  {
    name: 'unshares the snapshot of a cluster',
    playbook: unshareDatabaseSnapshot,
    prepare: as('root', 'rds:CreateDBClusterSnapshot', { ...dbCluster, ...clusterSnapshot }),
    attack: as('mallory', 'rds:ModifyDBClusterSnapshotAttribute', { ...clusterSnapshot, ValuesToAdd: [foreign] }),
    finding: found('aws.rds.snapshot-shared', 'ModifyDBClusterSnapshotAttribute', '', '', {
      clusterSnapshotId: 'sales-1',
      sharedWith: [foreign],
    }),
    view: part('rds/cluster-snapshot', 'sales-1', 'restore'),
    meddle: twoStates,
    does: ['rds:ModifyDBClusterSnapshotAttribute'],
    undoes: ['rds:ModifyDBClusterSnapshotAttribute'],
  },
  {
    name: 'takes a database off the internet',
    playbook: makeDatabasePrivate,
    prepare: as('root', 'rds:CreateDBInstance', db),
    attack: as('mallory', 'rds:ModifyDBInstance', { ...db, PubliclyAccessible: true }),
    finding: found('aws.rds.instance-made-public', 'ModifyDBInstance', arn('rds', 'db:sales'), 'AWS::RDS::DBInstance'),
    view: part('rds/instance', 'sales', 'PubliclyAccessible'),
    meddle: twoStates,
    does: ['rds:ModifyDBInstance'],
    undoes: ['rds:ModifyDBInstance'],
  },
  {
    name: 'protects a database from deletion',
    playbook: protectDatabase,
    prepare: as('root', 'rds:CreateDBInstance', { ...db, DeletionProtection: true }),
    attack: as('mallory', 'rds:ModifyDBInstance', { ...db, DeletionProtection: false }),
    finding: found('aws.rds.protection-removed', 'ModifyDBInstance', arn('rds', 'db:sales'), 'AWS::RDS::DBInstance', {
      instanceId: 'sales',
      deletionProtection: false,
    }),
    view: part('rds/instance', 'sales', 'DeletionProtection'),
    meddle: twoStates,
    does: ['rds:ModifyDBInstance'],
    undoes: ['rds:ModifyDBInstance'],
  },
  {
    name: 'protects a cluster from deletion',
    playbook: protectDatabase,
    prepare: as('root', 'rds:CreateDBCluster', { ...dbCluster, DeletionProtection: true }),
    attack: as('mallory', 'rds:ModifyDBCluster', { ...dbCluster, DeletionProtection: false }),
    finding: found('aws.rds.protection-removed', 'ModifyDBCluster', arn('rds', 'db:sales'), 'AWS::RDS::DBInstance', {
      clusterId: 'sales',
      deletionProtection: false,
    }),
    view: part('rds/cluster', 'sales', 'DeletionProtection'),
    meddle: twoStates,
    does: ['rds:ModifyDBCluster'],
    undoes: ['rds:ModifyDBCluster'],
  },
  {
    name: 'cancels an export',
    playbook: cancelExport,
    attack: as('mallory', 'rds:StartExportTask', { ExportTaskIdentifier: 'out', SourceArn: arn('rds', 'snapshot:sales-1') }),
    finding: found('aws.rds.snapshot-exported', 'StartExportTask', arn('rds', 'snapshot:sales-1'), 'AWS::RDS::DBSnapshot', {
      exportTask: 'out',
    }),
    view: part('rds/export', 'out', 'Status'),
    meddle: nothingToUndo,
    does: ['rds:CancelExportTask'],
    undoes: [],
  },
  {
    name: 'takes a warehouse off the internet',
    playbook: makeWarehousePrivate,
    prepare: as('root', 'redshift:CreateCluster', warehouse),
    attack: as('mallory', 'redshift:ModifyCluster', { ...warehouse, PubliclyAccessible: true }),
    rule: 'aws.redshift.warehouse-made-public',
    view: part('redshift/cluster', 'sales', 'PubliclyAccessible'),
    meddle: twoStates,
    does: ['redshift:ModifyCluster'],
    undoes: ['redshift:ModifyCluster'],
  },
  {
    name: 'logs who uses a warehouse again',
    playbook: resumeAuditLog,
    prepare: all(as('root', 'redshift:CreateCluster', warehouse), as('root', 'redshift:EnableLogging', warehouse)),
    attack: as('mallory', 'redshift:DisableLogging', warehouse),
    rule: 'aws.redshift.audit-log-stopped',
    view: part('redshift/cluster', 'sales', 'LoggingEnabled'),
    meddle: twoStates,
    does: ['redshift:EnableLogging'],
    undoes: ['redshift:DisableLogging'],
  },
  {
    name: 'unshares a warehouse snapshot and leaves a partner',
    playbook: unshareWarehouseSnapshot,
    prepare: all(
      as('root', 'redshift:CreateClusterSnapshot', { ...warehouseSnapshot, ...warehouse }),
      as('root', 'redshift:AuthorizeSnapshotAccess', { ...warehouseSnapshot, AccountWithRestoreAccess: partner }),
    ),
    attack: as('mallory', 'redshift:AuthorizeSnapshotAccess', { ...warehouseSnapshot, AccountWithRestoreAccess: foreign }),
    rule: 'aws.redshift.snapshot-shared',
    view: (organisation) =>
      [
        ...((documents(organisation, 'redshift/snapshot/us-east-1')['sales-1']?.['AccountsWithRestoreAccess'] ??
          []) as readonly JsonObject[]),
      ]
        .map(({ AccountId }) => String(AccountId))
        .sort(),
    meddle: twoStates,
    does: ['redshift:RevokeSnapshotAccess'],
    undoes: ['redshift:AuthorizeSnapshotAccess'],
  },
  {
    name: 'protects a table from deletion',
    playbook: protectTable,
    prepare: as('root', 'dynamodb:CreateTable', { ...table, DeletionProtectionEnabled: true }),
    attack: as('mallory', 'dynamodb:UpdateTable', { ...table, DeletionProtectionEnabled: false }),
    finding: tableFound('UpdateTable'),
    view: part('dynamodb/table', 'orders', 'DeletionProtectionEnabled'),
    meddle: twoStates,
    does: ['dynamodb:UpdateTable'],
    undoes: ['dynamodb:UpdateTable'],
  },
  {
    name: 'records the changes of a table again',
    playbook: resumePointInTimeRecovery,
    prepare: as('root', 'dynamodb:CreateTable', table),
    attack: as('mallory', 'dynamodb:UpdateContinuousBackups', {
      ...table,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
    }),
    finding: tableFound('UpdateContinuousBackups'),
    view: part('dynamodb/table', 'orders', 'recovery'),
    meddle: twoStates,
    does: ['dynamodb:UpdateContinuousBackups'],
    undoes: ['dynamodb:UpdateContinuousBackups'],
  },
  {
    name: 'locks a backup vault',
    playbook: lockVault,
    prepare: all(
      as('root', 'backup:CreateBackupVault', vault),
      as('root', 'backup:PutBackupVaultLockConfiguration', { ...vault, MinRetentionDays: 7 }),
    ),
    attack: as('mallory', 'backup:DeleteBackupVaultLockConfiguration', vault),
    finding: found(
      'aws.backup.vault-lock-removed',
      'DeleteBackupVaultLockConfiguration',
      arn('backup', 'backup-vault:daily'),
      'AWS::Backup::BackupVault',
    ),
    view: part('backup/vault', 'daily', 'Locked', 'MinRetentionDays'),
    meddle: twoStates,
    does: ['backup:PutBackupVaultLockConfiguration'],
    undoes: ['backup:DeleteBackupVaultLockConfiguration'],
  },
  {
    name: 'takes an outsider out of the policy of a backup vault',
    playbook: removeVaultOutsiders,
    prepare: as('root', 'backup:CreateBackupVault', vault),
    attack: as('mallory', 'backup:PutBackupVaultAccessPolicy', {
      ...vault,
      Policy: policyFor(`arn:aws:iam::${account}:root`, `arn:aws:iam::${foreign}:root`),
    }),
    rule: 'aws.backup.vault-opened-or-shortened',
    view: part('backup/vault', 'daily', 'Policy'),
    meddle: as('root', 'backup:PutBackupVaultAccessPolicy', { ...vault, Policy: policyFor(`arn:aws:iam::${account}:role/web-server`) }),
    does: ['backup:PutBackupVaultAccessPolicy'],
    undoes: ['backup:PutBackupVaultAccessPolicy'],
  },
];
