import { beforeEach, expect, test } from 'vitest';
import type { HeartbeatSettings } from '../../core/model/channel.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { aliveNoter, type Part } from './alive.ts';
import { heartbeat } from './heartbeat.ts';

const tenant = 'default';
const settings: HeartbeatSettings = {
  url: 'https://beat.example.com/',
  method: 'GET',
  everyMs: 60_000,
  fallback: [{ channel: 'mail', to: '' }],
};
let now = 0;
let began = 0;
let beats = 0;
let answer: string | null = null;
let store = memoryStore();
beforeEach(() => {
  now = Date.UTC(2026, 0, 15);
  began = now;
  beats = 0;
  answer = null;
  store = memoryStore();
});
const once = (failures: number, what: HeartbeatSettings | null = settings) => {
  const beat = async () => {
    beats++;
    return answer;
  };
  now += 60_000;
  return heartbeat({ tenant, store, clock: { now: () => now }, beat, since: began }, what, failures);
};
const fault = () => store.within(tenant, (tx) => tx.items.get('automation-fault', 'heartbeat/heartbeat'));
const told = () => store.within(tenant, (tx) => tx.items.list({ kind: 'notification', limit: 10 }));

test('beats while all is well; the second failure in a row is a fault, once, until it beats again', async () => {
  expect(await once(0)).toBe(0);
  answer = 'beat.example.com: ECONNREFUSED';
  expect(await once(0)).toBe(1);
  expect(await fault()).toBeNull();
  expect(await once(1)).toBe(2);
  expect(await once(2)).toBe(3);
  expect(await fault()).toMatchObject({ state: 'open', doc: { what: 'heartbeat', reason: answer } });
  // Its page tells it, when that may be told: src/app/on-call/pages.test.ts.
  expect(await told()).toEqual([]);
  expect(await fault()).toMatchObject({ doc: { fallback: [{ channel: 'mail', to: '' }] } });
  answer = null;
  expect(await once(3)).toBe(0);
  expect((await fault())?.state).toBe('closed');
  expect(beats).toBe(5);
});

test('a fault that was open at the start closes, too, and so it does without a heartbeat', async () => {
  answer = 'no';
  await once(1);
  answer = null;
  await once(0);
  expect((await fault())?.state).toBe('closed');
  answer = 'no';
  await once(1);
  expect((await fault())?.state).toBe('open');
  expect(await once(2, null)).toBe(0);
  expect((await fault())?.state).toBe('closed');
});

test.each(['waiting', 'sending'])('is not told when workers do not take what is due (%s)', async (state) => {
  await store.within(tenant, (tx) => tx.items.add({ kind: 'notification', id: 'n', state, dueAt: now - 240_000, at: now, doc: {} }));
  expect(await once(0)).toBe(1);
  expect(beats).toBe(0);
  expect(await once(1)).toBe(2);
  expect(await fault()).toMatchObject({ state: 'open', doc: { reason: expect.stringContaining('no worker takes them') } });
});

test.each<[Part, number]>([
  ['calling', 5],
  ['deciding', 30],
])('nor when no worker is %s, though nothing is due', async (part, minutes) => {
  const clock = { now: () => now };
  const others = (['calling', 'deciding'] as const).filter((one) => one !== part).map((one) => aliveNoter({ store, tenant, clock }, one));
  const note = aliveNoter({ store, tenant, clock }, part);
  const goOn = async (by: number) => {
    for (let i = 0; i < by; i++) {
      now += 60_000;
      for (const other of others) await other();
    }
  };
  await goOn(2);
  await note();
  await goOn(minutes - 1);
  expect(await once(0)).toBe(0);
  await goOn(1);
  expect(await once(0)).toBe(1);
  expect(await once(1)).toBe(2);
  expect(await fault()).toMatchObject({ state: 'open', doc: { reason: expect.stringContaining(`(${part})`) } });
  await note();
  expect(await once(2)).toBe(0);
});

test('what no worker has done yet is waited for from the start, not from before it', async () => {
  await aliveNoter({ store, tenant, clock: { now: () => began - 86_400_000 } }, 'calling')();
  expect(await once(0)).toBe(0);
  now += 5 * 60_000;
  expect(await once(0)).toBe(1);
});

test('nor when the database does not answer', async () => {
  const broken = { ...store, within: () => Promise.reject(new Error('no database')) };
  await expect(
    heartbeat({ tenant, store: broken, clock: { now: () => now }, beat: async () => null, since: began }, settings, 0),
  ).rejects.toThrow('no database');
});
