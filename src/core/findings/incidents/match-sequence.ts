import type { IncidentMember, LinkKind } from '../../model/incident.ts';
import type { Sequence, SequenceStep } from '../../model/sequence.ts';
import { severityIds } from '../../model/severity.ts';
import { kindOf } from './links.ts';

/** A session or key that is shared is a principal that is shared. */
const kinds: { readonly [link in NonNullable<Sequence['link']>[number]]: readonly LinkKind[] } = {
  principal: ['principal', 'session', 'key'],
  session: ['session', 'key'],
  resource: ['resource', 'principal'],
  address: ['address'],
};
/** Of members that fit a step, so many of a group are looked at, the earliest first. */
const mostMembers = 400;
/** And so many choices are tried from each time on: logs that make thousands of findings do not make the search long. */
const mostTries = 200;

/** Do members of one incident (by time) tell this story? Links that a crowd stands behind count for nothing. */
export function matchSequence(sequence: Sequence, members: readonly IncidentMember[], crowded: ReadonlySet<string>): boolean {
  // Most stories lack a step altogether.
  const fitting = members.filter((member) => sequence.steps.some((step) => fits(step, member)));
  if (!sequence.steps.every((step) => fitting.some((member) => fits(step, member)))) return false;
  return groupsOf(sequence, fitting, crowded).some((group) => tells(sequence, group.slice(0, mostMembers)));
}

export function fits(step: SequenceStep, member: IncidentMember): boolean {
  if (severityIds[member.severity] < severityIds[step.level]) return false;
  return (
    step.rules.includes(member.rule) ||
    member.sameAs?.some((rule) => step.rules.includes(rule)) === true ||
    step.tactics.some((tactic) => member.tactics.includes(tactic)) ||
    step.techniques.some((id) => member.techniques.some((technique) => technique === id || technique.startsWith(`${id}.`)))
  );
}

function groupsOf({ link }: Sequence, members: readonly IncidentMember[], crowded: ReadonlySet<string>): readonly IncidentMember[][] {
  if (link === null) return [[...members]];
  const wanted = new Set(link.flatMap((name) => kinds[name]));
  const groups = new Map<string, IncidentMember[]>();
  for (const member of members) {
    for (const { key } of member.links) {
      if (crowded.has(key) || !wanted.has(kindOf(key))) continue;
      const group = groups.get(key) ?? [];
      group.push(member);
      groups.set(key, group);
    }
  }
  return [...groups.values()];
}

/**
 * Is there a different member for each step, within the time and, where the sequence says so, one after the other? A
 * finding lasts from its first to its last event, and stands for any time between.
 */
function tells(sequence: Sequence, members: readonly IncidentMember[]): boolean {
  const candidates = sequence.steps.map((step) => members.filter((member) => fits(step, member)));
  const starts = [...new Set(members.flatMap((member) => [member.firstTime, member.lastTime]))];
  let tries = 0;
  const goOn = (chosen: readonly IncidentMember[], start: number, time: number): boolean => {
    if (chosen.length === sequence.steps.length) return true;
    const next = (candidates[chosen.length] ?? [])
      .filter((member) => member.lastTime >= time && isApart(sequence, chosen, member))
      .map((member) => ({ member, at: Math.max(time, member.firstTime) }))
      .filter(({ at }) => at - start <= sequence.within)
      .sort((a, b) => a.at - b.at);
    // As many as there are steps: the others can take away no more than that, and a later one leaves less to follow.
    return firstOfEach(next, sequence).some(
      ({ member, at }) => ++tries <= mostTries && goOn([...chosen, member], start, sequence.ordered ? at : start),
    );
  };
  return starts.some((start) => {
    tries = 0;
    return goOn([], start, start);
  });
}

function firstOfEach<T extends { readonly member: IncidentMember }>(next: readonly T[], { acrossAccounts, steps }: Sequence): readonly T[] {
  if (!acrossAccounts) return next.slice(0, steps.length);
  const seen = new Set<string>();
  return next.filter(({ member }) => !seen.has(member.account) && seen.add(member.account)).slice(0, steps.length);
}

function isApart({ acrossAccounts }: Sequence, chosen: readonly IncidentMember[], member: IncidentMember): boolean {
  return chosen.every((other) => other.finding !== member.finding && !(acrossAccounts && other.account === member.account));
}
