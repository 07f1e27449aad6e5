import { expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { guardDutyExample } from './examples.ts';
import { guardDutyReport } from './guardduty.ts';

const cluster = { name: 'prod', arn: 'arn:aws:eks:us-east-1:111122223333:cluster/prod' };
const workload = (more: JsonObject) => ({
  kubernetesDetails: { kubernetesWorkloadDetails: { name: 'cart-1', namespace: 'web', type: 'pods', ...more } },
});

/** The uids of what a finding with this resource and action names in clusters. */
function named(resource: JsonObject, action: JsonObject = {}): readonly string[] {
  const report = guardDutyReport(guardDutyExample(1, { type: 'Execution:Runtime/ReverseShell', resource }, { action }));
  if (typeof report === 'string') throw new Error(report);
  for (const one of report.resources)
    if (one.type.startsWith('kubernetes/')) expect(one).toMatchObject({ account: '111122223333', region: 'us-east-1' });
  return report.resources.filter(({ type }) => type.startsWith('kubernetes/')).map(({ uid }) => uid);
}

test('what an agent on a node has seen: the pod, and the node by its name in the cluster, beside its instance', () => {
  const networkInterfaces = [{ networkInterfaceId: 'eni-0a1b2c3d4e5f60718', privateDnsName: 'ip-192-0-2-10.ec2.internal' }];
  const instanceDetails = { instanceId: 'i-0a1b2c3d4e5f60718', networkInterfaces };
  const resource = { resourceType: 'Instance', eksClusterDetails: cluster, instanceDetails, ...workload({}) };
  expect(named(resource)).toEqual(['prod/web/pods/cart-1', 'prod/nodes/ip-192-0-2-10.ec2.internal']);
  const report = guardDutyReport(guardDutyExample(1, { resource }));
  expect(typeof report === 'string' ? [] : report.resources.map(({ uid }) => uid)).toContain(
    'arn:aws:ec2:us-east-1:111122223333:instance/i-0a1b2c3d4e5f60718',
  );
});

test.each([
  ['Pod', 'prod/web/pods/cart-1'],
  ['PODS', 'prod/web/pods/cart-1'],
  ['Deployment', 'prod/web/deployments/cart-1'],
  ['daemonsets', 'prod/web/daemonsets/cart-1'],
])('a workload of the type %s', (type, uid) => {
  expect(named({ eksClusterDetails: cluster, ...workload({ type }) })).toEqual([uid]);
});

test('a binding that was made, by what the finding says of it or by the call', () => {
  const call = { verb: 'create', requestUri: '/apis/x', resource: 'clusterrolebindings', resourceName: 'helper' };
  expect(named({ eksClusterDetails: cluster }, { kubernetesApiCallAction: call })).toEqual(['prod/clusterrolebindings/helper']);
  const details = { kind: 'RoleBinding', name: 'helper' };
  expect(
    named(
      { eksClusterDetails: cluster },
      { kubernetesApiCallAction: { verb: 'create', namespace: 'web' }, kubernetesRoleBindingDetails: details },
    ),
  ).toEqual(['prod/web/rolebindings/helper']);
});

test.each<[string, JsonObject]>([
  ['no cluster', workload({})],
  ['a cluster without a name', { eksClusterDetails: { arn: cluster.arn }, ...workload({}) }],
  ['no name', { eksClusterDetails: cluster, ...workload({ name: '' }) }],
  ['no namespace', { eksClusterDetails: cluster, ...workload({ namespace: null }) }],
  ['a type that nobody knows', { eksClusterDetails: cluster, ...workload({ type: 'Secret' }) }],
])('with %s nothing is named', (_, resource) => {
  expect(named(resource)).toEqual([]);
});
