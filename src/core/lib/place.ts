import { type Address, parseAddress, parseBlock } from './cidr.ts';

/** Addresses from `start` to `end`, both of one family, as texts whose order is that of addresses. */
export interface AddressRange {
  readonly start: string;
  readonly end: string;
}

/** Reads `192.0.2.0/24`, `192.0.2.0-192.0.2.255` or an address alone; null for anything else. */
export function parseRange(text: string): AddressRange | null {
  const dash = text.indexOf('-');
  if (dash < 0) {
    const block = parseBlock(text);
    return block === null ? null : { start: filled(block.address, block.prefix, 0), end: filled(block.address, block.prefix, 0xffff) };
  }
  const [first, last] = [parseAddress(text.slice(0, dash)), parseAddress(text.slice(dash + 1))];
  if (first === null || last === null || first.family !== last.family) return null;
  const [start, end] = [orderedAddress(first), orderedAddress(last)];
  return start <= end ? { start, end } : null;
}

/** An address as a text of fixed width for its family: the order of such texts is that of addresses. */
export function orderedAddress({ family, groups }: Address): string {
  return family + groups.map((group) => group.toString(16).padStart(4, '0')).join('');
}

function filled({ family, groups }: Address, prefix: number, fill: number): string {
  return orderedAddress({
    family,
    groups: groups.map((group, i) => {
      const free = Math.min(16, Math.max(0, 16 * (i + 1) - prefix));
      const mask = (1 << free) - 1;
      return (group & ~mask) | (fill & mask);
    }),
  });
}

/**
 * `52.5,13.4,DE` of a latitude, a longitude and a country, or without it: degrees are rounded to tenths, so that what is
 * near is one place. Empty for what is no place on earth. Two empty coordinates mean that there is none, as is told by `''`.
 */
export function placeText(latitude: string, longitude: string, country: string): string {
  const [lat, lon] = [degrees(latitude, 90), degrees(longitude, 180)];
  if (lat === null || lon === null) return '';
  return `${lat},${lon}${/^[A-Za-z]{2}$/.test(country) ? `,${country.toUpperCase()}` : ''}`;
}

function degrees(text: string, most: number): number | null {
  if (!/^-?\d{1,3}(\.\d{1,18})?$/.test(text)) return null;
  const value = Number(text);
  // Never -0, which would be another text.
  return Math.abs(value) > most ? null : Math.round(value * 10) / 10 + 0;
}
