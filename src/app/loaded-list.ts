import { joinLists, type ListAside, type ReadList } from '../core/collect/lists/list-taker.ts';
import { hashOf } from '../core/lib/hash.ts';
import type { Lists } from '../core/model/rule.ts';

/** A source of a list, as it is now. Times are milliseconds since 1970. */
export interface LoadedSource {
  /** A path or URL as `lists.yml` has it, or `built in`. */
  readonly at: string;
  readonly entries: number;
  /** What was broken, too wide, or no longer valid. */
  readonly aside: readonly ListAside[];
  /** When it was last had from where it is fetched; null for files, and for what was never had. */
  readonly checkedAt: number | null;
  /** Three periods old or more, or never had. */
  readonly stale: boolean;
  /** Why it could not be had; what was had before holds on. */
  readonly trouble: string | null;
}

/** A named list with where its entries come from. */
export interface LoadedList {
  readonly name: string;
  /** In order, each once. */
  readonly entries: readonly string[];
  readonly sources: readonly LoadedSource[];
}

export type ReadSource = LoadedSource & { readonly read: ReadList };

/** The lists by name: sources of one name are joined. */
export function loadedLists(sources: readonly { readonly name: string; readonly source: ReadSource }[]): readonly LoadedList[] {
  const byName = Map.groupBy(sources, ({ name }) => name);
  return [...byName]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, all]) => ({
      name,
      entries: joinLists(all.map(({ source }) => source.read)).entries,
      sources: all.map(({ source: { read: _, ...source } }) => source),
    }));
}

/** A source that was just read; a text says why it could not be. */
export function readSource(at: string, read: ReadList | string, fetched: Partial<LoadedSource> = {}): ReadSource {
  const list = typeof read === 'string' ? { entries: [], aside: [] } : read;
  const trouble = typeof read === 'string' ? read : null;
  return { at, entries: list.entries.length, aside: list.aside, checkedAt: null, stale: false, trouble, ...fetched, read: list };
}

/** What rules ask. */
export function askedLists(lists: readonly LoadedList[]): Lists {
  return new Map(lists.map(({ name, entries }) => [name, entries]));
}

/** A hash of the names and entries: findings are a function of events, rules and these. */
export function listsHash(lists: Lists): string {
  const byName = [...lists].sort(([a], [b]) => (a < b ? -1 : 1));
  return hashOf(byName);
}
