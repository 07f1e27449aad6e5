import type { AccountKind } from '../../core/model/campaign.ts';
import type { JsonObject } from '../../core/model/json.ts';
import type { Person } from '../people.ts';

/**
 * A call of daily work: the IAM action, its input, and how often it is made in a row. Texts may hold `%A%`, `%B%`, `%C%`
 * (names that the principal is used to), `%HEX%` (a new resource id), `%N%` (a small number, low ones often) and `%DAY%`.
 */
export type Call = string | readonly [action: string, input: JsonObject, times?: readonly [number, number]];

export interface Task {
  readonly calls: readonly Call[];
  /** How often it is chosen, against the other tasks. Default 1. */
  readonly often?: number;
  /** Made in a browser: the user agent is one. */
  readonly browser?: true;
}

/** When work is done: `people` by the working day of the person, `office` a little at night too. */
export type Activity = 'always' | 'people' | 'office' | 'night' | 'sweeps' | 'hourly';

/** One kind of principal of daily life. */
export interface Occupation {
  readonly name: string;
  /** Which principal of an account has it: a role, a user, an AWS service, or people with a permission set. */
  readonly of:
    | { readonly role: string; readonly sessions: 'pipeline' | 'instance' | 'function' | 'fixed' | 'service' }
    | { readonly user: string }
    | { readonly service: string }
    | { readonly set: string; readonly teams: readonly Person['team'][] };
  readonly accounts: readonly AccountKind[] | 'all';
  /** Its part of all events of the organisation. */
  readonly share: number;
  readonly active: Activity;
  readonly agents: readonly [string, ...string[]];
  readonly tasks: readonly Task[];
}

const terraform =
  'APN/1.0 HashiCorp/1.0 Terraform/1.13.4 (+https://www.terraform.io) terraform-provider-aws/6.21.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.39.6 ua/2.1 os/linux lang/go#1.24.10 md/GOARCH#amd64';
const cdk = 'aws-cdk/2.1031.2 aws-sdk-js/3.928.0 ua/2.1 os/linux#6.11.0 lang/js md/nodejs#22.21.1';
const runner =
  'aws-cli/2.32.3 md/awscrt#0.28.4 ua/2.1 os/linux#6.11.0-1018-azure md/arch#x86_64 lang/python#3.13.9 exec-env/GitHub_Actions';
const goSdk = 'aws-sdk-go-v2/1.39.6 ua/2.1 os/linux lang/go#1.24.10 md/GOOS#linux md/GOARCH#amd64';
const javaSdk = 'aws-sdk-java/2.37.5 md/io#async md/http#NettyNio ua/2.1 os/Linux#5.10 lang/java#21.0.9 exec-env/AWS_Lambda_java21';
const boto = 'Boto3/1.40.72 md/Botocore#1.40.72 ua/2.1 os/linux#5.10 md/arch#aarch64 lang/python#3.13.7 exec-env/AWS_ECS_FARGATE';
const agent = 'aws-sdk-go/1.55.5 (go1.22.7; linux; amd64) amazon-ssm-agent/3.3.1611.0';
const kubelet = 'aws-sdk-go-v2/1.36.3 ua/2.1 os/linux lang/go#1.23.8 exec-env/kubelet';

// biome-ignore format: a table
const lookAround: readonly Task[] = [
  {
    browser: true,
    often: 3,
    calls: ['ec2:DescribeInstances', 'ec2:DescribeInstanceStatus', 'ec2:DescribeVolumes', 'ec2:DescribeTags', ['cloudwatch:GetMetricData', {}, [2, 9]], 'ec2:DescribeSecurityGroups', 'ec2:DescribeAvailabilityZones', 'cloudwatch:DescribeAlarms', 'health:DescribeEventAggregates'],
  },
  { browser: true, often: 2, calls: ['s3:ListAllMyBuckets', ['s3:GetBucketLocation', { Bucket: 'example-app-artifacts-%ACCOUNT%' }], ['s3:GetBucketVersioning', { Bucket: 'example-app-artifacts-%ACCOUNT%' }], ['s3:GetBucketPolicy', { Bucket: 'example-website-%ACCOUNT%' }], ['s3:GetBucketTagging', { Bucket: 'example-customer-data-%ACCOUNT%' }]] },
  { browser: true, often: 2, calls: ['logs:DescribeLogGroups', ['logs:DescribeLogStreams', { logGroupName: '/app/%A%' }], ['logs:FilterLogEvents', { logGroupName: '/app/%A%', limit: 100 }, [1, 8]], ['logs:StartQuery', { logGroupName: '/app/%A%', queryString: 'fields @timestamp, @message' }], ['logs:GetQueryResults', { queryId: '%HEX%' }, [1, 6]]] },
  { often: 3, calls: ['sts:GetCallerIdentity', ['ecs:DescribeServices', { cluster: 'main', services: ['%A%'] }], ['ecs:ListTasks', { cluster: 'main', serviceName: '%A%' }], ['ecs:DescribeTasks', { cluster: 'main', tasks: ['%HEX%'] }, [1, 3]], ['logs:GetLogEvents', { logGroupName: '/ecs/%A%', logStreamName: 'main/%HEX%' }, [1, 5]]] },
  { calls: [['cloudformation:DescribeStacks', { stackName: '%A%' }], ['cloudformation:DescribeStackEvents', { stackName: '%A%' }, [1, 6]], ['cloudformation:GetTemplate', { stackName: '%A%' }]] },
  { browser: true, calls: ['rds:DescribeDBInstances', 'rds:DescribeDBClusters', 'rds:DescribeEvents', ['cloudwatch:GetMetricData', {}, [1, 6]]] },
  { browser: true, calls: ['lambda:ListFunctions', ['lambda:GetFunction', { functionName: '%A%' }], ['lambda:GetPolicy', { functionName: '%A%' }], ['lambda:ListEventSourceMappings', { functionName: '%A%' }], ['cloudwatch:GetMetricData', {}, [1, 4]]] },
  { browser: true, calls: ['iam:ListUsers', 'iam:ListRoles', 'iam:ListGroups', 'iam:GetAccountSummary', 'iam:ListAccountAliases', ['iam:GetRole', { RoleName: 'web-server' }], ['iam:ListAttachedRolePolicies', { RoleName: 'web-server' }]] },
];

/** What developers try and may not do: half of what they see in red. */
// biome-ignore format: a table
const refused: readonly Task[] = [
  { often: 1, calls: [['iam:CreateRole', { RoleName: '%A%-dev', AssumeRolePolicyDocument: '{}' }, [1, 3]], ['iam:PassRole', { RoleName: '%A%' }]] },
  { often: 1, calls: [['organizations:ListAccounts', {}], ['iam:GetRolePolicy', { RoleName: 'web-server', PolicyName: 'read-shop-data' }, [1, 4]]] },
];

// biome-ignore format: a table
const infrastructure: Task = {
  calls: [
    'sts:GetCallerIdentity', 'ec2:DescribeVpcs', ['ec2:DescribeVpcAttribute', { vpcId: 'vpc-%HEX%', attribute: 'enableDnsSupport' }, [2, 4]], 'ec2:DescribeSubnets', 'ec2:DescribeRouteTables', 'ec2:DescribeSecurityGroups', 'ec2:DescribeSecurityGroupRules',
    ['iam:GetRole', { RoleName: 'web-server' }, [2, 12]], ['iam:ListRolePolicies', { RoleName: 'web-server' }, [2, 12]], ['iam:ListAttachedRolePolicies', { RoleName: 'web-server' }, [2, 12]], ['iam:GetRolePolicy', { RoleName: 'web-server', PolicyName: 'read-shop-data' }],
    ['s3:GetBucketPolicy', { Bucket: 'example-website-%ACCOUNT%' }], ['s3:GetBucketAcl', { Bucket: 'example-customer-data-%ACCOUNT%' }], ['s3:GetBucketVersioning', { Bucket: 'example-customer-data-%ACCOUNT%' }], ['s3:GetEncryptionConfiguration', { Bucket: 'example-customer-data-%ACCOUNT%' }], ['s3:GetLifecycleConfiguration', { Bucket: 'example-app-artifacts-%ACCOUNT%' }],
    ['lambda:GetFunction', { functionName: '%A%' }, [1, 8]], ['lambda:ListVersionsByFunction', { functionName: '%A%' }, [1, 8]], ['logs:ListTagsForResource', { resourceArn: 'arn:aws:logs:us-east-1:%ACCOUNT%:log-group:/app/%A%' }, [1, 10]], ['kms:DescribeKey', { keyId: 'alias/%B%' }, [1, 4]], ['kms:GetKeyPolicy', { keyId: 'alias/%B%' }, [1, 4]], ['dynamodb:DescribeTable', { tableName: '%A%' }, [1, 5]], ['ssm:GetParameter', { name: '/%A%/config' }, [1, 6]], ['elasticloadbalancing:DescribeLoadBalancers', {}], ['elasticloadbalancing:DescribeTags', { resourceArns: ['%HEX%'] }, [1, 5]], 'cloudtrail:DescribeTrails', ['cloudwatch:DescribeAlarms', { alarmNames: ['%A%-errors'] }, [1, 8]],
  ],
};

// biome-ignore format: a table
const applied: Task = {
  calls: [
    'sts:GetCallerIdentity', 'ec2:DescribeSecurityGroups', ['ec2:CreateTags', { Resources: ['vpc-%HEX%'], Tags: [{ Key: 'release', Value: '%DAY%' }] }],
    ['lambda:UpdateFunctionConfiguration', { functionName: '%A%', memorySize: 512 }, [1, 3]], ['lambda:TagResource', { resource: 'arn:aws:lambda:us-east-1:%ACCOUNT%:function:%A%', tags: { release: '%DAY%' } }], ['cloudwatch:PutMetricAlarm', { alarmName: '%A%-errors' }, [1, 4]], ['logs:PutRetentionPolicy', { logGroupName: '/app/%A%', retentionInDays: 30 }], ['ecs:RegisterTaskDefinition', { family: '%A%' }, [1, 3]], ['ecs:UpdateService', { cluster: 'main', service: '%A%' }, [1, 3]], ['iam:TagRole', { RoleName: 'web-server', Tags: [{ Key: 'release', Value: '%DAY%' }] }],
    ['ssm:PutParameter', { name: '/%A%/version', value: 'HIDDEN_DUE_TO_SECURITY_REASONS', overwrite: true }], ['events:PutRule', { name: '%A%-nightly', scheduleExpression: 'rate(1 day)' }], ['ecs:DescribeServices', { cluster: 'main', services: ['%A%'] }, [3, 15]],
  ],
};

/** Daily life of a large organisation: who there is in which accounts, how much of the log it makes, and what it does. */
// biome-ignore format: a table
export const occupations: readonly Occupation[] = [
  {
    name: 'administrator', of: { set: 'AdministratorAccess', teams: ['platform'] }, accounts: 'all', share: 3, active: 'people', agents: ['cli'],
    tasks: [...lookAround, { often: 1, calls: ['ec2:DescribeSecurityGroups', ['ec2:CreateTags', { Resources: ['i-%HEX%'], Tags: [{ Key: 'owner', Value: 'platform' }] }], ['ssm:StartSession', { target: 'i-%HEX%' }], ['ssm:TerminateSession', { sessionId: '%HEX%' }]] }, { calls: [['iam:GetPolicyVersion', { policyArn: 'arn:aws:iam::%ACCOUNT%:policy/ci-deploy', versionId: 'v1' }], ['iam:SimulatePrincipalPolicy', {}], ['iam:TagRole', { RoleName: 'web-server', Tags: [{ Key: 'owner', Value: '%B%' }] }]] }, { calls: [['route53:ListHostedZones', {}], ['route53:ListResourceRecordSets', { hostedZoneId: '%HEX%' }], ['route53:ChangeResourceRecordSets', { hostedZoneId: '%HEX%' }]] }],
  },
  {
    name: 'developer', of: { set: 'PowerUserAccess', teams: ['developer'] }, accounts: ['development', 'staging', 'sandbox', 'neglected'], share: 5, active: 'people', agents: ['cli'],
    tasks: [...lookAround, ...refused, { often: 2, calls: [['lambda:UpdateFunctionCode', { functionName: '%A%', publish: true }], ['lambda:GetFunctionConfiguration', { functionName: '%A%' }, [1, 4]], ['logs:FilterLogEvents', { logGroupName: '/aws/lambda/%A%' }, [1, 6]]] }, { calls: [['cloudformation:CreateChangeSet', { stackName: '%A%-dev', changeSetName: 'c%HEX%' }], ['cloudformation:DescribeChangeSet', { changeSetName: 'c%HEX%' }, [1, 5]], ['cloudformation:ExecuteChangeSet', { changeSetName: 'c%HEX%' }], ['cloudformation:DescribeStackEvents', { stackName: '%A%-dev' }, [2, 12]]] }, { calls: [['ec2:RunInstances', { imageId: 'ami-%HEX%', instanceType: 't3.small', maxCount: 1, minCount: 1 }], ['ec2:DescribeInstances', {}, [2, 6]], ['ec2:TerminateInstances', { instancesSet: { items: [{ instanceId: 'i-%HEX%' }] } }]] }],
  },
  { name: 'developer in production', of: { set: 'ReadOnlyAccess', teams: ['developer', 'support'] }, accounts: ['production', 'data', 'shared'], share: 3, active: 'people', agents: ['cli'], tasks: [...lookAround, ...refused, { calls: [['secretsmanager:GetSecretValue', { secretId: '%A%/db' }, [1, 2]], ['ecs:ExecuteCommand', { cluster: 'main', task: '%HEX%' }]] }] },
  { name: 'data scientist', of: { set: 'DataScientist', teams: ['data'] }, accounts: ['data'], share: 1.5, active: 'people', agents: ['cli'], tasks: [{ often: 4, calls: [['athena:StartQueryExecution', { queryString: 'SELECT 1', workGroup: '%B%' }], ['athena:GetQueryExecution', { queryExecutionId: '%HEX%' }, [2, 9]], ['athena:GetQueryResults', { queryExecutionId: '%HEX%' }], ['glue:GetTable', { databaseName: '%B%', name: '%A%' }, [1, 4]]] }, { often: 2, calls: [['s3:ListBucket', { Bucket: 'example-customer-data-%ACCOUNT%' }], ['s3:GetObject', { Bucket: 'example-customer-data-%ACCOUNT%', Key: 'exports/2026/customers-01.csv' }, [1, 20]]] }, { browser: true, calls: [['sagemaker:ListNotebookInstances', {}], ['sagemaker:CreatePresignedDomainUrl', { domainId: 'd-%HEX%' }], ['sagemaker:DescribeApp', {}, [1, 5]]] }] },
  { name: 'security analyst', of: { set: 'SecurityAudit', teams: ['security'] }, accounts: 'all', share: 1.5, active: 'people', agents: ['cli'], tasks: [{ often: 3, browser: true, calls: [['cloudtrail:LookupEvents', {}, [1, 12]], 'cloudtrail:DescribeTrails', 'iam:GetCredentialReport', ['iam:ListAccessKeys', { UserName: 'ci-deployer' }]] }, { calls: ['iam:GetAccountAuthorizationDetails', 'iam:ListUsers', 'iam:ListRoles', ['ec2:DescribeSecurityGroups', {}, [1, 3]], 's3:ListAllMyBuckets', ['s3:GetBucketPolicy', { Bucket: 'example-website-%ACCOUNT%' }, [1, 5]]] }, ...lookAround.slice(0, 2)] },
  { name: 'finance', of: { set: 'Billing', teams: ['finance'] }, accounts: ['management', 'shared'], share: 0.3, active: 'people', agents: ['cli'], tasks: [{ browser: true, calls: [['ce:GetCostAndUsage', {}, [2, 12]], ['ce:GetCostForecast', {}], ['budgets:DescribeBudgets', {}], ['organizations:ListAccounts', {}], ['ce:GetDimensionValues', {}, [1, 6]]] }] },

  {
    name: 'jenkins', of: { user: 'ci-deployer' }, accounts: ['production', 'staging', 'development', 'shared'], share: 7, active: 'office', agents: [`${runner.replace('GitHub_Actions', 'Jenkins')}`, goSdk],
    tasks: [{ often: 3, calls: [['s3:ListBucket', { Bucket: 'example-app-artifacts-%ACCOUNT%' }], ['s3:PutObject', { Bucket: 'example-app-artifacts-%ACCOUNT%', Key: '%A%/build-%HEX%.zip' }, [1, 4]], ['lambda:UpdateFunctionCode', { functionName: '%A%', publish: true }, [1, 3]], ['lambda:GetFunctionConfiguration', { functionName: '%A%' }, [1, 8]]] }, { often: 2, calls: ['ecr:GetAuthorizationToken', ['ecr:BatchCheckLayerAvailability', { repositoryName: '%A%' }, [4, 16]], ['ecr:InitiateLayerUpload', { repositoryName: '%A%' }, [1, 5]], ['ecr:CompleteLayerUpload', { repositoryName: '%A%' }, [1, 5]], ['ecr:PutImage', { repositoryName: '%A%', imageTag: 'main' }]] }, { calls: [['ecs:DescribeServices', { cluster: 'main', services: ['%A%'] }, [4, 24]]] }],
  },
  {
    name: 'github', of: { role: 'github-deploy', sessions: 'pipeline' }, accounts: ['production', 'staging', 'development', 'shared', 'sandbox', 'data'], share: 8, active: 'office', agents: [runner, cdk],
    tasks: [{ often: 4, calls: ['sts:GetCallerIdentity', 'ecr:GetAuthorizationToken', ['ecr:BatchCheckLayerAvailability', { repositoryName: '%A%' }, [3, 14]], ['ecr:PutImage', { repositoryName: '%A%', imageTag: '%HEX%' }], ['ecs:RegisterTaskDefinition', { family: '%A%' }], ['ecs:UpdateService', { cluster: 'main', service: '%A%' }], ['ecs:DescribeServices', { cluster: 'main', services: ['%A%'] }, [4, 30]]] }, { often: 2, calls: [['lambda:UpdateFunctionCode', { functionName: '%A%' }, [1, 3]], ['lambda:GetFunction', { functionName: '%A%' }, [2, 8]], ['s3:PutObject', { Bucket: 'example-app-artifacts-%ACCOUNT%', Key: '%A%/%HEX%.js' }, [1, 20]]] }],
  },
  { name: 'terraform', of: { role: 'terraform', sessions: 'pipeline' }, accounts: 'all', share: 14, active: 'office', agents: [terraform], tasks: [{ ...infrastructure, often: 5 }, { ...applied, often: 1 }] },

  { name: 'web server', of: { role: 'web-server', sessions: 'instance' }, accounts: ['production', 'staging', 'neglected', 'shared', 'development', 'sandbox', 'data', 'security'], share: 9, active: 'always', agents: [goSdk, agent], tasks: [{ often: 4, calls: [['ssm:UpdateInstanceInformation', { instanceId: 'i-%C%' }], ['ssm:ListInstanceAssociations', { instanceId: 'i-%C%' }]] }, { often: 3, calls: [['s3:ListBucket', { Bucket: 'example-customer-data-%ACCOUNT%' }], ['s3:GetObject', { Bucket: 'example-customer-data-%ACCOUNT%', Key: 'exports/2026/customers-02.csv' }, [1, 6]]] }, { calls: ['ec2:DescribeTags', 'ec2:DescribeInstances'] }] },
  { name: 'function', of: { role: 'order-api', sessions: 'function' }, accounts: ['production', 'staging', 'development', 'shared', 'data'], share: 12, active: 'always', agents: [javaSdk, boto], tasks: [{ often: 3, calls: [['logs:CreateLogStream', { logGroupName: '/aws/lambda/%A%', logStreamName: '%DAY%/[$LATEST]%HEX%' }]] }, { often: 2, calls: [['secretsmanager:GetSecretValue', { secretId: '%A%/db' }], ['kms:Decrypt', { encryptionContext: { SecretARN: 'arn:aws:secretsmanager:us-east-1:%ACCOUNT%:secret:%A%/db' }, encryptionAlgorithm: 'SYMMETRIC_DEFAULT' }]] }, { often: 2, calls: [['ssm:GetParameters', { names: ['/%A%/config'], withDecryption: true }], ['kms:Decrypt', { encryptionAlgorithm: 'SYMMETRIC_DEFAULT' }]] }, { calls: [['dynamodb:DescribeTable', { tableName: '%A%' }]] }] },
  { name: 'reports', of: { role: 'report-worker', sessions: 'function' }, accounts: ['production', 'data', 'shared'], share: 3, active: 'hourly', agents: [boto], tasks: [{ calls: [['secretsmanager:GetSecretValue', { secretId: 'reports/db' }], 'rds:DescribeDBInstances', ['s3:PutObject', { Bucket: 'example-app-artifacts-%ACCOUNT%', Key: 'reports/%DAY%/%N%.csv' }, [1, 12]], ['logs:CreateLogStream', { logGroupName: '/ecs/reports', logStreamName: 'reports/%HEX%' }]] }] },
  { name: 'cluster node', of: { role: 'eks-node', sessions: 'instance' }, accounts: ['production', 'staging', 'development', 'shared'], share: 8, active: 'always', agents: [kubelet], tasks: [{ often: 3, calls: ['ecr:GetAuthorizationToken', ['ecr:BatchGetImage', { repositoryName: '%A%' }, [1, 4]], ['ecr:GetDownloadUrlForLayer', { repositoryName: '%A%' }, [1, 12]]] }, { often: 2, calls: ['ec2:DescribeInstances', 'ec2:DescribeNetworkInterfaces', ['ec2:AssignPrivateIpAddresses', { networkInterfaceId: 'eni-%HEX%', ipv4PrefixCount: 1 }]] }, { calls: ['autoscaling:DescribeAutoScalingGroups', 'elasticloadbalancing:DescribeTargetHealth'] }] },

  { name: 'scaling', of: { service: 'autoscaling.amazonaws.com' }, accounts: 'all', share: 5, active: 'always', agents: ['service'], tasks: [{ often: 6, calls: ['ec2:DescribeInstances', 'ec2:DescribeInstanceStatus'] }, { calls: [['ec2:RunInstances', { instanceType: 'm7i.large', launchTemplate: { launchTemplateId: 'lt-%HEX%' } }], ['ec2:CreateTags', { Resources: ['i-%HEX%'], Tags: [{ Key: 'aws:autoscaling:groupName', Value: '%A%' }] }], ['ec2:TerminateInstances', { instancesSet: { items: [{ instanceId: 'i-%HEX%' }] } }]] }] },
  { name: 'recorder', of: { service: 'config.amazonaws.com' }, accounts: 'all', share: 7, active: 'always', agents: ['service'], tasks: [{ calls: ['cloudtrail:DescribeTrails', ['ec2:DescribeSecurityGroups', {}, [1, 3]], ['s3:GetBucketVersioning', { Bucket: 'example-customer-data-%ACCOUNT%' }], ['s3:GetBucketAcl', { Bucket: 'example-customer-data-%ACCOUNT%' }], 'iam:ListRoles', ['kms:ListKeys', {}], ['lambda:ListFunctions', {}], ['rds:DescribeDBInstances', {}]] }, { often: 3, calls: [['s3:PutObject', { Bucket: 'example-trail-logs-%ACCOUNT%', Key: 'AWSLogs/%ACCOUNT%/Config/%DAY%/%HEX%.json.gz' }], ['config:PutEvaluations', {}]] }] },
  { name: 'delivery', of: { service: 'cloudtrail.amazonaws.com' }, accounts: 'all', share: 5, active: 'always', agents: ['service'], tasks: [{ calls: [['s3:GetBucketAcl', { Bucket: 'example-trail-logs-%ACCOUNT%' }], ['kms:GenerateDataKey', { keySpec: 'AES_256', encryptionContext: { 'aws:cloudtrail:arn': 'arn:aws:cloudtrail:us-east-1:%ACCOUNT%:trail/organization-trail' } }, [1, 4]]] }] },
  { name: 'containers', of: { service: 'ecs.amazonaws.com' }, accounts: ['production', 'staging', 'development', 'shared', 'data'], share: 5, active: 'always', agents: ['service'], tasks: [{ calls: [['ec2:CreateNetworkInterface', { subnetId: 'subnet-%HEX%' }], ['ec2:DescribeNetworkInterfaces', {}], ['ec2:DeleteNetworkInterface', { networkInterfaceId: 'eni-%HEX%' }], ['elasticloadbalancing:RegisterTargets', { targetGroupArn: '%HEX%' }], ['elasticloadbalancing:DeregisterTargets', { targetGroupArn: '%HEX%' }]] }] },
  { name: 'notices', of: { service: 'trustedadvisor.amazonaws.com' }, accounts: 'all', share: 1, active: 'sweeps', agents: ['service'], tasks: [{ calls: [['ec2:DescribeAddresses', {}], ['ec2:DescribeVolumes', {}], 'iam:GetAccountPasswordPolicy', 'iam:GetAccountSummary', ['rds:DescribeDBInstances', {}], ['s3:GetBucketLocation', { Bucket: 'example-app-artifacts-%ACCOUNT%' }]] }] },

  {
    name: 'posture scanner', of: { role: 'cspm-scanner', sessions: 'fixed' }, accounts: 'all', share: 9, active: 'sweeps', agents: [goSdk],
    tasks: [{ calls: ['iam:GetAccountAuthorizationDetails', 'iam:ListUsers', ['iam:ListAccessKeys', { UserName: 'ci-deployer' }, [1, 4]], ['iam:ListMFADevices', { UserName: 'alice' }, [1, 4]], 'iam:ListRoles', ['iam:ListRolePolicies', { RoleName: 'web-server' }, [4, 30]], ['iam:ListAttachedRolePolicies', { RoleName: 'web-server' }, [4, 30]], 'iam:GetAccountPasswordPolicy', 'iam:GetCredentialReport', 's3:ListAllMyBuckets', ['s3:GetBucketPolicy', { Bucket: 'example-website-%ACCOUNT%' }, [1, 6]], ['s3:GetBucketPublicAccessBlock', { Bucket: 'example-customer-data-%ACCOUNT%' }, [1, 6]], ['s3:GetEncryptionConfiguration', { Bucket: 'example-customer-data-%ACCOUNT%' }, [1, 6]], 'ec2:DescribeSecurityGroups', 'ec2:DescribeInstances', 'ec2:DescribeSnapshots', ['ec2:DescribeSnapshotAttribute', { snapshotId: 'snap-%HEX%' }, [2, 12]], ['ec2:DescribeInstanceAttribute', { instanceId: 'i-%HEX%', attribute: 'userData' }, [1, 6]], 'lambda:ListFunctions', ['lambda:GetPolicy', { functionName: '%A%' }, [1, 10]], 'secretsmanager:ListSecrets', ['kms:ListKeys', {}], ['kms:GetKeyPolicy', { keyId: '%HEX%' }, [1, 8]], ['ecr:GetRepositoryPolicy', { repositoryName: '%A%' }, [1, 6]], ['sqs:GetQueueAttributes', { queueUrl: '%A%' }, [1, 6]], 'cloudtrail:DescribeTrails', ['cloudtrail:GetTrailStatus', { Name: 'organization-trail' }]] }],
  },
  { name: 'backup', of: { role: 'backup-runner', sessions: 'service' }, accounts: ['production', 'data', 'shared', 'staging'], share: 4, active: 'night', agents: ['backup.amazonaws.com'], tasks: [{ often: 2, calls: [['ec2:CreateSnapshot', { volumeId: 'vol-%HEX%' }], ['ec2:CreateTags', { Resources: ['snap-%HEX%'], Tags: [{ Key: 'aws:backup:source-resource', Value: '%HEX%' }] }], ['ec2:DescribeSnapshots', {}, [1, 6]]] }, { calls: [['s3:ListBucket', { Bucket: 'example-customer-data-%ACCOUNT%' }], ['s3:GetObject', { Bucket: 'example-customer-data-%ACCOUNT%', Key: 'exports/2026/customers-03.csv' }, [4, 40]]] }, { calls: [['rds:CreateDBSnapshot', { dBInstanceIdentifier: '%A%' }], ['rds:DescribeDBSnapshots', {}, [1, 8]], ['ec2:DeleteSnapshot', { snapshotId: 'snap-%HEX%' }, [1, 3]]] }] },
  { name: 'pipeline', of: { role: 'data-pipeline', sessions: 'function' }, accounts: ['data', 'production', 'shared'], share: 6, active: 'hourly', agents: [boto, javaSdk], tasks: [{ often: 2, calls: [['glue:GetTable', { databaseName: '%B%', name: '%A%' }, [1, 4]], ['s3:ListBucket', { Bucket: 'example-customer-data-%ACCOUNT%' }, [1, 4]], ['s3:GetObject', { Bucket: 'example-customer-data-%ACCOUNT%', Key: 'exports/2026/customers-04.csv' }, [2, 24]], ['s3:PutObject', { Bucket: 'example-app-artifacts-%ACCOUNT%', Key: 'lake/%A%/%DAY%/part-%N%.parquet' }, [2, 12]], ['glue:BatchCreatePartition', { databaseName: '%B%', tableName: '%A%' }]] }, { calls: [['athena:StartQueryExecution', { workGroup: '%B%' }], ['athena:GetQueryExecution', { queryExecutionId: '%HEX%' }, [2, 8]]] }] },
  { name: 'cleaner', of: { role: 'cost-cleaner', sessions: 'function' }, accounts: ['development', 'staging', 'sandbox', 'neglected'], share: 1, active: 'night', agents: [boto], tasks: [{ calls: ['ec2:DescribeVolumes', 'ec2:DescribeSnapshots', ['ec2:DeleteVolume', { volumeId: 'vol-%HEX%' }, [0, 5]], ['ec2:DeleteSnapshot', { snapshotId: 'snap-%HEX%' }, [0, 8]], ['cloudwatch:GetMetricData', {}, [1, 6]], ['ec2:StopInstances', { instancesSet: { items: [{ instanceId: 'i-%HEX%' }] } }, [0, 4]]] }] },
];
