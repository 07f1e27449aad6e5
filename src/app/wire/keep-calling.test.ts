import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { findingUnderTest } from '../../core/lib/finding-under-test.ts';
import { type Receiver, receiver } from '../../edge/notify/receiver-under-test.ts';
import { signedHeaders } from '../../edge/notify/webhook.ts';
import { openStore } from '../../edge/postgres/open-store.ts';
import { type TestDatabase, testDatabase } from '../../edge/postgres/testing.ts';
import { hearWebhook } from '../notify/hear-answer.ts';
import { onCallOf } from '../on-call/on-call-settings.ts';
import { keepCalling } from './keep-calling.ts';
import { keepOnCall } from './keep-on-call.ts';
import { keepSending } from './keep-sending.ts';
import { inboundOf, openChannels } from './open-channels.ts';

const tenant = 'calling';
const env = { OUT: 'what-we-sign-with', BACK: 'what-answers-are-signed-with' };
const until = (work: () => unknown) => vi.waitFor(work, { timeout: 30_000, interval: 100 });
let database: TestDatabase;
let home = '';
let vendor: Receiver;
beforeAll(async () => {
  database = await testDatabase();
  home = await mkdtemp(join(tmpdir(), 'jobzero-calling-'));
  vendor = await receiver();
});
afterAll(async () => {
  await vendor?.close();
  await database?.close();
  await rm(home, { recursive: true, force: true });
});

test('from oncall.yml and channels.yml to a signed answer, over the wire, with two workers and a clock that is moved', {
  timeout: 120_000,
}, async () => {
  const store = await openStore({ url: database.url });
  let now = Date.UTC(2026, 0, 6, 11);
  const state = { home, tenant, store, clock: { now: () => now } };
  const errors: unknown[] = [];
  const troubled = (error: unknown) => void errors.push(error);
  const says: string[] = [];
  await writeFile(
    join(home, 'channels.yml'),
    `channels:\n  tool: { kind: webhook, url: "${vendor.url}/tool", secret: "\${OUT}", signing: "\${BACK}" }\npeople:\n  alice: { tool: A1 }\n  bob: { tool: B1 }\n`,
  );
  const file = (text: string) => writeFile(join(home, 'oncall.yml'), text);
  const good = 'zone: Europe/Berlin\nengineer:\n  - { people: [alice], from: 2026-01-05 09:00, turn: 1w }\nbackup: [bob]\n';
  await file(good);
  const stops = [keepOnCall(state, ({ says: said }) => says.push(said), troubled)];
  const settings = () => store.within(tenant, async (tx) => (await onCallOf(tx)).settings);
  await until(async () => expect((await settings())?.backup).toEqual(['bob']));

  const channels = openChannels(home, env, () => Promise.reject(new Error('no cloud')), troubled);
  for (let worker = 0; worker < 2; worker++)
    stops.push(await keepCalling(state, channels, troubled), await keepSending(state, channels, troubled));
  await store.within(tenant, async (tx) => {
    const finding = findingUnderTest({ tenant, rule: { title: 't' }, at: now, message: 'A message.' });
    await tx.findings.put(finding, now);
    await tx.judgements.ask({
      id: 'q',
      tenant,
      finding: 'f',
      revision: finding.revision,
      question: 'Deny the session?',
      options: [],
      guardrails: [],
      recommendation: 'deny',
      because: 'never told before it is judged',
      state: 'waiting',
      askedAt: now,
      answeredAt: null,
      answeredBy: [],
      approvalsNeeded: 1,
    });
  });
  const sent = () =>
    vendor.requests.map(({ body }) => JSON.parse(body) as { id: string; to: string; title: string; text: string; kind: string });
  await until(() => expect(sent().map(({ to }) => to)).toEqual(['A1']));
  expect(sent()[0]).toMatchObject({ kind: 'page', title: 'Deny the session?', text: 'A message.' });
  expect(vendor.requests[0]?.body).not.toContain('never told');
  // A clock that is moved while something is on its way would make another worker doubt whether it has arrived.
  const waiting = () =>
    store.within(tenant, async (tx) => (await tx.items.list({ kind: 'notification', state: ['waiting', 'sending'], limit: 9 })).length);
  await until(async () => expect(await waiting()).toBe(0));
  now += 5 * 60_000;
  await until(() => expect(sent().map(({ to }) => to)).toEqual(['A1', 'B1']));

  const body = JSON.stringify({ notification: sent()[1]?.id, option: 'acknowledge', by: 'B1' });
  const headers: { readonly [name: string]: string } = signedHeaders(env.BACK, 'answer-1', now, body);
  const inbound = inboundOf(home, env);
  const heard = await hearWebhook(
    { tenant, store, clock: state.clock, inbound },
    { channel: 'tool', header: (name) => headers[name], body },
  );
  expect(heard).toEqual({ outcome: 'recorded', by: 'bob' });
  const pages = () => store.within(tenant, async (tx) => (await tx.items.list({ kind: 'page', limit: 9 })).map((item) => item.state));
  await until(async () => expect(await pages()).toEqual(['acknowledged']));
  await until(async () => expect(await waiting()).toBe(0));
  now += 60 * 60_000;

  await file(`${good}budget: none\n`);
  const fault = () => store.within(tenant, async (tx) => (await tx.items.get('automation-fault', 'on-call-file/oncall.yml'))?.state);
  await until(async () => expect(await fault()).toBe('open'));
  expect(says.at(-1)).toMatch(/oncall\.yml:5: budget/);
  expect((await settings())?.budget).toBe(2);
  // The fault is a page of its own, by the settings that held before.
  await until(() =>
    expect(sent().map(({ title }) => title)).toEqual(['Deny the session?', 'Deny the session?', 'oncall.yml cannot be read']),
  );
  now += 60_000;
  await file(`${good}budget: 1\n`);
  await until(async () => expect([await fault(), (await settings())?.budget]).toEqual(['closed', 1]));
  await until(async () => expect((await pages()).sort()).toEqual(['acknowledged', 'closed']));

  for (const stop of stops.reverse()) await stop();
  await store.close();
  expect(sent()).toHaveLength(3);
  expect(errors).toEqual([]);
});
