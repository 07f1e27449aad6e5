import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../lib/canonical-json.ts';
import type { Json } from '../model/json.ts';
import { type Change, type Comparison, compareForUndo } from './compare-for-undo.ts';

test.each<readonly [string, Json, Json, Json, Comparison]>([
  ['as we left it', 'Active', 'Inactive', 'Inactive', 'equal'],
  ['key order is no difference', {}, { a: 1, b: 2 }, { b: 2, a: 1 }, 'equal'],
  ['brought back by hand', 'Active', 'Inactive', 'Active', 'restored'],
  ['gone', 'Active', 'Inactive', null, [{ path: '', before: 'Active', left: 'Inactive', live: null }]],
  [
    'one member of four',
    { a: false, b: false },
    { a: true, b: true },
    { a: true, b: false },
    [{ path: 'b', before: false, left: true, live: false }],
  ],
  [
    'a member that came, and one that went',
    { a: 1 },
    { a: 2, gone: 1 },
    { a: 2, came: [] },
    [
      { path: 'came', live: [] },
      { path: 'gone', left: 1 },
    ],
  ],
  [
    'inside a list',
    [{ id: 1, source: '0.0.0.0/0' }],
    [{ id: 1, source: '10.0.0.0/16' }],
    [{ id: 1, source: '203.0.113.0/24' }, { id: 2 }],
    [
      { path: '0/source', before: '0.0.0.0/0', left: '10.0.0.0/16', live: '203.0.113.0/24' },
      { path: '1', live: { id: 2 } },
    ],
  ],
  ['another kind of value', null, { a: 1 }, 'text', [{ path: '', before: null, left: { a: 1 }, live: 'text' }]],
])('%s', (_, before, left, live, wanted) => {
  expect(compareForUndo(before, left, live)).toEqual(wanted);
});

const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as Json);

describe('for any three states', () => {
  test('it is equal only when nothing has changed since, and restored only when the earlier state is back', () => {
    fc.assert(
      fc.property(json, json, json, (before, left, live) => {
        const compared = compareForUndo(before, left, live);
        expect(compared === 'equal').toBe(canonicalJson(left) === canonicalJson(live));
        if (compared === 'restored') expect(canonicalJson(live)).toBe(canonicalJson(before));
        if (typeof compared === 'string') return;
        expect(compared.length).toBeGreaterThan(0);
        for (const change of compared) expect(canonicalJson(side(change, 'left'))).not.toBe(canonicalJson(side(change, 'live')));
      }),
    );
  });
});

/** A side that is absent is unlike every value. */
function side(change: Change, name: 'left' | 'live'): Json {
  const value = change[name];
  return value === undefined ? { absent: name } : { value };
}
