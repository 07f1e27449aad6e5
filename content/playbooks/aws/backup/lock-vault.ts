import { valueAt } from '../../../../src/core/lib/json-at.ts';
import { namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const nameOf = ({ params }: Target) => String(params['vault']);

/**
 * A lock without ChangeableForDays is one in governance mode, which may be taken off again: the other kind would be for ever.
 * https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
 */
export const lockVault: Playbook = {
  id: 'aws.backup.lock-vault',
  version: 1,
  title: 'Lock a backup vault again',
  why: 'Without its lock the backups of the vault can be deleted, or given an earlier end. The lock comes back with the least retention, since what it was is not in the event: that keeps backups from being deleted, and refuses no backup job. Its owner sets the rest.',
  handles: ['aws.backup.vault-lock-removed'],
  approval: 'none',
  risks: [],
  asks: (target) => `Lock the backup vault ${nameOf(target)}`,
  blastRadius: (target) => `Nobody can delete backups of ${nameOf(target)} before their time, nor shorten it; backup jobs go on.`,
  inverse: (target) => `The lock goes from the vault ${nameOf(target)} again.`,
  targets: (finding) =>
    namedTargets(finding, {
      service: 'backup',
      resource: /^backup-vault:(?<vault>[A-Za-z0-9_-]{2,50})$/,
      operations: ['DeleteBackupVaultLockConfiguration'],
    }),
  partial: true,
  plan: (target) => {
    const input = { BackupVaultName: nameOf(target) };
    return [
      setting({
        name: 'Lock it',
        on: [target.uid],
        read: { action: 'backup:DescribeBackupVault', input },
        state: (answer) => valueAt(answer, 'Locked') === true,
        want: () => true,
        write: { action: 'backup:PutBackupVaultLockConfiguration', input, with: () => ({ MinRetentionDays: 1 }) },
        back: (locked) => (locked === true ? [] : [{ action: 'backup:DeleteBackupVaultLockConfiguration', input }]),
        says: 'the vault is locked',
      }),
    ];
  },
  undoes: ['backup:DeleteBackupVaultLockConfiguration'],
  examples: [
    {
      name: 'a vault',
      target: {
        account: '111122223333',
        region: 'eu-central-1',
        uid: 'arn:aws:backup:eu-central-1:111122223333:backup-vault:daily',
        params: { vault: 'daily' },
      },
      does: ['backup:PutBackupVaultLockConfiguration'],
    },
  ],
};
