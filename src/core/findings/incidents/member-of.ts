import { clipLine } from '../../lib/clip.ts';
import type { Actor, Finding } from '../../model/finding.ts';
import type { IncidentActor, IncidentMember } from '../../model/incident.ts';
import { linksOf, principalOf } from './links.ts';

const most = { events: 5, actors: 4, resources: 8, text: 256, message: 512 };

/** What of a finding its incident needs, or null for one that is none's: a weakness has no time. */
export function memberOf(finding: Finding): IncidentMember | null {
  if (finding.kind !== 'detection') return null;
  const { rule } = finding;
  const actors = new Map<string, IncidentActor>();
  for (const actor of [finding.actor, ...finding.evidence.map((item) => item.actor)]) {
    if (actor !== undefined && actors.size < most.actors) actors.set(principalOf(actor) ?? actor.uid, shown(actor));
  }
  return {
    finding: finding.id,
    revision: finding.revision,
    rule: text(rule.id),
    ...(finding.imported === undefined ? {} : { sameAs: finding.imported.answers }),
    title: text(rule.title),
    severity: finding.severity,
    tactics: rule.tactics.map(text),
    techniques: rule.techniques.map(text),
    firstTime: finding.firstTime,
    lastTime: finding.lastTime,
    account: text(finding.account),
    actors: [...actors.values()],
    resources: finding.resources
      .slice(0, most.resources)
      .map(({ uid, name, type }) => ({ uid: text(uid), name: text(name), type: text(type) })),
    events: finding.evidence.slice(0, most.events).map(({ id }) => text(id)),
    moreEvents: finding.count.atLeast || finding.evidence.length > most.events,
    message:
      finding.message.length <= most.message && plain.test(finding.message) ? finding.message : clipLine(finding.message, most.message),
    links: linksOf(finding),
  };
}

function shown(actor: Actor): IncidentActor {
  const uid = principalOf(actor) ?? actor.uid;
  return {
    uid: text(uid),
    name: text(actor.issuer === undefined || uid === actor.uid ? actor.name : uid.replace(/^.*\//, '')),
    type: text(actor.type),
  };
}

const plain = /^[\x20-\x7e]*$/;

/** Ordinary texts stay the ones of the finding or the rule, so that many members share them. */
const text = (value: string): string => (value.length <= most.text && plain.test(value) ? value : clipLine(value, most.text));
