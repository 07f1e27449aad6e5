import { parseArn, partitionOf } from '../../../../src/core/lib/arn.ts';
import { asObject, listAt, textAt } from '../../../../src/core/lib/json-at.ts';
import { busInput, exampleRule, rulePattern, ruleUids } from '../../../../src/core/lib/plans/event-rule.ts';
import { namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import { oneByOne } from '../../../../src/core/lib/plans/one-by-one.ts';
import type { Json, JsonObject } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const ruleOf = ({ params }: Target) => String(params['rule']);
const idsOf = ({ params }: Target) => listAt(params, 'ids').map(String);

/** The most targets of a rule: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const most = 5;

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RemoveTargets.html */
export const removeForeignTarget: Playbook = {
  id: 'aws.events.remove-foreign-target',
  version: 1,
  title: 'Send events to another account no more',
  why: 'Whoever gets the events of the account sees what is done there as it happens, secrets in their parameters too, or starts his own programs on them. Only the targets in other accounts that were put go; the rule and its other targets stay. What was sent is known.',
  handles: ['aws.events.rule-calls-foreign-account'],
  approval: 'none',
  risks: ['legitimate-use', 'workload'],
  asks: (target) => `Take the targets ${idsOf(target).join(', ')} in other accounts off the rule ${ruleOf(target)}`,
  blastRadius: (target) =>
    `What ${ruleOf(target)} sends to ${idsOf(target).join(', ')} does not arrive: a central account that gathers events among them.`,
  inverse: (target) => `The rule ${ruleOf(target)} has the same targets again.`,
  targets: (finding) =>
    namedTargets(finding, {
      service: 'events',
      resource: rulePattern,
      operations: ['PutTargets'],
      uids: ruleUids,
      params: (evidence) => {
        const foreign = evidence.flatMap(({ kept }) =>
          listAt(kept, 'targets').filter((one) => isForeign(textAt(one, 'arn'), finding.account)),
        );
        const ids = foreign.flatMap((one) => textAt(one, 'id') ?? []).filter((id) => /^[A-Za-z0-9._-]{1,64}$/.test(id));
        return ids.length === 0 ? null : { ids: [...new Set(ids)].sort() };
      },
    }),
  partial: true,
  plan: (target) => {
    const input = { Rule: ruleOf(target), ...busInput(target) };
    return oneByOne({
      name: 'Take a target off',
      on: [target.uid, `arn:${partitionOf(target.region)}:iam::${target.account}:role/*`],
      // Who puts a target back hands over the role that it is called by.
      permits: ['iam:PassRole'],
      read: { action: 'events:ListTargetsByRule', input },
      items: (answer) => foreignIn(answer, target),
      remove: { action: 'events:RemoveTargets', input, for: (item) => ({ Ids: [item['Id'] ?? ''] }) },
      bringBack: (item) => [{ action: 'events:PutTargets', input: { ...input, Targets: [item] } }],
      says: 'the rule sends nothing to other accounts by them',
      most,
    });
  },
  undoes: ['events:PutTargets'],
  examples: [{ name: 'a bus', target: exampleRule({ ids: ['out'] }), does: Array.from({ length: most }, () => 'events:RemoveTargets') }],
};

function foreignIn(answer: Json, target: Target): readonly JsonObject[] {
  return listAt(answer, 'Targets').flatMap((one) => {
    const item = asObject(one);
    return item !== null && idsOf(target).includes(textAt(one, 'Id') ?? '') && isForeign(textAt(one, 'Arn'), target.account) ? [item] : [];
  });
}

function isForeign(text: string | null, account: string): boolean {
  const arn = parseArn(text ?? '');
  return arn !== null && /^\d{12}$/.test(arn.account) && arn.account !== account;
}
