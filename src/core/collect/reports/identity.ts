import type { FindingKind } from '../../model/finding.ts';
import type { FindingSource } from '../../model/imported.ts';
import type { Around } from './names.ts';

/**
 * Ids by which the copies of one finding are told to be the same, whether they come from the service itself or through Security Hub.
 * GuardDuty and Inspector give each finding an ARN; of the others these are made of what all copies have.
 */
export const macieUid = ({ account, region }: Around, id: string) => `macie/${account}/${region}/${id}`;

/** Security Hub has one finding for each analyzer and resource, IAM Access Analyzer one for each principal that may reach it. */
export const analyzerUid = (analyzer: string, resource: string) => `${analyzer}/${resource}`;

/** Config calls a bucket by its name and Security Hub by its ARN: the last part of both is the same. */
export const configUid = (rule: string, resource: string) => `${rule}/${resource.split(/[/:]/).at(-1) ?? ''}`;

/** "An event ARN isn't unique to a specific account": https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html */
export const healthUid = (event: string, account: string) => `${event}/${account}`;

/** What Macie finds in objects is about data, what it finds at buckets about settings; what Inspector reaches over the network as well. */
export function kindOf(source: FindingSource, type: string): FindingKind {
  switch (source) {
    case 'guardduty':
    case 'health':
      return 'detection';
    case 'inspector':
      return type === 'NETWORK_REACHABILITY' ? 'compliance' : 'vulnerability';
    case 'macie':
      return type.startsWith('Policy:') ? 'compliance' : 'data-security';
    default:
      return 'compliance';
  }
}

/** A type of Access Analyzer's findings, which has none of its own: `PublicAccess:S3/Bucket`. */
export function accessType(access: string, resourceType: string): string {
  return `${access}:${resourceType.replace(/^AWS::/, '').replace('::', '/')}`;
}
