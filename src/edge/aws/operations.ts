/** The AWS services that we call, by the client package that serves them. */
export type Service =
  | 'sts'
  | 'iam'
  | 's3'
  | 's3control'
  | 'ec2'
  | 'cloudtrail'
  | 'organizations'
  | 'sqs'
  | 'autoscaling'
  | 'backup'
  | 'codebuild'
  | 'dynamodb'
  | 'ecr'
  | 'ecs'
  | 'eks'
  | 'kms'
  | 'lambda'
  | 'rds'
  | 'redshift'
  | 'secretsmanager'
  | 'securityhub'
  | 'sns'
  | 'ssm'
  | 'wafv2'
  | 'cloudwatch'
  // Whose findings come in, and what watches.
  | 'guardduty'
  | 'inspector2'
  | 'macie2'
  | 'access-analyzer'
  | 'config'
  | 'health'
  // Whose an account and its resources are.
  | 'account'
  | 'tag'
  // Identity, mail and what reports to people, for playbooks.
  | 'bedrock'
  | 'events'
  | 'identitystore'
  | 'rolesanywhere'
  | 'ses'
  | 'sso';

/** How an IAM action is called: which client and command, and where its pages are. */
export interface Operation {
  readonly service: Service;
  /** The command's class in the client package, without `Command`. */
  readonly command: string;
  /** The input's token, the answer's token, and the lists that grow from page to page. */
  readonly pages?: { readonly send: string; readonly next: string; readonly lists: readonly string[] };
  /** Fields, anywhere in the answer, whose text AWS sends URL-encoded (RFC 3986). */
  readonly encoded?: readonly string[];
  /** Fields whose bytes are text. */
  readonly text?: readonly string[];
  /** Fields of the input that are times: ISO 8601 text in the port. */
  readonly dates?: readonly string[];
}

const iam = (command: string, more: Partial<Operation> = {}): Operation => ({ service: 'iam', command, ...more });
const iamList = (command: string, lists: string | readonly string[], more: Partial<Operation> = {}): Operation =>
  iam(command, { pages: { send: 'Marker', next: 'Marker', lists: typeof lists === 'string' ? [lists] : lists }, ...more });
const s3 = (command: string): Operation => ({ service: 's3', command });
const s3control = (command: string): Operation => ({ service: 's3control', command });
const ec2 = (command: string): Operation => ({ service: 'ec2', command });
const ec2List = (command: string, list: string): Operation => ({
  service: 'ec2',
  command,
  pages: { send: 'NextToken', next: 'NextToken', lists: [list] },
});
const trail = (command: string): Operation => ({ service: 'cloudtrail', command });
const kms = (command: string): Operation => ({ service: 'kms', command });
/** Operations whose IAM action bears the command's own name, by service. */
function commands(byService: { readonly [service in Service]?: readonly string[] }): { readonly [action: string]: Operation } {
  const rows = Object.entries(byService).flatMap(([service, names]) =>
    names.map((command): [string, Operation] => [`${service}:${command}`, { service: service as Service, command }]),
  );
  return Object.fromEntries(rows);
}
/** A list that is followed to its last page. The token's first letter is as small or large as that of the list. */
function whole(service: Service, command: string, list: string): Operation {
  const token = /^[a-z]/.test(list) ? 'nextToken' : 'NextToken';
  return { service, command, pages: { send: token, next: token, lists: [list] } };
}
const policy = { encoded: ['PolicyDocument'] };
const trust = { encoded: ['AssumeRolePolicyDocument'] };

/**
 * IAM action -> API operation. The names are IAM's (Service Authorization Reference), which for S3 differ from the API's.
 * Some names are not IAM's, because one permission covers two operations there, such as `s3:DeletePublicAccessBlock` (permission
 * `s3:PutBucketPublicAccessBlock`), or one operation needs different ones (`s3:DeleteObjects`). `permissionOf` in core/act
 * gives the permission of each name.
 */
export const operations: { readonly [action: string]: Operation } = {
  'sts:GetCallerIdentity': { service: 'sts', command: 'GetCallerIdentity' },

  'organizations:ListAccounts': {
    service: 'organizations',
    command: 'ListAccounts',
    pages: { send: 'NextToken', next: 'NextToken', lists: ['Accounts'] },
  },
  ...commands({
    organizations: [
      'AttachPolicy',
      'CreatePolicy',
      'DeletePolicy',
      'DescribePolicy',
      'DetachPolicy',
      'EnablePolicyType',
      'MoveAccount',
      'UpdatePolicy',
    ],
  }),
  // Whom AWS writes to about an account.
  'account:GetAlternateContact': { service: 'account', command: 'GetAlternateContact' },
  'organizations:DescribeAccount': { service: 'organizations', command: 'DescribeAccount' },
  'organizations:ListTagsForResource': whole('organizations', 'ListTagsForResource', 'Tags'),
  'tag:GetResources': {
    service: 'tag',
    command: 'GetResources',
    pages: { send: 'PaginationToken', next: 'PaginationToken', lists: ['ResourceTagMappingList'] },
  },
  'organizations:ListParents': whole('organizations', 'ListParents', 'Parents'),
  'organizations:ListPoliciesForTarget': whole('organizations', 'ListPoliciesForTarget', 'Policies'),
  'organizations:ListPolicies': whole('organizations', 'ListPolicies', 'Policies'),
  'organizations:ListRoots': whole('organizations', 'ListRoots', 'Roots'),
  'organizations:ListTargetsForPolicy': whole('organizations', 'ListTargetsForPolicy', 'Targets'),
  'organizations:DescribeOrganization': { service: 'organizations', command: 'DescribeOrganization' },

  'iam:GetAccountAuthorizationDetails': iamList(
    'GetAccountAuthorizationDetails',
    ['UserDetailList', 'GroupDetailList', 'RoleDetailList', 'Policies'],
    { encoded: ['AssumeRolePolicyDocument', 'PolicyDocument', 'Document'] },
  ),
  'iam:GetAccountSummary': iam('GetAccountSummary'),
  'iam:GetAccountPasswordPolicy': iam('GetAccountPasswordPolicy'),
  'iam:UpdateAccountPasswordPolicy': iam('UpdateAccountPasswordPolicy'),
  'iam:DeleteAccountPasswordPolicy': iam('DeleteAccountPasswordPolicy'),
  'iam:GenerateCredentialReport': iam('GenerateCredentialReport'),
  'iam:GetCredentialReport': iam('GetCredentialReport', { text: ['Content'] }),
  'iam:ListAccountAliases': iamList('ListAccountAliases', 'AccountAliases'),
  'iam:ListUsers': iamList('ListUsers', 'Users'),
  'iam:GetUser': iam('GetUser'),
  'iam:CreateUser': iam('CreateUser'),
  'iam:DeleteUser': iam('DeleteUser'),
  'iam:ListUserTags': iamList('ListUserTags', 'Tags'),
  'iam:ListAccessKeys': iamList('ListAccessKeys', 'AccessKeyMetadata'),
  'iam:CreateAccessKey': iam('CreateAccessKey'),
  'iam:UpdateAccessKey': iam('UpdateAccessKey'),
  'iam:DeleteAccessKey': iam('DeleteAccessKey'),
  'iam:GetAccessKeyLastUsed': iam('GetAccessKeyLastUsed'),
  'iam:GetLoginProfile': iam('GetLoginProfile'),
  'iam:CreateLoginProfile': iam('CreateLoginProfile'),
  'iam:ListMFADevices': iamList('ListMFADevices', 'MFADevices'),
  'iam:ListVirtualMFADevices': iamList('ListVirtualMFADevices', 'VirtualMFADevices'),
  'iam:CreateVirtualMFADevice': iam('CreateVirtualMFADevice'),
  'iam:EnableMFADevice': iam('EnableMFADevice'),
  // As the root user of a member account.
  'root-task:GetLoginProfile': iam('GetLoginProfile'),
  'root-task:DeleteLoginProfile': iam('DeleteLoginProfile'),
  'root-task:ListAccessKeys': iamList('ListAccessKeys', 'AccessKeyMetadata'),
  'root-task:DeleteAccessKey': iam('DeleteAccessKey'),
  'root-task:ListSigningCertificates': iamList('ListSigningCertificates', 'Certificates'),
  'root-task:DeleteSigningCertificate': iam('DeleteSigningCertificate'),
  'root-task:ListMFADevices': iamList('ListMFADevices', 'MFADevices'),
  'root-task:DeactivateMFADevice': iam('DeactivateMFADevice'),
  'iam:ListUserPolicies': iamList('ListUserPolicies', 'PolicyNames'),
  'iam:GetUserPolicy': iam('GetUserPolicy', policy),
  'iam:PutUserPolicy': iam('PutUserPolicy'),
  'iam:DeleteUserPolicy': iam('DeleteUserPolicy'),
  'iam:ListAttachedUserPolicies': iamList('ListAttachedUserPolicies', 'AttachedPolicies'),
  'iam:AttachUserPolicy': iam('AttachUserPolicy'),
  'iam:DetachUserPolicy': iam('DetachUserPolicy'),
  'iam:ListRoles': iamList('ListRoles', 'Roles', trust),
  'iam:GetRole': iam('GetRole', trust),
  'iam:CreateRole': iam('CreateRole', trust),
  'iam:DeleteRole': iam('DeleteRole'),
  'iam:UpdateAssumeRolePolicy': iam('UpdateAssumeRolePolicy'),
  'iam:SimulatePrincipalPolicy': iamList('SimulatePrincipalPolicy', 'EvaluationResults'),
  'iam:ListRoleTags': iamList('ListRoleTags', 'Tags'),
  'iam:ListRolePolicies': iamList('ListRolePolicies', 'PolicyNames'),
  'iam:GetRolePolicy': iam('GetRolePolicy', policy),
  'iam:PutRolePolicy': iam('PutRolePolicy'),
  'iam:DeleteRolePolicy': iam('DeleteRolePolicy'),
  'iam:ListAttachedRolePolicies': iamList('ListAttachedRolePolicies', 'AttachedPolicies'),
  'iam:AttachRolePolicy': iam('AttachRolePolicy'),
  'iam:DetachRolePolicy': iam('DetachRolePolicy'),
  'iam:ListOpenIDConnectProviders': iam('ListOpenIDConnectProviders'),
  'iam:CreateGroup': iam('CreateGroup'),
  'iam:ListGroupsForUser': iamList('ListGroupsForUser', 'Groups'),
  'iam:AddUserToGroup': iam('AddUserToGroup'),
  'iam:RemoveUserFromGroup': iam('RemoveUserFromGroup'),
  'iam:GetGroupPolicy': iam('GetGroupPolicy', policy),
  'iam:PutGroupPolicy': iam('PutGroupPolicy'),
  'iam:DeleteGroupPolicy': iam('DeleteGroupPolicy'),
  'iam:ListAttachedGroupPolicies': iamList('ListAttachedGroupPolicies', 'AttachedPolicies'),
  'iam:AttachGroupPolicy': iam('AttachGroupPolicy'),
  'iam:DetachGroupPolicy': iam('DetachGroupPolicy'),
  'iam:CreatePolicy': iam('CreatePolicy'),
  'iam:GetPolicy': iam('GetPolicy'),
  'iam:ListPolicyVersions': iamList('ListPolicyVersions', 'Versions'),
  'iam:GetPolicyVersion': iam('GetPolicyVersion', { encoded: ['Document'] }),
  'iam:CreatePolicyVersion': iam('CreatePolicyVersion'),
  'iam:SetDefaultPolicyVersion': iam('SetDefaultPolicyVersion'),
  'iam:PutUserPermissionsBoundary': iam('PutUserPermissionsBoundary'),
  'iam:DeleteUserPermissionsBoundary': iam('DeleteUserPermissionsBoundary'),
  'iam:PutRolePermissionsBoundary': iam('PutRolePermissionsBoundary'),
  'iam:DeleteRolePermissionsBoundary': iam('DeleteRolePermissionsBoundary'),
  'iam:ListServiceSpecificCredentials': iamList('ListServiceSpecificCredentials', 'ServiceSpecificCredentials'),
  'iam:CreateServiceSpecificCredential': iam('CreateServiceSpecificCredential'),
  'iam:UpdateServiceSpecificCredential': iam('UpdateServiceSpecificCredential'),
  'iam:GetOpenIDConnectProvider': iam('GetOpenIDConnectProvider'),
  'iam:CreateOpenIDConnectProvider': iam('CreateOpenIDConnectProvider'),
  'iam:DeleteOpenIDConnectProvider': iam('DeleteOpenIDConnectProvider'),
  'iam:TagOpenIDConnectProvider': iam('TagOpenIDConnectProvider'),
  'iam:AddClientIDToOpenIDConnectProvider': iam('AddClientIDToOpenIDConnectProvider'),
  'iam:RemoveClientIDFromOpenIDConnectProvider': iam('RemoveClientIDFromOpenIDConnectProvider'),
  'iam:GetSAMLProvider': iam('GetSAMLProvider'),
  'iam:CreateSAMLProvider': iam('CreateSAMLProvider'),
  'iam:DeleteSAMLProvider': iam('DeleteSAMLProvider'),
  'iam:TagSAMLProvider': iam('TagSAMLProvider'),
  'iam:ListOrganizationsFeatures': iam('ListOrganizationsFeatures'),
  'iam:EnableOrganizationsRootSessions': iam('EnableOrganizationsRootSessions'),
  'iam:DisableOrganizationsRootSessions': iam('DisableOrganizationsRootSessions'),
  'iam:EnableOrganizationsRootCredentialsManagement': iam('EnableOrganizationsRootCredentialsManagement'),
  'iam:DisableOrganizationsRootCredentialsManagement': iam('DisableOrganizationsRootCredentialsManagement'),

  's3:ListAllMyBuckets': {
    service: 's3',
    command: 'ListBuckets',
    pages: { send: 'ContinuationToken', next: 'ContinuationToken', lists: ['Buckets'] },
  },
  's3:CreateBucket': s3('CreateBucket'),
  's3:DeleteBucket': s3('DeleteBucket'),
  's3:GetBucketLocation': s3('GetBucketLocation'),
  's3:GetBucketPublicAccessBlock': s3('GetPublicAccessBlock'),
  's3:PutBucketPublicAccessBlock': s3('PutPublicAccessBlock'),
  's3:DeletePublicAccessBlock': s3('DeletePublicAccessBlock'),
  's3:GetBucketPolicy': s3('GetBucketPolicy'),
  's3:PutBucketPolicy': s3('PutBucketPolicy'),
  's3:DeleteBucketPolicy': s3('DeleteBucketPolicy'),
  's3:GetBucketPolicyStatus': s3('GetBucketPolicyStatus'),
  's3:GetBucketAcl': s3('GetBucketAcl'),
  's3:PutBucketAcl': s3('PutBucketAcl'),
  's3:GetEncryptionConfiguration': s3('GetBucketEncryption'),
  's3:GetBucketVersioning': s3('GetBucketVersioning'),
  's3:PutBucketVersioning': s3('PutBucketVersioning'),
  's3:GetBucketLogging': s3('GetBucketLogging'),
  's3:GetBucketTagging': s3('GetBucketTagging'),
  's3:PutBucketTagging': s3('PutBucketTagging'),
  's3:GetBucketOwnershipControls': s3('GetBucketOwnershipControls'),
  's3:PutBucketOwnershipControls': s3('PutBucketOwnershipControls'),
  's3:DeleteBucketOwnershipControls': s3('DeleteBucketOwnershipControls'),
  's3:PutEncryptionConfiguration': s3('PutBucketEncryption'),
  's3:DeleteBucketEncryption': s3('DeleteBucketEncryption'),
  's3:GetLifecycleConfiguration': s3('GetBucketLifecycleConfiguration'),
  's3:PutLifecycleConfiguration': { ...s3('PutBucketLifecycleConfiguration'), dates: ['Date'] },
  's3:GetReplicationConfiguration': s3('GetBucketReplication'),
  's3:PutReplicationConfiguration': s3('PutBucketReplication'),
  // One page: what does not fit into it no playbook takes on.
  's3:ListBucketVersions': s3('ListObjectVersions'),
  's3:PutObject': s3('PutObject'),
  's3:DeleteObjects': s3('DeleteObjects'),
  's3:DeleteObjectVersions': s3('DeleteObjects'),
  's3:GetAccountPublicAccessBlock': s3control('GetPublicAccessBlock'),
  's3:PutAccountPublicAccessBlock': s3control('PutPublicAccessBlock'),
  's3:DeleteAccountPublicAccessBlock': s3control('DeletePublicAccessBlock'),

  'ec2:DescribeRegions': ec2('DescribeRegions'),
  'ec2:DescribeVpcs': ec2List('DescribeVpcs', 'Vpcs'),
  'ec2:DescribeFlowLogs': ec2List('DescribeFlowLogs', 'FlowLogs'),
  'ec2:DescribeSecurityGroups': ec2List('DescribeSecurityGroups', 'SecurityGroups'),
  'ec2:DescribeSecurityGroupRules': ec2List('DescribeSecurityGroupRules', 'SecurityGroupRules'),
  'ec2:CreateSecurityGroup': ec2('CreateSecurityGroup'),
  'ec2:DeleteSecurityGroup': ec2('DeleteSecurityGroup'),
  'ec2:ModifySecurityGroupRules': ec2('ModifySecurityGroupRules'),
  'ec2:AuthorizeSecurityGroupIngress': ec2('AuthorizeSecurityGroupIngress'),
  'ec2:RevokeSecurityGroupIngress': ec2('RevokeSecurityGroupIngress'),
  'ec2:DescribeInstances': ec2List('DescribeInstances', 'Reservations'),
  'ec2:RunInstances': ec2('RunInstances'),
  'ec2:ModifyInstanceMetadataOptions': ec2('ModifyInstanceMetadataOptions'),
  'ec2:DescribeImages': ec2List('DescribeImages', 'Images'),
  'ec2:DescribeNetworkInterfaces': ec2List('DescribeNetworkInterfaces', 'NetworkInterfaces'),
  'ec2:GetManagedPrefixListEntries': ec2List('GetManagedPrefixListEntries', 'Entries'),
  'ec2:CreateManagedPrefixList': ec2('CreateManagedPrefixList'),
  'ec2:CreateTags': ec2('CreateTags'),

  // Disks, images, interfaces and networks, for playbooks.
  'ec2:AssociateIamInstanceProfile': ec2('AssociateIamInstanceProfile'),
  'ec2:CreateImage': ec2('CreateImage'),
  'ec2:CreateNetworkAcl': ec2('CreateNetworkAcl'),
  'ec2:CreateNetworkAclEntry': ec2('CreateNetworkAclEntry'),
  'ec2:CreateSnapshot': ec2('CreateSnapshot'),
  'ec2:CreateSnapshots': ec2('CreateSnapshots'),
  'ec2:CreateTrafficMirrorSession': ec2('CreateTrafficMirrorSession'),
  'ec2:CreateVolume': ec2('CreateVolume'),
  'ec2:CreateVpcPeeringConnection': ec2('CreateVpcPeeringConnection'),
  'ec2:DeleteNetworkAclEntry': ec2('DeleteNetworkAclEntry'),
  'ec2:DeleteTrafficMirrorSession': ec2('DeleteTrafficMirrorSession'),
  'ec2:DeleteVpcPeeringConnection': ec2('DeleteVpcPeeringConnection'),
  'ec2:DescribeImageAttribute': ec2('DescribeImageAttribute'),
  'ec2:DescribeSnapshotAttribute': ec2('DescribeSnapshotAttribute'),
  'ec2:DisableEbsEncryptionByDefault': ec2('DisableEbsEncryptionByDefault'),
  'ec2:DisableImageBlockPublicAccess': ec2('DisableImageBlockPublicAccess'),
  'ec2:DisableSerialConsoleAccess': ec2('DisableSerialConsoleAccess'),
  'ec2:DisableSnapshotBlockPublicAccess': ec2('DisableSnapshotBlockPublicAccess'),
  'ec2:DisassociateIamInstanceProfile': ec2('DisassociateIamInstanceProfile'),
  'ec2:EnableEbsEncryptionByDefault': ec2('EnableEbsEncryptionByDefault'),
  'ec2:EnableImageBlockPublicAccess': ec2('EnableImageBlockPublicAccess'),
  'ec2:EnableSerialConsoleAccess': ec2('EnableSerialConsoleAccess'),
  'ec2:EnableSnapshotBlockPublicAccess': ec2('EnableSnapshotBlockPublicAccess'),
  'ec2:GetEbsDefaultKmsKeyId': ec2('GetEbsDefaultKmsKeyId'),
  'ec2:GetEbsEncryptionByDefault': ec2('GetEbsEncryptionByDefault'),
  'ec2:GetImageBlockPublicAccessState': ec2('GetImageBlockPublicAccessState'),
  'ec2:GetSerialConsoleAccessStatus': ec2('GetSerialConsoleAccessStatus'),
  'ec2:GetSnapshotBlockPublicAccessState': ec2('GetSnapshotBlockPublicAccessState'),
  'ec2:ModifyEbsDefaultKmsKeyId': ec2('ModifyEbsDefaultKmsKeyId'),
  'ec2:ModifyImageAttribute': ec2('ModifyImageAttribute'),
  'ec2:ModifyInstanceAttribute': ec2('ModifyInstanceAttribute'),
  'ec2:ModifyManagedPrefixList': ec2('ModifyManagedPrefixList'),
  'ec2:ModifyNetworkInterfaceAttribute': ec2('ModifyNetworkInterfaceAttribute'),
  'ec2:ModifySnapshotAttribute': ec2('ModifySnapshotAttribute'),
  'ec2:ReplaceNetworkAclEntry': ec2('ReplaceNetworkAclEntry'),
  'ec2:ResetEbsDefaultKmsKeyId': ec2('ResetEbsDefaultKmsKeyId'),
  'ec2:RevokeSecurityGroupEgress': ec2('RevokeSecurityGroupEgress'),
  'ec2:StartInstances': ec2('StartInstances'),
  'ec2:StopInstances': ec2('StopInstances'),
  'ec2:DescribeIamInstanceProfileAssociations': ec2List('DescribeIamInstanceProfileAssociations', 'IamInstanceProfileAssociations'),
  'ec2:DescribeManagedPrefixLists': ec2List('DescribeManagedPrefixLists', 'PrefixLists'),
  'ec2:DescribeNetworkAcls': ec2List('DescribeNetworkAcls', 'NetworkAcls'),
  'ec2:DescribeSnapshots': ec2List('DescribeSnapshots', 'Snapshots'),
  'ec2:DescribeTrafficMirrorSessions': ec2List('DescribeTrafficMirrorSessions', 'TrafficMirrorSessions'),
  'ec2:DescribeVpcPeeringConnections': ec2List('DescribeVpcPeeringConnections', 'VpcPeeringConnections'),

  // Data, storage, compute, databases, containers: the same name as command.
  ...commands({
    autoscaling: [
      'CreateAutoScalingGroup',
      'DescribeAutoScalingGroups',
      'DescribeAutoScalingInstances',
      'EnterStandby',
      'ExitStandby',
      'ResumeProcesses',
      'SuspendProcesses',
      'CreateLaunchConfiguration',
    ],
    backup: [
      'CreateBackupVault',
      'DeleteBackupVaultAccessPolicy',
      'DeleteBackupVaultLockConfiguration',
      'DescribeBackupVault',
      'GetBackupVaultAccessPolicy',
      'PutBackupVaultAccessPolicy',
      'PutBackupVaultLockConfiguration',
    ],
    bedrock: [
      'DeleteModelInvocationLoggingConfiguration',
      'GetModelInvocationLoggingConfiguration',
      'PutModelInvocationLoggingConfiguration',
    ],
    codebuild: ['BatchGetProjects', 'UpdateProjectVisibility'],
    dynamodb: ['CreateTable', 'DescribeContinuousBackups', 'DescribeTable', 'UpdateContinuousBackups', 'UpdateTable'],
    ecr: [
      'CreateRepository',
      'DeleteRepositoryPolicy',
      'DescribeRepositories',
      'GetRepositoryPolicy',
      'PutImageTagMutability',
      'SetRepositoryPolicy',
    ],
    ecs: [
      'CreateCluster',
      'CreateService',
      'DeregisterTaskDefinition',
      'DescribeServices',
      'DescribeTaskDefinition',
      'RegisterTaskDefinition',
      'UpdateService',
    ],
    eks: [
      'AssociateAccessPolicy',
      'CreateAccessEntry',
      'CreateCluster',
      'DeleteAccessEntry',
      'DescribeAccessEntry',
      'DescribeCluster',
      'DisassociateAccessPolicy',
      'ListAssociatedAccessPolicies',
      'UpdateClusterConfig',
    ],
    lambda: [
      'AddLayerVersionPermission',
      'AddPermission',
      'DeleteFunctionConcurrency',
      'GetFunctionConcurrency',
      'GetFunctionUrlConfig',
      'GetLayerVersionPolicy',
      'GetPolicy',
      'PutFunctionConcurrency',
      'RemoveLayerVersionPermission',
      'RemovePermission',
      'UpdateFunctionUrlConfig',
    ],
    rds: [
      'CancelExportTask',
      'CreateDBCluster',
      'CreateDBClusterSnapshot',
      'CreateDBInstance',
      'CreateDBSnapshot',
      'DescribeDBClusterSnapshotAttributes',
      'DescribeDBClusters',
      'DescribeDBInstances',
      'DescribeDBSnapshotAttributes',
      'DescribeExportTasks',
      'ModifyDBCluster',
      'ModifyDBClusterSnapshotAttribute',
      'ModifyDBInstance',
      'ModifyDBSnapshotAttribute',
    ],
    redshift: [
      'AuthorizeSnapshotAccess',
      'CreateCluster',
      'CreateClusterSnapshot',
      'DescribeClusterSnapshots',
      'DescribeClusters',
      'DescribeLoggingStatus',
      'DisableLogging',
      'EnableLogging',
      'ModifyCluster',
      'RevokeSnapshotAccess',
    ],
    identitystore: ['CreateGroupMembership', 'DeleteGroupMembership', 'DescribeGroup'],
    rolesanywhere: ['DisableProfile', 'DisableTrustAnchor', 'EnableProfile', 'EnableTrustAnchor', 'GetProfile', 'GetTrustAnchor'],
    secretsmanager: ['CreateSecret', 'DeleteResourcePolicy', 'GetResourcePolicy', 'PutResourcePolicy'],
    ses: ['GetAccount', 'PutAccountSendingAttributes'],
    sso: [
      'AttachManagedPolicyToPermissionSet',
      'CreateAccountAssignment',
      'DeleteAccountAssignment',
      'DeleteInlinePolicyFromPermissionSet',
      'DescribePermissionSet',
      'DetachManagedPolicyFromPermissionSet',
      'GetInlinePolicyForPermissionSet',
      'ProvisionPermissionSet',
      'PutInlinePolicyToPermissionSet',
    ],
    sns: ['GetSMSAttributes', 'SetSMSAttributes'],
    ssm: ['CreateDocument', 'DescribeDocumentPermission', 'ModifyDocumentPermission'],
  }),

  // Patterns of bytes are text, or the playbook does not touch them.
  'wafv2:GetWebACL': { service: 'wafv2', command: 'GetWebACL', text: ['SearchString'] },
  'wafv2:GetWebACLForResource': { service: 'wafv2', command: 'GetWebACLForResource', text: ['SearchString'] },
  'wafv2:UpdateWebACL': { service: 'wafv2', command: 'UpdateWebACL' },
  'cloudwatch:DescribeAlarms': {
    service: 'cloudwatch',
    command: 'DescribeAlarms',
    pages: { send: 'NextToken', next: 'NextToken', lists: ['MetricAlarms', 'CompositeAlarms'] },
  },
  // Findings of AWS's own services. Lists that may be too long to be held come a page a call; src/core/collect/reports follows them.
  ...commands({
    guardduty: ['ArchiveFindings', 'GetDetector', 'GetFilter', 'GetFindings', 'UpdateDetector', 'UpdateFilter'],
    inspector2: ['BatchGetAccountStatus', 'Disable', 'Enable'],
    macie2: ['GetFindings', 'GetMacieSession', 'UpdateMacieSession'],
    'access-analyzer': ['GetFindingV2', 'UpdateFindings'],
    config: [
      'DescribeConfigurationRecorderStatus',
      'DescribeDeliveryChannels',
      'GetComplianceDetailsByConfigRule',
      'StartConfigurationRecorder',
      'StopConfigurationRecorder',
    ],
    cloudwatch: ['DisableAlarmActions', 'EnableAlarmActions'],
    events: ['DescribeRule', 'DisableRule', 'EnableRule', 'PutTargets', 'RemoveTargets'],
    health: ['DescribeEventDetails', 'DescribeEventDetailsForOrganization'],
    securityhub: [
      'DescribeHub',
      'DisableSecurityHub',
      'EnableSecurityHub',
      'BatchUpdateFindings',
      'BatchUpdateFindingsV2',
      'GetFindings',
      'GetFindingsV2',
    ],
  }),
  'events:ListTargetsByRule': whole('events', 'ListTargetsByRule', 'Targets'),
  'guardduty:ListDetectors': whole('guardduty', 'ListDetectors', 'DetectorIds'),
  'guardduty:ListFindings': whole('guardduty', 'ListFindings', 'FindingIds'),
  'inspector2:ListFindings': { service: 'inspector2', command: 'ListFindings', dates: ['startInclusive', 'endInclusive'] },
  'macie2:ListFindings': whole('macie2', 'ListFindings', 'findingIds'),
  'access-analyzer:ListAnalyzers': whole('access-analyzer', 'ListAnalyzers', 'analyzers'),
  'access-analyzer:ListFindings': whole('access-analyzer', 'ListFindings', 'findings'),
  'access-analyzer:ListFindingsV2': whole('access-analyzer', 'ListFindingsV2', 'findings'),
  'config:DescribeConfigRules': whole('config', 'DescribeConfigRules', 'ConfigRules'),
  'config:GetComplianceDetailsByResource': whole('config', 'GetComplianceDetailsByResource', 'EvaluationResults'),
  'health:DescribeEvents': { ...whole('health', 'DescribeEvents', 'events'), dates: ['from', 'to'] },
  'health:DescribeEventsForOrganization': { ...whole('health', 'DescribeEventsForOrganization', 'events'), dates: ['from', 'to'] },
  'health:DescribeAffectedAccountsForOrganization': whole('health', 'DescribeAffectedAccountsForOrganization', 'affectedAccounts'),
  'health:DescribeAffectedEntitiesForOrganization': whole('health', 'DescribeAffectedEntitiesForOrganization', 'entities'),
  'health:DescribeAffectedEntities': whole('health', 'DescribeAffectedEntities', 'entities'),
  'identitystore:ListGroupMembershipsForMember': whole('identitystore', 'ListGroupMembershipsForMember', 'GroupMemberships'),
  'sso:ListAccountAssignments': whole('sso', 'ListAccountAssignments', 'AccountAssignments'),
  'sso:ListAccountAssignmentsForPrincipal': whole('sso', 'ListAccountAssignmentsForPrincipal', 'AccountAssignments'),
  'sso:ListAccountsForProvisionedPermissionSet': whole('sso', 'ListAccountsForProvisionedPermissionSet', 'AccountIds'),
  'sso:ListInstances': whole('sso', 'ListInstances', 'Instances'),
  'sso:ListPermissionSetsProvisionedToAccount': whole('sso', 'ListPermissionSetsProvisionedToAccount', 'PermissionSets'),
  'sso:ListManagedPoliciesInPermissionSet': whole('sso', 'ListManagedPoliciesInPermissionSet', 'AttachedManagedPolicies'),
  'lambda:ListProvisionedConcurrencyConfigs': {
    service: 'lambda',
    command: 'ListProvisionedConcurrencyConfigs',
    pages: { send: 'Marker', next: 'NextMarker', lists: ['ProvisionedConcurrencyConfigs'] },
  },

  'cloudtrail:DescribeTrails': trail('DescribeTrails'),
  'cloudtrail:GetTrailStatus': trail('GetTrailStatus'),
  'cloudtrail:GetEventSelectors': trail('GetEventSelectors'),
  'cloudtrail:PutEventSelectors': trail('PutEventSelectors'),
  'cloudtrail:CreateTrail': trail('CreateTrail'),
  'cloudtrail:DeleteTrail': trail('DeleteTrail'),
  'cloudtrail:UpdateTrail': trail('UpdateTrail'),
  'cloudtrail:StartLogging': trail('StartLogging'),
  'cloudtrail:StopLogging': trail('StopLogging'),
  // One page a call: 90 days of events do not fit into one answer. `readLookupEvents` follows the pages.
  'cloudtrail:LookupEvents': { service: 'cloudtrail', command: 'LookupEvents', dates: ['StartTime', 'EndTime'] },

  'kms:CancelKeyDeletion': kms('CancelKeyDeletion'),
  'kms:CreateGrant': kms('CreateGrant'),
  'kms:CreateKey': kms('CreateKey'),
  'kms:DescribeKey': kms('DescribeKey'),
  'kms:DisableKey': kms('DisableKey'),
  'kms:DisableKeyRotation': kms('DisableKeyRotation'),
  'kms:EnableKey': kms('EnableKey'),
  'kms:EnableKeyRotation': kms('EnableKeyRotation'),
  'kms:GetKeyPolicy': kms('GetKeyPolicy'),
  'kms:GetKeyRotationStatus': kms('GetKeyRotationStatus'),
  'kms:ListGrants': {
    service: 'kms',
    command: 'ListGrants',
    pages: { send: 'Marker', next: 'NextMarker', lists: ['Grants'] },
  },
  'kms:PutKeyPolicy': kms('PutKeyPolicy'),
  'kms:RevokeGrant': kms('RevokeGrant'),
  'kms:ScheduleKeyDeletion': kms('ScheduleKeyDeletion'),

  'securityhub:BatchImportFindings': { service: 'securityhub', command: 'BatchImportFindings' },
};
