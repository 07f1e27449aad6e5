import { expect, test } from 'vitest';
import { openPacer } from './pacer.ts';

/** A clock that only sleeping moves. */
function clock(): { now: () => number; sleep: (ms: number) => Promise<void> } {
  let at = 0;
  return {
    now: () => at,
    sleep: async (ms) => {
      at += ms;
    },
  };
}

async function seconds(calls: number, { now, sleep }: ReturnType<typeof clock>, pacer = openPacer(now, sleep)): Promise<number> {
  const begin = now();
  for (let i = 0; i < calls; i++) await pacer.take('111122223333', 'cloudtrail', 'us-east-1', 'cloudtrail:LookupEvents');
  return (now() - begin) / 1000;
}

test('LookupEvents stays below two calls a second', async () => {
  const time = await seconds(100, clock());
  expect(99 / time).toBeLessThan(2);
  expect(99 / time).toBeGreaterThan(1.5);
});

test('throttling halves the rate, and passing calls bring it back', async () => {
  const at = clock();
  const pacer = openPacer(at.now, at.sleep);
  const lane = ['111122223333', 'cloudtrail', 'us-east-1', 'cloudtrail:LookupEvents'] as const;
  const before = await seconds(20, at, pacer);
  pacer.throttled(...lane);
  const after = await seconds(20, at, pacer);
  expect(after).toBeGreaterThan(before * 1.8);
  for (let i = 0; i < 60; i++) pacer.passed(...lane);
  expect(await seconds(20, at, pacer)).toBeLessThan(before * 1.1);
});

test('throttled for ever, it still calls now and then', async () => {
  const at = clock();
  const pacer = openPacer(at.now, at.sleep);
  for (let i = 0; i < 100; i++) pacer.throttled('111122223333', 'iam', 'us-east-1', 'iam:ListUsers');
  const begin = at.now();
  for (let i = 0; i < 10; i++) await pacer.take('111122223333', 'iam', 'us-east-1', 'iam:ListUsers');
  expect(at.now() - begin).toBeLessThanOrEqual(50_000);
});

test('accounts, services and Regions do not wait for each other', async () => {
  const at = clock();
  const pacer = openPacer(at.now, at.sleep);
  for (const account of ['111122223333', '444455556666'])
    for (const region of ['us-east-1', 'eu-central-1'])
      for (const service of ['iam', 's3'] as const) for (let i = 0; i < 20; i++) await pacer.take(account, service, region, `${service}:x`);
  expect(at.now()).toBe(0);
});
