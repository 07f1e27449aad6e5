import { expect, test } from 'vitest';
import type { Member } from '../../ports/cloud.ts';
import { ownAccountsOf } from './own-accounts.ts';

const now = Date.UTC(2026, 0, 31);
const day = 86_400_000;
const member = (id: string, more: Partial<Member> = {}): Member => ({
  id,
  active: true,
  invited: false,
  joinedAt: now - 100 * day,
  ...more,
});

test.each<[string, readonly Member[], readonly string[]]>([
  ['accounts that were made, sorted and once', [member('2'), member('1'), member('2')], ['1', '2']],
  ['made a moment ago', [member('1'), member('2', { joinedAt: now })], ['1', '2']],
  ['made, nobody says when', [member('1', { joinedAt: null })], ['1']],
  ['closed', [member('1'), member('2', { active: false })], ['1']],
  ['invited a moment ago', [member('1'), member('2', { invited: true, joinedAt: now })], ['1']],
  ['invited 29 days ago', [member('1'), member('2', { invited: true, joinedAt: now - 29 * day })], ['1']],
  ['invited 30 days ago', [member('1'), member('2', { invited: true, joinedAt: now - 30 * day })], ['1', '2']],
  ['invited, nobody says when', [member('1'), member('2', { invited: true, joinedAt: null })], ['1']],
  [
    'the founder of a young organisation, who counts as invited',
    [member('1', { invited: true, joinedAt: now - 2 * day }), member('2', { invited: true, joinedAt: now - day })],
    ['1'],
  ],
  ['nobody', [], []],
])('%s', (_, members, expected) => {
  expect(ownAccountsOf(members, now)).toEqual(expected);
});
