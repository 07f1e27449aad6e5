import { parseEventTime } from '../lib/event-time.ts';
import { hashOf } from '../lib/hash.ts';
import { controlMajor, weaknessId } from '../lib/weakness-of.ts';
import type { Control } from '../model/control.ts';
import type { Evidence, Finding, ResourceRef } from '../model/finding.ts';
import type { Outcome, Resource } from '../model/resource.ts';

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
    id: weaknessId(tenant, control.id, uid),
    kind: 'compliance',
    rule: { id: control.id, major: controlMajor, title: control.title, description: control.why, techniques: [], tactics: [] },
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
