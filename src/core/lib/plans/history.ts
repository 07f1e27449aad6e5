import type { Actor, Evidence } from '../../model/finding.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { asObject, listAt, textAt } from '../json-at.ts';

/** One page of the last 90 days, newest first: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html */
export const lookUp = 'cloudtrail:LookupEvents';

/** The inputs that look up calls of these names, a page of 50 each. */
export function callsNamed(...names: readonly string[]): readonly JsonObject[] {
  return names.map((name) => ({ LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: name }], MaxResults: 50 }));
}

/**
 * The records in answers of `callsNamed`, newest first. Calls that AWS refused are left out, and those of whom `notBy` names: who removed a
 * setting may have put one of his own before, so that it would be brought back.
 */
export function recordsIn(answers: readonly Json[], notBy: readonly string[] = []): readonly JsonObject[] {
  const events = answers.flatMap((answer) => listAt(answer, 'Events'));
  const byTime = events.toSorted((a, b) => ((textAt(a, 'EventTime') ?? '') < (textAt(b, 'EventTime') ?? '') ? 1 : -1));
  return byTime.flatMap((event) => {
    let record: JsonObject | null;
    try {
      record = asObject(JSON.parse(textAt(event, 'CloudTrailEvent') ?? '') as Json);
    } catch {
      return [];
    }
    if (record === null || textAt(record, 'errorCode') !== null) return [];
    const who = record['userIdentity'];
    return [textAt(who, 'arn'), textAt(who, 'sessionContext', 'sessionIssuer', 'arn')].some((arn) => arn !== null && notBy.includes(arn))
      ? []
      : [record];
  });
}

/** Who did it, as `notBy` takes it: the principal and the role behind a session. */
export function actorsOf(evidence: readonly Evidence[], actor: Actor | undefined): readonly string[] {
  const all = evidence.flatMap((one) => one.actor ?? actor ?? []);
  return [...new Set(all.flatMap(({ uid, issuer }) => (issuer === undefined ? [uid] : [uid, issuer])))].sort();
}
