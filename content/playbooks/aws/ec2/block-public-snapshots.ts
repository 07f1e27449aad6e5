import { textAt } from '../../../../src/core/lib/json-at.ts';
import { accountTarget, accountTargets } from '../../../../src/core/lib/plans/account.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

/**
 * Blocks new public sharing and leaves what is public already as it is: that is a decision of its own, for each snapshot.
 * https://docs.aws.amazon.com/ebs/latest/userguide/block-public-access-snapshots-work.html
 */
export const blockPublicSnapshots: Playbook = {
  id: 'aws.ec2.block-public-snapshots',
  version: 1,
  title: 'Block public sharing of disk snapshots again',
  why: 'Without the block one call gives the disk of any machine to every AWS account.',
  handles: ['aws.ec2.public-sharing-block-lifted'],
  approval: 'none',
  risks: [],
  asks: ({ account, region }) => `Block public sharing of snapshots in ${region} of the account ${account}`,
  blastRadius: ({ region }) => `Nothing that is public now changes; new snapshots cannot be made public in ${region}.`,
  inverse: ({ region }) => `The block of public snapshots in ${region} is as it was before.`,
  targets: (finding) => accountTargets(finding, ['DisableSnapshotBlockPublicAccess']),
  plan: ({ uid }) => [
    setting({
      name: 'Block new sharing',
      on: [uid],
      read: { action: 'ec2:GetSnapshotBlockPublicAccessState', input: {} },
      state: (answer) => textAt(answer, 'State'),
      want: (state) => (state === 'block-all-sharing' ? state : 'block-new-sharing'),
      write: { action: 'ec2:EnableSnapshotBlockPublicAccess', input: {}, with: (State) => ({ State }) },
      back: (state) =>
        state === 'unblocked' || state === null
          ? [{ action: 'ec2:DisableSnapshotBlockPublicAccess', input: {} }]
          : [{ action: 'ec2:EnableSnapshotBlockPublicAccess', input: { State: state } }],
      says: 'new public sharing is blocked',
    }),
  ],
  undoes: ['ec2:DisableSnapshotBlockPublicAccess', 'ec2:EnableSnapshotBlockPublicAccess'],
  examples: [{ name: 'a Region', target: accountTarget('111122223333', 'eu-central-1'), does: ['ec2:EnableSnapshotBlockPublicAccess'] }],
};
