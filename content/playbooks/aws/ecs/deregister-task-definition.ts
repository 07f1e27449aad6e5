import { textAt } from '../../../../src/core/lib/json-at.ts';
import { namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import type { Json } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const nameOf = ({ params }: Target) => String(params['definition']);

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterTaskDefinition.html: it can be read afterwards, and not used. */
export const deregisterTaskDefinition: Playbook = {
  id: 'aws.ecs.deregister-task-definition',
  version: 1,
  title: 'Let nobody start a task that mines',
  why: 'The definition names an image of a miner. Without it nobody can start a task or a service of it; tasks that run go on, and so do services that have it. The definition stays readable, as evidence.',
  handles: ['aws.ecs.mining-image-registered'],
  approval: 'two-persons',
  risks: ['workload'],
  asks: (target) => `Deregister the task definition ${nameOf(target)}`,
  blastRadius: (target) => `No new task or service can be made of ${nameOf(target)}; those that are there go on.`,
  inverse: (target) => `Nothing makes ${nameOf(target)} usable again: the same has to be registered under a new number.`,
  targets: (finding) =>
    namedTargets(finding, {
      service: 'ecs',
      resource: /^task-definition\/(?<definition>[A-Za-z0-9_-]{1,255}:\d{1,10})$/,
      operations: ['RegisterTaskDefinition'],
    }),
  plan: ({ uid, params }) => {
    const input = { taskDefinition: String(params['definition']) };
    const read = { action: 'ecs:DescribeTaskDefinition', input };
    const state = (answer: Json) => textAt(answer, 'taskDefinition', 'status');
    return [
      {
        name: 'Deregister it',
        on: [uid],
        read: { ...read, keep: 'definition' },
        captures: state,
        do: { action: 'ecs:DeregisterTaskDefinition', input, once: 'sets-state' },
        verify: {
          ...read,
          expect: (answer) => (state(answer) ?? 'ACTIVE') !== 'ACTIVE',
          says: 'the definition is inactive',
          withinSeconds: 60,
        },
        undo: () => 'irreversible',
      },
    ];
  },
  undoes: [],
  examples: [
    {
      name: 'a definition',
      target: {
        account: '111122223333',
        region: 'eu-central-1',
        uid: 'arn:aws:ecs:eu-central-1:111122223333:task-definition/web:7',
        params: { definition: 'web:7' },
      },
      does: ['ecs:DeregisterTaskDefinition'],
    },
  ],
};
