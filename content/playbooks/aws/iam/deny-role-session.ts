import { partitionOf } from '../../../../src/core/lib/arn.ts';
import { type InlinePolicy, iamRegion, putInlinePolicy, roomForInlinePolicy } from '../../../../src/core/lib/inline-policy.ts';
import { listAt, textAt } from '../../../../src/core/lib/json-at.ts';
import { ownRole } from '../../../../src/core/lib/plans/iam.ts';
import type { Actor, Finding } from '../../../../src/core/model/finding.ts';
import type { Playbook, Precondition, Target } from '../../../../src/core/model/plan.ts';

/** `AROA...:session-name`; the characters are those that AssumeRole takes: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const sessionId = /^(AROA[A-Z0-9]{8,124}):([\w+=,.@-]{2,64})$/;

/**
 * Denies one session of a role by `aws:userid`, which of a role session is `role-id:session-name`, and leaves the others
 * alone. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html (table of principal values)
 */
export const denyRoleSession: Playbook = {
  id: 'aws.iam.deny-role-session',
  version: 1,
  title: 'Deny one session of a role',
  why: 'Stolen credentials of a role work until they expire, and revoking all sessions of the role stops everybody who uses it. Denying the one session by its name stops the thief alone, unless others use the same name. A new session under another name, and roles assumed from this session, are not stopped.',
  handles: [
    'aws.iam.access-key-created-for-other-user',
    'aws.iam.admin-policy-attached-to-user',
    'aws.iam.admin-user-created',
    'aws.iam.role-trust-opened-to-foreign-account',
    'aws.iam.role-trust-opened-to-stranger',
    'aws.ec2.instance-credentials-used-elsewhere',
    'aws.lambda.function-credentials-used-elsewhere',
    'aws.sts.pipeline-session-used-elsewhere',
  ],
  reported: [
    'guardduty/AttackSequence:*',
    'guardduty/CredentialAccess:IAMUser/*',
    'guardduty/DefenseEvasion:IAMUser/*',
    'guardduty/Discovery:IAMUser/*',
    'guardduty/Discovery:S3/*',
    'guardduty/Exfiltration:IAMUser/*',
    'guardduty/Exfiltration:S3/*',
    'guardduty/Impact:IAMUser/*',
    'guardduty/Impact:S3/AnomalousBehavior*',
    'guardduty/Impact:S3/MaliciousIPCaller*',
    'guardduty/InitialAccess:IAMUser/*',
    'guardduty/PenTest:IAMUser/*',
    'guardduty/PenTest:S3/*',
    'guardduty/Persistence:IAMUser/*',
    'guardduty/PrivilegeEscalation:IAMUser/*',
    'guardduty/Recon:IAMUser/*',
    'guardduty/UnauthorizedAccess:IAMUser/*',
    'guardduty/UnauthorizedAccess:S3/*',
  ],
  cutsOff: true,
  approval: 'none',
  risks: ['workload'],
  asks: ({ params }) => `Deny the session ${String(params['sessionName'])} of the role ${String(params['roleName'])}`,
  blastRadius: ({ params }) => {
    const name = String(params['sessionName']);
    const keys = listAt(params, 'accessKeyIds');
    const seen = keys.length === 0 ? 'none was named in the evidence' : `seen: ${keys.join(', ')}`;
    const who = workloadOf(name);
    return `Every session of the role ${String(params['roleName'])} that has the name ${name} is refused (${seen})${who === null ? '' : `; the name is that of ${who}, so what runs there loses its access`}.`;
  },
  inverse: ({ params }) => `The deny on the session ${String(params['sessionName'])} goes from the role ${String(params['roleName'])}.`,
  targets: (finding) => {
    const byId = new Map<string, { readonly actor: Actor; readonly keys: Set<string> }>();
    for (const { actor = finding.actor } of finding.evidence) {
      if (actor === undefined || actor.type !== 'AssumedRole' || actor.principalId === undefined) continue;
      const entry = byId.get(actor.principalId) ?? { actor, keys: new Set<string>() };
      if (actor.accessKeyId !== undefined && /^ASIA[A-Z0-9]{12,124}$/.test(actor.accessKeyId)) entry.keys.add(actor.accessKeyId);
      byId.set(actor.principalId, entry);
    }
    return [...byId.values()].flatMap(({ actor, keys }) => targetOf(finding, actor, [...keys].sort()));
  },
  requires: (target) => [sameRole(target), roomForInlinePolicy(deny(target))],
  plan: (target) => [putInlinePolicy(deny(target), 'Deny the session', 'the role has the deny policy as written')],
  undoes: ['iam:DeleteRolePolicy', 'iam:PutRolePolicy'],
  examples: [
    {
      name: 'a session of a person',
      target: {
        account: '111122223333',
        region: 'us-east-1',
        uid: 'arn:aws:iam::111122223333:role/ops/deployer',
        params: {
          roleName: 'deployer',
          roleId: 'AROAEXAMPLEEXAMPLE01',
          sessionName: 'mallory@example.com',
          accessKeyIds: ['ASIAEXAMPLEEXAMPLE01'],
        },
      },
      does: ['iam:PutRolePolicy'],
    },
  ],
};

function targetOf(finding: Finding, actor: Actor, accessKeyIds: readonly string[]): readonly Target[] {
  const role = ownRole(finding, actor.issuer ?? '');
  const [, roleId, sessionName] = sessionId.exec(actor.principalId ?? '') ?? [];
  if (role === null || roleId === undefined || sessionName === undefined) return [];
  return [
    {
      account: finding.account,
      region: iamRegion(partitionOf(finding.region)),
      uid: role.uid,
      params: { roleName: role.name, roleId, sessionName, accessKeyIds },
    },
  ];
}

/** A role made anew under the old name has another id, and a deny on the old id would stop nobody. */
function sameRole({ uid, params }: Target): Precondition {
  return {
    name: 'The role is the one of the session',
    on: [uid],
    read: { action: 'iam:GetRole', input: { RoleName: String(params['roleName']) }, keep: 'role' },
    expect: (answer) => textAt(answer, 'Role', 'RoleId') === params['roleId'],
    says: `The role ${String(params['roleName'])} is gone or was made anew, so its sessions are over.`,
  };
}

function deny({ uid, params }: Target): InlinePolicy {
  const name = String(params['sessionName']);
  return {
    kind: 'Role',
    holder: String(params['roleName']),
    on: [uid],
    policyName: `jobzero-deny-session-${name}`,
    document: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'JobzeroDenySession',
          Effect: 'Deny',
          Action: '*',
          Resource: '*',
          Condition: { StringEquals: { 'aws:userid': `${String(params['roleId'])}:${name}` } },
        },
      ],
    },
  };
}

/** Session names that AWS gives to workloads: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html */
function workloadOf(sessionName: string): string | null {
  if (/^i-[0-9a-f]{8,17}$/.test(sessionName)) return 'an EC2 instance';
  if (/^[0-9a-f]{32}$/.test(sessionName)) return 'an ECS task';
  return null;
}
