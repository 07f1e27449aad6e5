import { expect, test } from 'vitest';
import type { JsonObject } from '../../core/model/json.ts';
import { personOf } from '../authorize.ts';
import type { Credentials } from '../caller.ts';
import { openRange } from '../open-range.ts';
import { rootId } from './organization-places.ts';

const start = Date.UTC(2026, 0, 15, 9);
const management = '111122223333';
const member = '444455556666';

/** An organisation, and sessions of its people by Identity Center. */
function opened() {
  const range = openRange({ seed: 'guardrails', start, now: () => start });
  const call = (credentials: Credentials, action: string, input: JsonObject) =>
    range.perform({ credentials, region: 'us-east-1', action, input, origin: { ip: '198.51.100.7', userAgent: 'test' } });
  const manager = (action: string, input: JsonObject) => call({ kind: 'root', account: management }, action, input).output ?? {};
  const session = (account: string, name: string): Credentials => {
    const made = range.roleSession({ account, role: 'AWSReservedSSO_Admin*', name, mfa: true, holder: name, at: start, renewed: false });
    if (made === null) throw new Error('no such role');
    return made;
  };
  const looks = (credentials: Credentials) => call(credentials, 'iam:ListUsers', {}).error?.message ?? null;
  return { range, manager, session, looks };
}

const denying = (person: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Action: '*', Resource: '*', Condition: { StringEquals: { 'identitystore:UserId': [person] } } }],
  });

test('an attached policy that names a person stops open sessions of that person alone, and none in the management account', () => {
  const { range, manager, session, looks } = opened();
  const [alice, bob, aliceAbove] = [session(member, 'alice'), session(member, 'bob'), session(management, 'alice')];
  expect([alice, bob, aliceAbove].map(looks)).toEqual([null, null, null]);
  const created = manager('organizations:CreatePolicy', {
    Name: 'people',
    Type: 'SERVICE_CONTROL_POLICY',
    Content: denying(personOf('alice')),
  });
  const PolicyId = ((created['Policy'] as JsonObject)['PolicySummary'] as JsonObject)['Id'] ?? '';
  expect(looks(alice)).toBeNull();
  manager('organizations:AttachPolicy', { PolicyId, TargetId: rootId(range.state) });
  expect([alice, bob, aliceAbove].map(looks)).toEqual([expect.stringContaining('service control policy'), null, null]);
});

test('a policy of a unit binds the accounts that were moved there', () => {
  const { range, manager, session, looks } = opened();
  const alice = session(member, 'alice');
  const unit = 'ou-abcd-example1';
  const created = manager('organizations:CreatePolicy', {
    Name: 'people',
    Type: 'SERVICE_CONTROL_POLICY',
    Content: denying(personOf('alice')),
  });
  const PolicyId = ((created['Policy'] as JsonObject)['PolicySummary'] as JsonObject)['Id'] ?? '';
  manager('organizations:AttachPolicy', { PolicyId, TargetId: unit });
  expect(looks(alice)).toBeNull();
  manager('organizations:MoveAccount', { AccountId: member, SourceParentId: rootId(range.state), DestinationParentId: unit });
  expect(looks(alice)).toContain('service control policy');
});
