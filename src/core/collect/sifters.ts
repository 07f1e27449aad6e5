import type { Sieve } from '../model/sieve.ts';
import type { OpenSifters, Sift } from '../ports/line-sifter.ts';

/** Logs may change their columns, and a hostile one at each line: no more than this are remembered. */
const remembered = 16;
/** So many lines are read before there is a sift: where a log changes its columns sooner, making one costs more than it saves. */
const readBefore = 32;

type Make = (name: string, sieve: Sieve, open: OpenSifters) => Sift | null;

/** Makes a sift once for each sieve and name: what it has learnt of values holds for all objects. */
export function rememberSifts(make: Make): (name: string, sieve: Sieve, open: OpenSifters) => Sift {
  const known = new WeakMap<Sieve, Map<string, Sift>>();
  return (name, sieve, open) => {
    const bySieve = known.get(sieve) ?? new Map<string, Sift>();
    known.set(sieve, bySieve);
    let sift = bySieve.get(name);
    if (sift === undefined) {
      if (bySieve.size >= remembered) bySieve.clear();
      sift = later(() => make(name, sieve, open));
      bySieve.set(name, sift);
    }
    return sift;
  };
}

/** Passes over nothing at first. */
function later(make: () => Sift | null): Sift {
  let read = 0;
  let made: Sift | null = null;
  return {
    get passed() {
      return made?.passed ?? 0;
    },
    skip(bytes, from) {
      if (read < readBefore && ++read === readBefore) made = make();
      return made?.skip(bytes, from) ?? from;
    },
  };
}
