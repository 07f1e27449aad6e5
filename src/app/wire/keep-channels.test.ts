import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { webhookSignature } from '../../core/lib/webhook-signature.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import { type Receiver, receiver } from '../../edge/notify/receiver-under-test.ts';
import { withClient } from '../../edge/postgres/connections.ts';
import { openStore } from '../../edge/postgres/open-store.ts';
import { type TestDatabase, testDatabase } from '../../edge/postgres/testing.ts';
import { listChannels } from '../notify/list-channels.ts';
import { testChannel } from '../notify/test-channel.ts';
import { keepChannels } from './keep-channels.ts';
import { keepSending } from './keep-sending.ts';
import { channelsOfHome, openChannels } from './open-channels.ts';

const tenant = 'channels';
const clock = { now: () => Date.now() };
let database: TestDatabase;
let home = '';
let vendor: Receiver;
beforeAll(async () => {
  database = await testDatabase();
  home = await mkdtemp(join(tmpdir(), 'jobzero-keep-channels-'));
  vendor = await receiver();
});
afterAll(async () => {
  await vendor?.close();
  await database?.close();
  await rm(home, { recursive: true, force: true });
});

const noCloud: Cloud = {
  call: () => Promise.reject(new Error('no cloud')),
  self: async () => null,
  accounts: async () => [],
  members: async () => [],
  regions: async () => [],
  close: async () => {},
};
const until = (work: () => unknown) => vi.waitFor(work, { timeout: 20_000, interval: 50 });

test('channels.yml is taken in, messages and heartbeats go out, and what is wrong is a fault that closes', async () => {
  const store = await openStore({ url: database.url });
  const says: string[] = [];
  const state = { home, tenant, store, clock };
  const env = { HOOK_SECRET: 'whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0' };
  const troubled = (error: unknown) => void says.push(String(error));
  const write = (text: string) => writeFile(join(home, 'channels.yml'), text);
  const file = (more = '') =>
    write(
      `channels:\n  hook: { kind: webhook, url: "${vendor.url}/hook", secret: "file:hook-secret" }\n  lake: { kind: ocsf-sink, url: "${vendor.url}/lake", secret: "\${HOOK_SECRET}" }\nheartbeat: { url: "${vendor.url}/beat", method: POST, seconds: 10 }\n${more}`,
    );
  const fault = async (id: string) => (await store.within(tenant, (tx) => tx.items.get('automation-fault', id)))?.state;
  const leaves = () =>
    withClient(database.adminUrl, async (client) => {
      const { rows } = await client.query(`select bytes from jobzero.ledger_inbox where tenant_id = '${tenant}' order by position`);
      return (rows as { readonly bytes: string }[]).map(({ bytes }) => JSON.parse(bytes) as { type: string; data: { outcome?: string } });
    });
  await writeFile(join(home, 'hook-secret'), 'a-secret\n');
  await file();
  const stops = [
    keepChannels(state, env, ({ says: one }) => says.push(one), troubled),
    await keepSending(
      state,
      openChannels(home, env, async () => noCloud, troubled),
      troubled,
    ),
  ];
  try {
    await until(() => expect(vendor.requests.map(({ method, path }) => `${method} ${path}`)).toContain('POST /beat'));
    expect((await leaves())[0]).toMatchObject({ type: 'setting', data: { channels: { hook: 'webhook', lake: 'ocsf-sink' } } });

    const tested = await testChannel(state, { channel: 'hook', to: '', patienceMs: 20_000 }, null);
    expect(tested).toMatchObject({ outcome: 'sent', reason: '' });
    const hook = vendor.requests.find(({ path }) => path === '/hook');
    expect(hook?.headers['webhook-signature']).toBe(
      webhookSignature('a-secret', tested.ref, Number(hook?.headers['webhook-timestamp']), hook?.body ?? ''),
    );
    expect(JSON.parse(hook?.body ?? '{}')).toMatchObject({ kind: 'canary', title: expect.stringContaining('TEST') });
    expect(await testChannel(state, { channel: 'lake', to: '111122223333', patienceMs: 20_000 }, null)).toMatchObject({ outcome: 'sent' });
    expect(JSON.parse(vendor.requests.find(({ path }) => path === '/lake')?.body ?? '{}')).toMatchObject({
      class_uid: 2004,
      finding_info: { title: 'Test of jobzero' },
    });
    expect((await leaves()).filter(({ data }) => data.outcome === 'sent')).toHaveLength(2);

    const listed = await listChannels(state, await channelsOfHome(home));
    expect(listed).toMatchObject([
      { name: 'hook', kind: 'webhook', state: 'working', failures: 0, waiting: 0, failedToday: 0 },
      { name: 'lake', kind: 'ocsf-sink', state: 'working' },
    ]);

    // What held before goes on holding; the place of the mistake is told, and nothing of what stands there.
    await file('people: { alice: { nowhere: U1 } }\nsecret: hunter2\n');
    await until(async () => expect(await fault('channels-file/channels.yml')).toBe('open'));
    expect(says.join('\n')).toContain('channels.yml');
    expect(says.join('\n')).not.toContain('hunter2');
    expect(await testChannel(state, { channel: 'hook', to: '', patienceMs: 20_000 }, null)).toMatchObject({ outcome: 'sent' });
    await file('people: { alice: { hook: alice } }\n');
    await until(async () => expect(await fault('channels-file/channels.yml')).toBe('closed'));

    vendor.behave(() => ({ status: 403, body: 'a-secret is not for us' }));
    const refused = await testChannel(state, { channel: 'hook', to: '', patienceMs: 20_000 }, null);
    expect(refused).toMatchObject({ outcome: 'failed', reason: expect.stringMatching(/answered with status 403: \*\*\* is not for us$/) });
    expect((await listChannels(state, await channelsOfHome(home)))[0]).toMatchObject({ state: 'failing', failures: 1, failedToday: 1 });
  } finally {
    for (const stop of stops) await stop();
    await store.close();
  }
});
