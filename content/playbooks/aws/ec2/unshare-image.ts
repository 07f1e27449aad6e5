import { listAt, textAt } from '../../../../src/core/lib/json-at.ts';
import { ec2PolicyArn, ec2Targets, exampleEc2 } from '../../../../src/core/lib/plans/ec2.ts';
import { keptTexts } from '../../../../src/core/lib/plans/named-targets.ts';
import type { Json, JsonObject } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const withOf = ({ params }: Target) => listAt(params, 'with').map(String);

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyImageAttribute.html */
export const unshareImage: Playbook = {
  id: 'aws.ec2.unshare-image',
  version: 1,
  title: 'Take back the sharing of a machine image',
  why: 'Whoever may launch an image reads its disks. The permission goes from those whom somebody added; others keep theirs. Machines and copies that were made of it stay: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-explicit.html',
  handles: ['aws.ec2.disk-made-public', 'aws.ec2.image-shared'],
  approval: 'none',
  risks: ['legitimate-use', 'workload'],
  asks: (target) => `Stop sharing the image ${String(target.params['imageId'])} with ${withOf(target).join(', ')}`,
  blastRadius: (target) =>
    `Scaling groups and people in ${withOf(target).join(', ')} can launch no more machines of ${String(target.params['imageId'])}; those that run go on.`,
  inverse: (target) => `The image ${String(target.params['imageId'])} is shared with ${withOf(target).join(', ')} again.`,
  targets: (finding) =>
    ec2Targets(finding, {
      type: 'image',
      prefix: 'ami',
      param: 'imageId',
      kept: 'imageId',
      operations: ['ModifyImageAttribute'],
      params: (evidence) => {
        const names = keptTexts(evidence, 'launchableBy', /^(\d{12}|all|arn:[a-z-]+:organizations::.{1,120})$/);
        const others = names.filter((one) => one !== finding.account);
        return others.length === 0 ? null : { with: others };
      },
    }),
  partial: true,
  plan: (target) => {
    const input = { ImageId: String(target.params['imageId']), Attribute: 'launchPermission' };
    const get = { action: 'ec2:DescribeImageAttribute', input };
    return [
      {
        name: 'Take the permission away',
        on: [ec2PolicyArn(target, 'image', String(target.params['imageId']))],
        read: { ...get, keep: 'permissions' },
        captures: (answer) => shared(answer, target),
        do: {
          action: 'ec2:ModifyImageAttribute',
          input: { ImageId: input.ImageId, LaunchPermission: { Remove: withOf(target).map(permission) } },
          once: 'sets-state',
        },
        verify: {
          ...get,
          expect: (answer) => answer !== null && shared(answer, target).length === 0,
          says: 'the image is not shared with them',
          withinSeconds: 60,
        },
        undo: (kept) => {
          const names = shared(kept['permissions'] ?? null, target);
          return names.length === 0
            ? []
            : [{ action: 'ec2:ModifyImageAttribute', input: { ImageId: input.ImageId, LaunchPermission: { Add: names.map(permission) } } }];
        },
      },
    ];
  },
  undoes: ['ec2:ModifyImageAttribute'],
  examples: [
    {
      name: 'shared with an account',
      target: exampleEc2('image', 'ami-0a1b2c3d4e5f60718', { imageId: 'ami-0a1b2c3d4e5f60718', with: ['444455556666'] }),
      does: ['ec2:ModifyImageAttribute'],
    },
  ],
};

function nameOf(one: Json): string {
  return textAt(one, 'UserId') ?? textAt(one, 'Group') ?? textAt(one, 'OrganizationArn') ?? textAt(one, 'OrganizationalUnitArn') ?? '';
}

/** Those named who have the permission, sorted. */
function shared(answer: Json, target: Target): readonly string[] {
  const have = listAt(answer, 'LaunchPermissions').map(nameOf);
  return withOf(target)
    .filter((name) => have.includes(name))
    .sort();
}

function permission(name: string): JsonObject {
  if (name === 'all') return { Group: 'all' };
  if (!name.startsWith('arn:')) return { UserId: name };
  return name.includes(':ou/') ? { OrganizationalUnitArn: name } : { OrganizationArn: name };
}
