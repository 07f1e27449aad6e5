import type { Evidence } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Target } from '../../model/plan.ts';
import { partitionOf } from '../arn.ts';
import { textAt } from '../json-at.ts';

/** The last part of a rule's ARN: rules of other buses than the default one have its name before theirs. */
export const rulePattern = /^rule\/(?:(?<bus>[A-Za-z0-9._/-]{1,256})\/)?(?<rule>[A-Za-z0-9._-]{1,64})$/;

/** The ARN of the rule that a call to EventBridge names, and of its bus: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeRule.html */
export function ruleUids({ kept, account, region }: Evidence): readonly string[] {
  const rule = textAt(kept, 'rule') ?? textAt(kept, 'name') ?? '';
  const given = textAt(kept, 'eventBusName') ?? 'default';
  const bus = given.startsWith('arn:') ? given.slice(given.indexOf(':event-bus/') + ':event-bus/'.length) : given;
  if (!/^[A-Za-z0-9._-]{1,64}$/.test(rule) || !/^[A-Za-z0-9._/-]{1,256}$/.test(bus)) return [];
  return [`arn:${partitionOf(region)}:events:${region}:${account}:rule/${bus === 'default' ? '' : `${bus}/`}${rule}`];
}

/** The input that names the bus, where it is not the default one. */
export function busInput({ params }: Target): JsonObject {
  const bus = textAt(params, 'bus');
  return bus === null ? {} : { EventBusName: bus };
}

/** The target of examples. */
export function exampleRule(params: JsonObject = {}): Target {
  return {
    account: '111122223333',
    region: 'eu-central-1',
    uid: 'arn:aws:events:eu-central-1:111122223333:rule/guardduty-to-pager',
    params: { rule: 'guardduty-to-pager', ...params },
  };
}
