import { valueAt } from '../../../../src/core/lib/json-at.ts';
import { accountTarget, accountTargets } from '../../../../src/core/lib/plans/account.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

/** https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html */
export const encryptDisksByDefault: Playbook = {
  id: 'aws.ec2.encrypt-disks-by-default',
  version: 1,
  title: 'Encrypt new disks by default again',
  why: 'A disk that is not encrypted can be shared with anybody by one call. The default holds for new disks and snapshots of the Region; what was made meanwhile stays as it is.',
  handles: ['aws.ec2.default-encryption-disabled'],
  approval: 'none',
  risks: [],
  asks: ({ account, region }) => `Encrypt new disks by default in ${region} of the account ${account}`,
  blastRadius: ({ region }) =>
    `New disks in ${region} are encrypted; instance types of the oldest kinds, which cannot use such disks, do not start there.`,
  inverse: ({ region }) => `New disks in ${region} are not encrypted by default again.`,
  targets: (finding) => accountTargets(finding, ['DisableEbsEncryptionByDefault']),
  plan: ({ uid }) => [
    setting({
      name: 'Enable encryption by default',
      on: [uid],
      read: { action: 'ec2:GetEbsEncryptionByDefault', input: {} },
      state: (answer) => valueAt(answer, 'EbsEncryptionByDefault') === true,
      want: () => true,
      write: { action: 'ec2:EnableEbsEncryptionByDefault', input: {}, with: () => ({}) },
      back: () => [{ action: 'ec2:DisableEbsEncryptionByDefault', input: {} }],
      says: 'new disks are encrypted by default',
    }),
  ],
  undoes: ['ec2:DisableEbsEncryptionByDefault'],
  examples: [{ name: 'a Region', target: accountTarget('111122223333', 'eu-central-1'), does: ['ec2:EnableEbsEncryptionByDefault'] }],
};
