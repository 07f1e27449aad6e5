import { parseArn, partitionOf } from '../../../../src/core/lib/arn.ts';
import { canonicalJson } from '../../../../src/core/lib/canonical-json.ts';
import { parseEventTime } from '../../../../src/core/lib/event-time.ts';
import { type InlinePolicy, iamRegion, putInlinePolicy, roomForInlinePolicy } from '../../../../src/core/lib/inline-policy.ts';
import { listAt, textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { distinctTargets } from '../../../../src/core/lib/plans/distinct-targets.ts';
import type { Evidence, Finding } from '../../../../src/core/model/finding.ts';
import type { Json } from '../../../../src/core/model/json.ts';
import type { Playbook, Step, Target } from '../../../../src/core/model/plan.ts';

/** A change of IAM takes minutes to be seen everywhere, and until then the key can still make sessions: deny these too. */
const settlingMs = 15 * 60_000;

const userName = /^[\w+=,.@-]{1,64}$/;
const longTermKey = /^AKIA[A-Z0-9]{12,124}$/;
const sessionKey = /^ASIA[A-Z0-9]{12,124}$/;

/**
 * Deactivates a key of an IAM user and denies the user's temporary sessions. Sessions made from a key (GetSessionToken,
 * GetFederationToken) live up to 36 hours after it is deactivated, and cannot be told apart by key, so all sessions of
 * the user that were issued until the change has settled are denied by `aws:TokenIssueTime`; long-term keys have no such
 * time and go on working. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html
 */
export const containAccessKey: Playbook = {
  id: 'aws.iam.contain-access-key',
  version: 1,
  title: 'Contain a stolen access key',
  why: 'Whoever holds the key can act as the user. Deactivating it is not enough: sessions made from it live on for up to 36 hours, so they are denied too. Roles that were assumed with the key are other sessions and need the playbook for role sessions.',
  handles: [
    'aws.iam.access-key-created-for-other-user',
    'aws.iam.admin-policy-attached-to-user',
    'aws.iam.admin-user-created',
    'aws.iam.role-trust-opened-to-foreign-account',
    'aws.iam.role-trust-opened-to-stranger',
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
    'health/AWS_RISK_CREDENTIALS_EXPOSED',
  ],
  cutsOff: true,
  approval: 'none',
  risks: ['workload'],
  asks: ({ params }) =>
    typeof params['accessKeyId'] === 'string'
      ? `Deactivate the access key ${params['accessKeyId']} of ${String(params['userName'])} and deny its sessions`
      : `Deny the sessions of the user ${String(params['userName'])}`,
  blastRadius: ({ params }) => {
    const user = String(params['userName']);
    const key = params['accessKeyId'];
    const sessions = `all sessions of the user ${user} issued until 15 minutes after the start are refused, the console's included; new ones and other keys work.`;
    return typeof key === 'string' ? `Everything that signs with ${key} stops, and ${sessions}` : `Of ${user}, ${sessions}`;
  },
  inverse: ({ params }) =>
    typeof params['accessKeyId'] === 'string'
      ? `The key ${params['accessKeyId']} gets its earlier status back and the deny on ${String(params['userName'])} goes.`
      : `The deny on ${String(params['userName'])} goes.`,
  targets: (finding) => distinctTargets(finding.evidence.flatMap((evidence) => targetOf(finding, evidence))),
  requires: (target) => [roomForInlinePolicy(denySessions(target, 0))],
  plan: (target, at) => {
    const key = textAt(target.params, 'accessKeyId');
    const deny = putInlinePolicy(
      denySessions(target, at),
      'Deny the sessions of the user',
      'the user has the deny policy as written',
      deniesFrom(target, at),
    );
    return key === null ? [deny] : [deactivate(target, key), deny];
  },
  undoes: ['iam:DeleteUserPolicy', 'iam:PutUserPolicy', 'iam:UpdateAccessKey'],
  examples: [
    {
      name: 'a key',
      target: exampleTarget({ userName: 'alice', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' }),
      does: ['iam:UpdateAccessKey', 'iam:PutUserPolicy'],
    },
    { name: 'only sessions', target: exampleTarget({ userName: 'alice' }), does: ['iam:PutUserPolicy'] },
  ],
};

function deactivate(target: Target, key: string): Step {
  const user = String(target.params['userName']);
  const list = { action: 'iam:ListAccessKeys', input: { UserName: user } };
  const set = (status: Json) => ({ action: 'iam:UpdateAccessKey', input: { UserName: user, AccessKeyId: key, Status: status } });
  const statusIn = (answer: Json): string | null =>
    textAt(
      listAt(answer, 'AccessKeyMetadata').find((one) => textAt(one, 'AccessKeyId') === key),
      'Status',
    );
  return {
    name: 'Deactivate the key',
    on: userArns(target),
    read: { ...list, keep: 'keys' },
    captures: statusIn,
    do: { ...set('Inactive'), once: 'sets-state' },
    // A key that is not listed may be so new that the list does not show it yet: that is not "inactive".
    verify: { ...list, expect: (answer) => statusIn(answer) === 'Inactive', says: 'the key is listed as inactive', withinSeconds: 60 },
    undo: (kept) => {
      const earlier = statusIn(valueAt(kept, 'keys'));
      return earlier === null ? [] : [set(earlier)];
    },
  };
}

function denySessions(target: Target, at: number): InlinePolicy {
  const key = textAt(target.params, 'accessKeyId');
  const before = `${new Date(at + settlingMs).toISOString().slice(0, 19)}Z`;
  return {
    kind: 'User',
    holder: String(target.params['userName']),
    on: userArns(target),
    policyName: `jobzero-contain-${key ?? 'sessions'}`,
    document: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'JobzeroDenySessions',
          Effect: 'Deny',
          Action: '*',
          Resource: '*',
          Condition: { DateLessThan: { 'aws:TokenIssueTime': before } },
        },
      ],
    },
  };
}

/**
 * Does a policy deny the sessions already, for long enough? Several findings tell of one theft, and each may be decided after the other was
 * answered: writing the same deny anew, with a later time, would be a change by somebody else to whoever undoes the first.
 */
function deniesFrom(target: Target, at: number): (document: Json) => boolean {
  return (document) => {
    const until = textAt(document, 'Statement', 0, 'Condition', 'DateLessThan', 'aws:TokenIssueTime');
    const time = until === null ? null : parseEventTime(until);
    if (time === null || time < at + settlingMs / 3) return false;
    return canonicalJson(document) === canonicalJson(denySessions(target, time - settlingMs).document);
  };
}

/** A log often names a user without its path; a user's name is unique in the account, whatever its path. */
function userArns({ account, region, params }: Target): readonly string[] {
  const stem = `arn:${partitionOf(region)}:iam::${account}:user`;
  return [`${stem}/${String(params['userName'])}`, `${stem}/*/${String(params['userName'])}`];
}

/** The key that the event made for somebody, and the credentials that made the event. */
function targetOf(finding: Finding, evidence: Evidence): readonly Target[] {
  return [...madeIn(finding, evidence), ...usedIn(finding, evidence)];
}

function madeIn(finding: Finding, { kept }: Evidence): readonly Target[] {
  const partition = partitionOf(finding.region);
  const made = textAt(kept, 'accessKeyId');
  const owner = textAt(kept, 'userName');
  if (made === null || owner === null || !longTermKey.test(made) || !userName.test(owner)) return [];
  return [targetFor(finding.account, partition, `arn:${partition}:iam::${finding.account}:user/${owner}`, owner, made)];
}

function usedIn(finding: Finding, { actor = finding.actor }: Evidence): readonly Target[] {
  if (actor === undefined || actor.type !== 'IAMUser') return [];
  const arn = parseArn(actor.uid);
  const name = arn?.resource.split('/').at(-1) ?? '';
  // Another account's keys are not ours to change.
  if (arn === null || arn.service !== 'iam' || arn.account !== finding.account || !arn.resource.startsWith('user/') || !userName.test(name))
    return [];
  const key = actor.accessKeyId ?? '';
  if (longTermKey.test(key)) return [targetFor(arn.account, arn.partition, actor.uid, name, key)];
  return sessionKey.test(key) ? [targetFor(arn.account, arn.partition, actor.uid, name, null)] : [];
}

function targetFor(account: string, partition: string, uid: string, user: string, key: string | null): Target {
  return { account, region: iamRegion(partition), uid, params: { userName: user, ...(key === null ? {} : { accessKeyId: key }) } };
}

function exampleTarget(params: Target['params']): Target {
  return { account: '111122223333', region: 'us-east-1', uid: 'arn:aws:iam::111122223333:user/alice', params };
}
