import { textAt } from '../../../../src/core/lib/json-at.ts';
import { namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import { outsidersLetIn, outsidersOf, takeOutsidersOut } from '../../../../src/core/lib/plans/outsiders.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const nameOf = ({ params }: Target) => String(params['vault']);

/** https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultAccessPolicy.html */
export const removeOutsiders: Playbook = {
  id: 'aws.backup.remove-outsiders',
  version: 1,
  title: 'Take outsiders out of the policy of a backup vault',
  why: 'Outsiders copy backups into the vault, or out of it. Those whom somebody let in go from the policy; everybody else stays. What was copied cannot be called back.',
  handles: ['aws.backup.vault-opened-or-shortened'],
  approval: 'none',
  risks: ['legitimate-use', 'workload'],
  asks: (target) => `Take ${outsidersOf(target)} out of the policy of the backup vault ${nameOf(target)}`,
  blastRadius: (target) =>
    `What ${outsidersOf(target)} may do by the policy of the backup vault ${nameOf(target)} is refused: copies between the accounts among it.`,
  inverse: (target) => `The backup vault ${nameOf(target)} gets the exact text of its earlier policy back.`,
  targets: (finding) =>
    namedTargets(finding, {
      service: 'backup',
      resource: /^backup-vault:(?<vault>[A-Za-z0-9_-]{2,50})$/,
      operations: ['PutBackupVaultAccessPolicy'],
      params: outsidersLetIn,
    }),
  partial: true,
  plan: (target) => {
    const input = { BackupVaultName: nameOf(target) };
    return takeOutsidersOut(
      {
        on: [target.uid],
        read: { action: 'backup:GetBackupVaultAccessPolicy', input },
        text: (answer) => textAt(answer, 'Policy'),
        put: { action: 'backup:PutBackupVaultAccessPolicy', input, with: (text) => ({ Policy: text }) },
        remove: { action: 'backup:DeleteBackupVaultAccessPolicy', input },
      },
      target,
    );
  },
  undoes: ['backup:DeleteBackupVaultAccessPolicy', 'backup:PutBackupVaultAccessPolicy'],
  examples: [
    {
      name: 'one account',
      target: {
        account: '111122223333',
        region: 'eu-central-1',
        uid: 'arn:aws:backup:eu-central-1:111122223333:backup-vault:daily',
        params: { vault: 'daily', accounts: ['444455556666'], anyone: false },
      },
      does: ['backup:PutBackupVaultAccessPolicy', 'backup:DeleteBackupVaultAccessPolicy'],
    },
  ],
};
