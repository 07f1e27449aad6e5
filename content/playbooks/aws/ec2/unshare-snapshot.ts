import { listAt, textAt } from '../../../../src/core/lib/json-at.ts';
import { ec2PolicyArn, ec2Targets, exampleEc2 } from '../../../../src/core/lib/plans/ec2.ts';
import { keptTexts } from '../../../../src/core/lib/plans/named-targets.ts';
import type { Json, JsonObject } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

/** Whom the evidence names: account ids, or `all` for everybody. */
const withOf = ({ params }: Target) => listAt(params, 'with').map(String);

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySnapshotAttribute.html */
export const unshareSnapshot: Playbook = {
  id: 'aws.ec2.unshare-snapshot',
  version: 1,
  title: 'Take back the sharing of a disk snapshot',
  why: 'Whoever may make a volume of a snapshot reads the whole disk. The permission goes from those whom somebody added; others keep theirs. A copy that was made in the other account stays there: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modifying-snapshot-permissions.html',
  handles: ['aws.ec2.disk-made-public', 'aws.ec2.snapshot-shared'],
  approval: 'none',
  risks: ['legitimate-use'],
  asks: (target) => `Stop sharing the snapshot ${String(target.params['snapshotId'])} with ${saysWith(target)}`,
  blastRadius: (target) =>
    `No more volumes of ${String(target.params['snapshotId'])} can be made by ${saysWith(target)}; copies and volumes that exist stay.`,
  inverse: (target) => `The snapshot ${String(target.params['snapshotId'])} is shared with ${saysWith(target)} again.`,
  targets: (finding) =>
    ec2Targets(finding, {
      type: 'snapshot',
      prefix: 'snap',
      param: 'snapshotId',
      kept: 'snapshotId',
      operations: ['ModifySnapshotAttribute'],
      params: (evidence) => {
        const names = keptTexts(evidence, 'sharedWith', /^(\d{12}|all)$/).filter((one) => one !== finding.account);
        return names.length === 0 ? null : { with: names };
      },
    }),
  partial: true,
  plan: (target) => {
    const input = { SnapshotId: String(target.params['snapshotId']), Attribute: 'createVolumePermission' };
    const get = { action: 'ec2:DescribeSnapshotAttribute', input };
    return [
      {
        name: 'Take the permission away',
        on: [ec2PolicyArn(target, 'snapshot', String(target.params['snapshotId']))],
        read: { ...get, keep: 'permissions' },
        captures: (answer) => shared(answer, target),
        do: {
          action: 'ec2:ModifySnapshotAttribute',
          input: { ...input, OperationType: 'remove', ...members(withOf(target)) },
          once: 'sets-state',
        },
        verify: {
          ...get,
          expect: (answer) => answer !== null && shared(answer, target).length === 0,
          says: 'the snapshot is not shared with them',
          withinSeconds: 60,
        },
        undo: (kept) => {
          const names = shared(kept['permissions'] ?? null, target);
          return names.length === 0
            ? []
            : [{ action: 'ec2:ModifySnapshotAttribute', input: { ...input, OperationType: 'add', ...members(names) } }];
        },
      },
    ];
  },
  undoes: ['ec2:ModifySnapshotAttribute'],
  examples: [
    {
      name: 'shared with everybody and an account',
      target: exampleEc2('snapshot', 'snap-0a1b2c3d4e5f60718', { snapshotId: 'snap-0a1b2c3d4e5f60718', with: ['444455556666', 'all'] }),
      does: ['ec2:ModifySnapshotAttribute'],
    },
  ],
};

/** Those named who have the permission, sorted. */
function shared(answer: Json, target: Target): readonly string[] {
  const have = listAt(answer, 'CreateVolumePermissions').map((one) => textAt(one, 'UserId') ?? textAt(one, 'Group') ?? '');
  return withOf(target)
    .filter((name) => have.includes(name))
    .sort();
}

function members(names: readonly string[]): JsonObject {
  const users = names.filter((name) => name !== 'all');
  return { ...(users.length === 0 ? {} : { UserIds: users }), ...(names.includes('all') ? { GroupNames: ['all'] } : {}) };
}

function saysWith(target: Target): string {
  return withOf(target)
    .map((name) => (name === 'all' ? 'everybody' : name))
    .join(', ');
}
