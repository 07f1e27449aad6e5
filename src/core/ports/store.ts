import type { Decision, Judgement } from '../model/decision.ts';
import type { Finding, FindingKind, FindingState, LifeEvent } from '../model/finding.ts';
import type { Incident, IncidentMember } from '../model/incident.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Action, ActionState, Receipt } from '../model/plan.ts';
import type { Severity } from '../model/severity.ts';
import type { Deliveries } from './deliveries.ts';
import type { Items } from './items.ts';
import type { LakeFile } from './lake.ts';

/** The state of jobzero. Every call is inside one tenant; the database enforces it by row-level security. */
export interface Store {
  /** One serialisable unit of work: all of it happens, or nothing. Retried on serialisation failure, so it must be repeatable. */
  within<T>(tenant: string, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Calls back after each committed change; topics name what changed, never what it says. Returns the way to stop. */
  watch(onChange: (topic: Topic) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

export type Topic = TopicOfAll | `items/${string}`;

/** What changes; of items each change says the kind as well, `items/page`, and `items` alone that nobody knows which. */
export type TopicOfAll = 'findings' | 'incidents' | 'decisions' | 'actions' | 'items' | 'judgements' | 'ledger' | 'settings' | 'batches';

export interface Tx {
  readonly tenant: string;
  readonly documents: Documents;
  readonly digests: Digests;
  readonly batches: Batches;
  readonly deliveries: Deliveries;
  readonly findings: Findings;
  readonly incidents: Incidents;
  readonly decisions: Decisions;
  readonly actions: Actions;
  readonly items: Items;
  readonly judgements: Judgements;
  readonly settings: Settings;
  readonly ledger: LedgerInbox;
}

/** Canonical bytes by their SHA-256 (64 hexadecimal digits): arguments of decisions, policies, bundles, snapshots, receipts. */
export interface Documents {
  /** Stores the bytes and returns their hash; storing twice is storing once. */
  put(kind: string, bytes: string): Promise<string>;
  /** The exact bytes, or null where retention removed them. */
  get(hash: string): Promise<string | null>;
}

/** What correlations remember, a cache over the lake: see core/detect/digest. `state` is a join-semilattice value. */
export interface DigestRow {
  /** hash(rule, major, group, bucket). */
  readonly key: string;
  readonly rule: string;
  /** Start of the bucket in milliseconds since 1970. */
  readonly bucket: number;
  readonly state: Json;
}

export interface Digests {
  /** The rows of these keys, locked in key order until the transaction ends. Missing ones are left out. */
  lock(keys: readonly string[]): Promise<readonly DigestRow[]>;
  put(rows: readonly DigestRow[]): Promise<void>;
  /** Forgets all buckets of a rule's digests that start before `before`; returns how many. */
  evict(before: number): Promise<number>;
  /** Buckets before this time have been evicted, and an event that touches one rebuilds it from the lake. 0: none. */
  evictedBefore(): Promise<number>;
}

/** Batches of log objects, and the manifest that makes the lake's files visible. */
export interface Batches {
  /** False when this batch was done before. */
  begin(batch: string): Promise<boolean>;
  /** The same for many at once: those that were not done before, in their order. */
  beginAll(batches: readonly string[]): Promise<readonly string[]>;
  /** Marks batches as done that have no files and no counts of their own. */
  doneAll(batches: readonly string[]): Promise<void>;
  done(
    batch: string,
    files: readonly LakeFile[],
    counts: { readonly objects: number; readonly events: number; readonly setAside: number },
  ): Promise<void>;
  /** The lake's files of a time range, in path order. */
  files(from: number, to: number): Promise<readonly LakeFile[]>;
}

export interface FindingRow {
  readonly finding: Finding;
  readonly state: FindingState;
  readonly updatedAt: number;
}

export interface FindingVersion {
  readonly id: string;
  readonly revision: string;
  readonly state: FindingState;
}

/**
 * Of several findings of one weakness all but one are shown and decided under that one. Such a finding has an item of this kind and its id, in
 * state `led`, whose document names the other: `{ by }`.
 */
export const ledFinding = 'led-finding';

export interface FindingFilter {
  readonly state?: FindingState;
  /** One of these; none for an empty list. */
  readonly severities?: readonly Severity[];
  readonly rule?: string;
  readonly account?: string;
  readonly kind?: FindingKind;
  /** Without those that are shown under another: see `ledFinding`. */
  readonly leads?: true;
  /** `id`, the usual, which no new finding disturbs; or `gravest`: by severity, then the latest first, then by id. */
  readonly order?: 'id' | 'gravest';
  /** What comes after this id in that order. By `gravest` it must be the id of a finding; of none, the list is empty. */
  readonly after?: string;
  readonly limit: number;
}

/** When a finding was open: from it was raised or came back until it was resolved, suppressed or retracted. */
export interface OpenSpans {
  readonly finding: Finding;
  /** Half-open, in milliseconds since 1970, in their order; null: it still is. An acknowledged finding is open. */
  readonly spans: readonly { readonly from: number; readonly until: number | null }[];
}

export interface Findings {
  get(id: string): Promise<FindingRow | null>;
  /** What of many findings is current; those that are unknown are left out. */
  versions(ids: readonly string[]): Promise<readonly FindingVersion[]>;
  list(filter: FindingFilter): Promise<readonly FindingRow[]>;
  /** Without those that are shown under another. */
  counts(): Promise<readonly { readonly severity: Severity; readonly state: FindingState; readonly n: number }[]>;
  /** Writes a revision (false when it is the current one already) and its life event. */
  put(finding: Finding, at: number): Promise<boolean>;
  retract(id: string, at: number): Promise<boolean>;
  live(id: string, event: LifeEvent, at: number, by: string, note: string): Promise<void>;
  life(
    id: string,
  ): Promise<
    readonly { readonly event: LifeEvent; readonly at: number; readonly by: string; readonly note: string; readonly revision: string }[]
  >;
  /** Findings that were open at some time since `since`, in id order, those after `after`; without those that are shown under another. */
  openSince(filter: {
    readonly since: number;
    readonly account?: string;
    readonly after?: string;
    readonly limit: number;
  }): Promise<readonly OpenSpans[]>;
  /** Forgets that the current revision was decided: what it tells is there again. Nothing for one that is unknown. */
  decideAgain(id: string): Promise<void>;
  /** Findings whose current revision has no decision yet, or is to be decided again, oldest first. */
  undecided(limit: number): Promise<readonly Finding[]>;
}

/** A finding's part in incidents. */
export interface MemberRow {
  readonly member: IncidentMember;
  /** Null for a finding that is in none. */
  readonly incident: string | null;
}

export interface IncidentRow {
  readonly incident: Incident;
  /** One of its findings is open or acknowledged. */
  readonly isOpen: boolean;
  readonly updatedAt: number;
}

export interface IncidentFilter {
  readonly pages?: boolean;
  readonly isOpen?: boolean;
  /** What comes after the incident of this id. */
  readonly after?: string;
  readonly limit: number;
}

/** What findings are joined by and to. What is a crowd and what belongs together, core/findings/incidents says. */
export interface Incidents {
  /** By finding; those that are unknown are left out. */
  members(findings: readonly string[]): Promise<readonly MemberRow[]>;
  /** Ids of the findings in these incidents. */
  findingsIn(incidents: readonly string[]): Promise<readonly string[]>;
  /** How many stand behind each of these links, counted up to `most`; a link that nobody is counted for is left out. */
  behind(keys: readonly string[], most: number): Promise<ReadonlyMap<string, number>>;
  /** Ids of the findings that have one of these links. */
  linked(keys: readonly string[]): Promise<readonly string[]>;
  /** Writes members with their links, in no incident or the one they were in. */
  putMembers(members: readonly IncidentMember[]): Promise<void>;
  removeMembers(findings: readonly string[]): Promise<void>;
  /** Says which incident findings are in now; null for none. */
  assign(findings: readonly { readonly finding: string; readonly incident: string | null }[]): Promise<void>;
  /** Writes an incident; false when this revision is the current one already. What was forwarded from its id leads to it again. */
  put(incident: Incident, at: number): Promise<boolean>;
  /** Removes an incident; its id leads to another from now on, or to nothing. */
  forward(id: string, into: string | null, at: number): Promise<void>;
  /** The incident of this id, or the one that it leads to. */
  get(id: string): Promise<IncidentRow | null>;
  /** Those that page first, then by severity, then the latest, then by id. */
  list(filter: IncidentFilter): Promise<readonly IncidentRow[]>;
  counts(): Promise<{ readonly open: number; readonly paging: number }>;
}

/** A decision with the hashes of all that it was made from, so that it can be replayed. */
export interface DecisionRow {
  /** hash(finding id, revision, arguments hash, engine hash). */
  readonly id: string;
  readonly finding: string;
  readonly revision: string;
  readonly at: number;
  /** SHA-256 of the arguments document `{ finding, context, tolerance }`: hashes of three documents. */
  readonly findingHash: string;
  readonly contextHash: string;
  readonly toleranceHash: string;
  /** SHA-256 of the engine bundle, which is stored as a document too. */
  readonly engine: string;
  /** SHA-256 of the decision's canonical bytes. */
  readonly decisionHash: string;
  readonly decision: Decision;
}

export interface Decisions {
  put(row: DecisionRow): Promise<void>;
  ofFinding(finding: string): Promise<readonly DecisionRow[]>;
  /** The last decision on each of these findings; those without one are left out. */
  lastOf(findings: readonly string[]): Promise<readonly DecisionRow[]>;
  /** All, in (at, id) order, for replay. */
  list(after: string | null, limit: number): Promise<readonly DecisionRow[]>;
}

export interface Actions {
  /** False when this action exists already. */
  plan(action: Action): Promise<boolean>;
  get(id: string): Promise<Action | null>;
  /** By plannedAt, the newest first. */
  list(filter: { readonly state?: readonly ActionState[]; readonly finding?: string; readonly limit: number }): Promise<readonly Action[]>;
  /** Moves an action on, only from one of these states; false when it was in none of them. */
  move(id: string, from: readonly ActionState[], to: ActionState, at: number, reason: string): Promise<boolean>;
  /** A step has one receipt: a second one changes nothing. */
  receipt(receipt: Receipt, at: number): Promise<void>;
  receipts(id: string): Promise<readonly Receipt[]>;
  /**
   * How many actions automation planned since a time, in one account or everywhere, without refused and dry-run ones:
   * for the caps. Planned, not begun: what still waits for a worker counts too.
   */
  startedSince(since: number, account: string | null): Promise<number>;
}

export interface Judgements {
  /** Asks, or renews a waiting question with a new revision; an answered one is left as it is. */
  ask(judgement: Judgement): Promise<boolean>;
  get(id: string): Promise<Judgement | null>;
  /** By askedAt, the oldest first. */
  list(filter: { readonly state?: Judgement['state']; readonly limit: number }): Promise<readonly Judgement[]>;
  /** One person's answer. The same person counts once. Returns the judgement after it, or null when it waits no more. */
  answer(id: string, by: string, verdict: 'approve' | 'deny', at: number): Promise<Judgement | null>;
  withdraw(id: string, at: number, reason: string): Promise<boolean>;
}

/** Named settings with their history; a value is a JSON document. */
export interface Settings {
  get(name: string): Promise<Json | null>;
  set(name: string, value: Json, at: number, by: string): Promise<void>;
  /** What it was set to, the latest first; `n` counts from 1. */
  history(
    name: string,
    limit: number,
  ): Promise<readonly { readonly n: number; readonly value: Json; readonly at: number; readonly by: string }[]>;
  list(prefix: string): Promise<readonly { readonly name: string; readonly value: Json; readonly at: number; readonly by: string }[]>;
}

/** What a leaf of the ledger says. Hashes, ids and codes; no personal data and no finding's content, neither in the clear nor so that it could be guessed: src/app/ledger/seals.ts. */
export interface LedgerEntry {
  readonly format: 'jobzero.ledger/1';
  readonly type:
    | 'batch'
    | 'finding'
    | 'decision'
    | 'judgement'
    | 'answer'
    | 'action'
    | 'receipt'
    | 'undo'
    | 'question'
    | 'opinion'
    | 'outcome'
    | 'proposal'
    | 'investigation'
    | 'drill'
    | 'incident'
    | 'setting'
    | 'content-changed'
    | 'sign-in'
    | 'notification'
    | 'page'
    | 'fault';
  /** The id of what it is about. */
  readonly subject: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly data: JsonObject;
}

export interface LedgerInbox {
  /** Puts a leaf into the inbox, in the same transaction as what it describes; the sequencer numbers it later. */
  append(entry: LedgerEntry): Promise<void>;
}
