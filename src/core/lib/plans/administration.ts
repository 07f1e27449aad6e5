import type { Json, JsonObject } from '../../model/json.ts';
import { asObject, valueAt } from '../json-at.ts';
import { parsed, statementsOf } from './policy-statements.ts';

/** Actions by which whoever has them can give himself the rest. */
const everything = /^(\*|\*:\*|iam:\*)$/i;

/** Does a statement let its holder do everything, everything but some, or everything in IAM? Resources do not narrow it: IAM's are all that matters. */
export function isAdministration(statement: Json): boolean {
  const { Effect, Action, NotAction } = asObject(statement) ?? {};
  if (Effect !== 'Allow') return false;
  if (NotAction !== undefined) return true;
  return (Array.isArray(Action) ? Action : [Action]).some((one) => typeof one === 'string' && everything.test(one));
}

/** The policy without statements of administrators; others stay, and those that deny. */
export function withoutAdministration(document: JsonObject): JsonObject {
  const statements = statementsOf(document);
  const left = statements.filter((one) => !isAdministration(one));
  return left.length === statements.length ? document : { ...document, Statement: left };
}

/** Does a policy's text make administrators? What is no policy counts as if it did. */
export function makesAdministrators(text: string | null): boolean {
  const document = parsed(text);
  return document === null || valueAt(document, 'Statement') === null || statementsOf(document).some(isAdministration);
}
