import type { Json } from '../model/json.ts';
import { confines, namedPrincipal } from './access/confines.ts';
import { parsePolicy } from './access/policy.ts';

/** Whom a policy or a list of principals lets in. */
export interface Grants {
  /** Anyone at all: principal `*` in an Allow statement that no condition confines. */
  readonly anyone: boolean;
  /** The AWS accounts that are named, 12 digits each. */
  readonly accounts: ReadonlySet<string>;
}

const account = /^\d{12}$/;
const accountInArn = /^arn:[a-z-]+:[^:]*:[^:]*:(\d{12}):/i;
const principalInText = /:(?:iam|sts)::(\d{12}):/gi;

/**
 * Whom `value` lets in. It may be an IAM policy document (as text, also URL-encoded, or as an object), one principal
 * (an account, an ARN, `*`, `all`), or a list or a CloudTrail `items` wrapper of those. Deny statements let nobody in.
 */
export function grants(value: Json | undefined): Grants {
  const found = { anyone: false, accounts: new Set<string>() };
  visit(value, found, 0);
  return found;
}

type Found = { anyone: boolean; accounts: Set<string> };

/** Deeper than any policy or CloudTrail wrapper goes; a log's text must not be able to exhaust the stack. */
const deepest = 16;

function visit(value: Json | undefined, found: Found, depth: number): void {
  if (depth > deepest) return;
  if (typeof value === 'string') visitText(value, found, depth);
  else if (Array.isArray(value)) for (const element of value) visit(element, found, depth + 1);
  else if (isObject(value)) {
    const statements = value['Statement'];
    if (statements !== undefined) for (const statement of listOf(statements)) visitStatement(statement, found);
    else for (const element of Object.values(value)) visit(element, found, depth + 1);
  }
}

function visitText(text: string, found: Found, depth: number): void {
  const trimmed = text.trim();
  if (trimmed.startsWith('{') || trimmed.startsWith('%7B')) visitDocument(trimmed, found, depth);
  else visitPrincipal(trimmed, found);
}

function visitDocument(text: string, found: Found, depth: number): void {
  try {
    visit(JSON.parse(text.startsWith('%') ? decodeURIComponent(text) : text) as Json, found, depth + 1);
  } catch {
    // A policy that was cut off still names whom it lets in.
    for (const match of text.matchAll(principalInText)) if (match[1] !== undefined) found.accounts.add(match[1]);
  }
}

function visitStatement(statement: Json, found: Found): void {
  if (!isObject(statement) || statement['Effect'] !== 'Allow') return;
  const principal = statement['Principal'];
  const named = isObject(principal) ? principal['AWS'] : principal;
  const inside: Found = { anyone: false, accounts: new Set() };
  for (const each of listOf(named ?? [])) if (typeof each === 'string') visitPrincipal(each.trim(), inside);
  for (const id of inside.accounts) found.accounts.add(id);
  if (inside.anyone && !isConfined(statement)) found.anyone = true;
}

function visitPrincipal(text: string, found: Found): void {
  if (text === '*' || text === 'all') found.anyone = true;
  else if (account.test(text)) found.accounts.add(text);
  else {
    const id = accountInArn.exec(text)?.[1];
    if (id !== undefined) found.accounts.add(id);
  }
}

/** Whether its conditions confine the statement to somebody, as the controls judge it. */
function isConfined(statement: Json): boolean {
  const parsed = parsePolicy({ Statement: [statement] })?.statements[0];
  return parsed !== undefined && confines(parsed.conditions, namedPrincipal);
}

function listOf(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [value as Json];
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
