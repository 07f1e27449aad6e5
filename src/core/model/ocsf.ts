import type { FindingKind, FindingState } from './finding.ts';

/**
 * The version of the Open Cybersecurity Schema Framework in which findings leave: https://schema.ocsf.io/1.6.0/.
 * It is the one that AWS Security Hub speaks; a newer one is a change of the golden files and a decision record.
 */
export const ocsfVersion = '1.6.0';

/** OCSF class of a kind of finding: `class_uid` and `class_name`. All are in category 2, Findings. */
export const ocsfClasses = {
  detection: { uid: 2004, name: 'Detection Finding' },
  compliance: { uid: 2003, name: 'Compliance Finding' },
  vulnerability: { uid: 2002, name: 'Vulnerability Finding' },
  'data-security': { uid: 2006, name: 'Data Security Finding' },
} as const satisfies Record<FindingKind, { readonly uid: number; readonly name: string }>;

/** The class of an incident. */
export const ocsfIncidentClass = { uid: 2005, name: 'Incident Finding' } as const;

/** OCSF `status_id` and `status` of the states in a finding's life. */
export const ocsfStatuses = {
  open: { id: 1, name: 'New' },
  acknowledged: { id: 2, name: 'In Progress' },
  suppressed: { id: 3, name: 'Suppressed' },
  resolved: { id: 4, name: 'Resolved' },
  retracted: { id: 6, name: 'Deleted' },
} as const satisfies Record<FindingState, { readonly id: number; readonly name: string }>;
