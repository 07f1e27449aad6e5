import type { About } from '../../model/decide-context.ts';

/**
 * Tags that AWS sets itself, and nobody else can since their keys begin with `aws:`, and those by which teams usually say what made a resource.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html
 */
const keys: readonly (readonly [key: string, of: string])[] = [
  ['aws:cloudformation:stack-name', 'CloudFormation stack'],
  ['aws:servicecatalog:provisionedProductArn', 'Service Catalog product'],
  ['aws:autoscaling:groupName', 'Auto Scaling group'],
  ['aws:eks:cluster-name', 'EKS cluster'],
  ['ManagedBy', 'managed by'],
  ['managed-by', 'managed by'],
  ['managed_by', 'managed by'],
  ['terraform', 'Terraform:'],
];

/** The infrastructure code that made a resource, by its tags. */
export function codeOf(tags: { readonly [key: string]: string }): NonNullable<About['code']> | null {
  for (const [key, of] of keys) {
    const value = Object.hasOwn(tags, key) ? (tags[key] ?? '') : '';
    if (value !== '') return { name: `${of} ${value}`.slice(0, 240), from: `tag ${key}` };
  }
  return null;
}
