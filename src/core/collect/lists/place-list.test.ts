import { expect, test } from 'vitest';
import { readPlaceList } from './place-list.ts';

test.each([
  [
    'with names',
    'network,geoname_id,postal_code,latitude,longitude,accuracy_radius\n192.0.2.0/24,1,"",52.5200,13.4050,100\n',
    ['192.0.2.0/24,52.5,13.4'],
  ],
  ['start and end', 'start_ip,end_ip,country,lat,lon\n192.0.2.0,192.0.2.9,DE,52.52,13.4\n', ['192.0.2.0-192.0.2.9,52.5,13.4,DE']],
  ['cities without names', '"192.0.2.0","192.0.2.9","EU","DE","Berlin","Berlin","52.52","13.4"\n', ['192.0.2.0-192.0.2.9,52.5,13.4,DE']],
  ['blocks without names', '# own\n192.0.2.0/24,52.52,13.4,DE\n2001:db8::/32,,\n', ['192.0.2.0/24,52.5,13.4,DE', '2001:db8::/32,']],
])('%s', (_, text, entries) => {
  expect(readPlaceList(text)).toEqual({ entries, aside: [] });
});

test('what is broken is set aside with its line', () => {
  const read = readPlaceList('network,latitude,longitude\n192.0.2.0/24,52.5\nx,1,1\n198.51.100.0/24,95,1\n203.0.113.0/24,1,1\n');
  expect(read).toEqual({
    entries: ['203.0.113.0/24,1,1'],
    aside: [
      { reason: 'no latitude and longitude in degrees', n: 2, place: 'line 2', entry: '192.0.2.0/24,52.5' },
      { reason: 'no range of addresses', n: 1, place: 'line 3', entry: 'x,1,1' },
    ],
  });
  expect(readPlaceList('ip,score\n192.0.2.1,5\n')).toBe('no columns for addresses, latitude and longitude; there are: ip, score');
});
