import type { Json, JsonObject } from '../../core/model/json.ts';
import type { Dice } from '../dice.ts';

/** Who asks the API server, as its authenticators know them. */
export interface ClusterUser {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: { readonly [name: string]: readonly string[] };
  /** Why the authorizer lets it do what it may. */
  readonly reason: string;
}

export interface ClusterRequest {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly user: ClusterUser;
  readonly ip: string;
  readonly userAgent: string;
  readonly verb: string;
  /** `pods`, `pods/exec`; undefined for a request for no resource. */
  readonly resource?: string | undefined;
  readonly group?: string;
  readonly version?: string;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  /** Of a request for no resource. */
  readonly path?: string | undefined;
  readonly parameters?: string | undefined;
  readonly body?: JsonObject | undefined;
  /** Default: 201 for `create`, else 200. */
  readonly code?: number | undefined;
}

/** Of these only what was asked is kept, not what was sent. */
const metadataOnly = new Set(['secrets', 'configmaps', 'tokenreviews', 'serviceaccounts/token']);
const reading = new Set(['get', 'list', 'watch']);

/**
 * An event as an API server of EKS writes it. Reads are kept without their answers, changes with what was sent and answered,
 * secrets and tokens as metadata only. https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/
 * and https://docs.aws.amazon.com/eks/latest/best-practices/auditing-and-logging.html
 */
export function auditEvent(request: ClusterRequest, dice: Dice): JsonObject {
  const { at, user, ip, userAgent, verb, resource, group = '', version = 'v1', namespace, name, body } = request;
  const code =
    request.code ??
    (resource === 'pods/exec' || resource === 'pods/attach' || resource === 'pods/portforward' ? 101 : verb === 'create' ? 201 : 200);
  const [kind, sub] = (resource ?? '').split('/');
  const change = resource !== undefined && !reading.has(verb);
  const level = resource === undefined || metadataOnly.has(resource) ? 'Metadata' : change ? 'RequestResponse' : 'Request';
  const time = (millisecond: number) => `${new Date(millisecond).toISOString().slice(0, 23)}${String(dice.int(1000)).padStart(3, '0')}Z`;
  const took = verb === 'watch' ? 240_000 + dice.int(300_000) : 1 + dice.int(30);
  const refused = code === 401 || code === 403;
  const answer: JsonObject | null =
    level !== 'RequestResponse' || code >= 300 || code < 200 || body === undefined
      ? null
      : { ...body, metadata: { ...members(body['metadata']), uid: dice.uuid(), resourceVersion: String(100_000 + dice.int(9_000_000)) } };
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level,
    auditID: dice.uuid(),
    stage: 'ResponseComplete',
    requestURI: uriOf(request),
    verb,
    user: {
      username: user.username,
      ...(user.uid === undefined ? {} : { uid: user.uid }),
      groups: [...user.groups],
      ...(user.extra === undefined ? {} : { extra: Object.fromEntries(Object.entries(user.extra).map(([key, list]) => [key, [...list]])) }),
    },
    sourceIPs: [ip],
    userAgent,
    ...(resource === undefined
      ? {}
      : {
          objectRef: {
            resource: kind ?? '',
            ...(namespace === undefined ? {} : { namespace }),
            ...(name === undefined ? {} : { name }),
            ...(group === '' ? {} : { apiGroup: group }),
            apiVersion: version,
            ...(sub === undefined ? {} : { subresource: sub }),
          },
        }),
    responseStatus: refused
      ? {
          metadata: {},
          status: 'Failure',
          message: refusal(request, kind ?? ''),
          reason: code === 401 ? 'Unauthorized' : 'Forbidden',
          code,
        }
      : { metadata: {}, code },
    ...(body === undefined || level === 'Metadata' ? {} : { requestObject: body }),
    ...(answer === null ? {} : { responseObject: answer }),
    requestReceivedTimestamp: time(at),
    stageTimestamp: time(at + took),
    ...(code === 401
      ? {}
      : {
          annotations: {
            'authorization.k8s.io/decision': code === 403 ? 'forbid' : 'allow',
            'authorization.k8s.io/reason': code === 403 ? '' : user.reason,
          },
        }),
  };
}

function members(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function uriOf({ resource, group = '', version = 'v1', namespace, name, path, parameters }: ClusterRequest): string {
  const query = parameters === undefined ? '' : `?${parameters}`;
  if (resource === undefined) return `${path ?? '/'}${query}`;
  const [kind = '', sub] = resource.split('/');
  const parts = [
    group === '' ? `/api/${version}` : `/apis/${group}/${version}`,
    ...(namespace === undefined || kind === 'namespaces' ? [] : ['namespaces', namespace]),
    kind,
    ...(name === undefined ? [] : [name]),
    ...(sub === undefined ? [] : [sub]),
  ];
  return `${parts.join('/')}${query}`;
}

function refusal({ user, verb, group = '', namespace, path }: ClusterRequest, kind: string): string {
  if (kind === '') return `forbidden: User "${user.username}" cannot ${verb} path "${path ?? '/'}"`;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return `${kind} is forbidden: User "${user.username}" cannot ${verb} resource "${kind}" in API group "${group}" ${where}`;
}
