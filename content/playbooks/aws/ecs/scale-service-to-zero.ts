import { textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { keptArns, namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const nameOf = ({ params }: Target) => String(params['service']);

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html */
export const scaleServiceToZero: Playbook = {
  id: 'aws.ecs.scale-service-to-zero',
  version: 1,
  title: 'Let a service of containers that somebody started run down',
  why: 'A service starts a new task for each that ends, so stopping tasks stops nothing. With none wanted its tasks are stopped and stay so. What is in their memory and disks is lost. Where Application Auto Scaling has a least number for it, that starts them again: set it to none first.',
  handles: ['aws.ecs.many-tasks-started'],
  approval: 'one-person',
  risks: ['workload'],
  asks: (target) => `Let the service ${nameOf(target)} run down`,
  blastRadius: (target) =>
    `All that the service ${nameOf(target)} serves stops, and what its tasks hold in memory and on their disks is lost.`,
  inverse: (target) => `The service ${nameOf(target)} wants as many tasks as before; they are new ones.`,
  targets: (finding) =>
    namedTargets(finding, {
      service: 'ecs',
      resource: /^service\/(?<cluster>[A-Za-z0-9_-]{1,255})\/(?<service>[A-Za-z0-9_-]{1,255})$/,
      operations: ['CreateService'],
      uids: keptArns('ecs', { serviceArn: 'service/' }),
    }),
  requires: (target) => [
    {
      name: 'The service wants a number of tasks',
      on: [target.uid],
      read: {
        action: 'ecs:DescribeServices',
        input: { cluster: String(target.params['cluster']), services: [nameOf(target)] },
        keep: 'service',
      },
      expect: (answer) =>
        textAt(answer, 'services', 0, 'status') === 'ACTIVE' && textAt(answer, 'services', 0, 'schedulingStrategy') !== 'DAEMON',
      says: `The service ${nameOf(target)} is gone, or runs one task on each machine of its cluster, which no number stops: a person has to delete it.`,
    },
  ],
  plan: (target) => {
    const input = { cluster: String(target.params['cluster']), service: nameOf(target) };
    return [
      setting({
        name: 'Want no tasks',
        on: [target.uid],
        read: { action: 'ecs:DescribeServices', input: { cluster: input.cluster, services: [input.service] } },
        state: (answer) => valueAt(answer, 'services', 0, 'desiredCount'),
        want: () => 0,
        write: { action: 'ecs:UpdateService', input, with: (desiredCount) => ({ desiredCount }) },
        says: 'the service wants no tasks',
      }),
    ];
  },
  undoes: ['ecs:UpdateService'],
  examples: [
    {
      name: 'a service',
      target: {
        account: '111122223333',
        region: 'eu-central-1',
        uid: 'arn:aws:ecs:eu-central-1:111122223333:service/work/miner',
        params: { cluster: 'work', service: 'miner' },
      },
      does: ['ecs:UpdateService'],
    },
  ],
};
