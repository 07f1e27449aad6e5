import { partitionOf } from '../../../../src/core/lib/arn.ts';
import { type InlinePolicy, iamRegion, putInlinePolicy, roomForInlinePolicy } from '../../../../src/core/lib/inline-policy.ts';
import { networkOf } from '../../../../src/core/lib/network-of.ts';
import { distinctTargets } from '../../../../src/core/lib/plans/distinct-targets.ts';
import { actingRole } from '../../../../src/core/lib/plans/iam.ts';
import { isPrivateAddress } from '../../../../src/core/lib/private-address.ts';
import type { Evidence, Finding } from '../../../../src/core/model/finding.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const newNetwork = 'aws.account.network-new-to-peers';

/**
 * Denies a role to whoever calls from the network that a finding tells of as new. The key holds the caller's public address; it is absent where the call comes
 * through a VPC endpoint, and of what AWS's services do for the role:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip
 */
export const denyRoleNetwork: Playbook = {
  id: 'aws.iam.deny-role-network',
  version: 1,
  title: 'Deny a role to a network',
  why: 'Credentials of a program were taken away and are used from where no role of its name ever was. Denying the role to that network stops whoever sits there, with this session and with the next that the program gives away, and the program goes on working where it is. Whoever moves to another network is not stopped, nor are roles that were assumed already: mend how the credentials got out.',
  handles: [newNetwork],
  cutsOff: true,
  approval: 'none',
  risks: ['workload'],
  asks: ({ params }) => `Deny the role ${String(params['roleName'])} to the network ${String(params['network'])}`,
  blastRadius: ({ params }) =>
    `Whoever uses the role ${String(params['roleName'])} from the network ${String(params['network'])} is refused; elsewhere it works as before. Until now nothing of its kind was seen there; a new NAT gateway or runner there loses its access.`,
  inverse: ({ params }) => `The deny of the network ${String(params['network'])} goes from the role ${String(params['roleName'])}.`,
  // Of any other finding, and of sessions that were taken on after it and that no rule has matched, the network may be the one that everybody uses.
  targets: (finding) => (finding.rule.id === newNetwork ? distinctTargets(finding.evidence.flatMap((one) => targetOf(finding, one))) : []),
  requires: (target) => [roomForInlinePolicy(deny(target))],
  plan: (target) => [putInlinePolicy(deny(target), 'Deny the network', 'the role has the deny policy as written')],
  undoes: ['iam:DeleteRolePolicy', 'iam:PutRolePolicy'],
  examples: [
    {
      name: 'a role of reports',
      target: {
        account: '111122223333',
        region: 'us-east-1',
        uid: 'arn:aws:iam::111122223333:role/app/reports',
        params: { roleName: 'reports', network: '198.51.0.0/16' },
      },
      does: ['iam:PutRolePolicy'],
    },
  ],
};

function targetOf(finding: Finding, call: Evidence): readonly Target[] {
  const role = actingRole(finding, call);
  const network = call.ip === undefined || call.rule === '' || isPrivateAddress(call.ip) ? null : networkOf(call.ip);
  if (role === null || network === null) return [];
  const region = iamRegion(partitionOf(finding.region));
  return [{ account: finding.account, region, uid: role.uid, params: { roleName: role.name, network } }];
}

function deny({ uid, params }: Target): InlinePolicy {
  const network = String(params['network']);
  return {
    kind: 'Role',
    holder: String(params['roleName']),
    on: [uid],
    // A policy's name takes neither colon nor slash.
    policyName: `jobzero-deny-network-${network.replace('/', '-').replaceAll(':', '.')}`,
    document: {
      Version: '2012-10-17',
      Statement: [
        { Sid: 'JobzeroDenyNetwork', Effect: 'Deny', Action: '*', Resource: '*', Condition: { IpAddress: { 'aws:SourceIp': network } } },
      ],
    },
  };
}
