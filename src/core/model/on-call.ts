/**
 * Who is on call, whom a page reaches and when. Wall times are what clocks of a zone show, in milliseconds since 1970 as if that were
 * UTC; minutes of the day are wall time too. All other times are instants in milliseconds since 1970.
 */
export interface OnCall {
  readonly format: 'jobzero.on-call/1';
  /** The zone of quiet hours and shifts. */
  readonly zone: string;
  /** The first covers all time; a later one counts before it where it covers a time. */
  readonly rotations: readonly [Rotation, ...Rotation[]];
  /** They count before all rotations, the last one first. */
  readonly overrides: readonly Override[];
  /** Who is told when the engineer does not answer. */
  readonly backup: readonly string[];
  /** Who is told when the backup team does not answer either. */
  readonly everyone: readonly string[];
  /** How long each has to answer, in milliseconds. */
  readonly patience: { readonly engineerMs: number; readonly backupMs: number };
  /** Nobody is woken in these hours but for data loss or an active intruder. */
  readonly quiet: readonly DailyWindow[];
  /** The load is counted by shifts of 12 hours, of which one begins at this minute of the day. */
  readonly shiftStart: number;
  /** Judgements for the engineer in a shift. */
  readonly budget: number;
  /** Names of channels that a page goes by; null: all that people are reached by. */
  readonly channels: readonly string[] | null;
}

/** People who take turns. */
export interface Rotation {
  readonly name: string;
  readonly zone: string;
  /** Wall time of the first turn. Before it, a first rotation has its first person, and a later one covers nothing. */
  readonly start: number;
  /** Wall time of the end; null: none. Of a first rotation it is null. */
  readonly end: number | null;
  /** Wall time from one turn to the next: a day stays a day when clocks are changed. */
  readonly turnMs: number;
  readonly people: readonly [string, ...string[]];
  /** Where it covers only a part of the day. */
  readonly hours: DailyWindow | null;
}

/** From a minute of the day until another, over midnight when that is not later. */
export interface DailyWindow {
  readonly from: number;
  readonly until: number;
  /** Days on which it begins, 0 for Sunday; null: every day. */
  readonly days: readonly number[] | null;
}

/** Somebody stands in: half-open in time. */
export interface Override {
  readonly from: number;
  readonly until: number;
  readonly person: string;
}
