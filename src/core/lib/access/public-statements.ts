import type { Json } from '../../model/json.ts';
import { confines, keepsOut, namedPrincipal } from './confines.ts';
import { matches, parsePolicy, type Statement } from './policy.ts';
import type { TrustVerdict } from './who-may-assume.ts';

/**
 * The statements of a resource's policy by which anybody in the world may do something to it. A Deny counts where it covers
 * the statement's actions and resources and keeps every outsider out. Null when it is no policy.
 */
export function publicStatements(document: Json): TrustVerdict | null {
  const policy = parsePolicy(document);
  if (policy === null) return null;
  const open = policy.statements.flatMap((statement) => {
    const why = statement.effect === 'Allow' ? anyoneIn(statement) : null;
    if (why === null || confines(statement.conditions, namedPrincipal)) return [];
    if (
      policy.statements.some((other) => other.effect === 'Deny' && covers(other, statement) && keepsOut(other.conditions, namedPrincipal))
    )
      return [];
    return [{ statement: statement.index, sid: statement.sid, why: `${why} may ${actionsOf(statement)}` }];
  });
  return { open, faults: policy.faults };
}

function anyoneIn({ principals }: Statement): string | null {
  if (principals.not) return principals.all || principals.aws.includes('*') ? null : 'everybody but the named principals';
  if (principals.all || principals.aws.includes('*')) return 'everybody';
  return null;
}

function actionsOf({ actions }: Statement): string {
  const shown = actions.patterns.slice(0, 3).join(', ').slice(0, 120);
  return actions.not ? `do all but ${shown}` : shown === '' ? 'do nothing' : `call ${shown}`;
}

/** Does the Deny speak of all that the Allow speaks of? A pattern covers another when it matches its text, wildcards included. */
function covers(deny: Statement, allow: Statement): boolean {
  const { principals } = deny;
  const outsiders = principals.not ? !principals.all && !principals.aws.includes('*') : principals.all || principals.aws.includes('*');
  return outsiders && coversAll(deny.actions, allow.actions) && coversAll(deny.resources, allow.resources);
}

function coversAll(wide: Statement['actions'], narrow: Statement['actions']): boolean {
  if (wide.not) return wide.patterns.length === 0;
  const patterns = narrow.not ? ['*'] : narrow.patterns;
  return patterns.every((pattern) => wide.patterns.some((one) => one === pattern || matches(one, pattern)));
}
