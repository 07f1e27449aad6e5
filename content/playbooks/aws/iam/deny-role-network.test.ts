import { expect, test } from 'vitest';
import { findingUnderTest } from '../../../../src/core/lib/finding-under-test.ts';
import type { Actor, Evidence } from '../../../../src/core/model/finding.ts';
import { denyRoleNetwork } from './deny-role-network.ts';

const account = '111122223333';
const session = (role: string, more: Partial<Actor> = {}): Actor => ({
  type: 'AssumedRole',
  uid: `arn:aws:sts::${account}:assumed-role/${role}/one`,
  name: 'one',
  issuer: `arn:aws:iam::${account}:role/app/${role}`,
  ...more,
});
const call = (ip: string | undefined, actor: Actor | undefined): Evidence => ({
  key: 'k',
  id: 'i',
  time: 0,
  rule: 'r',
  operation: 'StartQueryExecution',
  service: 'athena',
  account,
  region: 'us-east-1',
  ...(ip === undefined ? {} : { ip }),
  ...(actor === undefined ? {} : { actor }),
});
const targetsOf = (evidence: readonly Evidence[], id = 'aws.account.network-new-to-peers') =>
  denyRoleNetwork
    .targets(findingUnderTest({ account, evidence, rule: { id } }))
    .map(({ uid, params }) => [uid, params['roleName'], params['network']]);

test.each<[string, readonly Evidence[], readonly unknown[]]>([
  [
    'calls of one network are one target',
    [call('198.51.100.7', session('reports')), call('198.51.9.9', session('reports'))],
    [[`arn:aws:iam::${account}:role/app/reports`, 'reports', '198.51.0.0/16']],
  ],
  [
    'of IPv6 the /32',
    [call('2001:db8:1::7', session('reports'))],
    [[`arn:aws:iam::${account}:role/app/reports`, 'reports', '2001:db8::/32']],
  ],
  ['a private address is in many networks', [call('10.0.0.7', session('reports'))], []],
  ['a service has no address', [call('athena.amazonaws.com', session('reports')), call(undefined, session('reports'))], []],
  ['a user is no role', [call('198.51.100.7', { type: 'IAMUser', uid: `arn:aws:iam::${account}:user/bob`, name: 'bob' })], []],
  ['a session that was taken on later is matched by no rule', [{ ...call('198.51.100.7', session('reports')), rule: '' }], []],
  ['nobody', [call('198.51.100.7', undefined)], []],
  [
    'roles of Identity Center are not ours to change',
    [
      call(
        '198.51.100.7',
        session('x', { issuer: `arn:aws:iam::${account}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_X_0123456789abcdef` }),
      ),
    ],
    [],
  ],
  ['a role of another account', [call('198.51.100.7', session('x', { issuer: 'arn:aws:iam::999988887777:role/x' }))], []],
])('%s', (_, evidence, expected) => {
  expect(targetsOf(evidence)).toEqual(expected);
});

test('only of a network that was never seen before', () => {
  expect(targetsOf([call('198.51.100.7', session('reports'))], 'aws.cloudtrail.trail-logging-stopped')).toEqual([]);
});
