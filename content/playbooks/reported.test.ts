import { describe, expect, test } from 'vitest';
import { eventsOfText } from '../../src/core/collect/log-reader.ts';
import {
  accessAnalyzerExample,
  attackSequenceExample,
  configExample,
  guardDutyExample,
  healthExample,
  hubControlExample,
  macieExample,
  sequenceActors,
} from '../../src/core/collect/reports/examples.ts';
import { copiesOf } from '../../src/core/findings/imported/copies.ts';
import { importedFinding } from '../../src/core/findings/imported/imported-finding.ts';
import { handles } from '../../src/core/lib/handles.ts';
import { meetsWildcard } from '../../src/core/lib/wildcard.ts';
import type { Finding } from '../../src/core/model/finding.ts';
import type { JsonObject } from '../../src/core/model/json.ts';
import type { Around } from '../../src/core/model/plan.ts';
import { playbookModules } from '../../tools/units.ts';

const playbooks = (await playbookModules()).map(({ unit }) => unit);

function findingOf(record: JsonObject): Finding {
  const [event] = eventsOfText(JSON.stringify(record), 'example');
  if (event?.report === undefined) throw new Error('no finding');
  const finding = importedFinding('default', copiesOf(event.report, null), () => []);
  if (finding === null) throw new Error('no finding');
  return finding;
}

/** In an organisation that another account manages, unless said otherwise. */
const inOrganisation: Around = { management: '999988887777', root: null, atRoot: [] };

const named = (record: JsonObject, around = inOrganisation): Readonly<Record<string, readonly string[]>> => {
  const finding = findingOf(record);
  const rows = playbooks
    .filter((playbook) => handles(playbook, finding.rule.id))
    .map((playbook) => [playbook.id, playbook.targets(finding, around).map(({ uid }) => uid)] as const);
  return Object.fromEntries(rows.filter(([, targets]) => targets.length > 0));
};

const instance = 'arn:aws:ec2:us-east-1:111122223333:instance/i-0a1b2c3d4e5f60718';
const bucket = 'arn:aws:s3:::reports-example';
const onInstance = (type: string) =>
  guardDutyExample(1, { type, resource: { resourceType: 'Instance', instanceDetails: { instanceId: 'i-0a1b2c3d4e5f60718' } } });
const onBucket = (type: string) =>
  guardDutyExample(1, {
    type,
    resource: {
      resourceType: 'S3Bucket',
      accessKeyDetails: {
        accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
        principalId: 'AIDAEXAMPLEEXAMPLE01',
        userType: 'IAMUser',
        userName: 'ci-deployer',
      },
      s3BucketDetails: [{ arn: bucket, name: 'reports-example', type: 'Destination' }],
    },
  });
const ofUser = (type: string) => guardDutyExample(1, { type });
const byKey = (type: string, accessKeyId: string, more: JsonObject = {}) =>
  guardDutyExample(1, {
    type,
    resource: {
      resourceType: 'AccessKey',
      accessKeyDetails: { accessKeyId, principalId: 'AIDAEXAMPLEEXAMPLE01', userType: 'IAMUser', userName: 'ci-deployer', ...more },
    },
  });
const byRoot = (type: string) => byKey(type, 'ASIAIOSFODNN7EXAMPLE', { userType: 'Root', userName: 'Root', principalId: '111122223333' });
const called = (type: string, api: string) =>
  guardDutyExample(
    1,
    { type },
    { action: { actionType: 'AWS_API_CALL', awsApiCallAction: { api, serviceName: 'example.amazonaws.com' } } },
  );
const onFunction = (type: string) =>
  guardDutyExample(1, { type, resource: { resourceType: 'Lambda', lambdaDetails: { functionArn: functionArn, functionName: 'app' } } });
const onDatabase = (type: string, ipAddressV4 = '198.51.100.7') =>
  guardDutyExample(
    1,
    { type, resource: { resourceType: 'RDSDBInstance', rdsDbInstanceDetails: { dbInstanceIdentifier: 'sales', dbInstanceArn: database } } },
    { action: { actionType: 'RDS_LOGIN_ATTEMPT', rdsLoginAttemptAction: { remoteIpDetails: { ipAddressV4 } } } },
  );
const cluster = 'arn:aws:eks:us-east-1:111122223333:cluster/prod';
const inCluster = (type: string, more: JsonObject = {}, kubernetesApiCallAction: JsonObject = {}) =>
  guardDutyExample(
    1,
    { type, resource: { resourceType: 'EKSCluster', eksClusterDetails: { name: 'prod', arn: cluster }, ...more } },
    { action: { actionType: 'KUBERNETES_API_CALL', kubernetesApiCallAction } },
  );
const workload = { kubernetesDetails: { kubernetesWorkloadDetails: { name: 'cart-1', namespace: 'web', type: 'pods' } } };
const nodeOf = {
  instanceDetails: { instanceId: 'i-0a1b2c3d4e5f60718', networkInterfaces: [{ privateDnsName: 'ip-192-0-2-10.ec2.internal' }] },
};
const bound = { verb: 'create', resource: 'clusterrolebindings', resourceName: 'helper' };
const sequenceOf = (type: string, ...actors: readonly JsonObject[]) => attackSequenceExample(1, { type }, { actors: [...actors] });
const ofSession = (type: string) =>
  guardDutyExample(1, {
    type,
    resource: {
      resourceType: 'AccessKey',
      accessKeyDetails: {
        accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
        principalId: 'AROAEXAMPLEEXAMPLE01:i-0a1b2c3d4e5f60718',
        userType: 'AssumedRole',
        userName: 'web',
      },
    },
  });
const hub = (control: string, type: string, id: string) =>
  hubControlExample(1, {
    Compliance: { Status: 'FAILED', SecurityControlId: control },
    Resources: [{ Type: type, Id: id, Region: 'us-east-1' }],
  });
const configRule = (name: string, resourceType: string, resourceId: string) =>
  configExample(1, { configRuleName: name, resourceType, resourceId });

const functionArn = 'arn:aws:lambda:us-east-1:111122223333:function:app';
const database = 'arn:aws:rds:us-east-1:111122223333:db:sales';
const user = 'arn:aws:iam::111122223333:user/ci-deployer';
const deployer = 'arn:aws:iam::111122223333:role/ops/deployer';
const role = 'arn:aws:iam::111122223333:role/web';
const root = 'arn:aws:iam::111122223333:root';
const group = 'arn:aws:ec2:us-east-1:111122223333:security-group/sg-0123456789abcdef0';
const trail = 'arn:aws:cloudtrail:us-east-1:111122223333:trail/main';
const key = { 'aws.iam.contain-access-key': [user] };
const session = { 'aws.iam.deny-role-session': [role] };
const machine = { 'aws.ec2.isolate-instance': [instance], 'aws.ec2.preserve-instance': [instance] };
const frozen = { 'aws.iam.freeze-user': [user] };
const console = { 'aws.iam.deny-console': [user] };
const revoked = { 'aws.iam.revoke-role-sessions': [deployer] };
const pod = { 'aws.eks.isolate-pod': [cluster], 'aws.eks.preserve-pod': [cluster] };
const node = { 'aws.eks.cordon-node': [cluster] };
const started = { ...pod, 'aws.eks.stop-workload': [cluster] };
const denied = { 'aws.iam.deny-role-session': [deployer] };
const [byUser = {}, bySession = {}] = sequenceActors;
const block = { 'aws.s3.block-public-access': [bucket] };

const cases: readonly (readonly [string, JsonObject, Readonly<Record<string, readonly string[]>>])[] = [
  ...[
    'CredentialAccess',
    'DefenseEvasion',
    'Discovery',
    'Exfiltration',
    'Impact',
    'InitialAccess',
    'PenTest',
    'Persistence',
    'PrivilegeEscalation',
    'Recon',
    'UnauthorizedAccess',
  ].flatMap((purpose): (typeof cases)[number][] => [
    [`${purpose} by a user`, ofUser(`${purpose}:IAMUser/AnomalousBehavior`), key],
    [`${purpose} by a session`, ofSession(`${purpose}:IAMUser/AnomalousBehavior`), session],
  ]),
  ['a user who signed in from two places at once', byKey('UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B', ''), console],
  [
    'a user in the console, or with a session token',
    byKey('UnauthorizedAccess:IAMUser/TorIPCaller', 'ASIAIOSFODNN7EXAMPLE'),
    { ...key, ...console },
  ],
  ['an attack with a key', sequenceOf('AttackSequence:IAM/CompromisedCredentials', byUser), { ...key, ...frozen }],
  ['an attack with a session', sequenceOf('AttackSequence:S3/CompromisedData', bySession), { ...denied, ...revoked }],
  [
    'an attack with a session that is not named, so that only all of the role can be ended',
    sequenceOf('AttackSequence:IAM/CompromisedCredentials', {
      ...bySession,
      user: { name: 'deployer', uid: 'AROAEXAMPLEEXAMPLE01', type: 'AssumedRole', credentialUid: 'ASIAIOSFODNN7EXAMPLE' },
    }),
    revoked,
  ],
  [
    'an attack with both, on a cluster',
    sequenceOf('AttackSequence:EKS/CompromisedCluster', byUser, bySession),
    { ...key, ...denied, ...frozen, ...revoked },
  ],
  [
    'an attack by processes on machines',
    sequenceOf('AttackSequence:EC2/CompromisedInstanceGroup', { id: 'p', process: { name: 'x' } }),
    machine,
  ],
  [
    'an attack on machines of a cluster, from which a session was taken',
    sequenceOf('AttackSequence:ECS/CompromisedCluster', bySession),
    { ...denied, ...revoked, ...machine },
  ],
  [
    'an attack with credentials of another account',
    sequenceOf('AttackSequence:IAM/CompromisedCredentials', {
      ...bySession,
      session: { issuer: 'arn:aws:iam::444455556666:role/ops/deployer' },
    }),
    {},
  ],
  ...['RootCredentialUsage', 'ShortTermRootCredentialUsage'].map((name): (typeof cases)[number] => [
    name,
    byRoot(`Policy:IAMUser/${name}`),
    { 'aws.organizations.deny-root': [root] },
  ]),
  ...[
    'Backdoor:Lambda/C&CActivity.B',
    'CryptoCurrency:Lambda/BitcoinTool.B',
    'Trojan:Lambda/DropPoint',
    'UnauthorizedAccess:Lambda/TorRelay',
  ].map((type): (typeof cases)[number] => [type, onFunction(type), { 'aws.lambda.stop-function': [functionArn] }]),
  ...['AnomalousBehavior.SuccessfulBruteForce', 'MaliciousIPCaller.FailedLogin', 'TorIPCaller.SuccessfulLogin'].map(
    (name): (typeof cases)[number] => [name, onDatabase(`CredentialAccess:RDS/${name}`), { 'aws.rds.make-private': [database] }],
  ),
  ['a database that is probed', onDatabase('Discovery:RDS/MaliciousIPCaller'), { 'aws.rds.make-private': [database] }],
  ['a database, from inside its network', onDatabase('CredentialAccess:RDS/AnomalousBehavior.SuccessfulLogin', '10.0.0.9'), {}],
  [
    'passwords that may be short',
    called('Stealth:IAMUser/PasswordPolicyChange', 'UpdateAccountPasswordPolicy'),
    { 'aws.iam.strengthen-password-policy': [root] },
  ],
  [
    'models whose log was stopped',
    called('DefenseEvasion:IAMUser/BedrockLoggingDisabled', 'DeleteModelInvocationLoggingConfiguration'),
    { ...key, 'aws.bedrock.resume-invocation-log': [root] },
  ],
  [
    'the block of an account that was taken away',
    called('Policy:S3/AccountBlockPublicAccessDisabled', 'DeleteAccountPublicAccessBlock'),
    { 'aws.s3.block-public-access-of-account': [root] },
  ],
  ...['Impact:EC2/PortSweep', 'UnauthorizedAccess:EC2/TorClient', 'UnauthorizedAccess:EC2/TorRelay'].map((type): (typeof cases)[number] => [
    type,
    onInstance(type),
    machine,
  ]),
  // Whoever guesses passwords at a machine is not in it yet.
  ['a machine that others try to get into', onInstance('UnauthorizedAccess:EC2/SSHBruteForce'), {}],
  ...['Discovery:S3/TorIPCaller', 'Impact:S3/AnomalousBehavior.Delete', 'Impact:S3/MaliciousIPCaller', 'PenTest:S3/KaliLinux'].map(
    (type): (typeof cases)[number] => [type, onBucket(type), key],
  ),
  ['data that is read by a thief', onBucket('Exfiltration:S3/MaliciousIPCaller'), key],
  ['a bucket that Tor comes to', onBucket('UnauthorizedAccess:S3/TorIPCaller'), key],
  ...['Backdoor', 'CryptoCurrency', 'Trojan'].flatMap((purpose): (typeof cases)[number][] => [
    [`${purpose} on a machine`, onInstance(`${purpose}:EC2/Example`), machine],
    [`${purpose} in a process`, onInstance(`${purpose}:Runtime/Example`), machine],
  ]),
  ...['BucketAnonymousAccessGranted', 'BucketBlockPublicAccessDisabled', 'BucketPublicAccessGranted'].map(
    (name): (typeof cases)[number] => [name, onBucket(`Policy:S3/${name}`), block],
  ),
  ...[
    ['Execution:Kubernetes/AnomalousBehavior.ExecInPod', pod],
    ['Execution:Kubernetes/MaliciousFile', started],
    ['Persistence:Kubernetes/AnomalousBehavior.WorkloadDeployed!ContainerWithSensitiveMount', started],
  ].map(([type, wanted]): (typeof cases)[number] => [String(type), inCluster(String(type), workload), wanted as typeof pod]),
  ...[
    ['Execution:Kubernetes/ExecInKubeSystemPod', pod],
    ['PrivilegeEscalation:Kubernetes/AnomalousBehavior.WorkloadDeployed!PrivilegedContainer', started],
    // Its machine is not isolated beside it, with all other pods.
    ['CryptoCurrency:Runtime/BitcoinTool.B', started, ['aws.ec2.preserve-instance']],
    // Unless somebody left the pod for it.
    ['PrivilegeEscalation:Runtime/RuncContainerEscape', started, ['aws.ec2.isolate-instance']],
  ].map(([type, wanted, machines = []]): (typeof cases)[number] => [
    `${String(type)} on a node`,
    inCluster(String(type), { ...workload, ...nodeOf }),
    { ...(wanted as typeof pod), ...node, ...Object.fromEntries([machines].flat().map((id) => [String(id), [instance]])) },
  ]),
  ...['CGroupsReleaseAgentModified', 'DockerSocketAccessed'].map((name): (typeof cases)[number] => [
    `${name} from a container`,
    onInstance(`PrivilegeEscalation:Runtime/${name}`),
    { 'aws.ec2.isolate-instance': [instance] },
  ]),
  ...[
    'Policy:Kubernetes/AdminAccessToDefaultServiceAccount',
    'Policy:Kubernetes/AnonymousAccessGranted',
    'PrivilegeEscalation:Kubernetes/AnomalousBehavior.RoleBindingCreated',
  ].map((type): (typeof cases)[number] => [type, inCluster(type, {}, bound), { 'aws.eks.remove-role-binding': [cluster] }]),
  ['a public bucket, by Access Analyzer', accessAnalyzerExample(), block],
  ['a public bucket, by Macie', macieExample(), block],
  ...['S3.2', 'S3.3', 'S3.8'].map((control): (typeof cases)[number] => [control, hub(control, 'AwsS3Bucket', bucket), block]),
  ...['s3-bucket-level-public-access-prohibited', 's3-bucket-public-read-prohibited', 's3-bucket-public-write-prohibited'].map(
    (name): (typeof cases)[number] => [name, configRule(name, 'AWS::S3::Bucket', 'reports-example'), block],
  ),
  ['S3.1', hub('S3.1', 'AwsAccount', 'AWS::::Account:111122223333'), { 'aws.s3.block-public-access-of-account': [root] }],
  [
    'the account, by Config',
    configRule('s3-account-level-public-access-blocks-periodic', 'AWS::::Account', '111122223333'),
    { 'aws.s3.block-public-access-of-account': [root] },
  ],
  ['EC2.8', hub('EC2.8', 'AwsEc2Instance', instance), { 'aws.ec2.require-imdsv2': [instance] }],
  [
    'metadata, by Config',
    configRule('ec2-imdsv2-check', 'AWS::EC2::Instance', 'i-0a1b2c3d4e5f60718'),
    { 'aws.ec2.require-imdsv2': [instance] },
  ],
  ...['EC2.13', 'EC2.19'].map((control): (typeof cases)[number] => [
    control,
    hub(control, 'AwsEc2SecurityGroup', group),
    { 'aws.ec2.narrow-world-open-ingress': [group] },
  ]),
  [
    'an open group, by Config',
    configRule('restricted-ssh', 'AWS::EC2::SecurityGroup', 'sg-0123456789abcdef0'),
    { 'aws.ec2.narrow-world-open-ingress': [group] },
  ],
  [
    'a trail that was stopped',
    guardDutyExample(
      1,
      { type: 'Stealth:IAMUser/CloudTrailLoggingDisabled' },
      {
        action: {
          actionType: 'AWS_API_CALL',
          awsApiCallAction: {
            api: 'StopLogging',
            serviceName: 'cloudtrail.amazonaws.com',
            affectedResources: { 'AWS::CloudTrail::Trail': trail },
          },
        },
      },
    ),
    { 'aws.cloudtrail.restart-trail': [trail] },
  ],
];

describe('what other services find is answered by', () => {
  test.each(cases)('%s', (_, record, wanted) => {
    expect(named(record)).toEqual(wanted);
  });

  test('an exposed key, when IAM has said whose it is', () => {
    const finding = findingOf(healthExample());
    const [evidence] = finding.evidence;
    const playbook = playbooks.find(({ id }) => id === 'aws.iam.contain-access-key');
    expect(playbook?.targets(finding)).toEqual([]);
    if (evidence === undefined || playbook === undefined) throw new Error('no evidence');
    const known = { ...finding, evidence: [{ ...evidence, kept: { ...evidence.kept, userName: 'ci-deployer' } }] };
    expect(playbook.targets(known)).toMatchObject([
      { uid: user, params: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', userName: 'ci-deployer' } },
    ]);
    expect(handles(playbook, finding.rule.id)).toBe(true);
  });

  test('each pattern stands for one of these at least', () => {
    const rules = [...cases.map(([, record]) => findingOf(record).rule.id), findingOf(healthExample()).rule.id];
    const patterns = playbooks.flatMap(({ id, reported = [] }) => reported.map((pattern) => [id, pattern] as const));
    expect(patterns.length).toBeGreaterThan(30);
    expect(patterns.filter(([, pattern]) => !rules.some((rule) => meetsWildcard(pattern, rule)))).toEqual([]);
  });
});

test('of the account that manages the organisation no policy holds root back: that is for a person', () => {
  const management = { ...inOrganisation, management: '111122223333' };
  expect(named(byRoot('Policy:IAMUser/RootCredentialUsage'), management)).toEqual({});
  expect(named(byRoot('Policy:IAMUser/RootCredentialUsage'), { ...inOrganisation, management: null })).toEqual({});
});

test('what lies in an account of somebody else is not ours to change', () => {
  const foreign = { ...onInstance('CryptoCurrency:EC2/Example'), accountId: '444455556666' };
  expect(findingOf(foreign).resources[0]?.uid).toBe('arn:aws:ec2:us-east-1:444455556666:instance/i-0a1b2c3d4e5f60718');
  const hubOf = hub('EC2.8', 'AwsEc2Instance', 'arn:aws:ec2:us-east-1:444455556666:instance/i-0a1b2c3d4e5f60718');
  expect(named(hubOf)).toEqual({});
});
