import type { JsonObject } from '../core/model/json.ts';
import { managedPolicyArn } from './managed-policies.ts';
import type { RoleState } from './state.ts';

export type AddRole = (
  name: string,
  more: Pick<RoleState, 'trust' | 'description'> & Partial<Pick<RoleState, 'path' | 'inline' | 'attached' | 'tags'>>,
) => RoleState;

const allow = (actions: readonly string[], resource: string | readonly string[] = '*'): JsonObject => ({
  Effect: 'Allow',
  Action: [...actions],
  Resource: typeof resource === 'string' ? resource : [...resource],
});

const document = (...statements: readonly JsonObject[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });

const service = (name: string) => document({ Effect: 'Allow', Principal: { Service: name }, Action: 'sts:AssumeRole' });
const ofAccount = (...ids: readonly string[]) =>
  document({ Effect: 'Allow', Principal: { AWS: ids.map((id) => `arn:aws:iam::${id}:root`) }, Action: 'sts:AssumeRole' });

/** What workloads, pipelines, scanners and people of a large organisation use, in every account. */
export function addMoreRoles(add: AddRole, account: string, trusted: { readonly management: string; readonly security: string }): void {
  for (const [set, attached] of [
    ['PowerUserAccess', 'PowerUserAccess'],
    ['SecurityAudit', 'SecurityAudit'],
    ['DataScientist', 'AmazonS3ReadOnlyAccess'],
    ['Billing', 'ReadOnlyAccess'],
  ] as const) {
    add(`AWSReservedSSO_${set}_${account.slice(-4)}${'0a1b2c3d4e5f'}`, {
      path: '/aws-reserved/sso.amazonaws.com/',
      description: '',
      trust: document({
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::${account}:saml-provider/AWSSSO_example_DO_NOT_DELETE` },
        Action: ['sts:AssumeRoleWithSAML', 'sts:TagSession'],
        Condition: { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } },
      }),
      attached: [managedPolicyArn(attached)],
      ...(set === 'DataScientist'
        ? { inline: { query: document(allow(['athena:*', 'glue:Get*', 's3:PutObject', 'sagemaker:*', 'redshift-data:*'])) } }
        : {}),
    });
  }
  add('OrganizationAccountAccessRole', {
    description: 'Made with the account',
    trust: ofAccount(trusted.management),
    attached: [managedPolicyArn('AdministratorAccess')],
  });
  add('cspm-scanner', {
    description: 'The posture scanner reads settings',
    trust: ofAccount(trusted.security),
    attached: [managedPolicyArn('SecurityAudit')],
    inline: { sweep: document(allow(['*:List*', '*:Describe*', 'lambda:GetFunctionConfiguration', 'sts:AssumeRole'])) },
  });
  add('incident-responder', {
    description: 'The security team looks, and contains',
    trust: ofAccount(trusted.security),
    attached: [managedPolicyArn('AdministratorAccess')],
  });
  add('backup-runner', {
    description: 'Nightly backups',
    trust: service('backup.amazonaws.com'),
    inline: {
      backup: document(
        allow([
          'backup:*',
          'ec2:Describe*',
          'ec2:CreateSnapshot*',
          'ec2:CopySnapshot',
          'ec2:CreateTags',
          'ec2:DeleteSnapshot',
          'rds:*Snapshot*',
          'rds:Describe*',
          's3:*',
          'kms:*',
          'dynamodb:*Backup*',
          'dynamodb:List*',
        ]),
      ),
    },
  });
  add('data-pipeline', {
    description: 'Moves data between the accounts of the organisation',
    trust: service('glue.amazonaws.com'),
    inline: {
      pipeline: document(
        allow(['s3:*', 'glue:*', 'athena:*', 'kms:Decrypt', 'kms:GenerateDataKey', 'logs:*', 'lakeformation:*', 'sts:AssumeRole', 'sqs:*']),
      ),
    },
  });
  add('order-api', {
    description: 'The function that takes orders',
    trust: service('lambda.amazonaws.com'),
    inline: {
      run: document(
        allow([
          'logs:*',
          'dynamodb:*',
          'secretsmanager:GetSecretValue',
          'kms:Decrypt',
          'sqs:*',
          'ssm:GetParameter*',
          's3:GetObject',
          's3:ListBucket',
          'sns:Publish',
        ]),
      ),
    },
  });
  add('report-worker', {
    description: 'Reports, in a task of ECS',
    trust: service('ecs-tasks.amazonaws.com'),
    inline: {
      run: document(
        allow([
          'logs:*',
          's3:GetObject',
          's3:PutObject',
          's3:ListBucket',
          'rds:Describe*',
          'ssm:GetParameters',
          'secretsmanager:GetSecretValue',
          'athena:*',
        ]),
      ),
    },
  });
  add('eks-node', {
    description: 'Nodes of the cluster',
    trust: service('ec2.amazonaws.com'),
    inline: {
      node: document(
        allow([
          'ec2:Describe*',
          'ecr:*',
          'eks:Describe*',
          'ec2:AssignPrivateIpAddresses',
          'ec2:CreateNetworkInterface',
          'ec2:AttachNetworkInterface',
          'ec2:DeleteNetworkInterface',
          'ec2:ModifyNetworkInterfaceAttribute',
          'autoscaling:Describe*',
          'elasticloadbalancing:Describe*',
        ]),
      ),
    },
  });
  add('cost-cleaner', {
    description: 'Deletes what nobody uses',
    trust: service('lambda.amazonaws.com'),
    inline: {
      clean: document(
        allow([
          'ec2:Describe*',
          'ec2:Delete*',
          'ec2:Deregister*',
          'ec2:Release*',
          'ec2:TerminateInstances',
          'ec2:StopInstances',
          'rds:Describe*',
          'rds:Delete*',
          'logs:*',
          's3:*',
          'cloudwatch:*',
          'tag:Get*',
          'elasticloadbalancing:*',
        ]),
      ),
    },
  });
  add('patch-runner', {
    description: 'Maintenance nights',
    trust: service('ssm.amazonaws.com'),
    inline: {
      patch: document(
        allow([
          'ssm:*',
          'ec2:Describe*',
          'ec2:RebootInstances',
          'ec2:StopInstances',
          'ec2:StartInstances',
          'ec2:CreateSnapshot',
          'ec2:CreateTags',
          'autoscaling:*',
          'ecs:*',
          'rds:RebootDBInstance',
          'rds:Describe*',
          'rds:Modify*',
        ]),
      ),
    },
  });
}
