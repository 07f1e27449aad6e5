import { clip } from '../../lib/clip.ts';
import type { Incident, TimelineEntry } from '../../model/incident.ts';
import type { JsonObject } from '../../model/json.ts';
import { ocsfIncidentClass, ocsfVersion } from '../../model/ocsf.ts';
import { severityIds } from '../../model/severity.ts';
import { attacksOf } from './ocsf.ts';

/** `priority_id`: https://schema.ocsf.io/1.6.0/classes/incident_finding */
const priorities = {
  Informational: { id: 1, name: 'Low' },
  Low: { id: 1, name: 'Low' },
  Medium: { id: 2, name: 'Medium' },
  High: { id: 3, name: 'High' },
  Critical: { id: 4, name: 'Critical' },
} as const;

/**
 * The incident as an OCSF event of class Incident Finding; a function of the incident alone. The findings of its timeline
 * are `finding_info_list`; what the class has no place for is `unmapped`. The class asks for an assignee: who pages are for.
 */
export function toOcsfIncident(incident: Incident): JsonObject {
  const { uid, name } = ocsfIncidentClass;
  const priority = priorities[incident.severity];
  return {
    activity_id: 1,
    activity_name: 'Create',
    assignee_group: { name: incident.pages ? 'on-call' : 'review' },
    attacks: attacksOf({ tactics: incident.tactics, techniques: incident.techniques }),
    category_name: 'Findings',
    category_uid: 2,
    class_name: name,
    class_uid: uid,
    count: incident.members.length + incident.left.members,
    desc: text(incident.title),
    end_time: incident.lastTime,
    finding_info_list: incident.timeline.map(findingInfo),
    is_suspected_breach: incident.pages,
    message: text(`${incident.title}. ${incident.why.join(' ')}`),
    metadata: {
      event_code: 'incident',
      product: { name: 'jobzero', uid: 'jobzero', vendor_name: 'jobzero' },
      tenant_uid: text(incident.tenant),
      uid: incident.revision,
      version: ocsfVersion,
    },
    observables: [
      ...incident.resources.map((resource, i) => ({
        name: `unmapped.resources[${i}]`,
        type: 'Resource UID',
        type_id: 10,
        value: text(resource.uid),
      })),
      ...incident.actors.map((actor, i) => ({ name: `unmapped.actors[${i}]`, type: 'User Name', type_id: 4, value: text(actor.name) })),
    ],
    priority: priority.name,
    priority_id: priority.id,
    severity: incident.severity,
    severity_id: severityIds[incident.severity],
    start_time: incident.firstTime,
    status: 'New',
    status_id: 1,
    time: incident.lastTime,
    type_name: `${name}: Create`,
    type_uid: uid * 100 + 1,
    unmapped: {
      accounts: incident.accounts.map(text),
      actors: incident.actors.map((actor) => text(actor.uid)),
      incident: incident.id,
      left_out: { ...incident.left },
      members: incident.members.map(({ finding, revision }) => ({ finding, revision })),
      pages: incident.pages,
      resources: incident.resources.map((resource) => text(resource.uid)),
      sequences: [...incident.sequences],
      tactics: [...incident.tactics],
      why: incident.why.map(text),
    },
  };
}

function findingInfo(entry: TimelineEntry): JsonObject {
  return {
    analytic: { name: text(entry.title), type: 'Rule', type_id: 1, uid: text(entry.rule) },
    attacks: attacksOf(entry),
    desc: text(entry.what),
    first_seen_time: entry.time,
    last_seen_time: entry.until,
    related_events: entry.events.map((uid) => ({ type: 'API Activity: Unknown', type_uid: 600300, uid: text(uid) })),
    title: text(entry.title),
    types: [text(entry.rule)],
    uid: entry.finding,
  };
}

const text = (value: string): string => clip(value, 8192);
