import { arnOf } from '../../../../src/core/lib/arn.ts';
import { valueAt } from '../../../../src/core/lib/json-at.ts';
import { namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import { isPrivateAddress } from '../../../../src/core/lib/private-address.ts';
import type { Finding } from '../../../../src/core/model/finding.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

/** GuardDuty also tells of sign-ins from the database's own network, which a public address has no part in. */
function isFromInside({ imported, evidence }: Finding): boolean {
  return imported !== undefined && evidence.some(({ ip }) => ip !== undefined && isPrivateAddress(ip));
}

const idOf = ({ params }: Target) => String(params['instance']);

/**
 * A change of this setting is applied at once, whatever ApplyImmediately says; that stays off, since it would apply everything else that waits
 * for the maintenance window too. https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html
 */
export const makePrivate: Playbook = {
  id: 'aws.rds.make-private',
  version: 1,
  title: 'Take a database off the internet',
  why: 'The name of the database leads to a public address, where anybody may try passwords, as far as its groups let them. Without it the name leads to its address in the VPC alone. Who has signed in already stays connected.',
  handles: [
    'aws.rds-logs.ransom-note-left',
    'aws.rds-logs.signed-in-after-many-users-tried',
    'aws.rds-logs.signed-in-from-internet',
    'aws.rds-logs.signed-in-from-listed-address',
    'aws.rds.instance-made-public',
  ],
  reported: [
    'guardduty/CredentialAccess:RDS/AnomalousBehavior*',
    'guardduty/CredentialAccess:RDS/MaliciousIPCaller*',
    'guardduty/CredentialAccess:RDS/TorIPCaller*',
    'guardduty/Discovery:RDS/*',
  ],
  approval: 'none',
  risks: ['legitimate-use', 'workload'],
  asks: (target) => `Take the database ${idOf(target)} off the internet`,
  blastRadius: (target) =>
    `Whoever reaches ${idOf(target)} from outside of its network cannot connect any more; what runs inside of it can.`,
  inverse: (target) => `The database ${idOf(target)} has a public address again, another one than before.`,
  targets: (finding) =>
    isFromInside(finding)
      ? []
      : namedTargets(finding, {
          service: 'rds',
          resource: /^db:(?<instance>[a-zA-Z][a-zA-Z0-9-]{0,62})$/,
          // The log of a database names it without its ARN.
          uids: ({ resource, account, region }) =>
            resource?.type === 'AWS::RDS::DBInstance' ? [arnOf(resource.type, resource.uid, account, region)] : [],
          despiteErrors: true,
        }),
  partial: true,
  plan: (target) => {
    const input = { DBInstanceIdentifier: idOf(target) };
    return [
      setting({
        name: 'Make it private',
        on: [target.uid],
        read: { action: 'rds:DescribeDBInstances', input },
        state: (answer) => valueAt(answer, 'DBInstances', 0, 'PubliclyAccessible') === true,
        want: () => false,
        write: {
          action: 'rds:ModifyDBInstance',
          input: { ...input, ApplyImmediately: false },
          with: (PubliclyAccessible) => ({ PubliclyAccessible }),
        },
        says: 'the database has no public address',
        withinSeconds: 600,
      }),
    ];
  },
  undoes: ['rds:ModifyDBInstance'],
  examples: [
    {
      name: 'an instance',
      target: {
        account: '111122223333',
        region: 'eu-central-1',
        uid: 'arn:aws:rds:eu-central-1:111122223333:db:sales',
        params: { instance: 'sales' },
      },
      does: ['rds:ModifyDBInstance'],
    },
  ],
};
