import { writeFile } from 'node:fs/promises';
import type { DetectSummary, Found } from '../../app/detect.ts';
import { incidentLine } from '../../app/print-findings.ts';
import type { Detected, Wires } from '../../app/wires.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Severity } from '../../core/model/severity.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { FindingFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { printIncidents } from '../print-incidents.ts';
import { printFindings, reaches, severityLine } from '../print-list.ts';
import { asideLines } from '../print-lists.ts';
import { printable } from '../printable.ts';
import { progressBar } from '../progress.ts';
import { plural, showCount, showSeconds } from '../show.ts';

export interface DetectOptions {
  readonly rules: readonly string[];
  readonly lists: readonly string[];
  readonly builtin: boolean;
  readonly workers?: number;
  readonly format: FindingFormat;
  readonly summary?: string;
  readonly incidents?: string;
  readonly limit: number;
  readonly failOn?: Severity;
  readonly strict?: boolean;
}

export async function detect(io: Io, wires: Wires, paths: readonly string[], options: DetectOptions): Promise<ExitCode> {
  const bar = await progressBar(io);
  let detected: Detected;
  try {
    detected = await wires.detect({
      paths,
      rules: options.rules,
      lists: options.lists,
      builtin: options.builtin,
      workers: options.workers ?? null,
      ...(options.incidents === undefined ? {} : { incidents: true }),
      onProgress: bar.onProgress,
    });
  } finally {
    bar.stop();
  }
  try {
    // Findings are made as they are read, and incidents of them.
    if (options.incidents === '-') for (const _ of detected.findings);
    else await printFindings(io, listed(detected.findings), options.format, options.limit);
    const incidents = detected.incidents();
    if (options.incidents === '-') await printIncidents(io, incidents, options.format === 'table' ? 'table' : 'ocsf', options.limit);
    else if (options.incidents !== undefined) await writeFile(options.incidents, incidents.map(incidentLine).join(''));
    await io.out.flush();
  } finally {
    detected.close();
  }
  const { faults, rules, seconds, lists = [] } = detected;
  const summary = detected.summary();
  if (options.summary !== undefined) {
    const setAsides = summary.setAsides.map(({ place, reason }) => ({ ...place, reason }));
    await writeFile(
      options.summary,
      `${JSON.stringify({ ...summary, setAsides, rules, faults, lists: lists.map(({ name, entries, sources }) => ({ name, entries: entries.length, sources })), seconds }, null, 2)}\n`,
    );
  }
  await tell(io, detected, summary);
  const broken = lists.some(({ sources }) => sources.some(({ aside, trouble }) => aside.length > 0 || trouble !== null));
  if (options.strict && (summary.setAside > 0 || faults.length > 0 || broken)) return exitCodes.partial.code;
  return reaches(summary.bySeverity, options.failOn) ? exitCodes.no.code : exitCodes.ok.code;
}

function* listed(findings: Iterable<Found>): Generator<{ readonly finding: Finding }> {
  for (const found of findings) yield { finding: found.read() };
}

const shown = 5;

async function tell(io: Io, { faults, rules, seconds, lists = [] }: Detected, summary: DetectSummary): Promise<void> {
  const { colours } = io.err;
  const severities = severityLine(io, summary.bySeverity);
  const lines = [
    `${plural(summary.events, 'event')} in ${plural(summary.objects, 'object')}, ${plural(rules, 'rule')}, ${showSeconds(seconds)}: ` +
      `${colours.bold(plural(summary.findings, 'finding'))}${severities === '' ? '' : ` (${severities})`}, ${showCount(summary.setAside)} set aside`,
  ];
  if (summary.incidents !== undefined) {
    const { n, pages, leftOut } = summary.incidents;
    const rest = leftOut === 0 ? '' : colours.dim(`; ${plural(leftOut, 'weak finding')} beyond the gravest were not joined`);
    lines.push(`${colours.bold(plural(n, 'incident'))}, ${showCount(pages)} of them to page somebody${rest}`);
  }
  const groups = groupSetAsides(summary.setAsides);
  let told = 0;
  for (const { object, offset, reason, n } of groups.slice(0, shown)) {
    told += n;
    lines.push(
      `${colours.yellow('set aside')} ${printable(object)} at byte ${offset}${n === 1 ? '' : ` and ${plural(n - 1, 'more place')}`}: ${printable(reason)}`,
    );
  }
  if (summary.setAside > told)
    lines.push(colours.dim(`and ${showCount(summary.setAside - told)} more set aside; --summary FILE lists the first of them`));
  lines.push(...asideLines(io, lists));
  for (const { file, line, reason } of faults.slice(0, shown)) {
    lines.push(`${colours.yellow('rule refused')} ${printable(file)}:${line}: ${printable(reason)}`);
  }
  if (faults.length > shown) lines.push(colours.dim(`and ${showCount(faults.length - shown)} more refused; --summary FILE lists them`));
  await io.err.write(lines.map((line) => `${line}\n`).join(''));
}

/** One line for each reason and object, with its first place. */
function groupSetAsides(setAsides: DetectSummary['setAsides']) {
  const groups = new Map<string, { readonly object: string; readonly offset: number; readonly reason: string; n: number }>();
  for (const {
    place: { object, offset },
    reason,
  } of setAsides) {
    const key = JSON.stringify([object, reason]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { object, offset, reason, n: 1 });
    else group.n++;
  }
  return [...groups.values()];
}
