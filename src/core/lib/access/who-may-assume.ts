import type { Json } from '../../model/json.ts';
import { confines, keepsOut, type Named, namedPrincipal } from './confines.ts';
import { type Condition, type Principals, parsePolicy, type Statement, speaksOf } from './policy.ts';

/** The actions that turn a caller into a session of the role. */
const assuming = ['sts:assumerole', 'sts:assumerolewithsaml', 'sts:assumerolewithwebidentity'] as const;
type Assuming = (typeof assuming)[number];

/** A statement that lets somebody in without saying whom. */
export interface OpenStatement {
  /** From 0. */
  readonly statement: number;
  readonly sid: string | null;
  readonly why: string;
}

/** `faults` is why the answer may be incomplete: parts of the document that could not be understood. */
export interface TrustVerdict {
  readonly open: readonly OpenStatement[];
  readonly faults: readonly string[];
}

/**
 * The identity providers that serve everybody's applications, with the claims that tell an application or a person apart.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
 */
const sharedProviders: { readonly [host: string]: readonly string[] } = {
  'cognito-identity.amazonaws.com': ['aud', 'sub'],
  'accounts.google.com': ['aud', 'oaud', 'sub'],
  'graph.facebook.com': ['app_id', 'id'],
  'www.amazon.com': ['app_id', 'user_id'],
};

/**
 * The statements of a role's trust policy by which anybody in the world may become the role, whatever account he has. Null when it
 * is no policy. Deny statements count where they keep every outsider out.
 */
export function assumableByAnyone(trust: Json): TrustVerdict | null {
  const policy = parsePolicy(trust);
  if (policy === null) return null;
  const open: OpenStatement[] = [];
  for (const statement of policy.statements) {
    if (statement.effect !== 'Allow') continue;
    const why = assuming.flatMap((action) => {
      const reason = openTo(statement, action);
      return reason !== null && !isDenied(policy.statements, action, namedPrincipal) ? [reason] : [];
    })[0];
    if (why !== undefined) open.push({ statement: statement.index, sid: statement.sid, why });
  }
  return { open, faults: policy.faults };
}

function openTo(statement: Statement, action: Assuming): string | null {
  if (!speaksOf(statement, action)) return null;
  const who = anyoneIn(statement.principals, action);
  if (who !== null) return confines(statement.conditions, namedPrincipal) ? null : who;
  if (action !== 'sts:assumerolewithwebidentity') return null;
  for (const provider of statement.principals.federated) {
    const host = provider.toLowerCase();
    const claims = Object.hasOwn(sharedProviders, host) ? sharedProviders[host] : undefined;
    if (claims === undefined) continue;
    if (!confines(statement.conditions, claimOf(host, claims))) return `any application of ${host} may assume it`;
  }
  return null;
}

/** Names one application or person of a provider. */
function claimOf(host: string, claims: readonly string[]): Named {
  return (key, value, kind) =>
    claims.some((claim) => key === `${host}:${claim}`) && value !== '' && (kind === 'exact' || !/[*?]/.test(value));
}

function anyoneIn(principals: Principals, action: Assuming): string | null {
  if (principals.not) return nobodyNamed(principals) ? null : 'everybody but the named principals may assume it';
  if (principals.all) return 'everybody may assume it';
  if (action === 'sts:assumerole') {
    const wild = principals.aws.find((one) => one === '*' || namesEveryAccount(one));
    if (wild !== undefined) return wild === '*' ? 'every AWS account may assume it' : `every AWS account may assume it, as ${wild}`;
    return principals.service.includes('*') ? 'every AWS service may assume it for anybody' : null;
  }
  return principals.federated.includes('*') ? 'every identity provider may assume it' : null;
}

/** `NotPrincipal: "*"` leaves nobody. */
function nobodyNamed(principals: Principals): boolean {
  return principals.all || principals.aws.includes('*');
}

/** AWS refuses wildcards in a principal's ARN; what stands in for AWS may not. */
function namesEveryAccount(principal: string): boolean {
  const parts = principal.split(':');
  return parts[0] === 'arn' && parts.length >= 6 && /[*?]/.test(parts[4] ?? '');
}

/** Is there a Deny of the action that outsiders cannot evade? */
function isDenied(statements: readonly Statement[], action: string, named: Named): boolean {
  return statements.some((statement) => {
    if (statement.effect !== 'Deny' || !speaksOf(statement, action)) return false;
    const { principals } = statement;
    const outsiders = principals.not
      ? !nobodyNamed(principals)
      : principals.all || (action === 'sts:assumerole' ? principals.aws.includes('*') : principals.federated.includes('*'));
    return outsiders && keepsOut(statement.conditions, named);
  });
}

const github = 'token.actions.githubusercontent.com';

/**
 * The statements by which GitHub Actions workflows may become the role although no owner or repository is named in their token's
 * claims; empty when the role does not trust GitHub at all, which `trusts` tells. Null when it is no policy.
 */
export function githubWithoutSubject(trust: Json): (TrustVerdict & { readonly trusts: boolean }) | null {
  const policy = parsePolicy(trust);
  if (policy === null) return null;
  const action = 'sts:assumerolewithwebidentity';
  let trusts = false;
  const open: OpenStatement[] = [];
  for (const statement of policy.statements) {
    if (statement.effect !== 'Allow' || !speaksOf(statement, action)) continue;
    const provider = statement.principals.federated.find(isGithub);
    if (provider === undefined) continue;
    trusts = true;
    const issuer = issuerOf(provider);
    const named = githubClaim(issuer);
    if (confines(statement.conditions, named) || isDeniedTo(policy.statements, action, provider, named)) continue;
    open.push({ statement: statement.index, sid: statement.sid, why: describe(statement.conditions, issuer) });
  }
  return { trusts, open, faults: policy.faults };
}

function describe(conditions: readonly Condition[], issuer: string): string {
  const sub = conditions.find(({ key }) => key === `${issuer}:sub`);
  return sub === undefined
    ? "no condition on the sub of GitHub's token"
    : `the condition on sub names no owner: ${sub.values.slice(0, 3).join(', ').slice(0, 200)}`;
}

function isDeniedTo(statements: readonly Statement[], action: string, provider: string, named: Named): boolean {
  return statements.some((statement) => {
    if (statement.effect !== 'Deny' || !speaksOf(statement, action)) return false;
    const { not, all, federated } = statement.principals;
    const meant = not ? !all && !federated.includes(provider) : all || federated.includes('*') || federated.includes(provider);
    return meant && keepsOut(statement.conditions, named);
  });
}

/** The provider's ARN, or its host alone; enterprises may have an issuer of their own below the host. */
function isGithub(provider: string): boolean {
  const issuer = issuerOf(provider);
  return issuer === github || issuer.startsWith(`${github}/`);
}

function issuerOf(provider: string): string {
  return provider
    .toLowerCase()
    .replace(/^.*:oidc-provider\//, '')
    .replace(/^https:\/\//, '');
}

/**
 * Claims of GitHub's token that name an owner or a repository, and how much of them must stand before a wildcard.
 * https://docs.github.com/en/actions/reference/security/oidc
 */
const githubClaims: { readonly [claim: string]: RegExp } = {
  // repo:OWNER/..., and the forms that an owner may choose instead.
  sub: /^(repo:[^/:*?]+\/|repository:[^/:*?]+\/|repository_owner:[^/:*?]+:|repository_owner_id:\d+:|repository_id:\d+:|job_workflow_ref:[^/:*?]+\/|enterprise:[^/:*?]+:)/,
  repository: /^[^/*?]+\//,
  repository_owner: /^$/,
  repository_id: /^$/,
  repository_owner_id: /^$/,
  job_workflow_ref: /^[^/*?]+\//,
  enterprise_id: /^$/,
};

function githubClaim(issuer: string): Named {
  return (key, value, kind) => {
    const claim = Object.entries(githubClaims).find(([name]) => key === `${issuer}:${name}`);
    if (claim === undefined || value === '') return false;
    if (kind === 'exact' || !/[*?]/.test(value)) return true;
    return claim[1].test(/^[^*?]*/.exec(value)?.[0] ?? '');
  };
}
