import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import type { Report } from '../../model/report.ts';
import { holdsAgainstHostileBytes, readLog } from '../log-format.contract.ts';
import {
  accessAnalyzerExample,
  analyzerArn,
  attackSequenceExample,
  attackSequenceInHub,
  configExample,
  guardDutyArn,
  guardDutyExample,
  guardDutyInHub,
  guardDutyInOcsf,
  healthExample,
  hubControlExample,
  inEnvelope,
  inspectorExample,
  macieExample,
  pascalKeys,
} from './examples.ts';

/** The one report in a text. */
function reportIn(record: JsonObject): Report {
  const { events, setAsides } = readLog(JSON.stringify(record));
  expect(setAsides).toEqual([]);
  expect(events).toHaveLength(1);
  const report = events[0]?.report;
  if (report === undefined) throw new Error('no report');
  return report;
}

describe('GuardDuty', () => {
  test('what it says, with whose credentials, from where and where it is shown', () => {
    expect(reportIn(guardDutyExample())).toMatchObject({
      source: 'guardduty',
      form: 'own',
      uid: guardDutyArn(1),
      type: 'UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom',
      kind: 'detection',
      severity: 'Medium',
      said: '5',
      state: 'active',
      sample: false,
      tactics: ['initial-access'],
      account: '111122223333',
      region: 'us-east-1',
      updatedAt: Date.UTC(2026, 0, 5, 8, 12, 1),
      firstTime: Date.UTC(2026, 0, 5, 8),
      lastTime: Date.UTC(2026, 0, 5, 8, 10),
      count: 3,
      actor: {
        type: 'IAMUser',
        uid: 'arn:aws:iam::111122223333:user/ci-deployer',
        accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
        principalId: 'AIDAEXAMPLEEXAMPLE01',
      },
      operation: 'ListBuckets',
      service: 's3.amazonaws.com',
      ip: '198.51.100.7',
      resources: [{ uid: 'arn:aws:iam::111122223333:user/ci-deployer', type: 'AWS::IAM::User' }],
      url: 'https://us-east-1.console.aws.amazon.com/guardduty/home?region=us-east-1#/findings?macros=current&fId=00000000000000000000000000000001',
      ref: { names: { detector: '12abc34d567e8fa901bc2d34e56789f0', id: '00000000000000000000000000000001' } },
    });
  });

  test('an instance that calls itself the role: the session, the instance and its interfaces', () => {
    const report = reportIn(
      guardDutyExample(2, {
        type: 'UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS',
        severity: 8,
        resource: {
          resourceType: 'AccessKey',
          accessKeyDetails: {
            accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
            principalId: 'AROAEXAMPLEEXAMPLE01:i-0a1b2c3d4e5f60718',
            userType: 'AssumedRole',
            userName: 'web',
          },
          instanceDetails: {
            instanceId: 'i-0a1b2c3d4e5f60718',
            networkInterfaces: [{ networkInterfaceId: 'eni-0123456789abcdef0' }],
          },
        },
      }),
    );
    expect(report.severity).toBe('High');
    expect(report.actor).toEqual({
      type: 'AssumedRole',
      uid: 'arn:aws:sts::111122223333:assumed-role/web/i-0a1b2c3d4e5f60718',
      name: 'web/i-0a1b2c3d4e5f60718',
      issuer: 'arn:aws:iam::111122223333:role/web',
      principalId: 'AROAEXAMPLEEXAMPLE01:i-0a1b2c3d4e5f60718',
      accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
      account: '111122223333',
    });
    expect(report.resources.map(({ uid }) => uid)).toEqual([
      'arn:aws:ec2:us-east-1:111122223333:instance/i-0a1b2c3d4e5f60718',
      'arn:aws:ec2:us-east-1:111122223333:network-interface/eni-0123456789abcdef0',
      'arn:aws:iam::111122223333:role/web',
    ]);
  });

  test('as EventBridge sends it, as a file of the command line, and as a line of an export: the same', () => {
    const report = reportIn(guardDutyExample());
    expect(reportIn(inEnvelope('GuardDuty Finding', 'aws.guardduty', guardDutyExample()))).toEqual(report);
    expect(reportIn({ Findings: [pascalKeys(guardDutyExample())] } as JsonObject)).toEqual(report);
  });

  test.each<[number, string]>([
    [9, 'Critical'],
    [8.9, 'High'],
    [7, 'High'],
    [6.9, 'Medium'],
    [4, 'Medium'],
    [3.9, 'Low'],
    [1, 'Low'],
  ])('severity %s is %s', (said, wanted) => {
    expect(reportIn(guardDutyExample(1, { severity: said })).severity).toBe(wanted);
  });

  test('archived, and made as a sample', () => {
    expect(reportIn(guardDutyExample(1, {}, { archived: true })).state).toBe('archived');
    expect(reportIn(guardDutyExample(1, {}, { additionalInfo: { sample: true } })).sample).toBe(true);
    expect(reportIn(guardDutyExample(1, {}, { additionalInfo: { value: '{"sample":true}', type: 'default' } })).sample).toBe(true);
  });

  test.each<[string, JsonObject]>([
    ['an account that is none', { accountId: '1' }],
    ['an ARN that is no finding', { arn: 'arn:aws:iam::111122223333:user/x' }],
    ['a Region that is none', { region: '../../etc' }],
    ['a time that is none', { updatedAt: 'soon' }],
    ['a severity that is none', { severity: 'High' }],
  ])('%s is set aside with what is wrong', (_, more) => {
    const { events, setAsides } = readLog(`${JSON.stringify(guardDutyExample(1, more))}\n${JSON.stringify(guardDutyExample(2))}\n`);
    expect(events).toHaveLength(1);
    expect(setAsides).toHaveLength(1);
    expect(setAsides[0]?.reason).toMatch(/^(accountId|arn|region|updatedAt|severity): /);
  });

  test('what only looks like a record of a service is no finding', () => {
    expect(readLog(JSON.stringify({ ...guardDutyExample(), service: { serviceName: 'other' } })).events).toEqual([]);
  });
});

describe('Security Hub', () => {
  test.each<[string, JsonObject]>([
    ['ASFF', guardDutyInHub()],
    ['OCSF', guardDutyInOcsf()],
  ])('of GuardDuty in %s: the same id, type, severity and credentials as GuardDuty says itself', (_, record) => {
    const own = reportIn(guardDutyExample());
    const { uid, type, severity, actor, ip, operation, service, tactics, kind, source, account, region } = own;
    expect(reportIn(record)).toMatchObject({ uid, type, severity, actor, ip, operation, service, tactics, kind, source, account, region });
    expect(reportIn(record).trusted).toBe(true);
  });

  test('EventBridge sends a list of findings in ASFF, and of OCSF', () => {
    const { events } = readLog(
      `${JSON.stringify(inEnvelope('Security Hub Findings - Imported', 'aws.securityhub', { findings: [guardDutyInHub(1), hubControlExample(2)] }))}\n` +
        JSON.stringify(inEnvelope('Findings Imported V2', 'aws.securityhub', { findings: [guardDutyInOcsf(3)] })),
    );
    expect(events.map(({ report }) => report?.type)).toEqual([
      'UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom',
      'S3.2',
      'UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom',
    ]);
  });

  test('a control of its own', () => {
    expect(reportIn(hubControlExample())).toMatchObject({
      source: 'security-hub',
      type: 'S3.2',
      kind: 'compliance',
      severity: 'Critical',
      state: 'active',
      resources: [{ uid: 'arn:aws:s3:::reports-example', type: 'AWS::S3::Bucket' }],
    });
  });

  test.each<[JsonObject, string]>([
    [{ Workflow: { Status: 'SUPPRESSED' } }, 'suppressed'],
    [{ Workflow: { Status: 'RESOLVED' } }, 'resolved'],
    [{ Workflow: { Status: 'NOTIFIED' } }, 'active'],
    [{ RecordState: 'ARCHIVED' }, 'archived'],
    [{ Compliance: { Status: 'PASSED', SecurityControlId: 'S3.2' } }, 'resolved'],
  ])('%o is %s', (more, state) => {
    expect(reportIn(hubControlExample(1, more)).state).toBe(state);
  });

  test('products of an account itself, which whoever may import findings can fill, are not trusted', () => {
    const product = 'arn:aws:securityhub:us-east-1:111122223333:product/111122223333/default';
    const report = reportIn(guardDutyInHub(1, { ProductArn: product }));
    expect(report).toMatchObject({ trusted: false, source: 'security-hub' });
    expect(report.uid).not.toBe(guardDutyArn(1));
    const posing = reportIn(guardDutyInHub(1, { ProductArn: 'arn:aws:securityhub:us-east-1:111122223333:product/aws/guardduty' }));
    expect(posing).toMatchObject({ trusted: false, source: 'security-hub' });
    expect(
      reportIn(
        guardDutyInOcsf(1, {
          metadata: { product: { name: 'GuardDuty', uid: 'arn:aws:securityhub:us-east-1:111122223333:productv2/aws/guardduty' } },
        }),
      ).trusted,
    ).toBe(false);
  });

  test('what jobzero has put there itself does not come back', () => {
    expect(readLog(JSON.stringify(guardDutyInHub(1, { Id: 'jobzero/default/0123' }))).events).toEqual([]);
    const { events, setAsides } = readLog(
      JSON.stringify(guardDutyInOcsf(1, { metadata: { product: { name: 'jobzero', uid: 'jobzero', vendor_name: 'jobzero' } } })),
    );
    expect([events, setAsides]).toEqual([[], []]);
  });
});

describe('Inspector', () => {
  test('a package with a flaw', () => {
    expect(reportIn(inEnvelope('Inspector2 Finding', 'aws.inspector2', inspectorExample()))).toMatchObject({
      source: 'inspector',
      type: 'CVE-2025-00001',
      kind: 'vulnerability',
      severity: 'High',
      state: 'active',
      firstTime: Date.UTC(2026, 0, 4, 22, 46, 15),
      lastTime: Date.UTC(2026, 0, 5, 22, 46, 15),
      resources: [{ uid: 'arn:aws:ec2:us-east-1:111122223333:instance/i-0a1b2c3d4e5f60711', type: 'AWS::EC2::Instance' }],
      kept: { exploitAvailable: 'YES', fixAvailable: 'YES', packages: [{ name: 'libexample', version: '1.0.0', fixedInVersion: '1.0.1' }] },
    });
  });

  test('what can be reached over the network is a setting; suppressed and closed ones are over', () => {
    expect(reportIn(inspectorExample(1, { type: 'NETWORK_REACHABILITY', packageVulnerabilityDetails: null })).kind).toBe('compliance');
    expect(reportIn(inspectorExample(1, { status: 'SUPPRESSED' })).state).toBe('suppressed');
    expect(reportIn(inspectorExample(1, { status: 'CLOSED' })).state).toBe('resolved');
    expect(reportIn(inspectorExample(1, { severity: 'UNTRIAGED' })).severity).toBe('Medium');
  });
});

test('Macie: buckets are settings, objects are data', () => {
  expect(reportIn(inEnvelope('Macie Finding', 'aws.macie', macieExample()))).toMatchObject({
    uid: 'macie/111122223333/us-east-1/00000000000000000000000000000001',
    kind: 'compliance',
    severity: 'High',
    resources: [{ uid: 'arn:aws:s3:::reports-example', type: 'AWS::S3::Bucket' }],
    kept: { publicAccess: 'PUBLIC' },
  });
  const data = macieExample(2, {
    type: 'SensitiveData:S3Object/Personal',
    category: 'CLASSIFICATION',
    severity: { description: 'Medium' },
    resourcesAffected: {
      s3Bucket: { arn: 'arn:aws:s3:::reports-example', name: 'reports-example' },
      s3Object: { bucketArn: 'arn:aws:s3:::reports-example', key: 'a/b.csv', path: 'reports-example/a/b.csv' },
    },
    classificationDetails: { result: { sensitiveData: [{ category: 'PERSONAL_INFORMATION', totalCount: 12 }] } },
  });
  expect(reportIn(data)).toMatchObject({
    kind: 'data-security',
    severity: 'Medium',
    resources: [{ type: 'AWS::S3::Bucket' }, { uid: 'arn:aws:s3:::reports-example/a/b.csv', type: 'AWS::S3::Object' }],
    kept: { data: [{ category: 'PERSONAL_INFORMATION', n: 12 }] },
  });
  expect(reportIn(macieExample(1, { sample: true, archived: true }))).toMatchObject({ sample: true, state: 'archived' });
});

describe('IAM Access Analyzer', () => {
  test.each<[JsonObject, string, string]>([
    [{}, 'PublicAccess:S3/Bucket', 'High'],
    [{ isPublic: false, principal: { AWS: '444455556666' } }, 'ExternalAccess:S3/Bucket', 'Medium'],
    [{ error: 'ACCESS_DENIED' }, 'NotAnalyzed:S3/Bucket', 'Informational'],
    [{ findingType: 'UnusedIAMRole', resourceType: 'AWS::IAM::Role' }, 'UnusedAccess:IAM/Role', 'Low'],
  ])('%o is %s', (more, type, severity) => {
    expect(reportIn(accessAnalyzerExample(1, more))).toMatchObject({ type, severity, kind: 'compliance' });
  });

  test('several principals at one resource are parts of one finding, as in Security Hub', () => {
    const [one, two] = [reportIn(accessAnalyzerExample(1)), reportIn(accessAnalyzerExample(2))];
    expect(one.uid).toBe(`${analyzerArn}/arn:aws:s3:::reports-example`);
    expect(two.uid).toBe(one.uid);
    expect(two.part).not.toBe(one.part);
    const hub = reportIn(
      guardDutyInHub(1, {
        Id: one.uid,
        ProductArn: 'arn:aws:securityhub:us-east-1::product/aws/access-analyzer',
        Types: ['Software and Configuration Checks/AWS Security Best Practices/External Access Granted'],
        Title: 'AwsS3Bucket/arn:aws:s3:::reports-example/ allows public access',
        Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::reports-example', Region: 'us-east-1' }],
      }),
    );
    expect(hub).toMatchObject({ source: 'access-analyzer', uid: one.uid, type: one.type });
  });

  test('deleted is over', () => {
    expect(reportIn(accessAnalyzerExample(1, { isDeleted: true })).state).toBe('resolved');
    expect(reportIn(accessAnalyzerExample(1, { status: 'ARCHIVED' })).state).toBe('archived');
  });
});

describe('AWS Config', () => {
  test('a change of compliance; the same through Security Hub', () => {
    const own = reportIn(inEnvelope('Config Rules Compliance Change', 'aws.config', configExample()));
    expect(own).toMatchObject({
      type: 's3-bucket-public-read-prohibited',
      severity: 'Medium',
      state: 'active',
      resources: [{ uid: 'arn:aws:s3:::reports-example-1' }],
    });
    const hub = guardDutyInHub(1, {
      Id: 'arn:aws:config:us-east-1:111122223333:config-rule/config-rule-9rpvxc/finding/45g070df',
      ProductArn: 'arn:aws:securityhub:us-east-1::product/aws/config',
      GeneratorId: 'arn:aws:config:us-east-1:111122223333:config-rule/config-rule-9rpvxc',
      Types: ['Software and Configuration Checks'],
      ProductFields: { 'aws/config/ConfigRuleName': 's3-bucket-public-read-prohibited' },
      Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::reports-example-1' }],
    });
    expect(reportIn(hub)).toMatchObject({ source: 'config', uid: own.uid, type: own.type, kind: own.kind });
    expect(reportIn(configExample(1, {}, 'COMPLIANT')).state).toBe('resolved');
  });

  test('rules that Security Hub made are told by Security Hub', () => {
    const { events, setAsides } = readLog(
      JSON.stringify(configExample(1, { configRuleName: 'securityhub-s3-bucket-public-read-prohibited-1a2b3c' })),
    );
    expect([events, setAsides]).toEqual([[], []]);
  });
});

describe('AWS Health', () => {
  test('an exposed key', () => {
    expect(reportIn(inEnvelope('AWS Health Event', 'aws.health', healthExample()))).toMatchObject({
      type: 'AWS_RISK_CREDENTIALS_EXPOSED',
      kind: 'detection',
      severity: 'Critical',
      tactics: ['credential-access'],
      kept: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE' },
      updatedAt: Date.UTC(2026, 0, 5, 8, 12),
    });
  });

  test('abuse, with the instances', () => {
    const report = reportIn(
      inEnvelope(
        'AWS Health Abuse Event',
        'aws.health',
        healthExample(1, {
          eventArn: 'arn:aws:health:global::event/AWS_ABUSE_DOS_REPORT_3223324344_3243_234_34_34',
          service: 'ABUSE',
          eventTypeCode: 'AWS_ABUSE_DOS_REPORT',
          affectedEntities: [{ entityValue: 'arn:aws:ec2:us-east-1:111122223333:instance/i-0a1b2c3d4e5f60718' }],
        }),
      ),
    );
    expect(report).toMatchObject({ severity: 'High', tactics: ['impact'], resources: [{ type: 'AWS::EC2::Instance' }] });
  });

  test('what is about the operation of AWS is no finding', () => {
    const { events, setAsides } = readLog(
      JSON.stringify(healthExample(1, { service: 'EC2', eventTypeCode: 'AWS_EC2_INSTANCE_STORE_DRIVE_PERFORMANCE_DEGRADED' })),
    );
    expect([events, setAsides]).toEqual([[], []]);
  });
});

test('texts are kept on one line and not longer than they may be', () => {
  const report = reportIn(guardDutyExample(1, { title: `\u001b[2J\r\n${'x'.repeat(5_000)}\ud800`, description: 'a\u0000b' }));
  expect(report.title).toMatch(/^ \[2J {2}x+…$/);
  expect(report.title.length).toBeLessThan(1_100);
  expect(report.description).toBe('a b');
});

// A mutation can make some one that is rightly passed over: our own, of a rule of Security Hub's, or no matter of security.
describe.each<[string, (n: number) => JsonObject, boolean]>([
  ['GuardDuty', guardDutyExample, false],
  ['GuardDuty about several steps', attackSequenceExample, false],
  ['ASFF', guardDutyInHub, true],
  ['ASFF about several steps', attackSequenceInHub, true],
  ['OCSF', guardDutyInOcsf, true],
  ['a control in ASFF', hubControlExample, true],
  ['Inspector', inspectorExample, false],
  ['Macie', macieExample, false],
  ['Access Analyzer', accessAnalyzerExample, false],
  ['Config', configExample, true],
  ['Health', healthExample, true],
])('hostile bytes in findings of %s', (_, example, passesOver) => {
  holdsAgainstHostileBytes([JSON.stringify(example(1)), JSON.stringify(example(2)), JSON.stringify(example(3))], '', passesOver);
});
