/** What was not taken from a list: how often, for which reason, and where first. */
export interface ListAside {
  readonly reason: string;
  readonly n: number;
  /** `line 17`, `object 3`. */
  readonly place: string;
  /** The entry there, shortened. */
  readonly entry: string;
}

/** The entries that a file, an answer or a bundle gave, in order and each once, and what was not taken. */
export interface ReadList {
  readonly entries: readonly string[];
  /** Those that were found broken, too wide, or no longer valid; a reason once. */
  readonly aside: readonly ListAside[];
}

export interface ListTaker {
  take(entry: string): void;
  setAside(reason: string, place: string, entry: string): void;
  end(): ReadList;
}

const shownLength = 100;

/** Gathers entries. Reasons are few fixed sentences, so that what is kept does not grow with the list. */
export function listTaker(): ListTaker {
  const entries = new Set<string>();
  const aside = new Map<string, { reason: string; n: number; place: string; entry: string }>();
  return {
    take(entry) {
      entries.add(entry);
    },
    setAside(reason, place, entry) {
      const known = aside.get(reason);
      if (known !== undefined) known.n++;
      else aside.set(reason, { reason, n: 1, place, entry: entry.slice(0, shownLength) });
    },
    end: () => ({ entries: [...entries].sort(), aside: [...aside.values()] }),
  };
}

/** The union of several; reasons are added up, and keep the first place. */
export function joinLists(lists: readonly ReadList[]): ReadList {
  const [only, ...others] = lists;
  if (only !== undefined && others.length === 0) return only;
  const taker = listTaker();
  const aside = new Map<string, ListAside>();
  for (const list of lists) {
    for (const entry of list.entries) taker.take(entry);
    for (const one of list.aside) {
      const known = aside.get(one.reason);
      aside.set(one.reason, known === undefined ? one : { ...known, n: known.n + one.n });
    }
  }
  return { entries: taker.end().entries, aside: [...aside.values()] };
}
