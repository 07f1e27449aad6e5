import type { Json } from '../../model/json.ts';
import type { Step, Target } from '../../model/plan.ts';
import { listAt, textAt } from '../json-at.ts';
import { oneByOne } from './one-by-one.ts';

/**
 * The step that takes an instance its role, or only that of one instance profile; the association that comes back has another id.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateIamInstanceProfile.html; who gives it back must be allowed to pass the role.
 */
export function noRole(target: Target, profile?: (arn: string) => boolean): readonly Step[] {
  const id = String(target.params['instanceId']);
  const partition = target.uid.split(':')[1] ?? 'aws';
  const associations = (answer: Json) =>
    listAt(answer, 'IamInstanceProfileAssociations').filter((one) => {
      const isThere = /^associat/.test(textAt(one, 'State') ?? '');
      return isThere && (profile === undefined || profile(textAt(one, 'IamInstanceProfile', 'Arn') ?? ''));
    });
  return oneByOne({
    name: 'Take its role away',
    on: [target.uid, `arn:${partition}:iam::${target.account}:role/*`],
    permits: ['iam:PassRole'],
    read: {
      action: 'ec2:DescribeIamInstanceProfileAssociations',
      input: { Filters: [{ Name: 'instance-id', Values: [id] }] },
    },
    items: (answer) => associations(answer).map((one) => ({ Arn: textAt(one, 'IamInstanceProfile', 'Arn') })),
    remove: {
      action: 'ec2:DisassociateIamInstanceProfile',
      input: {},
      for: (_, answer) => ({ AssociationId: textAt(associations(answer)[0], 'AssociationId') }),
    },
    bringBack: (IamInstanceProfile) => [{ action: 'ec2:AssociateIamInstanceProfile', input: { InstanceId: id, IamInstanceProfile } }],
    says: profile === undefined ? 'the instance has no role' : 'the instance does not have that role',
    most: 1,
  });
}
