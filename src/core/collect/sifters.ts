import type { Sieve } from '../model/sieve.ts';
import type { Sift } from './log-format.ts';

/** Logs may change their columns, and a hostile one at each line: no more than this are remembered. */
const remembered = 16;

/** Makes a sift once for each sieve and name: what it has learnt of values holds for all objects. */
export function rememberSifts<S extends Sift | null>(make: (name: string, sieve: Sieve) => S): (name: string, sieve: Sieve) => S {
  const known = new WeakMap<Sieve, Map<string, S>>();
  return (name, sieve) => {
    const bySieve = known.get(sieve) ?? new Map<string, S>();
    known.set(sieve, bySieve);
    let sift = bySieve.get(name);
    if (sift === undefined) {
      if (bySieve.size >= remembered) bySieve.clear();
      sift = make(name, sieve);
      bySieve.set(name, sift);
    }
    return sift;
  };
}
