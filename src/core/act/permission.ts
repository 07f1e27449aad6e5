import { isKubernetes } from '../lib/kubernetes/requests.ts';
import { isRootTask } from '../lib/root-tasks.ts';

/** Actions of our calls whose IAM permission has another name: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeletePublicAccessBlock.html */
const renamed: { readonly [action: string]: string } = {
  's3:DeletePublicAccessBlock': 's3:PutBucketPublicAccessBlock',
  's3:DeleteAccountPublicAccessBlock': 's3:PutAccountPublicAccessBlock',
  's3:DeleteBucketEncryption': 's3:PutEncryptionConfiguration',
  's3:DeleteBucketOwnershipControls': 's3:PutBucketOwnershipControls',
  's3:DeleteObjects': 's3:DeleteObject',
  's3:DeleteObjectVersions': 's3:DeleteObjectVersion',
  // https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchUpdateFindingsV2.html says so of itself, and GetFindingsV2 too.
  'securityhub:BatchUpdateFindingsV2': 'securityhub:BatchUpdateFindings',
  'securityhub:GetFindingsV2': 'securityhub:GetFindings',
  // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiamaccessanalyzer.html
  'access-analyzer:GetFindingV2': 'access-analyzer:GetFinding',
  'access-analyzer:ListFindingsV2': 'access-analyzer:ListFindings',
};

/**
 * Actions that IAM does not scope to a resource, so a policy must say `*` (the tables "Actions defined by ..." of the
 * service authorization reference, where the column "Resource types" is empty):
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudtrail.html
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsorganizations.html
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
const unscoped: ReadonlySet<string> = new Set([
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSecurityGroupRules',
  'ec2:DescribeVpcs',
  'ec2:DescribeInstances',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeRegions',
  'cloudtrail:DescribeTrails',
  'cloudtrail:GetTrail',
  'cloudtrail:ListTrails',
  'cloudtrail:LookupEvents',
  'iam:ListUsers',
  'iam:ListPolicies',
  'iam:ListRoles',
  'bedrock:DeleteModelInvocationLoggingConfiguration',
  'bedrock:GetModelInvocationLoggingConfiguration',
  'bedrock:PutModelInvocationLoggingConfiguration',
  'cloudwatch:DescribeAlarms',
  'config:DescribeConfigurationRecorderStatus',
  'config:DescribeDeliveryChannels',
  'config:StartConfigurationRecorder',
  'config:StopConfigurationRecorder',
  'inspector2:BatchGetAccountStatus',
  'inspector2:Disable',
  'inspector2:Enable',
  'macie2:GetMacieSession',
  'macie2:UpdateMacieSession',
  'securityhub:DescribeHub',
  'securityhub:DisableSecurityHub',
  'securityhub:EnableSecurityHub',
  'organizations:DescribeOrganization',
  'organizations:ListAWSServiceAccessForOrganization',
  'organizations:ListParents',
  'organizations:ListPolicies',
  'organizations:ListRoots',
  'ses:GetAccount',
  'ses:PutAccountSendingAttributes',
  'iam:GetAccountSummary',
  'iam:DeleteAccountPasswordPolicy',
  'iam:DisableOrganizationsRootCredentialsManagement',
  'iam:DisableOrganizationsRootSessions',
  'iam:EnableOrganizationsRootCredentialsManagement',
  'iam:EnableOrganizationsRootSessions',
  'iam:GetAccountPasswordPolicy',
  'iam:ListOrganizationsFeatures',
  'iam:UpdateAccountPasswordPolicy',
  'iam:GetAccountAuthorizationDetails',
  's3:ListAllMyBuckets',
  'sts:GetCallerIdentity',
  'organizations:CreatePolicy',
  'organizations:ListPolicies',
  // Data, storage, compute, network, databases, containers.
  'autoscaling:DescribeAutoScalingGroups',
  'autoscaling:DescribeAutoScalingInstances',
  'ec2:DescribeIamInstanceProfileAssociations',
  'ec2:DescribeManagedPrefixLists',
  'ec2:DescribeNetworkAcls',
  'ec2:DescribeSnapshots',
  'ec2:DescribeTrafficMirrorSessions',
  'ec2:DescribeVpcPeeringConnections',
  'ec2:GetSnapshotBlockPublicAccessState',
  'ec2:EnableSnapshotBlockPublicAccess',
  'ec2:DisableSnapshotBlockPublicAccess',
  'ec2:GetImageBlockPublicAccessState',
  'ec2:EnableImageBlockPublicAccess',
  'ec2:DisableImageBlockPublicAccess',
  'ec2:GetEbsEncryptionByDefault',
  'ec2:EnableEbsEncryptionByDefault',
  'ec2:DisableEbsEncryptionByDefault',
  'ec2:GetEbsDefaultKmsKeyId',
  'ec2:ModifyEbsDefaultKmsKeyId',
  'ec2:ResetEbsDefaultKmsKeyId',
  'ec2:GetSerialConsoleAccessStatus',
  'ec2:EnableSerialConsoleAccess',
  'ec2:DisableSerialConsoleAccess',
  'ecs:DeregisterTaskDefinition',
  'ecs:DescribeTaskDefinition',
  'rds:CancelExportTask',
  'rds:DescribeExportTasks',
  'redshift:DescribeClusterSnapshots',
  'redshift:DescribeClusters',
  's3:GetAccountPublicAccessBlock',
  's3:PutAccountPublicAccessBlock',
  'sns:GetSMSAttributes',
  'sns:SetSMSAttributes',
]);

/**
 * The IAM permission that a call needs. Of what is done in a cluster IAM knows nothing: to ask it one has to know where it is, and to be somebody,
 * which needs no permission (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html). The rest is the cluster's to allow. Who is root of
 * a member account for a task is asked for the session alone.
 */
export function permissionOf(action: string): string {
  if (isKubernetes(action)) return 'eks:DescribeCluster';
  return isRootTask(action) ? 'sts:AssumeRoot' : (renamed[action] ?? action);
}

/** Can a policy name the resources of this permission? What is not listed as unscoped is taken to be scoped: the narrower answer. */
export function isScoped(permission: string): boolean {
  return !unscoped.has(permission);
}
