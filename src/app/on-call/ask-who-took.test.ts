import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { memoryStore } from '../../core/ports/store.memory.ts';
import type { Store, Tx } from '../../core/ports/store.ts';
import { type Behaviour, type ReceivedRequest, type Receiver, receiver } from '../../edge/notify/receiver-under-test.ts';
import { openStore } from '../../edge/postgres/open-store.ts';
import { type TestDatabase, testDatabase } from '../../edge/postgres/testing.ts';
import { openFault } from '../notify/automation-fault.ts';
import { openChannelsUnderTest } from '../notify/open-channels-under-test.ts';
import { readChannels } from '../notify/read-channels.ts';
import { notificationSender } from '../notify/send-notifications.ts';
import { askWhoTook } from './ask-who-took.ts';
import { followPages } from './follow-pages.ts';
import { onCallSetting } from './on-call-settings.ts';
import { pageDocOf, pageKind } from './page-item.ts';
import { raisePages } from './raise-pages.ts';

const second = 1_000;
const minute = 60 * second;
const noon = Date.UTC(2026, 0, 6, 11);

let database: TestDatabase;
let stored: Store;
let opsgenie: Receiver;
let tenants = 0;
beforeAll(async () => {
  database = await testDatabase();
  stored = await openStore({ url: database.url });
});
beforeEach(async () => {
  opsgenie = await receiver();
});
afterEach(() => opsgenie.close());
afterAll(async () => {
  await stored?.close();
  await database?.close();
});

const isQuestion = ({ method }: ReceivedRequest) => method === 'GET';
/** An alert as https://docs.opsgenie.com/docs/alert-api shows it. */
const alert = (by: string | null) => ({
  data: {
    id: '70413a06-38d6-4c85-92b8-5ebc900d42e2',
    tinyId: '1791',
    status: 'open',
    acknowledged: by !== null,
    owner: by ?? '',
    report: by === null ? {} : { ackTime: 15_702, acknowledgedBy: by },
  },
  took: 0.306,
  requestId: '9ae63dd7-ed00-4c81-86f0-c4ffd33142c9',
});
const says =
  (answer: ReturnType<Behaviour>): Behaviour =>
  (request) =>
    isQuestion(request) ? answer : { status: 202, body: { result: 'Request will be processed' } };

/** Alice is on call and is called by Opsgenie, then Bob, in whose place Opsgenie is told while his chat fails. */
function world(store: Store) {
  const tenant = `asked-${++tenants}`;
  let now = noon;
  const settings = readChannels(
    `channels:
  alerts: { kind: opsgenie, key: "file:k", url: "${opsgenie.url}/v2/alerts" }
  tool: { kind: webhook, url: "${opsgenie.url}/tool", secret: "file:k", fallback: [{ channel: alerts, to: "user:Bob@example.com" }] }
people: { alice: { alerts: alice@example.com }, bob: { alerts: "user:Bob@example.com", tool: bob } }
`,
    'channels.yml',
  );
  const channels = openChannelsUnderTest(settings, 'key-very-secret');
  const deps = { tenant, store, clock: { now: () => now } };
  const within = <T>(work: (tx: Tx) => Promise<T>) => store.within(tenant, work);
  const open = { ...deps, channels: async () => channels };
  const pageDeps = { ...deps, channels: async () => settings };
  return {
    tenant,
    within,
    ask: () => askWhoTook(open),
    /** What workers do in the course of time. */
    async run(time = 0) {
      now += time;
      await raisePages(pageDeps);
      await followPages(pageDeps);
      const sender = notificationSender({ ...open, worker: 'w' }, (error) => {
        throw error;
      });
      await sender.round();
      await sender.idle();
      const troubles = await askWhoTook(open);
      await followPages(pageDeps);
      return troubles;
    },
    async begin() {
      await within(async (tx) => {
        const text =
          'zone: UTC\nengineer:\n  - { people: [alice], from: 2026-01-05 09:00, turn: 1w }\nbackup: [bob]\nchannels: [alerts, tool]\n';
        await tx.settings.set(onCallSetting, text, now, 'test');
        await openFault(tx, { what: 'heartbeat', name: 'heartbeat', reason: 'it was refused' }, [], now);
      });
      return this.run();
    },
    page: () => within(async (tx) => (await tx.items.list({ kind: pageKind, limit: 9 }))[0]),
    /** Who has taken the page. */
    async taken() {
      const page = await this.page();
      return page === undefined ? [] : pageDocOf(page).events.flatMap((event) => (event.type === 'acknowledged' ? [event.by] : []));
    },
    questions: () => opsgenie.requests.filter(isQuestion),
    created: () => opsgenie.requests.filter(({ method, path }) => method === 'POST' && path === '/v2/alerts'),
  };
}

describe.each([
  ['in memory', () => memoryStore() as Store],
  ['in PostgreSQL', () => stored],
])('what was acknowledged in Opsgenie, %s', (_, storeOf) => {
  let w: ReturnType<typeof world>;
  beforeEach(() => {
    w = world(storeOf());
  });

  test('is asked by its alias, and takes the page for who it was', async () => {
    opsgenie.behave(says({ status: 200, body: alert(null) }));
    expect(await w.begin()).toEqual([]);
    expect(w.created()).toHaveLength(1);
    const [question] = w.questions();
    const id = (JSON.parse(w.created()[0]?.body ?? '{}') as { alias: string }).alias;
    expect(question).toMatchObject({
      path: `/v2/alerts/${id}?identifierType=alias`,
      headers: { authorization: 'GenieKey key-very-secret' },
      body: '',
    });
    expect(await w.taken()).toEqual([]);
    opsgenie.behave(says({ status: 200, body: alert('Alice@example.com') }));
    await w.run(30 * second);
    expect(await w.taken()).toEqual(['alice']);
    expect(await w.page()).toMatchObject({ state: 'acknowledged' });
    // Nobody else is called, and nothing is asked any more.
    const asked = w.questions().length;
    for (let n = 0; n < 5; n++) await w.run(10 * minute);
    expect(w.created()).toHaveLength(1);
    expect(w.questions()).toHaveLength(asked);
  });

  test.each([
    ['by somebody who is not in channels.yml', 'mallory@example.com'],
    ['by a key and no person', 'System'],
    ['by a name that is only like one', 'alice@example.com.example.org'],
    ['by nobody', ''],
  ])('%s takes nothing', async (_what, by) => {
    opsgenie.behave(says({ status: 200, body: alert(by) }));
    await w.begin();
    await w.run(5 * minute);
    expect(await w.taken()).toEqual([]);
    expect(w.created().length).toBeGreaterThan(1);
  });

  test.each<[string, ReturnType<Behaviour>, RegExp]>([
    [
      'refuses',
      { status: 403, body: { message: 'no right to read: key-very-secret' } },
      /^alerts: 127.0.0.1:\d+ answered with status 403.*\*\*\*/,
    ],
    ['knows no such alert', { status: 404 }, /status 404/],
    ['fails', { status: 500 }, /status 500/],
    ['breaks off', 'cut', /ECONNRESET/],
    ['answers with something else', { status: 200, body: '<html>' }, /something else than it should/],
    ['sends us elsewhere', { status: 302, headers: { location: 'http://192.0.2.1/' } }, /not followed/],
  ])('while Opsgenie %s, people are called as ever', async (_what, answer, reason) => {
    opsgenie.behave(says(answer));
    const [why = ''] = await w.begin();
    expect(why).toMatch(reason);
    expect(why).not.toContain('very-secret');
    await w.run(5 * minute);
    expect(w.created().map(({ body }) => (JSON.parse(body) as { responders: unknown }).responders)).toEqual([
      [{ type: 'user', username: 'alice@example.com' }],
      [{ type: 'user', username: 'Bob@example.com' }],
    ]);
    opsgenie.behave(says({ status: 200, body: alert('alice@example.com') }));
    await w.run(minute);
    expect(await w.taken()).toEqual(['alice']);
  });

  test('is asked twice a minute by all workers together, and seldom after an hour', async () => {
    opsgenie.behave(says({ status: 200, body: alert(null) }));
    await w.begin();
    expect(w.questions()).toHaveLength(1);
    await Promise.all([w.ask(), w.ask(), w.ask()]);
    await w.run(29 * second);
    expect(w.questions()).toHaveLength(1);
    await w.run(second);
    await Promise.all([w.ask(), w.ask(), w.ask()]);
    expect(w.questions()).toHaveLength(2);
    await w.run(2 * 60 * minute);
    const [call = ''] = w.questions().map(({ path }) => path);
    const ofFirst = () => w.questions().filter(({ path }) => path === call).length;
    const before = ofFirst();
    for (let n = 0; n < 10; n++) await w.run(minute);
    expect(ofFirst() - before).toBe(2);
  });

  test('of what was sent in the place of another channel counts, too', async () => {
    opsgenie.behave((request) => (request.path === '/tool' ? { status: 403 } : says({ status: 200, body: alert(null) })(request)));
    await w.begin();
    await w.run(5 * minute);
    await w.run(second);
    const texts = w.created().map(({ body }) => JSON.parse(body) as { alias: string; description: string });
    const instead = texts.find(({ description }) => description.includes('Channel tool does not deliver, so this comes here.'));
    opsgenie.behave((request) =>
      isQuestion(request)
        ? { status: 200, body: alert(request.path.includes(instead?.alias ?? '-') ? 'bob@example.com' : null) }
        : { status: 202 },
    );
    await w.run(minute);
    expect(await w.taken()).toEqual(['bob']);
  });
});
