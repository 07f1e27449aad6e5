import { spawnSync } from 'node:child_process';
import { chmod, cp, lstat, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nativeFolder, reachableBinaries } from './server-place.ts';
import { canPass, canReach, serverUser } from './server-user.ts';

test('who is not root runs the server as himself, root never does', () => {
  const user = serverUser(null);
  if (process.getuid?.() === 0) expect(user?.uid).toBeGreaterThan(0);
  else expect(user).toBeNull();
});

describe.runIf(process.getuid?.() === 0)('a checkout below a folder that only root can enter', () => {
  const user = serverUser(null);
  let closed = '';
  let native = '';
  let copy = '';
  beforeAll(async () => {
    closed = await mkdtemp(join(tmpdir(), 'jobzero-closed-'));
    native = join(closed, 'native');
    await cp(nativeFolder(), native, { recursive: true, verbatimSymlinks: true });
    await chmod(closed, 0o700);
  });
  afterAll(async () => {
    await rm(closed, { recursive: true, force: true });
    if (copy.startsWith('/var/lib/jobzero/bin/')) await rm(copy, { recursive: true, force: true });
  });

  test('is copied to where only root writes and everybody reads, by however many at once, and runs there', async () => {
    expect(canReach(user, join(native, 'bin/postgres'))).toBe(false);
    expect(canPass(user, closed)).toBe(false);
    const copies = await Promise.all([1, 2, 3].map(() => reachableBinaries(user, native)));
    copy = copies[0] ?? '';
    expect(new Set(copies)).toEqual(new Set([copy]));
    expect(copy.startsWith(closed)).toBe(false);
    const seen = await lstat(copy);
    expect([seen.uid, seen.mode & 0o022]).toEqual([0, 0]);
    const asUser = user === null ? {} : { uid: user.uid, gid: user.gid };
    const ran = spawnSync(join(copy, 'bin/postgres'), ['--version'], { ...asUser, cwd: '/', encoding: 'utf8', env: {} });
    expect(ran.stdout).toMatch(/PostgreSQL\) 18/);
  });

  test('what somebody else could write is not run', async () => {
    await chmod(copy, 0o777);
    await expect(reachableBinaries(user, native)).rejects.toThrow(/only root can write/);
    await chmod(copy, 0o755);
  });

  test('a checkout that can be reached is used where it lies', async () => {
    await chmod(closed, 0o755);
    expect(await reachableBinaries(user, native)).toBe(native);
  });
});
