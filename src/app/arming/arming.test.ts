import { beforeEach, describe, expect, test } from 'vitest';
import { containAccessKey } from '../../../content/playbooks/aws/iam/contain-access-key.ts';
import { memoryLedger, memorySignIns } from '../../../tools/console-memory.ts';
import type { DoctorCheck } from '../../core/model/doctor.ts';
import type { Action } from '../../core/model/plan.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { setArmed } from '../console/armed.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { keepReport } from '../doctor/doctor-report.ts';
import { isArmed } from '../settings.ts';
import { readShadow } from './read-shadow.ts';
import { signShadow } from './sign-shadow.ts';

const day = 86_400_000;
const minute = 60_000;
const tenant = 'default';
const account = '111122223333';
const other = '444455556666';
const playbook = containAccessKey.id;
const start = Date.UTC(2026, 0, 1);

let now: number;
let store: ReturnType<typeof memoryStore>;
let deps: ConsoleDeps;
beforeEach(async () => {
  now = start;
  store = memoryStore();
  deps = {
    tenant,
    store,
    ledger: memoryLedger(() => []),
    clock: { now: () => now },
    signIns: memorySignIns(),
    playbooks: [containAccessKey],
  };
  await watch(account);
});

function watch(which: string): Promise<void> {
  return store.within(tenant, (tx) => tx.settings.set(`watched/${which}`, { since: now }, now, 'automation'));
}

function examined(state: DoctorCheck['state'] = 'good'): Promise<void> {
  return store.within(tenant, (tx) =>
    keepReport(tx, { format: 'jobzero.doctor/1', at: now, checks: [{ id: 'role-actor', state, says: '', fix: '' }] }),
  );
}

async function pass(milliseconds: number): Promise<void> {
  now += milliseconds;
}

/** A rehearsal of the playbook. */
async function rehearse(n: number, where = account, as = playbook): Promise<void> {
  const action: Action = {
    id: String(n).padStart(32, '0'),
    tenant,
    finding: String(n).padStart(32, 'f'),
    revision: 'a'.repeat(64),
    playbook: as,
    playbookVersion: containAccessKey.version,
    target: {
      account: where,
      region: 'us-east-1',
      uid: `arn:aws:iam::${where}:user/u${n}`,
      params: { userName: `u${n}`, accessKeyId: `AKIAEXAMPLEEXAMPLE0${n}` },
    },
    state: 'dry-run',
    by: 'automation',
    plannedAt: now,
    finishedAt: now,
    reason: '',
  };
  await store.within(tenant, (tx) => tx.actions.plan(action));
}

/** Everything that arming wants: days of shadow, a signed list, a jobzero that is well. */
async function ready(): Promise<void> {
  await rehearse(1);
  now += 8 * day;
  await signShadow(deps, 'alice', playbook, account, (await readShadow(deps, playbook, account)).list);
  await examined();
}

const arm = (where = account) => setArmed(deps, 'alice', playbook, where, true);
const armed = (where = account) => store.within(tenant, (tx) => isArmed(tx, playbook, where));

describe('arming', () => {
  test('after the days of shadow, with the list signed, while jobzero is well', async () => {
    await ready();
    await arm();
    expect(await armed()).toBe(true);
    expect(await armed(other)).toBe(false);
    const { signature, missing, would } = await readShadow(deps, playbook, account);
    expect(missing).toEqual([]);
    expect(would.map(({ blastRadius }) => blastRadius)).toEqual([expect.stringContaining('u1')]);
    const leaf = store.entries(tenant).find(({ subject }) => subject === `shadow/${playbook}/${account}`);
    expect(leaf?.data).toMatchObject({ list: signature?.list, actions: 1 });
    expect(JSON.stringify(leaf)).not.toContain('alice');
    expect(JSON.parse((await store.within(tenant, (tx) => tx.documents.get(signature?.list ?? ''))) ?? 'null')).toMatchObject({
      playbook,
      account,
      actions: [{ account }],
    });
  });

  test.each<[string, () => Promise<void>, RegExp]>([
    [
      'jobzero never examined itself',
      async () => void (await store.within(tenant, (tx) => tx.settings.set('doctor', null, now, 'x'))),
      /has not examined itself yet/,
    ],
    ['it did long ago', () => pass(21 * minute), /for 20 minutes/],
    ['one of its parts is bad', () => examined('bad'), /not well \(role-actor\)/],
    ['one of its parts cannot be told', () => examined('unknown'), /not well \(role-actor\)/],
    ['it would have done one thing more since', () => rehearse(2), /since the list was signed/],
    [
      'the list was signed long ago',
      async () => {
        now += 31 * day;
        await examined();
      },
      /more than 30 days ago/,
    ],
  ])('not when %s', async (_name, spoil, says) => {
    await ready();
    await spoil();
    await expect(arm()).rejects.toThrow(says);
    expect(await armed()).toBe(false);
  });

  test('what needs nothing of the part that is bad counts as well', async () => {
    await ready();
    await examined('not-needed');
    await arm();
    expect(await armed()).toBe(true);
  });

  test('not before the days of shadow, which tolerance names', async () => {
    await signShadow(deps, 'alice', playbook, account, (await readShadow(deps, playbook, account)).list);
    await examined();
    await expect(arm()).rejects.toThrow('0 of 7 days of shadow');
    await store.within(tenant, (tx) => tx.settings.set('tolerance', 'shadowDays: 0', now, 'tolerance.yml'));
    await arm();
    expect(await armed()).toBe(true);
  });

  test('not without a signature, nor with one of another account', async () => {
    await rehearse(1);
    now += 8 * day;
    await examined();
    await signShadow(deps, 'alice', playbook, other, (await readShadow(deps, playbook, other)).list);
    await expect(arm()).rejects.toThrow('Nobody has signed');
  });

  test('what is signed is what was looked at', async () => {
    await rehearse(1);
    const { list } = await readShadow(deps, playbook, account);
    await rehearse(2);
    await expect(signShadow(deps, 'alice', playbook, account, list)).rejects.toThrow('another one than that');
    await rehearse(3, other);
    await rehearse(4, account, 'aws.iam.another');
    expect((await readShadow(deps, playbook, account)).would).toHaveLength(2);
  });

  test('disarming is always possible', async () => {
    await ready();
    await arm();
    await examined('bad');
    await setArmed(deps, 'bob', playbook, account, false);
    expect(await armed()).toBe(false);
  });

  test('armed everywhere, an account that joins is watched first, and armed when everywhere is armed once more', async () => {
    await rehearse(1);
    now += 8 * day;
    await signShadow(deps, 'alice', playbook, '*', (await readShadow(deps, playbook, '*')).list);
    await examined();
    await arm('*');
    expect(await armed()).toBe(true);
    await watch(other);
    expect(await armed(other)).toBe(false);
    now += 7 * day;
    // What it would have done there was in no list that was signed.
    expect(await armed(other)).toBe(false);
    await examined();
    await arm('*');
    expect(await armed(other)).toBe(true);
    await setArmed(deps, 'bob', playbook, other, false);
    expect(await armed(other)).toBe(false);
  });
});
