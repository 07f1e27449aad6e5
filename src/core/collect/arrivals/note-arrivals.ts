import type { Event } from '../../model/event.ts';
import type { Source } from '../../model/source.ts';

/** What one object brought of one source, account, Region and day. */
export interface NotedArrival {
  readonly source: Source;
  readonly account: string;
  readonly region: string;
  /** Start of the day, in milliseconds since 1970. */
  readonly day: number;
  /** Times of its first and last event. */
  readonly first: number;
  readonly last: number;
  /** Bit n: there was an event in hour n. */
  readonly hours: number;
}

const hour = 3_600_000;
const dayLength = 24 * hour;
/** Who writes a log may write any account and Region into it: of one object no more than this many are noted. */
const most = 2_000;

/** Notes what the events of one object say of their arrival. */
export class ArrivalNotes {
  private readonly notes = new Map<string, { -readonly [name in keyof NotedArrival]: NotedArrival[name] }>();

  /** Findings of other services come when there are some: that none does says nothing. */
  add({ source, time, words: { account, region }, report }: Event): void {
    if (report !== undefined) return;
    if (!/^\d{12}$/.test(account) || !/^([a-z]{2,}(-[a-z]+)+-\d+)?$/.test(region) || region.length > 32) return;
    const day = time - (time % dayLength);
    const bit = 1 << Math.floor((time - day) / hour);
    const key = `${source} ${account} ${region} ${day}`;
    const note = this.notes.get(key);
    if (note === undefined) {
      if (this.notes.size < most) this.notes.set(key, { source, account, region, day, first: time, last: time, hours: bit });
      return;
    }
    if (time < note.first) note.first = time;
    if (time > note.last) note.last = time;
    note.hours |= bit;
  }

  list(): readonly NotedArrival[] {
    return [...this.notes.values()];
  }
}
