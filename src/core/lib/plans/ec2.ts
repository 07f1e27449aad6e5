import type { Evidence, Finding } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Target } from '../../model/plan.ts';
import { partitionOf } from '../arn.ts';
import { keptTexts, type Naming, namedTargets } from './named-targets.ts';

/** The ARN of something in EC2, in a Region of an account. */
export function ec2Arn({ account, region }: { readonly account: string; readonly region: string }, type: string, id: string): string {
  return `arn:${partitionOf(region)}:ec2:${region}:${account}:${type}/${id}`;
}

/**
 * The same as IAM spells it in policies: snapshots and images have no account in their ARNs.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html#amazonec2-resources-for-iam-policies
 */
export function ec2PolicyArn(place: { readonly account: string; readonly region: string }, type: 'snapshot' | 'image', id: string): string {
  return ec2Arn({ account: '', region: place.region }, type, id);
}

/** What the evidence names of one type, by its resource or by ids that were kept under `kept`; the parameter of the id is called `param`. */
export function ec2Targets(
  finding: Finding,
  what: { readonly type: string; readonly prefix: string; readonly param: string; readonly kept?: string } & Pick<
    Naming,
    'operations' | 'params' | 'despiteErrors'
  >,
): readonly Target[] {
  const { type, prefix, param, kept, ...more } = what;
  const id = new RegExp(`^${prefix}-[0-9a-f]{8,32}$`);
  const uids = (evidence: Evidence) => keptTexts([evidence], kept ?? '', id).map((one) => ec2Arn(evidence, type, one));
  return namedTargets(finding, {
    service: 'ec2',
    resource: new RegExp(`^${type}/(?<${param}>${prefix}-[0-9a-f]{8,32})$`),
    ...(kept === undefined ? {} : { uids }),
    ...more,
  });
}

/** The target of examples. */
export function exampleEc2(type: string, id: string, params: JsonObject): Target {
  const place = { account: '111122223333', region: 'eu-central-1' };
  return { ...place, uid: ec2Arn(place, type, id), params };
}
