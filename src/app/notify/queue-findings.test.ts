import { beforeEach, expect, test } from 'vitest';
import { sealFinding } from '../../core/lib/seal-finding.ts';
import type { Channels } from '../../core/model/channel.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Severity } from '../../core/model/severity.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { queueFindings } from './queue-findings.ts';
import { noChannels } from './read-channels.ts';
import { testFinding } from './test-finding.ts';

const tenant = 'default';
const start = Date.UTC(2026, 0, 15);
let store = memoryStore();
let now = start;
let seen = new Set<string>();
beforeEach(() => {
  store = memoryStore();
  now = start;
  seen = new Set();
});

const sink = (name: string, findings: Severity | null) =>
  ({
    name,
    to: '',
    fallback: [],
    kind: 'ocsf-sink',
    url: 'https://x.example.com/',
    format: 'ocsf',
    token: null,
    secret: null,
    findings,
  }) as const;
const settings = (...channels: Channels['channels']): Channels => ({ ...noChannels, channels });

function finding(id: string, severity: Severity = 'High', message = 'first'): Finding {
  const { revision: _, ...rest } = testFinding(tenant, '111122223333', start);
  return sealFinding({ ...rest, id, severity, message });
}
/** As triage does: the finding, and the decision on this revision. */
const decide = (one: Finding, at = now) =>
  store.within(tenant, async (tx) => {
    await tx.findings.put(one, at);
    await tx.decisions.put({
      id: `d-${one.id}-${one.revision}`,
      finding: one.id,
      revision: one.revision,
      at,
      findingHash: 'f',
      contextHash: 'c',
      toleranceHash: 't',
      engine: 'e',
      decisionHash: 'h',
      decision: {
        format: 'jobzero.decision/1',
        finding: one.id,
        revision: one.revision,
        verdict: 'watch',
        guardrails: [],
        reason: '',
        actions: [],
        risk: 1,
      },
    });
  });
const run = async (channels: Channels) => {
  let rounds = 0;
  while (await queueFindings({ tenant, store, clock: { now: () => now } }, channels, seen)) rounds++;
  return rounds;
};
const queued = (state?: string) =>
  store.within(tenant, (tx) => tx.items.list({ kind: 'notification', limit: 2_000, ...(state === undefined ? {} : { state: [state] }) }));

test('each finding from the severity on, once for each who wants it', async () => {
  const channels = settings(sink('all', 'Informational'), sink('grave', 'High'), sink('none', null));
  await decide(finding('a'));
  await decide(finding('b', 'Low'));
  await run(channels);
  const about = async () =>
    (await queued())
      .map(({ doc }) => doc as { channel: string; about: { id: string } })
      .map(({ channel, about: { id } }) => `${channel} ${id}`)
      .sort();
  expect(await about()).toEqual(['all a', 'all b', 'grave a']);
  expect((await queued())[0]?.doc).toMatchObject({
    kind: 'finding',
    about: { kind: 'finding' },
    path: expect.stringMatching(/^\/findings\//),
  });
  await run(channels);
  now += 3_600_000;
  await run(channels);
  // Another process knows nothing of what this one has seen.
  seen = new Set();
  await run(channels);
  expect(await about()).toHaveLength(3);
  // What was told before is followed: see follow-exports.test.ts.
  await decide(finding('a', 'High', 'second'));
  await run(channels);
  expect(await about()).toHaveLength(3);
});

test('a decision that bears an earlier time than the last one is not passed over', async () => {
  const channels = settings(sink('all', 'Low'));
  await decide(finding('a'));
  await run(channels);
  await decide(finding('b'), now - 60_000);
  await run(channels);
  expect(await queued()).toHaveLength(2);
});

test('a long history goes in parts: never more than some hundred wait', async () => {
  for (let i = 0; i < 700; i++) await decide(finding(`f${String(i).padStart(3, '0')}`), start - 1_000_000 + i);
  const channels = settings(sink('all', 'Low'));
  const sent = new Set<string>();
  for (let round = 0; round < 10; round++) {
    await run(channels);
    const waiting = await queued('waiting');
    expect(waiting.length).toBeLessThanOrEqual(400);
    for (const item of waiting) {
      sent.add(item.id);
      await store.within(tenant, (tx) => tx.items.move({ ...item, state: 'sent', dueAt: null }, ['waiting']));
    }
  }
  expect(sent.size).toBe(700);
});
