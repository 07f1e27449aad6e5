import { expect, test } from 'vitest';
import { isolateInstance } from '../../../content/playbooks/aws/ec2/isolate-instance.ts';
import { cordonNode } from '../../../content/playbooks/aws/eks/cordon-node.ts';
import { isolatePod } from '../../../content/playbooks/aws/eks/isolate-pod.ts';
import { preservePod } from '../../../content/playbooks/aws/eks/preserve-pod.ts';
import { removeRoleBinding } from '../../../content/playbooks/aws/eks/remove-role-binding.ts';
import { stopWorkload } from '../../../content/playbooks/aws/eks/stop-workload.ts';
import { guardDutyExample } from '../../core/collect/reports/examples.ts';
import { guardDutyReport } from '../../core/collect/reports/guardduty.ts';
import { copiesOf } from '../../core/findings/imported/copies.ts';
import { importedFinding } from '../../core/findings/imported/imported-finding.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { JsonObject } from '../../core/model/json.ts';
import type { Around } from '../../core/model/plan.ts';
import { targetsIn } from '../triage/read-the-world.ts';
import { findingsOfRule } from './scenario-under-test.ts';

/** Which playbooks of clusters answer a finding, with what they would work on. */
const answers = (finding: Finding, around?: Around): readonly string[] =>
  targetsIn([isolatePod, preservePod, stopWorkload, cordonNode, removeRoleBinding, isolateInstance], finding, around).map(
    ([{ id }, { uid, params }]) => [id.replace(/^aws\.\w+\./, ''), uid.split(':')[3], ...Object.values(params)].join(' '),
  );

const eksClusterDetails = { name: 'prod', arn: 'arn:aws:eks:us-east-1:111122223333:cluster/prod' };
const kubernetesDetails = { kubernetesWorkloadDetails: { name: 'cart-1', namespace: 'web', type: 'pods' } };
const instanceDetails = { instanceId: 'i-0a1b2c3d4e5f60718', networkInterfaces: [{ privateDnsName: 'ip-192-0-2-10.ec2.internal' }] };

function guardDuty(type: string, resource: JsonObject, action: JsonObject = {}): Finding {
  const report = guardDutyReport(guardDutyExample(1, { type, resource: { eksClusterDetails, ...resource } }, { action }));
  if (typeof report === 'string') throw new Error(report);
  const finding = importedFinding('default', copiesOf(report, null), () => []);
  if (finding === null) throw new Error('there is no finding');
  return finding;
}

const pod = ['isolate-pod us-east-1 prod web cart-1', 'preserve-pod us-east-1 prod web cart-1'];
const started = [...pod, 'stop-workload us-east-1 prod web pods cart-1'];

test.each<[string, JsonObject, readonly string[]]>([
  [
    'Execution:Runtime/ReverseShell',
    { kubernetesDetails, instanceDetails },
    [...started, 'cordon-node us-east-1 prod ip-192-0-2-10.ec2.internal'],
  ],
  ['CryptoCurrency:Runtime/BitcoinTool.B!DNS', { kubernetesDetails }, started],
  // The pod is the narrower thing; of kube-system it is left to a person, and the machine is what there is.
  [
    'CryptoCurrency:Runtime/BitcoinTool.B',
    { kubernetesDetails, instanceDetails },
    [...started, 'cordon-node us-east-1 prod ip-192-0-2-10.ec2.internal'],
  ],
  [
    'CryptoCurrency:Runtime/BitcoinTool.B',
    { kubernetesDetails: { kubernetesWorkloadDetails: { name: 'coredns-1', namespace: 'kube-system', type: 'pods' } }, instanceDetails },
    ['cordon-node us-east-1 prod ip-192-0-2-10.ec2.internal', 'isolate-instance us-east-1 i-0a1b2c3d4e5f60718'],
  ],
  // No policy holds this one back.
  [
    'CryptoCurrency:Runtime/BitcoinTool.B',
    {
      kubernetesDetails: { kubernetesWorkloadDetails: { ...kubernetesDetails.kubernetesWorkloadDetails, hostNetwork: true } },
      instanceDetails,
    },
    [...started, 'cordon-node us-east-1 prod ip-192-0-2-10.ec2.internal', 'isolate-instance us-east-1 i-0a1b2c3d4e5f60718'],
  ],
  [
    'PrivilegeEscalation:Runtime/RuncContainerEscape',
    { kubernetesDetails, instanceDetails },
    [...started, 'cordon-node us-east-1 prod ip-192-0-2-10.ec2.internal', 'isolate-instance us-east-1 i-0a1b2c3d4e5f60718'],
  ],
  ['Execution:Kubernetes/AnomalousBehavior.ExecInPod', { kubernetesDetails }, pod],
  ['PrivilegeEscalation:Kubernetes/AnomalousBehavior.WorkloadDeployed!PrivilegedContainer', { kubernetesDetails }, started],
  // Somebody asked for the pod: it is not at fault.
  ['Discovery:Kubernetes/MaliciousIPCaller', { kubernetesDetails }, []],
  [
    'Execution:Kubernetes/ExecInKubeSystemPod',
    { kubernetesDetails: { kubernetesWorkloadDetails: { name: 'coredns-1', namespace: 'kube-system', type: 'pods' } } },
    [],
  ],
  [
    'Execution:Kubernetes/MaliciousFile',
    { kubernetesDetails: { kubernetesWorkloadDetails: { name: 'cart', namespace: 'web', type: 'deployments' } } },
    ['stop-workload us-east-1 prod web deployments cart'],
  ],
])('GuardDuty says %s', (type, resource, expected) => {
  expect(answers(guardDuty(type, resource))).toEqual(expected);
});

test.each<[string, JsonObject, readonly string[]]>([
  ['that was made', { verb: 'create', resourceName: 'helper' }, ['remove-role-binding us-east-1 prod helper']],
  ['that was changed', { verb: 'patch', resourceName: 'helper' }, []],
  ["that is one of jobzero's own", { verb: 'create', resourceName: 'jobzero-actor' }, []],
  ['that Kubernetes brings', { verb: 'create', resourceName: 'system:basic-user' }, []],
])('GuardDuty tells of a binding %s', (_, call, expected) => {
  const action = { kubernetesApiCallAction: { requestUri: '/apis/rbac', resource: 'clusterrolebindings', ...call } };
  expect(answers(guardDuty('Policy:Kubernetes/AnonymousAccessGranted', {}, action))).toEqual(expected);
});

/** An event of a cluster's log, as CloudWatch Logs hands it over. */
function logged(rule: string, event: JsonObject): Finding {
  const record = {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    auditID: '00000000-0000-4000-8000-000000000001',
    stage: 'ResponseComplete',
    requestReceivedTimestamp: '2026-01-05T09:00:00.000000Z',
    user: { username: 'mallory' },
    sourceIPs: ['198.51.100.7'],
    userAgent: 'kubectl/v1.33.0',
    responseStatus: { code: 201 },
    ...event,
  };
  const batch = {
    messageType: 'DATA_MESSAGE',
    owner: '111122223333',
    logGroup: '/aws/eks/prod/cluster',
    logStream: 'kube-apiserver-audit-1',
    subscriptionFilters: ['all'],
    logEvents: [{ id: '1', timestamp: 1, message: JSON.stringify(record) }],
  };
  const [finding] = findingsOfRule(rule, [batch]);
  if (finding === undefined) throw new Error(`${rule} finds nothing`);
  return finding;
}

const around: Around = { management: null, root: null, atRoot: [], clusters: [{ name: 'prod', region: 'eu-west-1' }] };

test.each<[string, JsonObject, readonly string[]]>([
  [
    'aws.eks-audit.mining-image-deployed',
    {
      verb: 'create',
      objectRef: { resource: 'pods', namespace: 'web', name: 'miner-1' },
      requestObject: { spec: { containers: [{ image: 'example/xmrig:6' }] } },
    },
    ['isolate-pod eu-west-1 prod web miner-1', 'preserve-pod eu-west-1 prod web miner-1', 'stop-workload eu-west-1 prod web pods miner-1'],
  ],
  [
    'aws.eks-audit.mining-image-deployed',
    {
      verb: 'create',
      objectRef: { resource: 'deployments', namespace: 'web', name: 'miner' },
      requestObject: { spec: { template: { spec: { containers: [{ image: 'example/xmrig:6' }] } } } },
    },
    ['stop-workload eu-west-1 prod web deployments miner'],
  ],
  [
    'aws.eks-audit.cluster-admin-bound',
    {
      verb: 'create',
      objectRef: { resource: 'clusterrolebindings', name: 'helper' },
      requestObject: { roleRef: { name: 'cluster-admin' }, subjects: [{ kind: 'User', name: 'mallory' }] },
    },
    ['remove-role-binding eu-west-1 prod helper'],
  ],
  [
    'aws.eks-audit.node-credentials-used-by-hand',
    {
      verb: 'list',
      objectRef: { resource: 'secrets', namespace: 'web' },
      user: { username: 'system:node:ip-192-0-2-10.ec2.internal' },
      responseStatus: { code: 403, reason: 'Forbidden' },
    },
    ['cordon-node eu-west-1 prod ip-192-0-2-10.ec2.internal'],
  ],
])('the log of a cluster, by %s', (rule, event, expected) => {
  const finding = logged(rule, event);
  expect(answers(finding, around)).toEqual(expected);
  // Nobody acts in a Region that nobody knows.
  expect(answers(finding)).toEqual([]);
});
