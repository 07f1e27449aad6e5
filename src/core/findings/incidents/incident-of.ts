import { hashOf } from '../../lib/hash.ts';
import type { Incident, IncidentMember, TimelineEntry } from '../../model/incident.ts';
import type { Sequence } from '../../model/sequence.ts';
import { severityIds } from '../../model/severity.ts';
import type { Verdict } from './judge.ts';
import { inColumns } from './tactic-reach.ts';

/** Lists of an incident hold so many. */
const most = { members: 500, timeline: 200, actors: 50, accounts: 50, resources: 100 } as const;

/** The document of members that belong together (by time), with what they were judged to be. */
export function incidentOf(members: readonly IncidentMember[], matched: readonly Sequence[], verdict: Verdict, tenant: string): Incident {
  const ids = members.map(({ finding, revision }) => ({ finding, revision })).sort((a, b) => (a.finding < b.finding ? -1 : 1));
  const actors = byUid(members.flatMap((member) => member.actors));
  const resources = byUid(members.flatMap((member) => member.resources));
  const accounts = [...new Set(members.map(({ account }) => account))].sort();
  const content: Omit<Incident, 'revision'> = {
    format: 'jobzero.incident/1',
    tenant,
    id: ids[0]?.finding ?? '',
    title: titleOf(members, matched),
    severity: verdict.severity,
    pages: verdict.pages,
    why: verdict.why,
    sequences: matched.map(({ id }) => id).sort(),
    tactics: verdict.tactics,
    techniques: [...new Set(members.flatMap((member) => member.techniques))].sort(),
    members: ids.slice(0, most.members),
    actors: actors.slice(0, most.actors),
    accounts: accounts.slice(0, most.accounts),
    resources: resources.slice(0, most.resources),
    timeline: timelineOf(members),
    left: {
      members: Math.max(0, ids.length - most.members),
      actors: Math.max(0, actors.length - most.actors),
      accounts: Math.max(0, accounts.length - most.accounts),
      resources: Math.max(0, resources.length - most.resources),
      timeline: Math.max(0, members.length - most.timeline),
    },
    firstTime: members.reduce((time, member) => Math.min(time, member.firstTime), Number.POSITIVE_INFINITY),
    lastTime: members.reduce((time, member) => Math.max(time, member.lastTime), Number.NEGATIVE_INFINITY),
  };
  return { ...content, revision: hashOf(content).slice(0, 32) };
}

/** The gravest story, or else the gravest finding, and by whom. */
function titleOf(members: readonly IncidentMember[], matched: readonly Sequence[]): string {
  const story = [...matched].sort((a, b) => severityIds[b.severity] - severityIds[a.severity] || (a.id < b.id ? -1 : 1))[0];
  const gravest = byGravity(members)[0];
  const who = gravest?.actors[0]?.name ?? '';
  const others = members.length - 1;
  const more = story === undefined && others > 0 ? `, and ${others} other finding${others === 1 ? '' : 's'}` : '';
  return `${story?.title ?? gravest?.title ?? ''}${who === '' ? '' : ` (${who})`}${more}`;
}

/** The gravest entries, in the order of time. */
function timelineOf(members: readonly IncidentMember[]): readonly TimelineEntry[] {
  const shown = new Set(byGravity(members).slice(0, most.timeline));
  return members
    .filter((member) => shown.has(member))
    .map((member) => ({
      rule: member.rule,
      title: member.title,
      time: member.firstTime,
      until: member.lastTime,
      severity: member.severity,
      tactics: inColumns(member.tactics),
      techniques: member.techniques,
      what: member.message,
      account: member.account,
      finding: member.finding,
      events: member.events,
      moreEvents: member.moreEvents,
    }));
}

/** Members come by time, and stay so among equals. */
function byGravity(members: readonly IncidentMember[]): readonly IncidentMember[] {
  return [...members].sort((a, b) => severityIds[b.severity] - severityIds[a.severity]);
}

/** Each once; of two that are called differently the first by name. */
function byUid<T extends { readonly uid: string; readonly name: string; readonly type: string }>(list: readonly T[]): readonly T[] {
  const text = ({ uid, name, type }: T) => `${uid}\u0000${name}\u0000${type}`;
  const known = new Map<string, T>();
  for (const item of list) {
    const other = known.get(item.uid);
    if (other === undefined || text(item) < text(other)) known.set(item.uid, item);
  }
  return [...known.values()].sort((a, b) => (a.uid < b.uid ? -1 : 1));
}
