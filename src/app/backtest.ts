import { eventsOfText } from '../core/collect/log-reader.ts';
import { Accumulator } from '../core/detect/accumulator.ts';
import { findingsOf } from '../core/detect/findings-of.ts';
import { type RuleSet, ruleSet } from '../core/detect/rule-set.ts';
import type { ScannedRow } from '../core/detect/scanned-row.ts';
import { wantedPairs } from '../core/detect/wanted-rows.ts';
import { mergeSorted } from '../core/lib/merge-sorted.ts';
import type { Event } from '../core/model/event.ts';
import type { Finding } from '../core/model/finding.ts';
import type { EventRule, Lists, Rule } from '../core/model/rule.ts';
import { type Source, sources } from '../core/model/source.ts';
import type { IndexPairs, Lake, LakeFile, RecordBatch } from '../core/ports/lake.ts';
import type { OpenScanner } from '../core/ports/record-scanner.ts';
import type { Run, Spill } from '../core/ports/spill.ts';
import { entriesOf } from './accumulate-objects.ts';
import { joinEntries } from './detect.ts';
import { scannedReader } from './read-scanned.ts';

/** More different calls than this, and all rows of a source are read. */
const mostPairs = 20_000;
/** So many matches are held before they are put aside; about 2 kB each. */
const heldMatches = 6_000;

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
  /** Reads CloudTrail's records without parsing what no rule matches; without it every record is parsed. */
  readonly scanner?: OpenScanner;
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
    const take = takerOf(set, source, accumulator, deps.scanner);
    for await (const batch of deps.lake.scan(files, input.from, input.to, wanted)) {
      take(batch);
      looked += batch.count;
      deps.tidy?.();
      input.onProgress?.(looked);
      if (accumulator.size > heldMatches) runs.push(deps.spill.write(accumulator.drainEntryLines()));
    }
  }
  const joined = mergeSorted([accumulator.drain(), ...runs.map((run) => entriesOf(run.lines()))], (entry) => entry.key, joinEntries(set));
  return { stored, looked, findings: findingsOf(joined, set.rules, input.tenant) };
}

/** Hands records to the rules: CloudTrail's are scanned where that is possible, others and odd ones are parsed one by one. */
function takerOf(set: RuleSet, source: Source, accumulator: Accumulator, scanner: OpenScanner | undefined): (batch: RecordBatch) => void {
  const rules = set.bySource.get(source);
  const scanned =
    source === 'aws.cloudtrail' && scanner !== undefined && rules !== undefined ? scannedReader(rules.matcher, scanner) : null;
  const options = {
    object: '',
    onRow: (row: ScannedRow, eventOf: () => Event) => accumulator.addRow(row, source, eventOf),
    onEvent: (event: Event) => accumulator.add(event),
  };
  return (batch) => {
    const { bytes, bounds, count } = batch;
    if (scanned?.(bytes, options, bounds) === true) return;
    for (let n = 0; n < count; n++) {
      const text = bytes.toString('utf8', bounds[2 * n], bounds[2 * n + 1]);
      for (const event of eventsOfText(text, batch.objectOf(n))) accumulator.add(event);
    }
  };
}

async function wantedOf(
  { from, to, pushDown = true }: BacktestInput,
  { lake }: BacktestDeps,
  files: readonly LakeFile[],
  source: Source,
  rules: readonly EventRule[],
): Promise<IndexPairs | 'all'> {
  if (!pushDown) return 'all';
  const stored = await lake.indexPairs(files, from, to, mostPairs);
  if (stored === null) return 'all';
  const pairs = wantedPairs(rules, source, stored.pairs);
  return pairs.length === stored.pairs.length ? 'all' : { pairs, unknown: stored.unknown };
}
