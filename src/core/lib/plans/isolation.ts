import type { Json, JsonObject } from '../../model/json.ts';
import type { Call, Precondition, Step, Target } from '../../model/plan.ts';
import { asObject, listAt, textAt, valueAt } from '../json-at.ts';
import { ec2Arn } from './ec2.ts';

/**
 * Two security groups that the owner makes beforehand in each VPC, by name. The first lets everything in and out: connections under such rules
 * are not tracked, so that swapping it for the second, which has no rule, ends them at once instead of leaving them open for days.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
 */
export const transitionGroup = 'jobzero-transition';
export const isolatedGroup = 'jobzero-isolated';

/** Interfaces that a plan swaps; instances with more are few, and refused. */
export const mostInterfaces = 4;

/** The interfaces whose groups are swapped, and how they are read. */
export interface Interfaces {
  readonly target: Target;
  /** Reads the interfaces: of an instance, or one. */
  readonly read: Call;
}

export function interfaceArns(target: Target): readonly string[] {
  return [target.uid, ec2Arn(target, 'network-interface', '*'), ec2Arn(target, 'security-group', '*')];
}

/** The interfaces are there, are ours to change, and their VPC has both groups with the rules that they must have. */
export function groupsAreThere({ target, read }: Interfaces): Precondition {
  return {
    name: 'The groups for isolation',
    on: [target.uid],
    read: { ...read, keep: 'isolation' },
    follow: {
      action: 'ec2:DescribeSecurityGroups',
      inputs: (answer) => {
        const vpcs = [...new Set(listAt(answer, 'NetworkInterfaces').flatMap((one) => textAt(one, 'VpcId') ?? []))].sort();
        return vpcs.map((vpc) => ({
          Filters: [
            { Name: 'vpc-id', Values: [vpc] },
            { Name: 'group-name', Values: [transitionGroup, isolatedGroup] },
          ],
        }));
      },
    },
    expect: (answer, followed) => {
      const interfaces = listAt(answer, 'NetworkInterfaces');
      const groups = followed.flatMap((one) => listAt(one, 'SecurityGroups'));
      const isolated = groups.find((group) => textAt(group, 'GroupName') === isolatedGroup);
      return (
        interfaces.length > 0 &&
        interfaces.length <= mostInterfaces &&
        followed.length === 1 &&
        groups.some((group) => textAt(group, 'GroupName') === transitionGroup) &&
        isolated !== undefined &&
        listAt(isolated, 'IpPermissions').length === 0 &&
        listAt(isolated, 'IpPermissionsEgress').length === 0 &&
        interfaces.every((one) => valueAt(one, 'RequesterManaged') !== true)
      );
    },
    says: `It is gone, has more than ${mostInterfaces} interfaces or one that a service of AWS manages; or its VPC lacks a group "${transitionGroup}" that lets everything in and out, or "${isolatedGroup}" without any rule: make them once, beforehand.`,
  };
}

/** Swaps the groups of each interface, one a call; first all to the transition, so that what is open is not tracked any more. */
export function swapGroups({ target, read }: Interfaces, most: number = mostInterfaces): readonly Step[] {
  const swap = (name: string, group: string, isDone: (groups: readonly Json[]) => boolean) =>
    Array.from({ length: most }, (_, i): Step => {
      const keep = `${group} ${i + 1}`;
      return {
        name: most === 1 ? name : `${name} (interface ${i + 1} of at most ${most})`,
        on: interfaceArns(target),
        read: { ...read, keep },
        captures: (answer) => groupsOf(nthOf(answer, i)),
        do: {
          action: 'ec2:ModifyNetworkInterfaceAttribute',
          input: {},
          once: 'sets-state',
          fill: (kept) => modify(nthOf(kept[keep], i), [idOf(kept['isolation'] ?? null, group)]),
        },
        verify: {
          ...read,
          expect: (answer) => {
            const nth = nthOf(answer, i);
            return answer !== null && (nth === null || isDone(listAt(nth, 'Groups')));
          },
          says: `the interface has the group ${group} alone`,
          withinSeconds: 60,
        },
        undo: (kept) => {
          const nth = nthOf(kept[keep], i);
          const groups = listAt(nth, 'Groups').flatMap((one) => textAt(one, 'GroupId') ?? []);
          return nth === null || groups.length === 0 ? [] : [{ action: 'ec2:ModifyNetworkInterfaceAttribute', input: modify(nth, groups) }];
        },
      };
    });
  const only = (groups: readonly Json[], names: readonly string[]) =>
    groups.length === 1 && names.includes(textAt(groups[0], 'GroupName') ?? '');
  return [
    ...swap('Let its connections be untracked', transitionGroup, (groups) => only(groups, [transitionGroup, isolatedGroup])),
    ...swap('Let nothing in or out', isolatedGroup, (groups) => only(groups, [isolatedGroup])),
  ];
}

function nthOf(answer: Json | undefined, n: number): Json {
  const sorted = listAt(answer, 'NetworkInterfaces').toSorted((a, b) =>
    (textAt(a, 'NetworkInterfaceId') ?? '') < (textAt(b, 'NetworkInterfaceId') ?? '') ? -1 : 1,
  );
  return sorted[n] ?? null;
}

function groupsOf(one: Json): Json {
  const groups = listAt(one, 'Groups').flatMap((group) => textAt(group, 'GroupId') ?? []);
  return { interface: textAt(one, 'NetworkInterfaceId'), groups: groups.toSorted() };
}

/** The id of a group by its name, as the precondition found it. */
function idOf(kept: Json, name: string): string {
  const groups = listAt(kept, 'followed').flatMap((one) => listAt(one, 'SecurityGroups'));
  return textAt(asObject(groups.find((group) => textAt(group, 'GroupName') === name)), 'GroupId') ?? '';
}

function modify(one: Json, groups: readonly string[]): JsonObject {
  return { NetworkInterfaceId: textAt(one, 'NetworkInterfaceId'), Groups: groups };
}
