import type { Entry } from '../core/detect/accumulator.ts';
import { join as joinDigests } from '../core/detect/digest.ts';
import { findingsOf } from '../core/detect/findings-of.ts';
import { keptBy, type RuleSet, ruleSet } from '../core/detect/rule-set.ts';
import { gravestMembers } from '../core/findings/incidents/gravest-members.ts';
import { incidentsOfMembers } from '../core/findings/incidents/incidents-of.ts';
import { crowdedKeys } from '../core/findings/incidents/join-members.ts';
import { mergeSorted } from '../core/lib/merge-sorted.ts';
import type { SetAside } from '../core/model/event.ts';
import type { Finding } from '../core/model/finding.ts';
import type { Incident } from '../core/model/incident.ts';
import type { Rule } from '../core/model/rule.ts';
import type { Sequence } from '../core/model/sequence.ts';
import { type Severity, severities } from '../core/model/severity.ts';
import type { LogObject, LogObjects } from '../core/ports/log-objects.ts';
import type { Run, Spill } from '../core/ports/spill.ts';
import { type AccumulateCounts, ObjectAccumulator } from './accumulate-objects.ts';

/** So many findings with their evidence are sorted in memory, each item counted, before a sorted part is put aside; about 1 kB each. */
const heldFindings = 6_000;
/** So many findings, the gravest, are joined into incidents; about 1 kB of each is held. */
const joinedFindings = 50_000;

export interface DetectInput {
  readonly roots: readonly string[];
  readonly rules: readonly Rule[];
  readonly tenant: string;
  /** Threads beside this one; 0 does the work here. */
  readonly workers: number;
  /** How many matches and findings are held in memory before they are put aside; changes no byte of the answer. */
  readonly held?: { readonly matches: number; readonly findings: number };
  /** With them, findings are joined into incidents too. */
  readonly sequences?: readonly Sequence[];
  readonly onProgress?: (objects: number, bytes: number) => void;
}

export interface DetectDeps {
  readonly logs: LogObjects;
  readonly spill: Spill;
  /** Called now and then: a chance to collect garbage. */
  readonly tidy?: () => void;
  /** Starts threads that accumulate. Needed when `workers` is above 0. */
  readonly startWorkers?: (n: number, rules: readonly Rule[]) => DetectWorkers;
}

/** Threads that each read objects and put sorted runs of digests aside. */
export interface DetectWorkers {
  /** Resolves when a thread has taken it, so that listing goes no faster than reading. */
  give(object: LogObject): Promise<void>;
  finish(): Promise<readonly { readonly runs: readonly string[]; readonly counts: AccumulateCounts }[]>;
}

export interface DetectSummary {
  readonly objects: number;
  readonly events: number;
  readonly setAside: number;
  readonly setAsides: readonly SetAside[];
  readonly findings: number;
  readonly bySeverity: { readonly [severity in Severity]: number };
  /** `leftOut`: weak findings beyond what is joined. */
  readonly incidents?: { readonly n: number; readonly pages: number; readonly leftOut: number };
}

export interface DetectResult {
  /** Sorted by finding id; holds one page of them at a time. */
  readonly findings: Iterable<Finding>;
  /** Sorted by id; absent unless they were asked for. */
  readonly incidents?: readonly Incident[];
  readonly summary: DetectSummary;
}

/**
 * Findings of log objects: a function of the set of events in them. How they are cut into objects, doubled, ordered or
 * spread over threads changes no byte. Memory does not grow with the input: digests and findings are put aside.
 */
export async function detect(input: DetectInput, deps: DetectDeps): Promise<DetectResult> {
  const set = ruleSet(input.rules);
  const { sources, counts } =
    input.workers > 0 && deps.startWorkers !== undefined ? await inThreads(input, deps, deps.startWorkers) : await here(input, deps, set);
  const joined = mergeSorted(sources, (entry) => entry.key, joinEntries(set));
  const members = input.sequences === undefined ? null : gravestMembers(joinedFindings);
  const found = sortById(
    noted(findingsOf(joined, set.rules, input.tenant), (finding) => members?.add(finding)),
    deps.spill,
    input.held?.findings ?? heldFindings,
    deps.tidy ?? (() => {}),
  );
  const summary = { ...counts, findings: found.n, bySeverity: found.bySeverity };
  if (members === null) return { findings: found.findings, summary };
  const { incidents, told } = joinedOf(input, members.end());
  return { findings: found.findings, incidents, summary: { ...summary, incidents: told } };
}

type Joined = ReturnType<ReturnType<typeof gravestMembers>['end']>;

function joinedOf({ sequences = [], tenant }: DetectInput, { members, leftOut }: Joined) {
  const incidents = incidentsOfMembers(members, crowdedKeys(members), sequences, tenant).map(({ incident }) => incident);
  return { incidents, told: { n: incidents.length, pages: incidents.filter(({ pages }) => pages).length, leftOut } };
}

function* noted<T>(items: Iterable<T>, note: (item: T) => void): Generator<T> {
  for (const item of items) {
    note(item);
    yield item;
  }
}

/** Joins the digests of one key. */
export function joinEntries(set: RuleSet): (a: Entry, b: Entry) => Entry {
  return (a, b) => {
    const rule = set.rules.get(a.rule);
    return rule === undefined ? a : { ...a, digest: joinDigests(a.digest, b.digest, keptBy(rule)) };
  };
}

async function here(input: DetectInput, deps: DetectDeps, set: RuleSet) {
  const accumulator = new ObjectAccumulator(set, deps.logs, deps.spill, deps.tidy, input.held?.matches);
  const progress = progressOf(input);
  for await (const object of deps.logs.list(input.roots)) {
    await accumulator.add(object);
    progress(object);
  }
  const { entries, runs, counts } = accumulator.finish(false);
  return { sources: [entries, ...runs.map(entriesOf)], counts };
}

async function inThreads(input: DetectInput, deps: DetectDeps, startWorkers: NonNullable<DetectDeps['startWorkers']>) {
  const workers = startWorkers(input.workers, input.rules);
  const progress = progressOf(input);
  for await (const object of deps.logs.list(input.roots)) {
    await workers.give(object);
    progress(object);
  }
  const parts = await workers.finish();
  const sum = (count: (counts: AccumulateCounts) => number) => parts.reduce((total, part) => total + count(part.counts), 0);
  const setAsides = parts.flatMap((part) => part.counts.setAsides).sort((a, b) => comparePlaces(a, b));
  return {
    sources: parts.flatMap((part) => part.runs.map((path) => entriesOf(deps.spill.open(path)))),
    counts: { objects: sum((c) => c.objects), events: sum((c) => c.events), setAside: sum((c) => c.setAside), setAsides },
  };
}

function progressOf(input: DetectInput): (object: LogObject) => void {
  let objects = 0;
  let bytes = 0;
  return ({ size }) => {
    objects++;
    bytes += size;
    input.onProgress?.(objects, bytes);
  };
}

function comparePlaces(a: SetAside, b: SetAside): number {
  if (a.place.object !== b.place.object) return a.place.object < b.place.object ? -1 : 1;
  return a.place.offset - b.place.offset;
}

function* entriesOf(run: Run): Generator<Entry> {
  for (const line of run.lines()) yield JSON.parse(line) as Entry;
}

function sortById(findings: Iterable<Finding>, spill: Spill, most: number, tidy: () => void) {
  const runs: Run[] = [];
  let held: Finding[] = [];
  let size = 0;
  let n = 0;
  const bySeverity = Object.fromEntries(severities.map((severity) => [severity, 0])) as Record<Severity, number>;
  const byId = (a: Finding, b: Finding) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
  for (const finding of findings) {
    n++;
    if (n % 100 === 0) tidy();
    bySeverity[finding.severity]++;
    held.push(finding);
    size += 1 + finding.evidence.length;
    if (size < most) continue;
    runs.push(spill.write(linesOf(held.sort(byId))));
    held = [];
    size = 0;
  }
  held.sort(byId);
  const sorted =
    runs.length === 0
      ? held
      : mergeSorted(
          [held, ...runs.map(findingLines)],
          (finding) => finding.id,
          (a) => a,
        );
  return { findings: tidied(sorted, tidy), n, bySeverity };
}

function* findingLines(run: Run): Generator<Finding> {
  for (const line of run.lines()) yield JSON.parse(line) as Finding;
}

function* linesOf(findings: readonly Finding[]): Generator<string> {
  for (const finding of findings) yield JSON.stringify(finding);
}

/** Hands findings on, with a chance to collect garbage now and then. */
function* tidied(findings: Iterable<Finding>, tidy: () => void): Generator<Finding> {
  let n = 0;
  for (const finding of findings) {
    if (++n % 100 === 0) tidy();
    yield finding;
  }
}
