import { textAt } from '../../core/lib/json-at.ts';
import { clusterName } from '../../core/lib/kubernetes/requests.ts';
import { CloudError } from '../../core/model/errors.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Around } from '../../core/model/plan.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import { attempt } from '../cloud-attempt.ts';

type Clusters = NonNullable<Around['clusters']>;

/** By cloud, account and name: a cluster does not move. */
const known = new WeakMap<Cloud, Map<string, Clusters>>();
const mostClusters = 3;

/**
 * In which Regions there are clusters of the names that a finding names: the log of a cluster does not tell its Region. None where a Region could not
 * be read, since there may be another cluster of that name.
 */
export async function clustersAround(cloud: Cloud, finding: Finding): Promise<Clusters> {
  const found: Clusters[number][] = [];
  for (const name of namesIn(finding).slice(0, mostClusters)) found.push(...(await regionsOf(cloud, finding.account, name)));
  return found;
}

function namesIn({ evidence, resources }: Finding): readonly string[] {
  const named = [...evidence.flatMap(({ resource }) => resource ?? []), ...resources];
  const uids = named.flatMap(({ type, uid, region }) => (type.startsWith('kubernetes/') && region === '' ? [uid] : []));
  const names = uids.map((uid) => uid.slice(0, Math.max(0, uid.indexOf('/'))));
  return [...new Set(names)].filter((name) => clusterName.test(name)).toSorted();
}

async function regionsOf(cloud: Cloud, account: string, name: string): Promise<Clusters> {
  const before = known.get(cloud) ?? new Map<string, Clusters>();
  known.set(cloud, before);
  const id = `${account}/${name}`;
  const already = before.get(id);
  if (already !== undefined) return already;
  const found: Clusters[number][] = [];
  for (const region of await cloud.regions(account).catch(noRegions)) {
    const got = await attempt(cloud, { account, region, action: 'eks:DescribeCluster', input: { name }, role: 'reader' });
    if (got.ok && textAt(got.answer, 'cluster', 'name') === name) found.push({ name, region });
    // Where an organisation denies a Region nobody works in it.
    if (!got.ok && got.kind !== 'not-found' && got.kind !== 'denied') return [];
  }
  if (found.length > 0) before.set(id, found);
  return found;
}

function noRegions(error: unknown): readonly string[] {
  if (error instanceof CloudError) return [];
  throw error;
}
