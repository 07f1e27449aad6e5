import type { Json, JsonObject } from '../../model/json.ts';
import type { Kept, Precondition, Step, Target } from '../../model/plan.ts';
import { canonicalJson } from '../canonical-json.ts';
import { policySize } from '../inline-policy.ts';
import { asObject, listAt, textAt, valueAt } from '../json-at.ts';
import { organizationArn } from './organization.ts';
import { parsed, statementsOf } from './policy-statements.ts';

/**
 * A service control policy that the owner has written and attached beforehand, which names people: in the middle of an incident one only adds to it. The
 * statement `sid` denies by `key` under `operator`.
 */
export interface StagedDeny {
  readonly policy: string;
  readonly sid: string;
  readonly operator: 'StringEquals' | 'StringLike';
  readonly key: string;
}

/** The least that any organisation may have: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html */
const longest = 5120;

/** The policy is there, with its statement and room for one more, and is attached. */
export function stagedAndAttached(target: Target, deny: StagedDeny, who: string): readonly Precondition[] {
  const { policy, sid, key } = deny;
  const read = { action: 'organizations:ListPolicies', input: { Filter: 'SERVICE_CONTROL_POLICY' } };
  const inputs = (answer: Json) => stagedIn(answer, deny).map((PolicyId) => ({ PolicyId }));
  return [
    {
      name: 'The deny is there and has room',
      on: [policies(target)],
      read: { ...read, keep: 'people' },
      follow: { action: 'organizations:DescribePolicy', inputs },
      expect: (_, followed) => {
        const document = followed.length === 1 ? documentIn(followed[0] ?? null, deny) : null;
        return document !== null && policySize(canonicalJson(withOneMore(document, deny, who))) <= longest;
      },
      says: `The organisation has no service control policy "${policy}" with a statement "${sid}" that denies by ${key}, or it is full: write it once, beforehand, as the guide says.`,
    },
    {
      name: 'The deny is attached',
      on: [policies(target)],
      read: { ...read, keep: 'attached' },
      follow: { action: 'organizations:ListTargetsForPolicy', inputs },
      expect: (_, followed) => listAt(followed[0], 'Targets').length > 0,
      says: `The policy "${policy}" is attached nowhere, so it would stop nobody.`,
    },
  ];
}

/** Adds somebody to the policy. Undo writes what was there before, and asks where others were added since. */
export function addToStaged(target: Target, deny: StagedDeny, who: string): Step {
  const input = {};
  const named = (kept: Kept) => ({ PolicyId: stagedIn(valueAt(kept['people'], 'answer'), deny)[0] ?? '' });
  const read = { action: 'organizations:DescribePolicy', input, fill: named };
  const write = (kept: Kept, Content: string) => ({ action: 'organizations:UpdatePolicy', input: { ...named(kept), Content } });
  return {
    name: 'Add the person to the deny',
    on: [policies(target)],
    read: { ...read, keep: 'policy' },
    captures: (answer) => deniedIn(documentIn(answer, deny), deny),
    do: {
      action: 'organizations:UpdatePolicy',
      input,
      once: 'sets-state',
      fill: (kept) => write(kept, canonicalJson(withOneMore(documentIn(kept['policy'] ?? null, deny) ?? {}, deny, who))).input,
    },
    verify: {
      ...read,
      expect: (answer) => deniedIn(documentIn(answer, deny), deny).includes(who),
      says: 'the deny names the person',
      withinSeconds: 60,
    },
    undo: (kept) => {
      const earlier = textAt(kept['policy'], 'Policy', 'Content');
      return earlier === null ? [] : [write(kept, earlier)];
    },
  };
}

function policies(target: Target): string {
  return organizationArn(target, 'policy/o-*/service_control_policy/p-*');
}

function stagedIn(answer: Json, { policy }: StagedDeny): readonly string[] {
  return listAt(answer, 'Policies').flatMap((one) => (textAt(one, 'Name') === policy ? (textAt(one, 'Id') ?? []) : []));
}

/** The document of the staged policy; null where it has no statement that denies as it should. */
function documentIn(answer: Json, deny: StagedDeny): JsonObject | null {
  const document = parsed(textAt(answer, 'Policy', 'Content'));
  return document !== null && statementsOf(document).some((one) => denies(one, deny)) ? document : null;
}

function denies(statement: Json, { sid, operator, key }: StagedDeny): boolean {
  return (
    textAt(statement, 'Sid') === sid && textAt(statement, 'Effect') === 'Deny' && valueAt(statement, 'Condition', operator, key) !== null
  );
}

function deniedIn(document: JsonObject | null, deny: StagedDeny): readonly string[] {
  const statement = statementsOf(document).find((one) => denies(one, deny)) ?? null;
  const named = valueAt(statement, 'Condition', deny.operator, deny.key);
  return (Array.isArray(named) ? named : [named]).flatMap((one) => (typeof one === 'string' ? [one] : [])).sort();
}

function withOneMore(document: JsonObject, deny: StagedDeny, who: string): JsonObject {
  const { operator, key } = deny;
  const people = [...new Set([...deniedIn(document, deny), who])].sort();
  const Statement = statementsOf(document).map((one) => {
    if (!denies(one, deny)) return one;
    const condition = asObject(valueAt(one, 'Condition')) ?? {};
    return { ...asObject(one), Condition: { ...condition, [operator]: { ...asObject(condition[operator] ?? null), [key]: people } } };
  });
  return { ...document, Statement };
}
