import type { Json, JsonObject } from '../../model/json.ts';

/** Synthetic findings in the shapes that AWS documents, for tests. `n` tells them apart; `more` takes the place of members. */

const account = '111122223333';
const region = 'us-east-1';
const hex = (n: number) => n.toString(16).padStart(32, '0');

export const detectorId = '12abc34d567e8fa901bc2d34e56789f0';
export const guardDutyArn = (n: number) => `arn:aws:guardduty:${region}:${account}:detector/${detectorId}/finding/${hex(n)}`;

/** As EventBridge and exports spell it. */
export function guardDutyExample(n = 1, more: JsonObject = {}, service: JsonObject = {}): JsonObject {
  return {
    schemaVersion: '2.0',
    accountId: account,
    region,
    partition: 'aws',
    id: hex(n),
    arn: guardDutyArn(n),
    type: 'UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom',
    resource: {
      resourceType: 'AccessKey',
      accessKeyDetails: {
        accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
        principalId: 'AIDAEXAMPLEEXAMPLE01',
        userType: 'IAMUser',
        userName: 'ci-deployer',
      },
    },
    service: {
      serviceName: 'guardduty',
      detectorId,
      action: {
        actionType: 'AWS_API_CALL',
        awsApiCallAction: {
          api: 'ListBuckets',
          serviceName: 's3.amazonaws.com',
          callerType: 'Remote IP',
          remoteIpDetails: { ipAddressV4: '198.51.100.7', country: { countryName: 'Example' } },
          affectedResources: {},
        },
      },
      resourceRole: 'TARGET',
      additionalInfo: { value: '{}', type: 'default' },
      eventFirstSeen: '2026-01-05T08:00:00.000Z',
      eventLastSeen: '2026-01-05T08:10:00.000Z',
      archived: false,
      count: 3,
      ...service,
    },
    severity: 5,
    createdAt: '2026-01-05T08:05:00.000Z',
    updatedAt: `2026-01-05T08:12:0${n % 10}.000Z`,
    title: 'API ListBuckets was invoked from an IP address on a custom threat list.',
    description: 'An API was used to list buckets from an IP address on the list example.',
    ...more,
  };
}

/** Whose credentials an attack of several steps was done with, and what they were used on. */
export const sequenceActors: readonly JsonObject[] = [
  {
    id: 'user:IAMUser:AIDAEXAMPLEEXAMPLE01',
    user: {
      name: 'ci-deployer',
      uid: 'AIDAEXAMPLEEXAMPLE01',
      type: 'IAMUser',
      credentialUid: 'AKIAIOSFODNN7EXAMPLE',
      account: { uid: account, name: 'production' },
    },
  },
  {
    id: 'user:AssumedRole:AROAEXAMPLEEXAMPLE01',
    user: {
      name: 'deployer',
      uid: 'AROAEXAMPLEEXAMPLE01:mallory',
      type: 'AssumedRole',
      credentialUid: 'ASIAIOSFODNN7EXAMPLE',
      account: { uid: account, name: 'production' },
    },
    session: {
      uid: 'ASIAIOSFODNN7EXAMPLE',
      mfaStatus: 'DISABLED',
      createdTime: '2026-01-05T07:55:00.000Z',
      issuer: `arn:aws:iam::${account}:role/ops/deployer`,
    },
  },
];
export const sequenceResources: readonly JsonObject[] = [
  {
    uid: 'AKIAIOSFODNN7EXAMPLE',
    name: 'AKIAIOSFODNN7EXAMPLE',
    accountId: account,
    resourceType: 'ACCESS_KEY',
    region,
    service: 'iam',
    cloudPartition: 'aws',
    data: { accessKey: { principalId: 'AIDAEXAMPLEEXAMPLE01', userName: 'ci-deployer', userType: 'IAMUser' } },
  },
  {
    uid: 'arn:aws:s3:::reports-example',
    name: 'reports-example',
    accountId: account,
    resourceType: 'S3_BUCKET',
    region,
    service: 's3',
    cloudPartition: 'aws',
    data: { s3Bucket: { ownerId: 'example', effectivePermission: 'NOT_PUBLIC', s3ObjectUids: ['arn:aws:s3:::reports-example/2025.csv'] } },
  },
  {
    uid: `arn:aws:ec2:${region}:${account}:instance/i-0a1b2c3d4e5f60718`,
    name: 'i-0a1b2c3d4e5f60718',
    accountId: account,
    resourceType: 'EC2_INSTANCE',
    region,
    service: 'ec2',
    cloudPartition: 'aws',
    data: { ec2Instance: { instanceState: 'running', instanceType: 't3.micro' } },
  },
];

/** An attack of several steps as EventBridge and exports spell it: https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Sequence.html */
export function attackSequenceExample(n = 1, more: JsonObject = {}, sequence: JsonObject = {}): JsonObject {
  const example = guardDutyExample(n, {
    type: 'AttackSequence:IAM/CompromisedCredentials',
    resource: { resourceType: 'AttackSequence' },
    severity: 9,
    title: 'Potential credential compromise of ci-deployer indicated by a sequence of actions.',
    description: 'A sequence of actions involving several signals indicates a potential credential compromise.',
    ...more,
  });
  const { action: _, resourceRole: __, ...service } = example['service'] as { readonly [field: string]: JsonObject };
  const uid = hex(n);
  return {
    ...example,
    service: {
      ...service,
      detection: {
        sequence: {
          uid,
          description: 'A sequence of actions involving several signals indicates a potential credential compromise.',
          actors: [...sequenceActors],
          resources: [...sequenceResources],
          endpoints: [{ id: 'ip:198.51.100.7', ip: '198.51.100.7', autonomousSystem: { name: 'Example', number: 64_496 } }],
          signals: [
            {
              uid: `${uid}-1`,
              type: 'CLOUD_TRAIL',
              name: 'ListUsers',
              count: 2,
              createdAt: '2026-01-05T08:00:00.000Z',
              updatedAt: '2026-01-05T08:05:00.000Z',
              actorIds: ['user:IAMUser:AIDAEXAMPLEEXAMPLE01'],
              endpointIds: ['ip:198.51.100.7'],
            },
            {
              uid: `${uid}-2`,
              type: 'FINDING',
              name: 'PenTest:IAMUser/KaliLinux',
              count: 1,
              createdAt: '2026-01-05T08:02:00.000Z',
              updatedAt: '2026-01-05T08:05:00.000Z',
              actorIds: ['user:AssumedRole:AROAEXAMPLEEXAMPLE01'],
            },
          ],
          sequenceIndicators: [
            { key: 'ATTACK_TACTIC', values: ['Discovery', 'Privilege Escalation', 'Defense Evasion'] },
            { key: 'HIGH_RISK_API', values: ['iam:ListUsers'] },
          ],
          ...sequence,
        },
      },
    },
  };
}

/** The same as Security Hub tells it: https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Detection.html */
export function attackSequenceInHub(n = 1, more: JsonObject = {}): JsonObject {
  return guardDutyInHub(n, {
    Types: ['TTPs/AttackSequence:IAM/CompromisedCredentials'],
    Severity: { Product: 9, Label: 'CRITICAL', Normalized: 90 },
    Title: 'Potential credential compromise of ci-deployer indicated by a sequence of actions.',
    ProductFields: {},
    Resources: [
      {
        Type: 'AwsIamAccessKey',
        Id: 'AWS::IAM::AccessKey:AKIAIOSFODNN7EXAMPLE',
        Region: region,
        Details: { AwsIamAccessKey: { PrincipalId: 'AIDAEXAMPLEEXAMPLE01', PrincipalType: 'IAMUser', PrincipalName: 'ci-deployer' } },
      },
      { Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::reports-example', Region: region },
      { Type: 'AwsEc2Instance', Id: `arn:aws:ec2:${region}:${account}:instance/i-0a1b2c3d4e5f60718`, Region: region },
    ],
    Detection: {
      Sequence: {
        Uid: hex(n),
        Actors: sequenceActors.map((one) => pascalKeys(one)),
        Endpoints: [{ Id: 'ip:198.51.100.7', Ip: '198.51.100.7' }],
        Signals: [
          { Type: 'CLOUD_TRAIL', Id: `${hex(n)}-1`, Name: 'ListUsers', Count: 2 },
          { Type: 'FINDING', Id: `${hex(n)}-2`, Name: 'PenTest:IAMUser/KaliLinux', Count: 1 },
        ],
        SequenceIndicators: [{ Key: 'ATTACK_TACTIC', Values: ['Discovery', 'Privilege Escalation', 'Defense Evasion'] }],
      },
    },
    ...more,
  });
}

/** The members with a capital first letter, all the way down: how the SDK and the command line spell what EventBridge does not. */
export function pascalKeys(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one: Json) => pascalKeys(one));
  return Object.fromEntries(
    Object.entries(value).map(([key, member]: [string, Json]) => [`${key.slice(0, 1).toUpperCase()}${key.slice(1)}`, pascalKeys(member)]),
  );
}

/** The same as Security Hub tells it. */
export function guardDutyInHub(n = 1, more: JsonObject = {}): JsonObject {
  const product = `arn:aws:securityhub:${region}::product/aws/guardduty`;
  return {
    SchemaVersion: '2018-10-08',
    Id: guardDutyArn(n),
    ProductArn: product,
    ProductName: 'GuardDuty',
    CompanyName: 'Amazon',
    Region: region,
    GeneratorId: `arn:aws:guardduty:${region}:${account}:detector/${detectorId}`,
    AwsAccountId: account,
    Types: ['TTPs/UnauthorizedAccess:IAMUser-MaliciousIPCaller.Custom'],
    FirstObservedAt: '2026-01-05T08:00:00.000Z',
    LastObservedAt: '2026-01-05T08:10:00.000Z',
    CreatedAt: '2026-01-05T08:05:00.000Z',
    UpdatedAt: `2026-01-05T08:12:0${n % 10}.000Z`,
    Severity: { Product: 5, Label: 'MEDIUM', Normalized: 50 },
    Title: 'API ListBuckets was invoked from an IP address on a custom threat list.',
    Description: 'An API was used to list buckets from an IP address on the list example.',
    ProductFields: {
      'aws/guardduty/service/serviceName': 'guardduty',
      'aws/guardduty/service/detectorId': detectorId,
      'aws/guardduty/service/action/actionType': 'AWS_API_CALL',
      'aws/guardduty/service/action/awsApiCallAction/api': 'ListBuckets',
      'aws/guardduty/service/action/awsApiCallAction/serviceName': 's3.amazonaws.com',
      'aws/guardduty/service/action/awsApiCallAction/remoteIpDetails/ipAddressV4': '198.51.100.7',
      'aws/securityhub/FindingId': `${product}/${guardDutyArn(n)}`,
      'aws/securityhub/ProductName': 'GuardDuty',
      'aws/securityhub/CompanyName': 'Amazon',
    },
    Resources: [
      {
        Type: 'AwsIamAccessKey',
        Id: 'AWS::IAM::AccessKey:AKIAIOSFODNN7EXAMPLE',
        Partition: 'aws',
        Region: region,
        Details: { AwsIamAccessKey: { PrincipalId: 'AIDAEXAMPLEEXAMPLE01', PrincipalType: 'IAMUser', PrincipalName: 'ci-deployer' } },
      },
    ],
    WorkflowState: 'NEW',
    Workflow: { Status: 'NEW' },
    RecordState: 'ACTIVE',
    ...more,
  };
}

/** And as its newer edition does. */
export function guardDutyInOcsf(n = 1, more: JsonObject = {}): JsonObject {
  return {
    activity_id: 1,
    category_uid: 2,
    class_uid: 2004,
    class_name: 'Detection Finding',
    cloud: { account: { uid: account }, provider: 'AWS', region },
    severity_id: 3,
    severity: 'Medium',
    status_id: 1,
    time: 1_767_600_720_000 + n * 1_000,
    metadata: {
      product: { name: 'GuardDuty', uid: `arn:aws:securityhub:${region}::productv2/aws/guardduty`, vendor_name: 'AWS' },
      uid: `${hex(n)}${hex(n)}`,
      version: '1.5.0',
    },
    finding_info: {
      uid: guardDutyArn(n),
      title: 'API ListBuckets was invoked from an IP address on a custom threat list.',
      desc: 'An API was used to list buckets.',
      types: ['UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom'],
      created_time: 1_767_600_300_000,
      modified_time: 1_767_600_720_000 + n * 1_000,
      first_seen_time: 1_767_600_000_000,
      last_seen_time: 1_767_600_600_000,
    },
    evidences: [{ api: { operation: 'ListBuckets', service: { name: 's3.amazonaws.com' } }, src_endpoint: { ip: '198.51.100.7' } }],
    resources: [
      {
        uid: 'AKIAIOSFODNN7EXAMPLE',
        type: 'AWS::IAM::AccessKey',
        region,
        data: {
          access_key_id: 'AKIAIOSFODNN7EXAMPLE',
          principal_id: 'AIDAEXAMPLEEXAMPLE01',
          user_name: 'ci-deployer',
          user_type: 'IAMUser',
        },
      },
    ],
    ...more,
  };
}

/** A control of Security Hub itself, for a bucket. */
export function hubControlExample(n = 1, more: JsonObject = {}): JsonObject {
  return {
    ...guardDutyInHub(n),
    Id: `arn:aws:securityhub:${region}:${account}:security-control/S3.2/finding/${hex(n)}`,
    ProductArn: `arn:aws:securityhub:${region}::product/aws/securityhub`,
    ProductName: 'Security Hub',
    GeneratorId: 'security-control/S3.2',
    Types: ['Software and Configuration Checks/Industry and Regulatory Standards'],
    Severity: { Label: 'CRITICAL', Normalized: 90, Original: 'CRITICAL' },
    Title: 'S3 general purpose buckets should block public read access',
    Compliance: { Status: 'FAILED', SecurityControlId: 'S3.2' },
    ProductFields: { 'aws/securityhub/ProductName': 'Security Hub' },
    Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::reports-example', Partition: 'aws', Region: region }],
    ...more,
  };
}

export function inspectorExample(n = 1, more: JsonObject = {}): JsonObject {
  return {
    awsAccountId: account,
    description: 'An example of a flaw in a library.',
    exploitAvailable: 'YES',
    findingArn: `arn:aws:inspector2:${region}:${account}:finding/${hex(n)}`,
    firstObservedAt: 'Jan 4, 2026, 10:46:15 PM',
    fixAvailable: 'YES',
    lastObservedAt: 'Jan 5, 2026, 10:46:15 PM',
    packageVulnerabilityDetails: {
      vulnerabilityId: 'CVE-2025-00001',
      vulnerablePackages: [{ name: 'libexample', version: '1.0.0', fixedInVersion: '1.0.1', packageManager: 'OS' }],
    },
    resources: [{ id: `i-0a1b2c3d4e5f6071${n % 10}`, type: 'AWS_EC2_INSTANCE', region, tags: {} }],
    severity: 'HIGH',
    status: 'ACTIVE',
    title: 'CVE-2025-00001 - libexample',
    type: 'PACKAGE_VULNERABILITY',
    updatedAt: 'Jan 5, 2026, 10:46:15 PM',
    ...more,
  };
}

export function macieExample(n = 1, more: JsonObject = {}): JsonObject {
  return {
    schemaVersion: '1.0',
    id: hex(n),
    accountId: account,
    partition: 'aws',
    region,
    type: 'Policy:IAMUser/S3BucketPublic',
    title: 'The bucket is public.',
    description: 'The access control list or policy of the bucket lets everybody read it.',
    severity: { score: 3, description: 'High' },
    createdAt: '2026-01-05T08:00:00Z',
    updatedAt: `2026-01-05T08:12:0${n % 10}Z`,
    count: 1,
    category: 'POLICY',
    resourcesAffected: {
      s3Bucket: { arn: 'arn:aws:s3:::reports-example', name: 'reports-example', publicAccess: { effectivePermission: 'PUBLIC' } },
      s3Object: null,
    },
    classificationDetails: null,
    archived: false,
    ...more,
  };
}

export const analyzerArn = `arn:aws:access-analyzer:${region}:${account}:analyzer/organization`;

/** With the envelope of EventBridge, which alone names the analyzer. */
export function accessAnalyzerExample(n = 1, more: JsonObject = {}): JsonObject {
  return {
    version: '0',
    id: '11111111-2222-4444-aaaa-333333333333',
    'detail-type': 'Access Analyzer Finding',
    source: 'aws.access-analyzer',
    account,
    region,
    time: '2026-01-05T08:12:30Z',
    resources: [analyzerArn],
    detail: {
      version: '1.0',
      id: `22222222-dcba-4444-dcba-${String(n).padStart(12, '0')}`,
      status: 'ACTIVE',
      resourceType: 'AWS::S3::Bucket',
      resource: 'arn:aws:s3:::reports-example',
      createdAt: '2026-01-05T08:00:00Z',
      analyzedAt: '2026-01-05T08:12:00Z',
      updatedAt: '2026-01-05T08:12:00Z',
      accountId: account,
      region,
      principal: { AWS: '*' },
      action: ['s3:GetObject'],
      condition: {},
      isDeleted: false,
      isPublic: true,
      ...more,
    },
  };
}

export function configExample(n = 1, more: JsonObject = {}, complianceType = 'NON_COMPLIANT'): JsonObject {
  return {
    resourceId: `reports-example-${n}`,
    awsRegion: region,
    awsAccountId: account,
    configRuleName: 's3-bucket-public-read-prohibited',
    configRuleARN: `arn:aws:config:${region}:${account}:config-rule/config-rule-9rpvxc`,
    recordVersion: '1.0',
    messageType: 'ComplianceChangeNotification',
    newEvaluationResult: {
      evaluationResultIdentifier: {
        evaluationResultQualifier: {
          configRuleName: 's3-bucket-public-read-prohibited',
          resourceType: 'AWS::S3::Bucket',
          resourceId: `reports-example-${n}`,
        },
        orderingTimestamp: '2026-01-05T08:12:00.619Z',
      },
      complianceType,
      resultRecordedTime: '2026-01-05T08:12:01.405Z',
      configRuleInvokedTime: '2026-01-05T08:12:00.914Z',
    },
    notificationCreationTime: '2026-01-05T08:12:02.000Z',
    resourceType: 'AWS::S3::Bucket',
    ...more,
  };
}

export function healthExample(n = 1, more: JsonObject = {}): JsonObject {
  return {
    eventArn: `arn:aws:health:${region}::event/RISK/AWS_RISK_CREDENTIALS_EXPOSED/AWS_RISK_CREDENTIALS_EXPOSED_${hex(n)}`,
    service: 'RISK',
    eventTypeCode: 'AWS_RISK_CREDENTIALS_EXPOSED',
    eventTypeCategory: 'issue',
    eventScopeCode: 'ACCOUNT_SPECIFIC',
    communicationId: 'example-1',
    startTime: 'Mon, 5 Jan 2026 08:00:00 GMT',
    lastUpdatedTime: 'Mon, 5 Jan 2026 08:12:00 GMT',
    statusCode: 'open',
    eventRegion: region,
    eventDescription: [{ language: 'en_US', latestDescription: 'An access key was found on a public page.' }],
    affectedEntities: [{ entityValue: 'AKIAIOSFODNN7EXAMPLE', status: 'IMPAIRED' }],
    affectedAccount: account,
    page: '1',
    totalPages: '1',
    ...more,
  };
}

/** What EventBridge puts around a service's own words. */
export function inEnvelope(detailType: string, source: string, detail: JsonObject, more: JsonObject = {}): JsonObject {
  return {
    version: '0',
    id: '33333333-2222-4444-aaaa-333333333333',
    'detail-type': detailType,
    source,
    account,
    time: '2026-01-05T08:13:00Z',
    region,
    resources: [],
    detail,
    ...more,
  };
}
