import { listAt, textAt } from '../../../../src/core/lib/json-at.ts';
import { ec2Arn, exampleEc2 } from '../../../../src/core/lib/plans/ec2.ts';
import { keptTexts } from '../../../../src/core/lib/plans/named-targets.ts';
import type { Json } from '../../../../src/core/model/json.ts';
import type { Call, Playbook, Target } from '../../../../src/core/model/plan.ts';

/** More ARNs than this do not fit into a session's policy. */
const mostNamed = 10;
const most = 100;
const idsOf = ({ params }: Target) => listAt(params, 'instanceIds').map(String);

/**
 * Stops what somebody started, all of one call or attack together. Never alone: memory and instance store are lost.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Stop_Start.html
 */
export const stopInstances: Playbook = {
  id: 'aws.ec2.stop-instances',
  version: 1,
  title: 'Stop instances that somebody started',
  why: 'Fleets that an attacker starts cost by the minute and attack others. Stopping keeps their disks, and loses their memory and instance store for good. A scaling group or a Spot request starts others in their place: stop that first.',
  handles: [
    'aws.ec2.instances-launched-in-bulk',
    'aws.ec2.instances-started-in-many-regions',
    'aws.ec2.largest-instances-launched',
    'aws.ec2.unusual-instances-launched',
  ],
  approval: 'one-person',
  risks: ['workload'],
  asks: (target) => `Stop ${idsOf(target).length} instances in ${target.region}, ${idsOf(target)[0] ?? ''} among them`,
  blastRadius: (target) => `All that ${saysIds(target)} serve stops, and what they hold in memory and instance store is lost for good.`,
  inverse: (target) =>
    `The instances ${saysIds(target)} are started again with their disks; public addresses that are not their own change.`,
  targets: (finding) => {
    const byRegion = new Map<string, string[]>();
    for (const evidence of finding.evidence) {
      if (evidence.account !== finding.account || evidence.error !== undefined || !/^[a-z]+(-[a-z]+)+-\d+$/.test(evidence.region)) continue;
      const ids = byRegion.get(evidence.region) ?? [];
      byRegion.set(evidence.region, [...new Set([...ids, ...keptTexts([evidence], 'instanceIds', /^i-[0-9a-f]{8,32}$/)])].sort());
    }
    return [...byRegion].flatMap(([region, instanceIds]) => {
      const [first] = instanceIds;
      if (first === undefined || instanceIds.length > most) return [];
      return [
        { account: finding.account, region, uid: ec2Arn({ account: finding.account, region }, 'instance', first), params: { instanceIds } },
      ];
    });
  },
  requires: (target) => [
    {
      name: 'All of them can be stopped',
      on: onOf(target),
      read: { ...readOf(target), keep: 'kinds' },
      // One that cannot be stopped is an error for all: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StopInstances.html
      expect: (answer) =>
        instancesIn(answer).every(
          (one) => textAt(one, 'InstanceLifecycle') !== 'spot' && textAt(one, 'RootDeviceType') !== 'instance-store',
        ),
      says: 'Spot instances are among them, or such as start from instance store: these can only be ended, and their request has to be cancelled.',
    },
  ],
  plan: (target) => {
    const ids = idsOf(target);
    const read = readOf(target);
    return [
      {
        name: 'Stop them',
        on: onOf(target),
        read: { ...read, keep: 'instances' },
        captures: running,
        do: {
          action: 'ec2:StopInstances',
          input: { InstanceIds: ids },
          once: 'sets-state',
          fill: (kept) => ({ InstanceIds: running(kept['instances'] ?? null) }),
        },
        verify: {
          ...read,
          // A machine that is still stopping cannot be started again yet, and undo may come at once.
          expect: (answer) => answer !== null && inState(answer, ['pending', 'running', 'stopping']).length === 0,
          says: 'none of them runs',
          withinSeconds: 600,
        },
        undo: (kept) => {
          const ran = running(kept['instances'] ?? null);
          return ran.length === 0 ? [] : [{ action: 'ec2:StartInstances', input: { InstanceIds: ran } }];
        },
      },
    ];
  },
  undoes: ['ec2:StartInstances'],
  examples: [
    {
      name: 'two instances',
      target: exampleEc2('instance', 'i-0a1b2c3d4e5f60718', { instanceIds: ['i-0a1b2c3d4e5f60718', 'i-0b2c3d4e5f6071829'] }),
      does: ['ec2:StopInstances'],
    },
    {
      name: 'a fleet',
      target: exampleEc2('instance', 'i-0a1b2c3d4e5f60718', {
        instanceIds: Array.from({ length: 40 }, (_, i) => `i-0a1b2c3d4e5f607${i + 10}`),
      }),
      does: ['ec2:StopInstances'],
    },
  ],
};

function onOf(target: Target): readonly string[] {
  const ids = idsOf(target);
  return ids.length > mostNamed ? [ec2Arn(target, 'instance', '*')] : ids.map((id) => ec2Arn(target, 'instance', id));
}

/** By filter: one that has been ended meanwhile is missing instead of an error for all. */
function readOf(target: Target): Call {
  return { action: 'ec2:DescribeInstances', input: { Filters: [{ Name: 'instance-id', Values: idsOf(target) }] } };
}

function running(answer: Json): readonly string[] {
  return inState(answer, ['pending', 'running']);
}

function inState(answer: Json, states: readonly string[]): readonly string[] {
  return instancesIn(answer)
    .filter((one) => states.includes(textAt(one, 'State', 'Name') ?? ''))
    .flatMap((one) => textAt(one, 'InstanceId') ?? [])
    .sort();
}

function instancesIn(answer: Json): readonly Json[] {
  return listAt(answer, 'Reservations').flatMap((reservation) => listAt(reservation, 'Instances'));
}

function saysIds(target: Target): string {
  const ids = idsOf(target);
  return ids.length <= mostNamed ? ids.join(', ') : `${ids.slice(0, mostNamed).join(', ')} and ${ids.length - mostNamed} more`;
}
