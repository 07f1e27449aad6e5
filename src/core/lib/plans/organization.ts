import type { Target } from '../../model/plan.ts';
import { partitionOf } from '../arn.ts';

/** Ids of policies that one's own organisation wrote; those of AWS (`p-FullAWSAccess`) are not ours to attach. */
export const policyId = /^p-[0-9a-z]{8,128}$/;
/** A root, a unit or an account: https://docs.aws.amazon.com/organizations/latest/APIReference/API_AttachPolicy.html */
export const targetId = /^(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|\d{12})$/;

/** The ARN of something of the organisation, in whose management account the target lies; `o-*` stands for its id. */
export function organizationArn({ account, region }: Pick<Target, 'account' | 'region'>, resource: string): string {
  return `arn:${partitionOf(region)}:organizations::${account}:${resource}`;
}
