import { partitionOf } from '../../core/lib/arn.ts';
import { iamRegion } from '../../core/lib/inline-policy.ts';
import { textAt } from '../../core/lib/json-at.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import { attempt } from '../cloud-attempt.ts';

/** By cloud and account: an account's management does not change while a worker lives, or hardly ever. */
const known = new WeakMap<Cloud, Map<string, string | null>>();

/** The account that manages the organisation of an account; null where it is in none, or may not know. `near`: a Region of it. A failed look is tried again. */
export async function managementOf(cloud: Cloud, account: string, near: string): Promise<string | null> {
  const accounts = known.get(cloud) ?? new Map<string, string | null>();
  known.set(cloud, accounts);
  const before = accounts.get(account);
  if (before !== undefined) return before;
  // Organizations is called where IAM is: https://docs.aws.amazon.com/general/latest/gr/ao.html
  const region = iamRegion(partitionOf(near));
  const got = await attempt(cloud, { account, region, action: 'organizations:DescribeOrganization', input: {}, role: 'reader' });
  const management = got.ok ? textAt(got.answer, 'Organization', 'MasterAccountId') : null;
  if (got.ok || got.kind === 'denied' || got.kind === 'not-found') accounts.set(account, management);
  return management;
}
