import type { Json, JsonObject } from '../../model/json.ts';

/**
 * A policy document as far as it can be understood. Documents are hostile: a single object where a list may stand, odd
 * case, wrong types, any depth. What cannot be understood is counted in `faults` and grants nothing, so that a judge can say
 * "unknown" instead of "fine". https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export interface Policy {
  readonly statements: readonly Statement[];
  /** What could not be understood, for people. */
  readonly faults: readonly string[];
}

export interface Statement {
  /** From 0. */
  readonly index: number;
  readonly sid: string | null;
  readonly effect: 'Allow' | 'Deny';
  readonly principals: Principals;
  /** Lower case, wildcards included. `not`: all but these. */
  readonly actions: { readonly not: boolean; readonly patterns: readonly string[] };
  readonly resources: { readonly not: boolean; readonly patterns: readonly string[] };
  /** All of them must hold. */
  readonly conditions: readonly Condition[];
}

/** `not`: everybody but these. */
export interface Principals {
  readonly not: boolean;
  /** `"Principal": "*"`: everybody, of any kind. */
  readonly all: boolean;
  readonly aws: readonly string[];
  readonly federated: readonly string[];
  readonly service: readonly string[];
}

/** One operator and key of a condition; one of the values must match, or with a negated operator none may. */
export interface Condition {
  readonly kind: 'exact' | 'like' | 'arn' | 'ip' | 'bool' | 'null' | 'other';
  readonly negated: boolean;
  /** Holds when the key is absent: `...IfExists` and `ForAllValues:`. */
  readonly ifExists: boolean;
  readonly set: 'any' | 'all' | null;
  /** Lower case: keys are compared without case. */
  readonly key: string;
  readonly values: readonly string[];
}

/** Parses a document, as text or as JSON. Null when it is no policy at all. */
export function parsePolicy(document: Json): Policy | null {
  const parsed = typeof document === 'string' ? jsonOf(document) : document;
  if (!isObject(parsed)) return null;
  const listed = Object.entries(parsed).flatMap(([key, value]) =>
    key.toLowerCase() === 'statement' && value !== null ? listOf(value) : [],
  );
  if (listed.length === 0 && (get(parsed, 'statement') ?? null) === null) return null;
  const faults: string[] = [];
  const statements: Statement[] = [];
  for (const [index, each] of listed.entries()) {
    const statement = isObject(each) ? statementOf(each, index, faults) : null;
    if (statement === null) faults.push(`statement ${index + 1} cannot be understood`);
    else statements.push(statement);
  }
  return { statements, faults };
}

function statementOf(each: JsonObject, index: number, faults: string[]): Statement | null {
  // The same element twice, told apart by case only: nobody knows which of them counts.
  const keys = Object.keys(each).map((key) => key.toLowerCase());
  if (new Set(keys).size !== keys.length || (keys.includes('principal') && keys.includes('notprincipal'))) return null;
  const effect = get(each, 'effect');
  if (typeof effect !== 'string' || !/^(allow|deny)$/i.test(effect)) return null;
  const sid = get(each, 'sid');
  const either = (name: string) => {
    const not = get(each, `not${name}`);
    const texts = textsOf(not ?? get(each, name));
    if (texts === null) faults.push(`statement ${index + 1}: ${name} is no list of texts`);
    return { not: not !== undefined, patterns: texts ?? [] };
  };
  const actions = either('action');
  const notPrincipal = get(each, 'notprincipal');
  const principals = principalsOf(notPrincipal ?? get(each, 'principal'), notPrincipal !== undefined);
  const conditions = conditionsOf(get(each, 'condition'));
  if (principals === null || conditions === null) return null;
  return {
    index,
    sid: typeof sid === 'string' ? sid : null,
    effect: effect.toLowerCase() === 'deny' ? 'Deny' : 'Allow',
    principals,
    actions: { not: actions.not, patterns: actions.patterns.map((action) => action.toLowerCase()) },
    resources: either('resource'),
    conditions,
  };
}

function principalsOf(value: Json | undefined, not: boolean): Principals | null {
  if (value === undefined) return { not, all: false, aws: [], federated: [], service: [] };
  if (typeof value === 'string')
    return { not, all: value.trim() === '*', aws: value.trim() === '*' ? [] : [value], federated: [], service: [] };
  if (Array.isArray(value)) {
    const texts = textsOf(value);
    return texts === null ? null : { not, all: texts.includes('*'), aws: texts.filter((text) => text !== '*'), federated: [], service: [] };
  }
  if (!isObject(value)) return null;
  const [aws, federated, service] = ['aws', 'federated', 'service'].map((kind) => textsOf(get(value, kind)));
  if (!aws || !federated || !service) return null;
  return { not, all: get(value, '*') !== undefined, aws: aws.map((one) => one.trim()), federated, service };
}

const kinds: { readonly [operator: string]: Condition['kind'] } = {
  stringequals: 'exact',
  stringequalsignorecase: 'exact',
  stringlike: 'like',
  // The two behave alike: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
  arnequals: 'arn',
  arnlike: 'arn',
  ipaddress: 'ip',
  bool: 'bool',
  null: 'null',
};

const opposites: { readonly [operator: string]: string } = {
  stringnotequals: 'stringequals',
  stringnotequalsignorecase: 'stringequalsignorecase',
  stringnotlike: 'stringlike',
  arnnotequals: 'arnequals',
  arnnotlike: 'arnlike',
  notipaddress: 'ipaddress',
};

function conditionsOf(value: Json | undefined): Condition[] | null {
  if (value === undefined || value === null) return [];
  if (!isObject(value)) return null;
  const conditions: Condition[] = [];
  for (const [written, keys] of Object.entries(value)) {
    if (!isObject(keys)) return null;
    const match = /^(?:(forallvalues|foranyvalue):)?([a-z]+?)(ifexists)?$/.exec(written.toLowerCase());
    const base = match?.[2] ?? '';
    const positive = opposites[base];
    for (const [key, given] of Object.entries(keys)) {
      const values = textsOf(given);
      if (values === null) return null;
      conditions.push({
        kind: kinds[positive ?? base] ?? 'other',
        negated: positive !== undefined,
        ifExists: match?.[3] !== undefined || match?.[1] === 'forallvalues',
        set: match?.[1] === 'forallvalues' ? 'all' : match?.[1] === 'foranyvalue' ? 'any' : null,
        key: key.toLowerCase(),
        values,
      });
    }
  }
  return conditions;
}

/** Does the statement speak of this action? `action` in lower case, without wildcards. */
export function speaksOf(statement: Statement, action: string): boolean {
  const named = statement.actions.patterns.some((pattern) => matches(pattern, action));
  return statement.actions.not ? !named : named;
}

const longest = 2048;

/** `*` is any text and `?` any character. In time linear in text x pattern; texts beyond every quota of IAM match nothing. */
export function matches(pattern: string, text: string): boolean {
  if (pattern.length > longest || text.length > longest) return false;
  let p = 0;
  let t = 0;
  let star = -1;
  let mark = 0;
  while (t < text.length) {
    const c = pattern[p];
    if (c === '*') {
      star = p++;
      mark = t;
    } else if (c === '?' || c === text[t]) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++mark;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/** A member by its name without regard to case. */
function get(object: JsonObject, name: string): Json | undefined {
  for (const [key, value] of Object.entries(object)) if (key.toLowerCase() === name) return value;
  return undefined;
}

/** One text or a list of texts; booleans and numbers are written both ways in policies. Null for anything else. */
function textsOf(value: Json | undefined): string[] | null {
  if (value === undefined || value === null) return [];
  const texts: string[] = [];
  for (const one of listOf(value)) {
    if (typeof one === 'string') texts.push(one);
    else if (typeof one === 'boolean' || typeof one === 'number') texts.push(String(one));
    else return null;
  }
  return texts;
}

function listOf(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [value as Json];
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function jsonOf(text: string): Json {
  try {
    const json = JSON.parse(text.trim().startsWith('%') ? decodeURIComponent(text) : text) as Json;
    return json;
  } catch {
    return null;
  }
}
