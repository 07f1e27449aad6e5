import type { Finding } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Target } from '../../model/plan.ts';
import { partitionOf } from '../arn.ts';

/**
 * The account itself in the Region of each piece of evidence that is of these operations, or in the finding's own Region where a control
 * judged it. Settings of an account hold in one Region; of those that hold everywhere any Region will do.
 */
export function accountTargets(finding: Finding, operations: readonly string[], params: JsonObject = {}): readonly Target[] {
  const regions =
    finding.kind !== 'detection'
      ? [finding.region]
      : finding.evidence.flatMap(({ operation, region, account, error }) =>
          operations.includes(operation) && account === finding.account && error === undefined ? [region] : [],
        );
  return [...new Set(regions)]
    .filter((region) => /^[a-z]+(-[a-z]+)+-\d+$/.test(region))
    .map((region) => accountTarget(finding.account, region, params));
}

/** The account as a target: the ARN of its root stands for it. */
export function accountTarget(account: string, region: string, params: JsonObject = {}): Target {
  return { account, region, uid: `arn:${partitionOf(region)}:iam::${account}:root`, params };
}
