import { partitionOf } from '../../../../src/core/lib/arn.ts';
import { listAt, textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { keptTexts, namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

/** Names may have any character; those with unusual ones, and what IAM reads as wildcards, are left to people. */
const alarmName = /^[\w .:;,#&()+=@/-]{1,255}$/;
const nameOf = ({ params }: Target) => String(params['alarm']);

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_EnableAlarmActions.html */
export const resumeAlarmActions: Playbook = {
  id: 'aws.cloudwatch.resume-alarm-actions',
  version: 1,
  title: 'Let an alarm tell somebody again',
  why: 'An alarm whose actions are off turns red and tells nobody. Its actions are on again; what it missed it does not tell later, and an alarm that was deleted is for its owner to make again.',
  handles: ['aws.cloudwatch.alarms-silenced', 'aws.cloudwatch.security-alarm-silenced'],
  approval: 'one-person',
  risks: [],
  asks: (target) => `Let the alarm ${nameOf(target)} tell somebody again`,
  blastRadius: (target) =>
    `When ${nameOf(target)} turns red it does what it was set to: it may wake people, or start and stop machines, in the middle of maintenance too.`,
  inverse: (target) => `The actions of the alarm ${nameOf(target)} are off again.`,
  targets: (finding) =>
    namedTargets(finding, {
      service: 'cloudwatch',
      resource: /^alarm:(?<alarm>.{1,255})$/,
      operations: ['DisableAlarmActions'],
      uids: (evidence) =>
        keptTexts([evidence], 'alarmNames', alarmName).map(
          (name) => `arn:${partitionOf(evidence.region)}:cloudwatch:${evidence.region}:${evidence.account}:alarm:${name}`,
        ),
    }),
  plan: (target) => {
    const AlarmNames = [nameOf(target)];
    return [
      setting({
        name: 'Turn its actions on',
        on: [target.uid],
        read: { action: 'cloudwatch:DescribeAlarms', input: { AlarmNames, AlarmTypes: ['CompositeAlarm', 'MetricAlarm'] } },
        state: (answer) =>
          valueAt(
            [...listAt(answer, 'MetricAlarms'), ...listAt(answer, 'CompositeAlarms')].find(
              (one) => textAt(one, 'AlarmName') === nameOf(target),
            ),
            'ActionsEnabled',
          ),
        want: () => true,
        write: { action: 'cloudwatch:EnableAlarmActions', input: { AlarmNames }, with: () => ({}) },
        back: (enabled) => (enabled === false ? [{ action: 'cloudwatch:DisableAlarmActions', input: { AlarmNames } }] : []),
        says: 'the actions of the alarm are on',
      }),
    ];
  },
  undoes: ['cloudwatch:DisableAlarmActions'],
  examples: [
    {
      name: 'an alarm',
      target: {
        account: '111122223333',
        region: 'eu-central-1',
        uid: 'arn:aws:cloudwatch:eu-central-1:111122223333:alarm:root-login',
        params: { alarm: 'root-login' },
      },
      does: ['cloudwatch:EnableAlarmActions'],
    },
  ],
};
