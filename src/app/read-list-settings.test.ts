import { describe, expect, test } from 'vitest';
import { readListSettings, withEnvironment } from './read-list-settings.ts';

const hour = 3_600_000;
const secret = (name: string) => `$\{${name}}`;

test('all of it', () => {
  const text = `lists:
  threat-addresses:
    every: 1h
    sources:
      - { url: "https://lists.example.com/a.csv", column: 2, headers: { X-Key: "${secret('KEY')}" } }
      - { taxii: "https://taxii.example.com/api/collections/1", user: jobzero, password: "${secret('PASSWORD')}" }
      - { taxii: "http://192.0.2.1/api/collections/1", token: "${secret('TOKEN')}", private: true }
      - { file: own.txt }
  administrators:
    kind: texts
    sources: [{ file: /etc/administrators.csv, column: name }]
`;
  const plain = { headers: {}, credentials: null, private: false };
  expect(readListSettings(text, 'lists.yml')).toEqual([
    {
      name: 'threat-addresses',
      kind: 'indicators',
      everyMs: hour,
      sources: [
        { ...plain, from: 'url', at: 'https://lists.example.com/a.csv', column: 2, headers: { 'X-Key': secret('KEY') } },
        { ...plain, from: 'taxii', at: 'https://taxii.example.com/api/collections/1', credentials: `jobzero:${secret('PASSWORD')}` },
        {
          ...plain,
          from: 'taxii',
          at: 'http://192.0.2.1/api/collections/1',
          headers: { Authorization: `Bearer ${secret('TOKEN')}` },
          private: true,
        },
        { ...plain, from: 'file', at: 'own.txt' },
      ],
    },
    {
      name: 'administrators',
      kind: 'texts',
      everyMs: 6 * hour,
      sources: [{ ...plain, from: 'file', at: '/etc/administrators.csv', column: 'name' }],
    },
  ]);
  expect(readListSettings('', 'lists.yml')).toEqual([]);
  expect(readListSettings('# nothing yet\n', 'lists.yml')).toEqual([]);
});

describe('mistakes are told with their line', () => {
  const withSource = (source: string) => `lists:\n  a:\n    sources:\n      - ${source}\n`;
  test.each([
    ['lists:\n  a: {}\n', 'lists.yml:2', 'sources'],
    ['lists:\n  a: { sources: [] }\n', 'lists.yml:2', 'at least one source'],
    ['lists:\n  "a b": { sources: [{ file: x }] }\n', 'lists.yml:2', 'a b'],
    ['lists:\n  a:\n    every: 10s\n    sources: [{ file: x }]\n', 'lists.yml:3', 'no time such as 30m'],
    ['lists:\n  a:\n    every: 1m\n    sources: [{ file: x }]\n', 'lists.yml:3', '5m at least'],
    [withSource('{}'), 'lists.yml:4', 'one of file, url and taxii'],
    [withSource('{ file: a, url: "https://example.com" }'), 'lists.yml:4', 'one of file, url and taxii'],
    [withSource('{ url: "http://example.com/a" }'), 'lists.yml:4', 'https:// is wanted'],
    [withSource('{ url: "ftp://example.com/a" }'), 'lists.yml:4', 'begins with https://'],
    [withSource('{ taxii: "https://example.com/a", token: abc }'), 'lists.yml:4', 'a secret is named, not written'],
    [withSource('{ taxii: "https://example.com/a", user: abc }'), 'lists.yml:4', 'go together'],
    [withSource('{ taxii: "https://example.com/a", column: 1 }'), 'lists.yml:4', 'TAXII gives STIX'],
    [withSource('{ file: a, headers: {} }'), 'lists.yml:4', 'are of url and taxii'],
    [withSource('{ file: a, colum: 1 }'), 'lists.yml:4', 'colum'],
    ['lists: [\n', 'lists.yml:', ''],
  ])('%j', (text, place, reason) => {
    const read = () => readListSettings(text, 'lists.yml');
    expect(read).toThrow(place);
    expect(read).toThrow(reason);
  });
});

test('names of the environment are put in', () => {
  expect(withEnvironment(`a ${secret('ONE')} b ${secret('ONE')}`, { ONE: '$1' })).toEqual({ text: 'a $1 b $1' });
  expect(withEnvironment(secret('TWO'), { ONE: '1', TWO: '' })).toEqual({ missing: 'TWO' });
});
