/**
 * Reads CloudTrail's delivered objects without making objects of the records: for each record a row says where it lies
 * and what the asked paths hold. A record that could mean something else to `JSON.parse` is said not to be ordinary.
 */
export interface RecordScanner {
  /** Null where the object is not of the delivered form throughout: then all of it must be parsed. */
  scan(bytes: Uint8Array): ScannedRecords | null;
}

export interface ScannedRecords {
  readonly count: number;
  /**
   * `count` rows of `width` numbers: where the record begins and ends, 1 when it is ordinary, its
   * time in seconds since 1970 as an unsigned number, and for each path, in the
   * order in which they were asked, 0 where there is nothing (or null), the number of its text, or -1 where only the
   * parsed record tells; and then for each span, where its value begins and ends in the object, 0 and 0 where there is
   * none. Valid until the next scan.
   */
  readonly rows: Int32Array;
  readonly width: number;
  /** The numbers of texts begin anew with this scan: what was known of them is void. */
  readonly anew: boolean;
  /** Texts with a number that was not told before. */
  readonly texts: readonly { readonly column: number; readonly number: number; readonly text: string }[];
}

/**
 * Opens a scanner for these paths: members separated by dots. The first two are the event's source and name. `spans` are
 * paths whose values are not numbered but only located: of members alone, never of a name that has a dot itself.
 */
export type OpenScanner = (paths: readonly string[], spans: readonly string[]) => RecordScanner;
