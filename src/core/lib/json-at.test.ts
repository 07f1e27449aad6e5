import { expect, test } from 'vitest';
import type { Json } from '../model/json.ts';
import { asObject, listAt, textAt, valueAt } from './json-at.ts';

const value: Json = { a: { list: [{ b: 'text' }, 1] }, '': 0 };

test.each<readonly [readonly (string | number)[], Json]>([
  [[], value],
  [['a', 'list', 0, 'b'], 'text'],
  [['a', 'list', 1], 1],
  [['a', 'list', 2], null],
  [['a', 'list', 'length'], null],
  [['a', 'b', 'c'], null],
  [['constructor'], null],
  [['__proto__'], null],
])('at %j there is %j', (path, wanted) => {
  expect(valueAt(value, ...path)).toEqual(wanted);
});

test('what is of another kind is not there', () => {
  expect(textAt(value, 'a')).toBeNull();
  expect(textAt(undefined, 'a')).toBeNull();
  expect(listAt(value, 'a')).toEqual([]);
  expect(asObject([])).toBeNull();
  expect(asObject(null)).toBeNull();
});
