/** Rows of one file are kept together by what tells calls apart, in groups of at least so many: a scan reads the groups of its calls. */
export const groupRows = 512;
/** More groups than this in a file cost more than they spare. */
const mostGroups = 64;
/** More different calls than this in one file, and nothing is grouped: a hostile log brings any number. */
const mostCalls = 4_096;

/** Numbers the calls of the rows of one file. */
export class RowGroups {
  private readonly calls = new Map<string, { readonly number: number; rows: number }>();
  private rows = 0;

  /** The number of a row's call, from 0. */
  add(index: readonly [string | null, string | null]): number {
    this.rows++;
    if (this.calls.size > mostCalls) return 0;
    const name = JSON.stringify(index);
    let call = this.calls.get(name);
    if (call === undefined) {
      call = { number: this.calls.size, rows: 0 };
      this.calls.set(name, call);
    }
    call.rows++;
    return call.number;
  }

  /** The numbers of the calls that lie together, group by group in the order of their names; null for all in one. */
  groups(): readonly (readonly number[])[] | null {
    if (this.calls.size > mostCalls) return null;
    const least = Math.max(groupRows, Math.ceil(this.rows / mostGroups));
    const groups: number[][] = [];
    let open: number[] = [];
    let rows = 0;
    for (const [, call] of [...this.calls].sort(([a], [b]) => (a < b ? -1 : 1))) {
      open.push(call.number);
      rows += call.rows;
      if (rows < least) continue;
      groups.push(open);
      open = [];
      rows = 0;
    }
    // Too few for a group of their own go with the last.
    if (open.length > 0) groups.push([...(groups.pop() ?? []), ...open]);
    return groups.length > 1 ? groups : null;
  }
}
