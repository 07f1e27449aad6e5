import { parseArn } from '../../lib/arn.ts';
import { textAt } from '../../lib/json-at.ts';
import { objects, tagsOf } from './answer.ts';
import { type Reader, resourceOf } from './reading.ts';

/** What is known by its tags: how the tagging API calls its type, the resource part of its ARN, and its CloudFormation type. */
const kinds: readonly (readonly [filter: string, service: string, resource: RegExp, type: string])[] = [
  ['dynamodb:table', 'dynamodb', /^table\/([^/]+)$/, 'AWS::DynamoDB::Table'],
  ['ec2:image', 'ec2', /^image\/(ami-[^/]+)$/, 'AWS::EC2::Image'],
  ['ec2:snapshot', 'ec2', /^snapshot\/(snap-[^/]+)$/, 'AWS::EC2::Snapshot'],
  ['ec2:volume', 'ec2', /^volume\/(vol-[^/]+)$/, 'AWS::EC2::Volume'],
  ['ecr:repository', 'ecr', /^repository\/(.+)$/, 'AWS::ECR::Repository'],
  ['eks:cluster', 'eks', /^cluster\/([^/]+)$/, 'AWS::EKS::Cluster'],
  ['elasticfilesystem:file-system', 'elasticfilesystem', /^file-system\/([^/]+)$/, 'AWS::EFS::FileSystem'],
  ['elasticloadbalancing:loadbalancer', 'elasticloadbalancing', /^loadbalancer\/(.+)$/, 'AWS::ElasticLoadBalancingV2::LoadBalancer'],
  ['kms:key', 'kms', /^key\/([^/]+)$/, 'AWS::KMS::Key'],
  ['lambda:function', 'lambda', /^function:([^:]+)$/, 'AWS::Lambda::Function'],
  ['rds:cluster', 'rds', /^cluster:([^:]+)$/, 'AWS::RDS::DBCluster'],
  ['rds:cluster-snapshot', 'rds', /^cluster-snapshot:(.+)$/, 'AWS::RDS::DBClusterSnapshot'],
  ['rds:db', 'rds', /^db:([^:]+)$/, 'AWS::RDS::DBInstance'],
  ['rds:snapshot', 'rds', /^snapshot:(.+)$/, 'AWS::RDS::DBSnapshot'],
  ['redshift:cluster', 'redshift', /^cluster:([^:]+)$/, 'AWS::Redshift::Cluster'],
  ['secretsmanager:secret', 'secretsmanager', /^secret:(.+)$/, 'AWS::SecretsManager::Secret'],
  // Their ARNs name no type.
  ['sns', 'sns', /^([^:]+)$/, 'AWS::SNS::Topic'],
  ['sqs', 'sqs', /^([^:]+)$/, 'AWS::SQS::Queue'],
];

/**
 * Tags of what no other reader looks at, by one API for all services: one list in each Region, of resources that are tagged. What has no tags is not in
 * it, and is not told apart from what is not there. https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
 */
export const readTagged: Reader = {
  action: 'tag:GetResources',
  types: [...new Set(kinds.map(([, , , type]) => type))],
  per: 'region',
  calls: ['tag:GetResources'],
  async read({ account, region, call }) {
    const answer = await call('tag:GetResources', { ResourcesPerPage: 100, ResourceTypeFilters: kinds.map(([filter]) => filter) });
    return objects(answer, 'ResourceTagMappingList').flatMap((mapping) => {
      const uid = textAt(mapping, 'ResourceARN') ?? '';
      const tags = tagsOf(mapping);
      const known = kindOf(uid);
      // What had tags once is listed, too.
      if (known === null || Object.keys(tags).length === 0) return [];
      return [resourceOf({ uid, type: known.type, name: known.name, account, region, tags }, {})];
    });
  },
};

function kindOf(uid: string): { readonly type: string; readonly name: string } | null {
  const arn = parseArn(uid);
  for (const [, service, resource, type] of kinds) {
    const name = arn?.service === service ? resource.exec(arn.resource)?.[1] : undefined;
    if (name !== undefined) return { type, name };
  }
  return null;
}
