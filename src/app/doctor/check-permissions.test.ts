import { beforeEach, describe, expect, test } from 'vitest';
import { restartTrail } from '../../../content/playbooks/aws/cloudtrail/restart-trail.ts';
import { containAccessKey } from '../../../content/playbooks/aws/iam/contain-access-key.ts';
import { actsWith } from '../../core/act/actions-of.ts';
import type { DoctorReport } from '../../core/model/doctor.ts';
import { CloudError } from '../../core/model/errors.ts';
import type { Cloud, CloudCall } from '../../core/ports/cloud.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { openRange } from '../../range/open-range.ts';
import { mayArm } from '../arming/may-arm.ts';
import { checkPermissions } from './check-permissions.ts';
import type { DoctorDeps } from './doctor-deps.ts';
import { keepReport } from './doctor-report.ts';

const tenant = 'default';
const production = '444455556666';
const minute = 60_000;
const key = 'iam:UpdateAccessKey';

let now: number;
let store: ReturnType<typeof memoryStore>;
let range: ReturnType<typeof openRange>;
let calls: CloudCall[];
beforeEach(async () => {
  now = Date.UTC(2026, 0, 15);
  store = memoryStore();
  range = openRange({ seed: 'permissions', start: now, now: () => now });
  calls = [];
  await store.within(tenant, (tx) => tx.settings.set(`armed/${containAccessKey.id}/${production}`, { armed: true }, now, 'owner'));
});

const depsOf = (change: (call: CloudCall) => unknown = () => undefined, more: Partial<DoctorDeps> = {}) => {
  const cloud: Cloud = {
    ...range.cloud,
    call: async (call) => {
      calls.push(call);
      const other = change(call);
      if (other instanceof Error) throw other;
      return other === undefined ? range.cloud.call(call) : (other as never);
    },
  };
  const reads = ['iam:ListUsers', 's3:ListAllMyBuckets'];
  return {
    tenant,
    store,
    cloud,
    clock: { now: () => now },
    oneRole: false,
    playbooks: [containAccessKey, restartTrail],
    reads,
    ...more,
  } as DoctorDeps;
};

/** Examined until every role of every account was asked about. */
async function checks(change?: (call: CloudCall) => unknown, more?: Partial<DoctorDeps>) {
  const deps = depsOf(change, more);
  await checkPermissions(deps);
  return new Map((await checkPermissions(deps)).map((check) => [check.id, check]));
}

/** The role in production may do this no more. */
function deny(role: 'JobzeroActor' | 'JobzeroUndoer' | 'JobzeroReader', Action: string): void {
  const policies = range.state.accounts[production]?.roles[role]?.inline;
  if (policies === undefined) throw new Error('no such role');
  (policies as Record<string, string>)['denied'] = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Action, Resource: '*' }],
  });
}

/** What was denied to the actor is allowed again. */
function allowAgain(): void {
  const policies = range.state.accounts[production]?.roles['JobzeroActor']?.inline as Record<string, string> | undefined;
  if (policies !== undefined) delete policies['denied'];
}

const arming = (playbook: string, account: string) =>
  store.within(tenant, async (tx) => (await mayArm(tx, [containAccessKey, restartTrail], playbook, account, now)).missing.join('\n'));

describe('what our roles may', () => {
  test('with the policies that we generate all is well, and what is well is not asked again for an hour', async () => {
    const found = await checks();
    expect([...found.values()].map(({ state }) => state)).toEqual(['good', 'good', 'good']);
    expect(found.get('permissions-actor')?.says).toContain('3 of 3 accounts');
    calls = [];
    await checkPermissions(depsOf());
    expect(calls).toEqual([]);
  });

  test('what an armed playbook lacks is bad for it alone, and hinders no other', async () => {
    deny('JobzeroActor', key);
    const check = (await checks()).get('permissions-actor');
    expect(check).toMatchObject({
      state: 'bad',
      for: 'playbooks',
      says: expect.stringContaining(`${containAccessKey.id} in account ${production} (${key})`),
    });
    const report: DoctorReport = { format: 'jobzero.doctor/1', at: now, checks: check === undefined ? [] : [check] };
    await store.within(tenant, (tx) => keepReport(tx, report));
    expect(await arming(containAccessKey.id, production)).toContain(`the role actor may not ${key}`);
    expect(await arming(containAccessKey.id, '*')).toContain(key);
    expect(await arming(containAccessKey.id, '777788889999')).not.toContain(key);
    expect(await arming(restartTrail.id, production)).not.toMatch(/not well|may not/);
  });

  test('of one that is not armed it warns, and keeps it from being armed', async () => {
    deny('JobzeroActor', 'cloudtrail:StartLogging');
    expect((await checks()).get('permissions-actor')).toMatchObject({ state: 'warning', says: expect.stringContaining(restartTrail.id) });
    expect(await arming(restartTrail.id, production)).toContain('cloudtrail:StartLogging');
  });

  test('the one who takes back is looked at, too, and the reader only warns', async () => {
    deny('JobzeroUndoer', key);
    deny('JobzeroReader', 's3:ListAllMyBuckets');
    const found = await checks();
    expect(found.get('permissions-undoer')).toMatchObject({ state: 'bad', says: expect.stringContaining(key) });
    expect(found.get('permissions-reader')).toMatchObject({ state: 'warning', says: expect.stringContaining('s3:ListAllMyBuckets') });
  });

  test('mended, it is well within minutes', async () => {
    deny('JobzeroActor', key);
    expect((await checks()).get('permissions-actor')?.state).toBe('bad');
    allowAgain();
    now += 2 * minute;
    expect((await checks()).get('permissions-actor')?.state).toBe('good');
  });

  test('where the simulator may not be asked, that is a warning and no fault of a playbook', async () => {
    const refused = new CloudError('denied', 'AccessDenied', 'iam:SimulatePrincipalPolicy', 'not allowed');
    const found = await checks(({ action }) => (action === 'iam:SimulatePrincipalPolicy' ? refused : undefined));
    expect(found.get('permissions-actor')).toMatchObject({ state: 'warning', says: expect.stringContaining('not allowed') });
  });

  test('actions that it does not take together are asked in parts, and questions are bounded', async () => {
    const apart = new CloudError('invalid', 'InvalidInput', 'iam:SimulatePrincipalPolicy', 'different authorization information');
    const together = ({ action, input }: CloudCall) => action === 'iam:SimulatePrincipalPolicy' && (input['ActionNames'] as []).length > 2;
    deny('JobzeroActor', key);
    expect(actsWith(containAccessKey).length).toBeGreaterThan(2);
    expect((await checks((call) => (together(call) ? apart : undefined))).get('permissions-actor')?.says).toContain(key);
    now += 2 * 60 * minute;
    calls = [];
    const reads = Array.from({ length: 300 }, (_, i) => `x:Read${i}`);
    const never = ({ action }: CloudCall) => (action === 'iam:SimulatePrincipalPolicy' ? apart : undefined);
    await checkPermissions(depsOf(never, { reads, playbooks: [] }));
    expect(calls.filter(({ action }) => action === 'iam:SimulatePrincipalPolicy').length).toBeLessThanOrEqual(6 * 16);
  });

  test('where one principal stands for all, nothing is asked', async () => {
    const found = await checks(undefined, { oneRole: true });
    expect([...found.values()].map(({ state }) => state)).toEqual(['not-needed', 'not-needed', 'not-needed']);
    expect(calls).toEqual([]);
  });
});
