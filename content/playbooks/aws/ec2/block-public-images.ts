import { textAt } from '../../../../src/core/lib/json-at.ts';
import { accountTarget, accountTargets } from '../../../../src/core/lib/plans/account.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

/**
 * Blocks new public sharing of images; what is public stays so. Either way it takes up to ten minutes.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-public-access-to-amis.html
 */
export const blockPublicImages: Playbook = {
  id: 'aws.ec2.block-public-images',
  version: 1,
  title: 'Block public sharing of machine images again',
  why: 'Without the block one call gives the disks of a machine image to every AWS account.',
  handles: ['aws.ec2.public-sharing-block-lifted'],
  approval: 'none',
  risks: [],
  asks: ({ account, region }) => `Block public sharing of images in ${region} of the account ${account}`,
  blastRadius: ({ region }) => `Nothing that is public now changes; new images cannot be made public in ${region}.`,
  inverse: ({ region }) => `The block of public images in ${region} is as it was before.`,
  targets: (finding) => accountTargets(finding, ['DisableImageBlockPublicAccess']),
  plan: ({ uid }) => [
    setting({
      name: 'Block new sharing',
      on: [uid],
      read: { action: 'ec2:GetImageBlockPublicAccessState', input: {} },
      state: (answer) => textAt(answer, 'ImageBlockPublicAccessState'),
      want: () => 'block-new-sharing',
      write: {
        action: 'ec2:EnableImageBlockPublicAccess',
        input: {},
        with: (ImageBlockPublicAccessState) => ({ ImageBlockPublicAccessState }),
      },
      back: () => [{ action: 'ec2:DisableImageBlockPublicAccess', input: {} }],
      says: 'new public sharing is blocked',
      withinSeconds: 900,
    }),
  ],
  undoes: ['ec2:DisableImageBlockPublicAccess'],
  examples: [{ name: 'a Region', target: accountTarget('111122223333', 'eu-central-1'), does: ['ec2:EnableImageBlockPublicAccess'] }],
};
