import { parseEventTime } from '../lib/event-time.ts';
import { hashOf, idOf } from '../lib/hash.ts';
import type { Control } from '../model/control.ts';
import type { Evidence, Finding, ResourceRef } from '../model/finding.ts';
import type { Outcome, Resource } from '../model/resource.ts';

/** Controls have one meaning for their life: another meaning is another id. */
const major = 1;

/** The id that a failure of this control at this resource has, so that it can be looked up when it passes again. */
export function findingIdOf(tenant: string, control: string, resource: string): string {
  return idOf(tenant, control, major, { resource }, 0);
}

/**
 * A failure as a finding. Its times are the resource's own (made, launched) or 0, never those of the snapshot, so that the
 * same state has the same revision. The facts are kept as the only evidence.
 */
export function findingOf(tenant: string, control: Control, resource: Resource, outcome: Extract<Outcome, { status: 'Fail' }>): Finding {
  const { uid, type, name, account, region } = resource;
  const ref: ResourceRef = { uid, type, name, account, region };
  const time = parseEventTime(resource.props['createdAt'] ?? resource.props['launchedAt']) ?? 0;
  const [service = '', operation = ''] = (control.reads[0] ?? '').split(':');
  const evidence: Evidence = {
    key: uid,
    id: uid,
    time,
    rule: control.id,
    operation,
    service: `${service}.amazonaws.com`,
    account,
    region,
    resource: ref,
    ...(outcome.facts === undefined ? {} : { kept: outcome.facts }),
  };
  const finding: Omit<Finding, 'revision'> = {
    format: 'jobzero.finding/1',
    tenant,
    id: findingIdOf(tenant, control.id, uid),
    kind: 'compliance',
    rule: { id: control.id, major, title: control.title, description: control.why, techniques: [], tactics: [] },
    severity: control.severity,
    group: { resource: uid },
    bucket: 0,
    account,
    region,
    resources: [ref],
    firstTime: time,
    lastTime: time,
    count: { n: 1, atLeast: false },
    evidence: [evidence],
    message: outcome.reason,
  };
  return { ...finding, revision: hashOf(finding).slice(0, 32) };
}
