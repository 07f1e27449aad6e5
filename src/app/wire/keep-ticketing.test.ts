import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { findingUnderTest } from '../../core/lib/finding-under-test.ts';
import { descriptionOf, jiraUnderTest } from '../../edge/notify/jira-under-test.ts';
import { type Receiver, receiver } from '../../edge/notify/receiver-under-test.ts';
import { openStore } from '../../edge/postgres/open-store.ts';
import { type TestDatabase, testDatabase } from '../../edge/postgres/testing.ts';
import { groupTarget, offerToNarrow, putDecided } from '../decided-under-test.ts';
import { readTolerance } from '../read-tolerance.ts';
import { keepSending } from './keep-sending.ts';
import { insecureBehaviours, keepTicketing } from './keep-ticketing.ts';
import { openChannels } from './open-channels.ts';

const tenant = 'ticketing';
const jira = jiraUnderTest();
let database: TestDatabase;
let home = '';
let server: Receiver;
beforeAll(async () => {
  database = await testDatabase();
  home = await mkdtemp(join(tmpdir(), 'jobzero-ticketing-'));
  server = await receiver(jira.behave);
});
afterAll(async () => {
  await server?.close();
  await database?.close();
  await rm(home, { recursive: true, force: true });
});

test('from channels.yml to tickets, by two workers, also of a rule of insecure behaviour', async () => {
  const [behaviour = ''] = await insecureBehaviours();
  await writeFile(
    join(home, 'channels.yml'),
    `channels:\n  t: { kind: jira, url: "${server.url}", user: b, token: "\${T}", project: SEC, findings: { from: High } }\n`,
  );
  const store = await openStore({ url: database.url });
  const now = Date.UTC(2026, 0, 15, 9);
  const state = { home, tenant, store, clock: { now: () => now } };
  const errors: unknown[] = [];
  const troubled = (error: unknown) => void errors.push(error);
  await store.within(tenant, async (tx) => {
    const offer = offerToNarrow(groupTarget('111122223333', 'sg-1'));
    for (const [id, rule] of [
      ['a', behaviour],
      ['b', 'aws.test.attack'],
    ] as const) {
      const finding = findingUnderTest({ tenant, id, rule: { id: rule, title: `Title ${id}` }, at: now });
      await putDecided(tx, finding, offer, readTolerance('', 'tolerance'), now - 3_600_000);
    }
  });
  const channels = openChannels(home, { T: 'a-token' }, () => Promise.reject(new Error('no cloud')), troubled);
  const stops = [];
  for (let worker = 0; worker < 2; worker++)
    stops.push(await keepTicketing(state, channels, troubled), await keepSending(state, channels, troubled));
  try {
    await vi.waitFor(() => expect(jira.issues.map(({ fields }) => fields.summary)).toEqual(['Title a in account 111122223333']), 20_000);
    expect(jira.issues.map(descriptionOf).join()).toContain('In the console: /findings/a');
    expect(errors).toEqual([]);
  } finally {
    for (const stop of stops) await stop();
    await store.close();
  }
  expect(jira.issues).toHaveLength(1);
});
