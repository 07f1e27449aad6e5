import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findingUnderTest } from '../../core/lib/finding-under-test.ts';
import type { Store } from '../../core/ports/store.ts';
import { openStore } from '../../edge/postgres/open-store.ts';
import { type TestDatabase, testDatabase } from '../../edge/postgres/testing.ts';
import { queuedOf } from '../notify/delivery.ts';
import { putKind } from '../on-call/follow-pages.ts';
import { onCallSetting } from '../on-call/on-call-settings.ts';

const tenant = 'kill';
const start = Date.UTC(2026, 0, 6, 11);
const minute = 60_000;
let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await testDatabase();
  store = await openStore({ url: database.url });
});
afterAll(async () => {
  await store?.close();
  await database?.close();
});

/** How a worker ended: by its own, or killed. */
function run(now: number, whenToDie: number): Promise<'ended' | 'killed'> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, 'pages-under-test.worker.ts'), database.url, tenant, String(now), String(whenToDie)],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    child.on('error', reject);
    child.on('exit', (code, signal) =>
      signal === 'SIGKILL' ? resolve('killed') : code === 0 ? resolve('ended') : reject(new Error(`exit ${code}`)),
    );
  });
}

test('workers that are killed after a commit lose no call, double none, and count each question once', async () => {
  await store.within(tenant, async (tx) => {
    const text =
      'zone: UTC\nengineer:\n  - { people: [alice], from: 2026-01-05 09:00, turn: 1w }\nbackup: [bob]\neveryone: [alice, bob, carol]\n';
    await tx.settings.set(onCallSetting, text, start, 'test');
    for (const id of ['f1', 'f2', 'f3']) {
      const finding = findingUnderTest({ tenant, id, at: start });
      await tx.findings.put(finding, start);
      await tx.judgements.ask({
        id: `q-${id}`,
        tenant,
        finding: id,
        revision: finding.revision,
        question: `Question of ${id}?`,
        options: [],
        guardrails: [],
        recommendation: 'deny',
        because: 'b',
        state: 'waiting',
        askedAt: start,
        answeredAt: null,
        answeredBy: [],
        approvalsNeeded: 1,
      });
    }
  });
  const ends: string[] = [];
  for (const [i, now] of [start, start + 5 * minute, start + 10 * minute].entries()) {
    // Each dies some commits later than the one before, until one comes through.
    for (let n = 1 + i; ; n += 5) {
      const end = await run(now, n);
      ends.push(end);
      if (end === 'ended') break;
    }
  }
  expect(ends.filter((end) => end === 'killed').length).toBeGreaterThan(5);
  const { sent, put } = await store.within(tenant, async (tx) => ({
    sent: (await tx.items.list({ kind: 'notification', limit: 1_000 })).map((item) => queuedOf(item)),
    put: (await tx.items.list({ kind: putKind, limit: 100 })).map(({ state }) => state).sort(),
  }));
  expect(put).toEqual(['backup', 'engineer', 'engineer']);
  const calls = sent.map(({ title, to }) => `${title} ${to}`).sort();
  // Two questions: the engineer, the backup team, everyone. The third begins with the backup team.
  const third = [...new Set(sent.map(({ title }) => title))].filter((title) => calls.filter((one) => one.startsWith(title)).length === 4);
  expect(third).toHaveLength(1);
  expect(calls).toHaveLength(5 + 5 + 4);
  for (const title of ['Question of f1?', 'Question of f2?', 'Question of f3?'])
    expect(new Set(sent.filter((one) => one.title === title).map(({ to }) => to))).toEqual(new Set(['U1', 'U2', 'U3']));
}, 240_000);
