import { parseEventTime } from '../../core/lib/event-time.ts';
import { hashOf } from '../../core/lib/hash.ts';
import { refusedAlone } from '../../core/lib/irreversible.ts';
import { isKubernetes } from '../../core/lib/kubernetes/requests.ts';
import { rootTaskOf } from '../../core/lib/root-tasks.ts';
import { CloudError } from '../../core/model/errors.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import type { Cloud, CloudCall, CloudRole } from '../../core/ports/cloud.ts';
import { assumeRole, assumeRoot, soonOver } from './assume-role.ts';
import { attemptsOf } from './attempts.ts';
import { type Credentials, openClients } from './clients.ts';
import { cloudErrorOf } from './cloud-error-of.ts';
import type { Transport } from './http-request.ts';
import { openClusters } from './kubernetes/open-clusters.ts';
import { type Operation, operations, type Service } from './operations.ts';
import { openPacer, type Pacer } from './pacer.ts';
import { plain } from './plain.ts';

export interface AwsOptions {
  /** A profile of the shared configuration files. */
  readonly profile?: string | undefined;
  /** An endpoint that stands for AWS: an emulator. Without it the SDK's own rules hold (`AWS_ENDPOINT_URL` among them). */
  readonly endpointUrl?: string | undefined;
  /** Looks into these Regions only. */
  readonly regions?: readonly string[] | undefined;
  /** Names (with path) of the roles that are assumed in every account. Without `reader` the credentials read their own account. */
  readonly roles?: { readonly [role in CloudRole]?: string } | undefined;
  readonly externalId?: string | undefined;
  /** Attempts per call, the first among them: 5, or 1 with an endpoint. */
  readonly maxAttempts?: number | undefined;
  /** Lets the credentials themselves act and undo where no role is configured: for emulators. */
  readonly actAsSelf?: boolean | undefined;
  readonly credentials?: Credentials | undefined;
  readonly transport?: Transport | undefined;
  readonly pacer?: Pacer | undefined;
}

interface Identity {
  readonly account: string;
  readonly partition: string;
  readonly region: string;
  readonly arn: string;
}

/** Where a partition's global services are called. */
const globalRegions: { readonly [partition: string]: string } = {
  aws: 'us-east-1',
  'aws-cn': 'cn-north-1',
  'aws-us-gov': 'us-gov-west-1',
  'aws-eusc': 'eusc-de-east-1',
  'aws-iso': 'us-iso-east-1',
  'aws-iso-b': 'us-isob-east-1',
};
const globalServices: ReadonlySet<Service> = new Set(['account', 'iam', 'organizations']);
const mostPages = 20_000;

/**
 * Port Cloud over AWS. Opens no connection before the first call. All partitions: account and partition are those of the
 * credentials. Throttled and unavailable calls are repeated; every attempt takes a token of the account's, service's
 * and Region's bucket.
 */
export function openAws(options: AwsOptions = {}): Cloud {
  const emulated = options.endpointUrl !== undefined;
  const clients = openClients(options);
  const attempt = attemptsOf(options.maxAttempts ?? (emulated ? 1 : 5), options.pacer ?? openPacer(), emulated);
  const callCluster = openClusters(clients, attempt);
  const sessions = new Map<string, Promise<Credentials>>();
  let identity: Promise<Identity> | undefined;

  async function findIdentity(): Promise<Identity> {
    const action = 'sts:GetCallerIdentity';
    const region = options.regions?.[0] ?? (options.transport === undefined ? await clients.homeRegion() : 'us-east-1');
    const answer = (await attempt({ account: '', service: 'sts', region, action }, () =>
      clients.send({ service: 'sts', region, key: 'self', credentials: options.credentials }, 'GetCallerIdentity', {}),
    )) as { readonly Account?: string; readonly Arn?: string };
    const partition = answer.Arn?.split(':')[1];
    if (answer.Account === undefined || answer.Arn === undefined || partition === undefined)
      throw new CloudError('unavailable', 'UnreadableAnswer', action, `${action}: the answer names no account`);
    return { account: answer.Account, partition, region, arn: answer.Arn };
  }
  function self(): Promise<Identity> {
    identity ??= findIdentity().catch((error: unknown) => {
      identity = undefined;
      throw error;
    });
    return identity;
  }

  /** The credentials of a role in an account; undefined credentials are our own. */
  async function credentialsFor(
    call: Pick<CloudCall, 'account' | 'role' | 'session' | 'action'>,
  ): Promise<{ key: string; credentials: Credentials | undefined }> {
    const me = await self();
    const name = options.roles?.[call.role];
    if (name === undefined) {
      if (call.role !== 'reader' && options.actAsSelf !== true)
        throw new CloudError(
          'denied',
          'RoleNotConfigured',
          call.action,
          `${call.action}: no role is configured for "${call.role}", and the credentials at hand may only read`,
        );
      if (call.account !== me.account)
        throw new CloudError(
          'denied',
          'RoleNotConfigured',
          call.action,
          `${call.action}: no role is configured to be assumed in account ${call.account}`,
        );
      return { key: 'self', credentials: options.credentials };
    }
    const policy = call.role === 'reader' ? undefined : call.session?.policy;
    if (call.role !== 'reader' && policy === undefined)
      throw new CloudError(
        'denied',
        'SessionPolicyMissing',
        call.action,
        `${call.action}: role "${call.role}" is assumed with a session policy only`,
      );
    const session = sessionName(call.session?.name);
    return sessionOf(hashOf([call.account, name, session, policy ?? null]), () =>
      assume(me, call.account, name, session, policy, call.action),
    );
  }

  /** The credentials of a session that is kept until it is soon over. */
  async function sessionOf(id: string, take: () => Promise<Credentials>): Promise<{ key: string; credentials: Credentials }> {
    let taken = sessions.get(id);
    const known = taken === undefined ? undefined : await taken.catch(() => undefined);
    if (known === undefined || soonOver(known)) {
      taken = take();
      if (sessions.size >= 512) sessions.clear();
      sessions.set(id, taken);
    }
    const credentials = await (taken as Promise<Credentials>);
    // The access key is in the name: new credentials get a new client.
    return { key: `${id}/${credentials.accessKeyId}`, credentials };
  }

  /** The credentials of root in the member account that the call names, for its task; taken on by the role that makes the call. */
  async function rootFor(call: CloudCall, task: string): Promise<{ key: string; credentials: Credentials }> {
    const member = memberOf(call);
    const { key, credentials } = await credentialsFor(call);
    const from = { clients, attempt, account: call.account, region: await regionOf('sts', call.region), key, credentials };
    return sessionOf(hashOf([key, member, task]), () => assumeRoot(from, member, task));
  }

  async function assume(
    me: Identity,
    account: string,
    name: string,
    session: string,
    policy: JsonObject | undefined,
    action: string,
  ): Promise<Credentials> {
    const from = { clients, attempt, account: me.account, region: me.region, credentials: options.credentials };
    return assumeRole(from, `arn:${me.partition}:iam::${account}:role/${name}`, session, {
      ...(policy === undefined ? { DurationSeconds: 3600 } : { DurationSeconds: 900, Policy: JSON.stringify(policy) }),
      ...(options.externalId === undefined ? {} : { ExternalId: options.externalId }),
    }).catch((thrown: unknown) => {
      const error = cloudErrorOf('sts:AssumeRole', thrown, emulated);
      throw new CloudError(
        error.kind,
        error.code,
        action,
        `${action}: could not become role ${name} in account ${account}: ${error.message}`,
        { cause: error },
      );
    });
  }

  async function call(call: CloudCall): Promise<Json> {
    const { account, action } = call;
    const refused = refusedAlone(call);
    if (refused !== null) throw refused;
    if (isKubernetes(action)) return ofCluster(call);
    const operation = Object.hasOwn(operations, action) ? operations[action] : undefined;
    if (operation === undefined)
      throw new CloudError('unsupported', 'UnsupportedAction', action, `${action}: this adapter knows no such action`);
    try {
      const task = rootTaskOf(action, (await self()).partition);
      const { key, credentials } = task === null ? await credentialsFor(call) : await rootFor(call, task);
      const region = await regionOf(operation.service, call.region);
      const send = (input: unknown) =>
        attempt({ account, service: operation.service, region, action }, () =>
          clients.send({ service: operation.service, region, key, credentials }, operation.command, input),
        );
      const input = withDates(task === null ? call.input : withoutMember(call.input), operation);
      return plain(await (operation.pages === undefined ? send(input) : allPages(operation.pages, input, action, send)), operation);
    } catch (thrown) {
      throw cloudErrorOf(action, thrown, emulated);
    }
  }

  async function ofCluster(call: CloudCall): Promise<Json> {
    const { account, region, action, input } = call;
    try {
      return await callCluster({ account, region, action, input, ...(await credentialsFor(call)) });
    } catch (thrown) {
      throw cloudErrorOf(action, thrown, emulated);
    }
  }

  async function regionOf(service: Service, region: string): Promise<string> {
    if (region !== 'aws-global' && !globalServices.has(service)) return region;
    const me = await self();
    return globalRegions[me.partition] ?? me.region;
  }

  /** Null where nobody may list them to us: only the management account and delegated administrators may. `passed`: errors that say so. */
  async function organization(passed: readonly CloudError['kind'][]): Promise<readonly OrganizationAccount[] | null> {
    const { account, region } = await self();
    try {
      const { Accounts = [] } = (await call({ account, region, role: 'reader', input: {}, action: 'organizations:ListAccounts' })) as {
        readonly Accounts?: readonly OrganizationAccount[];
      };
      return Accounts.some(({ Id }) => Id === account) ? Accounts : null;
    } catch (error) {
      if (!(error instanceof CloudError) || !passed.includes(error.kind)) throw error;
      return null;
    }
  }

  return {
    call,
    self: async () => (await self()).arn,
    async accounts() {
      const me = await self();
      const own = { account: me.account, region: me.region, role: 'reader', input: {} } as const;
      const listed = await organization(['denied', 'not-found', 'unsupported', 'unavailable']);
      const found = (listed ?? []).flatMap((one) =>
        one.Id === undefined || !isActive(one) ? [] : [{ id: one.Id, name: one.Name ?? one.Id }],
      );
      if (found.some(({ id }) => id === me.account)) {
        // Without a role to assume there, the other accounts cannot be looked into.
        return options.roles?.reader === undefined ? found.filter(({ id }) => id === me.account) : found;
      }
      // Every other account stands for itself.
      const aliases = await call({ ...own, action: 'iam:ListAccountAliases' }).catch(() => ({}));
      return [{ id: me.account, name: (aliases as { readonly AccountAliases?: readonly string[] }).AccountAliases?.[0] ?? me.account }];
    },
    async members() {
      const listed = await organization(['denied', 'not-found', 'unsupported']);
      return (
        listed?.flatMap((one) =>
          one.Id === undefined
            ? []
            : [
                {
                  id: one.Id,
                  active: isActive(one),
                  invited: one.JoinedMethod !== 'CREATED',
                  joinedAt: parseEventTime(one.JoinedTimestamp),
                },
              ],
        ) ?? null
      );
    },
    async regions(account) {
      if (options.regions !== undefined && options.regions.length > 0) return [...new Set(options.regions)].sort();
      const { region } = await self();
      const answer = (await call({ account, region, action: 'ec2:DescribeRegions', input: { AllRegions: false }, role: 'reader' })) as {
        readonly Regions?: readonly { readonly RegionName?: string }[];
      };
      return (answer.Regions ?? []).flatMap(({ RegionName }) => (RegionName === undefined ? [] : [RegionName])).sort();
    },
    async close() {
      clients.close();
    },
  };
}

interface OrganizationAccount {
  readonly Id?: string;
  readonly Name?: string;
  readonly State?: string;
  readonly Status?: string;
  readonly JoinedMethod?: string;
  /** ISO 8601. */
  readonly JoinedTimestamp?: string;
}

function isActive({ State, Status }: OrganizationAccount): boolean {
  return (State ?? Status ?? 'ACTIVE') === 'ACTIVE';
}

/** Follows a list to its last page. The merged answer has the lists whole, and neither token nor truncation mark. */
async function allPages(
  { send: sendToken, next, lists }: NonNullable<Operation['pages']>,
  input: JsonObject,
  action: string,
  send: (input: unknown) => Promise<unknown>,
): Promise<unknown> {
  const merged: Record<string, unknown[]> = {};
  let rest: Record<string, unknown> = {};
  let token: unknown;
  for (let page = 0; ; page++) {
    const answer = (await send(token === undefined ? input : { ...input, [sendToken]: token })) as Record<string, unknown>;
    rest = { ...answer, ...rest };
    for (const list of lists) {
      const members = answer[list];
      if (!Array.isArray(members)) continue;
      merged[list] ??= [];
      for (const member of members) merged[list].push(member);
    }
    const following = answer[next];
    if (typeof following !== 'string' || following === '' || answer['IsTruncated'] === false) break;
    if (following === token || page >= mostPages)
      throw new CloudError('unavailable', 'EndlessList', action, `${action}: the pages do not end`);
    token = following;
  }
  const { [next]: _token, IsTruncated: _truncated, ...whole } = rest;
  return { ...whole, ...merged };
}

/** The SDK wants Date objects where the port has ISO 8601 text, however deep in the input. */
function withDates(input: JsonObject, { dates }: Operation): JsonObject {
  return dates === undefined ? input : (dated(input, '', dates) as JsonObject);
}

function dated(value: Json, name: string, dates: readonly string[]): unknown {
  if (typeof value === 'string') return dates.includes(name) ? new Date(value) : value;
  if (Array.isArray(value)) return value.map((member: Json) => dated(member, name, dates));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]: [string, Json]) => [key, dated(member, key, dates)]));
}

/** The member account that a call as root is for. */
function memberOf({ action, input }: CloudCall): string {
  const member = input['Member'];
  if (typeof member !== 'string' || !/^\d{12}$/.test(member))
    throw new CloudError('invalid', 'InvalidInput', action, `${action}: its input names no member account`);
  return member;
}

/** What IAM gets: it knows the account by the session, and a user's name would mean another. */
function withoutMember({ Member: _, UserName: __, ...input }: JsonObject): JsonObject {
  return input;
}

/** STS allows 2 to 64 of these characters; the action's id goes in, so that CloudTrail names the action. */
function sessionName(name: string | undefined): string {
  const safe = (name ?? 'jobzero').replace(/[^\w+=,.@-]/g, '-').slice(0, 64);
  return safe.length < 2 ? 'jobzero' : safe;
}
