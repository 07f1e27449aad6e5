/** How far clocks are from UTC, and when they are changed: a table that comes in as data, so that a replay has the same one. */
export interface TimeZones {
  /** The version of the IANA time zone database that it was made from: `2026c`. */
  readonly version: string;
  /** The time that it tells of, half-open, in milliseconds since 1970. Outside of it the nearest offset goes on. */
  readonly from: number;
  readonly until: number;
  /** Names of zones, each with the place of its rule in `rules`. */
  readonly zones: { readonly [zone: string]: number };
  /** Minutes east of UTC, then in turn the time of a change in minutes since 1970, and the minutes from there on. */
  readonly rules: readonly (readonly number[])[];
}
