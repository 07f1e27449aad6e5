import { createHash } from 'node:crypto';
import type { Decision, Judgement } from '../model/decision.ts';
import { InputError, InvariantError } from '../model/errors.ts';
import type { FindingState, LifeEvent } from '../model/finding.ts';
import type { Json } from '../model/json.ts';
import type { Action, ActionState, Receipt } from '../model/plan.ts';
import { type Severity, severityIds } from '../model/severity.ts';
import { type DeliveryState, deliveriesInMemory, newDeliveries } from './deliveries.memory.ts';
import { type IncidentState, incidentsInMemory, newIncidents } from './incidents.memory.ts';
import { type ItemState, itemKey, itemsInMemory, newItems } from './items.memory.ts';
import type { LakeFile } from './lake.ts';
import { openSpans } from './open-spans.ts';
import {
  type DecisionRow,
  type DigestRow,
  type FindingFilter,
  type FindingRow,
  type LedgerEntry,
  ledFinding,
  type Store,
  type Topic,
  type Tx,
} from './store.ts';
import { Journal, Table } from './table.memory.ts';

interface Life {
  readonly event: LifeEvent;
  readonly at: number;
  readonly by: string;
  readonly note: string;
  readonly revision: string;
}

interface State {
  readonly journal: Journal;
  readonly documents: Table<string>;
  readonly digests: Table<DigestRow>;
  evictedBefore: number;
  readonly batches: Table<boolean>;
  readonly files: Table<LakeFile>;
  readonly deliveries: DeliveryState;
  readonly findings: StoredFindings;
  readonly incidents: IncidentState;
  readonly life: Table<readonly Life[]>;
  readonly decisions: StoredDecisions;
  readonly actions: Table<Action>;
  readonly receipts: Table<Receipt>;
  readonly items: ItemState;
  readonly judgements: Table<Judgement>;
  readonly settings: Table<{ readonly name: string; readonly value: Json; readonly at: number; readonly by: string }>;
  readonly settingsHistory: Table<readonly { readonly n: number; readonly value: Json; readonly at: number; readonly by: string }[]>;
  readonly ledger: LedgerEntry[];
}

interface StoredFindings {
  readonly rows: Table<FindingRow>;
  readonly ofAccount: (account: string) => ReadonlySet<string>;
  /** Under the empty text: those whose current revision has no decision, or is to be decided again. */
  readonly undecided: (none: '') => ReadonlySet<string>;
  /** Findings that are to be decided again. */
  readonly again: Table<{ readonly finding: string }>;
}

/** By time and id, so that the order of keys is that of decisions. */
interface StoredDecisions {
  readonly rows: Table<DecisionRow>;
  readonly ofId: (id: string) => ReadonlySet<string>;
  readonly ofFinding: (finding: string) => ReadonlySet<string>;
  readonly ofRevision: (findingAndRevision: string) => ReadonlySet<string>;
}

/** A store in memory for tests and measurements: the same contract, one unit of work at a time. `entries` shows what went into the ledger. */
export function memoryStore(): Store & { entries(tenant: string): readonly LedgerEntry[] } {
  const tenants = new Map<string, State>();
  const watchers = new Set<(topic: Topic) => void>();
  let last: Promise<unknown> = Promise.resolve();

  async function run<T>(tenant: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(tenant)) throw new InvariantError(`not a tenant: ${tenant}`);
    const state = tenants.get(tenant) ?? newState();
    tenants.set(tenant, state);
    const changed = new Set<Topic>();
    let result: T;
    try {
      result = await work(txOf(tenant, state, (topic) => void changed.add(topic)));
      state.journal.keep();
    } catch (error) {
      state.journal.takeBack();
      throw error;
    }
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
    entries: (tenant) => tenants.get(tenant)?.ledger.slice() ?? [],
  };
}

function newState(): State {
  const journal = new Journal();
  const decisions = newDecisions(journal);
  const findings = newFindings(journal, decisions);
  return {
    journal,
    documents: new Table(journal),
    digests: new Table(journal),
    evictedBefore: 0,
    batches: new Table(journal),
    files: new Table(journal),
    deliveries: newDeliveries(journal),
    findings,
    incidents: newIncidents(journal),
    life: new Table(journal),
    decisions,
    actions: new Table(journal),
    receipts: new Table(journal),
    items: newItems(journal),
    judgements: new Table(journal),
    settings: new Table(journal),
    settingsHistory: new Table(journal),
    ledger: [],
  };
}

function newDecisions(journal: Journal): StoredDecisions {
  const rows = new Table<DecisionRow>(journal);
  return {
    rows,
    ofId: rows.index(({ id }) => [id]),
    ofFinding: rows.index(({ finding }) => [finding]),
    ofRevision: rows.index(({ finding, revision }) => [`${finding} ${revision}`]),
  };
}

function newFindings(journal: Journal, decisions: StoredDecisions): StoredFindings {
  const rows = new Table<FindingRow>(journal);
  const isUndecided = ({ finding, state }: FindingRow) =>
    state !== 'retracted' && (again.get(finding.id) !== undefined || decisions.ofRevision(`${finding.id} ${finding.revision}`).size === 0);
  const again = new Table<{ readonly finding: string }>(journal);
  const findings = {
    rows,
    again,
    ofAccount: rows.index(({ finding }) => [finding.account]),
    undecided: rows.index((row) => (isUndecided(row) ? [''] : [])),
  };
  // A decision that is put, or taken back, changes what is said of its finding.
  decisions.rows.onChange(({ finding }) => rows.reindex(finding));
  again.onChange(({ finding }) => rows.reindex(finding));
  return findings;
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
    incidents: incidentsInMemory(tenant, state.incidents, state.findings.rows, changed),
    decisions: decisions(state, changed),
    actions: actions(tenant, state, changed),
    items: itemsInMemory(state.items, changed),
    judgements: judgements(tenant, state, changed),
    settings: settings(state, changed),
    ledger: {
      async append(entry) {
        state.journal.note(() => void state.ledger.pop());
        state.ledger.push(plain(entry));
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
      const earlier = state.evictedBefore;
      state.journal.note(() => {
        state.evictedBefore = earlier;
      });
      state.evictedBefore = Math.max(earlier, before);
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
  const isLed = (id: string) => state.items.rows.get(itemKey(ledFinding, id))?.state === 'led';
  const candidates = ({ account, order: by, after }: FindingFilter): readonly FindingRow[] => {
    const keys = account === undefined ? state.findings.rows.sortedKeys() : [...state.findings.ofAccount(account)].sort(order);
    const from = by === 'gravest' || after === undefined ? 0 : firstAfter(keys, after);
    return keys.slice(from).flatMap((key) => state.findings.rows.get(key) ?? []);
  };
  return {
    async get(id) {
      return state.findings.rows.get(id) ?? null;
    },
    async versions(ids) {
      return ids.flatMap((id) => {
        const row = state.findings.rows.get(id);
        return row === undefined ? [] : [{ id, revision: row.finding.revision, state: row.state }];
      });
    },
    async list(filter) {
      const byId = (a: FindingRow, b: FindingRow) => order(a.finding.id, b.finding.id);
      const byGravity = ({ finding: a }: FindingRow, { finding: b }: FindingRow) =>
        severityIds[b.severity] - severityIds[a.severity] || b.lastTime - a.lastTime || order(a.id, b.id);
      const inOrder = filter.order === 'gravest' ? byGravity : byId;
      const last = filter.after === undefined ? undefined : state.findings.rows.get(filter.after);
      const isAfter = (row: FindingRow) =>
        filter.after === undefined ||
        (filter.order === 'gravest' ? last !== undefined && byGravity(row, last) > 0 : row.finding.id > filter.after);
      return candidates(filter)
        .filter(
          (row) =>
            (filter.state === undefined || row.state === filter.state) &&
            (filter.severities === undefined || filter.severities.includes(row.finding.severity)) &&
            (filter.rule === undefined || row.finding.rule.id === filter.rule) &&
            (filter.account === undefined || row.finding.account === filter.account) &&
            (filter.kind === undefined || row.finding.kind === filter.kind) &&
            (filter.leads === undefined || !isLed(row.finding.id)) &&
            isAfter(row),
        )
        .sort(inOrder)
        .slice(0, filter.limit);
    },
    async counts() {
      const counts = new Map<string, { severity: Severity; state: FindingState; n: number }>();
      for (const { finding, state: is } of state.findings.rows.values()) {
        if (isLed(finding.id)) continue;
        const key = `${finding.severity} ${is}`;
        const count = counts.get(key) ?? { severity: finding.severity, state: is, n: 0 };
        counts.set(key, { ...count, n: count.n + 1 });
      }
      return [...counts.entries()].sort(([a], [b]) => order(a, b)).map(([, count]) => count);
    },
    async put(finding, at) {
      if (finding.tenant !== tenant) throw new InvariantError(`a finding of tenant ${finding.tenant} in a transaction of ${tenant}`);
      const now = state.findings.rows.get(finding.id);
      if (now?.finding.revision === finding.revision && now.state !== 'retracted') return false;
      const returns = now?.state === 'retracted' || now?.state === 'resolved';
      const is = now === undefined || returns ? 'open' : now.state;
      state.findings.rows.set(finding.id, { finding: plain(finding), state: is, updatedAt: at });
      const event = now === undefined ? 'raised' : returns ? 'reopened' : 'superseded';
      tell(finding.id, { event, at, by: 'automation', note: '', revision: finding.revision });
      return true;
    },
    async retract(id, at) {
      const now = state.findings.rows.get(id);
      if (now === undefined || now.state === 'retracted') return false;
      state.findings.rows.set(id, { ...now, state: 'retracted', updatedAt: at });
      tell(id, { event: 'retracted', at, by: 'automation', note: '', revision: now.finding.revision });
      return true;
    },
    async live(id, event, at, by, note) {
      const now = state.findings.rows.get(id);
      if (now === undefined) throw new InputError('there is no such finding', id);
      const is = stateAfter[event];
      if (is !== null) state.findings.rows.set(id, { ...now, state: is, updatedAt: at });
      tell(id, { event, at, by, note, revision: now.finding.revision });
    },
    async openSince({ since, limit, ...filter }) {
      const rows = candidates({ ...filter, limit }).filter(
        ({ finding, state: is, updatedAt }) =>
          !isLed(finding.id) &&
          (filter.after === undefined || finding.id > filter.after) &&
          (is === 'open' || is === 'acknowledged' || updatedAt >= since),
      );
      return rows.slice(0, limit).map(({ finding }) => ({ finding, spans: openSpans(state.life.get(finding.id) ?? []) }));
    },
    async life(id) {
      return state.life.get(id) ?? [];
    },
    async decideAgain(id) {
      if (state.findings.rows.get(id) !== undefined) state.findings.again.set(id, { finding: id });
    },
    async undecided(limit) {
      return [...state.findings.undecided('')]
        .flatMap((id) => state.findings.rows.get(id) ?? [])
        .sort((a, b) => a.updatedAt - b.updatedAt || order(a.finding.id, b.finding.id))
        .slice(0, limit)
        .map((row) => row.finding);
    },
  };
}

function decisions(state: State, changed: (topic: Topic) => void): Tx['decisions'] {
  const { rows, ofId, ofFinding } = state.decisions;
  const inOrder = (keys: readonly string[]) => keys.flatMap((key) => rows.get(key) ?? []);
  return {
    async put(row) {
      changed('decisions');
      const key = `${String(row.at).padStart(16, '0')} ${row.id}`;
      if (ofId(row.id).size === 0) rows.set(key, { ...row, decision: plain<Decision>(row.decision) });
      if (state.findings.rows.get(row.finding)?.finding.revision === row.revision) state.findings.again.delete(row.finding);
    },
    async ofFinding(finding) {
      return inOrder([...ofFinding(finding)].sort(order));
    },
    async lastOf(findings) {
      return findings.flatMap((finding) => inOrder([...ofFinding(finding)].sort(order).slice(-1)));
    },
    async list(after, limit) {
      const keys = rows.sortedKeys();
      const [last] = after === null ? [''] : ofId(after);
      if (last === undefined) throw new InputError('there is no such decision', after ?? '');
      const from = firstAfter(keys, last);
      return inOrder(keys.slice(from, from + limit));
    },
  };
}

/** Where in sorted keys those begin that come after this one. */
function firstAfter(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] ?? '') > key) high = middle;
    else low = middle + 1;
  }
  return low;
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
      const before = state.settingsHistory.get(name) ?? [];
      state.settingsHistory.set(name, [{ n: before.length + 1, value: plain(value), at, by }, ...before]);
    },
    async history(name, limit) {
      return (state.settingsHistory.get(name) ?? []).slice(0, limit);
    },
    async list(prefix) {
      return [...state.settings.values()].filter((setting) => setting.name.startsWith(prefix)).sort((a, b) => order(a.name, b.name));
    },
  };
}
