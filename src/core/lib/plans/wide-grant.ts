import type { Json, JsonObject } from '../../model/json.ts';
import { asObject } from '../json-at.ts';
import { meetsWildcard } from '../wildcard.ts';
import { isAdministration } from './administration.ts';
import { statementsOf } from './policy-statements.ts';

/** By these, on every resource, who holds them reads secrets, decrypts, takes on roles, or makes himself more. */
const grave = [
  'iam:attachgrouppolicy',
  'iam:attachrolepolicy',
  'iam:attachuserpolicy',
  'iam:createaccesskey',
  'iam:createloginprofile',
  'iam:createpolicyversion',
  'iam:createrole',
  'iam:createuser',
  'iam:passrole',
  'iam:putgrouppolicy',
  'iam:putrolepolicy',
  'iam:putuserpolicy',
  'kms:decrypt',
  'lambda:updatefunctioncode',
  'secretsmanager:getsecretvalue',
  'ssm:getparameter',
  'ssm:getparameters',
  'ssm:getparametersbypath',
  'sts:assumerole',
];

/**
 * The policy without what it allows on every resource that makes its holder more: secrets, keys, roles, other people's rights. Only these actions go, and a
 * statement of which nothing is left; what allows everything, or all but some, goes whole. Statements on named resources stay, and those that deny.
 * How actions are compared: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 */
export function withoutWideGrants(document: JsonObject): JsonObject {
  const statements = statementsOf(document);
  const left = statements.flatMap((statement) => narrowed(statement));
  return left.length === statements.length && left.every((one, i) => one === statements[i]) ? document : { ...document, Statement: left };
}

function narrowed(statement: Json): readonly Json[] {
  const { Effect, Action, Resource } = asObject(statement) ?? {};
  if (isAdministration(statement)) return [];
  if (Effect !== 'Allow' || !listed(Resource).includes('*')) return [statement];
  const actions = listed(Action);
  const harmless = actions.filter((one) => !(typeof one === 'string' && isGrave(one)));
  if (harmless.length === actions.length) return [statement];
  return harmless.length === 0 ? [] : [{ ...asObject(statement), Action: harmless }];
}

/** Does the pattern let one of them through? `?` stands for one character: it is read as any number, which narrows more. */
function isGrave(pattern: string): boolean {
  const lower = pattern.toLowerCase().replaceAll('?', '*');
  return grave.some((action) => meetsWildcard(lower, action));
}

function listed(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : value === undefined ? [] : [value];
}
