import type { Evidence, Finding } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Target } from '../../model/plan.ts';
import { parseArn, partitionOf } from '../arn.ts';
import { iamRegion } from '../inline-policy.ts';
import { textAt } from '../json-at.ts';
import { distinctTargets } from './distinct-targets.ts';

/** Who has policies. */
export type HolderKind = 'User' | 'Role' | 'Group';

export interface Holder {
  readonly kind: HolderKind;
  /** Without its path: names are unique in an account, whatever their paths. */
  readonly name: string;
}

const holderName = /^[\w+=,.@-]{1,128}$/;
const keptNames = { User: 'userName', Role: 'roleName', Group: 'groupName' } as const;

/** The user, role or group that a call of IAM is about: its kind stands in the call's name, its name in what the rule keeps. Null: none of ours to change. */
export function holderIn({ operation, kept }: Evidence): Holder | null {
  const kind = /User|Role|Group|AccessKey|LoginProfile|Credential|MFADevice/.exec(operation)?.[0];
  return kind === 'Role' || kind === 'Group' ? named(kind, kept) : kind === undefined ? null : named('User', kept);
}

function named(kind: HolderKind, kept: JsonObject | undefined): Holder | null {
  const name = textAt(kept, keptNames[kind]);
  return name === null || !holderName.test(name) || (kind === 'Role' && isAwsOwned(`role/${name}`)) ? null : { kind, name };
}

/** The IAM user whose credentials acted, where it is one of the finding's account. */
export function actingUser(finding: Finding, { actor = finding.actor }: Evidence): Holder | null {
  if (actor === undefined || actor.type !== 'IAMUser') return null;
  const arn = parseArn(actor.uid);
  const name = arn?.resource.split('/').at(-1) ?? '';
  // Another account's users are not ours to change.
  if (arn === null || arn.service !== 'iam' || arn.account !== finding.account || !arn.resource.startsWith('user/')) return null;
  return holderName.test(name) ? { kind: 'User', name } : null;
}

/** The role of the session that acted, where it is one of the finding's account and not AWS's own. Of some sessions GuardDuty names the role alone. */
export function actingRole(finding: Finding, { actor = finding.actor }: Evidence): { readonly name: string; readonly uid: string } | null {
  if (actor?.type === 'Role') return ownRole(finding, actor.uid);
  return actor?.type === 'AssumedRole' ? ownRole(finding, actor.issuer ?? '') : null;
}

/** The role of an ARN, where it is one of the finding's account and not AWS's own. */
export function ownRole({ account }: Finding, uid: string): { readonly name: string; readonly uid: string } | null {
  const arn = parseArn(uid);
  const name = arn?.resource.split('/').at(-1) ?? '';
  if (arn === null || arn.service !== 'iam' || arn.account !== account || !arn.resource.startsWith('role/')) return null;
  return holderName.test(name) && !isAwsOwned(arn.resource) ? { name, uid } : null;
}

/**
 * Roles that only AWS can change: service-linked ones, and those of Identity Center, whose sessions are ended at the
 * identity provider. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
 */
export function isAwsOwned(resource: string): boolean {
  return /^role\/(aws-service-role|aws-reserved)\/|(^|\/)(AWSServiceRoleFor|AWSReservedSSO_)[^/]*$/.test(resource);
}

/** ARNs of a user, role or group: a log names it without its path. */
export function holderArns({ account, region }: Pick<Target, 'account' | 'region'>, { kind, name }: Holder): readonly string[] {
  const stem = `arn:${partitionOf(region)}:iam::${account}:${kind.toLowerCase()}`;
  return [`${stem}/${name}`, `${stem}/*/${name}`];
}

/** A target for each of the holders, with further parameters, each once. */
export function holderTargets(
  { account, region }: Finding,
  holders: readonly (Holder & { readonly params?: JsonObject })[],
): readonly Target[] {
  const partition = partitionOf(region);
  const targets = holders.map(
    ({ kind, name, params = {} }): Target => ({
      account,
      region: iamRegion(partition),
      uid: `arn:${partition}:iam::${account}:${kind.toLowerCase()}/${name}`,
      params: { kind, name, ...params },
    }),
  );
  return distinctTargets(targets);
}

/** The holder of a target that `holderTargets` made. */
export function holderOf({ params }: Target): Holder {
  const kind = params['kind'];
  return { kind: kind === 'Role' || kind === 'Group' ? kind : 'User', name: String(params['name']) };
}

/** The input that names a holder: `{ UserName }`. */
export function holderInput({ kind, name }: Holder): JsonObject {
  return { [`${kind}Name`]: name };
}

/** `the user alice` */
export function holderWords({ kind, name }: Holder): string {
  return `the ${kind.toLowerCase()} ${name}`;
}

/** The target of examples. */
export function exampleHolder(kind: HolderKind, name: string, params: JsonObject = {}): Target {
  return {
    account: '111122223333',
    region: 'us-east-1',
    uid: `arn:aws:iam::111122223333:${kind.toLowerCase()}/${name}`,
    params: { kind, name, ...params },
  };
}
