import type { Event, SetAside } from '../../model/event.ts';
import type { LineFormat, TakeLine } from '../log-format.ts';
import { LineSplitter } from './line-splitter.ts';

export interface LineReaderOptions {
  readonly object: string;
  /** The text of an event is its line, below its header where there is one: so it can be read again by itself. */
  readonly onEvent: (event: Event, text: string, offset: number) => void;
  readonly onSetAside: (setAside: SetAside) => void;
}

/** Reads the lines of one log; a header may come again, with other columns. */
export class LineReader {
  private readonly splitter: LineSplitter;
  private readonly format: LineFormat;
  private readonly options: LineReaderOptions;
  private header: string | null = null;
  private takeLine: TakeLine;

  constructor(format: LineFormat, options: LineReaderOptions) {
    this.format = format;
    this.options = options;
    this.takeLine = format.open(null, { object: options.object });
    this.splitter = new LineSplitter(
      (line, offset) => this.line(line, offset),
      (offset, reason) => this.refuse(offset, reason),
    );
  }

  push(chunk: Uint8Array): void {
    this.splitter.push(chunk);
  }

  end(why: string | null = null): void {
    this.splitter.end(why);
  }

  private line(text: string, offset: number): void {
    const line = offset === 0 && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
    if (this.format.isHeader(line)) {
      this.header = line;
      this.takeLine = this.format.open(line, { object: this.options.object });
      return;
    }
    const event = this.takeLine(line);
    if (event === null) return;
    if (typeof event === 'string') return this.refuse(offset, event);
    this.options.onEvent(event, this.header === null ? line : `${this.header}\n${line}`, offset);
  }

  private refuse(offset: number, reason: string): void {
    this.options.onSetAside({ place: { object: this.options.object, offset }, reason });
  }
}
