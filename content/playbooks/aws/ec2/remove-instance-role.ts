import { textAt } from '../../../../src/core/lib/json-at.ts';
import { ec2Arn, exampleEc2 } from '../../../../src/core/lib/plans/ec2.ts';
import { noRole } from '../../../../src/core/lib/plans/instance-role.ts';
import { keptTexts, namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const idOf = ({ params }: Target) => String(params['instanceId']);
const profileOf = ({ params }: Target) => String(params['profile']);

export const removeInstanceRole: Playbook = {
  id: 'aws.ec2.remove-instance-role',
  version: 1,
  title: 'Take a role away that somebody gave to an instance',
  why: 'Whoever is on the machine has the rights of its role, so that giving it a stronger one raises the rights of whoever broke in. The one instance profile goes. Credentials that it has given out work until they expire: deny the session of the instance too. Which role the machine had before, where it was replaced, is not in the event.',
  handles: ['aws.ec2.instance-role-replaced'],
  approval: 'none',
  risks: ['legitimate-use', 'workload'],
  asks: (target) => `Take the instance profile ${profileOf(target)} away from the instance ${idOf(target)}`,
  blastRadius: (target) =>
    `What runs on ${idOf(target)} gets no credentials any more when those that it has expire; Systems Manager may lose the machine.`,
  inverse: (target) => `The instance ${idOf(target)} has the instance profile ${profileOf(target)} again.`,
  targets: (finding) =>
    namedTargets(finding, {
      service: 'ec2',
      resource: /^instance\/(?<instanceId>i-[0-9a-f]{8,32})$/,
      operations: ['AssociateIamInstanceProfile', 'ReplaceIamInstanceProfileAssociation'],
      // Replacing names the association alone; the answer tells whose it is.
      uids: (evidence) => {
        const id = textAt(evidence.kept, 'instanceId') ?? textAt(evidence.kept, 'replacedOn') ?? '';
        return /^i-[0-9a-f]{8,32}$/.test(id) ? [ec2Arn(evidence, 'instance', id)] : [];
      },
      params: (evidence) => {
        const named = ['profileName', 'profileArn', 'replacedBy', 'replacedByArn'].flatMap((name) =>
          keptTexts(evidence, name, profilePattern),
        );
        const [profile, ...more] = [...new Set(named.map((one) => one.split('/').at(-1) ?? ''))];
        return profile === undefined || more.length > 0 ? null : { profile };
      },
    }),
  partial: true,
  plan: (target) => noRole(target, (arn) => arn.split('/').at(-1) === profileOf(target)),
  undoes: ['ec2:AssociateIamInstanceProfile'],
  examples: [
    {
      name: 'an instance',
      target: exampleEc2('instance', 'i-0a1b2c3d4e5f60718', { instanceId: 'i-0a1b2c3d4e5f60718', profile: 'admin' }),
      does: ['ec2:DisassociateIamInstanceProfile'],
    },
  ],
};

/** A name, or an ARN that ends with it. */
const profilePattern = /^(arn:[a-z-]+:iam::\d{12}:instance-profile\/)?[\w+=,.@/-]{1,256}$/;
