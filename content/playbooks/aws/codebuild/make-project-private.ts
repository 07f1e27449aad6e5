import { asObject, textAt } from '../../../../src/core/lib/json-at.ts';
import { namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Json } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const nameOf = ({ params }: Target) => String(params['project']);

/** https://docs.aws.amazon.com/codebuild/latest/APIReference/API_UpdateProjectVisibility.html */
export const makeProjectPrivate: Playbook = {
  id: 'aws.codebuild.make-project-private',
  version: 1,
  title: 'Hide the builds of a project from the internet',
  why: 'Logs and products of the builds can be read by anybody, with what they print of secrets. What was read is known.',
  handles: ['aws.codebuild.project-made-public'],
  approval: 'none',
  risks: ['legitimate-use'],
  asks: (target) => `Hide the builds of the project ${nameOf(target)} from the internet`,
  blastRadius: (target) => `The public page of the builds of ${nameOf(target)} is gone; builds go on.`,
  inverse: (target) => `The builds of ${nameOf(target)} are public again, perhaps under another address.`,
  targets: (finding) =>
    namedTargets(finding, {
      service: 'codebuild',
      resource: /^project\/(?<project>[A-Za-z0-9][A-Za-z0-9_-]{1,254})$/,
      operations: ['UpdateProjectVisibility'],
    }),
  partial: true,
  plan: (target) => {
    const visibility = (answer: Json) => textAt(answer, 'projects', 0, 'projectVisibility') ?? 'PRIVATE';
    const role = (answer: Json) => textAt(answer, 'projects', 0, 'resourceAccessRole');
    return [
      setting({
        name: 'Make it private',
        on: [target.uid, `arn:${target.uid.split(':')[1]}:iam::${target.account}:role/*`],
        permits: ['iam:PassRole'],
        read: { action: 'codebuild:BatchGetProjects', input: { names: [nameOf(target)] } },
        // The role under which the public reads is a part of it: without it they see no logs.
        state: (answer) => ({ projectVisibility: visibility(answer), resourceAccessRole: role(answer) }),
        want: (state) => ({ ...asObject(state), projectVisibility: 'PRIVATE' }),
        write: {
          action: 'codebuild:UpdateProjectVisibility',
          input: { projectArn: target.uid },
          with: (state) => Object.fromEntries(Object.entries(asObject(state) ?? {}).filter(([, value]) => value !== null)),
        },
        says: 'the project is private',
      }),
    ];
  },
  undoes: ['codebuild:UpdateProjectVisibility'],
  examples: [
    {
      name: 'a project',
      target: {
        account: '111122223333',
        region: 'eu-central-1',
        uid: 'arn:aws:codebuild:eu-central-1:111122223333:project/web',
        params: { project: 'web' },
      },
      does: ['codebuild:UpdateProjectVisibility'],
    },
  ],
};
