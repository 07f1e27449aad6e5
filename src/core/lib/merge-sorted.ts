/**
 * Merges iterables that are each sorted by `key` into one, joining what has the same key. Holds one element of each.
 * Sources that have no element of a key add nothing to its join.
 */
export function* mergeSorted<T>(sources: readonly Iterable<T>[], key: (item: T) => string, join: (a: T, b: T) => T): Generator<T> {
  const heads: { item: T; key: string; readonly rest: Iterator<T> }[] = [];
  const push = (rest: Iterator<T>) => {
    const next = rest.next();
    if (next.done !== true) insert(heads, { item: next.value, key: key(next.value), rest });
  };
  for (const source of sources) push(source[Symbol.iterator]());
  while (heads.length > 0) {
    const head = heads.pop();
    if (head === undefined) return;
    push(head.rest);
    let { item } = head;
    for (let same = heads.at(-1); same !== undefined && same.key === head.key; same = heads.at(-1)) {
      heads.pop();
      item = join(item, same.item);
      push(same.rest);
    }
    yield item;
  }
}

/** Keeps the list sorted with the smallest key last. */
function insert<T extends { readonly key: string }>(heads: T[], head: T): void {
  let low = 0;
  let high = heads.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const there = heads[middle];
    if (there !== undefined && there.key > head.key) low = middle + 1;
    else high = middle;
  }
  heads.splice(low, 0, head);
}
