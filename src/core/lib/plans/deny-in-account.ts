import type { Json, JsonObject } from '../../model/json.ts';
import type { Precondition, Step, Target } from '../../model/plan.ts';
import { partitionOf } from '../arn.ts';
import { canonicalJson } from '../canonical-json.ts';
import { listAt, textAt } from '../json-at.ts';

/**
 * So many service control policies may be attached to one account, or to the root, FullAWSAccess among them:
 * https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
 */
export const mostAttached = 5;
const filter = { Filter: 'SERVICE_CONTROL_POLICY' } as const;

/**
 * A service control policy that denies everything to whom its condition names. The target's `params.member` is the account in which it holds, or the
 * organisation's root (`r-...`): then it holds in every account but the management account.
 */
export interface ControlDeny {
  readonly name: string;
  readonly sid: string;
  readonly condition: JsonObject;
}

/** Is there room for one more policy there? The management account itself cannot be restricted. */
export function roomForControlPolicy(target: Target, { name }: ControlDeny): Precondition {
  const member = String(target.params['member']);
  return {
    name: `Room for a service control policy at ${member}`,
    on: onPlace(target),
    read: { action: 'organizations:ListPoliciesForTarget', input: { TargetId: member, ...filter }, keep: 'attachedBefore' },
    expect: (answer) => {
      const names = namesIn(answer);
      return answer !== null && (names.includes(name) || names.length < mostAttached);
    },
    says: `${member} is not of the organisation, or has ${mostAttached} service control policies already.`,
  };
}

/** Writes the policy, once for all places, and attaches it to one. Undo detaches it, and removes it if this plan wrote it. */
export function denyInAccount(target: Target, deny: ControlDeny): readonly Step[] {
  const member = String(target.params['member']);
  const { name } = deny;
  const list = { action: 'organizations:ListPolicies', input: filter };
  const attached = { action: 'organizations:ListPoliciesForTarget', input: { TargetId: member, ...filter } };
  return [
    {
      name: 'Write the deny',
      on: onPolicies(target),
      read: { ...list, keep: 'policies' },
      captures: (answer) => idOf(answer, name) !== null,
      do: {
        action: 'organizations:CreatePolicy',
        input: {
          Name: name,
          Description: 'Written by jobzero to cut somebody off.',
          Type: 'SERVICE_CONTROL_POLICY',
          Content: canonicalJson(documentOf(deny)),
        },
        // Of one name there is one policy: a second call is refused, and a look tells that it is so.
        once: 'sets-state',
      },
      verify: { ...list, expect: (answer) => idOf(answer, name) !== null, says: 'the policy is listed', withinSeconds: 60 },
      undo: (kept, output) => {
        // What was made says its id, where the list does not show it yet.
        const id = textAt(output, 'Policy', 'PolicySummary', 'Id') ?? idOf(kept['policies.after'] ?? null, name);
        return id === null || idOf(kept['policies'] ?? null, name) !== null
          ? []
          : [{ action: 'organizations:DeletePolicy', input: { PolicyId: id } }];
      },
    },
    {
      name: 'Attach it where it is to hold',
      on: [...onPlace(target), ...onPolicies(target)],
      read: { ...attached, keep: 'attached' },
      captures: (answer) => namesIn(answer).includes(name),
      do: {
        action: 'organizations:AttachPolicy',
        input: { TargetId: member },
        fill: (kept) => ({ TargetId: member, PolicyId: idOf(kept['policies.after'] ?? null, name) ?? '' }),
        once: 'sets-state',
      },
      verify: { ...attached, expect: (answer) => namesIn(answer).includes(name), says: 'the policy is attached', withinSeconds: 60 },
      undo: (kept) => {
        const id = idOf(kept['policies.after'] ?? null, name);
        return id === null || namesIn(kept['attached'] ?? null).includes(name)
          ? []
          : [{ action: 'organizations:DetachPolicy', input: { PolicyId: id, TargetId: member } }];
      },
    },
  ];
}

/** Ids of the organisation and of policies are known only when they are read. */
function onPlace({ account, region, params }: Target): readonly string[] {
  const member = String(params['member']);
  return [`arn:${partitionOf(region)}:organizations::${account}:${member.startsWith('r-') ? 'root' : 'account'}/*/${member}`];
}

function onPolicies({ account, region }: Target): readonly string[] {
  return [`arn:${partitionOf(region)}:organizations::${account}:policy/*/service_control_policy/*`];
}

function documentOf({ sid, condition }: ControlDeny): JsonObject {
  return {
    Version: '2012-10-17',
    Statement: [{ Sid: sid, Effect: 'Deny', Action: '*', Resource: '*', Condition: condition }],
  };
}

function namesIn(answer: Json): readonly string[] {
  return listAt(answer, 'Policies').flatMap((policy) => textAt(policy, 'Name') ?? []);
}

function idOf(answer: Json, name: string): string | null {
  const found = listAt(answer, 'Policies').find((policy) => textAt(policy, 'Name') === name);
  return found === undefined ? null : textAt(found, 'Id');
}
