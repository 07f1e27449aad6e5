import { parseAddress } from '../lib/cidr.ts';
import { orderedAddress, parseRange, placeText } from '../lib/place.ts';
import type { Lists } from '../model/rule.ts';

/** The list of the places of addresses: entries are `range,latitude,longitude,country`. */
const listOfPlaces = 'places';
/** Of so many addresses the answers are remembered. */
const remembered = 16_384;

/** Tells the places of addresses, each once; made when it is first asked, so that who has no rule of places pays nothing. */
export function placesOfTexts(lists: Lists): (addresses: readonly string[]) => readonly string[] {
  let placeOf: ((address: string) => string) | null = null;
  const known = new Map<string, string>();
  return (addresses) => {
    placeOf ??= placeFinder(lists.get(listOfPlaces) ?? []);
    const places = new Set<string>();
    for (const address of addresses) {
      let place = known.get(address);
      if (place === undefined) {
        place = placeOf(address);
        if (known.size >= remembered) known.clear();
        known.set(address, place);
      }
      if (place !== '') places.add(place);
    }
    return [...places];
  };
}

interface Placed {
  readonly start: string;
  readonly end: string;
  readonly place: string;
  /** The number of the narrowest earlier range that reaches beyond this one's start; -1 for none. */
  readonly around: number;
}

/**
 * The place of the narrowest range that holds an address; `''` where none does, or it has no place. Broken entries are
 * passed over: who loads a list says so.
 */
function placeFinder(entries: readonly string[]): (address: string) => string {
  const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  const ranges = entries
    .flatMap((entry) => {
      const [text = '', latitude = '', longitude = '', country = ''] = entry.split(',');
      const range = parseRange(text);
      return range === null ? [] : [{ ...range, place: placeText(latitude, longitude, country) }];
    })
    .sort((a, b) => order(a.start, b.start) || order(b.end, a.end) || order(a.place, b.place));
  const placed: Placed[] = [];
  const open: number[] = [];
  for (const range of ranges) {
    while (open.length > 0 && (placed[open.at(-1) ?? 0]?.end ?? '') < range.start) open.pop();
    placed.push({ ...range, around: open.at(-1) ?? -1 });
    open.push(placed.length - 1);
  }
  return (text) => {
    const address = parseAddress(text);
    if (address === null) return '';
    const wanted = orderedAddress(address);
    for (let i = lastNotAfter(placed, wanted); i >= 0; ) {
      const range = placed[i];
      if (range === undefined) return '';
      if (wanted <= range.end) return range.place;
      i = range.around;
    }
    return '';
  };
}

function lastNotAfter(placed: readonly Placed[], address: string): number {
  let low = 0;
  let high = placed.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((placed[middle]?.start ?? '') <= address) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
