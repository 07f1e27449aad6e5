import type { Json, JsonObject } from '../../model/json.ts';
import { asObject, listAt, textAt } from '../json-at.ts';

/** One page of the last 90 days, newest first: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html */
export const lookUp = 'cloudtrail:LookupEvents';

/** The inputs that look up calls of these names, a page of 50 each. */
export function callsNamed(...names: readonly string[]): readonly JsonObject[] {
  return names.map((name) => ({ LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: name }], MaxResults: 50 }));
}

/** The records in answers of `callsNamed`, newest first; calls that AWS refused are left out. */
export function recordsIn(answers: readonly Json[]): readonly JsonObject[] {
  const events = answers.flatMap((answer) => listAt(answer, 'Events'));
  const byTime = events.toSorted((a, b) => ((textAt(a, 'EventTime') ?? '') < (textAt(b, 'EventTime') ?? '') ? 1 : -1));
  return byTime.flatMap((event) => {
    let record: JsonObject | null;
    try {
      record = asObject(JSON.parse(textAt(event, 'CloudTrailEvent') ?? '') as Json);
    } catch {
      return [];
    }
    return record === null || textAt(record, 'errorCode') !== null ? [] : [record];
  });
}
