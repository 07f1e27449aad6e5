import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { keepProving } from './keep-proving.ts';

const account = '111122223333';
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keep-proving-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('digest files that are none are told, a few by name', async () => {
  const now = Date.UTC(2026, 0, 5, 12);
  for (let hour = 0; hour < 5; hour++) {
    const name = `${account}_CloudTrail-Digest_eu-west-1_trail_eu-west-1_20260105T0${hour}0000Z.json.gz`;
    const path = join(folder, 'AWSLogs', account, 'CloudTrail-Digest/eu-west-1/2026/01/05', name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, gzipSync('{}'));
  }
  const told: string[] = [];
  const troubles: unknown[] = [];
  const state = { store: memoryStore(), tenant: 'default', clock: { now: () => now } };
  const input = { logs: [folder], profile: null, endpointUrl: 'http://127.0.0.1:9', regions: ['eu-west-1'], roleArn: null };
  const stop = keepProving(
    state as unknown as Parameters<typeof keepProving>[0],
    input as unknown as Parameters<typeof keepProving>[1],
    ({ event, says }) => told.push(`${event}: ${says}`),
    (error) => troubles.push(error),
  );
  await expect.poll(() => told.length, { timeout: 20_000 }).toBe(4);
  await stop();
  expect(troubles).toEqual([]);
  expect(told.slice(0, 3).every((text) => /^trouble: .*_20260105T0\d0000Z\.json\.gz proves nothing: /.test(text))).toBe(true);
  expect(told[3]).toBe('trouble: 2 more digest files or keys prove nothing.');
});
