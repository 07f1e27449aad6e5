import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Finding } from '../src/core/model/finding.ts';
import type { Incident } from '../src/core/model/incident.ts';
import { type Severity, severityIds } from '../src/core/model/severity.ts';
import { detectTexts } from './detect-texts.ts';
import { stripLabels } from './strip-labels.ts';
import { expectedOf, sameTechnique } from './techniques.ts';

/** One recorded attack. */
export interface TechniqueResult {
  readonly file: string;
  readonly events: number;
  /** `unknown`: the name is not in our list, so nobody says what would be right; `failed`: the file could not be read. */
  readonly verdict: 'found' | 'missed' | 'unknown' | 'failed';
  /** The worst finding with the right technique on an event of the file. */
  readonly severity: Severity | null;
  /** The worst finding of any kind. */
  readonly worst: Severity | null;
  readonly rules: readonly string[];
  readonly pages: number;
  readonly reason: string;
}

/** Events on which nobody should be woken. */
export interface OrdinaryResult {
  readonly name: string;
  readonly events: number;
  readonly setAside: number;
  readonly bySeverity: { readonly [severity in Severity]: number };
  readonly pages: number;
  /** Rules of medium severity and above, with the number of their findings. */
  readonly loud: { readonly [rule: string]: number };
  readonly error: string | null;
}

/** One rule of another engine, with its test cases. */
export interface CaseResult {
  readonly rule: string;
  /** Events on which that rule should fire, and on how many of them we find anything, and anything of medium or above. */
  readonly expected: number;
  readonly found: number;
  readonly loud: number;
  /** Events on which that rule should not fire, and on how many of them we find something of medium or above. */
  readonly others: number;
  readonly loudOthers: number;
}

export interface CorpusResult {
  readonly techniques: readonly TechniqueResult[];
  readonly ordinary: readonly OrdinaryResult[];
  readonly cases: readonly CaseResult[];
}

/** Everything that is measured on recorded logs; a file that cannot be read becomes a line that says so. */
export async function measureCorpus(folder: string, say: (text: string) => void): Promise<CorpusResult> {
  const files = readdirSync(folder).sort();
  const techniques: TechniqueResult[] = [];
  for (const file of files) {
    if (expectedOf(file) === null) continue;
    say(file);
    techniques.push(await technique(folder, file));
  }
  return { techniques, ordinary: await ordinary(folder, say), cases: await ruleCases(folder, say) };
}

async function technique(folder: string, file: string): Promise<TechniqueResult> {
  const expected = expectedOf(file)?.techniques ?? null;
  const nothing = { file, events: 0, severity: null, worst: null, rules: [], pages: 0 };
  try {
    const text = stripLabels(read(folder, file));
    const own = eventIds(text);
    const { findings, incidents, events } = await detectTexts([text]);
    const onOwn = findings.filter((finding) => finding.evidence.some(({ id }) => own.has(id)));
    const right = onOwn.filter(({ rule }) => (expected ?? []).some((want) => rule.techniques.some((is) => sameTechnique(want, is))));
    const verdict = expected === null ? 'unknown' : right.length > 0 ? 'found' : 'missed';
    return {
      file,
      events,
      verdict,
      severity: worstOf(right),
      worst: worstOf(onOwn),
      rules: rulesOf(verdict === 'found' ? right : onOwn),
      pages: pagesOf(incidents),
      reason: '',
    };
  } catch (error) {
    return { ...nothing, verdict: 'failed', reason: firstLine(error) };
  }
}

async function ordinary(folder: string, say: (text: string) => void): Promise<readonly OrdinaryResult[]> {
  const results: OrdinaryResult[] = [];
  const add = async (name: string, texts: () => readonly string[]) => {
    say(name);
    results.push(await judgeOrdinary(name, texts));
  };
  if (existsSync(join(folder, 'administration.json.gz')))
    await add('administration', () => [stripLabels(read(folder, 'administration.json.gz'))]);
  if (existsSync(join(folder, 'benign-tasks.jsonl.gz'))) {
    const tasks = linesOf(folder, 'benign-tasks.jsonl.gz').map((line) => JSON.parse(line) as { task: string; Records: unknown[] });
    const textOf = (records: readonly unknown[]) => stripLabels(JSON.stringify({ Records: records }));
    await add('benign tasks, all', () => tasks.map(({ Records }) => textOf(Records)));
    for (const { task, Records } of tasks) await add(`task ${task}`, () => [textOf(Records)]);
  }
  return results;
}

async function judgeOrdinary(name: string, texts: () => readonly string[]): Promise<OrdinaryResult> {
  try {
    const { findings, incidents, events, setAside } = await detectTexts(texts());
    return {
      name,
      events,
      setAside,
      bySeverity: bySeverity(findings),
      pages: pagesOf(incidents),
      loud: loudRules(findings),
      error: null,
    };
  } catch (error) {
    return { name, events: 0, setAside: 0, bySeverity: bySeverity([]), pages: 0, loud: {}, error: firstLine(error) };
  }
}

interface RuleCase {
  readonly rule: string;
  readonly expected: boolean;
  readonly threshold: number | null;
  readonly event: { readonly [field: string]: unknown };
}

async function ruleCases(folder: string, say: (text: string) => void): Promise<readonly CaseResult[]> {
  if (!existsSync(join(folder, 'rule-cases.jsonl.gz'))) return [];
  say('rule cases');
  const cases = linesOf(folder, 'rule-cases.jsonl.gz').map((line) => JSON.parse(line) as RuleCase);
  // Judged together, or it would take minutes: each event bears the number of its case.
  const events = cases.map(({ event }, n) => ({ ...withPlainTime(event), eventID: `case-${n}` }));
  const { findings } = await detectTexts([stripLabels(JSON.stringify({ Records: events }))]);
  const found = new Set(findings.flatMap(({ evidence }) => evidence.map(({ id }) => id)));
  const loud = new Set(findings.filter(isMediumOrAbove).flatMap(({ evidence }) => evidence.map(({ id }) => id)));
  const byRule = new Map<string, { -readonly [field in keyof CaseResult]: CaseResult[field] }>();
  for (const [n, { rule, expected }] of cases.entries()) {
    const result = byRule.get(rule) ?? { rule, expected: 0, found: 0, loud: 0, others: 0, loudOthers: 0 };
    byRule.set(rule, result);
    const id = `case-${n}`;
    if (expected) {
      result.expected++;
      result.found += Number(found.has(id));
      result.loud += Number(loud.has(id));
    } else {
      result.others++;
      result.loudOthers += Number(loud.has(id));
    }
  }
  return [...byRule.values()].sort((a, b) => (a.rule < b.rule ? -1 : 1));
}

/** The cases came through a table that prints times in its own way. */
function withPlainTime(event: RuleCase['event']): RuleCase['event'] {
  const time = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)?Z?$/.exec(String(event['eventTime']));
  return { ...event, eventTime: time === null ? (event['eventTime'] ?? '2025-01-01T00:00:00Z') : `${time[1]}T${time[2]}Z` };
}

/** How often somebody is woken. */
function pagesOf(incidents: readonly Incident[]): number {
  return incidents.filter(({ pages }) => pages).length;
}

function isMediumOrAbove({ severity }: Pick<Finding, 'severity'>): boolean {
  return severityIds[severity] >= severityIds.Medium;
}

export function bySeverity(findings: readonly Pick<Finding, 'severity'>[]): OrdinaryResult['bySeverity'] {
  const counts: Record<Severity, number> = { Critical: 0, High: 0, Medium: 0, Low: 0, Informational: 0 };
  for (const { severity } of findings) counts[severity]++;
  return counts;
}

export function loudRules(findings: readonly { readonly severity: Severity; readonly rule: { readonly id: string } }[]): {
  readonly [rule: string]: number;
} {
  const counts: Record<string, number> = {};
  for (const finding of findings.filter(isMediumOrAbove)) counts[finding.rule.id] = (counts[finding.rule.id] ?? 0) + 1;
  return counts;
}

function worstOf(findings: readonly Finding[]): Severity | null {
  return findings.reduce<Severity | null>(
    (worst, { severity }) => (worst === null || severityIds[severity] > severityIds[worst] ? severity : worst),
    null,
  );
}

function rulesOf(findings: readonly Finding[]): readonly string[] {
  return [...new Set(findings.map(({ rule }) => rule.id))].sort();
}

function eventIds(text: string): ReadonlySet<string> {
  const parsed = JSON.parse(text) as { readonly Records?: readonly { readonly eventID?: unknown }[] };
  return new Set((parsed.Records ?? []).map(({ eventID }) => String(eventID)));
}

function firstLine(error: unknown): string {
  return String(error).split('\n')[0] ?? '';
}

function read(folder: string, file: string): string {
  return gunzipSync(readFileSync(join(folder, file))).toString('utf8');
}

function linesOf(folder: string, file: string): readonly string[] {
  return read(folder, file)
    .split('\n')
    .filter((line) => line.trim() !== '');
}
