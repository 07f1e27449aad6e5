import { partitionOf } from '../../core/lib/arn.ts';
import { iamRegion } from '../../core/lib/inline-policy.ts';
import { listAt, textAt } from '../../core/lib/json-at.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { JsonObject } from '../../core/model/json.ts';
import type { Around } from '../../core/model/plan.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import { attempt } from '../cloud-attempt.ts';

type Fixed = Pick<Around, 'management' | 'root'>;

/** By cloud and account: an account's organisation does not change while a worker lives, or hardly ever. */
const known = new WeakMap<Cloud, Map<string, Fixed>>();

/**
 * What stands around the account of a finding; nulls where it is in no organisation, or may not know. The root is looked at where persons of Identity
 * Center did something. A failed look is tried again.
 */
export async function aroundOf(
  cloud: Cloud,
  { account, region: near, actor, evidence }: Finding,
  more: Finding['evidence'] = [],
): Promise<Around> {
  // Organizations is called where IAM is: https://docs.aws.amazon.com/general/latest/gr/ao.html
  const region = iamRegion(partitionOf(near));
  const read = (of: string, action: string, input: JsonObject = {}) =>
    attempt(cloud, { account: of, region, action, input, role: 'reader' });
  const { management, root } = await fixedOf(cloud, account, read);
  const isByPerson = [...evidence, ...more].some((one) => (one.actor ?? actor)?.issuer?.includes(':role/aws-reserved/sso.amazonaws.com/'));
  if (management === null || root === null || !isByPerson) return { management, root, atRoot: [] };
  const attached = await read(management, 'organizations:ListPoliciesForTarget', { TargetId: root, Filter: 'SERVICE_CONTROL_POLICY' });
  const names = attached.ok ? listAt(attached.answer, 'Policies').flatMap((policy) => textAt(policy, 'Name') ?? []) : [];
  // Without knowing what is there, nothing is attached to all accounts.
  return { management, root: attached.ok ? root : null, atRoot: names };
}

async function fixedOf(cloud: Cloud, account: string, read: (of: string, action: string) => ReturnType<typeof attempt>): Promise<Fixed> {
  const accounts = known.get(cloud) ?? new Map<string, Fixed>();
  known.set(cloud, accounts);
  const before = accounts.get(account);
  if (before !== undefined) return before;
  const got = await read(account, 'organizations:DescribeOrganization');
  const management = got.ok ? textAt(got.answer, 'Organization', 'MasterAccountId') : null;
  const roots = management === null ? null : await read(management, 'organizations:ListRoots');
  const fixed: Fixed = { management, root: roots?.ok === true ? textAt(listAt(roots.answer, 'Roots')[0] ?? null, 'Id') : null };
  const isFinal = [got, ...(roots === null ? [] : [roots])].every((one) => one.ok || one.kind === 'denied' || one.kind === 'not-found');
  if (isFinal) accounts.set(account, fixed);
  return fixed;
}
