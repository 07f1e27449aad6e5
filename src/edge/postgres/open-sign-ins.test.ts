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

test('a challenge is met by exactly one of many, for its purpose only, and says why else not', async () => {
  const one = { hash: sha256('challenge'), purpose: 'approve', expiresAt: 100 };
  expect(await signIns.challenge(one, 50, 2)).toBe(true);
  expect(await signIns.meet(one.hash, 'undo', 60)).toBe('another');
  const met = await Promise.all(Array.from({ length: 8 }, () => signIns.meet(one.hash, 'approve', 60)));
  expect(met.sort()).toEqual(['met', ...Array.from({ length: 7 }, () => 'spent')]);
  expect(await signIns.meet(sha256('none'), 'approve', 60)).toBe('unknown');
  const late = { hash: sha256('late'), purpose: 'approve', expiresAt: 100 };
  await signIns.challenge(late, 50, 2);
  expect(await signIns.meet(late.hash, 'approve', 100)).toBe('expired');
});

test('so many of one purpose wait and no more; what expired makes room', async () => {
  const made = (name: string, now: number) => signIns.challenge({ hash: sha256(name), purpose: 'p', expiresAt: now + 50 }, now, 2);
  expect([await made('p1', 0), await made('p2', 10), await made('p3', 20), await made('p4', 50)]).toEqual([true, true, false, true]);
});

test('a confirmation is used once, before it expires', async () => {
  await signIns.confirm('c', 100);
  const used = await Promise.all(Array.from({ length: 4 }, () => signIns.useConfirmed('c', 50)));
  expect(used.filter(Boolean)).toHaveLength(1);
  await signIns.confirm('c', 100);
  expect(await signIns.useConfirmed('c', 100)).toBe(false);
  expect(await signIns.useConfirmed('c', 50)).toBe(false);
});
