import { expect, test } from 'vitest';
import { playbooks, rules } from '../../../content/index.ts';
import { silenceFinding } from '../../core/collect/arrivals/silence.ts';
import { CloudError } from '../../core/model/errors.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import type { Tx } from '../../core/ports/store.ts';
import { readHealth } from './read-health.ts';
import { noteRole } from './role-state.ts';

const tenant = 'default';
const now = Date.UTC(2026, 0, 15, 9);
const account = '111122223333';
const playbook = 'aws.cloudtrail.restart-trail';

async function world() {
  const store = memoryStore();
  const deps = { store, tenant, clock: { now: () => now }, playbooks: await playbooks(), rules };
  const within = <T>(work: (tx: Tx) => Promise<T>) => store.within(tenant, work);
  await within(async (tx) => {
    await tx.settings.set(`snapshot/${account}`, { takenAt: now - 60_000, unread: [] }, now, 'automation');
    await tx.deliveries.putArrivals([
      { source: 'aws.cloudtrail', account, region: 'us-east-1', day: now - (now % 86_400_000), state: { last: now, hours: 1, sample: [] } },
    ]);
    await tx.settings.set(`watched/${account}`, { since: now - 8 * 86_400_000 }, now, 'automation');
    await tx.settings.set(`armed/${playbook}/*`, { armed: true, signedBy: 'alice', shadowDays: 7 }, now, 'alice');
  });
  return {
    within,
    async cell(source: string, which: string | null = playbook) {
      const { accounts } = await readHealth(deps, account);
      const { state, reason } = accounts[0]?.playbooks.find((one) => one.source === source && one.playbook === which) ?? {};
      return [state, reason];
    },
    all: (of: string | null = null) => readHealth(deps, of),
  };
}

test('each source and playbook of an account, by what is stored', async () => {
  const w = await world();
  expect(await w.cell('aws.cloudtrail')).toEqual(['working', '']);
  expect(await w.cell('aws.cognito', null)).toEqual(['blind', 'nothing comes from it']);
  expect(await w.cell('settings', 'aws.s3.block-public-access')).toEqual(['disarmed', 'not armed']);

  await w.within((tx) => tx.settings.set(`watched/${account}`, { since: now - 60_000 }, now, 'automation'));
  expect(await w.cell('aws.cloudtrail')).toEqual(['disarmed', 'not armed']);
  await w.within((tx) => tx.settings.set(`armed/${playbook}/${account}`, { armed: true }, now, 'alice'));
  await w.within((tx) => noteRole(tx, account, 'actor', new CloudError('denied', 'AccessDenied', 'sts:GetCallerIdentity', 'no'), now));
  expect(await w.cell('aws.cloudtrail')).toEqual(['disarmed', 'the role that acts is denied (AccessDenied)']);

  await w.within((tx) => tx.settings.set('stop', { on: true, by: 'alice', reason: '' }, now, 'alice'));
  expect(await w.cell('aws.cloudtrail')).toEqual(['disarmed', 'the stop button is pressed']);

  const silence = silenceFinding(
    tenant,
    { source: 'aws.cloudtrail', account, region: 'us-east-1' },
    { last: now - 86_400_000, usualHours: 1 },
  );
  await w.within((tx) => tx.findings.put(silence, now));
  expect(await w.cell('aws.cloudtrail')).toEqual(['blind', 'silent in us-east-1 since 2026-01-14T09:00:00.000Z']);
});

test('all accounts that are known, also those of which nothing comes; counts are of what is listed', async () => {
  const w = await world();
  await w.within((tx) => tx.settings.set('organisation', { accounts: ['444455556666'] }, now, 'automation'));
  const { accounts } = await w.all();
  expect(accounts.map(({ account: id }) => id)).toEqual([account, '444455556666']);
  for (const { counts, playbooks: all } of accounts) expect(counts.working + counts.blind + counts.disarmed).toBe(all.length);
  expect(accounts[1]?.counts).toMatchObject({ working: 0, disarmed: 0 });
  const covered = new Set(accounts[0]?.playbooks.map((one) => one.playbook));
  expect([...covered].filter((id) => id !== null).sort()).toEqual([...new Set((await playbooks()).map(({ id }) => id))].sort());
  expect((await w.all('999999999999')).accounts).toEqual([]);
});
