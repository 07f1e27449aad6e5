import type { Control } from '../model/control.ts';
import type { Finding } from '../model/finding.ts';
import type { Outcome, Resource, Snapshot } from '../model/resource.ts';
import { findingOf } from './finding-of.ts';

/** What one control says of one resource. */
export interface Judged {
  readonly control: Control;
  readonly resource: Resource;
  readonly outcome: Outcome;
}

export interface Assessment {
  /** One for each control and resource of its type, sorted by (control id, resource uid). */
  readonly judged: readonly Judged[];
  /** The failures, sorted by id. */
  readonly findings: readonly Finding[];
}

/**
 * Judges every resource of a snapshot by every control of its type. A control that throws is Unknown for that resource, and the
 * rest goes on. A pure function: the same state gives the same bytes, whenever the snapshot was taken.
 */
export function assessSnapshot(snapshot: Snapshot, controls: readonly Control[]): Assessment {
  const byType = new Map<string, Resource[]>();
  for (const resource of snapshot.resources) {
    const list = byType.get(resource.type);
    if (list === undefined) byType.set(resource.type, [resource]);
    else list.push(resource);
  }
  const judged: Judged[] = [];
  for (const control of [...controls].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    for (const resource of byType.get(control.type) ?? []) judged.push({ control, resource, outcome: judge(control, resource) });
  }
  const findings = judged.flatMap(({ control, resource, outcome }) =>
    outcome.status === 'Fail' ? [findingOf(snapshot.tenant, control, resource, outcome)] : [],
  );
  return { judged, findings: findings.sort((a, b) => (a.id < b.id ? -1 : 1)) };
}

function judge(control: Control, resource: Resource): Outcome {
  try {
    return control.assess(resource);
  } catch (error) {
    return {
      status: 'Unknown',
      missing: control.reads[0] ?? 'none',
      reason: `Control ${control.id} failed: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}
