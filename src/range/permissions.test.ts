import { expect, test } from 'vitest';
import type { JsonObject } from '../core/model/json.ts';
import type { CloudCall } from '../core/ports/cloud.ts';
import { openRange } from './open-range.ts';

const start = Date.UTC(2026, 0, 15, 9);
const account = '444455556666';
const allow = (...actions: string[]): JsonObject => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
});
const user = (name: string) => `arn:aws:iam::${account}:user/${name}`;
const role = (name: string) => `arn:aws:iam::${account}:role/${name}`;

interface Case {
  readonly name: string;
  readonly role: CloudCall['role'];
  readonly action: string;
  readonly input: JsonObject;
  readonly policy?: JsonObject;
  readonly refused: string | null;
}

const deny = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] });
const put = { RoleName: 'web-server', PolicyName: 'deny', PolicyDocument: deny };

test.each<Case>([
  { name: 'the reader reads', role: 'reader', action: 'iam:ListUsers', input: {}, refused: null },
  {
    name: 'the reader does not write',
    role: 'reader',
    action: 'iam:PutRolePolicy',
    input: put,
    refused: 'no identity-based policy allows',
  },
  {
    name: 'the actor writes what its session allows',
    role: 'actor',
    action: 'iam:PutRolePolicy',
    input: put,
    policy: allow('iam:PutRolePolicy'),
    refused: null,
  },
  {
    name: 'the actor writes nothing else',
    role: 'actor',
    action: 'iam:PutRolePolicy',
    input: put,
    policy: allow('iam:Get*'),
    refused: 'no session policy allows',
  },
  {
    name: 'a session policy names resources',
    role: 'actor',
    action: 'iam:PutRolePolicy',
    input: put,
    policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iam:PutRolePolicy', Resource: role('other') }] },
    refused: 'no session policy allows',
  },
  {
    name: 'a session policy for a trail allows to read it',
    role: 'actor',
    action: 'cloudtrail:GetEventSelectors',
    input: { TrailName: 'production-trail' },
    policy: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'cloudtrail:Get*', Resource: `arn:aws:cloudtrail:us-east-1:${account}:trail/production-trail` },
      ],
    },
    refused: null,
  },
  {
    name: 'a deny in the session policy wins',
    role: 'actor',
    action: 'iam:PutRolePolicy',
    input: put,
    policy: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        { Effect: 'Deny', Action: 'iam:Put*', Resource: role('web-*') },
      ],
    },
    refused: 'explicit deny in a session policy',
  },
  {
    name: 'a session policy adds nothing to the role',
    role: 'actor',
    action: 'iam:CreateUser',
    input: { UserName: 'x' },
    policy: allow('*'),
    refused: 'no identity-based policy allows',
  },
  {
    name: 'the actor cannot touch the roles of jobzero',
    role: 'actor',
    action: 'iam:PutRolePolicy',
    input: { ...put, RoleName: 'JobzeroReader' },
    policy: allow('*'),
    refused: 'explicit deny in an identity-based policy',
  },
  {
    name: 'the actor cannot touch break-glass',
    role: 'actor',
    action: 'iam:PutRolePolicy',
    input: { ...put, RoleName: 'BreakGlassAdministrator' },
    policy: allow('*'),
    refused: 'explicit deny in an identity-based policy',
  },
  {
    name: 'nobody changes a role of Identity Center',
    role: 'actor',
    action: 'iam:PutRolePolicy',
    input: { ...put, RoleName: 'AWSReservedSSO' },
    policy: allow('*'),
    refused: 'only modifiable by AWS',
  },
  {
    name: 'nobody changes a service-linked role',
    role: 'actor',
    action: 'iam:PutRolePolicy',
    input: { ...put, RoleName: 'AWSServiceRoleForOrganizations' },
    policy: allow('*'),
    refused: 'only modifiable by AWS',
  },
  {
    name: 'a member account cannot stop the trail of the organisation',
    role: 'undoer',
    action: 'cloudtrail:StopLogging',
    input: { Name: 'organization-trail' },
    policy: allow('*'),
    refused: 'only by the management account',
  },
  {
    name: 'names of members that every object has are no names',
    role: 'reader',
    action: 'iam:ListAccessKeys',
    input: { UserName: '__proto__' },
    refused: 'Must specify userName',
  },
])('$name', async ({ role: as, action, input, policy, refused }) => {
  const range = openRange({ seed: 'permissions', start, now: () => start });
  const sso = Object.keys(range.state.accounts[account]?.roles ?? {}).find((name) => name.startsWith('AWSReservedSSO_Admin'));
  const given = input['RoleName'] === 'AWSReservedSSO' ? { ...input, RoleName: sso ?? '' } : input;
  const call: CloudCall = {
    account,
    region: 'us-east-1',
    action,
    input: given,
    role: as,
    ...(policy === undefined ? {} : { session: { policy, name: 'a1' } }),
  };
  const error = await range.cloud.call(call).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (refused === null) expect(error).toBeNull();
  else expect(String(error)).toContain(refused);
});

test('the whole of the inline policies of a user has a quota', async () => {
  const range = openRange({ seed: 'permissions', start, now: () => start });
  const document = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Action: ['s3:GetObject'], Resource: user('x'.repeat(700)) }],
  });
  const call = (PolicyName: string): Promise<unknown> =>
    range.cloud.call({
      account,
      region: 'us-east-1',
      action: 'iam:PutUserPolicy',
      input: { UserName: 'alice', PolicyName, PolicyDocument: document },
      role: 'actor',
      session: { policy: allow('iam:PutUserPolicy'), name: 'a1' },
    });
  await call('one');
  await call('one');
  await expect(call('two')).resolves.toEqual({});
  await expect(call('three')).rejects.toMatchObject({ kind: 'quota', code: 'LimitExceeded' });
});
