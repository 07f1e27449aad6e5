import { afterAll, beforeAll, expect, test } from 'vitest';
import { sha256 } from '../../core/lib/hash.ts';
import type { SignIns } from '../../core/ports/sign-ins.ts';
import { openSignIns } from './open-sign-ins.ts';
import { type TestDatabase, testDatabase } from './testing.ts';

let db: TestDatabase;
let signIns: SignIns & { close(): Promise<void> };
beforeAll(async () => {
  db = await testDatabase();
  signIns = await openSignIns({ url: db.url });
});
afterAll(async () => {
  await signIns.close();
  await db.close();
});

test('a link is spent by exactly one of many', async () => {
  const hash = sha256('one');
  await signIns.issue(hash, 100);
  const spent = await Promise.all(Array.from({ length: 8 }, () => signIns.spend(hash, 50)));
  expect(spent.filter(Boolean)).toHaveLength(1);
  expect(await signIns.spend(hash, 51)).toBe(false);
});

test.each([
  ['when it expires', 100],
  ['after it has expired', 101],
])('a link cannot be spent %s, nor earlier after that', async (name, now) => {
  const hash = sha256(name);
  await signIns.issue(hash, 100);
  expect(await signIns.spend(hash, now)).toBe(false);
  expect(await signIns.spend(hash, 50)).toBe(false);
});

test('a link that nobody issued, or another tenant issued, cannot be spent', async () => {
  const other = await openSignIns({ url: db.url, tenant: 'other' });
  await other.issue(sha256('theirs'), 100);
  await other.openSession(sha256('theirs'), 100);
  expect(await signIns.spend(sha256('theirs'), 1)).toBe(false);
  expect(await signIns.session(sha256('theirs'), 1)).toBeNull();
  expect(await signIns.spend(sha256('none'), 1)).toBe(false);
  expect(await other.spend(sha256('theirs'), 1)).toBe(true);
  await other.close();
});

test('a session lives until it expires or is closed', async () => {
  await signIns.openSession('a', 100);
  await signIns.openSession('b', 100);
  expect([await signIns.session('a', 99), await signIns.session('a', 100), await signIns.session('none', 1)]).toEqual([100, null, null]);
  await signIns.closeSession('b');
  expect(await signIns.session('b', 1)).toBeNull();
});
