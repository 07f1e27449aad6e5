import { listAt, textAt } from '../../lib/json-at.ts';
import type { ResourceRef } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Around } from './names.ts';

/** What is of a namespace; of what a finding may name. */
const ofNamespace: ReadonlySet<string> = new Set([
  'pods',
  'deployments',
  'daemonsets',
  'statefulsets',
  'replicasets',
  'replicationcontrollers',
  'jobs',
  'cronjobs',
  'rolebindings',
]);
const ofCluster: ReadonlySet<string> = new Set(['nodes', 'clusterrolebindings']);

/**
 * What a finding of GuardDuty names in a cluster, as its audit log names it (`core/collect/eks-audit`), so that both are of one thing: the workload,
 * the node, and the binding of rights that was made. https://docs.aws.amazon.com/guardduty/latest/APIReference/API_KubernetesDetails.html
 */
export function workloadOf(body: JsonObject, { account, region }: Around): readonly ResourceRef[] {
  const cluster = textAt(body, 'resource', 'eksClusterDetails', 'name');
  if (cluster === null || cluster === '') return [];
  const object = (said: string | null, namespace: string | null, name: string | null): readonly ResourceRef[] => {
    const kind = kindOf(said ?? '');
    const place = ofNamespace.has(kind) ? namespace : ofCluster.has(kind) ? '' : null;
    if (place === null || name === null || name === '') return [];
    const uid = [cluster, ...(place === '' ? [] : [place]), kind, name].join('/').slice(0, 1_024);
    return [{ uid, type: `kubernetes/${kind}`, name: name.slice(0, 1_024), account, region }];
  };
  const workload = (field: string) => textAt(body, 'resource', 'kubernetesDetails', 'kubernetesWorkloadDetails', field);
  const call = (field: string) => textAt(body, 'service', 'action', 'kubernetesApiCallAction', field);
  const binding = (field: string) => textAt(body, 'service', 'action', 'kubernetesRoleBindingDetails', field);
  // EKS names a node as EC2 names its instance inside of the network.
  const [first] = listAt(body, 'resource', 'instanceDetails', 'networkInterfaces');
  return [
    ...object(workload('type'), workload('namespace'), workload('name')),
    ...object('nodes', null, textAt(first, 'privateDnsName')),
    ...object(binding('kind'), call('namespace'), binding('name')),
    ...(/rolebindings$/.test(call('resource') ?? '') ? object(call('resource'), call('namespace'), call('resourceName')) : []),
  ];
}

/** `pods` of `pods`, `Pod` and `POD`. */
function kindOf(said: string): string {
  const small = said.toLowerCase();
  return small.endsWith('s') ? small : `${small}s`;
}
