import type { JsonObject } from '../../core/model/json.ts';
import { fault, type OperationTable, objects, text, texts } from '../operation.ts';
import { arnIn, gets, type Kind, makes, named, sets, settings, without } from '../settings.ts';

/** RDS: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/Welcome.html */
const instance: Kind = {
  service: 'rds',
  kind: 'instance',
  id: named('DBInstanceIdentifier'),
  arn: arnIn('rds', (id) => `db:${id}`),
  missing: 'DBInstanceNotFound',
};
const cluster: Kind = {
  ...instance,
  kind: 'cluster',
  id: named('DBClusterIdentifier'),
  arn: arnIn('rds', (id) => `cluster:${id}`),
  missing: 'DBClusterNotFoundFault',
};
const snapshot: Kind = {
  ...instance,
  kind: 'snapshot',
  id: named('DBSnapshotIdentifier'),
  arn: arnIn('rds', (id) => `snapshot:${id}`),
  missing: 'DBSnapshotNotFound',
};
const clusterSnapshot: Kind = {
  ...instance,
  kind: 'cluster-snapshot',
  id: named('DBClusterSnapshotIdentifier'),
  arn: arnIn('rds', (id) => `cluster-snapshot:${id}`),
  missing: 'DBClusterSnapshotNotFoundFault',
};
const exportTask: Kind = {
  ...instance,
  kind: 'export',
  id: named('ExportTaskIdentifier'),
  arn: arnIn('rds', (id) => `export:${id}`),
  missing: 'ExportTaskNotFound',
};

/** Accounts that may restore a snapshot: an attribute with a list of values. */
function sharing(kind: Kind, name: 'DBSnapshot' | 'DBClusterSnapshot'): OperationTable {
  return settings(kind, {
    [`Create${name}`]: makes(({ input }) => ({ ...input, restore: [] })),
    [`Describe${name}Attributes`]: gets((item) => ({
      [`${name}AttributesResult`]: { [`${name}Attributes`]: [{ AttributeName: 'restore', AttributeValues: item['restore'] ?? [] }] },
    })),
    [`Modify${name}Attribute`]: sets((item, context) => {
      const gone = texts(context, 'ValuesToRemove');
      const before = (item['restore'] ?? []) as readonly string[];
      return { ...item, restore: [...new Set([...before, ...texts(context, 'ValuesToAdd')])].filter((one) => !gone.includes(one)).sort() };
    }),
  });
}

const rds: OperationTable = {
  ...settings(instance, {
    CreateDBInstance: makes(({ input }) => ({
      PubliclyAccessible: false,
      DeletionProtection: false,
      ...input,
      DBInstanceStatus: 'available',
    })),
    DescribeDBInstances: gets((item) => ({ DBInstances: [item] })),
    ModifyDBInstance: sets((item, { input }) => ({ ...item, ...without(input, 'ApplyImmediately') })),
  }),
  ...settings(cluster, {
    CreateDBCluster: makes(({ input }) => ({ DeletionProtection: false, ...input, Status: 'available' })),
    DescribeDBClusters: gets((item) => ({ DBClusters: [item] })),
    ModifyDBCluster: sets(),
  }),
  ...sharing(snapshot, 'DBSnapshot'),
  ...sharing(clusterSnapshot, 'DBClusterSnapshot'),
  ...settings(exportTask, {
    StartExportTask: makes(({ input }) => ({ ...input, Status: 'IN_PROGRESS' })),
    DescribeExportTasks: { ...gets((item) => ({ ExportTasks: [item] })), on: () => ['*'] },
    CancelExportTask: { ...sets((item) => ({ ...item, Status: 'CANCELED' })), on: () => ['*'] },
  }),
};

/** Redshift: https://docs.aws.amazon.com/redshift/latest/APIReference/Welcome.html */
const warehouse: Kind = {
  service: 'redshift',
  kind: 'cluster',
  id: named('ClusterIdentifier'),
  arn: arnIn('redshift', (id) => `cluster:${id}`),
  missing: 'ClusterNotFound',
};
const redshift: OperationTable = {
  ...settings(warehouse, {
    CreateCluster: makes(({ input }) => ({ PubliclyAccessible: false, LoggingEnabled: false, ...input, ClusterStatus: 'available' })),
    DescribeClusters: { ...gets((item) => ({ Clusters: [item] })), on: () => ['*'] },
    ModifyCluster: sets(),
    DescribeLoggingStatus: gets((item) => ({ LoggingEnabled: item['LoggingEnabled'] ?? false })),
    EnableLogging: sets((item) => ({ ...item, LoggingEnabled: true })),
    DisableLogging: sets((item) => ({ ...item, LoggingEnabled: false })),
  }),
  ...settings(
    {
      ...warehouse,
      kind: 'snapshot',
      id: named('SnapshotIdentifier'),
      arn: (context, id) =>
        arnIn(
          'redshift',
          () =>
            `snapshot:${String(context.account.settings?.[`redshift/snapshot/${context.region}`]?.[id]?.['ClusterIdentifier'] ?? '')}/${id}`,
        )(context, id),
      missing: 'ClusterSnapshotNotFound',
    },
    {
      CreateClusterSnapshot: makes(({ input }) => ({ ...input, AccountsWithRestoreAccess: [] })),
      DescribeClusterSnapshots: { ...gets((item) => ({ Snapshots: [item] })), on: () => ['*'] },
      AuthorizeSnapshotAccess: sets((item, context) => {
        const AccountId = text(context, 'AccountWithRestoreAccess');
        const before = objects(item['AccountsWithRestoreAccess']);
        if (before.some((one) => one['AccountId'] === AccountId))
          throw fault(context, 'AuthorizationAlreadyExists', 'It is authorized already.');
        return { ...item, AccountsWithRestoreAccess: [...before, { AccountId }] };
      }),
      RevokeSnapshotAccess: sets((item, context) => {
        const AccountId = text(context, 'AccountWithRestoreAccess');
        const before = objects(item['AccountsWithRestoreAccess']);
        if (!before.some((one) => one['AccountId'] === AccountId)) throw fault(context, 'AuthorizationNotFound', 'It is not authorized.');
        return { ...item, AccountsWithRestoreAccess: before.filter((one) => one['AccountId'] !== AccountId) };
      }),
    },
  ),
};

/** DynamoDB: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/Welcome.html */
const dynamodb = settings(
  {
    service: 'dynamodb',
    kind: 'table',
    id: named('TableName'),
    arn: arnIn('dynamodb', (id) => `table/${id}`),
    missing: 'ResourceNotFoundException',
  },
  {
    CreateTable: makes(({ input }) => ({ DeletionProtectionEnabled: false, ...input, recovery: 'DISABLED' })),
    DescribeTable: gets((item) => ({ Table: without(item, 'recovery') })),
    UpdateTable: sets(),
    DescribeContinuousBackups: gets(({ recovery }) => ({
      ContinuousBackupsDescription: {
        ContinuousBackupsStatus: 'ENABLED',
        PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: recovery ?? 'DISABLED' },
      },
    })),
    UpdateContinuousBackups: sets((item, { input }) => {
      const wanted = (input['PointInTimeRecoverySpecification'] ?? {}) as JsonObject;
      return { ...item, recovery: wanted['PointInTimeRecoveryEnabled'] === true ? 'ENABLED' : 'DISABLED' };
    }),
  },
);

/** AWS Backup: https://docs.aws.amazon.com/aws-backup/latest/devguide/api-reference.html */
const backup = settings(
  {
    service: 'backup',
    kind: 'vault',
    id: named('BackupVaultName'),
    arn: arnIn('backup', (id) => `backup-vault:${id}`),
    missing: 'ResourceNotFoundException',
  },
  {
    CreateBackupVault: makes(({ input }) => ({ ...input, Locked: false })),
    DescribeBackupVault: gets((item) => without(item, 'Policy')),
    PutBackupVaultLockConfiguration: sets((item, { input }) => ({ ...item, ...input, Locked: true })),
    DeleteBackupVaultLockConfiguration: sets((item) => ({ ...without(item, 'MinRetentionDays', 'MaxRetentionDays'), Locked: false })),
    GetBackupVaultAccessPolicy: gets((item, context) => {
      if (item['Policy'] === undefined) throw fault(context, 'ResourceNotFoundException', 'The vault has no policy.');
      return { Policy: item['Policy'] };
    }),
    PutBackupVaultAccessPolicy: sets(),
    DeleteBackupVaultAccessPolicy: sets((item) => without(item, 'Policy')),
  },
);

export const dataStores: OperationTable = { ...rds, ...redshift, ...dynamodb, ...backup };
