import { byWhom } from '../../core/decide/about/by-whom.ts';
import { parseArn, partitionOf } from '../../core/lib/arn.ts';
import { parseEventTime } from '../../core/lib/event-time.ts';
import { iamRegion } from '../../core/lib/inline-policy.ts';
import { listAt, textAt } from '../../core/lib/json-at.ts';
import type { Deployer } from '../../core/model/decide-context.ts';
import type { Finding, ResourceRef } from '../../core/model/finding.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import { attempt } from '../cloud-attempt.ts';
import { recordIn } from './confirm-evidence.ts';

/**
 * Who changed the finding's first resource last, before what was found, as AWS's event history tells it. One call, which gives the last 50 events
 * that name the resource within 90 days: null where none of them changed it, and where the history cannot be asked.
 */
export async function lastChange(cloud: Cloud, finding: Finding): Promise<Deployer | null> {
  const resource = finding.resources.find(({ uid }) => uid !== finding.actor?.uid) ?? finding.resources[0];
  const name = resource === undefined ? null : historyName(resource);
  if (resource === undefined || name === null) return null;
  const got = await attempt(cloud, {
    account: resource.account === '' ? finding.account : resource.account,
    region: resource.region === 'aws-global' || resource.region === '' ? iamRegion(partitionOf(finding.region)) : resource.region,
    action: 'cloudtrail:LookupEvents',
    input: {
      LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: name }],
      // What was found is told by the finding itself.
      ...(finding.kind === 'detection' && finding.firstTime > 0 ? { EndTime: new Date(finding.firstTime - 1).toISOString() } : {}),
    },
    role: 'reader',
  });
  if (!got.ok) return null;
  const changes = listAt(got.answer, 'Events').flatMap((event) => {
    const record = recordIn(event);
    const at = parseEventTime(textAt(record ?? {}, 'eventTime') ?? undefined);
    if (record === null || at === null || record['readOnly'] !== false || textAt(record, 'errorCode') !== null) return [];
    const who = textAt(record, 'userIdentity', 'arn') ?? textAt(record, 'userIdentity', 'invokedBy') ?? '';
    const operation = textAt(record, 'eventName') ?? '';
    return [{ who, ...byWhom(record), operation, at, from: "CloudTrail's event history" } satisfies Deployer];
  });
  return changes.sort((a, b) => b.at - a.at)[0] ?? null;
}

/** By which name the event history has a resource: the last part of its ARN; null for what has none. https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_Resource.html */
function historyName({ uid, name }: ResourceRef): string | null {
  const arn = parseArn(uid);
  const last = arn === null ? name : (arn.resource.split(/[/:]/).at(-1) ?? '');
  return last === '' || last === 'root' ? null : last;
}
