import { join as joinDigests } from '../core/detect/digest.ts';
import type { Entry } from '../core/detect/entry.ts';
import { findingsOf, findingsOfMatches } from '../core/detect/findings-of.ts';
import { idOfLine, joinMatchesLines } from '../core/detect/matches-line.ts';
import { keptBy, type RuleSet, ruleSet } from '../core/detect/rule-set.ts';
import { idOfCopies, joinCopiesLines, readCopies } from '../core/findings/imported/copies-lines.ts';
import { type AnsweredBy, importedFinding } from '../core/findings/imported/imported-finding.ts';
import { gravestMembers } from '../core/findings/incidents/gravest-members.ts';
import { incidentsOfMembers } from '../core/findings/incidents/incidents-of.ts';
import { crowdedKeys } from '../core/findings/incidents/join-members.ts';
import { mergeSorted } from '../core/lib/merge-sorted.ts';
import type { SetAside } from '../core/model/event.ts';
import type { Finding } from '../core/model/finding.ts';
import type { Incident } from '../core/model/incident.ts';
import type { Lists, Rule } from '../core/model/rule.ts';
import type { Sequence } from '../core/model/sequence.ts';
import { type Severity, severities } from '../core/model/severity.ts';
import type { LogObject } from '../core/ports/log-objects.ts';
import type { Run, Spill } from '../core/ports/spill.ts';
import { type AccumulateCounts, type AccumulateDeps, entriesOf, ObjectAccumulator, type Parts } from './accumulate-objects.ts';

/** So many findings with their evidence are sorted in memory, each item counted, before a sorted part is put aside; about 1 kB each. */
const heldFindings = 6_000;
/** So many findings, the gravest, are joined into incidents; about 1 kB of each is held. */
const joinedFindings = 20_000;

export interface DetectInput {
  readonly roots: readonly string[];
  readonly rules: readonly Rule[];
  /** The named lists that rules ask. */
  readonly lists?: Lists;
  readonly tenant: string;
  /** Threads beside this one; 0 does the work here. */
  readonly workers: number;
  /** How many matches and findings are held in memory before they are put aside; changes no byte of the answer. */
  readonly held?: { readonly matches: number; readonly findings: number };
  /** Which of our rules answer what other services find; without it nothing is known to. */
  readonly answeredBy?: AnsweredBy;
  /** With them, findings are joined into incidents too. */
  readonly sequences?: readonly Sequence[];
  readonly onProgress?: (objects: number, bytes: number) => void;
}

export interface DetectDeps extends AccumulateDeps {
  /** Starts threads that accumulate. Needed when `workers` is above 0. */
  readonly startWorkers?: (n: number, rules: readonly Rule[], tenant: string) => DetectWorkers;
}

/** Threads that each read objects and put sorted runs of digests aside. */
export interface DetectWorkers {
  /** Resolves when a thread has taken it, so that listing goes no faster than reading. */
  give(object: LogObject): Promise<void>;
  finish(): Promise<readonly { readonly runs: Parts<readonly string[]>; readonly counts: AccumulateCounts }[]>;
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

/** A finding, of which the document is made when somebody reads it. */
export interface Found extends Pick<Finding, 'id' | 'revision' | 'severity'> {
  read(): Finding;
}

export interface DetectResult {
  /** Sorted by finding id, to be read once; holds one page of them at a time. */
  readonly findings: Iterable<Found>;
  /** After all findings have been read: what was read, and what was found. */
  summary(): DetectSummary;
  /** After all findings have been read: the incidents that they make, sorted by id; none unless they were asked for. */
  incidents(): readonly Incident[];
}

/**
 * Findings of log objects: a function of the set of events in them. How they are cut into objects, doubled, ordered or
 * spread over threads changes no byte. Memory does not grow with the input: digests and findings are put aside. A
 * stateless rule's finding is made when it is asked for, and then forgotten.
 */
export async function detect(input: DetectInput, deps: DetectDeps): Promise<DetectResult> {
  const set = ruleSet(input.rules, input.lists);
  const { sources, counts } =
    input.workers > 0 && deps.startWorkers !== undefined ? await inThreads(input, deps, deps.startWorkers) : await here(input, deps, set);
  const tidy = deps.tidy ?? (() => {});
  const matches = mergeSorted(sources.stateless, idOfLine, joinMatchesLines);
  const digests = mergeSorted(sources.others.map(entriesOf), (entry) => entry.key, joinEntries(set));
  const correlated = sortById(findingsOf(digests, set.rules, input.tenant), deps.spill, input.held?.findings ?? heldFindings, tidy);
  const tally = { findings: 0, bySeverity: Object.fromEntries(severities.map((severity) => [severity, 0])) as Record<Severity, number> };
  const copies = mergeSorted(sources.reports, idOfCopies, joinCopiesLines);
  const merged = mergeSorted<Found>(
    [findingsOfMatches(matches, set.rules, input.tenant), correlated, asFound(importedFindings(copies, input))],
    (finding) => finding.id,
    (a) => a,
  );
  const members = input.sequences === undefined ? null : gravestMembers(joinedFindings);
  let joined: ReturnType<typeof joinedOf> | null = null;
  const incidents = (of: NonNullable<typeof members>) => {
    joined ??= joinedOf(input, of.end());
    return joined;
  };
  return {
    findings: counted(merged, tally, tidy, members),
    summary: () => ({ ...counts, ...tally, ...(members === null ? {} : { incidents: incidents(members).told }) }),
    incidents: () => (members === null ? [] : incidents(members).incidents),
  };
}

type Joined = ReturnType<ReturnType<typeof gravestMembers>['end']>;

function joinedOf({ sequences = [], tenant }: DetectInput, { members, leftOut }: Joined) {
  const incidents = incidentsOfMembers(members, crowdedKeys(members), sequences, tenant).map(({ incident }) => incident);
  return { incidents, told: { n: incidents.length, pages: incidents.filter(({ pages }) => pages).length, leftOut } };
}

/** Joins the digests of one key. */
export function joinEntries(set: RuleSet): (a: Entry, b: Entry) => Entry {
  return (a, b) => {
    const rule = set.rules.get(a.rule);
    return rule === undefined ? a : { ...a, digest: joinDigests(a.digest, b.digest, keptBy(rule)) };
  };
}

type Sources = Parts<readonly Iterable<string>[]>;

async function here(input: DetectInput, deps: DetectDeps, set: RuleSet): Promise<{ sources: Sources; counts: AccumulateCounts }> {
  const accumulator = new ObjectAccumulator(set, input.tenant, deps, input.held?.matches);
  const progress = progressOf(input);
  for await (const object of deps.logs.list(input.roots)) {
    await accumulator.add(object);
    progress(object);
  }
  const { lines, runs, counts } = accumulator.finish(false);
  const all = (part: keyof Sources) => [lines[part], ...runs[part].map((run) => run.lines())];
  return { sources: { stateless: all('stateless'), others: all('others'), reports: all('reports') }, counts };
}

async function inThreads(
  input: DetectInput,
  deps: DetectDeps,
  startWorkers: NonNullable<DetectDeps['startWorkers']>,
): Promise<{ sources: Sources; counts: AccumulateCounts }> {
  const workers = startWorkers(input.workers, input.rules, input.tenant);
  const progress = progressOf(input);
  for await (const object of deps.logs.list(input.roots)) {
    await workers.give(object);
    progress(object);
  }
  const parts = await workers.finish();
  const sum = (count: (counts: AccumulateCounts) => number) => parts.reduce((total, part) => total + count(part.counts), 0);
  const setAsides = parts.flatMap((part) => part.counts.setAsides).sort((a, b) => comparePlaces(a, b));
  const all = (part: keyof Sources) => parts.flatMap(({ runs }) => runs[part].map((path) => deps.spill.open(path).lines()));
  return {
    sources: { stateless: all('stateless'), others: all('others'), reports: all('reports') },
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

/** Sorts what correlations found: their windows are told in the order of groups. */
function sortById(findings: Iterable<Finding>, spill: Spill, most: number, tidy: () => void): Iterable<Found> {
  const runs: Run[] = [];
  let held: Finding[] = [];
  let size = 0;
  let n = 0;
  const byId = (a: Finding, b: Finding) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
  for (const finding of findings) {
    if (++n % 100 === 0) tidy();
    held.push(finding);
    size += 1 + finding.evidence.length;
    if (size < most) continue;
    runs.push(spill.write(linesOf(held.sort(byId))));
    held = [];
    size = 0;
  }
  held.sort(byId);
  const all = mergeSorted(
    [held, ...runs.map(findingLines)],
    (finding) => finding.id,
    (a) => a,
  );
  return asFound(all);
}

function* asFound(findings: Iterable<Finding>): Generator<Found> {
  for (const finding of findings) yield { id: finding.id, revision: finding.revision, severity: finding.severity, read: () => finding };
}

function* importedFindings(lines: Iterable<string>, { tenant, answeredBy = () => [] }: DetectInput): Generator<Finding> {
  for (const line of lines) {
    const finding = importedFinding(tenant, readCopies(line), answeredBy);
    if (finding !== null) yield finding;
  }
}

function* findingLines(run: Run): Generator<Finding> {
  for (const line of run.lines()) yield JSON.parse(line) as Finding;
}

function* linesOf(findings: readonly Finding[]): Generator<string> {
  for (const finding of findings) yield JSON.stringify(finding);
}

/** Hands findings on and counts them, with a chance to collect garbage now and then. */
function* counted(
  findings: Iterable<Found>,
  tally: { findings: number; readonly bySeverity: Record<Severity, number> },
  tidy: () => void,
  members: { add(finding: Finding): void } | null,
): Generator<Found> {
  for (const finding of findings) {
    if (++tally.findings % 100 === 0) tidy();
    tally.bySeverity[finding.severity]++;
    members?.add(finding.read());
    yield finding;
  }
}
