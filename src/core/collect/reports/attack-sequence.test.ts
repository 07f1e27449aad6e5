import { describe, expect, test } from 'vitest';
import { importedFinding } from '../../findings/imported/imported-finding.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Report } from '../../model/report.ts';
import { readLog } from '../log-format.contract.ts';
import { asffReport } from './asff.ts';
import { attackSequenceExample, attackSequenceInHub, guardDutyInOcsf, pascalKeys, sequenceActors, sequenceResources } from './examples.ts';
import { guardDutyReport } from './guardduty.ts';
import { ocsfReport } from './ocsf-finding.ts';

function reportOf(record: JsonObject): Report {
  const report = guardDutyReport(record);
  if (typeof report === 'string') throw new Error(report);
  return report;
}

/** Of several, the fields that tell whose credentials they are. */
const actorsOf = ({ actor, otherActors = [] }: Report) => [actor, ...otherActors].flatMap((one) => one ?? []);
const withActors = (...actors: readonly Json[]) => actorsOf(reportOf(attackSequenceExample(1, {}, { actors: [...actors] })));
const user = (fields: JsonObject, session?: JsonObject): JsonObject => ({
  id: 'x',
  user: fields,
  ...(session === undefined ? {} : { session }),
});

const key = {
  type: 'IAMUser',
  uid: 'arn:aws:iam::111122223333:user/ci-deployer',
  name: 'ci-deployer',
  principalId: 'AIDAEXAMPLEEXAMPLE01',
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  account: '111122223333',
};
const session = {
  type: 'AssumedRole',
  uid: 'arn:aws:sts::111122223333:assumed-role/deployer/mallory',
  name: 'deployer/mallory',
  issuer: 'arn:aws:iam::111122223333:role/ops/deployer',
  principalId: 'AROAEXAMPLEEXAMPLE01:mallory',
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  account: '111122223333',
};

describe('an attack of several steps', () => {
  test('names whose credentials were used, and what on, the machines first', () => {
    const report = reportOf(attackSequenceExample());
    expect(report).toMatchObject({
      type: 'AttackSequence:IAM/CompromisedCredentials',
      kind: 'detection',
      severity: 'Critical',
      tactics: ['discovery', 'privilege-escalation', 'stealth'],
      ip: '198.51.100.7',
      kept: { signals: ['ListUsers', 'PenTest:IAMUser/KaliLinux'] },
    });
    expect(actorsOf(report)).toEqual([key, session]);
    expect(report.resources.map(({ type, uid }) => [type, uid])).toEqual([
      ['AWS::EC2::Instance', 'arn:aws:ec2:us-east-1:111122223333:instance/i-0a1b2c3d4e5f60718'],
      ['AWS::S3::Bucket', 'arn:aws:s3:::reports-example'],
      ['AWS::IAM::User', 'arn:aws:iam::111122223333:user/ci-deployer'],
      ['AWS::IAM::Role', 'arn:aws:iam::111122223333:role/ops/deployer'],
    ]);
  });

  test('the API says the same as EventBridge, whatever the order of its lists', () => {
    const told = reportOf(attackSequenceExample());
    expect(reportOf(pascalKeys(attackSequenceExample()) as JsonObject)).toEqual(told);
    const turned = { actors: sequenceActors.toReversed(), resources: sequenceResources.toReversed() };
    expect(reportOf(attackSequenceExample(1, {}, turned))).toEqual(told);
  });

  test('a machine that no signal names, and is only like the others, is left out', () => {
    const machine = (id: string) => ({ uid: `arn:aws:ec2:us-east-1:111122223333:instance/${id}`, resourceType: 'EC2_INSTANCE' });
    const resources = [machine('i-0aaaaaaaaaaaaaaaa'), machine('i-0bbbbbbbbbbbbbbbb')];
    const signals = [{ name: 'Backdoor:EC2/C&CActivity.B!DNS', type: 'FINDING', resourceUids: ['i-0aaaaaaaaaaaaaaaa'] }];
    const names = (sequence: JsonObject) =>
      reportOf(attackSequenceExample(1, {}, { actors: [], ...sequence })).resources.map(({ uid }) => uid);
    expect(names({ resources, signals })).toEqual([machine('i-0aaaaaaaaaaaaaaaa').uid]);
    // Where no signal says which it was, of several it may be any.
    expect(names({ resources, signals: [{ name: 'x' }] })).toEqual([]);
    expect(names({ resources: resources.slice(0, 1), signals: [{ name: 'x' }] })).toHaveLength(1);

    const Resources = resources.map(({ uid }) => ({ Type: 'AwsEc2Instance', Id: uid }));
    const inHub = asffReport(
      attackSequenceInHub(1, { Resources, Detection: { Sequence: { Signals: [{ ResourceIds: ['i-0aaaaaaaaaaaaaaaa'] }] } } }),
    );
    expect(inHub).toMatchObject({ resources: [{ uid: machine('i-0aaaaaaaaaaaaaaaa').uid }] });
    expect((inHub as Report).resources).toHaveLength(1);
    const inOcsf = guardDutyInOcsf(1, { resources: resources.map(({ uid }) => ({ uid, type: 'AWS::EC2::Instance' })) });
    expect(ocsfReport(inOcsf)).toMatchObject({ resources: [{}, {}] });
    const info = { ...(inOcsf['finding_info'] as JsonObject), types: ['AttackSequence:EC2/CompromisedInstanceGroup'] };
    expect(ocsfReport({ ...inOcsf, finding_info: info })).toMatchObject({ resources: [] });
  });

  test('is a finding with a piece of evidence for each of them', () => {
    const { events, setAsides } = readLog(JSON.stringify(attackSequenceExample()));
    expect(setAsides).toEqual([]);
    const [event] = events;
    if (event?.report === undefined) throw new Error('no report');
    const finding = importedFinding('default', { told: [event.report], answered: [], wasActive: true }, () => []);
    expect(finding?.actor).toEqual(key);
    expect(finding?.evidence.map(({ actor }) => actor)).toEqual([key, session]);
    expect(new Set(finding?.evidence.map(({ id }) => id)).size).toBe(2);
  });

  test('Security Hub tells the same of it', () => {
    const report = asffReport(attackSequenceInHub());
    if (report === null || typeof report === 'string') throw new Error('no report');
    expect(report).toMatchObject({
      source: 'guardduty',
      type: 'AttackSequence:IAM/CompromisedCredentials',
      severity: 'Critical',
      tactics: ['discovery', 'privilege-escalation', 'stealth'],
    });
    expect(actorsOf(report)).toEqual([key, session]);
    const uids = (one: Report) => one.resources.map(({ uid }) => uid).sort();
    expect(uids(report)).toEqual(uids(reportOf(attackSequenceExample())));
  });

  test("a key among its resources is not taken for the attacker's, where no actor is told", () => {
    expect(asffReport(attackSequenceInHub(1, { Detection: {} }))).not.toHaveProperty('actor');
    const inOcsf = guardDutyInOcsf(1);
    const info = { ...(inOcsf['finding_info'] as JsonObject), types: ['AttackSequence:IAM/CompromisedCredentials'] };
    expect(ocsfReport(inOcsf)).toHaveProperty('actor');
    expect(ocsfReport({ ...inOcsf, finding_info: info })).not.toHaveProperty('actor');
  });

  test.each<[string, readonly string[], string]>([
    [
      'of a type that Security Hub writes with a hyphen',
      ['TTPs/Discovery:IAMUser-AnomalousBehavior'],
      'Discovery:IAMUser/AnomalousBehavior',
    ],
    ['under two words of its taxonomy', ['TTPs/Command and Control/Backdoor:EC2-C&CActivity.B!DNS'], 'Backdoor:EC2/C&CActivity.B!DNS'],
    ['with a slash', ['TTPs/AttackSequence:S3/CompromisedData'], 'AttackSequence:S3/CompromisedData'],
  ])('%s', (_, Types, type) => {
    expect(asffReport(attackSequenceInHub(1, { Types: [...Types] }))).toMatchObject({ type });
  });
});

describe('whose credentials they are', () => {
  test('the key among the resources says, where the actor names it alone', () => {
    expect(withActors(user({ name: 'x', uid: 'x', type: 'IAMUser', credentialUid: 'AKIAIOSFODNN7EXAMPLE' }))).toEqual([key]);
  });

  test.each<[string, JsonObject, JsonObject]>([
    ['root', user({ name: 'root', uid: '111122223333', type: 'Root' }), { type: 'Root', uid: 'arn:aws:iam::111122223333:root' }],
    [
      'a role without a session',
      user({ name: 'deployer', uid: 'AROAEXAMPLEEXAMPLE01', type: 'AssumedRole' }, { issuer: session.issuer }),
      { type: 'Role', uid: session.issuer },
    ],
    [
      'a session whose user bears another name than its role',
      user({ name: 'mallory', uid: 'AROAEXAMPLEEXAMPLE01:mallory', type: 'AssumedRole' }, { issuer: session.issuer }),
      { type: 'AssumedRole', uid: session.uid, issuer: session.issuer },
    ],
    [
      'a role of another account, which its issuer tells',
      user(
        { name: 'deployer', uid: 'AROAEXAMPLEEXAMPLE01:mallory', type: 'AssumedRole', account: { uid: '111122223333' } },
        { issuer: 'arn:aws:iam::444455556666:role/deployer' },
      ),
      { account: '444455556666', issuer: 'arn:aws:iam::444455556666:role/deployer' },
    ],
    [
      'a user where it was done in another account than that of the finding',
      user({ name: 'alice', uid: 'AIDAEXAMPLEEXAMPLE02', type: 'IAMUser', account: { uid: '444455556666' } }),
      { uid: 'arn:aws:iam::444455556666:user/alice' },
    ],
  ])('%s', (_, actor, wanted) => {
    expect(withActors(actor)).toMatchObject([wanted]);
  });

  test.each<[string, Json]>([
    ['a process', { id: 'process:1', process: { name: 'sh', path: '/bin/sh' } }],
    ['nothing', null],
    ['a text', 'user:IAMUser:AIDAEXAMPLEEXAMPLE01'],
    ['a name that no user bears', user({ name: 'a/../*', uid: 'AIDAEXAMPLEEXAMPLE02', type: 'IAMUser' })],
    ['a service of AWS', user({ name: 'ec2', uid: 'ec2.amazonaws.com', type: 'AWSService' })],
    ['user as a list', { id: 'x', user: [{ name: 'alice', type: 'IAMUser' }] }],
  ])('%s is nobody', (_, actor) => {
    expect(withActors(actor)).toEqual([]);
  });

  test('ids that are none are left out', () => {
    const odd = { name: 'alice', uid: 'AIDA*', type: 'IAMUser', credentialUid: 'AKIA* OR TRUE' };
    expect(withActors(user(odd))).toEqual([
      { type: 'IAMUser', uid: 'arn:aws:iam::111122223333:user/alice', name: 'alice', account: '111122223333' },
    ]);
    const issuer = 'arn:aws:iam::111122223333:role/*';
    expect(withActors(user({ name: 'web', uid: 'AROAEXAMPLEEXAMPLE01:s1', type: 'AssumedRole' }, { issuer }))).toMatchObject([
      { issuer: 'arn:aws:iam::111122223333:role/web' },
    ]);
  });
});

describe('what is too much', () => {
  const many = (n: number) =>
    Array.from({ length: n }, (_, i) => user({ name: `user-${String(i).padStart(6, '0')}`, uid: 'x', type: 'IAMUser', credentialUid: '' }));

  test('of actors ten are told, and how many are not', () => {
    const report = reportOf(attackSequenceExample(1, {}, { actors: many(12) }));
    expect(actorsOf(report)).toHaveLength(10);
    expect(report.kept).toMatchObject({ moreActors: 2 });
  });

  test('lists that AWS never makes so long are read so far as it does', () => {
    const resources = Array.from({ length: 5_000 }, (_, i) => ({ uid: `arn:aws:s3:::bucket-${i}`, resourceType: 'S3_BUCKET' }));
    const signals = Array.from({ length: 5_000 }, (_, i) => ({ name: `${i}\n${'x'.repeat(5_000)}` }));
    const report = reportOf(attackSequenceExample(1, {}, { actors: many(5_000), resources, signals }));
    expect(report.kept).toMatchObject({ moreActors: 390 });
    expect(report.resources).toHaveLength(50);
    const told = (report.kept?.['signals'] ?? []) as readonly string[];
    expect(told).toHaveLength(20);
    expect(told.every((name) => name.length <= 256 && !name.includes('\n'))).toBe(true);
  });

  test.each<[string, Json]>([
    ['lists that are none', { actors: 'all', resources: 7, endpoints: {}, signals: null, sequenceIndicators: true }],
    [
      'members that are none',
      { actors: [[], 1], resources: [null, { resourceType: 'EC2_INSTANCE', uid: [] }], endpoints: [1], signals: [{}] },
    ],
    [
      'tactics that are none',
      { actors: [], resources: [], sequenceIndicators: [{ key: 'ATTACK_TACTIC', values: ['__proto__', 3, null] }] },
    ],
  ])('%s name nothing', (_, sequence) => {
    expect(reportOf(attackSequenceExample(1, {}, sequence as JsonObject))).toMatchObject({
      resources: [],
      ...(JSON.stringify(sequence).includes('__proto__') ? { tactics: [] } : {}),
    });
    expect(actorsOf(reportOf(attackSequenceExample(1, {}, sequence as JsonObject)))).toEqual([]);
  });
});
