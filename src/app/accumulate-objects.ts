import type { Sifting } from '../core/collect/log-format.ts';
import { LogReader, readWhole } from '../core/collect/log-reader.ts';
import { Accumulator } from '../core/detect/accumulator.ts';
import { type Entry, readEntry } from '../core/detect/entry.ts';
import type { RuleSet } from '../core/detect/rule-set.ts';
import type { ScannedRow } from '../core/detect/scanned-row.ts';
import { CopiesById } from '../core/findings/imported/copies-lines.ts';
import type { Event, SetAside } from '../core/model/event.ts';
import type { OpenSifters } from '../core/ports/line-sifter.ts';
import { BrokenStream, type LogObject, type LogObjects } from '../core/ports/log-objects.ts';
import type { OpenScanner } from '../core/ports/record-scanner.ts';
import type { Run, Spill } from '../core/ports/spill.ts';
import { scannedReader } from './read-scanned.ts';

/** So many matches are held before they are put aside; about 2 kB each. */
const heldMatches = 6_000;
/** And so many findings of other services; about 3 kB each. */
const heldReports = 4_000;
/** So many set-aside records are told one by one; all are counted. */
const toldSetAsides = 100;

export interface AccumulateCounts {
  readonly objects: number;
  readonly events: number;
  readonly setAside: number;
  /** The first ones, in the order they were met. */
  readonly setAsides: readonly SetAside[];
}

export interface AccumulateDeps {
  readonly logs: LogObjects;
  readonly spill: Spill;
  /** Called now and then: a chance to collect garbage. */
  readonly tidy?: () => void;
  /** Reads delivered objects without parsing what no rule matches; without it everything is parsed. */
  readonly scanner?: OpenScanner;
  /** Passes over flows and queries that no rule matches; without it everything is parsed. */
  readonly sifters?: OpenSifters;
}

/** Reads log objects into digests, putting sorted runs aside as often as memory asks for it. */
export class ObjectAccumulator {
  private readonly accumulator: Accumulator;
  private readonly sifting: Sifting | undefined;
  private readonly tenant: string;
  private readonly logs: LogObjects;
  private readonly spill: Spill;
  private readonly held: number;
  private readonly tidy: () => void;
  private readonly scanned: ReturnType<typeof scannedReader> | null = null;
  private readonly runs: Parts<Run[]> = { stateless: [], others: [], reports: [] };
  private readonly reports: CopiesById;
  private objects = 0;
  private events = 0;
  private setAside = 0;
  private readonly setAsides: SetAside[] = [];

  constructor(
    set: RuleSet,
    tenant: string,
    { logs, spill, tidy = () => {}, scanner, sifters }: AccumulateDeps,
    held: number = heldMatches,
  ) {
    this.tenant = tenant;
    this.accumulator = new Accumulator(set);
    this.reports = new CopiesById(tenant);
    this.sifting = sifters === undefined ? undefined : { sieve: set.sieve, open: sifters };
    this.logs = logs;
    this.spill = spill;
    this.held = held;
    this.tidy = tidy;
    const rules = set.bySource.get('aws.cloudtrail');
    if (scanner !== undefined && rules !== undefined) this.scanned = scannedReader(rules.matcher, scanner);
  }

  async add(object: LogObject): Promise<void> {
    this.tidy();
    const options = {
      object: object.name,
      onEvent: (event: Event) => {
        this.events++;
        this.accumulator.add(event);
        if (event.report !== undefined) this.reports.add(event.report);
        if (this.accumulator.size > this.held || this.reports.size > heldReports) this.putAside();
      },
      sifting: this.sifting,
      onPassed: (events: number) => {
        this.events += events;
      },
      onRow: (row: ScannedRow, eventOf: () => Event) => {
        this.events++;
        this.accumulator.addRow(row, 'aws.cloudtrail', eventOf);
        if (this.accumulator.size > this.held) this.putAside();
      },
      onSetAside: (setAside: SetAside) => {
        this.setAside++;
        if (this.setAsides.length < toldSetAsides) this.setAsides.push(setAside);
      },
    };
    this.objects++;
    try {
      const bytes = await this.logs.whole(object);
      if (bytes !== null) {
        if (this.scanned?.(bytes, options) !== true) readWhole(bytes, options);
        this.logs.done?.(bytes);
        return;
      }
    } catch (error) {
      if (!(error instanceof BrokenStream)) throw error;
      return options.onSetAside({ place: { object: object.name, offset: 0 }, reason: error.message });
    }
    const reader = new LogReader(options);
    try {
      for await (const chunk of this.logs.chunks(object)) {
        reader.push(chunk);
        this.tidy();
      }
      reader.end();
    } catch (error) {
      if (!(error instanceof BrokenStream)) throw error;
      reader.end(error.message);
    }
  }

  private putAside(): void {
    const { stateless, others } = this.accumulator.drainLines(this.tenant);
    if (stateless.length > 0) this.runs.stateless.push(this.spill.write(stateless));
    if (others.length > 0) this.runs.others.push(this.spill.write(others));
    const reports = this.reports.drainLines();
    if (reports.length > 0) this.runs.reports.push(this.spill.write(reports));
  }

  /** The runs, and what is left in memory as another; `intoRun` puts everything aside, for another thread to read. */
  finish(intoRun: boolean): {
    readonly lines: Parts<readonly string[]>;
    readonly runs: Parts<readonly Run[]>;
    readonly counts: AccumulateCounts;
  } {
    if (intoRun) this.putAside();
    const { objects, events, setAside, setAsides } = this;
    const lines = { ...this.accumulator.drainLines(this.tenant), reports: this.reports.drainLines() };
    return { lines, runs: this.runs, counts: { objects, events, setAside, setAsides } };
  }
}

/** Lines of stateless rules' matches (`matches-line.ts`), entries as lines, and copies of other services' findings; each sorted. */
export interface Parts<T> {
  readonly stateless: T;
  readonly others: T;
  readonly reports: T;
}

/** The entries of lines. */
export function* entriesOf(lines: Iterable<string>): Generator<Entry> {
  for (const line of lines) yield readEntry(line);
}
