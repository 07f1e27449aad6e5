/** The tables of migrations/, as Kysely sees them. Columns that the database fills in are left out. */
export interface Tables {
  documents: { tenant_id: string; hash: string; kind: string; bytes: Buffer };
  digests: { tenant_id: string; key: string; rule: string; bucket: number; state: string };
  digest_evictions: { tenant_id: string; before: number };
  batches: { tenant_id: string; batch: string; is_done: boolean; objects: number; events: number; set_aside: number };
  lake_files: {
    tenant_id: string;
    path: string;
    batch: string;
    account: string;
    source: string;
    hour: number;
    row_count: number;
    byte_count: number;
  };
  arrivals: { tenant_id: string; source: string; account: string; region: string; day: number; state: string };
  object_hashes: { tenant_id: string; object: string; hash: string };
  trail_digests: { tenant_id: string; object: string; account: string; region: string; trail: string; end_at: number; doc: string };
  items: { tenant_id: string; kind: string; id: string; state: string; due_at: number | null; at: number; doc: string };
  findings: {
    tenant_id: string;
    id: string;
    revision: string;
    rule: string;
    severity: string;
    account: string;
    state: string;
    is_decided: boolean;
    updated_at: number;
    kind: string;
    /** `severityIds` of the severity. */
    gravity: number;
    last_time: number;
    doc: string;
  };
  finding_life: {
    tenant_id: string;
    finding: string;
    seq: number;
    event: string;
    at: number;
    by_whom: string;
    note: string;
    revision: string;
  };
  incident_members: { tenant_id: string; finding: string; incident: string; doc: string };
  incident_links: { tenant_id: string; key: string; by_whom: string; finding: string };
  incidents: {
    tenant_id: string;
    id: string;
    revision: string;
    pages: boolean;
    gravity: number;
    last_time: number;
    updated_at: number;
    doc: string;
  };
  incident_forwards: { tenant_id: string; id: string; into_id: string; at: number };
  decisions: {
    tenant_id: string;
    id: string;
    finding: string;
    revision: string;
    at: number;
    finding_hash: string;
    context_hash: string;
    tolerance_hash: string;
    engine: string;
    decision_hash: string;
    doc: string;
  };
  actions: {
    tenant_id: string;
    id: string;
    finding: string;
    account: string;
    state: string;
    by_whom: string;
    planned_at: number;
    doc: string;
  };
  receipts: { tenant_id: string; action: string; step: number; at: number; doc: string };
  judgements: { tenant_id: string; id: string; state: string; asked_at: number; doc: string };
  settings: { tenant_id: string; name: string; value: string; at: number; by_whom: string };
  settings_history: { tenant_id: string; name: string; seq: number; value: string; at: number; by_whom: string };
  ledger_inbox: { tenant_id: string; bytes: string };
  units: { tenant_id: string; id: string };
}
