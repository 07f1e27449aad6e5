import { describe, expect, test } from 'vitest';
import { parseCampaign } from '../core/model/campaign.ts';
import { openRange } from './open-range.ts';
import { peopleOf } from './people.ts';
import { placeCampaign } from './place-campaign.ts';
import { runCampaign } from './run-campaign.ts';

const start = Date.UTC(2026, 0, 15, 9);
const hour = 3_600_000;
/** A reference as campaigns write it. */
const ref = (to: string) => `\${${to}}`;

function open() {
  return openRange({ seed: 'place', start, now: () => start });
}

function campaign(part: object) {
  return parseCampaign({ id: 'x', title: 't', description: 'd', actors: { alice: { signs: { user: 'alice' } } }, ...part }, 'x.yml');
}

test('loops, repetitions and choices are unrolled, the same for a seed and others for another run', () => {
  const data = campaign({
    lists: { names: ['a', 'b', 'c'], regions: ['eu-west-1', 'us-east-1'] },
    steps: [
      {
        each: 'names',
        steps: [
          { id: 'one', actor: 'alice', action: 'iam:GetUser', input: { UserName: `${ref('each')}-${ref('roll.regions')}` }, wait: 2 },
        ],
      },
      { id: 'two', actor: 'alice', action: 'iam:ListUsers', wait: 10, times: 3, every: 4 },
      { each: 'accounts', most: 2, steps: [{ id: 'three', actor: 'alice', action: 'iam:GetRole', input: { RoleName: ref('each') } }] },
    ],
    speed: 2,
  });
  const { state } = open();
  const placed = placeCampaign(state, data);
  expect(placed.steps.map(({ id, wait }) => [id, wait])).toEqual([
    ['one', 1],
    ['one', 1],
    ['one', 1],
    ['two', 5],
    ['two', 2],
    ['two', 2],
    ['three', 0],
    ['three', 0],
  ]);
  expect(placed.steps.slice(0, 3).map(({ input }) => String(input['UserName']).slice(0, 2))).toEqual(['a-', 'b-', 'c-']);
  expect(placed.steps.slice(-2).map(({ input }) => input['RoleName'])).toEqual(['111122223333', '444455556666']);
  expect(placeCampaign(state, data)).toEqual(placed);
  expect(placeCampaign(state, data, 1).run).toBe('x#2');
});

test.each([
  ['working-hours', Date.UTC(2026, 0, 16, 17, 30), 2, Date.UTC(2026, 0, 19, 8, 30)],
  ['night', start, 1, Date.UTC(2026, 0, 15, 22)],
  ['weekend', start, 1, Date.UTC(2026, 0, 17)],
] as const)('%s: a call outside of the hours waits for them', (when, from, hours, expected) => {
  const data = campaign({ when, steps: [{ id: 'a', actor: 'alice', action: 'iam:ListUsers', wait: hours * 3600 }] });
  const [call] = runCampaign(open(), [data], from, from + 5 * 24 * hour);
  expect(new Date(call?.at ?? 0).toISOString().slice(0, 13)).toBe(new Date(expected).toISOString().slice(0, 13));
});

describe('who signs', () => {
  const steps = [{ id: 'a', actor: 'x', action: 'sts:GetCallerIdentity' }];
  const play = (actor: object, more: object = {}) => {
    const range = open();
    const calls = runCampaign(range, [campaign({ actors: { x: actor }, steps, ...more })], start, start + 30 * 24 * hour);
    return { calls, records: Object.values(range.state.recent).flat(), range };
  };

  test('a person, from the own address', () => {
    const { records, range, calls } = play({ signs: { person: 'who', set: 'ReadOnlyAccess' } });
    const somebody = peopleOf(range.state).find(({ email }) => calls[0]?.principal?.endsWith(`/${email}`));
    expect(records).toMatchObject([
      { sourceIPAddress: somebody?.addresses[0], userAgent: somebody?.agents[0], userIdentity: { sessionContext: { sessionIssuer: {} } } },
    ]);
  });

  test('a role by a part of its name, and a service on its behalf', () => {
    const { records } = play({ signs: { role: 'github-*', session: 'run-1' }, via: 'cloudformation.amazonaws.com' });
    expect(records).toMatchObject([
      {
        sourceIPAddress: 'cloudformation.amazonaws.com',
        userIdentity: { type: 'AssumedRole', invokedBy: 'cloudformation.amazonaws.com', arn: expect.stringContaining('/run-1') },
      },
    ]);
  });

  test('what an attacker took ends with the session, what a pipeline has does not', () => {
    const late = [{ id: 'a', actor: 'x', action: 'ec2:DescribeInstances', times: 3, every: 10 * 3600 }];
    const codes = (attacker: boolean) =>
      play({ signs: { role: 'terraform', session: 's' }, attacker }, { steps: late }).calls.map((call) => call.errorCode);
    expect(codes(false)).toEqual([null, null, null]);
    expect(codes(true)).toEqual([null, null, 'ExpiredToken']);
  });

  test('a role of another account is assumed where both sides allow it, and both accounts record it', () => {
    const management = { account: 'management', signs: { role: 'terraform', session: 's' } };
    const role = `arn:aws:iam::${ref('account.production')}:role/jobzero/JobzeroReader`;
    const assume = [{ id: 'a', actor: 'x', action: 'sts:AssumeRole', input: { RoleArn: role, RoleSessionName: 'audit' } }];
    const { calls, records } = play(management, { steps: assume });
    expect(calls[0]).toMatchObject({ errorCode: null, eventId: expect.any(String), otherEventId: expect.any(String) });
    expect(records.map((record) => [record['recipientAccountId'], (record['userIdentity'] as { type: string }).type]).sort()).toEqual([
      ['111122223333', 'AssumedRole'],
      ['444455556666', 'AWSAccount'],
    ]);
    expect(new Set(records.map((record) => record['sharedEventID'])).size).toBe(1);
    const stranger = play({ signs: { outside: '999988887777' } }, { steps: assume });
    expect(stranger.calls[0]?.errorCode).toBe('AccessDenied');
  });
});

describe('calls of services without state', () => {
  const step = { id: 'a', actor: 'alice', action: 'bedrock:InvokeModel' };
  const play = (record: object | undefined) => {
    const range = open();
    const data = campaign({
      actors: { alice: { signs: { role: 'terraform', session: 's' } } },
      steps: [{ ...step, ...(record && { record }) }],
    });
    const [call] = runCampaign(range, [data], start, start + hour);
    return { call, record: Object.values(range.state.recent).flat()[0] };
  };

  test('are recorded as the step says', () => {
    const given = {
      requestParameters: { modelId: 'm' },
      responseElements: { ok: true },
      additionalEventData: { MFAUsed: 'No' },
      readOnly: true,
    };
    expect(play(given).record).toMatchObject({ eventSource: 'bedrock.amazonaws.com', eventName: 'InvokeModel', ...given });
    expect(play({ errorCode: 'ThrottlingException', errorMessage: 'slow' })).toMatchObject({
      call: { errorCode: 'ThrottlingException' },
      record: { errorCode: 'ThrottlingException', errorMessage: 'slow' },
    });
    expect(play(undefined).record).toMatchObject({ eventName: 'InvokeModel', requestParameters: null });
  });

  test('are refused to those who may not make them', () => {
    const range = open();
    const [call] = runCampaign(
      range,
      [campaign({ steps: [{ ...step, record: { responseElements: { ok: true } } }] })],
      start,
      start + hour,
    );
    expect(call?.errorCode).toBe('AccessDeniedException');
    expect(Object.values(range.state.recent).flat()[0]).toMatchObject({ errorCode: 'AccessDenied', responseElements: null });
  });
});

test.each([
  [
    'a list that is not there',
    { steps: [{ each: 'nobody', steps: [{ id: 'a', actor: 'alice', action: 'iam:ListUsers' }] }] },
    'steps.0.each: no list nobody',
  ],
  [
    'a choice from no list',
    { steps: [{ id: 'a', actor: 'alice', action: 'iam:GetUser', input: { UserName: ref('pick.names') } }] },
    'no list names',
  ],
  [
    'an unknown reference',
    { steps: [{ id: 'a', actor: 'alice', action: 'iam:GetUser', input: { UserName: ref('nobody') } }] },
    'is not a reference',
  ],
  [
    'a step that is not there',
    { steps: [{ id: 'a', actor: 'alice', action: 'iam:GetUser', input: { UserName: ref('steps.b.X') } }] },
    'no step b',
  ],
  [
    'a wrong word in a loop',
    { lists: { l: ['a'] }, steps: [{ each: 'l', steps: [{ id: 'a', actor: 'alice', action: 'iam' }] }] },
    'steps.0.steps.0.action: service:Action',
  ],
  [
    'a part that no account plays',
    { actors: { alice: { account: 'moon', signs: { user: 'a' } } } },
    'actors.alice.account: one of management',
  ],
])('%s is refused with its place', (_name, part, message) => {
  expect(() => campaign(part)).toThrow(message);
});
