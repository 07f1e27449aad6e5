import { asObject, listAt, textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { ec2Arn, ec2PolicyArn, ec2Targets, exampleEc2 } from '../../../../src/core/lib/plans/ec2.ts';
import type { Json, JsonObject } from '../../../../src/core/model/json.ts';
import type { Playbook, Step, Target } from '../../../../src/core/model/plan.ts';

/**
 * Keeps the disks of an instance for those who will look into them, whatever happens to the machine.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSnapshots.html takes all disks at one moment, and answers at once.
 */
export const preserveInstance: Playbook = {
  id: 'aws.ec2.preserve-instance',
  version: 1,
  title: 'Preserve the disks of an instance',
  why: 'Evidence goes when the machine goes. Its disks stay when it is ended, and a copy of all of them is taken at one moment, without waiting for it to be whole. Memory and instance store are not kept: do not stop the machine before somebody has looked. Copies under the key that AWS manages cannot be shared with an account for forensics.',
  handles: [
    'aws.ec2.stopped-and-restarted-with-new-user-data',
    'aws.ec2.unusual-instances-launched',
    'aws.ec2.user-data-replaced',
    'aws.route53-resolver.control-server-asked-for',
    'aws.route53-resolver.generated-names-asked-for',
    'aws.route53-resolver.mining-pool-asked-for',
    'aws.route53-resolver.names-carry-data',
  ],
  reported: [
    'guardduty/AttackSequence:EC2/*',
    'guardduty/AttackSequence:ECS/*',
    'guardduty/Backdoor:EC2/*',
    'guardduty/Backdoor:Runtime/*',
    'guardduty/CryptoCurrency:EC2/*',
    'guardduty/CryptoCurrency:Runtime/*',
    'guardduty/Impact:EC2/*',
    'guardduty/Trojan:EC2/*',
    'guardduty/Trojan:Runtime/*',
    'guardduty/UnauthorizedAccess:EC2/TorClient',
    'guardduty/UnauthorizedAccess:EC2/TorRelay',
  ],
  approval: 'none',
  risks: [],
  asks: ({ params }) => `Preserve the disks of the instance ${String(params['instanceId'])}`,
  blastRadius: ({ params }) =>
    `Nothing stops working; disks and snapshots of ${String(params['instanceId'])} stay and cost storage until somebody deletes them.`,
  inverse: ({ params }) =>
    `The disks of ${String(params['instanceId'])} go with the instance again, as before; the snapshots stay, since they may be evidence.`,
  targets: (finding) =>
    ec2Targets(finding, { type: 'instance', prefix: 'i', param: 'instanceId', kept: 'instanceId', despiteErrors: true }),
  partial: true,
  plan: (target, at) => [keepVolumes(target), snapshot(target, at)],
  undoes: ['ec2:ModifyInstanceAttribute'],
  examples: [
    {
      name: 'an instance',
      target: exampleEc2('instance', 'i-0a1b2c3d4e5f60718', { instanceId: 'i-0a1b2c3d4e5f60718' }),
      does: ['ec2:ModifyInstanceAttribute', 'ec2:CreateSnapshots'],
    },
  ],
};

const idOf = ({ params }: Target) => String(params['instanceId']);

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/preserving-volumes-on-termination.html */
function keepVolumes(target: Target): Step {
  const read = { action: 'ec2:DescribeInstances', input: { InstanceIds: [idOf(target)] } };
  const disks = (answer: Json | undefined): readonly JsonObject[] =>
    listAt(valueAt(answer, 'Reservations', 0, 'Instances', 0), 'BlockDeviceMappings')
      .flatMap((one): readonly JsonObject[] => [asObject(one) ?? {}])
      .filter((one) => typeof one['DeviceName'] === 'string' && asObject(one['Ebs']) !== null)
      .map((one) => ({ DeviceName: textAt(one, 'DeviceName'), goes: valueAt(one, 'Ebs', 'DeleteOnTermination') === true }))
      .toSorted((a, b) => (String(a.DeviceName) < String(b.DeviceName) ? -1 : 1));
  const mappings = (which: readonly JsonObject[], DeleteOnTermination: boolean) => ({
    InstanceId: idOf(target),
    BlockDeviceMappings: which.map(({ DeviceName }) => ({ DeviceName: DeviceName ?? null, Ebs: { DeleteOnTermination } })),
  });
  const going = (answer: Json | undefined) => disks(answer).filter(({ goes }) => goes === true);
  return {
    name: 'Let its disks stay when it is ended',
    on: [target.uid],
    read: { ...read, keep: 'disks' },
    captures: disks,
    do: {
      action: 'ec2:ModifyInstanceAttribute',
      input: { InstanceId: idOf(target) },
      once: 'sets-state',
      fill: (kept) => mappings(going(kept['disks']), false),
    },
    verify: {
      ...read,
      expect: (answer) => disks(answer).length > 0 && going(answer).length === 0,
      says: 'no disk goes with the instance',
      withinSeconds: 60,
    },
    undo: (kept) => {
      const went = going(kept['disks']);
      return went.length === 0 ? [] : [{ action: 'ec2:ModifyInstanceAttribute', input: mappings(went, true) }];
    },
  };
}

/** A call that was made twice makes a second copy, which does no harm; the tag lets the next one find the first. */
function snapshot(target: Target, at: number): Step {
  const tag = `${idOf(target)}/${new Date(at).toISOString()}`;
  return {
    name: 'Take a copy of all its disks',
    on: [target.uid, ec2Arn(target, 'volume', '*'), ec2PolicyArn(target, 'snapshot', '*')],
    permits: ['ec2:CreateTags'],
    read: {
      action: 'ec2:DescribeSnapshots',
      input: { OwnerIds: ['self'], Filters: [{ Name: 'tag:jobzero-evidence-of', Values: [tag] }] },
      keep: 'copies',
    },
    // The copies stay when the rest is undone, so they are nothing to compare.
    captures: () => null,
    do: {
      action: 'ec2:CreateSnapshots',
      input: {
        InstanceSpecification: { InstanceId: idOf(target) },
        Description: `Evidence of ${idOf(target)}`,
        TagSpecifications: [{ ResourceType: 'snapshot', Tags: [{ Key: 'jobzero-evidence-of', Value: tag }] }],
      },
      once: 'tag-then-find',
    },
    verify: {
      action: 'ec2:DescribeSnapshots',
      input: { OwnerIds: ['self'], Filters: [{ Name: 'tag:jobzero-evidence-of', Values: [tag] }] },
      expect: (answer) => {
        const copies = listAt(answer, 'Snapshots');
        return copies.length > 0 && copies.every((copy) => textAt(copy, 'State') !== 'error');
      },
      says: 'copies of its disks are being made',
      withinSeconds: 120,
    },
    undo: () => [],
  };
}
