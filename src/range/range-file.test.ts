import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRange } from './open-range.ts';
import { loadRange, saveRange } from './range-file.ts';

const account = '444455556666';
const now = () => Date.UTC(2026, 0, 15, 9);
const options = { seed: 'file', start: now(), now };
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jobzero-range-file-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('saves that were asked for while one is under way are one, with all that came until it began; another place is another save', async () => {
  const range = openRange(options);
  const [path, elsewhere] = [join(folder, 'a'), join(folder, 'b')];
  const makes = (UserName: string) => {
    const origin = { ip: '198.51.100.7', userAgent: 'test' };
    const credentials = { kind: 'root', account } as const;
    expect(range.perform({ credentials, region: 'us-east-1', action: 'iam:CreateUser', input: { UserName }, origin }).error).toBeNull();
  };
  const under = saveRange(range, path);
  // Begun, and waiting for the disk.
  await new Promise(setImmediate);
  makes('first');
  const second = saveRange(range, path);
  makes('second');
  const third = saveRange(range, path);
  expect(third).toBe(second);
  expect(second).not.toBe(under);
  await Promise.all([under, second, third]);
  expect(await readFile(path, 'utf8')).toBe(range.snapshot());
  await Promise.all([saveRange(range, path), saveRange(range, elsewhere)]);
  expect(await readFile(elsewhere, 'utf8')).toBe(range.snapshot());
  expect(Object.keys((await loadRange(path, options)).state.accounts[account]?.users ?? {})).toEqual(
    expect.arrayContaining(['first', 'second']),
  );
});
