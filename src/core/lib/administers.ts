import type { Json } from '../model/json.ts';
import { parsePolicy, type Statement } from './access/policy.ts';
import { meetsWildcard } from './wildcard.ts';

/** Whoever may do these to everything may do all else as well, by writing it into a policy of their own. */
const enough = ['iam:putuserpolicy', 'iam:attachrolepolicy', 'iam:createpolicyversion', 'iam:passrole'];

/** Of a document that was cut off: what such statements begin with. */
const cutOff = { allows: /"Effect"\s*:\s*"Allow"/i, everything: /"Action"\s*:\s*\[?\s*"(\*|\*:\*|iam:\*)"/i };

/**
 * Does this policy of a principal make an administrator of it: does one of its Allow statements cover all of IAM, or everything, on every
 * resource? `value` is the document as text (also URL-encoded) or as an object. Statements with Effect Deny take away, and make
 * nobody one; conditions are not weighed. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_effect.html
 */
export function administers(value: Json | undefined): boolean {
  if (value === undefined || value === null) return false;
  const policy = parsePolicy(typeof value === 'string' ? decoded(value.trim()) : value);
  if (policy !== null) return policy.statements.some(isAdministrators);
  return typeof value === 'string' && cutOff.allows.test(value) && cutOff.everything.test(value);
}

function decoded(text: string): string {
  if (!text.startsWith('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isAdministrators({ effect, actions, resources }: Statement): boolean {
  if (effect !== 'Allow') return false;
  // All resources but some are nearly all.
  if (!resources.not && !resources.patterns.includes('*')) return false;
  const covers = (action: string) => actions.patterns.some((pattern) => meetsWildcard(pattern, action));
  return actions.not ? !enough.some(covers) : enough.every(covers);
}
