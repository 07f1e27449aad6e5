import { createHash } from 'node:crypto';
import type { Decision, Judgement } from '../model/decision.ts';
import { InputError, InvariantError } from '../model/errors.ts';
import type { FindingState, LifeEvent } from '../model/finding.ts';
import type { Json } from '../model/json.ts';
import type { Action, ActionState, Receipt } from '../model/plan.ts';
import { type Severity, severityIds } from '../model/severity.ts';
import { copyDeliveries, type DeliveryState, deliveriesInMemory } from './deliveries.memory.ts';
import { copyIncidents, type IncidentState, incidentsInMemory } from './incidents.memory.ts';
import { type ItemState, itemsInMemory } from './items.memory.ts';
import type { LakeFile } from './lake.ts';
import type { DecisionRow, DigestRow, FindingRow, LedgerEntry, Store, Topic, Tx } from './store.ts';

interface Life {
  readonly event: LifeEvent;
  readonly at: number;
  readonly by: string;
  readonly note: string;
  readonly revision: string;
}

interface State {
  documents: Map<string, string>;
  digests: Map<string, DigestRow>;
  evictedBefore: number;
  batches: Map<string, boolean>;
  files: Map<string, LakeFile>;
  deliveries: DeliveryState;
  findings: Map<string, FindingRow>;
  incidents: IncidentState;
  life: Map<string, readonly Life[]>;
  decisions: Map<string, DecisionRow>;
  actions: Map<string, Action>;
  receipts: Map<string, Receipt>;
  items: ItemState;
  judgements: Map<string, Judgement>;
  settings: Map<string, { readonly name: string; readonly value: Json; readonly at: number; readonly by: string }>;
  ledger: readonly LedgerEntry[];
}

/** A store in memory for tests: the same contract, one unit of work at a time. `entries` shows what went into the ledger. */
export function memoryStore(): Store & { entries(tenant: string): readonly LedgerEntry[] } {
  const tenants = new Map<string, State>();
  const watchers = new Set<(topic: Topic) => void>();
  let last: Promise<unknown> = Promise.resolve();

  async function run<T>(tenant: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(tenant)) throw new InvariantError(`not a tenant: ${tenant}`);
    const state = copy(tenants.get(tenant));
    const changed = new Set<Topic>();
    const result = await work(txOf(tenant, state, (topic) => void changed.add(topic)));
    tenants.set(tenant, state);
    for (const topic of changed) for (const watcher of watchers) watcher(topic);
    return result;
  }

  return {
    within(tenant, work) {
      const mine = last.then(() => run(tenant, work));
      last = mine.catch(() => {});
      return mine;
    },
    async watch(onChange) {
      watchers.add(onChange);
      return async () => void watchers.delete(onChange);
    },
    async close() {},
    entries: (tenant) => tenants.get(tenant)?.ledger ?? [],
  };
}

/** Rows are never changed in place, so a copy of the maps is a snapshot. */
function copy(state: State | undefined): State {
  return {
    documents: new Map(state?.documents),
    digests: new Map(state?.digests),
    evictedBefore: state?.evictedBefore ?? 0,
    batches: new Map(state?.batches),
    files: new Map(state?.files),
    deliveries: copyDeliveries(state?.deliveries),
    findings: new Map(state?.findings),
    incidents: copyIncidents(state?.incidents),
    life: new Map(state?.life),
    decisions: new Map(state?.decisions),
    actions: new Map(state?.actions),
    receipts: new Map(state?.receipts),
    items: new Map(state?.items),
    judgements: new Map(state?.judgements),
    settings: new Map(state?.settings),
    ledger: state?.ledger ?? [],
  };
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function txOf(tenant: string, state: State, changed: (topic: Topic) => void): Tx {
  return {
    tenant,
    documents: documents(state),
    digests: digests(state),
    batches: batches(tenant, state, changed),
    deliveries: deliveriesInMemory(state.deliveries),
    findings: findings(tenant, state, changed),
    incidents: incidentsInMemory(tenant, state.incidents, state.findings, changed),
    decisions: decisions(state, changed),
    actions: actions(tenant, state, changed),
    items: itemsInMemory(state.items, changed),
    judgements: judgements(tenant, state, changed),
    settings: settings(state, changed),
    ledger: {
      async append(entry) {
        state.ledger = [...state.ledger, plain(entry)];
      },
    },
  };
}

/** What a database would give back: a copy of its own, without what JSON cannot say. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function documents(state: State): Tx['documents'] {
  return {
    async put(_kind, bytes) {
      const utf8 = Buffer.from(bytes, 'utf8');
      const hash = createHash('sha256').update(utf8).digest('hex');
      state.documents.set(hash, utf8.toString('utf8'));
      return hash;
    },
    async get(hash) {
      return state.documents.get(hash) ?? null;
    },
  };
}

function digests(state: State): Tx['digests'] {
  return {
    async lock(keys) {
      return [...new Set(keys)]
        .sort(order)
        .map((key) => state.digests.get(key))
        .filter((row) => row !== undefined);
    },
    async put(rows) {
      for (const row of rows) state.digests.set(row.key, plain(row));
    },
    async evict(before) {
      let gone = 0;
      for (const row of [...state.digests.values()]) if (row.bucket < before && state.digests.delete(row.key)) gone++;
      state.evictedBefore = Math.max(state.evictedBefore, before);
      return gone;
    },
    async evictedBefore() {
      return state.evictedBefore;
    },
  };
}

function batches(tenant: string, state: State, changed: (topic: Topic) => void): Tx['batches'] {
  return {
    async begin(batch) {
      changed('batches');
      if (!state.batches.has(batch)) state.batches.set(batch, false);
      return state.batches.get(batch) !== true;
    },
    async beginAll(batches) {
      changed('batches');
      for (const batch of batches) if (!state.batches.has(batch)) state.batches.set(batch, false);
      return batches.filter((batch) => state.batches.get(batch) !== true);
    },
    async doneAll(batches) {
      changed('batches');
      for (const batch of batches) state.batches.set(batch, true);
    },
    async done(batch, files) {
      changed('batches');
      state.batches.set(batch, true);
      for (const file of files) if (!state.files.has(file.path)) state.files.set(file.path, { ...plain(file), tenant });
    },
    async files(from, to) {
      return [...state.files.values()]
        .filter((file) => file.hour < to && file.hour > from - 3_600_000)
        .sort((a, b) => order(a.path, b.path));
    },
  };
}

const stateAfter: { readonly [event in LifeEvent]: FindingState | null } = {
  raised: null,
  superseded: null,
  retracted: 'retracted',
  acknowledged: 'acknowledged',
  suppressed: 'suppressed',
  resolved: 'resolved',
  reopened: 'open',
};

function findings(tenant: string, state: State, changed: (topic: Topic) => void): Tx['findings'] {
  const tell = (id: string, entry: Life) => {
    changed('findings');
    state.life.set(id, [...(state.life.get(id) ?? []), entry]);
  };
  return {
    async get(id) {
      return state.findings.get(id) ?? null;
    },
    async list(filter) {
      const byId = (a: FindingRow, b: FindingRow) => order(a.finding.id, b.finding.id);
      const byGravity = ({ finding: a }: FindingRow, { finding: b }: FindingRow) =>
        severityIds[b.severity] - severityIds[a.severity] || b.lastTime - a.lastTime || order(a.id, b.id);
      const inOrder = filter.order === 'gravest' ? byGravity : byId;
      const last = filter.after === undefined ? undefined : state.findings.get(filter.after);
      const isAfter = (row: FindingRow) =>
        filter.after === undefined ||
        (filter.order === 'gravest' ? last !== undefined && byGravity(row, last) > 0 : row.finding.id > filter.after);
      return [...state.findings.values()]
        .filter(
          (row) =>
            (filter.state === undefined || row.state === filter.state) &&
            (filter.severity === undefined || row.finding.severity === filter.severity) &&
            (filter.rule === undefined || row.finding.rule.id === filter.rule) &&
            (filter.account === undefined || row.finding.account === filter.account) &&
            (filter.kind === undefined || row.finding.kind === filter.kind) &&
            isAfter(row),
        )
        .sort(inOrder)
        .slice(0, filter.limit);
    },
    async counts() {
      const counts = new Map<string, { severity: Severity; state: FindingState; n: number }>();
      for (const { finding, state: is } of state.findings.values()) {
        const key = `${finding.severity} ${is}`;
        const count = counts.get(key) ?? { severity: finding.severity, state: is, n: 0 };
        counts.set(key, { ...count, n: count.n + 1 });
      }
      return [...counts.entries()].sort(([a], [b]) => order(a, b)).map(([, count]) => count);
    },
    async put(finding, at) {
      if (finding.tenant !== tenant) throw new InvariantError(`a finding of tenant ${finding.tenant} in a transaction of ${tenant}`);
      const now = state.findings.get(finding.id);
      if (now?.finding.revision === finding.revision && now.state !== 'retracted') return false;
      const returns = now?.state === 'retracted' || now?.state === 'resolved';
      const is = now === undefined || returns ? 'open' : now.state;
      state.findings.set(finding.id, { finding: plain(finding), state: is, updatedAt: at });
      const event = now === undefined ? 'raised' : returns ? 'reopened' : 'superseded';
      tell(finding.id, { event, at, by: 'automation', note: '', revision: finding.revision });
      return true;
    },
    async retract(id, at) {
      const now = state.findings.get(id);
      if (now === undefined || now.state === 'retracted') return false;
      state.findings.set(id, { ...now, state: 'retracted', updatedAt: at });
      tell(id, { event: 'retracted', at, by: 'automation', note: '', revision: now.finding.revision });
      return true;
    },
    async live(id, event, at, by, note) {
      const now = state.findings.get(id);
      if (now === undefined) throw new InputError('there is no such finding', id);
      const is = stateAfter[event];
      if (is !== null) state.findings.set(id, { ...now, state: is, updatedAt: at });
      tell(id, { event, at, by, note, revision: now.finding.revision });
    },
    async life(id) {
      return state.life.get(id) ?? [];
    },
    async undecided(limit) {
      const decided = new Set([...state.decisions.values()].map((row) => `${row.finding} ${row.revision}`));
      return [...state.findings.values()]
        .filter((row) => row.state !== 'retracted' && !decided.has(`${row.finding.id} ${row.finding.revision}`))
        .sort((a, b) => a.updatedAt - b.updatedAt || order(a.finding.id, b.finding.id))
        .slice(0, limit)
        .map((row) => row.finding);
    },
  };
}

function decisions(state: State, changed: (topic: Topic) => void): Tx['decisions'] {
  const sorted = () => [...state.decisions.values()].sort((a, b) => a.at - b.at || order(a.id, b.id));
  return {
    async put(row) {
      changed('decisions');
      if (!state.decisions.has(row.id)) state.decisions.set(row.id, { ...row, decision: plain<Decision>(row.decision) });
    },
    async ofFinding(finding) {
      return sorted().filter((row) => row.finding === finding);
    },
    async list(after, limit) {
      if (after === null) return sorted().slice(0, limit);
      const all = sorted();
      const at = all.findIndex((row) => row.id === after);
      if (at === -1) throw new InputError('there is no such decision', after);
      return all.slice(at + 1, at + 1 + limit);
    },
  };
}

const unfinished: readonly ActionState[] = ['planned', 'running', 'undoing', 'undo-asks'];

function actions(tenant: string, state: State, changed: (topic: Topic) => void): Tx['actions'] {
  return {
    async plan(action) {
      if (action.tenant !== tenant) throw new InvariantError(`an action of tenant ${action.tenant} in a transaction of ${tenant}`);
      if (state.actions.has(action.id)) return false;
      changed('actions');
      state.actions.set(action.id, plain(action));
      return true;
    },
    async get(id) {
      return state.actions.get(id) ?? null;
    },
    async list(filter) {
      return [...state.actions.values()]
        .filter(
          (action) =>
            (filter.state === undefined || filter.state.includes(action.state)) &&
            (filter.finding === undefined || action.finding === filter.finding),
        )
        .sort((a, b) => b.plannedAt - a.plannedAt || order(a.id, b.id))
        .slice(0, filter.limit);
    },
    async move(id, from, to, at, reason) {
      const action = state.actions.get(id);
      if (action === undefined || !from.includes(action.state)) return false;
      changed('actions');
      state.actions.set(id, { ...action, state: to, reason, finishedAt: unfinished.includes(to) ? null : at });
      return true;
    },
    async receipt(receipt) {
      const key = `${receipt.action} ${receipt.step}`;
      changed('actions');
      if (!state.receipts.has(key)) state.receipts.set(key, plain(receipt));
    },
    async receipts(id) {
      return [...state.receipts.values()].filter((receipt) => receipt.action === id).sort((a, b) => a.step - b.step);
    },
    async startedSince(since, account) {
      return [...state.actions.values()].filter(
        (action) =>
          action.by === 'automation' &&
          action.plannedAt >= since &&
          action.state !== 'refused' &&
          action.state !== 'dry-run' &&
          (account === null || action.target.account === account),
      ).length;
    },
  };
}

function judgements(tenant: string, state: State, changed: (topic: Topic) => void): Tx['judgements'] {
  const write = (judgement: Judgement) => {
    changed('judgements');
    state.judgements.set(judgement.id, plain(judgement));
  };
  const waiting = (id: string) => {
    const judgement = state.judgements.get(id);
    return judgement?.state === 'waiting' ? judgement : null;
  };
  return {
    async ask(judgement) {
      if (judgement.tenant !== tenant) throw new InvariantError(`a judgement of tenant ${judgement.tenant} in a transaction of ${tenant}`);
      const now = state.judgements.get(judgement.id);
      if (now?.state === 'approved' || now?.state === 'denied') return false;
      if (now?.state === 'waiting' && now.revision === judgement.revision) return false;
      write({ ...judgement, state: 'waiting', answeredAt: null, answeredBy: [] });
      return true;
    },
    async get(id) {
      return state.judgements.get(id) ?? null;
    },
    async list(filter) {
      return [...state.judgements.values()]
        .filter((judgement) => filter.state === undefined || judgement.state === filter.state)
        .sort((a, b) => a.askedAt - b.askedAt || order(a.id, b.id))
        .slice(0, filter.limit);
    },
    async answer(id, by, verdict, at) {
      const now = waiting(id);
      if (now === null) return null;
      const answeredBy = now.answeredBy.includes(by) ? now.answeredBy : [...now.answeredBy, by];
      const enough = verdict === 'deny' || answeredBy.length >= now.approvalsNeeded;
      const is = !enough ? 'waiting' : verdict === 'deny' ? 'denied' : 'approved';
      const after: Judgement = { ...now, answeredBy, state: is, answeredAt: enough ? at : null };
      write(after);
      return after;
    },
    async withdraw(id, at, reason) {
      const now = waiting(id);
      if (now === null) return false;
      write({ ...now, state: 'withdrawn', answeredAt: at, because: reason });
      return true;
    },
  };
}

function settings(state: State, changed: (topic: Topic) => void): Tx['settings'] {
  return {
    async get(name) {
      return state.settings.get(name)?.value ?? null;
    },
    async set(name, value, at, by) {
      changed('settings');
      state.settings.set(name, { name, value: plain(value), at, by });
    },
    async list(prefix) {
      return [...state.settings.values()].filter((setting) => setting.name.startsWith(prefix)).sort((a, b) => order(a.name, b.name));
    },
  };
}
