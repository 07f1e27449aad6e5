import type { Event, SetAside } from '../../model/event.ts';
import type { Sift } from '../../ports/line-sifter.ts';
import type { LineFormat, Sifting, TakeLine } from '../log-format.ts';
import { LineSplitter } from './line-splitter.ts';

export interface LineReaderOptions {
  readonly object: string;
  /** The text of an event is its line, below its header where there is one: so it can be read again by itself. */
  readonly onEvent: (event: Event, text: string, offset: number) => void;
  readonly onSetAside: (setAside: SetAside) => void;
  readonly sifting?: Sifting | undefined;
  /** So many events were passed over. */
  readonly onPassed?: (events: number) => void;
}

/** Reads the lines of one log; a header may come again, with other columns. */
export class LineReader {
  private readonly splitter: LineSplitter;
  private readonly format: LineFormat;
  private readonly options: LineReaderOptions;
  private header: string | null = null;
  private takeLine: TakeLine;
  private sift: Sift | null = null;
  /** What the sift had passed before. */
  private passedBefore = 0;
  private begun = false;

  constructor(format: LineFormat, options: LineReaderOptions) {
    this.format = format;
    this.options = options;
    this.takeLine = format.open(null, { object: options.object });
    this.splitter = new LineSplitter(
      (line, offset) => this.line(line, offset),
      (offset, reason) => this.refuse(offset, reason),
    );
  }

  /** Behind each header anew: the columns are others. */
  private beginSifting(): void {
    this.begun = true;
    this.countPassed();
    const { sifting } = this.options;
    const sift = sifting === undefined ? undefined : this.format.sift?.(this.header, sifting.sieve(this.format.source), sifting.open);
    this.sift = sift ?? null;
    this.passedBefore = sift?.passed ?? 0;
    this.splitter.sift = sift ? (bytes, from) => sift.skip(bytes, from) : null;
  }

  private countPassed(): void {
    const passed = (this.sift?.passed ?? 0) - this.passedBefore;
    if (this.sift !== null && passed > 0) this.options.onPassed?.(passed);
    this.sift = null;
  }

  push(chunk: Uint8Array): void {
    this.splitter.push(chunk);
  }

  end(why: string | null = null): void {
    this.splitter.end(why);
    this.countPassed();
  }

  private line(text: string, offset: number): void {
    const line = offset === 0 && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
    if (this.format.isHeader(line)) {
      this.header = line;
      this.takeLine = this.format.open(line, { object: this.options.object });
      this.beginSifting();
      return;
    }
    if (!this.begun) this.beginSifting();
    const event = this.takeLine(line);
    if (event === null) return;
    if (typeof event === 'string') return this.refuse(offset, event);
    this.options.onEvent(event, this.header === null ? line : `${this.header}\n${line}`, offset);
  }

  private refuse(offset: number, reason: string): void {
    this.options.onSetAside({ place: { object: this.options.object, offset }, reason });
  }
}
