import { expect, test } from 'vitest';
import { rules as ownRules } from '../../../content/index.ts';
import { silenceFinding } from '../../core/collect/arrivals/silence.ts';
import { findingUnderTest } from '../../core/lib/finding-under-test.ts';
import type { DoctorCheck } from '../../core/model/doctor.ts';
import { CloudError } from '../../core/model/errors.ts';
import type { Action, ActionState } from '../../core/model/plan.ts';
import type { Source } from '../../core/model/source.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import type { Tx } from '../../core/ports/store.ts';
import { keepReport } from '../doctor/doctor-report.ts';
import type { LoadedSource } from '../loaded-list.ts';
import { faultKind, faultOf } from '../notify/automation-fault.ts';
import { readChannels } from '../notify/read-channels.ts';
import { automationQueue } from './automation-queue.ts';
import { onCallSetting } from './on-call-settings.ts';
import { noteRole } from './role-state.ts';
import { ruleSources } from './rule-sources.ts';

const tenant = 'default';
const day = 86_400_000;
const start = Date.UTC(2026, 0, 15, 9);
const account = '111122223333';
const other = '444455556666';

function world() {
  const store = memoryStore();
  let now = start;
  let lists: readonly { readonly name: string; readonly sources: readonly LoadedSource[] }[] = [];
  const within = <T>(work: (tx: Tx) => Promise<T>) => store.within(tenant, work);
  const deps = {
    tenant,
    store,
    clock: { now: () => now },
    channels: async () =>
      readChannels('channels:\n  chat: { kind: slack, token: "file:t" }\npeople:\n  alice: { chat: U1 }\n', 'channels.yml'),
    lists: async () => lists,
    ruleSources: new Map<string, readonly Source[]>([
      ['aws.a', ['aws.cloudtrail']],
      ['aws.b', ['aws.vpc-flow']],
      ['aws.c', ['aws.vpc-flow', 'aws.cloudtrail']],
    ]),
  };
  return {
    within,
    deps,
    now: () => now,
    pass: (ms: number) => {
      now += ms;
    },
    lists: (next: typeof lists) => {
      lists = next;
    },
    arrived: (source: Source, from: string) =>
      within((tx) =>
        tx.deliveries.putArrivals([
          { source, account: from, region: 'us-east-1', day: start, state: { last: start, hours: 1, sample: [] } },
        ]),
      ),
    snapshot: (of: string) =>
      within((tx) => tx.settings.set(`snapshot/${of}`, { snapshot: 's', document: 'd', takenAt: now }, now, 'test')),
    armed: (playbook: string, where: string, armed = true) =>
      within((tx) => tx.settings.set(`armed/${playbook}/${where}`, { armed }, now, 'test')),
    action: (id: string, state: ActionState, finding: string) =>
      within(async (tx) => {
        const action = {
          id,
          tenant,
          finding,
          revision: 'r',
          playbook: 'aws.iam.contain-access-key',
          playbookVersion: 1,
          target: { account, region: 'us-east-1', uid: 'arn:aws:iam::111122223333:user/alice', params: {} },
          state,
          by: 'automation',
          plannedAt: now,
          finishedAt: now,
          reason: '',
        } satisfies Action;
        await tx.actions.plan(action);
      }),
    finding: (id: string) => within((tx) => tx.findings.put(findingUnderTest({ tenant, id, account, at: now }), now)),
    /** The faults that are open after a look. */
    async look(): Promise<readonly string[]> {
      await automationQueue(deps);
      return (await within((tx) => tx.items.list({ kind: faultKind, state: ['open'], limit: 100 }))).map(({ id }) => id).sort();
    },
    reason: async (id: string) =>
      ((await within((tx) => tx.items.get(faultKind, id)))?.doc as { readonly reason: string } | undefined)?.reason,
  };
}

test('nothing is wrong where nothing is known', async () => {
  expect(await world().look()).toEqual([]);
});

test('a playbook that did not hold is a fault until it does, or its finding is over', async () => {
  const w = world();
  await w.finding('f');
  await w.action('a1', 'unverified', 'f');
  const id = `playbook/aws.iam.contain-access-key/${account}`;
  expect(await w.look()).toEqual([id]);
  expect(await w.reason(id)).toBe(`1 of its actions in account ${account} were not seen to hold, the last is a1`);
  w.pass(1_000);
  await w.action('a2', 'verified', 'f');
  expect(await w.look()).toEqual([]);
  w.pass(1_000);
  await w.action('a3', 'failed', 'f');
  expect(await w.look()).toEqual([id]);
  await w.within((tx) => tx.findings.live('f', 'resolved', w.now(), 'alice', 'looked at'));
  expect(await w.look()).toEqual([]);
  const leaves = w.deps.store.entries(tenant).filter(({ type }) => type === 'fault');
  expect(leaves.map(({ data }) => data)).toEqual(['open', 'closed', 'open', 'closed'].map((state) => ({ what: 'playbook', state })));
});

test('a role that AWS denies is a fault where a playbook is armed, until it answers again', async () => {
  const w = world();
  await w.snapshot(account);
  const denied = new CloudError('denied', 'AccessDenied', 'sts:GetCallerIdentity', 'no');
  const note = (role: 'reader' | 'undoer', error: CloudError | null) => w.within((tx) => noteRole(tx, account, role, error, w.now()));
  await note('undoer', denied);
  await note('reader', new CloudError('throttled', 'Throttling', 'sts:GetCallerIdentity', 'later'));
  expect(await w.look()).toEqual([]);
  await w.armed('aws.iam.contain-access-key', '*');
  expect(await w.look()).toEqual([`role/${account}/undoer`]);
  expect(await w.reason(`role/${account}/undoer`)).toContain('AccessDenied');
  await note('undoer', null);
  await note('reader', denied);
  expect(await w.look()).toEqual([`role/${account}/reader`]);
});

test('what jobzero finds wrong with itself is a fault with the fix that it names', async () => {
  const w = world();
  const report = (state: DoctorCheck['state']) =>
    w.within((tx) =>
      keepReport(tx, {
        format: 'jobzero.doctor/1',
        at: w.now(),
        checks: [
          { id: 'outside-checkpoint', state, says: 'It lies here only.', fix: 'Name a place.' },
          { id: 'feed-logs', state, says: 'Silent.', fix: '' },
          { id: 'work', state: 'good', says: 'Good.', fix: '' },
        ],
      }),
    );
  await report('bad');
  expect(await w.look()).toEqual(['doctor/outside-checkpoint']);
  const item = await w.within((tx) => tx.items.get(faultKind, 'doctor/outside-checkpoint'));
  expect(item === null ? null : faultOf(item)).toMatchObject({ text: 'It lies here only. Name a place.', wakes: false });
  await report('good');
  expect(await w.look()).toEqual([]);
});

test('accounts that are known and were never read are not enrolled', async () => {
  const w = world();
  await w.snapshot(account);
  await w.within((tx) => tx.settings.set('organisation', { accounts: [account, other] }, start, 'test'));
  await w.arrived('aws.cloudtrail', '777788889999');
  await w.arrived('aws.cloudtrail', 'not an account');
  expect((await w.look()).filter((id) => id.startsWith('account/'))).toEqual([`account/${other}`, 'account/777788889999']);
  await w.snapshot(other);
  expect((await w.look()).filter((id) => id.startsWith('account/'))).toEqual(['account/777788889999']);
});

test('rules whose logs nobody delivers are silent', async () => {
  const w = world();
  await w.snapshot(account);
  await w.arrived('aws.cloudtrail', account);
  expect(await w.look()).toEqual(['rules/logs']);
  expect(await w.reason('rules/logs')).toBe('1 rules ask logs that no account delivers: VPC flow logs (1)');
  await w.arrived('aws.vpc-flow', account);
  expect(await w.look()).toEqual([]);
});

test('silent sources and stale lists are feeds that bring nothing', async () => {
  const w = world();
  const silence = silenceFinding(tenant, { source: 'aws.cloudtrail', account, region: 'us-east-1' }, { last: start - day, usualHours: 1 });
  await w.within((tx) => tx.findings.put(silence, start));
  const source: LoadedSource = {
    at: 'https://example.com/list',
    entries: 0,
    aside: [],
    checkedAt: null,
    stale: true,
    trouble: 'not fetched yet',
  };
  w.lists([
    { name: 'threat-addresses', sources: [source] },
    { name: 'trusted', sources: [{ ...source, stale: false, trouble: null }] },
  ]);
  expect(await w.look()).toEqual([`feed/list/threat-addresses`, `feed/log/aws.cloudtrail/${account}/us-east-1`]);
  await w.within((tx) => tx.findings.live(silence.id, 'resolved', start, 'automation', 'events come again'));
  w.lists([]);
  expect(await w.look()).toEqual([]);
});

test('dry runs that nobody has looked at for a week, until it is armed or disarmed', async () => {
  const w = world();
  await w.finding('f');
  await w.action('a1', 'dry-run', 'f');
  w.pass(7 * day - 1);
  expect(await w.look()).toEqual([]);
  w.pass(1);
  expect(await w.look()).toEqual([`dry-run/aws.iam.contain-access-key/${account}`]);
  await w.armed('aws.iam.contain-access-key', account, false);
  expect(await w.look()).toEqual([]);
});

test('people of the schedule whom no channel reaches', async () => {
  const w = world();
  const text = 'zone: UTC\nengineer:\n  - { people: [alice], from: 2026-01-05 09:00, turn: 1w }\nbackup: [bob]\n';
  await w.within((tx) => tx.settings.set(onCallSetting, text, start, 'test'));
  expect(await w.look()).toEqual(['unreached/bob']);
});

test('the logs that rules ask are known through correlations, too', async () => {
  const sources = ruleSources(await ownRules());
  expect([...sources.values()].filter((asked) => asked.length === 0)).toEqual([]);
  const rules = new Map((await ownRules()).map((rule) => [rule.id, rule]));
  const [correlation] = [...rules.values()].filter((rule) => rule.kind === 'correlation');
  const below = correlation?.kind === 'correlation' ? correlation.rules.flatMap((id) => sources.get(id) ?? []) : [];
  expect(below.length).toBeGreaterThan(0);
  expect(sources.get(correlation?.id ?? '')).toEqual(expect.arrayContaining([...new Set(below)]));
});
