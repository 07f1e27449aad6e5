import { expect, test } from 'vitest';
import { openRange } from '../../../range/open-range.ts';
import type { JsonObject } from '../../model/json.ts';
import { takeInventory } from './take-inventory.ts';

const account = '444455556666';
const region = 'eu-west-1';
const arn = (service: string, resource: string, at = region) => `arn:aws:${service}:${at}:${account}:${resource}`;

const tagged: readonly (readonly [uid: string, type: string, name: string])[] = [
  [arn('dynamodb', 'table/orders'), 'AWS::DynamoDB::Table', 'orders'],
  [arn('ec2', 'image/ami-1'), 'AWS::EC2::Image', 'ami-1'],
  [arn('ec2', 'snapshot/snap-1'), 'AWS::EC2::Snapshot', 'snap-1'],
  [arn('ecr', 'repository/team/web'), 'AWS::ECR::Repository', 'team/web'],
  [arn('eks', 'cluster/main'), 'AWS::EKS::Cluster', 'main'],
  [arn('elasticloadbalancing', 'loadbalancer/app/web/1a2b'), 'AWS::ElasticLoadBalancingV2::LoadBalancer', 'app/web/1a2b'],
  [arn('kms', 'key/k-1'), 'AWS::KMS::Key', 'k-1'],
  [arn('lambda', 'function:bill'), 'AWS::Lambda::Function', 'bill'],
  [arn('rds', 'db:orders'), 'AWS::RDS::DBInstance', 'orders'],
  [arn('rds', 'cluster:orders'), 'AWS::RDS::DBCluster', 'orders'],
  [arn('rds', 'cluster-snapshot:rds:orders-1'), 'AWS::RDS::DBClusterSnapshot', 'rds:orders-1'],
  [arn('rds', 'snapshot:rds:orders-1'), 'AWS::RDS::DBSnapshot', 'rds:orders-1'],
  [arn('secretsmanager', 'secret:orders-AbCdEf'), 'AWS::SecretsManager::Secret', 'orders-AbCdEf'],
  [arn('sns', 'alerts'), 'AWS::SNS::Topic', 'alerts'],
  [arn('sqs', 'jobs'), 'AWS::SQS::Queue', 'jobs'],
];
const others = [arn('rds', 'og:options'), arn('glue', 'table/x'), arn('lambda', 'function:bill:1'), arn('sqs', 'jobs', 'us-east-1')];

async function inventory(arns: readonly string[], tags: JsonObject = { owner: 'olga' }) {
  const range = openRange({ seed: 'tagged', start: 0, now: () => 0 });
  range.perform({
    credentials: { kind: 'root', account },
    region,
    action: 'tag:TagResources',
    input: { ResourceARNList: [...arns], Tags: tags },
    origin: { ip: '198.51.100.7', userAgent: 'test' },
  });
  const { resources, unread } = await takeInventory(range.cloud, account, [region]);
  expect(unread).toEqual([]);
  return resources;
}

test('each type that findings are about is known by its tags, in its Region, and what is another thing is left out', async () => {
  const found = (await inventory([...tagged.map(([uid]) => uid), ...others])).filter(({ tags }) => tags['owner'] === 'olga');
  expect(found.map(({ uid, type, name, region: at }) => [uid, type, name, at]).sort()).toEqual(
    tagged.map(([uid, type, name]) => [uid, type, name, region]).sort(),
  );
});

test('what had tags once is not there', async () => {
  expect((await inventory([arn('kms', 'key/k-1')], {})).filter(({ type }) => type === 'AWS::KMS::Key')).toEqual([]);
});
