import { partitionOf } from '../../core/lib/arn.ts';
import { iamRegion } from '../../core/lib/inline-policy.ts';
import { listAt, textAt } from '../../core/lib/json-at.ts';
import type { Around } from '../../core/model/plan.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import { attempt } from '../cloud-attempt.ts';

/** By cloud and account: an account's organisation does not change while a worker lives, or hardly ever. */
const known = new WeakMap<Cloud, Map<string, Around>>();

/** What stands around an account; nulls where it is in no organisation, or may not know. `near`: a Region of it. A failed look is tried again. */
export async function aroundOf(cloud: Cloud, account: string, near: string): Promise<Around> {
  const accounts = known.get(cloud) ?? new Map<string, Around>();
  known.set(cloud, accounts);
  const before = accounts.get(account);
  if (before !== undefined) return before;
  // Organizations is called where IAM is: https://docs.aws.amazon.com/general/latest/gr/ao.html
  const region = iamRegion(partitionOf(near));
  const read = (of: string, action: string) => attempt(cloud, { account: of, region, action, input: {}, role: 'reader' });
  const got = await read(account, 'organizations:DescribeOrganization');
  const management = got.ok ? textAt(got.answer, 'Organization', 'MasterAccountId') : null;
  const roots = management === null ? null : await read(management, 'organizations:ListRoots');
  const around: Around = { management, root: roots?.ok === true ? textAt(listAt(roots.answer, 'Roots')[0] ?? null, 'Id') : null };
  const isFinal = [got, ...(roots === null ? [] : [roots])].every((one) => one.ok || one.kind === 'denied' || one.kind === 'not-found');
  if (isFinal) accounts.set(account, around);
  return around;
}
