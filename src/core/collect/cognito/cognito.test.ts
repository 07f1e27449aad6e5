import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { holdsAgainstHostileBytes, readLog } from '../log-format.contract.ts';

const record = (n: number, message: JsonObject = {}, extra: JsonObject = {}): JsonObject => ({
  eventTimestamp: String(1_767_603_600_000 + n),
  eventSource: 'USER_ACTIVITY',
  logLevel: 'INFO',
  message: {
    version: '1',
    eventId: `00000000-0000-4000-8000-00000000000${n}`,
    eventType: 'SignIn',
    userSub: 'sub-1',
    userName: 'alice',
    userPoolId: 'us-west-2_EXAMPLE',
    eventResponse: 'Fail',
    riskLevel: 'High',
    riskDecision: 'AccountTakeover',
    challenges: [{ challengeName: 'Password', challengeResponse: 'Failure' }],
    ipAddress: '192.0.2.10',
    ...message,
  },
  logSourceId: { userPoolId: 'us-west-2_EXAMPLE' },
  ...extra,
});

test('a sign-in: its members are at the top', () => {
  const { events } = readLog(JSON.stringify(record(1)));
  expect(events[0]).toMatchObject({ source: 'aws.cognito', time: 1_767_603_600_001 });
  expect(events[0]?.raw).toMatchObject({ eventSource: 'USER_ACTIVITY', eventType: 'SignIn', userName: 'alice', riskLevel: 'High' });
  expect(events[0]?.words).toEqual({
    operation: 'SignIn',
    service: 'cognito-idp.amazonaws.com',
    account: '',
    region: 'us-west-2',
    ip: '192.0.2.10',
    error: 'Fail',
    actor: { name: 'alice', type: 'CognitoUser', uid: 'us-west-2_EXAMPLE/sub-1' },
    resource: { account: '', name: 'us-west-2_EXAMPLE', region: 'us-west-2', type: 'AWS::Cognito::UserPool', uid: 'us-west-2_EXAMPLE' },
  });
});

test.each<[string, JsonObject, number, number]>([
  ['the message as text', record(1, {}, { message: '{"eventType":"SignUp","userName":"bob"}' }), 1, 0],
  ['a notification that failed', record(1, {}, { eventSource: 'USER_NOTIFICATION', message: { details: 'not sent' } }), 0, 0],
  ['a message that is broken', record(1, {}, { message: '{' }), 0, 1],
  ['no time', record(1, {}, { eventTimestamp: 'soon' }), 0, 1],
])('%s', (_, one, events, setAsides) => {
  const read = readLog(JSON.stringify(one));
  expect([read.events.length, read.setAsides.length]).toEqual([events, setAsides]);
});

describe('hostile bytes', () => {
  const line = (n: number) => JSON.stringify(record(n));
  holdsAgainstHostileBytes([line(1), line(2), line(3)], '', true);
});
