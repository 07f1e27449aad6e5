import { expect, test } from 'vitest';
import { findingUnderTest } from '../../core/lib/finding-under-test.ts';
import { CloudError } from '../../core/model/errors.ts';
import type { Finding, ResourceRef } from '../../core/model/finding.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import { account, openOrganisation, start } from '../playbook-scenarios/scenario-under-test.ts';
import { aroundOf } from './around-of.ts';
import { clustersAround } from './clusters-around.ts';

const pod = (uid: string, region = ''): ResourceRef => ({ uid, type: 'kubernetes/pods', name: 'cart-1', account, region });
const finding = (...resources: readonly ResourceRef[]): Finding =>
  findingUnderTest({ id: 'f'.repeat(32), rule: { id: 'aws.eks-audit.x' }, severity: 'Medium', account, region: '', resources });

/** A cloud that has these clusters, and counts what is asked of EKS. */
function cloudWith(...clusters: readonly (readonly [name: string, region: string])[]): { readonly cloud: Cloud; readonly asked: string[] } {
  let time = start;
  const { root, range } = openOrganisation(() => (time += 1000));
  for (const [name, region] of clusters) root.call('eks:CreateCluster', { name }, region);
  const asked: string[] = [];
  const cloud: Cloud = {
    ...range.cloud,
    call: (call) => {
      if (call.action === 'eks:DescribeCluster') asked.push(call.region);
      return range.cloud.call(call);
    },
  };
  return { cloud, asked };
}

test('finds in which Regions a cluster of the name is, once', async () => {
  const { cloud, asked } = cloudWith(['prod', 'eu-west-1'], ['other', 'us-east-1']);
  const regions = await cloud.regions(account);
  expect(regions).toContain('eu-west-1');
  expect(await clustersAround(cloud, finding(pod('prod/web/pods/cart-1')))).toEqual([{ name: 'prod', region: 'eu-west-1' }]);
  await clustersAround(cloud, finding(pod('prod/web/pods/cart-2')));
  expect(asked).toEqual(regions);
  expect((await aroundOf(cloud, finding(pod('prod/web/pods/cart-1')))).clusters).toEqual([{ name: 'prod', region: 'eu-west-1' }]);
});

test.each<[string, ResourceRef]>([
  ['whose Region is told', pod('prod/web/pods/cart-1', 'us-east-1')],
  ['of no cluster', pod('cart-1')],
  ['of something else', { ...pod('prod/web/pods/cart-1'), type: 'AWS::EC2::Instance' }],
])('looks for nothing %s', async (_, resource) => {
  const { cloud, asked } = cloudWith(['prod', 'eu-west-1']);
  expect(await clustersAround(cloud, finding(resource))).toEqual([]);
  expect(asked).toEqual([]);
});

/** The same cloud, whose first Region answers nothing of clusters. */
const refusing = (cloud: Cloud, kind: 'unavailable' | 'denied'): Cloud => ({
  ...cloud,
  call: async (call) => {
    const [first] = await cloud.regions(account);
    if (call.region === first && call.action === 'eks:DescribeCluster') throw new CloudError(kind, 'x', call.action, 'x');
    return cloud.call(call);
  },
});

test('names none where a Region could not be read, but where it is denied', async () => {
  const { cloud } = cloudWith(['prod', 'eu-west-1']);
  expect((await cloud.regions(account))[0]).not.toBe('eu-west-1');
  const looked = finding(pod('prod/web/pods/cart-1'));
  expect(await clustersAround(refusing(cloud, 'unavailable'), looked)).toEqual([]);
  expect(await clustersAround(refusing(cloud, 'denied'), looked)).toEqual([{ name: 'prod', region: 'eu-west-1' }]);
  const none: Cloud = { ...cloud, regions: () => Promise.reject(new CloudError('denied', 'x', 'ec2:DescribeRegions', 'x')) };
  expect(await clustersAround(none, looked)).toEqual([]);
});
