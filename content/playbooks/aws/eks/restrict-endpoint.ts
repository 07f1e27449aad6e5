import { asObject, listAt, textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Json, JsonObject } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const nameOf = ({ params }: Target) => String(params['cluster']);

/**
 * Takes the widest blocks out of those who may reach the endpoint; what would leave none closes it to the internet, with the way from inside open.
 * https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
 */
export const restrictEndpoint: Playbook = {
  id: 'aws.eks.restrict-endpoint',
  version: 1,
  title: 'Close the endpoint of a cluster to the internet',
  why: 'Anybody can try the interface of the cluster, with stolen credentials from anywhere, or without any where it lets in everyone. Narrower blocks that are named stay; nodes use the way inside of the network.',
  handles: ['aws.eks.control-plane-opened-to-world'],
  approval: 'none',
  risks: ['legitimate-use', 'workload'],
  asks: (target) => `Close the endpoint of the cluster ${nameOf(target)} to the internet`,
  blastRadius: (target) =>
    `People and pipelines outside of the network of ${nameOf(target)} cannot reach its interface, but from blocks that it names; what runs in the cluster goes on.`,
  inverse: (target) => `The endpoint of ${nameOf(target)} can be reached from where it could before.`,
  targets: (finding) =>
    namedTargets(finding, {
      service: 'eks',
      resource: /^cluster\/(?<cluster>[A-Za-z0-9][A-Za-z0-9_-]{0,99})$/,
      operations: ['UpdateClusterConfig'],
    }),
  requires: (target) => [
    {
      name: 'The cluster can be changed',
      on: [target.uid],
      read: { action: 'eks:DescribeCluster', input: { name: nameOf(target) }, keep: 'cluster' },
      expect: (answer) => textAt(answer, 'cluster', 'status') === 'ACTIVE',
      says: `The cluster ${nameOf(target)} is gone, or is being changed: one change waits for another.`,
    },
  ],
  plan: (target) => [
    setting({
      name: 'Narrow who may reach it',
      on: [target.uid],
      read: { action: 'eks:DescribeCluster', input: { name: nameOf(target) } },
      state: (answer) => ({
        endpointPublicAccess: valueAt(answer, 'cluster', 'resourcesVpcConfig', 'endpointPublicAccess') === true,
        endpointPrivateAccess: valueAt(answer, 'cluster', 'resourcesVpcConfig', 'endpointPrivateAccess') === true,
        publicAccessCidrs: listAt(answer, 'cluster', 'resourcesVpcConfig', 'publicAccessCidrs'),
      }),
      want: (state) => {
        const blocks = listAt(state, 'publicAccessCidrs');
        const narrow = blocks.filter((block) => !/\/[0-7]$/.test(String(block)));
        if (valueAt(state, 'endpointPublicAccess') !== true || narrow.length === blocks.length) return state;
        return narrow.length === 0
          ? { ...asObject(state), endpointPublicAccess: false, endpointPrivateAccess: true }
          : { ...asObject(state), endpointPrivateAccess: true, publicAccessCidrs: narrow };
      },
      write: {
        action: 'eks:UpdateClusterConfig',
        input: { name: nameOf(target) },
        with: (config) => ({ resourcesVpcConfig: configOf(config) }),
      },
      says: 'no block wider than a /8 may reach the endpoint',
      withinSeconds: 1200,
    }),
  ],
  undoes: ['eks:UpdateClusterConfig'],
  examples: [
    {
      name: 'a cluster',
      target: {
        account: '111122223333',
        region: 'eu-central-1',
        uid: 'arn:aws:eks:eu-central-1:111122223333:cluster/shop',
        params: { cluster: 'shop' },
      },
      does: ['eks:UpdateClusterConfig'],
    },
  ],
};

/** Blocks cannot be named for an endpoint that is closed. */
function configOf(config: Json): JsonObject {
  const { publicAccessCidrs, ...rest } = asObject(config) ?? {};
  return valueAt(config, 'endpointPublicAccess') === true ? { ...rest, publicAccessCidrs: publicAccessCidrs ?? [] } : rest;
}
