import { textAt } from '../../../../src/core/lib/json-at.ts';
import { namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import { outsidersLetIn, outsidersOf, takeOutsidersOut } from '../../../../src/core/lib/plans/outsiders.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const nameOf = ({ params }: Target) => String(params['repository']);

/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SetRepositoryPolicy.html */
export const removeOutsiders: Playbook = {
  id: 'aws.ecr.remove-outsiders',
  version: 1,
  title: 'Take outsiders out of the policy of a repository',
  why: 'Outsiders pull the images of the repository, with the secrets and the code in them, or push their own, which then run here. The outsiders whom somebody let in go from the policy; everybody else stays. What was pulled cannot be called back.',
  handles: ['aws.ecr.repository-opened-to-foreign-account'],
  approval: 'none',
  risks: ['legitimate-use', 'workload'],
  asks: (target) => `Take ${outsidersOf(target)} out of the policy of the repository ${nameOf(target)}`,
  blastRadius: (target) =>
    `What ${outsidersOf(target)} may do by the policy of the repository ${nameOf(target)} is refused: pulling and pushing images, and clusters elsewhere that start from them.`,
  inverse: (target) => `The repository ${nameOf(target)} gets the exact text of its earlier policy back.`,
  targets: (finding) =>
    namedTargets(finding, {
      service: 'ecr',
      resource: /^repository\/(?<repository>[a-z0-9][a-z0-9._/-]{1,255})$/,
      operations: ['SetRepositoryPolicy'],
      params: outsidersLetIn,
    }),
  partial: true,
  plan: (target) => {
    const input = { repositoryName: nameOf(target) };
    return takeOutsidersOut(
      {
        on: [target.uid],
        read: { action: 'ecr:GetRepositoryPolicy', input },
        text: (answer) => textAt(answer, 'policyText'),
        put: { action: 'ecr:SetRepositoryPolicy', input, with: (text) => ({ policyText: text }) },
        remove: { action: 'ecr:DeleteRepositoryPolicy', input },
      },
      target,
    );
  },
  undoes: ['ecr:DeleteRepositoryPolicy', 'ecr:SetRepositoryPolicy'],
  examples: [
    {
      name: 'one account',
      target: {
        account: '111122223333',
        region: 'eu-central-1',
        uid: 'arn:aws:ecr:eu-central-1:111122223333:repository/web',
        params: { repository: 'web', accounts: ['444455556666'], anyone: false },
      },
      does: ['ecr:SetRepositoryPolicy', 'ecr:DeleteRepositoryPolicy'],
    },
  ],
};
