import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findingUnderTest } from '../../core/lib/finding-under-test.ts';
import type { ChannelSettings } from '../../core/model/channel.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { JsonObject } from '../../core/model/json.ts';
import type { CloudCall } from '../../core/ports/cloud.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { type Receiver, receiver } from '../../edge/notify/receiver-under-test.ts';
import { type Cursor, followExports } from './follow-exports.ts';
import { openChannelsUnderTest } from './open-channels-under-test.ts';
import { queueFindings } from './queue-findings.ts';
import { noChannels } from './read-channels.ts';
import { leaseMs, notificationSender } from './send-notifications.ts';

const tenant = 'default';
const start = Date.UTC(2026, 0, 15, 9);
const minute = 60_000;

let store: ReturnType<typeof memoryStore>;
let collector: Receiver;
let calls: CloudCall[];
let now: number;
let cursor: Cursor;
let seen: Set<string>;
beforeEach(async () => {
  store = memoryStore();
  collector = await receiver();
  calls = [];
  now = start;
  cursor = new Map();
  seen = new Set();
});
afterEach(() => collector.close());

const common = { to: '', fallback: [], findings: 'High' } as const;
const settings = (): readonly ChannelSettings[] => [
  { ...common, name: 'siem', kind: 'ocsf-sink', url: collector.url, format: 'ocsf', token: null, secret: null },
  { ...common, name: 'hub', kind: 'security-hub' },
];
const cloud = {
  call: async (call: CloudCall) => {
    calls.push(call);
    return call.action.endsWith('BatchImportFindings') ? { FailedCount: 0 } : { UnprocessedFindings: [] };
  },
  self: async () => null,
  accounts: async () => [],
  members: async () => [],
  regions: async () => [],
  close: async () => {},
};

const finding = (more: Partial<Finding> = {}): Finding => {
  const { revision: _, ...rest } = findingUnderTest({ id: 'a'.repeat(32), at: start - minute, message: 'first', rule: { id: 'aws.x.y' } });
  return findingUnderTest({ ...rest, ...more });
};
const decided = (one: Finding) =>
  store.within(tenant, async (tx) => {
    await tx.findings.put(one, now);
    await tx.decisions.put({
      id: `d-${one.id}-${one.revision}-${now}`,
      finding: one.id,
      revision: one.revision,
      at: now,
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
const live = (word: 'resolved' | 'suppressed' | 'reopened' | 'acknowledged') =>
  store.within(tenant, (tx) => tx.findings.live('a'.repeat(32), word, now, 'ann', ''));
const retract = () => store.within(tenant, (tx) => tx.findings.retract('a'.repeat(32), now));

/** What `up` and its workers do, by anew opened processes each. */
async function work(worker = 'w1') {
  now += minute;
  const channels = { ...noChannels, channels: settings() };
  const deps = { tenant, store, clock: { now: () => now } };
  await queueFindings(deps, channels, seen);
  await followExports(deps, new Set(['siem', 'hub']), cursor);
  const open = openChannelsUnderTest(channels, '', async () => cloud);
  const sender = notificationSender({ ...deps, worker, channels: async () => open }, (error) => {
    throw error;
  });
  await sender.round();
  await sender.idle();
}
/** `activity, status, revision's message` of each line that the collector got. */
const collected = () =>
  collector.requests
    .map(({ body }) => JSON.parse(body) as { activity_name: string; status: string; message: string; time: number; severity: string })
    .map(({ activity_name, status, message, severity }) => `${activity_name} ${status} ${severity} ${message}`);
const inHub = () =>
  calls.map(({ action, input }) => {
    const [one] = (input['Findings'] ?? [{}]) as readonly JsonObject[];
    const workflow = (input['Workflow'] ?? one?.['Workflow']) as JsonObject;
    return `${action.replace('securityhub:Batch', '')} ${one?.['RecordState'] ?? '-'} ${workflow['Status']}`;
  });

describe('what becomes of a finding here is told where it was sent', () => {
  test('a new revision, an end, that it is back, and that it is taken back: each once and in order', async () => {
    await decided(finding());
    await work();
    await decided(finding({ message: 'second', severity: 'Low' }));
    await work();
    now += minute;
    await live('resolved');
    await work();
    await work();
    now += minute;
    await live('reopened');
    await work();
    now += minute;
    await retract();
    for (let n = 0; n < 3; n++) await work();
    expect(collected()).toEqual([
      'Create New High first',
      'Update New Low second',
      'Close Resolved Low second',
      'Update New Low second',
      'Close Deleted Low second',
    ]);
    expect(inHub()).toEqual([
      'ImportFindings ACTIVE NEW',
      'ImportFindings ACTIVE NEW',
      'ImportFindings ARCHIVED RESOLVED',
      'UpdateFindings - RESOLVED',
      'ImportFindings ACTIVE NEW',
      'UpdateFindings - NEW',
      'ImportFindings ARCHIVED RESOLVED',
      'UpdateFindings - RESOLVED',
    ]);
    const imports = calls.flatMap(({ input }) => (input['Findings'] ?? []) as readonly JsonObject[]);
    expect(new Set(imports.map((one) => one['Id'])).size).toBe(1);
    const times = imports.map((one) => String(one['UpdatedAt']));
    expect([...new Set(times)].sort()).toEqual(times);
    expect(imports[1]).toMatchObject({ FindingProviderFields: { Severity: { Label: 'LOW' } } });
    expect(calls.find(({ action }) => action.endsWith('UpdateFindings'))?.session?.policy).toMatchObject({
      Statement: [{ Action: 'securityhub:BatchUpdateFindings', Resource: 'arn:aws:securityhub:us-east-1:111122223333:hub/default' }],
    });
  });

  test('what was accepted here is suppressed there', async () => {
    await decided(finding());
    await work();
    await live('suppressed');
    await work();
    expect(collected().at(-1)).toBe('Update Suppressed High first');
    expect(inHub().at(-1)).toBe('UpdateFindings - SUPPRESSED');
  });

  test('what people there made of a finding that goes on is left as it is', async () => {
    await decided(finding());
    await work();
    await live('acknowledged');
    await work();
    expect(inHub()).toEqual(['ImportFindings ACTIVE NEW', 'ImportFindings ACTIVE NOTIFIED']);
  });

  test('what never arrived there is not ended there', async () => {
    collector.behave(() => ({ status: 400 }));
    await decided(finding());
    await work();
    await live('resolved');
    await work();
    await work();
    expect(collector.requests).toHaveLength(1);
  });

  test('while it does not answer, nothing overtakes, and the last word arrives', async () => {
    await decided(finding());
    await work();
    collector.behave(() => ({ status: 503 }));
    await decided(finding({ message: 'second' }));
    await work();
    await live('resolved');
    for (let n = 0; n < 3; n++) await work();
    collector.behave(() => ({ status: 200 }));
    for (let n = 0; n < 90; n++) await work();
    const arrived = collected();
    expect([arrived[0], arrived.at(-1)]).toEqual(['Create New High first', 'Close Resolved High second']);
    // Nothing after the end, however often it was looked.
    expect(arrived.filter((line) => line.startsWith('Close')).length).toBeGreaterThan(0);
    const queued = await store.within(tenant, (tx) => tx.items.list({ kind: 'notification', limit: 99 }));
    expect(queued.filter(({ state }) => state === 'sent')).toHaveLength(queued.length);
    const sent = collector.requests.length;
    await work();
    expect(collector.requests).toHaveLength(sent);
  });

  test('a worker that dies over it is followed by another, with the same id', async () => {
    await decided(finding());
    await work();
    collector.behave(() => 'hang');
    await live('resolved');
    void work('dead').catch(() => {});
    await expect.poll(() => collector.requests.length).toBe(2);
    collector.behave(() => ({ status: 200 }));
    now += leaseMs;
    await work('w2');
    const ids = collector.requests.slice(1).map(({ headers }) => headers['webhook-id']);
    expect(ids.length).toBe(2);
    expect(new Set(ids).size).toBe(1);
    now += minute;
    await work('w2');
    expect(collector.requests).toHaveLength(3);
  });
});
