import { partitionOf } from '../../../../src/core/lib/arn.ts';
import { iamRegion } from '../../../../src/core/lib/inline-policy.ts';
import { listAt, textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { oneByOne } from '../../../../src/core/lib/plans/one-by-one.ts';
import type { Finding } from '../../../../src/core/model/finding.ts';
import type { Json, JsonObject } from '../../../../src/core/model/json.ts';
import type { Playbook, Step, Target } from '../../../../src/core/model/plan.ts';

const memberOf = ({ params }: Target) => String(params['member']);
const inMember = (target: Target) => ({ Member: memberOf(target) });
/** Filled, so that nobody looks before the plan: who does not act does not become root. */
const readBy = (action: string, target: Target) => ({ action, input: inMember(target), fill: () => inMember(target) });

/**
 * The management account takes on root of a member account for 15 minutes, for this task alone, and only where it manages credentials of roots centrally:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html. What such a session may do:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/security-iam-awsmanpol.html#security-iam-awsmanpol-IAMDeleteRootUserCredentials
 */
export const removeRootCredentials: Playbook = {
  id: 'aws.iam.remove-root-credentials',
  version: 1,
  title: 'Remove the credentials of the root user of a member account',
  why: 'Root may do everything in its account, no policy of the account confines it, and nothing needs its password or its keys. They go: password, access keys, signing certificates, and last its second factors, so that a password never stands alone. Nobody signs in as root then, nor by the mail address of the account, until the management account lets a new password be set. A session in the console that is open lives on: deny root too. Root of the management account is secured by its holders alone.',
  handles: [
    'aws.account.root-key-used',
    'aws.iam.root-access-key-created',
    'aws.iam.root-has-no-access-keys',
    'aws.signin.root-login-without-mfa',
    'aws.signin.root-password-changed',
  ],
  approval: 'two-persons',
  risks: ['legitimate-use', 'workload'],
  asks: (target) => `Remove password, keys, certificates and second factors of the root user of the account ${memberOf(target)} for good`,
  blastRadius: (target) =>
    `Nobody signs in as root of ${memberOf(target)}, whatever signs with its keys or certificates stops at once, and none of them can be brought back.`,
  inverse: (target) =>
    `It cannot be undone: who needs root of ${memberOf(target)} has a password made possible from the management account (task IAMCreateRootUserPassword), and sets it by the mail address of the account.`,
  targets: (finding, around) => {
    const management = around?.management ?? null;
    if (management === null || management === finding.account || !isAboutRoot(finding)) return [];
    const partition = partitionOf(finding.region);
    const uid = `arn:${partition}:iam::${finding.account}:root`;
    return [{ account: management, region: iamRegion(partition), uid, params: { member: finding.account } }];
  },
  requires: (target) => [
    {
      name: 'It is a member account',
      on: [target.uid],
      read: { action: 'organizations:DescribeOrganization', input: {}, keep: 'organisation' },
      expect: (answer) => textAt(answer, 'Organization', 'MasterAccountId') === target.account && target.account !== memberOf(target),
      says: `The account ${memberOf(target)} is the management account, or ${target.account} does not manage it: the holders of its root secure it.`,
    },
    {
      name: 'Credentials of roots are managed centrally',
      on: [target.uid],
      read: { action: 'iam:ListOrganizationsFeatures', input: {}, keep: 'features' },
      expect: (answer) => listAt(answer, 'EnabledFeatures').includes('RootCredentialsManagement'),
      says: 'The organisation does not manage credentials of roots centrally (RootCredentialsManagement of IAM), so that only root itself can remove them.',
    },
  ],
  plan: (target) => [password(target), ...lists.flatMap((one) => gone(target, one))],
  undoes: [],
  examples: [
    {
      name: 'a member account',
      target: { account: '111122223333', region: 'us-east-1', uid: 'arn:aws:iam::444455556666:root', params: { member: '444455556666' } },
      does: [
        'root-task:DeleteLoginProfile',
        ...Array.from({ length: 2 }, () => 'root-task:DeleteAccessKey'),
        ...Array.from({ length: 2 }, () => 'root-task:DeleteSigningCertificate'),
        ...Array.from({ length: 8 }, () => 'root-task:DeactivateMFADevice'),
      ],
    },
  ],
};

/** Root of the finding's account did it, or it is what a control is about. */
function isAboutRoot({ kind, account, actor, evidence }: Finding): boolean {
  const byRoot = evidence.filter((one) => (one.actor ?? actor)?.type === 'Root' && one.error === undefined);
  return kind !== 'detection' || byRoot.some((one) => ((one.actor ?? actor)?.account ?? account) === account);
}

function password(target: Target): Step {
  const read = readBy('root-task:GetLoginProfile', target);
  return {
    name: 'Remove the password',
    on: [target.uid],
    read: { ...read, keep: 'password' },
    captures: (answer) => valueAt(answer, 'LoginProfile') !== null,
    do: { action: 'root-task:DeleteLoginProfile', input: inMember(target), once: 'sets-state' },
    verify: { ...read, expect: (answer) => answer === null, says: 'the root user has no password', withinSeconds: 60 },
    undo: () => 'irreversible',
  };
}

/** What else root may have, in the order in which it goes; as many as a user may have: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const lists = [
  {
    name: 'Delete an access key',
    list: 'root-task:ListAccessKeys',
    items: (answer: Json) => named(answer, 'AccessKeyMetadata', 'AccessKeyId'),
    remove: 'root-task:DeleteAccessKey',
    says: 'the root user has no access key',
    most: 2,
  },
  {
    name: 'Delete a signing certificate',
    list: 'root-task:ListSigningCertificates',
    items: (answer: Json) => named(answer, 'Certificates', 'CertificateId'),
    remove: 'root-task:DeleteSigningCertificate',
    says: 'the root user has no signing certificate',
    most: 2,
  },
  {
    name: 'Take a second factor off',
    list: 'root-task:ListMFADevices',
    items: (answer: Json) => named(answer, 'MFADevices', 'SerialNumber'),
    remove: 'root-task:DeactivateMFADevice',
    says: 'the root user has no second factor',
    most: 8,
  },
];

function gone(target: Target, { name, list, items, remove, says, most }: (typeof lists)[number]): readonly Step[] {
  return oneByOne({
    name,
    on: [target.uid],
    read: readBy(list, target),
    items,
    remove: { action: remove, input: inMember(target), for: (item) => item },
    bringBack: 'irreversible',
    says,
    most,
  });
}

/** The ids in a list of AWS, each as the call that removes it names it. */
function named(answer: Json, list: string, id: string): readonly JsonObject[] {
  return listAt(answer, list).flatMap((one) => {
    const value = textAt(one, id);
    return value === null ? [] : [{ [id]: value }];
  });
}
