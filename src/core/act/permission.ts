/** Actions of our calls whose IAM permission has another name: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeletePublicAccessBlock.html */
const renamed: { readonly [action: string]: string } = {
  's3:DeletePublicAccessBlock': 's3:PutBucketPublicAccessBlock',
};

/**
 * Actions that IAM does not scope to a resource, so a policy must say `*` (the tables "Actions defined by ..." of the
 * service authorization reference, where the column "Resource types" is empty):
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudtrail.html
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
  'iam:ListUsers',
  'iam:ListRoles',
  'iam:GetAccountSummary',
  'iam:GetAccountAuthorizationDetails',
  's3:ListAllMyBuckets',
  'sts:GetCallerIdentity',
]);

/** The IAM permission that a call needs. */
export function permissionOf(action: string): string {
  return renamed[action] ?? action;
}

/** Can a policy name the resources of this permission? What is not listed as unscoped is taken to be scoped: the narrower answer. */
export function isScoped(permission: string): boolean {
  return !unscoped.has(permission);
}
