import { expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { closedTrust } from './close-trust.ts';

const assumes = (Principal: JsonObject | string, more: JsonObject = {}): JsonObject => ({
  Effect: 'Allow',
  Principal,
  Action: 'sts:AssumeRole',
  ...more,
});
const federated = (host: string, values: JsonObject): JsonObject => ({
  Effect: 'Allow',
  Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${host}` },
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: values,
});
const github = 'token.actions.githubusercontent.com';
const service = assumes({ Service: 'ec2.amazonaws.com' });

test.each<readonly [string, JsonObject, readonly string[], boolean]>([
  ['the account that was let in', assumes({ AWS: 'arn:aws:iam::999988887777:root' }), ['999988887777'], true],
  ['another account', assumes({ AWS: 'arn:aws:iam::444455556666:root' }), ['999988887777'], false],
  ['everybody', assumes('*'), [], true],
  ['everybody but one', { Effect: 'Allow', NotPrincipal: { AWS: '444455556666' }, Action: 'sts:AssumeRole' }, [], true],
  [
    'everybody of one organisation',
    assumes({ AWS: '*' }, { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-abcdefghij' } } }),
    [],
    false,
  ],
  ['whatever workflow of GitHub', federated(github, { StringEquals: { [`${github}:aud`]: 'sts.amazonaws.com' } }), [], true],
  ['owners that begin alike', federated(github, { StringLike: { [`${github}:sub`]: 'repo:example*:*' } }), [], true],
  ['one owner', federated(github, { StringLike: { [`${github}:sub`]: 'repo:example/*' } }), [], false],
  ['whatever group of GitLab', federated('gitlab.com', { StringLike: { 'gitlab.com:sub': 'project_path:*:ref:main' } }), [], true],
  ['one group of GitLab', federated('gitlab.com', { StringLike: { 'gitlab.com:sub': 'project_path:example/*' } }), [], false],
  ['the audience of Terraform alone', federated('app.terraform.io', { StringEquals: { 'app.terraform.io:aud': 'aws' } }), [], true],
  [
    'one organisation of Terraform',
    federated('app.terraform.io', { StringLike: { 'app.terraform.io:sub': 'organization:example:*' } }),
    [],
    false,
  ],
  [
    'one of two values names nobody',
    federated('gitlab.com', { StringLike: { 'gitlab.com:sub': ['project_path:example/*', '*'] } }),
    [],
    true,
  ],
  ['workloads of a cluster', federated('oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE', {}), [], false],
])('%s', (_, statement, accounts, goes) => {
  const document = { Version: '2012-10-17', Statement: [service, statement] };
  const closed = closedTrust(document, accounts);
  expect(closed).toEqual(goes ? { Version: '2012-10-17', Statement: [service] } : document);
  expect(closedTrust(closed, accounts)).toEqual(closed);
});

test('what would be empty lets nobody in, since AWS takes no trust without a statement', () => {
  const closed = closedTrust({ Version: '2012-10-17', Statement: [assumes('*')] }, []);
  expect(closed).toMatchObject({ Statement: [{ Effect: 'Deny', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }] });
  expect(closedTrust(closed, [])).toEqual(closed);
});

test('of several principals only the stranger goes', () => {
  const own = 'arn:aws:iam::111122223333:role/app';
  const both = { Version: '2012-10-17', Statement: assumes({ AWS: ['999988887777', own] }) };
  expect(closedTrust(both, ['999988887777'])).toEqual({ Version: '2012-10-17', Statement: [assumes({ AWS: own })] });
});
