import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '../../model/json.ts';
import { matches } from './policy.ts';
import { assumableByAnyone, githubWithoutSubject } from './who-may-assume.ts';

const allow = (principal: Json, condition?: Json, more: { readonly [key: string]: Json } = {}): Json => ({
  Effect: 'Allow',
  Action: 'sts:AssumeRole',
  Principal: principal,
  ...(condition === undefined ? {} : { Condition: condition }),
  ...more,
});
const deny = (condition?: Json, principal: Json = '*'): Json => ({ ...(allow(principal, condition) as object), Effect: 'Deny' });
const everyone = { AWS: '*' };

describe('a role that anyone may assume', () => {
  test.each<[string, Json, boolean]>([
    ['the star', allow('*'), true],
    ['every AWS principal', allow(everyone), true],
    ['in a list', allow({ AWS: ['arn:aws:iam::111122223333:root', '*'] }), true],
    ['all actions', allow(everyone, undefined, { Action: '*' }), true],
    ['an action in odd case with a wildcard', allow(everyone, undefined, { Action: ['STS:ASSUME*'] }), true],
    ['all actions but others', { Effect: 'Allow', NotAction: 's3:*', Principal: everyone }, true],
    ['everybody but one', { Effect: 'Allow', Action: 'sts:AssumeRole', NotPrincipal: { AWS: 'arn:aws:iam::111122223333:root' } }, true],
    ['keys in odd case', { effect: 'allow', action: 'sts:assumerole', principal: { aws: '*' } }, true],
    ['a wildcard for the account', allow({ AWS: 'arn:aws:iam::*:role/deploy' }), true],
    ['one account', allow({ AWS: 'arn:aws:iam::111122223333:root' }), false],
    ['one account by its number', allow({ AWS: '111122223333' }), false],
    ['a service', allow({ Service: 'ec2.amazonaws.com' }), false],
    ['another action', allow(everyone, undefined, { Action: 'sts:TagSession' }), false],
    ['assume not among the actions', { Effect: 'Allow', NotAction: ['sts:Assume*'], Principal: everyone }, false],
    ['nobody at all', { Effect: 'Allow', Action: 'sts:AssumeRole', NotPrincipal: '*' }, false],
    ['Deny only', deny(), false],
  ])('%s', (_name, statement, open) => {
    for (const document of [
      { Version: '2012-10-17', Statement: statement },
      { Statement: [statement] },
      JSON.stringify({ Statement: [statement] }),
    ])
      expect(assumableByAnyone(document)?.open.length).toBe(open ? 1 : 0);
  });

  test.each<[string, Json, boolean]>([
    ['organisation', { StringEquals: { 'aws:PrincipalOrgID': 'o-abcdefghij' } }, false],
    ['organisation, odd case', { stringequals: { 'AWS:principalorgid': ['o-abcdefghij', 'o-0123456789'] } }, false],
    ['organisation by a wildcard', { StringLike: { 'aws:PrincipalOrgID': 'o-*' } }, true],
    ['one organisation and any', { StringLike: { 'aws:PrincipalOrgID': ['o-abcdefghij', '*'] } }, true],
    ['organisation if it has one', { StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-abcdefghij' } }, true],
    [
      'organisation if it has one, and it has',
      { StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-abcdefghij' }, Null: { 'aws:PrincipalOrgID': 'false' } },
      false,
    ],
    ['organisation for all values', { 'ForAllValues:StringEquals': { 'aws:PrincipalOrgID': 'o-abcdefghij' } }, true],
    [
      'organisation paths for any value',
      { 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-abcdefghij/r-ab12/ou-ab12-11111111/*' } },
      false,
    ],
    ['any organisation path', { 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-*' } }, true],
    ['any organisation but one', { StringNotEquals: { 'aws:PrincipalOrgID': 'o-abcdefghij' } }, true],
    ['has some organisation', { Null: { 'aws:PrincipalOrgID': 'false' } }, true],
    ['account', { StringEquals: { 'aws:PrincipalAccount': '111122223333' } }, false],
    ['account as a number', { StringEquals: { 'aws:PrincipalAccount': 111122223333 } }, false],
    ['account by a wildcard', { StringLike: { 'aws:PrincipalAccount': '*' } }, true],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
    ['account of a variable', { StringEquals: { 'aws:PrincipalAccount': '${aws:PrincipalAccount}' } }, true],
    ['source account', { StringEquals: { 'aws:SourceAccount': '111122223333' } }, false],
    ['role of one account', { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/*' } }, false],
    ['role of any account', { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/deploy' } }, true],
    ['account behind a wildcard over the text', { StringLike: { 'aws:PrincipalArn': '*:111122223333:*' } }, true],
    ['source ARN of one account', { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:111122223333:*' } }, false],
    ['source ARN of any bucket', { ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::*' } }, true],
    ['external id', { StringEquals: { 'sts:ExternalId': '7b5f1c' } }, false],
    ['any external id', { StringLike: { 'sts:ExternalId': '*' } }, true],
    ['an office', { IpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '2001:db8::/32'] } }, false],
    ['the world of addresses', { IpAddress: { 'aws:SourceIp': '0.0.0.0/0' } }, true],
    ['the world in halves', { IpAddress: { 'aws:SourceIp': ['0.0.0.0/1', '128.0.0.0/1'] } }, true],
    ['an address that is none', { IpAddress: { 'aws:SourceIp': 'office' } }, true],
    ['not from an office', { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }, true],
    ['a VPC', { StringEquals: { 'aws:SourceVpc': 'vpc-0123' } }, false],
    ['MFA', { Bool: { 'aws:MultiFactorAuthPresent': 'true' } }, true],
    ['TLS', { Bool: { 'aws:SecureTransport': true } }, true],
    ['a tag of the principal', { StringEquals: { 'aws:PrincipalTag/team': 'blue' } }, true],
    ['a session name', { StringLike: { 'sts:RoleSessionName': 'deploy' } }, true],
    ['a type', { StringEquals: { 'aws:PrincipalType': 'AssumedRole' } }, true],
    ['AWS services', { Bool: { 'aws:PrincipalIsAWSService': 'true' } }, false],
    [
      'TLS and the organisation',
      { Bool: { 'aws:SecureTransport': 'true' }, StringEquals: { 'aws:PrincipalOrgID': 'o-abcdefghij' } },
      false,
    ],
    ['no value, so nobody', { StringEquals: { 'aws:PrincipalOrgID': [] } }, false],
    ['an empty condition', {}, true],
  ])('with a condition on %s', (_name, condition, open) => {
    expect(assumableByAnyone({ Statement: [allow(everyone, condition)] })).toMatchObject({
      open: open ? [{ statement: 0 }] : [],
      faults: [],
    });
  });

  test.each<[string, Json, boolean]>([
    ['everybody', deny(), false],
    ['all outside the organisation', deny({ StringNotEquals: { 'aws:PrincipalOrgID': 'o-abcdefghij' } }), false],
    [
      'all outside, but not services',
      deny({ StringNotEqualsIfExists: { 'aws:PrincipalOrgID': 'o-abcdefghij' }, BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' } }),
      false,
    ],
    ['all but one principal', { Effect: 'Deny', Action: 'sts:*', NotPrincipal: { AWS: 'arn:aws:iam::111122223333:root' } }, false],
    ['those without MFA', deny({ Bool: { 'aws:MultiFactorAuthPresent': 'false' } }), true],
    [
      'outsiders without MFA',
      deny({ StringNotEquals: { 'aws:PrincipalOrgID': 'o-abcdefghij' }, Bool: { 'aws:MultiFactorAuthPresent': 'false' } }),
      true,
    ],
    ['another account', deny({ StringEquals: { 'aws:PrincipalAccount': '444455556666' } }), true],
    ['any value outside: who has none passes', deny({ 'ForAnyValue:StringNotLike': { 'aws:PrincipalOrgPaths': 'o-abcdefghij/*' } }), true],
    ['one principal', deny(undefined, { AWS: 'arn:aws:iam::444455556666:root' }), true],
    ['another action', { Effect: 'Deny', Action: 'sts:TagSession', Principal: '*' }, true],
    ['the world outside any address', deny({ NotIpAddress: { 'aws:SourceIp': '0.0.0.0/0' } }), true],
  ])('and a Deny of %s', (_name, statement, open) => {
    for (const Statement of [
      [allow(everyone), statement],
      [statement, allow(everyone)],
    ])
      expect(assumableByAnyone({ Statement })?.open.length).toBe(open ? 1 : 0);
  });

  test.each<[string, Json, Json | undefined, boolean]>([
    ['Cognito without audience', { Federated: 'cognito-identity.amazonaws.com' }, undefined, true],
    [
      'Cognito, signed in anywhere',
      { Federated: 'cognito-identity.amazonaws.com' },
      { 'ForAnyValue:StringLike': { 'cognito-identity.amazonaws.com:amr': 'authenticated' } },
      true,
    ],
    [
      'Cognito, one pool',
      { Federated: 'cognito-identity.amazonaws.com' },
      { StringEquals: { 'cognito-identity.amazonaws.com:aud': 'us-east-1:1234' } },
      false,
    ],
    ['any provider', { Federated: '*' }, undefined, true],
    ['an own provider', { Federated: 'arn:aws:iam::111122223333:oidc-provider/idp.example.com' }, undefined, false],
  ])('web identity: %s', (_name, principal, condition, open) => {
    const statement = allow(principal, condition, { Action: 'sts:AssumeRoleWithWebIdentity' });
    expect(assumableByAnyone({ Statement: statement })?.open.length).toBe(open ? 1 : 0);
  });

  test.each<[string, Json]>([
    ['a text', 'hello'],
    ['a number', 7],
    ['null', null],
    ['no statement', { Version: '2012-10-17' }],
    ['a null statement', { Statement: null }],
    ['a deep document', `${'['.repeat(20_000)}${']'.repeat(20_000)}`],
  ])('%s is no policy', (_name, document) => {
    expect(assumableByAnyone(document)).toBeNull();
  });

  test('what cannot be understood is said, and the rest is judged', () => {
    const strange = ['x', { Effect: 'Maybe' }, allow({ AWS: { deep: true } as Json }), allow(everyone, 'never'), allow('*')];
    expect(assumableByAnyone({ Statement: strange as Json })).toMatchObject({ open: [{ statement: 4 }], faults: { length: 4 } });
  });

  test('an element that is there twice, in another case, hides nothing', () => {
    const twice = '{"Statement":[{"Effect":"Allow","principal":{"AWS":"111122223333"},"Principal":"*","Action":"sts:AssumeRole"}]}';
    expect(assumableByAnyone(twice)).toMatchObject({ open: [], faults: { length: 1 } });
    const lists = `{"statement":[],"Statement":${JSON.stringify(allow('*'))}}`;
    expect(assumableByAnyone(lists)?.open.length).toBe(1);
  });

  test('a huge policy is judged in time', () => {
    const many = Array.from({ length: 20_000 }, (_, i) => allow({ AWS: `arn:aws:iam::111122223333:role/${i}` }));
    expect(
      assumableByAnyone({ Statement: [...many, allow('*', { StringLike: { 'aws:PrincipalArn': `${'*a'.repeat(50_000)}` } })] })?.open
        .length,
    ).toBe(1);
  });
});

describe('GitHub', () => {
  const provider = 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com';
  const key = 'token.actions.githubusercontent.com';
  const aud = { [`${key}:aud`]: 'sts.amazonaws.com' };
  const trust = (condition: Json, more: readonly Json[] = []): Json => ({
    Statement: [
      { Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity', Principal: { Federated: provider }, Condition: condition },
      ...more,
    ],
  });
  const sub = (operator: string, ...values: string[]): Json => ({
    StringEquals: aud,
    ...(operator === 'StringEquals' ? { StringEquals: { ...aud, [`${key}:sub`]: values } } : { [operator]: { [`${key}:sub`]: values } }),
  });

  test.each<[string, Json, boolean]>([
    ['no condition', {}, true],
    ['audience only', { StringEquals: aud }, true],
    ['one branch', sub('StringEquals', 'repo:octo-org/app:ref:refs/heads/main'), false],
    ['one repository', sub('StringLike', 'repo:octo-org/app:*'), false],
    ['one owner', sub('StringLike', 'repo:octo-org/*'), false],
    ['owners that begin alike', sub('StringLike', 'repo:octo*'), true],
    ['an owner without end', sub('StringLike', 'repo:octo-org*'), true],
    ['any repository', sub('StringLike', 'repo:*'), true],
    ['any branch called main', sub('StringLike', 'repo:*:ref:refs/heads/main'), true],
    ['a repository of any owner', sub('StringLike', 'repo:*/app:*'), true],
    ['the star', sub('StringLike', '*'), true],
    ['a question mark for the owner', sub('StringLike', 'repo:?cto-org/app:*'), true],
    ['one good and one bad value', sub('StringLike', 'repo:octo-org/app:*', 'repo:*'), true],
    ['all values, or none', sub('ForAllValues:StringLike', 'repo:octo-org/app:*'), true],
    ['any value', sub('ForAnyValue:StringLike', 'repo:octo-org/app:*'), false],
    ['if it exists', sub('StringLikeIfExists', 'repo:octo-org/app:*'), true],
    ['not that one', sub('StringNotLike', 'repo:octo-org/app:*'), true],
    ['another provider’s sub', { StringEquals: { ...aud, 'gitlab.com:sub': 'repo:octo-org/app' } }, true],
    ['odd case', { stringlike: { 'TOKEN.actions.githubusercontent.com:SUB': 'repo:octo-org/app:*' } }, false],
    ['the owner’s id', { StringEquals: { ...aud, [`${key}:repository_owner_id`]: '12345' } }, false],
    ['a shared workflow', { StringLike: { [`${key}:job_workflow_ref`]: 'octo-org/workflows/.github/workflows/deploy.yml@*' } }, false],
    ['the actor only', { StringEquals: { ...aud, [`${key}:actor`]: 'octocat' } }, true],
  ])('%s', (_name, condition, open) => {
    expect(githubWithoutSubject(trust(condition))).toMatchObject({ trusts: true, open: open ? [{ statement: 0 }] : [] });
  });

  test('a Deny of all other owners counts', () => {
    const others = {
      Effect: 'Deny',
      Action: 'sts:AssumeRoleWithWebIdentity',
      Principal: { Federated: provider },
      Condition: { StringNotLike: { [`${key}:sub`]: 'repo:octo-org/*' } },
    };
    expect(githubWithoutSubject(trust({ StringEquals: aud }, [others]))?.open).toEqual([]);
  });

  test('a second statement without sub opens it again', () => {
    const second = { Effect: 'Allow', Action: ['sts:TagSession', 'sts:AssumeRoleWithWebIdentity'], Principal: { Federated: [provider] } };
    expect(githubWithoutSubject(trust(sub('StringLike', 'repo:octo-org/app:*'), [second]))?.open).toMatchObject([{ statement: 1 }]);
  });

  test('an enterprise has an issuer of its own', () => {
    const own = (condition: Json): Json => ({
      Statement: {
        Effect: 'Allow',
        Action: 'sts:AssumeRoleWithWebIdentity',
        Principal: { Federated: `${provider}/octo-corp` },
        Condition: condition,
      },
    });
    expect(githubWithoutSubject(own({ StringLike: { [`${key}/octo-corp:sub`]: 'repo:octo-org/*' } }))).toMatchObject({
      trusts: true,
      open: [],
    });
    expect(githubWithoutSubject(own({}))?.open.length).toBe(1);
  });

  test('other roles do not trust GitHub', () => {
    expect(githubWithoutSubject({ Statement: allow('*') })).toMatchObject({ trusts: false, open: [] });
    expect(
      githubWithoutSubject({
        Statement: allow(
          { Federated: 'arn:aws:iam::111122223333:oidc-provider/evil.example.com/token.actions.githubusercontent.com.example.com' },
          undefined,
          { Action: '*' },
        ),
      }),
    ).toMatchObject({ trusts: false });
  });
});

test('wildcards match as a naive regular expression does', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', ':', '/'), maxLength: 12 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', ':', '*', '?'), maxLength: 8 });
  fc.assert(
    fc.property(pattern, text, (p, t) => {
      const expression = new RegExp(`^${p.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
      expect(matches(p, t)).toBe(expression.test(t));
    }),
    { numRuns: 2000 },
  );
});

test('no document breaks the judge', () => {
  const key = fc.constantFrom(
    'Statement',
    'Effect',
    'Principal',
    'NotPrincipal',
    'Action',
    'Condition',
    'AWS',
    'Federated',
    '*',
    'StringEquals',
    'aws:PrincipalOrgID',
  );
  const { document } = fc.letrec<{ document: Json }>((tie) => ({
    document: fc.oneof(
      { maxDepth: 6 },
      fc.constantFrom<Json>('Allow', 'Deny', '*', 'sts:AssumeRole', null, 1, true),
      fc.array(tie('document'), { maxLength: 3 }),
      fc.dictionary(key, tie('document'), { maxKeys: 4 }),
    ),
  }));
  fc.assert(
    fc.property(document, (any) => {
      assumableByAnyone({ Statement: any });
      githubWithoutSubject({ Statement: any });
    }),
    { numRuns: 1000 },
  );
});
