import type { Event } from '../model/event.ts';
import { type Source, sourceKinds, sources } from '../model/source.ts';
import { indexReader } from './compile.ts';

const readers = new Map(
  sources.map((source) => {
    const [first, second] = sourceKinds[source].index;
    return [source, [indexReader(first), indexReader(second)] as const];
  }),
);

/** The two fields of its source's index, as rules see them; null for what is no text, or too long to tell events apart. */
export function indexValues({ source, raw }: Pick<Event, 'source' | 'raw'>): readonly [string | null, string | null] {
  const [first, second] = readers.get(source as Source) ?? [];
  return [textOf(first?.(raw)), textOf(second?.(raw))];
}

function textOf(value: string | null | undefined): string | null {
  return typeof value === 'string' && value.length <= 256 ? value : null;
}
