import { partitionOf } from '../../../../src/core/lib/arn.ts';
import { canonicalJson } from '../../../../src/core/lib/canonical-json.ts';
import { parseEventTime } from '../../../../src/core/lib/event-time.ts';
import { type InlinePolicy, iamRegion, putInlinePolicy, roomForInlinePolicy } from '../../../../src/core/lib/inline-policy.ts';
import { textAt } from '../../../../src/core/lib/json-at.ts';
import { actingRole, holderArns, ownRole } from '../../../../src/core/lib/plans/iam.ts';
import { sessionsSeen } from '../../../../src/core/lib/plans/sessions-seen.ts';
import type { Evidence, Finding } from '../../../../src/core/model/finding.ts';
import type { Json } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

/**
 * Denies all sessions of a role that were made before now, as the console's "Revoke sessions" does:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
 */
export const revokeRoleSessions: Playbook = {
  id: 'aws.iam.revoke-role-sessions',
  version: 1,
  title: 'Revoke all sessions of a role',
  why: 'Where the thief has sessions under several names, or under the name that everybody has, denying one session is not enough. All sessions made before now are refused, those of rightful users too; they make new ones. So can the thief, as long as he has what he made them with: where that is a machine, a task or a function, isolate it first.',
  handles: [
    'aws.account.changed-from-listed-address',
    'aws.account.changed-through-tor',
    'aws.ec2.instance-credentials-used-elsewhere',
    'aws.iam.foreign-admin-role-created',
    'aws.lambda.function-credentials-used-elsewhere',
    'aws.sts.pipeline-session-used-elsewhere',
    'aws.sts.role-assumed-by-stranger',
    'aws.sts.role-assumed-by-unheard-stranger',
  ],
  reported: ['guardduty/AttackSequence:*'],
  approval: 'one-person',
  risks: ['workload'],
  asks: ({ params }) => `Revoke all sessions of the role ${String(params['roleName'])}`,
  blastRadius: ({ params }) =>
    `Everybody who uses the role ${String(params['roleName'])} needs a new session; EC2, ECS and Lambda keep the credentials that they have for hours, so what runs there fails until it is started anew.`,
  inverse: ({ params }) => `The deny on the sessions of the role ${String(params['roleName'])} goes.`,
  targets: (finding) => {
    const partition = partitionOf(finding.region);
    const roles = new Map<string, { readonly name: string; readonly regions: Set<string> }>();
    for (const evidence of finding.evidence) {
      const role = roleMeant(finding, evidence);
      if (role === null || evidence.error !== undefined) continue;
      const known = roles.get(role.uid) ?? { name: role.name, regions: new Set([iamRegion(partition)]) };
      known.regions.add(evidence.region);
      roles.set(role.uid, known);
    }
    return [...roles].map(([uid, { name, regions }]) => ({
      account: finding.account,
      region: iamRegion(partition),
      uid,
      params: { roleName: name, regions: [...regions].filter((one) => /^[a-z]+(-[a-z]+)+-\d+$/.test(one)).sort() },
    }));
  },
  surveys: ({ uid, params }, at) =>
    (Array.isArray(params['regions']) ? params['regions'] : [])
      .slice(0, mostRegions)
      .map((region) => sessionsSeen(uid, String(region), at)),
  requires: (target) => [roomForInlinePolicy(deny(target, 0))],
  plan: (target, at) => [
    putInlinePolicy(deny(target, at), 'Deny the sessions', 'the role has the deny policy as written', deniesFrom(target, at)),
  ],
  undoes: ['iam:DeleteRolePolicy', 'iam:PutRolePolicy'],
  examples: [
    {
      name: 'a role of a pipeline',
      target: {
        account: '111122223333',
        region: 'us-east-1',
        uid: 'arn:aws:iam::111122223333:role/ops/deployer',
        params: { roleName: 'deployer', regions: ['eu-central-1', 'us-east-1'] },
      },
      does: ['iam:PutRolePolicy'],
    },
  ],
};

/** The role that somebody took or changed, else the one that acted. */
function roleMeant(finding: Finding, evidence: Evidence): { readonly name: string; readonly uid: string } | null {
  const { operation, resource } = evidence;
  return /Role/.test(operation) ? ownRole(finding, resource?.uid ?? '') : actingRole(finding, evidence);
}

/** CloudTrail lets two history queries a second through. */
const mostRegions = 3;

function deny({ account, region, params }: Target, at: number): InlinePolicy {
  const before = `${new Date(at).toISOString().slice(0, 19)}Z`;
  const Condition = { DateLessThan: { 'aws:TokenIssueTime': before } };
  return {
    kind: 'Role',
    holder: String(params['roleName']),
    on: holderArns({ account, region }, { kind: 'Role', name: String(params['roleName']) }),
    policyName: 'jobzero-revoke-sessions',
    document: {
      Version: '2012-10-17',
      Statement: [{ Sid: 'JobzeroRevokeSessions', Effect: 'Deny', Action: '*', Resource: '*', Condition }],
    },
  };
}

/** Another finding of the same theft revoked them minutes ago: writing a later time would be somebody else's change to whoever undoes the first. */
function deniesFrom(target: Target, at: number): (document: Json) => boolean {
  return (document) => {
    const until = textAt(document, 'Statement', 0, 'Condition', 'DateLessThan', 'aws:TokenIssueTime');
    const time = until === null ? null : parseEventTime(until);
    return time !== null && time > at - 5 * 60_000 && canonicalJson(document) === canonicalJson(deny(target, time).document);
  };
}
