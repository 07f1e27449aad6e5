import { expect, test } from 'vitest';
import type { Json } from '../model/json.ts';
import { grantedTo } from '../model/rule.ts';
import { letsIn } from './lets-in.ts';
import { listIndex } from './list-index.ts';

const [home, sister, other, vendor, stranger] = ['111122223333', '444455556666', '555566667777', '777788889999', '999988887777'];
const filled = listIndex(
  new Map([
    ['own-accounts', [home, sister, other]],
    ['known-accounts', [vendor, sister]],
  ]),
);
const empty = listIndex(new Map([['own-accounts', []]]));

const policy = (...principals: readonly string[]) =>
  JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: { AWS: principals.map((one) => `arn:aws:iam::${one}:root`) } }] });

/** Whom `value` lets in, in the order anyone, foreign account, sister account, stranger. */
/** Whom is asked for; what somebody may do is another question, see core/lib/administers. */
const whom = grantedTo.filter((to) => to !== 'administration');

const all = (value: Json, lists = filled) => whom.map((to) => letsIn(value, to, home, lists));

test.each<[string, Json, readonly (string | null)[]]>([
  ['the account itself', policy(home), [null, null, null, null]],
  ['a sister', policy(sister), [null, null, sister, null]],
  ['a stranger', policy(stranger), [null, stranger, null, stranger]],
  ['a vendor', policy(vendor), [null, vendor, null, null]],
  ['a vendor and a stranger', policy(vendor, stranger), [null, vendor, null, stranger]],
  ['both, and oneself', policy(home, stranger, sister), [null, stranger, sister, stranger]],
  ['two sisters, in whatever order', [other, sister], [null, null, sister, null]],
  ['everyone and a sister', ['*', sister], ['*', null, sister, null]],
  ['nobody', 'lambda.amazonaws.com', [null, null, null, null]],
])('%s', (_, value, expected) => {
  expect(all(value)).toEqual(expected);
});

test.each([
  ['an empty list', empty],
  ['no list', undefined],
] as const)('with %s every other account is foreign, and no more is known', (_, lists) => {
  const asked = (value: Json) => whom.map((to) => letsIn(value, to, home, lists));
  expect(asked(policy(sister, stranger))).toEqual([null, sister, null, null]);
  expect(asked(policy(home))).toEqual([null, null, null, null]);
});
