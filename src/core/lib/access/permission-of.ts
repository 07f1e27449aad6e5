/** Our name of a call -> the IAM action that permits it, where one permission covers two API operations. */
const permissions: { readonly [action: string]: string } = {
  's3:DeletePublicAccessBlock': 's3:PutBucketPublicAccessBlock',
  's3:DeleteAccountPublicAccessBlock': 's3:PutAccountPublicAccessBlock',
};

/**
 * The IAM action to write into a policy so that a call of this name is allowed. The same for nearly all; see
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html for the exceptions.
 */
export function permissionOf(action: string): string {
  return permissions[action] ?? action;
}
