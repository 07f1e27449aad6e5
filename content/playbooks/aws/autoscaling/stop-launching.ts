import { partitionOf } from '../../../../src/core/lib/arn.ts';
import { listAt, textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import type { Json } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const nameOf = ({ params }: Target) => String(params['group']);

/** https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html */
export const stopLaunching: Playbook = {
  id: 'aws.autoscaling.stop-launching',
  version: 1,
  title: 'Let a scaling group start no more machines',
  why: 'A large group that somebody made or widened starts machines for as long as it lives. Suspending stops that and touches no machine that runs, so evidence stays and nothing is lost; those have to be stopped by themselves.',
  handles: ['aws.autoscaling.large-group-made'],
  approval: 'none',
  risks: ['workload'],
  asks: (target) => `Let the scaling group ${nameOf(target)} start no more machines`,
  blastRadius: (target) =>
    `The group ${nameOf(target)} does not grow with its load, and replaces no machine that fails; those that run go on.`,
  inverse: (target) => `The group ${nameOf(target)} starts machines again, up to what it wants.`,
  targets: (finding) =>
    namedTargets(finding, {
      service: 'autoscaling',
      resource: /^autoScalingGroup:\*:autoScalingGroupName\/(?<group>[A-Za-z0-9_ ./-]{1,255})$/,
      operations: ['CreateAutoScalingGroup', 'UpdateAutoScalingGroup'],
      // The id within the ARN no event tells.
      uids: ({ account, region, resource }) =>
        resource === undefined
          ? []
          : [`arn:${partitionOf(region)}:autoscaling:${region}:${account}:autoScalingGroup:*:autoScalingGroupName/${resource.name}`],
    }),
  partial: true,
  plan: (target) => {
    const input = { AutoScalingGroupName: nameOf(target), ScalingProcesses: ['Launch'] };
    const suspended = (answer: Json) =>
      listAt(answer, 'AutoScalingGroups', 0, 'SuspendedProcesses').some((one) => textAt(one, 'ProcessName') === 'Launch');
    const there = (answer: Json) => valueAt(answer, 'AutoScalingGroups', 0) !== null;
    return [
      {
        name: 'Suspend launching',
        on: [target.uid],
        read: { action: 'autoscaling:DescribeAutoScalingGroups', input: { AutoScalingGroupNames: [nameOf(target)] }, keep: 'group' },
        captures: suspended,
        do: { action: 'autoscaling:SuspendProcesses', input, once: 'sets-state' },
        verify: {
          action: 'autoscaling:DescribeAutoScalingGroups',
          input: { AutoScalingGroupNames: [nameOf(target)] },
          expect: (answer) => answer !== null && (!there(answer) || suspended(answer)),
          says: 'the group starts nothing',
          withinSeconds: 60,
        },
        undo: (kept) => (suspended(kept['group'] ?? null) ? [] : [{ action: 'autoscaling:ResumeProcesses', input }]),
      },
    ];
  },
  undoes: ['autoscaling:ResumeProcesses'],
  examples: [
    {
      name: 'a group',
      target: {
        account: '111122223333',
        region: 'eu-central-1',
        uid: 'arn:aws:autoscaling:eu-central-1:111122223333:autoScalingGroup:*:autoScalingGroupName/fleet',
        params: { group: 'fleet' },
      },
      does: ['autoscaling:SuspendProcesses'],
    },
  ],
};
