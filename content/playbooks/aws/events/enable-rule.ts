import { valueAt } from '../../../../src/core/lib/json-at.ts';
import { busInput, exampleRule, rulePattern, ruleUids } from '../../../../src/core/lib/plans/event-rule.ts';
import { namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const ruleOf = ({ params }: Target) => String(params['rule']);

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_EnableRule.html */
export const enableRule: Playbook = {
  id: 'aws.events.enable-rule',
  version: 1,
  title: 'Let a rule of events work again',
  why: 'Findings and alarms reach people and programs by such rules: a disabled one says nothing, and what it missed it does not say later. It works again with its pattern and targets. A rule that was deleted, or whose targets were removed, is for its owner to make again; one that asked for read-only events of CloudTrail asks for them no more.',
  handles: ['aws.events.rule-disabled', 'aws.events.security-rule-disabled'],
  approval: 'one-person',
  risks: [],
  asks: (target) => `Let the rule ${ruleOf(target)} of events work again`,
  blastRadius: (target) => `What ${ruleOf(target)} starts is started again: programs and messages, in the middle of maintenance too.`,
  inverse: (target) => `The rule ${ruleOf(target)} is disabled again.`,
  targets: (finding) => namedTargets(finding, { service: 'events', resource: rulePattern, operations: ['DisableRule'], uids: ruleUids }),
  plan: (target) => {
    const input = { Name: ruleOf(target), ...busInput(target) };
    return [
      setting({
        name: 'Enable the rule',
        on: [target.uid],
        read: { action: 'events:DescribeRule', input },
        state: (answer) => valueAt(answer, 'State'),
        want: (state) => (typeof state === 'string' && state.startsWith('ENABLED') ? state : 'ENABLED'),
        write: { action: 'events:EnableRule', input, with: () => ({}) },
        back: (state) => (state === 'DISABLED' ? [{ action: 'events:DisableRule', input }] : []),
        says: 'the rule is enabled',
      }),
    ];
  },
  undoes: ['events:DisableRule'],
  examples: [{ name: 'a rule', target: exampleRule(), does: ['events:EnableRule'] }],
};
