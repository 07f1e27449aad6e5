import type { Json, JsonObject } from '../../model/json.ts';
import type { Call, Step } from '../../model/plan.ts';
import { publicStatements } from '../access/public-statements.ts';
import { canonicalJson } from '../canonical-json.ts';
import { asObject, valueAt } from '../json-at.ts';

/** How the policy of a resource is read and written. */
export interface ResourcePolicy {
  /** ARNs, as in a step. */
  readonly on: readonly string[];
  readonly read: Call;
  /** The policy in the answer, as text; null where there is none. */
  readonly text: (answer: Json) => string | null;
  readonly put: Call & { readonly with: (text: string) => JsonObject };
  /** The call that takes the whole policy away. */
  readonly remove: Call;
}

/**
 * Narrows a policy: `narrow` gives it with fewer statements or principals, and as it is where there is nothing to take
 * away. A policy without a statement is none to AWS, so two steps stand for it, of which at most one calls: the first writes
 * what is left, the second removes a policy of which nothing would be.
 */
export function narrowPolicy(policy: ResourcePolicy, narrow: (document: JsonObject) => JsonObject, says: string): readonly Step[] {
  const documentOf = (answer: Json): JsonObject | null => parsed(policy.text(answer));
  const put = (text: string | null): readonly Call[] =>
    text === null ? [policy.remove] : [{ action: policy.put.action, input: { ...policy.put.input, ...policy.put.with(text) } }];
  const step = (name: string, keep: string, does: Step['do'], expect: (document: JsonObject, left: JsonObject) => boolean): Step => ({
    name,
    on: policy.on,
    read: { ...policy.read, keep },
    captures: documentOf,
    do: does,
    verify: {
      ...policy.read,
      expect: (answer) => {
        const document = documentOf(answer);
        return document === null || expect(document, narrow(document));
      },
      says,
      withinSeconds: 60,
    },
    undo: (kept) => put(policy.text(valueAt(kept, keep))),
  });
  return [
    step(
      'Write the policy without them',
      'policy',
      {
        action: policy.put.action,
        input: policy.put.input,
        once: 'sets-state',
        fill: (kept) => ({
          ...policy.put.input,
          ...policy.put.with(canonicalJson(narrow(documentOf(valueAt(kept, 'policy')) ?? {}))),
        }),
      },
      (document, left) => statementsOf(left).length === 0 || canonicalJson(left) === canonicalJson(document),
    ),
    step(
      'Remove the policy where nothing else is in it',
      'emptied',
      { action: policy.remove.action, input: policy.remove.input, once: 'sets-state' },
      (_, left) => statementsOf(left).length > 0,
    ),
  ];
}

/** The policy without the statements by which anybody in the world may do something. */
export function withoutPublic(document: JsonObject): JsonObject {
  const open = new Set((publicStatements(document)?.open ?? []).map(({ statement }) => statement));
  return open.size === 0 ? document : { ...document, Statement: statementsOf(document).filter((_, i) => !open.has(i)) };
}

/**
 * The policy without what it lets these accounts do: their principals go from the statements that allow, and a statement
 * that would allow nobody goes as a whole. Statements for others, and those that deny, stay as they are.
 */
export function withoutAccounts(accounts: readonly string[]): (document: JsonObject) => JsonObject {
  const isTheirs = (principal: Json) =>
    typeof principal === 'string' &&
    accounts.some((id) => principal === id || new RegExp(`^arn:[a-z-]+:(iam|sts)::${id}:`).test(principal));
  return (document) => {
    let changed = false;
    const left = statementsOf(document).flatMap((statement): readonly Json[] => {
      const principal = valueAt(statement, 'Principal');
      const listed = asObject(principal)?.['AWS'];
      if (valueAt(statement, 'Effect') !== 'Allow' || listed === undefined) return [statement];
      const named = Array.isArray(listed) ? (listed as readonly Json[]) : [listed];
      const others = named.filter((one) => !isTheirs(one));
      if (others.length === named.length) return [statement];
      changed = true;
      const { AWS: _, ...kinds } = asObject(principal) ?? {};
      const rest: JsonObject = others.length === 0 ? kinds : { ...kinds, AWS: others.length === 1 ? (others[0] ?? '') : others };
      return Object.keys(rest).length === 0 ? [] : [{ ...asObject(statement), Principal: rest }];
    });
    return changed ? { ...document, Statement: left } : document;
  };
}

/** The statements of a policy; a single one may stand without a list. */
export function statementsOf(document: Json): readonly Json[] {
  const statements = valueAt(document, 'Statement');
  return Array.isArray(statements) ? (statements as readonly Json[]) : statements === null ? [] : [statements];
}

/** A policy's text as an object; null where it is none. */
export function parsed(text: string | null): JsonObject | null {
  if (text === null || text === '') return null;
  try {
    return asObject(JSON.parse(text) as Json);
  } catch {
    return null;
  }
}
