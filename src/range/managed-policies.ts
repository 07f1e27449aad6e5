/** What a managed policy of AWS allows here: shortened to what the simulated services know, and never wider than AWS's own. */
const documents: { readonly [name: string]: readonly (readonly [effect: 'Allow' | 'Deny', actions: readonly string[]])[] } = {
  AdministratorAccess: [['Allow', ['*']]],
  PowerUserAccess: [
    [
      'Allow',
      [
        's3:*',
        'ec2:*',
        'lambda:*',
        'ecs:*',
        'ecr:*',
        'logs:*',
        'kms:*',
        'cloudtrail:*',
        'cloudwatch:*',
        'cloudformation:*',
        'secretsmanager:*',
        'ssm:*',
        'sts:*',
        'dynamodb:*',
        'rds:*',
        'sqs:*',
        'sns:*',
        'states:*',
        'events:*',
        'apigateway:*',
        'elasticloadbalancing:*',
        'athena:*',
        'glue:*',
        'sagemaker:*',
        'bedrock:*',
      ],
    ],
  ],
  ReadOnlyAccess: [
    [
      'Allow',
      [
        '*:Get*',
        '*:List*',
        '*:Describe*',
        '*:LookupEvents',
        'logs:FilterLogEvents',
        'logs:StartQuery',
        'iam:GenerateCredentialReport',
        'iam:Simulate*',
      ],
    ],
  ],
  SecurityAudit: [
    [
      'Allow',
      [
        'iam:Get*',
        'iam:List*',
        'iam:GenerateCredentialReport',
        's3:GetBucket*',
        's3:GetAccountPublicAccessBlock',
        's3:GetEncryptionConfiguration',
        's3:ListAllMyBuckets',
        's3:GetLifecycleConfiguration',
        'ec2:Describe*',
        'ec2:Get*',
        'cloudtrail:Describe*',
        'cloudtrail:Get*',
        'cloudtrail:List*',
        'cloudtrail:LookupEvents',
        'organizations:List*',
        'organizations:Describe*',
        'kms:Describe*',
        'kms:List*',
        'lambda:List*',
        'lambda:GetPolicy',
      ],
    ],
  ],
  AmazonSSMManagedInstanceCore: [
    [
      'Allow',
      [
        'ssm:UpdateInstanceInformation',
        'ssm:ListInstanceAssociations',
        'ssm:GetParameter',
        'ssm:GetParameters',
        'ssmmessages:*',
        'ec2messages:*',
      ],
    ],
  ],
  AmazonS3ReadOnlyAccess: [['Allow', ['s3:Get*', 's3:List*']]],
  CloudWatchAgentServerPolicy: [
    ['Allow', ['cloudwatch:PutMetricData', 'logs:PutLogEvents', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'ec2:DescribeTags']],
  ],
  AWSOrganizationsServiceTrustPolicy: [['Allow', ['iam:GetRole', 'iam:CreateServiceLinkedRole', 'iam:DeleteRole']]],
};

/** Names by ARN: `service-role/` and `aws-service-role/` policies have a path. */
const paths: { readonly [name: string]: string } = { AWSOrganizationsServiceTrustPolicy: 'aws-service-role/' };

export function managedPolicyArn(name: string): string {
  return `arn:aws:iam::aws:policy/${paths[name] ?? ''}${name}`;
}

/** The document of an AWS managed policy by its ARN; null for one that is not simulated. */
export function managedPolicyDocument(arn: string): string | null {
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  const statements = Object.hasOwn(documents, name) ? documents[name] : undefined;
  if (statements === undefined || managedPolicyArn(name) !== arn) return null;
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map(([Effect, Action]) => ({ Effect, Action, Resource: '*' })),
  });
}

export function managedPolicyNames(): readonly string[] {
  return Object.keys(documents);
}
