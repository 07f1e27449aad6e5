import type { LoadedList } from '../app/loaded-list.ts';
import type { Io } from './io.ts';
import { printable } from './printable.ts';
import { plural } from './show.ts';

const shown = 10;

/** A line for each source of a list that could not be had, and for each reason why entries were set aside. */
export function asideLines({ err: { colours } }: Io, lists: readonly LoadedList[]): readonly string[] {
  const lines = lists.flatMap(({ name, sources }) =>
    sources.flatMap(({ at, aside, trouble }) => [
      ...(trouble === null ? [] : [`${colours.yellow('list')} ${printable(`${name}, ${at}: ${trouble}`)}`]),
      ...aside.map(
        ({ reason, n, place, entry }) =>
          `${colours.yellow('list')} ${printable(`${name}, ${at}, ${place}`)}${n === 1 ? '' : ` and ${plural(n - 1, 'more place')}`}: ${printable(`${entry}: ${reason}`)}`,
      ),
    ]),
  );
  const more = lines.length - shown;
  return more > 0
    ? [...lines.slice(0, shown), colours.dim(`and ${plural(more, 'more reason')}; "--format json" or --summary FILE lists them`)]
    : lines;
}
