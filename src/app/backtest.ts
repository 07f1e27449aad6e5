import { eventsOfText } from '../core/collect/log-reader.ts';
import { Accumulator } from '../core/detect/accumulator.ts';
import { findingsOf } from '../core/detect/findings-of.ts';
import { ruleSet } from '../core/detect/rule-set.ts';
import { shareIn, wantedRows } from '../core/detect/wanted-rows.ts';
import { mergeSorted } from '../core/lib/merge-sorted.ts';
import type { Finding } from '../core/model/finding.ts';
import type { EventRule, Lists, Rule } from '../core/model/rule.ts';
import { type Source, sources } from '../core/model/source.ts';
import type { Lake, LakeFile, WantedRows } from '../core/ports/lake.ts';
import type { Run, Spill } from '../core/ports/spill.ts';
import { entriesOf, linesOf } from './accumulate-objects.ts';
import { joinEntries } from './detect.ts';

/** More different calls than this, and all rows of a source are read. */
const mostPairs = 20_000;
/** So many matches are held before they are put aside; about 2 kB each. */
const heldMatches = 6_000;

/** So many rows of so many files tell how common a text is. */
const sampledFiles = 6;
const sampledRows = 100;

export interface BacktestInput {
  /** The rules that are asked, and those that they refer to with `raises` false. */
  readonly rules: readonly Rule[];
  /** The named lists that rules ask. */
  readonly lists?: Lists;
  readonly tenant: string;
  readonly files: readonly LakeFile[];
  /** Milliseconds since 1970; the end is not included. */
  readonly from: number;
  readonly to: number;
  /** False reads every row: the same findings, later. */
  readonly pushDown?: boolean;
  readonly onProgress?: (events: number) => void;
}

export interface BacktestDeps {
  readonly lake: Pick<Lake, 'indexPairs' | 'scan'>;
  readonly spill: Spill;
  readonly tidy?: () => void;
}

export interface BacktestRun {
  /** Rows of the files, and how many of them the engine looked at. */
  readonly stored: number;
  readonly looked: number;
  /** In the order of rule and group; holds few at a time. */
  readonly findings: Iterable<Finding>;
}

/**
 * What rules would have raised on the lake's history. The lake leaves out rows that cannot match any of them; the engine
 * decides on the rest, so the findings are those of `detect` on the same events.
 */
export async function backtest(input: BacktestInput, deps: BacktestDeps): Promise<BacktestRun> {
  const set = ruleSet(input.rules, input.lists);
  const accumulator = new Accumulator(set);
  const runs: Run[] = [];
  let looked = 0;
  let stored = 0;
  for (const source of sources) {
    const files = input.files.filter((file) => file.source === source);
    stored += files.reduce((sum, { rows }) => sum + rows, 0);
    const asking = set.bySource.get(source);
    if (files.length === 0 || asking === undefined) continue;
    const wanted = await wantedOf(input, deps, files, source, asking.events);
    for await (const row of deps.lake.scan(files, input.from, input.to, wanted)) {
      for (const event of eventsOfText(row.raw, row.place.object)) accumulator.add(event);
      if (++looked % 1_000 === 0) {
        deps.tidy?.();
        input.onProgress?.(looked);
      }
      if (accumulator.size > heldMatches) runs.push(deps.spill.write(linesOf(accumulator.drain())));
    }
  }
  const joined = mergeSorted([accumulator.drain(), ...runs.map((run) => entriesOf(run.lines()))], (entry) => entry.key, joinEntries(set));
  return { stored, looked, findings: findingsOf(joined, set.rules, input.tenant) };
}

async function wantedOf(
  { from, to, pushDown = true }: BacktestInput,
  { lake }: BacktestDeps,
  files: readonly LakeFile[],
  source: Source,
  rules: readonly EventRule[],
): Promise<readonly WantedRows[] | 'all'> {
  if (!pushDown) return 'all';
  const pairs = await lake.indexPairs(files, from, to, mostPairs);
  if (pairs === null) return 'all';
  return wantedRows(rules, source, pairs, shareIn(await sampleOf(lake, files, from, to)));
}

/** Some texts of records from here and there. */
async function sampleOf(lake: BacktestDeps['lake'], files: readonly LakeFile[], from: number, to: number): Promise<readonly string[]> {
  const texts: string[] = [];
  const step = Math.max(1, Math.floor(files.length / sampledFiles));
  for (let i = 0; i < files.length; i += step) {
    let n = 0;
    for await (const { raw } of lake.scan(files.slice(i, i + 1), from, to, 'all')) {
      texts.push(raw);
      if (++n === sampledRows) break;
    }
  }
  return texts;
}
