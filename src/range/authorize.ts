import { hashOf } from '../core/lib/hash.ts';
import { rootTaskOf } from '../core/lib/root-tasks.ts';
import type { CloudError } from '../core/model/errors.ts';
import type { Caller } from './caller.ts';
import { evaluatePolicy, isPublicPolicy, type PolicyPrincipal, type PolicyRequest } from './evaluate-policy.ts';
import { managedPolicyDocument } from './managed-policies.ts';
import { fault, iso } from './operation.ts';
import { placesOf } from './services/organization-places.ts';
import type { AccountState, RangeState, RoleState } from './state.ts';

export interface AuthorizationRequest {
  readonly state: RangeState;
  readonly caller: Caller;
  /** The account whose resources are asked for. */
  readonly account: AccountState;
  readonly region: string;
  /** How the operation was called, for messages. */
  readonly action: string;
  /** The IAM action that permits it. */
  readonly permission: string;
  readonly resources: readonly string[];
  readonly sourceIp: string;
  /** What a caller of sts:AssumeRole gives as ExternalId. */
  readonly externalId: string | null;
  readonly now: number;
}

/** Calls that need no permission: STS tells everybody who they are. */
const free = new Set(['sts:GetCallerIdentity', 'sts:GetSessionToken', 'sts:AssumeRoleWithWebIdentity']);

/**
 * The refusal of a request, or null when it is permitted. An explicit deny in any policy wins; then a service control
 * policy, the session's policy and an identity policy must all allow, or a resource policy of the same account does.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-reqcontext.html
 */
export function refusal(request: AuthorizationRequest): CloudError | null {
  const { caller, permission, state, account } = request;
  if (caller.service !== null || free.has(permission) || permission.startsWith('signin:')) return null;
  const context = contextOf(request);
  const identity = identityPolicies(state, caller);
  const ceiling = boundaryOf(state, caller);
  const control =
    caller.account === null || caller.outside || caller.account === state.organisation.management
      ? []
      : controlPolicies(state, caller.account);
  for (const resource of request.resources) {
    const asked: PolicyRequest = { action: permission, resource, context };
    if (control.some((policy) => evaluatePolicy(policy, asked) === 'deny')) {
      return deniedFault(request, resource, 'with an explicit deny in a service control policy');
    }
    const verdicts = identity.map((policy) => evaluatePolicy(policy, asked));
    if (verdicts.includes('deny')) return deniedFault(request, resource, 'with an explicit deny in an identity-based policy');
    const byBoundary = ceiling === null ? 'allow' : evaluatePolicy(ceiling, asked);
    if (byBoundary === 'deny') return deniedFault(request, resource, 'with an explicit deny in a permissions boundary');
    const session = caller.session?.policy ?? null;
    const bySession = session === null ? 'allow' : evaluatePolicy(session, asked);
    if (bySession === 'deny') return deniedFault(request, resource, 'with an explicit deny in a session policy');
    const byResource = resourceVerdict(request, asked);
    if (byResource === 'deny') return deniedFault(request, resource, 'with an explicit deny in a resource-based policy');
    if (caller.isRoot) continue;
    const byIdentity = (verdicts.includes('allow') || caller.outside) && bySession === 'allow' && byBoundary === 'allow';
    const sameAccount = caller.account === account.id;
    // Within the account either policy is enough; across accounts both must allow; nobody has no identity policy.
    const permitted =
      caller.account === null
        ? byResource === 'allow'
        : sameAccount
          ? byIdentity || byResource === 'allow'
          : byIdentity && byResource === 'allow';
    if (permitted) continue;
    const missing = bySession !== 'allow' ? 'session policy' : byBoundary === 'allow' ? 'identity-based policy' : 'permissions boundary';
    return deniedFault(request, resource, `because no ${missing} allows the ${permission} action`);
  }
  return null;
}

/** Service control policies over an account: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html */
function controlPolicies(state: RangeState, account: string): readonly string[] {
  const { policies, made = {} } = state.organisation;
  const above = placesOf(state, account);
  const attached = Object.values(made).flatMap(({ accounts, content }) => (accounts.some((id) => above.includes(id)) ? [content] : []));
  return [...Object.values(policies), ...attached];
}

/** Whose policies count. */
type Bearer = Pick<Caller, 'account' | 'role' | 'user'>;

/** As IAM's policy simulator says it: https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html */
export type SimulatedDecision = 'allowed' | 'explicitDeny' | 'implicitDeny';

/**
 * What a role may do by its own policies, its boundary and what holds for its account, and whether the last denies it; the policies of resources are not asked. Of the request the
 * simulator knows only what it is told, not its Region.
 */
export function simulatedDecision(
  state: RangeState,
  account: AccountState,
  role: RoleState,
  action: string,
  resource: string,
  told: { readonly [key: string]: string } = {},
): { readonly decision: SimulatedDecision; readonly byOrganization: boolean } {
  const bearer: Bearer = { account: account.id, role, user: null };
  const asked = { action, resource, context: { ...told, 'aws:principalarn': role.arn, 'aws:principalaccount': account.id } };
  const control = account.id === state.organisation.management ? [] : controlPolicies(state, account.id);
  const ceiling = boundaryOf(state, bearer);
  const own = identityPolicies(state, bearer).map((policy) => evaluatePolicy(policy, asked));
  const byOrganization = control.some((policy) => evaluatePolicy(policy, asked) === 'deny');
  const bounded = ceiling === null ? 'allow' : evaluatePolicy(ceiling, asked);
  if (byOrganization || own.includes('deny') || bounded === 'deny') return { decision: 'explicitDeny', byOrganization };
  return { decision: own.includes('allow') && bounded === 'allow' ? 'allowed' : 'implicitDeny', byOrganization };
}

/** All documents that are attached to the caller: own, by managed policy, and by group. */
function identityPolicies(state: RangeState, caller: Bearer): readonly string[] {
  const account = caller.account === null ? undefined : state.accounts[caller.account];
  const bearer = caller.role ?? caller.user;
  if (account === undefined || bearer === null) return [];
  const groups = caller.user === null ? [] : caller.user.groups.flatMap((name) => account.groups[name] ?? []);
  return [bearer, ...groups].flatMap((each) => [
    ...Object.values(each.inline),
    ...each.attached.flatMap((arn) => account.policies[arn]?.document ?? managedPolicyDocument(arn) ?? []),
  ]);
}

/** The id in the identity store of whoever has a session of this name. */
export function personOf(name: string): string {
  const hex = hashOf(['person', name]);
  return [hex.slice(0, 10), hex.slice(10, 18), hex.slice(18, 22), hex.slice(22, 26), hex.slice(26, 30), hex.slice(30, 42)].join('-');
}

/** The ceiling over the rights of the caller's user or role: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html */
function boundaryOf(state: RangeState, caller: Bearer): string | null {
  const arn = (caller.role ?? caller.user)?.boundary;
  if (arn === undefined) return null;
  const own = caller.account === null ? undefined : state.accounts[caller.account]?.policies[arn];
  return own?.document ?? managedPolicyDocument(arn);
}

function contextOf({ caller, action, region, sourceIp, now, state, externalId }: AuthorizationRequest): {
  readonly [key: string]: string;
} {
  const { session, user, role } = caller;
  const task = rootTaskOf(action, 'aws');
  return {
    'aws:userid': caller.userId,
    'aws:currenttime': iso(now),
    'aws:requestedregion': region,
    'aws:securetransport': 'true',
    'aws:sourceip': sourceIp,
    ...(externalId === null ? {} : { 'sts:externalid': externalId }),
    ...(task === null ? {} : { 'sts:taskpolicyarn': task }),
    ...(caller.account === null
      ? {}
      : {
          'aws:principalaccount': caller.account,
          ...(caller.outside ? {} : { 'aws:principalorgid': state.organisation.id }),
          'aws:principalarn': role?.arn ?? caller.arn,
        }),
    ...(user === null ? {} : { 'aws:username': user.name, 'aws:principaltype': 'User' }),
    ...(role === null ? {} : { 'aws:principaltype': 'AssumedRole' }),
    ...(session !== null && role?.path.startsWith('/aws-reserved/sso.amazonaws.com/')
      ? { 'identitystore:userid': personOf(session.name) }
      : {}),
    ...(session === null ? {} : { 'aws:tokenissuetime': iso(session.issuedAt), 'aws:multifactorauthpresent': String(session.mfa) }),
  };
}

/**
 * What the resource's own policy says: a bucket's, with its block of public access, or a role's trust policy, which is
 * enough when it names the caller and not just the caller's account.
 */
function resourceVerdict({ account, caller }: AuthorizationRequest, asked: PolicyRequest): 'allow' | 'deny' | 'none' {
  if (asked.action === 'sts:AssumeRole') {
    const role = Object.values(account.roles).find((each) => each.arn === asked.resource);
    return role === undefined
      ? 'none'
      : evaluatePolicy(
          role.trust,
          asked,
          caller.account === account.id ? { ...principalOf(caller), account: null, arns: namesOf(caller) } : principalOf(caller),
        );
  }
  if (!asked.resource.startsWith('arn:aws:s3:::')) return 'none';
  const [name = '', key] = splitOnce(asked.resource.slice('arn:aws:s3:::'.length), '/');
  const bucket = account.buckets[name];
  if (bucket === undefined) return 'none';
  const outside = caller.account !== account.id;
  const blocks = (setting: 'IgnorePublicAcls' | 'RestrictPublicBuckets') =>
    bucket.publicAccessBlock?.[setting] === true || account.publicAccessBlock?.[setting] === true;
  const byPolicy = bucket.policy === null ? 'none' : evaluatePolicy(bucket.policy, asked, principalOf(caller));
  if (byPolicy === 'deny') return 'deny';
  if (byPolicy === 'allow' && !(outside && bucket.policy !== null && isPublicPolicy(bucket.policy) && blocks('RestrictPublicBuckets')))
    return 'allow';
  const readable = bucket.acl === 'public-read' && bucket.ownership === 'ObjectWriter' && !blocks('IgnorePublicAcls');
  return readable && key === undefined && asked.action === 's3:ListBucket' ? 'allow' : 'none';
}

function principalOf(caller: Caller): PolicyPrincipal {
  const root = caller.account === null ? [] : [`arn:aws:iam::${caller.account}:root`];
  return {
    account: caller.account,
    arns: [...namesOf(caller), ...root],
    service: caller.service,
    federated: null,
  };
}

function namesOf(caller: Caller): readonly string[] {
  return caller.role === null ? [caller.arn] : [caller.arn, caller.role.arn];
}

function splitOnce(text: string, at: string): readonly [string, string?] {
  const place = text.indexOf(at);
  return place < 0 ? [text] : [text.slice(0, place), text.slice(place + 1)];
}

/** Services of the JSON protocol name the refusal otherwise than those of the query protocol, EC2 otherwise again. */
function deniedFault(request: AuthorizationRequest, resource: string, why: string): CloudError {
  const service = request.action.split(':')[0] ?? '';
  const code =
    service === 'ec2' ? 'UnauthorizedOperation' : ['iam', 'sts', 's3'].includes(service) ? 'AccessDenied' : 'AccessDeniedException';
  const lead = service === 'ec2' ? 'You are not authorized to perform this operation. ' : '';
  return fault(
    request,
    code,
    `${lead}User: ${request.caller.arn} is not authorized to perform: ${request.permission} on resource: ${resource} ${why}`,
  );
}
