import { contains, parseAddress, parseBlock } from '../core/lib/cidr.ts';
import type { Json, JsonObject } from '../core/model/json.ts';

/** Who asks, for what, and what is known about the request (condition keys in lower case). */
export interface PolicyRequest {
  readonly action: string;
  readonly resource: string;
  readonly context: { readonly [key: string]: string };
}

/** The caller as resource policies and trust policies name principals. */
export interface PolicyPrincipal {
  readonly account: string | null;
  /** ARNs that stand for the caller: user or role, session, and the account's root. */
  readonly arns: readonly string[];
  readonly service: string | null;
  readonly federated: string | null;
}

export type Verdict = 'allow' | 'deny' | 'none';

interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[] | null;
  readonly notActions: readonly string[] | null;
  readonly resources: readonly string[] | null;
  readonly notResources: readonly string[] | null;
  readonly principal: Json | null;
  readonly conditions: readonly Condition[];
}

interface Condition {
  readonly operator: string;
  readonly ifExists: boolean;
  readonly key: string;
  readonly values: readonly string[];
}

/** A policy document is not one that IAM would take; the message says why. */
export class PolicySyntaxError extends Error {
  override readonly name = 'PolicySyntaxError';
}

/**
 * Evaluates one document; a matching Deny wins over any Allow. `principal` is given for resource and trust policies,
 * whose statements name whom they are for. Throws PolicySyntaxError.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluatePolicy(document: string, request: PolicyRequest, principal: PolicyPrincipal | null = null): Verdict {
  let verdict: Verdict = 'none';
  for (const statement of parsePolicy(document)) {
    if (!applies(statement, request, principal)) continue;
    if (statement.effect === 'Deny') return 'deny';
    verdict = 'allow';
  }
  return verdict;
}

/** Does a resource policy allow something to everybody, without a condition that narrows it to known callers? */
export function isPublicPolicy(document: string): boolean {
  return parsePolicy(document).some(
    (statement) =>
      statement.effect === 'Allow' &&
      isEverybody(statement.principal) &&
      !statement.conditions.some((condition) => narrowing.has(condition.key) && !condition.ifExists),
  );
}

/** Condition keys that make a statement for everybody not public, in the sense of S3 Block Public Access. */
const narrowing = new Set([
  'aws:principalorgid',
  'aws:sourceaccount',
  'aws:sourcearn',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:principalaccount',
  'aws:userid',
]);

const cache = new Map<string, readonly Statement[]>();

/** Parses a document and refuses what IAM refuses, unknown operators too, so that evaluation never has to guess. */
export function parsePolicy(document: string): readonly Statement[] {
  const known = cache.get(document);
  if (known !== undefined) return known;
  let value: Json;
  try {
    value = JSON.parse(document) as Json;
  } catch {
    throw new PolicySyntaxError('The policy is not JSON.');
  }
  if (!isObject(value)) throw new PolicySyntaxError('The policy is not an object.');
  const list = value['Statement'];
  if (list === undefined || list === null) throw new PolicySyntaxError('The policy has no Statement.');
  const statements = (Array.isArray(list) ? list : [list]).map(parseStatement);
  if (cache.size > 2000) cache.clear();
  cache.set(document, statements);
  return statements;
}

function parseStatement(value: Json): Statement {
  if (!isObject(value)) throw new PolicySyntaxError('A statement is not an object.');
  const effect = value['Effect'];
  if (effect !== 'Allow' && effect !== 'Deny') throw new PolicySyntaxError('A statement has no Effect of Allow or Deny.');
  const actions = texts(value['Action'], 'Action');
  const notActions = texts(value['NotAction'], 'NotAction');
  if ((actions === null) === (notActions === null)) throw new PolicySyntaxError('A statement needs one of Action and NotAction.');
  const conditions: Condition[] = [];
  const condition = value['Condition'];
  if (condition !== undefined && condition !== null) {
    if (!isObject(condition)) throw new PolicySyntaxError('Condition is not an object.');
    for (const [name, keys] of Object.entries(condition)) {
      const ifExists = name.endsWith('IfExists');
      const operator = ifExists ? name.slice(0, -'IfExists'.length) : name;
      if (!Object.hasOwn(comparisons, operator) && operator !== 'Null')
        throw new PolicySyntaxError(`Condition operator ${name} is not known.`);
      if (!isObject(keys)) throw new PolicySyntaxError(`Condition ${name} is not an object.`);
      for (const [key, wanted] of Object.entries(keys)) {
        conditions.push({ operator, ifExists, key: key.toLowerCase(), values: texts(wanted, key) ?? [] });
      }
    }
  }
  return {
    effect,
    actions: actions?.map((action) => action.toLowerCase()) ?? null,
    notActions: notActions?.map((action) => action.toLowerCase()) ?? null,
    resources: texts(value['Resource'], 'Resource'),
    notResources: texts(value['NotResource'], 'NotResource'),
    principal: value['Principal'] ?? null,
    conditions,
  };
}

function texts(value: Json | undefined, name: string): readonly string[] | null {
  if (value === undefined || value === null) return null;
  const list = Array.isArray(value) ? value : [value];
  return list.map((item) => {
    if (typeof item === 'string') return item;
    if (typeof item === 'boolean' || typeof item === 'number') return String(item);
    throw new PolicySyntaxError(`${name} is not text.`);
  });
}

function applies(statement: Statement, request: PolicyRequest, principal: PolicyPrincipal | null): boolean {
  const action = request.action.toLowerCase();
  if (statement.actions !== null && !statement.actions.some((pattern) => like(pattern, action))) return false;
  if (statement.notActions?.some((pattern) => like(pattern, action))) return false;
  const fill = (text: string) => withVariables(text, request.context);
  if (statement.resources !== null && !statement.resources.some((pattern) => like(fill(pattern), request.resource))) return false;
  if (statement.notResources?.some((pattern) => like(fill(pattern), request.resource))) return false;
  if (principal !== null && !names(statement.principal, principal)) return false;
  return statement.conditions.every((condition) => holds(condition, request.context));
}

function names(principal: Json | null, caller: PolicyPrincipal): boolean {
  if (principal === '*') return true;
  if (principal === null || !isObject(principal)) return false;
  const of = (kind: string) => texts(principal[kind], kind) ?? [];
  return (
    of('AWS').some((name) => name === '*' || name === caller.account || caller.arns.includes(name)) ||
    (caller.service !== null && of('Service').includes(caller.service)) ||
    (caller.federated !== null && of('Federated').some((name) => name === '*' || name === caller.federated))
  );
}

function isEverybody(principal: Json | null): boolean {
  if (principal === '*') return true;
  if (principal === null || !isObject(principal)) return false;
  return (texts(principal['AWS'], 'AWS') ?? []).includes('*');
}

type Compare = (wanted: string, actual: string) => boolean;
const instant = (text: string) => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));
const inBlock: Compare = (wanted, actual) => {
  const block = parseBlock(wanted);
  const address = parseAddress(actual);
  return block !== null && address !== null && contains(block, address);
};

/** The positive comparison of each operator, and whether the operator is its negation. */
const comparisons: { readonly [operator: string]: readonly [compare: Compare, negated: boolean] } = {
  StringEquals: [(wanted, actual) => wanted === actual, false],
  StringNotEquals: [(wanted, actual) => wanted === actual, true],
  StringEqualsIgnoreCase: [(wanted, actual) => wanted.toLowerCase() === actual.toLowerCase(), false],
  StringNotEqualsIgnoreCase: [(wanted, actual) => wanted.toLowerCase() === actual.toLowerCase(), true],
  StringLike: [like, false],
  StringNotLike: [like, true],
  ArnEquals: [like, false],
  ArnLike: [like, false],
  ArnNotEquals: [like, true],
  ArnNotLike: [like, true],
  Bool: [(wanted, actual) => wanted.toLowerCase() === actual.toLowerCase(), false],
  NumericEquals: [(wanted, actual) => Number(wanted) === Number(actual), false],
  NumericNotEquals: [(wanted, actual) => Number(wanted) === Number(actual), true],
  NumericLessThan: [(wanted, actual) => Number(actual) < Number(wanted), false],
  NumericLessThanEquals: [(wanted, actual) => Number(actual) <= Number(wanted), false],
  NumericGreaterThan: [(wanted, actual) => Number(actual) > Number(wanted), false],
  NumericGreaterThanEquals: [(wanted, actual) => Number(actual) >= Number(wanted), false],
  DateEquals: [(wanted, actual) => instant(actual) === instant(wanted), false],
  DateNotEquals: [(wanted, actual) => instant(actual) === instant(wanted), true],
  DateLessThan: [(wanted, actual) => instant(actual) < instant(wanted), false],
  DateLessThanEquals: [(wanted, actual) => instant(actual) <= instant(wanted), false],
  DateGreaterThan: [(wanted, actual) => instant(actual) > instant(wanted), false],
  DateGreaterThanEquals: [(wanted, actual) => instant(actual) >= instant(wanted), false],
  IpAddress: [inBlock, false],
  NotIpAddress: [inBlock, true],
};

function holds(condition: Condition, context: { readonly [key: string]: string }): boolean {
  const actual = Object.hasOwn(context, condition.key) ? context[condition.key] : undefined;
  if (condition.operator === 'Null') return condition.values.some((wanted) => (actual === undefined) === (wanted === 'true'));
  const [compare, negated] = comparisons[condition.operator] ?? [() => false, false];
  // A key that the request lacks fails a positive operator and satisfies a negated one.
  if (actual === undefined) return condition.ifExists || negated;
  const any = condition.values.some((wanted) => compare(withVariables(wanted, context), actual));
  return any !== negated;
}

function withVariables(text: string, context: { readonly [key: string]: string }): string {
  if (!text.includes('${')) return text;
  return text.replace(
    /\$\{([^}]*)\}/g,
    (whole, name: string) =>
      (Object.hasOwn(context, name.toLowerCase()) ? context[name.toLowerCase()] : undefined) ?? (name.length === 1 ? name : whole),
  );
}

/** `*` is any text, `?` any one character. Linear in practice: only the last `*` is ever tried again. */
export function like(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let from = 0;
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++;
      from = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++from;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
