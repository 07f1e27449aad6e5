import { expect, test } from 'vitest';
import type { Json } from '../../core/model/json.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { type Reading, sourceReadings } from '../read-sources.ts';
import { checkSources } from './check-sources.ts';
import type { DoctorDeps } from './doctor-deps.ts';

const now = Date.UTC(2026, 0, 15, 12);
const hour = 3_600_000;
const refused = { read: false, kind: 'denied', code: 'AccessDenied', action: 'guardduty:ListDetectors' } as const;
const off = { read: false, kind: 'not-found', code: 'InvalidAccessException', action: 'securityhub:GetFindings' } as const;
const reading = (more: Partial<Reading>): Reading => ({
  source: 'guardduty',
  account: '111122223333',
  region: 'eu-west-1',
  readAt: now - hour,
  outcome: { read: true },
  ...more,
});

test.each<[string, readonly Reading[], string, RegExp]>([
  ['read', [reading({}), reading({ region: 'us-east-1' })], 'good', /GuardDuty was read in 2 places, last at 2026-01-15T11:00Z/],
  ['never looked at', [], 'not-needed', /not looked at yet/],
  ['switched off', [reading({ readAt: null, outcome: off })], 'not-needed', /not switched on/],
  ['switched off in one of its editions', [reading({}), reading({ readAt: null, outcome: off })], 'good', /in 1 place/],
  [
    'refused in one place',
    [reading({}), reading({ region: 'us-east-1', readAt: null, outcome: refused })],
    'warning',
    /guardduty:ListDetectors was refused.*us-east-1/,
  ],
  ['refused everywhere', [reading({ readAt: null, outcome: refused })], 'warning', /was refused/],
  [
    'read before, and not any more',
    [reading({ readAt: now - 7 * hour, outcome: refused })],
    'bad',
    /read last at 2026-01-15T05:00Z.*refused/,
  ],
])('%s', async (_, readings, state, says) => {
  const store = memoryStore();
  await store.within('default', async (tx) => {
    for (const [i, doc] of readings.entries())
      await tx.items.add({ kind: sourceReadings, id: String(i), state: 'read', dueAt: null, at: now, doc: doc as unknown as Json });
  });
  const checks = await checkSources({ store, tenant: 'default', clock: { now: () => now } } as unknown as DoctorDeps);
  expect(checks).toHaveLength(7);
  expect(checks.find(({ id }) => id === 'source-guardduty')).toMatchObject({ state, says: expect.stringMatching(says) });
});
