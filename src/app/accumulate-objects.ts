import { LogReader, readWhole } from '../core/collect/log-reader.ts';
import { Accumulator, type Entry } from '../core/detect/accumulator.ts';
import type { RuleSet } from '../core/detect/rule-set.ts';
import type { SetAside } from '../core/model/event.ts';
import { BrokenStream, type LogObject, type LogObjects } from '../core/ports/log-objects.ts';
import type { Run, Spill } from '../core/ports/spill.ts';

/** So many matches are held before they are put aside; about 2 kB each. */
const heldMatches = 6_000;
/** So many set-aside records are told one by one; all are counted. */
const toldSetAsides = 100;

export interface AccumulateCounts {
  readonly objects: number;
  readonly events: number;
  readonly setAside: number;
  /** The first ones, in the order they were met. */
  readonly setAsides: readonly SetAside[];
}

/** Reads log objects into digests, putting sorted runs aside as often as memory asks for it. */
export class ObjectAccumulator {
  private readonly accumulator: Accumulator;
  private readonly sieve: RuleSet['sieve'];
  private readonly logs: LogObjects;
  private readonly spill: Spill;
  private readonly held: number;
  private readonly tidy: () => void;
  private readonly runs: Run[] = [];
  private objects = 0;
  private events = 0;
  private setAside = 0;
  private readonly setAsides: SetAside[] = [];

  /** `tidy` is called now and then: a chance to collect garbage. */
  constructor(set: RuleSet, logs: LogObjects, spill: Spill, tidy: () => void = () => {}, held: number = heldMatches) {
    this.accumulator = new Accumulator(set);
    this.sieve = set.sieve;
    this.logs = logs;
    this.spill = spill;
    this.held = held;
    this.tidy = tidy;
  }

  async add(object: LogObject): Promise<void> {
    this.tidy();
    const options = {
      object: object.name,
      onEvent: (event: Parameters<Accumulator['add']>[0]) => {
        this.events++;
        this.accumulator.add(event);
        if (this.accumulator.size > this.held) this.putAside();
      },
      sieve: this.sieve,
      onPassed: (events: number) => {
        this.events += events;
      },
      onSetAside: (setAside: SetAside) => {
        this.setAside++;
        if (this.setAsides.length < toldSetAsides) this.setAsides.push(setAside);
      },
    };
    this.objects++;
    try {
      const bytes = await this.logs.whole(object);
      if (bytes !== null) return readWhole(bytes, options);
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
    this.runs.push(this.spill.write(linesOf(this.accumulator.drain())));
  }

  /** What is left in memory, sorted, and the runs; `intoRun` puts everything aside, for another thread to read. */
  finish(intoRun: boolean): { readonly entries: Entry[]; readonly runs: readonly Run[]; readonly counts: AccumulateCounts } {
    if (intoRun && this.accumulator.size > 0) this.putAside();
    const { objects, events, setAside, setAsides } = this;
    return { entries: this.accumulator.drain(), runs: this.runs, counts: { objects, events, setAside, setAsides } };
  }
}

/** Entries as the lines of a run. */
export function* linesOf(entries: readonly Entry[]): Generator<string> {
  for (const entry of entries) yield JSON.stringify(entry);
}

/** The entries of a run. */
export function* entriesOf(run: Run): Generator<Entry> {
  for (const line of run.lines()) yield JSON.parse(line) as Entry;
}
