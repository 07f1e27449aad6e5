import { parseRange, placeText } from '../../lib/place.ts';
import { rowsOf } from './csv-list.ts';
import { listTaker, type ReadList } from './list-taker.ts';

/** Names of columns as lists of places have them. */
const names = {
  network: ['network', 'cidr', 'block', 'range'],
  start: ['start', 'start_ip', 'ip_start', 'ip_range_start', 'ip_from'],
  end: ['end', 'end_ip', 'ip_end', 'ip_range_end', 'ip_to'],
  latitude: ['latitude', 'lat'],
  longitude: ['longitude', 'lon', 'lng'],
  country: ['country', 'country_code', 'country_iso_code'],
} as const;

type Columns = { readonly [name in keyof typeof names]: number };

/** Without names: `network,latitude,longitude,country`. */
const plain: Columns = { network: 0, start: -1, end: -1, latitude: 1, longitude: 2, country: 3 };
/** Without names, in eight columns: first and last address, continent, country, region, city, latitude, longitude. */
const cities: Columns = { network: -1, start: 0, end: 1, latitude: 6, longitude: 7, country: 3 };
const mostEntries = 1_000_000;

/**
 * Reads a CSV list of the places of addresses into entries `range,latitude,longitude,country`. A range without
 * coordinates is taken too: it has no place, whatever a wider one says. A text says why nothing could be read.
 */
export function readPlaceList(text: string): ReadList | string {
  const taker = listTaker();
  let columns: Columns | null = null;
  let n = 0;
  for (const { fields, line } of rowsOf(text)) {
    const row = fields.map((field) => field.trim());
    const [first = ''] = row;
    if (first.startsWith('#') || (row.length === 1 && first === '')) continue;
    if (columns === null) {
      columns = parseRange(first) === null ? columnsOf(row) : row.length >= 8 ? cities : plain;
      if (columns === null) return `no columns for addresses, latitude and longitude; there are: ${row.join(', ').slice(0, 200)}`;
      if (parseRange(first) === null) continue;
    }
    const at = (name: keyof Columns) => row[columns?.[name] ?? -1] ?? '';
    const range = columns.network < 0 ? `${at('start')}-${at('end')}` : at('network');
    const place = placeText(at('latitude'), at('longitude'), at('country'));
    const placeless = at('latitude') === '' && at('longitude') === '';
    if (parseRange(range) === null) taker.setAside('no range of addresses', `line ${line}`, row.join(','));
    else if (place === '' && !placeless) taker.setAside('no latitude and longitude in degrees', `line ${line}`, row.join(','));
    else if (++n > mostEntries) taker.setAside(`more than ${mostEntries} ranges`, `line ${line}`, row.join(','));
    else taker.take(`${range},${place}`);
  }
  return taker.end();
}

function columnsOf(header: readonly string[]): Columns | null {
  const lower = header.map((name) => name.toLowerCase());
  const at = (name: keyof Columns) => lower.findIndex((one) => (names[name] as readonly string[]).includes(one));
  const columns = {
    network: at('network'),
    start: at('start'),
    end: at('end'),
    latitude: at('latitude'),
    longitude: at('longitude'),
    country: at('country'),
  };
  const isWhole = (columns.network >= 0 || (columns.start >= 0 && columns.end >= 0)) && columns.latitude >= 0 && columns.longitude >= 0;
  return isWhole ? columns : null;
}
