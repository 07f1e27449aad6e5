import { parseBlock } from '../cidr.ts';
import { isWorld } from '../network/coverage.ts';
import type { Condition } from './policy.ts';

/**
 * Whether a value of a condition names somebody in particular. `kind` says how the operator reads the value: as it is
 * (`exact`), with wildcards over the whole text (`like`), or with wildcards inside the six parts of an ARN (`arn`).
 */
export type Named = (key: string, value: string, kind: Condition['kind']) => boolean;

/**
 * Do the conditions of an Allow statement confine it to somebody in particular? One that does is enough, since all must
 * hold. Not confining: negated operators ("everybody but"), operators that hold when the key is absent (`...IfExists`, `ForAllValues:`)
 * unless `Null` demands the key, and values that are variables.
 */
export function confines(conditions: readonly Condition[], named: Named): boolean {
  return conditions.some(
    (condition) => !condition.negated && (!condition.ifExists || demanded(conditions, condition.key)) && namesSomebody(condition, named),
  );
}

/**
 * Do the conditions of a Deny statement keep everybody else out, as `StringNotEquals aws:PrincipalOrgID` does? Each of them must
 * hold for any outsider, else he evades the Deny: so all are negated and name somebody, or are true of outsiders anyway.
 * A negated operator holds when its key is absent, but not with `ForAnyValue:`.
 */
export function keepsOut(conditions: readonly Condition[], named: Named): boolean {
  return conditions.every(
    (condition) => isTrueOfOutsiders(condition) || (condition.negated && condition.set !== 'any' && namesSomebody(condition, named)),
  );
}

function namesSomebody(condition: Condition, named: Named): boolean {
  const { kind, key, values } = condition;
  if (values.some((value) => value.includes('${'))) return false;
  if (key === 'aws:principalisawsservice') return kind === 'bool' && values.every((value) => value.toLowerCase() === 'true');
  if (kind === 'ip') {
    if (key !== 'aws:sourceip') return false;
    const blocks = values.map((value) => parseBlock(value));
    return blocks.every((block) => block !== null) && !isWorld(blocks.filter((block) => block !== null));
  }
  if (kind !== 'exact' && kind !== 'like' && kind !== 'arn') return false;
  return values.every((value) => named(key, value, kind));
}

function demanded(conditions: readonly Condition[], key: string): boolean {
  return conditions.some(
    (one) =>
      one.kind === 'null' && one.key === key && one.values.length > 0 && one.values.every((value) => value.toLowerCase() === 'false'),
  );
}

/** AWS services are no outsiders; everybody else is no AWS service. */
function isTrueOfOutsiders({ kind, key, values }: Condition): boolean {
  return (
    kind === 'bool' &&
    (key === 'aws:principalisawsservice' || key === 'aws:viaawsservice') &&
    values.every((value) => value.toLowerCase() === 'false')
  );
}

/**
 * The condition keys that say who calls, or from where, so that a caller cannot choose the value. They are those by which AWS
 * itself calls a policy "not public" (https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html),
 * the keys of organisations and VPC endpoints, and `sts:ExternalId`, the weakest: it is known to whoever was told.
 * Not among them, since anybody can have the value: tags of the principal or the request, session and user names, MFA,
 * principal types, user agent, referer, Region, time, TLS.
 */
export const namedPrincipal: Named = (key, value, kind) => {
  const literal = kind === 'exact' ? value : (/^[^*?]*/.exec(value)?.[0] ?? '');
  const whole = literal.length === value.length && value !== '';
  switch (key) {
    case 'aws:principalaccount':
    case 'aws:sourceaccount':
    case 'aws:sourceowner':
    case 'aws:vpceaccount':
    case 'aws:sourcevpc':
    case 'aws:sourcevpce':
    case 'aws:principalservicename':
    case 'aws:principalservicenameslist':
    case 'aws:federatedprovider':
    case 's3:dataaccesspointaccount':
    case 'sts:externalid':
      return whole;
    case 'aws:principalorgid':
    case 'aws:sourceorgid':
    case 'aws:vpceorgid':
      // Ids have ten characters at least, so a wildcard behind them stands for nothing more.
      return whole || /^o-[a-z0-9]{10,}$/.test(literal);
    case 'aws:principalorgpaths':
    case 'aws:sourceorgpaths':
    case 'aws:vpceorgpaths':
      return whole || /^o-[a-z0-9]{10,}\//.test(literal);
    case 'aws:userid':
      return whole || /^[A-Z]{4}[A-Z0-9]{12,}/.test(literal);
    case 'aws:principalarn':
    case 'aws:sourcearn':
    case 'aws:sourcevpcarn':
    case 's3:dataaccesspointarn': {
      if (whole) return true;
      const account = /^[^:]*:[^:]*:[^:]*:[^:]*:(\d{12}):/;
      // Over the whole text a wildcard before the account could swallow it: role paths may have colons.
      return account.test(kind === 'arn' || key === 'aws:sourcearn' ? value : literal);
    }
    default:
      return false;
  }
};
