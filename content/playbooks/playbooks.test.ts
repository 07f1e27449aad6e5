import { describe, expect, test } from 'vitest';
import { checkPlaybook } from '../../src/core/act/check-playbook.ts';
import { describePlan } from '../../src/core/act/describe-plan.ts';
import { findingUnderTest } from '../../src/core/lib/finding-under-test.ts';
import type { Actor, Finding, ResourceRef } from '../../src/core/model/finding.ts';
import type { Json, JsonObject } from '../../src/core/model/json.ts';
import type { Playbook, Target } from '../../src/core/model/plan.ts';
import { restartTrail } from './aws/cloudtrail/restart-trail.ts';
import { narrowWorldOpenIngress } from './aws/ec2/narrow-world-open-ingress.ts';
import { containAccessKey } from './aws/iam/contain-access-key.ts';
import { denyRoleSession } from './aws/iam/deny-role-session.ts';
import { blockPublicAccess } from './aws/s3/block-public-access.ts';

const account = '111122223333';
const all: readonly Playbook[] = [restartTrail, narrowWorldOpenIngress, containAccessKey, denyRoleSession, blockPublicAccess];

test.each(all.map((playbook) => [playbook.id, playbook] as const))('%s holds to the rules of playbooks', (_, playbook) => {
  expect(checkPlaybook(playbook)).toEqual([]);
});

const alice: Actor = {
  type: 'IAMUser',
  uid: `arn:aws:iam::${account}:user/dev/alice`,
  name: 'alice',
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  account,
};
const session = (name: string, role: string, accessKeyId = 'ASIAEXAMPLEEXAMPLE01'): Actor => ({
  type: 'AssumedRole',
  uid: `arn:aws:sts::${account}:assumed-role/${role.split('/').at(-1)}/${name}`,
  name,
  principalId: `AROAEXAMPLEEXAMPLE01:${name}`,
  issuer: `arn:aws:iam::${account}:role/${role}`,
  accessKeyId,
  account,
});

type Given = { readonly actor?: Actor; readonly operation?: string; readonly resource?: ResourceRef; readonly kept?: JsonObject };

const ref = (uid: string, type: string, region = 'eu-central-1'): ResourceRef => ({ uid, type, name: uid, account, region });

function findingOf(given: readonly Given[], more: Partial<Finding> = {}): Finding {
  return findingUnderTest({
    account,
    region: 'eu-central-1',
    count: { n: given.length, atLeast: false },
    evidence: given.map((one, i) => ({
      key: `${account}/${i}`,
      id: String(i),
      time: i,
      rule: 'aws.iam.example',
      operation: 'Example',
      service: 'example.amazonaws.com',
      account,
      region: 'eu-central-1',
      ...one,
    })),
    ...more,
  });
}

const trail = ref(`arn:aws:cloudtrail:eu-central-1:${account}:trail/main`, 'AWS::CloudTrail::Trail');
const group = ref(`arn:aws:ec2:eu-central-1:${account}:security-group/sg-0a1b2c3d`, 'AWS::EC2::SecurityGroup');
const bucket = ref('arn:aws:s3:::reports-example', 'AWS::S3::Bucket');

describe('targets', () => {
  const cases: readonly (readonly [string, Playbook, Finding, readonly Json[]])[] = [
    [
      'the key that made the calls, once',
      containAccessKey,
      findingOf([{ actor: alice }, { actor: alice }]),
      [{ userName: 'alice', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' }],
    ],
    [
      'the key that was made, and the one that made it',
      containAccessKey,
      findingOf([{ actor: alice, kept: { userName: 'bob', accessKeyId: 'AKIAI44QH8DHBEXAMPLE' } }]),
      [
        { userName: 'bob', accessKeyId: 'AKIAI44QH8DHBEXAMPLE' },
        { userName: 'alice', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' },
      ],
    ],
    [
      'only the sessions, when the key behind a session is unknown',
      containAccessKey,
      findingOf([{ actor: { ...alice, accessKeyId: 'ASIAEXAMPLEEXAMPLE01' } }]),
      [{ userName: 'alice' }],
    ],
    [
      'the actor of the finding, when the evidence has none',
      containAccessKey,
      findingOf([{}], { actor: alice }),
      [{ userName: 'alice', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' }],
    ],
    ['nothing of root', containAccessKey, findingOf([{ actor: { ...alice, type: 'Root', uid: `arn:aws:iam::${account}:root` } }]), []],
    ['nothing of another account', containAccessKey, findingOf([{ actor: { ...alice, uid: 'arn:aws:iam::444455556666:user/alice' } }]), []],
    [
      'nothing of a name that no user can have',
      containAccessKey,
      findingOf([{ kept: { userName: 'a*', accessKeyId: 'AKIAI44QH8DHBEXAMPLE' } }]),
      [],
    ],
    ['nothing of a role session', containAccessKey, findingOf([{ actor: session('x1', 'deployer') }]), []],
    [
      'the session, with the keys seen in it',
      denyRoleSession,
      findingOf([{ actor: session('mallory', 'ops/deployer', 'ASIAEXAMPLEEXAMPLE02') }, { actor: session('mallory', 'ops/deployer') }]),
      [
        {
          roleName: 'deployer',
          roleId: 'AROAEXAMPLEEXAMPLE01',
          sessionName: 'mallory',
          accessKeyIds: ['ASIAEXAMPLEEXAMPLE01', 'ASIAEXAMPLEEXAMPLE02'],
        },
      ],
    ],
    [
      'nothing of Identity Center',
      denyRoleSession,
      findingOf([{ actor: session('alice', 'aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef') }]),
      [],
    ],
    [
      'nothing of a service-linked role',
      denyRoleSession,
      findingOf([{ actor: session('auto', 'aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling') }]),
      [],
    ],
    ['nothing of a session name with a wildcard', denyRoleSession, findingOf([{ actor: session('*', 'deployer') }]), []],
    ['nothing of a user', denyRoleSession, findingOf([{ actor: alice }]), []],
    ['the stopped trail', restartTrail, findingOf([{ operation: 'StopLogging', resource: trail }]), [{ name: 'main' }]],
    ['no deleted trail', restartTrail, findingOf([{ operation: 'DeleteTrail', resource: trail }]), []],
    [
      "no trail of the organisation's management account",
      restartTrail,
      findingOf([{ operation: 'StopLogging', resource: { ...trail, uid: trail.uid.replace(account, '444455556666') } }]),
      [],
    ],
    ['the trail of a control', restartTrail, findingOf([], { kind: 'compliance', resources: [trail] }), [{ name: 'main' }]],
    [
      'the rules that were opened',
      narrowWorldOpenIngress,
      findingOf([{ resource: group, kept: { ruleIds: ['sgr-0b2c3d4e', 'sgr-0a1b2c3d', 'nothing'] } }]),
      [{ groupId: 'sg-0a1b2c3d', ruleIds: ['sgr-0a1b2c3d', 'sgr-0b2c3d4e'] }],
    ],
    [
      'the whole group, when no rule is named',
      narrowWorldOpenIngress,
      findingOf([], { kind: 'compliance', resources: [group] }),
      [{ groupId: 'sg-0a1b2c3d' }],
    ],
    ['the bucket', blockPublicAccess, findingOf([{ resource: bucket }], { resources: [bucket] }), [{ bucket: 'reports-example' }]],
    ['no object', blockPublicAccess, findingOf([{ resource: { ...bucket, uid: `${bucket.uid}/a.csv` } }]), []],
    ['no bucket of another account', blockPublicAccess, findingOf([], { resources: [{ ...bucket, account: '444455556666' }] }), []],
  ];

  test.each(cases)('%s', (_, playbook, finding, params) => {
    expect(playbook.targets(finding).map((target) => target.params)).toEqual(params);
  });

  test.each(all.map((playbook) => [playbook.id, playbook] as const))('%s has none without evidence', (_, playbook) => {
    expect(playbook.targets(findingOf([]))).toEqual([]);
  });

  test('call IAM by its own Region of the partition', () => {
    const uid = `arn:aws-cn:iam::${account}:user/alice`;
    const [target] = containAccessKey.targets(findingOf([{ actor: { ...alice, uid } }], { region: 'cn-northwest-1' }));
    expect(target?.region).toBe('cn-north-1');
  });
});

describe('narrowing', () => {
  const target: Target = { account, region: 'eu-central-1', uid: group.uid, params: { groupId: 'sg-0a1b2c3d' } };
  const rule = (id: string, source: string, more: { readonly [key: string]: Json } = {}): Json => ({
    SecurityGroupRuleId: id,
    IsEgress: false,
    IpProtocol: 'tcp',
    FromPort: 22,
    ToPort: 22,
    ...(source.includes(':') ? { CidrIpv6: source } : { CidrIpv4: source }),
    ...more,
  });
  const vpc = { CidrBlock: '10.20.0.0/16', Ipv6CidrBlockAssociationSet: [] as readonly Json[] };
  const kept = (rules: readonly Json[], network: Json = vpc) => ({
    rules: { SecurityGroupRules: rules },
    network: { answer: {}, followed: [{ Vpcs: [network] }] },
  });
  const [step] = narrowWorldOpenIngress.plan(target, 0);
  const sources = (rules: readonly Json[], network?: Json): readonly (readonly [string, string])[] => {
    const input = step?.do.fill?.(kept(rules, network)) as {
      readonly SecurityGroupRules: readonly {
        readonly SecurityGroupRuleId: string;
        readonly SecurityGroupRule: { readonly CidrIpv4?: string; readonly CidrIpv6?: string };
      }[];
    };
    return input.SecurityGroupRules.map((one) => [
      one.SecurityGroupRuleId,
      one.SecurityGroupRule.CidrIpv4 ?? one.SecurityGroupRule.CidrIpv6 ?? '',
    ]);
  };

  test.each<readonly [string, readonly Json[], readonly (readonly [string, string])[]]>([
    ['the whole world', [rule('sgr-1', '0.0.0.0/0')], [['sgr-1', '10.20.0.0/16']]],
    [
      'two halves, which must not become equal rules',
      [rule('sgr-1', '0.0.0.0/1'), rule('sgr-2', '128.0.0.0/1')],
      [
        ['sgr-1', '10.20.0.0/16'],
        ['sgr-2', '10.20.0.0/17'],
      ],
    ],
    ['a world beside a rule for the VPC', [rule('sgr-1', '0.0.0.0/0'), rule('sgr-2', '10.20.0.0/16')], [['sgr-1', '10.20.0.0/17']]],
    [
      'other ports beside',
      [rule('sgr-1', '0.0.0.0/0'), rule('sgr-2', '0.0.0.0/0', { FromPort: 3389, ToPort: 3389 })],
      [
        ['sgr-1', '10.20.0.0/16'],
        ['sgr-2', '10.20.0.0/16'],
      ],
    ],
    [
      'IPv6 without a block of its own',
      [rule('sgr-1', '::/0'), rule('sgr-2', '2000::/3')],
      [
        ['sgr-1', 'fd00::/8'],
        ['sgr-2', 'fd00::/9'],
      ],
    ],
    ['what is narrow already', [rule('sgr-1', '203.0.113.0/24'), rule('sgr-2', '10.0.0.0/8'), rule('sgr-3', 'fc00::/7')], []],
    [
      'the web, and what only begins there',
      [rule('sgr-1', '0.0.0.0/0', { FromPort: 443, ToPort: 443 }), rule('sgr-2', '0.0.0.0/0', { FromPort: 443, ToPort: 65535 })],
      [['sgr-2', '10.20.0.0/16']],
    ],
    ['what leaves', [rule('sgr-1', '0.0.0.0/0', { IsEgress: true })], []],
  ])('%s', (_, rules, wanted) => {
    expect(sources(rules)).toEqual(wanted);
  });

  test('the web port, when the evidence names its rule', () => {
    const [named] = narrowWorldOpenIngress.plan({ ...target, params: { ...target.params, ruleIds: ['sgr-1'] } }, 0);
    expect(named?.do.fill?.(kept([rule('sgr-1', '0.0.0.0/0', { FromPort: 443, ToPort: 443 })]))).toMatchObject({
      SecurityGroupRules: [{ SecurityGroupRuleId: 'sgr-1', SecurityGroupRule: { FromPort: 443, CidrIpv4: '10.20.0.0/16' } }],
    });
  });

  test('any number of rules fits into the session policy', () => {
    for (const n of [10, 11, 60]) {
      const ruleIds = Array.from({ length: n }, (_, i) => `sgr-${String(i).padStart(17, '0')}`);
      expect(() => describePlan(narrowWorldOpenIngress, { ...target, params: { ...target.params, ruleIds } }, 0)).not.toThrow();
    }
  });

  test('IPv6 gets the block of the VPC', () => {
    const network = {
      ...vpc,
      Ipv6CidrBlockAssociationSet: [{ Ipv6CidrBlock: '2001:db8:1200::/56', Ipv6CidrBlockState: { State: 'associated' } }],
    };
    expect(sources([rule('sgr-1', '::/0')], network)).toEqual([['sgr-1', '2001:db8:1200::/56']]);
  });

  test('undo says the exact earlier rule', () => {
    const rules = [rule('sgr-1', '0.0.0.0/0', { Description: 'office' }), rule('sgr-2', '192.0.2.0/24')];
    expect(step?.undo(kept(rules), null)).toEqual([
      {
        action: 'ec2:ModifySecurityGroupRules',
        input: {
          GroupId: 'sg-0a1b2c3d',
          SecurityGroupRules: [
            {
              SecurityGroupRuleId: 'sgr-1',
              SecurityGroupRule: { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: '0.0.0.0/0', Description: 'office' },
            },
          ],
        },
      },
    ]);
  });
});

describe('what must hold before', () => {
  test.each<readonly [string, Json, boolean]>([
    ['basic selectors', { EventSelectors: [{ IncludeManagementEvents: true }] }, true],
    ['emptied selectors', { EventSelectors: [{ IncludeManagementEvents: false, DataResources: [] }] }, false],
    ['advanced selectors', { AdvancedEventSelectors: [{ FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }] }] }, true],
    ['data events only', { AdvancedEventSelectors: [{ FieldSelectors: [{ Field: 'eventCategory', Equals: ['Data'] }] }] }, false],
    ['a deleted trail', null, false],
  ])('a trail with %s', (_, answer, holds) => {
    const [check] = restartTrail.requires?.({ account, region: 'eu-central-1', uid: trail.uid, params: { name: 'main' } }) ?? [];
    expect(check?.expect(answer, [])).toBe(holds);
  });

  test.each<readonly [string, readonly string[], boolean]>([
    ['none', [], true],
    ['a small one', ['{"Version":"2012-10-17","Statement":[]}'], true],
    ['white space, which does not count', [`{"Statement":${' '.repeat(4000)}[]}`], true],
    ['one that fills the room', [`{"Statement":"${'x'.repeat(1900)}"}`], false],
    ['several that fill it together', Array.from({ length: 4 }, () => `{"Statement":"${'x'.repeat(480)}"}`), false],
  ])('inline policies of a user: %s', (_, documents, holds) => {
    const [check] = containAccessKey.requires?.({ account, region: 'us-east-1', uid: alice.uid, params: { userName: 'alice' } }) ?? [];
    const names = documents.map((__, i) => `p${i}`);
    expect(check?.follow?.inputs({ PolicyNames: [...names, 'jobzero-contain-sessions'] })).toHaveLength(names.length);
    expect(
      check?.expect(
        { PolicyNames: names },
        documents.map((PolicyDocument) => ({ PolicyDocument })),
      ),
    ).toBe(holds);
  });

  test('a role made anew is another role', () => {
    const [target] = denyRoleSession.targets(findingOf([{ actor: session('mallory', 'deployer') }]));
    const [check] = target === undefined ? [] : (denyRoleSession.requires?.(target) ?? []);
    expect(check?.expect({ Role: { RoleId: 'AROAEXAMPLEEXAMPLE01' } }, [])).toBe(true);
    expect(check?.expect({ Role: { RoleId: 'AROAEXAMPLEEXAMPLE02' } }, [])).toBe(false);
    expect(check?.expect(null, [])).toBe(false);
  });
});

describe('a user whose sessions are denied already', () => {
  const at = Date.UTC(2026, 0, 5, 12);
  const [example] = containAccessKey.examples;
  const denyAt = (time: number) => {
    const step = example === undefined ? undefined : containAccessKey.plan(example.target, time).at(-1);
    if (step === undefined) throw new Error('no plan');
    return { expect: step.verify.expect, policy: { PolicyDocument: String(step.do.input['PolicyDocument']) } };
  };

  test.each<[string, number, boolean]>([
    ['a moment before, for another finding of the same theft', 5_000, true],
    ['ten minutes before', 10 * 60_000, true],
    ['so long before that new sessions would not be denied', 11 * 60_000, false],
  ])('%s', (_, later, done) => {
    expect(denyAt(at + later).expect(denyAt(at).policy)).toBe(done);
  });

  test('by a policy that says something else as well, is not', () => {
    const { PolicyDocument } = denyAt(at).policy;
    expect(denyAt(at + 1).expect({ PolicyDocument: PolicyDocument.replace('"Deny"', '"Allow"') })).toBe(false);
    expect(denyAt(at + 1).expect({ PolicyDocument: PolicyDocument.replace('"Action":"*"', '"Action":"s3:*"') })).toBe(false);
    expect(denyAt(at + 1).expect(null)).toBe(false);
  });
});
