import { textAt } from '../../../../src/core/lib/json-at.ts';
import { accountTarget, accountTargets } from '../../../../src/core/lib/plans/account.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

const own = 'alias/aws/ebs';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ResetEbsDefaultKmsKeyId.html */
export const resetDefaultDiskKey: Playbook = {
  id: 'aws.ec2.reset-default-disk-key',
  version: 1,
  title: 'Encrypt new disks with the own key of EBS again',
  why: 'New disks are encrypted with a key of another account, which can take the key away and so the data. From now on the key of EBS in this account is used; disks that were made meanwhile stay under the other.',
  handles: ['aws.ec2.default-disk-key-foreign'],
  approval: 'one-person',
  risks: ['workload'],
  asks: ({ account, region }) => `Encrypt new disks in ${region} of the account ${account} with the key of EBS`,
  blastRadius: ({ region }) =>
    `Snapshots of disks that are made in ${region} from now on cannot be shared with other accounts, since the key of EBS cannot.`,
  inverse: ({ region }) => `The earlier default key of ${region} is back.`,
  targets: (finding) => accountTargets(finding, ['ModifyEbsDefaultKmsKeyId']),
  partial: true,
  plan: ({ uid, region }) => [
    setting({
      name: 'Reset the default key',
      on: [uid],
      read: { action: 'ec2:GetEbsDefaultKmsKeyId', input: {} },
      state: (answer) => textAt(answer, 'KmsKeyId'),
      // AWS answers with the alias while the key of EBS is the default.
      want: (state) => (typeof state === 'string' && state.endsWith(own) ? state : own),
      write: { action: 'ec2:ResetEbsDefaultKmsKeyId', input: {}, with: () => ({}) },
      back: (KmsKeyId) => (KmsKeyId === null ? [] : [{ action: 'ec2:ModifyEbsDefaultKmsKeyId', input: { KmsKeyId } }]),
      says: `the default key of ${region} is that of EBS`,
    }),
  ],
  undoes: ['ec2:ModifyEbsDefaultKmsKeyId'],
  examples: [{ name: 'a Region', target: accountTarget('111122223333', 'eu-central-1'), does: ['ec2:ResetEbsDefaultKmsKeyId'] }],
};
