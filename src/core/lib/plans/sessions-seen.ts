import type { Json } from '../../model/json.ts';
import type { Survey } from '../../model/plan.ts';
import { listAt, textAt } from '../json-at.ts';

const hours = 12;
/** More sessions than these are counted and not named. */
const shown = 12;
const sessionName = /^[\w+=,.@-]{2,64}$/;

/**
 * Which sessions of a role were made in the last 12 hours, the longest that a session lives, by CloudTrail's event history: who revokes them
 * all sees whom it hits. One page of 50 events in one Region; a call to STS is recorded in the Region of its endpoint.
 * https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
 */
export function sessionsSeen(roleArn: string, region: string, at: number): Survey {
  return {
    name: `Sessions of the last ${hours} hours in ${region}`,
    region,
    read: {
      action: 'cloudtrail:LookupEvents',
      input: {
        LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: roleArn }],
        StartTime: new Date(at - hours * 3_600_000).toISOString(),
        MaxResults: 50,
      },
    },
    says: (answer) => {
      const names = sessionNames(answer);
      const more = textAt(answer, 'NextToken') === null ? '' : ', and more than one page tells';
      if (names.length === 0) return `No session of it was made in ${region} in the last ${hours} hours${more}.`;
      const named = names.slice(0, shown).join(', ');
      const others = names.length > shown ? ` and ${names.length - shown} more` : '';
      return `Sessions made in ${region} in the last ${hours} hours: ${named}${others}${more}.`;
    },
  };
}

function sessionNames(answer: Json): readonly string[] {
  const names = listAt(answer, 'Events').flatMap((event) => {
    if (!/^AssumeRole/.test(textAt(event, 'EventName') ?? '')) return [];
    let record: Json;
    try {
      record = JSON.parse(textAt(event, 'CloudTrailEvent') ?? '') as Json;
    } catch {
      return [];
    }
    const arn = textAt(record, 'responseElements', 'assumedRoleUser', 'arn') ?? '';
    const name = arn.slice(arn.lastIndexOf('/') + 1);
    return sessionName.test(name) ? [name] : [];
  });
  return [...new Set(names)].sort();
}
