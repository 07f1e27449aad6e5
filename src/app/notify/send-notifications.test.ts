import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Address, ChannelSettings, Channels } from '../../core/model/channel.ts';
import type { Notification } from '../../core/model/notification.ts';
import type { Letter, Sent } from '../../core/ports/channel.ts';
import type { Item } from '../../core/ports/items.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import type { Store } from '../../core/ports/store.ts';
import { withClient } from '../../edge/postgres/connections.ts';
import { openStore } from '../../edge/postgres/open-store.ts';
import { type TestDatabase, testDatabase } from '../../edge/postgres/testing.ts';
import { sealedId } from '../ledger/seals.ts';
import { triedFor, waitAfter } from './back-off.ts';
import { channelState } from './channel-state.ts';
import { queuedOf } from './delivery.ts';
import type { OpenChannels } from './open-channels.ts';
import { queueNotification } from './queue-notification.ts';
import { leaseMs, notificationSender, sendOne } from './send-notifications.ts';

const start = Date.UTC(2026, 0, 15, 9);
const page: Notification = {
  id: 'n1',
  kind: 'page',
  channel: 'chat',
  to: 'alice@example.com',
  about: { kind: 'incident', id: 'i1' },
  severity: 'High',
  title: 'A title',
  text: 'A text.',
  path: '/incidents/i1',
  options: [{ id: 'acknowledge', label: 'I am on it' }],
};
const accepted: Sent = { outcome: 'accepted', ref: 'r1' };
const later = (change: Partial<Extract<Sent, { outcome: 'later' }>> = {}): Sent => ({
  outcome: 'later',
  reason: 'chat answered with status 503',
  afterMs: null,
  doubt: false,
  ...change,
});

const settings = (name: string, fallback: readonly Address[] = []): ChannelSettings => ({
  name,
  to: '',
  fallback,
  kind: 'teams',
  url: { from: 'env', at: 'URL' },
});

/** Channels whose answers the test chooses, over a store, with a clock that it sets. */
function world(store: Store, tenant: string) {
  let now = start;
  const letters: { readonly channel: string; readonly letter: Letter }[] = [];
  let answer: (channel: string, letter: Letter) => Sent | Promise<Sent> = () => accepted;
  const all: Channels = {
    console: 'https://jobzero.example.com',
    channels: [
      settings('chat', [{ channel: 'mail', to: 'team@example.com' }]),
      settings('mail', [{ channel: 'chat', to: '' }]),
      settings('tickets'),
    ],
    people: {},
    heartbeat: null,
  };
  const open: OpenChannels = {
    settings: all,
    channel(name) {
      const one = all.channels.find((known) => known.name === name);
      const send = async (letter: Letter) => {
        letters.push({ channel: name, letter });
        return answer(name, letter);
      };
      return one === undefined ? null : { settings: one, channel: { send } };
    },
  };
  const depsOf = (worker: string) => ({ tenant, store, clock: { now: () => now }, worker, channels: async () => open });
  const errors: unknown[] = [];
  const worker = (name: string) => notificationSender(depsOf(name), (error) => errors.push(error));
  const first = worker('w1');
  const within = <T>(work: (tx: Parameters<Parameters<Store['within']>[1]>[0]) => Promise<T>) => store.within(tenant, work);
  return {
    letters,
    errors,
    within,
    worker,
    depsOf,
    settings: all,
    now: () => now,
    pass(ms: number) {
      now += ms;
    },
    answer(next: typeof answer) {
      answer = next;
    },
    queue: (change: Partial<Notification> = {}) => within((tx) => queueNotification(tx, { ...page, ...change }, now)),
    item: (id = 'n1') => within((tx) => tx.items.get('notification', id)),
    all: () => within((tx) => tx.items.list({ kind: 'notification', limit: 1_000 })),
    fault: (id: string) => within((tx) => tx.items.get('automation-fault', id)),
    async run() {
      await first.round();
      await first.idle();
    },
  };
}
type World = ReturnType<typeof world>;

/** Runs for so long, each time that something is due. */
async function runFor(w: World, ms: number): Promise<void> {
  const end = w.now() + ms;
  while (w.now() <= end) {
    await w.run();
    const due = (await w.all()).flatMap(({ state, dueAt }) => (state === 'waiting' && dueAt !== null ? [dueAt] : []));
    const next = Math.max(w.now() + 1, Math.min(...due, end + 1));
    w.pass(next - w.now());
  }
}

let database: TestDatabase;
let stored: Store;
let tenants = 0;
let tenant = '';
beforeAll(async () => {
  database = await testDatabase();
  stored = await openStore({ url: database.url });
});
afterAll(async () => {
  await stored?.close();
  await database?.close();
});
beforeEach(() => {
  tenant = `notify-${++tenants}`;
});

interface Leaf {
  readonly type: string;
  readonly subject: string;
  readonly data: object;
}

/** Those of notifications: what is wrong with a channel has leaves of its own. */
async function leaves(of: Store): Promise<readonly Leaf[]> {
  return (await allLeaves(of)).filter(({ type }) => type === 'notification');
}

async function allLeaves(of: Store): Promise<readonly Leaf[]> {
  if ('entries' in of) return (of as ReturnType<typeof memoryStore>).entries(tenant);
  return withClient(database.adminUrl, async (client) => {
    const { rows } = await client.query(`select bytes from jobzero.ledger_inbox where tenant_id = '${tenant}' order by position`);
    return (rows as { readonly bytes: string }[]).map(({ bytes }) => JSON.parse(bytes) as Leaf);
  });
}

describe.each([
  ['in memory', () => memoryStore() as Store],
  ['in PostgreSQL', () => stored],
])('%s', (_, storeOf) => {
  let store: Store;
  let w: World;
  beforeEach(() => {
    store = storeOf();
    w = world(store, tenant);
  });

  test('what is due is sent once, with its link, and is a leaf without whom it was for', async () => {
    expect(await w.queue()).toBe(true);
    expect(await w.queue()).toBe(false);
    await w.run();
    await w.run();
    expect(w.letters).toEqual([
      {
        channel: 'chat',
        letter: { notification: page, link: 'https://jobzero.example.com/incidents/i1', at: start, doubt: false, document: null },
      },
    ]);
    const item = await w.item();
    expect(item).toMatchObject({ state: 'sent', dueAt: null, doc: { ...page, delivery: { attempts: 1, ref: 'r1', doubt: false } } });
    const written = await leaves(store);
    expect(written).toMatchObject([
      {
        type: 'notification',
        subject: await store.within(tenant, (tx) => sealedId(tx, 'n1')),
        data: { outcome: 'sent', kind: 'page', channel: 'chat', about: { kind: 'incident', id: 'i1' }, attempts: 1 },
      },
    ]);
    expect(JSON.stringify(written)).not.toContain('alice');
    expect(await w.within((tx) => channelState(tx, 'chat'))).toMatchObject({ lastSuccess: start, failures: 0 });
    expect(w.errors).toEqual([]);
  });

  test('of many workers at once one sends', async () => {
    for (let i = 0; i < 20; i++) await w.queue({ id: `n${i}`, kind: 'note' });
    const workers = Array.from({ length: 4 }, (_unused, i) => w.worker(`w${i}`));
    for (let round = 0; round < 3; round++) {
      await Promise.all(workers.map((one) => one.round()));
      await Promise.all(workers.map((one) => one.idle()));
    }
    expect(w.letters.map(({ letter }) => letter.notification.id).sort()).toEqual(
      Array.from({ length: 20 }, (_unused, i) => `n${i}`).sort(),
    );
    expect(await leaves(store)).toHaveLength(20);
    expect(w.errors).toEqual([]);
  });

  test('a worker that dies between sending and writing leaves a doubt, after its lease and not before', async () => {
    await w.queue();
    // It has sent, and is killed: nothing comes after.
    const { promise: never } = Promise.withResolvers<Sent>();
    w.answer(() => never);
    void sendOne(w.depsOf('dead'), 'n1');
    await expect.poll(() => w.letters.length).toBe(1);
    w.answer(() => accepted);
    w.pass(leaseMs - 1);
    await w.run();
    expect(w.letters).toHaveLength(1);
    expect(await w.item()).toMatchObject({ state: 'sending' });
    w.pass(1);
    await w.run();
    expect(w.letters.map(({ letter }) => letter.doubt)).toEqual([false, true]);
    expect(await w.item()).toMatchObject({ state: 'sent', doc: { delivery: { attempts: 2, doubt: true } } });
    expect(await leaves(store)).toHaveLength(1);
  });

  test('a worker that was thought dead writes only that it arrived', async () => {
    await w.queue({ id: 'slow' });
    await w.queue({ id: 'lost' });
    const slow = new Map<string, PromiseWithResolvers<Sent>>();
    w.answer((_unused, { notification: { id } }) => {
      const made = Promise.withResolvers<Sent>();
      slow.set(id, made);
      return made.promise;
    });
    const late = ['slow', 'lost'].map((id) => sendOne(w.depsOf('late'), id));
    await expect.poll(() => slow.size).toBe(2);
    w.pass(leaseMs);
    const second = Promise.withResolvers<Sent>();
    w.answer(() => second.promise);
    const others = ['slow', 'lost'].map((id) => sendOne(w.depsOf('other'), id));
    await expect.poll(() => w.letters.length).toBe(4);
    slow.get('slow')?.resolve(accepted);
    slow.get('lost')?.resolve({ outcome: 'refused', reason: 'no' });
    await Promise.all(late);
    expect((await w.item('slow'))?.state).toBe('sent');
    expect((await w.item('lost'))?.state).toBe('sending');
    second.resolve(later());
    await Promise.all(others);
    expect((await w.item('slow'))?.state).toBe('sent');
    expect(await w.item('lost')).toMatchObject({ state: 'waiting', doc: { delivery: { doubt: true } } });
    expect((await leaves(store)).map(({ subject }) => subject)).toEqual([await store.within(tenant, (tx) => sealedId(tx, 'slow'))]);
  });

  test('a try that failed waits longer each time, in the store, or as long as the other side says', async () => {
    await w.queue({ channel: 'tickets' });
    w.answer(() => later());
    const waits: number[] = [];
    for (let i = 1; i <= 6; i++) {
      await w.run();
      const dueAt = (await w.item())?.dueAt ?? 0;
      waits.push(dueAt - w.now());
      w.pass(dueAt - w.now() - 1);
      const before = w.letters.length;
      await w.run();
      expect(w.letters.length).toBe(before);
      w.pass(1);
    }
    expect(waits).toEqual([1, 2, 3, 4, 5, 6].map((n) => waitAfter(n, page)));
    w.answer(() => later({ afterMs: 600_000, doubt: true }));
    await w.run();
    expect(await w.item()).toMatchObject({ state: 'waiting', dueAt: w.now() + 600_000, doc: { delivery: { attempts: 7, doubt: true } } });
    w.pass(600_000);
    w.answer(() => later());
    await w.run();
    // A doubt stays.
    expect(w.letters.at(-1)?.letter.doubt).toBe(true);
    expect(queuedOf((await w.item()) as Item).delivery?.doubt).toBe(true);
  });

  test('a channel that fails is a fault, and its pages go another way, too; it closes when it works', async () => {
    await w.queue();
    await w.queue({ id: 'ask', kind: 'ask' });
    w.answer((channel) => (channel === 'chat' ? later() : accepted));
    await runFor(w, 60_000);
    expect(await w.fault('channel/chat')).toMatchObject({
      state: 'open',
      doc: {
        what: 'channel',
        name: 'chat',
        reason: 'chat answered with status 503',
        since: expect.any(Number),
        fallback: [{ channel: 'mail', to: 'team@example.com' }],
      },
    });
    const mails = w.letters.filter(({ channel }) => channel === 'mail').map(({ letter }) => letter.notification);
    expect(mails.map(({ title, to, kind, about }) => ({ title, to, kind, about }))).toEqual([
      { title: 'A title', to: 'team@example.com', kind: 'page', about: page.about },
    ]);
    expect(mails[0]?.text).toBe('Channel chat does not deliver, so this comes here. A text.');
    expect(mails[0]?.options).toEqual(page.options);

    w.answer(() => accepted);
    await runFor(w, 120_000);
    expect(await w.fault('channel/chat')).toMatchObject({ state: 'closed', doc: { until: expect.any(Number) } });
    expect((await w.item())?.state).toBe('sent');
    // It fails again.
    w.answer((channel) => (channel === 'chat' ? { outcome: 'refused', reason: 'no' } : accepted));
    await w.queue({ id: 'n2' });
    await w.run();
    await w.run();
    expect(await w.fault('channel/chat')).toMatchObject({ state: 'open', doc: { reason: 'no' } });
    // What tells of the fault itself is its page, which knows of quiet hours.
    expect(w.letters.filter(({ letter }) => letter.notification.title === 'Channel chat does not deliver')).toEqual([]);
    expect(w.errors).toEqual([]);
  });

  test('two channels that stand in for each other, both dead, come to an end', async () => {
    await w.queue();
    w.answer(() => later());
    await runFor(w, triedFor('page') + 60_000);
    const all = await w.all();
    expect(all.every(({ state }) => state === 'failed')).toBe(true);
    // The page, and the page by mail.
    expect(all).toHaveLength(2);
    expect((await leaves(store)).map(({ data }) => (data as { outcome: string }).outcome)).toEqual(
      Array.from({ length: 2 }, () => 'failed'),
    );
  });
});

describe('one after the other', () => {
  let w: World;
  let store: ReturnType<typeof memoryStore>;
  beforeEach(() => {
    store = memoryStore();
    w = world(store, tenant);
  });

  test.each([
    ['page', 3_600_000],
    ['note', 24 * 3_600_000],
    ['ticket', 72 * 3_600_000],
  ] as const)('a %s is given up after its time, with a leaf', async (kind, ms) => {
    await w.queue({ kind, channel: 'tickets' });
    w.answer(() => later());
    await runFor(w, ms - 400_000);
    expect((await w.item())?.state).toBe('waiting');
    await runFor(w, 500_000);
    const item = await w.item();
    expect(item).toMatchObject({ state: 'failed', dueAt: null });
    expect(store.entries(tenant).filter(({ type }) => type === 'notification')).toMatchObject([
      { subject: await store.within(tenant, (tx) => sealedId(tx, 'n1')), data: { outcome: 'failed' } },
    ]);
    const { attempts = 0, since = 0 } = queuedOf(item as Item).delivery ?? {};
    expect(since).toBe(start);
    expect(attempts).toBeGreaterThan(ms / 400_000);
  });

  test('what is refused is not tried again; what is unsure neither, and is no fault', async () => {
    w.answer((_, { notification: { id } }) =>
      id === 'n1' ? { outcome: 'refused', reason: 'no such user' } : { outcome: 'unsure', reason: 'who knows' },
    );
    await w.queue({ channel: 'tickets' });
    await w.queue({ id: 'n2', channel: 'mail' });
    await runFor(w, 3_600_000);
    expect(w.letters).toHaveLength(2);
    expect(await w.item()).toMatchObject({ state: 'failed', doc: { delivery: { reason: 'no such user' } } });
    expect((await w.item('n2'))?.state).toBe('unsure');
    expect((await w.fault('channel/tickets'))?.state).toBe('open');
    expect(await w.fault('channel/mail')).toBeNull();
    expect(
      store
        .entries(tenant)
        .filter(({ type }) => type === 'notification')
        .map(({ data }) => data['outcome'])
        .sort(),
    ).toEqual(['failed', 'unsure']);
  });

  test('a channel that nobody has named is a fault', async () => {
    await w.queue({ channel: 'pigeon' });
    await runFor(w, 60_000);
    expect(await w.fault('channel/pigeon')).toMatchObject({ doc: { reason: 'channels.yml has no channel pigeon' } });
    expect(w.letters).toEqual([]);
  });

  test('a test that fails wakes nobody', async () => {
    await w.queue({ kind: 'canary' });
    w.answer(() => ({ outcome: 'refused', reason: 'no' }));
    await runFor(w, 60_000);
    expect(await w.fault('channel/chat')).toBeNull();
    expect(await w.all()).toHaveLength(1);
    // What fails after it in earnest is told all the same.
    await w.queue({ id: 'n2' });
    await runFor(w, 60_000);
    expect((await w.fault('channel/chat'))?.state).toBe('open');
  });

  test('a page goes before what was queued earlier, and a slow channel holds up no other', async () => {
    for (let i = 0; i < 30; i++) await w.queue({ id: `f${i}`, kind: 'finding', channel: 'mail' });
    w.pass(1);
    await w.queue({ id: 'p', channel: 'mail' });
    await w.queue({ id: 'q', channel: 'tickets' });
    const { promise: never } = Promise.withResolvers<Sent>();
    w.answer((channel) => (channel === 'mail' ? never : accepted));
    const sender = w.worker('w9');
    await sender.round();
    await expect.poll(async () => (await w.item('q'))?.state).toBe('sent');
    expect(w.letters.find(({ channel }) => channel === 'mail')?.letter.notification.id).toBe('p');
    await w.queue({ id: 'r', channel: 'tickets' });
    await sender.round();
    await expect.poll(async () => (await w.item('r'))?.state).toBe('sent');
    expect(w.letters.filter(({ channel }) => channel === 'mail').length).toBeLessThanOrEqual(4);
  });

  test('when a channel is down, what waits for it is put off instead of tried one by one', async () => {
    for (let i = 0; i < 100; i++) await w.queue({ id: `f${i}`, kind: 'finding', channel: 'tickets' });
    w.answer(() => later());
    await w.run();
    expect(w.letters.length).toBeLessThanOrEqual(8);
    const due = await w.within((tx) => tx.items.list({ kind: 'notification', dueBy: w.now(), limit: 200 }));
    expect(due).toEqual([]);
    w.answer(() => accepted);
    await runFor(w, 600_000);
    expect((await w.all()).every(({ state }) => state === 'sent')).toBe(true);
  });
});
