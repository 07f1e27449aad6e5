import { beforeEach, describe, expect, test } from 'vitest';
import { findingUnderTest } from '../core/lib/finding-under-test.ts';
import { CloudError } from '../core/model/errors.ts';
import type { Finding } from '../core/model/finding.ts';
import type { Json } from '../core/model/json.ts';
import type { Cloud, CloudCall } from '../core/ports/cloud.ts';
import { memoryStore } from '../core/ports/store.memory.ts';
import { followSignals, type SignalDeps } from './follow-signals.ts';

const tenant = 'default';
const account = '111122223333';
const minute = 60_000;
const start = Date.UTC(2026, 0, 15, 9);
const action = 'a'.repeat(32);

let now: number;
let store: ReturnType<typeof memoryStore>;
let calls: CloudCall[];
let deps: SignalDeps;
beforeEach(async () => {
  now = start;
  store = memoryStore();
  calls = [];
  deps = { tenant, store, clock: { now: () => now }, cloud: cloudWith() };
  await tolerance('signals: [{ alarms: ["checkout-*"], minutes: 15 }]');
});

const tolerance = (text: string) => store.within(tenant, (tx) => tx.settings.set('tolerance', text, now, 'tolerance.yml'));

/** A cloud in which these alarms ring since a time, in milliseconds since 1970. */
function cloudWith(alarms: { readonly [name: string]: number } = {}, composite: { readonly [name: string]: number } = {}): Cloud {
  const listed = (all: { readonly [name: string]: number }): Json =>
    Object.entries(all).map(([AlarmName, since]) => ({
      AlarmName,
      StateValue: 'ALARM',
      StateTransitionedTimestamp: new Date(since).toISOString(),
    }));
  return {
    call: async (call: CloudCall) => {
      calls.push(call);
      return { MetricAlarms: listed(alarms), CompositeAlarms: listed(composite) };
    },
  } as unknown as Cloud;
}

/** An action that was verified a minute after the start, for a finding of this kind. */
async function acted(kind: Finding['kind'], state: 'verified' | 'dry-run' = 'verified'): Promise<void> {
  const finding = findingUnderTest({ tenant, id: 'f'.repeat(32), kind, account, region: 'eu-central-1' });
  await store.within(tenant, async (tx) => {
    await tx.findings.put(finding, start);
    await tx.actions.plan({
      id: action,
      tenant,
      finding: finding.id,
      revision: finding.revision,
      playbook: 'aws.example.close',
      playbookVersion: 1,
      target: { account, region: 'eu-central-1', uid: 'u', params: {} },
      state,
      by: 'automation',
      plannedAt: start,
      finishedAt: start + minute,
      reason: '',
    });
  });
  now = start + 5 * minute;
}

const asked = () => store.within(tenant, (tx) => tx.settings.get(`undo-request/${action}`));
const fault = () => store.within(tenant, (tx) => tx.items.get('automation-fault', `signal/aws.example.close/${account}`));

describe('an alarm after an action', () => {
  test('has what mended a weakness taken back, once, and is a fault of the automation', async () => {
    await acted('compliance');
    deps = {
      ...deps,
      cloud: cloudWith({ 'checkout-errors': start + 2 * minute, other: start + 2 * minute }, { 'checkout-all': start + 3 * minute }),
    };
    expect(await followSignals(deps)).toEqual([{ action, alarms: ['checkout-all', 'checkout-errors'], takenBack: true }]);
    expect(await asked()).toMatchObject({ by: 'automation', persons: ['automation'], overwrite: false });
    expect(await fault()).toMatchObject({
      state: 'open',
      doc: { reason: expect.stringContaining('checkout-all, checkout-errors went off') },
    });
    expect(calls).toMatchObject([{ account, region: 'eu-central-1', action: 'cloudwatch:DescribeAlarms', role: 'reader' }]);
    expect(await followSignals(deps)).toEqual([]);
    expect(store.entries(tenant).filter(({ type }) => type === 'undo')).toHaveLength(1);
    now += 25 * 60 * minute;
    await followSignals(deps);
    expect((await fault())?.state).toBe('closed');
  });

  test('does not take back what contains an open attack: who attacks may ring it', async () => {
    await acted('detection');
    deps = { ...deps, cloud: cloudWith({ 'checkout-errors': start + 2 * minute }) };
    expect(await followSignals(deps)).toEqual([{ action, alarms: ['checkout-errors'], takenBack: false }]);
    expect(await asked()).toBeNull();
    expect((await fault())?.state).toBe('open');
  });

  test.each<[string, { readonly [name: string]: number }]>([
    ['that rang before the action', { 'checkout-errors': start - 1 }],
    ['that rang when the time was over', { 'checkout-errors': start + 16 * minute + 1 }],
    ['of another name', { 'payments-errors': start + 2 * minute }],
  ])('%s says nothing', async (_what, alarms) => {
    await acted('compliance');
    now = start + 16 * minute;
    deps = { ...deps, cloud: cloudWith(alarms) };
    expect(await followSignals(deps)).toEqual([]);
    expect(await asked()).toBeNull();
  });

  test.each<[string, () => Promise<void>]>([
    ['when the tolerance names none', () => tolerance('')],
    ['in another account', () => tolerance('signals: [{ alarms: ["*"], account: "444455556666" }]')],
    ['of an action that was only rehearsed', () => acted('compliance', 'dry-run')],
    [
      'of an action of long ago',
      async () => {
        await acted('compliance');
        now = start + 17 * minute;
      },
    ],
  ])('nothing is asked of AWS %s', async (what, prepare) => {
    if (!what.includes('action')) await acted('compliance');
    await prepare();
    deps = { ...deps, cloud: cloudWith({ 'checkout-errors': start + 2 * minute }) };
    expect(await followSignals(deps)).toEqual([]);
    expect(calls).toEqual([]);
  });

  test('alarms that cannot be read take nothing back', async () => {
    await acted('compliance');
    const denied = new CloudError('denied', 'AccessDenied', 'cloudwatch:DescribeAlarms', 'not authorized');
    deps = { ...deps, cloud: { call: async () => Promise.reject(denied) } as unknown as Cloud };
    expect(await followSignals(deps)).toEqual([]);
    expect(await asked()).toBeNull();
  });
});
