import { X509Certificate } from 'node:crypto';
import { textAt, valueAt } from '../../../core/lib/json-at.ts';
import { CloudError } from '../../../core/model/errors.ts';
import type { Json, JsonObject } from '../../../core/model/json.ts';
import type { Attempt } from '../attempts.ts';
import type { Clients, Credentials } from '../clients.ts';
import { callCluster, clusterOf } from './cluster-calls.ts';
import { askCluster, type ClusterPlace, type ClusterRequest } from './cluster-request.ts';
import { clusterToken } from './cluster-token.ts';

/** A call of a plan to a cluster, with the credentials of the role that makes it. */
export interface ClusterCall {
  readonly account: string;
  readonly region: string;
  readonly action: string;
  readonly input: JsonObject;
  /** Name of the credentials, and these; as `Clients` takes them. */
  readonly key: string;
  readonly credentials: Credentials | undefined;
}

/** Milliseconds for which a cluster is taken to be where it was. */
const remembered = 300_000;
const mostClusters = 500;

/** Calls of plans that go to clusters of EKS. Throws what AWS's client threw, or CloudError. */
export function openClusters(clients: Clients, attempt: Attempt): (call: ClusterCall) => Promise<Json> {
  const places = new Map<string, { readonly at: number; readonly place: ClusterPlace }>();

  const placeOf = async ({ account, region, key, credentials, action, input }: ClusterCall): Promise<ClusterPlace> => {
    const name = clusterOf(action, input);
    const id = `${account}/${region}/${name}`;
    const before = places.get(id);
    if (before !== undefined && Date.now() - before.at < remembered) return before.place;
    const answer = (await attempt({ account, service: 'eks', region, action: 'eks:DescribeCluster' }, () =>
      clients.send({ service: 'eks', region, key, credentials }, 'DescribeCluster', { name }),
    )) as Json;
    const place = placeIn(answer, name, action);
    if (places.size >= mostClusters) places.clear();
    places.set(id, { at: Date.now(), place });
    return place;
  };

  return async (call) => {
    const { account, region, action, input, key, credentials } = call;
    const place = await placeOf(call);
    const ask = async (request: ClusterRequest): Promise<Json> => {
      const told = await attempt({ account, service: 'eks', region, action }, async () => {
        const token = await clusterToken(clients, { region, key, credentials }, place.name, action);
        return askCluster(place, token, request, action).catch(ifNotReached);
      });
      if (told instanceof CloudError) throw told;
      return told;
    };
    try {
      return await callCluster(action, input, ask);
    } catch (error) {
      // It may have been made anew, or moved to another authority.
      if (error instanceof CloudError && ['UntrustedEndpoint', 'EndpointNotReached'].includes(error.code))
        places.delete(`${account}/${region}/${place.name}`);
      throw error;
    }
  };
}

/** Whoever calls waits and asks again by itself, so an endpoint that is not there is not waited for at each of the attempts here. */
function ifNotReached(error: unknown): CloudError {
  if (error instanceof CloudError && error.code === 'EndpointNotReached') return error;
  throw error;
}

function placeIn(answer: Json, name: string, action: string): ClusterPlace {
  const fault = (says: string, cause?: unknown) =>
    new CloudError(
      'unavailable',
      'ClusterNotReady',
      action,
      `${action}: the cluster ${name} ${says}`,
      cause === undefined ? {} : { cause },
    );
  const endpoint = textAt(answer, 'cluster', 'endpoint');
  const data = textAt(answer, 'cluster', 'certificateAuthority', 'data');
  if (endpoint === null || data === null) throw fault('has no endpoint yet');
  const authority = Buffer.from(data, 'base64').toString('utf8');
  try {
    const url = new URL(endpoint);
    // Without an authority Node would trust all of its own.
    new X509Certificate(authority);
    if (url.protocol !== 'https:') throw fault('has an endpoint without TLS');
    const isPrivate = valueAt(answer, 'cluster', 'resourcesVpcConfig', 'endpointPublicAccess') === false;
    return { name, endpoint: url, authority, isPrivate };
  } catch (cause) {
    throw cause instanceof CloudError ? cause : fault('has an endpoint or authority that cannot be read', cause);
  }
}
