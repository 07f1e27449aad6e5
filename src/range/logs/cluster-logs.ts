import type { ClusterTraffic } from '../../core/model/campaign-traffic.ts';
import type { Dice } from '../dice.ts';
import type { Person } from '../people.ts';
import type { RangeState } from '../state.ts';
import { auditEvent, type ClusterRequest, type ClusterUser } from './audit-event.ts';
import { anonymousUser, type Cluster, clustersOf, nodeUser, personUser, roleUser, serviceAccountUser } from './cluster.ts';
import { clusterLife, kubectl } from './cluster-life.ts';
import { firehoseName, type PlacedLine, type Stream } from './line-writer.ts';
import type { ServiceLog } from './service-log.ts';
import { nthPeer, nthText } from './turns.ts';

/** Audit logs of clusters, as a subscription of their log group brings them to a bucket. */
export function clusterLogs(state: RangeState): ServiceLog {
  const clusters = clustersOf(state);
  const byAccount = new Map(clusters.map((cluster) => [cluster.account, cluster]));
  const streams = new Map<string, Stream>();
  const place = (cluster: Cluster, request: ClusterRequest, dice: Dice): PlacedLine => {
    const logStream = cluster.servers[dice.int(2)] ?? cluster.servers[0];
    const stream = streams.get(logStream) ?? {
      key: logStream,
      account: cluster.account,
      frame: { logGroup: `/aws/eks/${cluster.name}/cluster`, logStream },
      name: firehoseName(`eks-audit/${cluster.account}`, `eks-audit-${cluster.account}`),
    };
    streams.set(logStream, stream);
    return { stream, at: request.at, text: JSON.stringify(auditEvent(request, dice)) };
  };
  return {
    daily: (from, span, dice) => {
      const cluster = clusters[dice.int(clusters.length)];
      return cluster === undefined ? [] : clusterLife(cluster, from, span, dice).map((request) => place(cluster, request, dice));
    },
    lines: (entry, at, n, dice, people) => {
      const cluster = byAccount.get(entry.account) ?? clusters[0];
      if (!('kubernetes' in entry) || cluster === undefined) return [];
      const user = userOf(cluster, entry.as, people);
      const ip = nthPeer(entry, n);
      const request: ClusterRequest = {
        at,
        user,
        ip,
        userAgent: entry.userAgent ?? kubectl,
        verb: entry.kubernetes,
        resource: entry.resource,
        group: entry.group,
        version: entry.version,
        namespace: entry.namespace,
        name: entry.name === undefined ? undefined : nthText(entry.name, n, entry.label, dice),
        path: entry.path,
        parameters: entry.parameters,
        body: entry.body,
        code: entry.code,
      };
      const principal = user.extra?.['canonicalArn']?.[0] ?? user.username;
      const about = { source: 'aws.eks-audit' as const, account: cluster.account, resource: cluster.name, peer: ip, principal };
      return [{ ...place(cluster, request, dice), ...about }];
    },
  };
}

function userOf(cluster: Cluster, as: ClusterTraffic['as'], people: { readonly [label: string]: Person }): ClusterUser {
  if ('anonymous' in as) return anonymousUser;
  if ('node' in as) return nodeUser(cluster, as.node);
  if ('role' in as) return roleUser(cluster, as.role, as.session);
  if ('person' in as) {
    const person = people[as.person];
    if (person !== undefined) return personUser(cluster, person, as.set);
    return anonymousUser;
  }
  const [namespace = '', name = ''] = as.serviceAccount.split(':');
  return serviceAccountUser(cluster, namespace, name);
}
