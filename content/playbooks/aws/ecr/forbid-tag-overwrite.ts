import { asObject, listAt, textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const nameOf = ({ params }: Target) => String(params['repository']);

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html */
export const forbidTagOverwrite: Playbook = {
  id: 'aws.ecr.forbid-tag-overwrite',
  version: 1,
  title: 'Let nobody overwrite the tags of images again',
  why: 'Where tags can be overwritten, another image takes the place of the one that runs, under its name, at the next start. Images that took a place meanwhile stay: compare their digests.',
  handles: ['aws.ecr.images-destroyed'],
  approval: 'none',
  risks: ['workload'],
  asks: (target) => `Let nobody overwrite the tags of the repository ${nameOf(target)}`,
  blastRadius: (target) => `Pipelines that push a tag of ${nameOf(target)} a second time, such as "latest", fail.`,
  inverse: (target) => `The tags of ${nameOf(target)} can be overwritten again.`,
  targets: (finding) =>
    namedTargets(finding, {
      service: 'ecr',
      resource: /^repository\/(?<repository>[a-z0-9][a-z0-9._/-]{1,255})$/,
      operations: ['PutImageTagMutability'],
    }),
  partial: true,
  plan: (target) => {
    const input = { repositoryName: nameOf(target) };
    return [
      setting({
        name: 'Make tags immutable',
        on: [target.uid],
        read: { action: 'ecr:DescribeRepositories', input: { repositoryNames: [nameOf(target)] } },
        state: (answer) => {
          const repository = valueAt(answer, 'repositories', 0);
          // Tags that are left out of either are a part of it: a call that says nothing of them is refused.
          const filters = listAt(repository, 'imageTagMutabilityExclusionFilters');
          const imageTagMutability = textAt(repository, 'imageTagMutability');
          return filters.length === 0 ? { imageTagMutability } : { imageTagMutability, imageTagMutabilityExclusionFilters: filters };
        },
        want: (state) => (/^IMMUTABLE/.test(textAt(state, 'imageTagMutability') ?? '') ? state : { imageTagMutability: 'IMMUTABLE' }),
        write: { action: 'ecr:PutImageTagMutability', input, with: (state) => asObject(state) ?? {} },
        says: 'tags cannot be overwritten',
      }),
    ];
  },
  undoes: ['ecr:PutImageTagMutability'],
  examples: [
    {
      name: 'a repository',
      target: {
        account: '111122223333',
        region: 'eu-central-1',
        uid: 'arn:aws:ecr:eu-central-1:111122223333:repository/web',
        params: { repository: 'web' },
      },
      does: ['ecr:PutImageTagMutability'],
    },
  ],
};
