/** What a unit of work has changed, to be taken back when it fails. */
export class Journal {
  #undo: (() => void)[] = [];

  note(undo: () => void): void {
    this.#undo.push(undo);
  }

  /** What was noted stays. */
  keep(): void {
    this.#undo = [];
  }

  /** Takes everything back that was noted since the last time, the latest first. */
  takeBack(): void {
    for (const undo of this.#undo.reverse()) undo();
    this.#undo = [];
  }
}

interface Index<V> {
  readonly by: (row: V) => readonly string[];
  readonly keys: Map<string, Set<string>>;
  /** Under what each row is found. */
  readonly held: Map<string, readonly string[]>;
}

/**
 * Rows by key for stores in memory. Rows are never changed in place; a change is noted in the journal, and indexes follow rows both ways,
 * so that a unit of work costs what it touches.
 */
export class Table<V> {
  readonly #rows = new Map<string, V>();
  readonly #journal: Journal;
  readonly #indexes: Index<V>[] = [];
  readonly #watchers: ((row: V) => void)[] = [];
  #sorted: readonly string[] | null = null;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  get size(): number {
    return this.#rows.size;
  }

  has(key: string): boolean {
    return this.#rows.has(key);
  }

  get(key: string): V | undefined {
    return this.#rows.get(key);
  }

  values(): IterableIterator<V> {
    return this.#rows.values();
  }

  /** All keys in order. */
  sortedKeys(): readonly string[] {
    this.#sorted ??= [...this.#rows.keys()].sort(order);
    return this.#sorted;
  }

  set(key: string, row: V): void {
    const before = this.#rows.get(key);
    const was = this.#rows.has(key);
    this.#journal.note(() => (was ? this.#write(key, before as V) : this.#remove(key)));
    this.#write(key, row);
  }

  delete(key: string): boolean {
    const before = this.#rows.get(key);
    if (!this.#rows.has(key)) return false;
    this.#journal.note(() => this.#write(key, before as V));
    this.#remove(key);
    return true;
  }

  /** Finds keys of rows by what `by` says of them; ask it before there are rows. */
  index(by: (row: V) => readonly string[]): (value: string) => ReadonlySet<string> {
    const index: Index<V> = { by, keys: new Map(), held: new Map() };
    this.#indexes.push(index);
    return (value) => index.keys.get(value) ?? none;
  }

  /** Asks the indexes anew about a row, when what they say of it depends on more than the row. */
  reindex(key: string): void {
    const row = this.#rows.get(key);
    if (row !== undefined) this.#follow(key, row);
  }

  /** Tells of each row that is written or removed, when changes are taken back too. */
  onChange(watch: (row: V) => void): void {
    this.#watchers.push(watch);
  }

  #write(key: string, row: V): void {
    if (!this.#rows.has(key)) this.#sorted = null;
    this.#rows.set(key, row);
    this.#follow(key, row);
    for (const watch of this.#watchers) watch(row);
  }

  #remove(key: string): void {
    const row = this.#rows.get(key);
    this.#rows.delete(key);
    this.#sorted = null;
    for (const index of this.#indexes) leave(index, key);
    if (row !== undefined) for (const watch of this.#watchers) watch(row);
  }

  #follow(key: string, row: V): void {
    for (const index of this.#indexes) {
      leave(index, key);
      const values = index.by(row);
      if (values.length === 0) continue;
      index.held.set(key, values);
      for (const value of values) {
        const keys = index.keys.get(value) ?? new Set();
        index.keys.set(value, keys.add(key));
      }
    }
  }
}

const none: ReadonlySet<string> = new Set();
const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function leave<V>({ keys, held }: Index<V>, key: string): void {
  for (const value of held.get(key) ?? []) {
    const rest = keys.get(value);
    rest?.delete(key);
    if (rest?.size === 0) keys.delete(value);
  }
  held.delete(key);
}
