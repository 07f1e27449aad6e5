import { asObject, textAt } from '../../lib/json-at.ts';
import type { Event, Words } from '../../model/event.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { layoutOf } from '../layout.ts';
import type { JsonFormat, Surroundings } from '../log-format.ts';
import { recordEvent } from '../record-event.ts';

/**
 * User activity that a Cognito user pool exports where threat protection is on: sign-ins, sign-ups and changes of
 * passwords, with the risk that Cognito saw. Rules find the members of `message` at the top, where its index looks for them.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/exporting-quotas-and-usage.html
 */
export const cognito: JsonFormat = {
  source: 'aws.cognito',
  recognises: (record) => textAt(record, 'logSourceId', 'userPoolId') !== null && record['message'] !== undefined,
  event: cognitoEvent,
};

function cognitoEvent(record: JsonObject, from: Surroundings): Event | string | null {
  const message = messageOf(record['message']);
  if (message === null) return 'message is no object';
  // Notifications that could not be sent tell of nobody's sign-in.
  if (typeof message['eventType'] !== 'string') return null;
  const time = timeOf(record['eventTimestamp']);
  if (time === null) return 'eventTimestamp is missing or no number of milliseconds';
  const { message: _, ...around } = record;
  const raw: JsonObject = { ...message, ...around };
  const { account = '' } = layoutOf(from);
  return recordEvent('aws.cognito', raw, time, () => wordsOf(raw, account), record);
}

function messageOf(value: Json | undefined): JsonObject | null {
  if (typeof value !== 'string') return asObject(value);
  try {
    return asObject(JSON.parse(value) as Json);
  } catch {
    return null;
  }
}

function timeOf(value: Json | undefined): number | null {
  const number = typeof value === 'number' ? value : typeof value === 'string' && /^\d{12,14}$/.test(value) ? Number(value) : Number.NaN;
  return Number.isSafeInteger(number) && number >= 0 && number <= 253_402_300_799_999 ? number : null;
}

function wordsOf(raw: JsonObject, account: string): Words {
  const pool = textAt(raw, 'logSourceId', 'userPoolId') ?? '';
  // The id of a pool begins with its Region.
  const region = /^([a-z0-9-]{5,30})_/.exec(pool)?.[1] ?? '';
  const ip = textAt(raw, 'ipAddress');
  const name = textAt(raw, 'userName');
  const sub = textAt(raw, 'userSub') ?? name;
  const response = textAt(raw, 'eventResponse');
  return {
    operation: textAt(raw, 'eventType') ?? '',
    service: 'cognito-idp.amazonaws.com',
    account,
    region,
    ...(ip === null || ip === '' ? {} : { ip }),
    ...(response === 'Fail' ? { error: response } : {}),
    ...(sub === null || sub === '' ? {} : { actor: { name: name ?? sub, type: 'CognitoUser', uid: `${pool}/${sub}` } }),
    resource: { account, name: pool, region, type: 'AWS::Cognito::UserPool', uid: pool },
  };
}
