import type { Json, JsonObject } from '../model/json.ts';
import { grants } from './grants.ts';
import { asObject } from './json-at.ts';

/** Whom a policy lets in beyond its own account: ids of accounts, sorted, and `*` for anyone; empty where nobody. */
export function strangersIn(policy: Json | undefined, ownAccount: string): readonly string[] {
  const found = grants(policy);
  const accounts = [...found.accounts].filter((id) => id !== ownAccount).sort();
  return found.anyone ? ['*', ...accounts] : accounts;
}

/** Does the policy let one of them in? */
export function letsIn(document: string | null, strangers: readonly string[]): boolean {
  const found = grants(document ?? undefined);
  return strangers.some((stranger) => (stranger === '*' ? found.anyone : found.accounts.has(stranger)));
}

/**
 * The policy without these strangers: each principal of theirs leaves its Allow statement, and a statement that is left
 * with nobody leaves the policy. Whom conditions confine stays, as services and identity providers do. Null where the text
 * is no policy; a policy without a statement has an empty list.
 */
export function withoutStrangers(document: string | null, strangers: readonly string[]): JsonObject | null {
  let policy: JsonObject | null;
  try {
    policy = asObject(JSON.parse(document ?? '') as Json);
  } catch {
    return null;
  }
  const statements = policy?.['Statement'];
  if (policy === null || statements === undefined || statements === null) return null;
  const list: readonly Json[] = Array.isArray(statements) ? statements : [statements as Json];
  return { ...policy, Statement: list.flatMap((statement) => withoutIn(statement, strangers)) };
}

function withoutIn(statement: Json, strangers: readonly string[]): readonly Json[] {
  const object = asObject(statement);
  if (object === null || object['Effect'] !== 'Allow') return [statement];
  const principal = object['Principal'];
  const named = asObject(principal);
  const letIn = (one: Json) => letsIn(JSON.stringify({ Statement: [{ ...object, Principal: { AWS: one } }] }), strangers);
  if (named === null) return typeof principal === 'string' && letIn(principal) ? [] : [statement];
  const aws = named['AWS'];
  if (aws === undefined || aws === null) return [statement];
  const all: readonly Json[] = Array.isArray(aws) ? aws : [aws as Json];
  const kept = all.filter((one) => !letIn(one));
  if (kept.length === all.length) return [statement];
  const { AWS: _aws, ...others } = named;
  if (kept.length === 0 && Object.keys(others).length === 0) return [];
  return [{ ...object, Principal: kept.length === 0 ? others : { ...others, AWS: kept.length === 1 ? (kept[0] ?? null) : kept } }];
}
