import type { Json, JsonObject } from '../../model/json.ts';
import { assumableByAnyone, githubWithoutSubject } from '../access/who-may-assume.ts';
import { asObject, valueAt } from '../json-at.ts';
import { statementsOf, withoutAccounts } from './policy-statements.ts';

/** Hosts of code, beside GitHub, that give a token to whoever has an account there. */
const hosts = /:oidc-provider\/(gitlab\.com|app\.terraform\.io|oidc\.circleci\.com|bitbucket\.org)(\/|$)/i;
/** A subject that names an owner before its first wildcard: `project_path:GROUP/`, `organization:NAME:`. */
const namesOwner = /^[a-z_]+:[^*?/:]+[/:]/;

/** A role's trust policy cannot be empty: https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html */
const nobody: JsonObject = { Sid: 'JobzeroNobody', Effect: 'Deny', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' };

/**
 * The trust policy of a role without these accounts, and without the statements that let in whoever comes: any account, any application of a
 * shared identity provider, any owner at a host of code. Where nobody is left it says so, since AWS takes no empty one.
 */
export function closedTrust(document: JsonObject, accounts: readonly string[]): JsonObject {
  const narrower = withoutAccounts(accounts)(document);
  const open = openStatements(narrower);
  if (open.size === 0 && statementsOf(narrower).length > 0) return narrower;
  const left = statementsOf(narrower).filter((_, i) => !open.has(i));
  return { ...narrower, Statement: left.length === 0 ? [nobody] : left };
}

function openStatements(document: JsonObject): ReadonlySet<number> {
  const found = [assumableByAnyone(document), githubWithoutSubject(document)].flatMap((verdict) => verdict?.open ?? []);
  const open = new Set(found.map(({ statement }) => statement));
  for (const [i, statement] of statementsOf(document).entries()) if (trustsWholeHost(statement)) open.add(i);
  return open;
}

function trustsWholeHost(statement: Json): boolean {
  if (valueAt(statement, 'Effect') !== 'Allow') return false;
  const federated = valueAt(statement, 'Principal', 'Federated');
  const host = (Array.isArray(federated) ? federated : [federated]).find((one) => typeof one === 'string' && hosts.test(one));
  if (host === undefined) return false;
  const claims = Object.values(asObject(valueAt(statement, 'Condition')) ?? {}).flatMap((keys) =>
    Object.entries(asObject(keys) ?? {}).filter(([key]) => !/:aud$/i.test(key) && !/^aws:/i.test(key)),
  );
  // One condition that names somebody is enough, since all must hold; of its values each must.
  return !claims.some(([, values]) => (Array.isArray(values) ? values : [values]).every((one) => typeof one === 'string' && isNamed(one)));
}

function isNamed(value: string): boolean {
  return value !== '' && (!/[*?]/.test(value) || namesOwner.test(value));
}
