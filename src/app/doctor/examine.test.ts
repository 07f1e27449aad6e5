import { generateKeyPairSync, sign } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { containAccessKey } from '../../../content/playbooks/aws/iam/contain-access-key.ts';
import { memorySignIns } from '../../../tools/console-memory.ts';
import { checkpointBody, checkpointNote, type NoteKey, verifierKey } from '../../core/lib/checkpoint.ts';
import { type DoctorCheck, isWell } from '../../core/model/doctor.ts';
import { CloudError } from '../../core/model/errors.ts';
import type { Cloud, CloudCall } from '../../core/ports/cloud.ts';
import type { Ledger } from '../../core/ports/ledger.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { openRange } from '../../range/open-range.ts';
import { openFault } from '../notify/automation-fault.ts';
import { addPasskey } from '../passkeys/passkey.ts';
import type { DoctorDeps } from './doctor-deps.ts';
import { keepReport, lastReport, troublesIn } from './doctor-report.ts';
import { examine } from './examine.ts';

const tenant = 'default';
const now = Date.UTC(2026, 0, 15, 9);
const minute = 60_000;
const origin = 'jobzero/default';

const pair = generateKeyPairSync('ed25519');
const key: NoteKey = { name: origin, publicKey: pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32) };
const noteOf = (size: number, root: string, by = pair.privateKey) => {
  const body = checkpointBody({ origin, size, root: Buffer.alloc(32, root).toString('base64') });
  return checkpointNote(body, key, sign(null, Buffer.from(body), by));
};
/** A ledger of three checkpoints. */
const ledger: Ledger = {
  verifierKey: verifierKey(key),
  sequence: async () => null,
  latest: async () => ({ origin, size: 30, root: Buffer.alloc(32, 'c').toString('base64'), note: noteOf(30, 'c') }),
  entries: async () => [],
  checkpoints: async (after, limit) =>
    [
      { size: 10, note: noteOf(10, 'a') },
      { size: 20, note: noteOf(20, 'b') },
      { size: 30, note: noteOf(30, 'c') },
    ]
      .filter(({ size }) => size > after)
      .slice(0, limit),
  verify: async () => {
    throw new Error('not part of these tests');
  },
};

let store: ReturnType<typeof memoryStore>;
let deps: DoctorDeps;
beforeEach(async () => {
  store = memoryStore();
  const range = openRange({ seed: 'doctor', start: now, now: () => now });
  deps = {
    tenant,
    store,
    ledger,
    clock: { now: () => now },
    signIns: memorySignIns(),
    cloud: range.cloud,
    simulated: false,
    oneRole: false,
    playbooks: [containAccessKey],
    reads: ['iam:ListUsers', 's3:ListAllMyBuckets'],
    queues: [],
    lists: async () => [],
    heartbeat: async () => ({ url: 'https://beat.example.com/1', method: 'GET', everyMs: minute, fallback: [] }),
    witness: { name: '/mnt/elsewhere', keep: async () => {}, latest: async () => noteOf(30, 'c'), close: () => {} },
    keyFault: async () => null,
  };
  await store.within(tenant, async (tx) => {
    for (const { id } of await range.cloud.accounts())
      await tx.settings.set(`snapshot/${id}`, { takenAt: now - minute }, now, 'automation');
    const today = now - (now % 86_400_000);
    const state = { last: now - minute, hours: 1 << 8, sample: [] };
    await tx.deliveries.putArrivals([{ source: 'aws.cloudtrail', account: '111122223333', region: 'us-east-1', day: today, state }]);
  });
});

async function checks(more: Partial<DoctorDeps> = {}): Promise<ReadonlyMap<string, DoctorCheck>> {
  return new Map((await examine({ ...deps, ...more })).checks.map((check) => [check.id, check]));
}

/** The range's cloud, but these calls end otherwise. */
function cloudBut(change: (call: CloudCall) => unknown): Cloud {
  return {
    ...deps.cloud,
    call: async (call) => {
      const other = change(call);
      if (other instanceof Error) throw other;
      return other === undefined ? deps.cloud.call(call) : (other as never);
    },
  };
}

describe('jobzero examines itself', () => {
  test('where everything is there, it is well, and every part was looked at', async () => {
    const report = await examine(deps);
    expect(report.checks.filter(({ state, id }) => state !== 'good' && !/^(queues|source-)/.test(id))).toEqual([]);
    expect(isWell(report)).toBe(true);
    expect(report.checks.map(({ id }) => id).sort()).toEqual([
      'feed-inventory',
      'feed-lists',
      'feed-logs',
      'ledger',
      'ledger-key',
      'outside-checkpoint',
      'outside-heartbeat',
      'passkeys',
      'permissions-actor',
      'permissions-reader',
      'permissions-undoer',
      'queues',
      'role-actor',
      'role-reader',
      'role-undoer',
      'roles-apart',
      'sign-in',
      'source-access-analyzer',
      'source-config',
      'source-guardduty',
      'source-health',
      'source-inspector',
      'source-macie',
      'source-security-hub',
      'work',
    ]);
  });

  test('who is called or asked and has no passkey is named; where tolerance requires one, that is no good', async () => {
    const set = (name: string, text: string) => store.within(tenant, (tx) => tx.settings.set(name, text, now, 'owner'));
    const people = 'people: { dana: ["arn:aws:iam::*:user/dana"] }\n';
    await set('oncall', 'zone: Europe/Berlin\nengineer:\n  - { name: weeks, people: [kim], from: 2026-01-05 09:00, turn: 1w }\n');
    await set('tolerance', people);
    expect((await checks()).get('passkeys')).toMatchObject({
      state: 'good',
      says: expect.stringContaining('Without a passkey: dana, kim.'),
    });
    await set('tolerance', `${people}stepUp: required\n`);
    expect((await checks()).get('passkeys')).toMatchObject({ state: 'bad', says: expect.stringContaining('dana, kim') });
    const key = { id: 'a', publicKey: '', counter: 0, transports: [] };
    const kims = { id: 'k', who: 'kim', name: 'laptop', site: 'localhost', scope: 'all', key, registeredAt: now, usedAt: null } as const;
    await store.within(tenant, (tx) => addPasskey(tx, kims, now));
    expect((await checks()).get('passkeys')).toMatchObject({ state: 'good', says: expect.stringContaining('Without a passkey: dana.') });
  });

  test('a role that cannot be taken is named with its account and what AWS says', async () => {
    const denied = new CloudError('denied', 'AccessDenied', 'sts:AssumeRole', 'sts:AssumeRole: not authorized');
    const found = await checks({
      cloud: cloudBut(({ role, account }) => (role === 'undoer' && account === '111122223333' ? denied : undefined)),
    });
    expect(found.get('role-undoer')).toMatchObject({
      state: 'bad',
      says: expect.stringMatching(/111122223333: sts:AssumeRole: not authorized/),
    });
    expect(found.get('role-actor')?.state).toBe('good');
  });

  test('one principal for two roles is bad, unless one stands for all', async () => {
    const same = cloudBut(({ role }) => (role === 'reader' ? undefined : { Arn: 'arn:aws:sts::111122223333:assumed-role/both/x' }));
    expect((await checks({ cloud: same })).get('roles-apart')?.state).toBe('bad');
    expect((await checks({ cloud: same, oneRole: true })).get('roles-apart')?.state).toBe('not-needed');
  });

  test.each<[string, string, () => Partial<DoctorDeps>, RegExp]>([
    ['outside-heartbeat', 'no heartbeat', () => ({ heartbeat: async () => null }), /Nobody outside hears/],
    ['outside-checkpoint', 'no place outside', () => ({ witness: null }), /beside its database only/],
    ['outside-checkpoint', 'nothing there yet', () => ({ witness: witness(null) }), /no checkpoint yet/],
    ['outside-checkpoint', 'a root that the ledger never had', () => ({ witness: witness(noteOf(20, 'x')) }), /not one of this ledger/],
    ['outside-checkpoint', 'a size that the ledger never had', () => ({ witness: witness(noteOf(25, 'b')) }), /not one of this ledger/],
    [
      'outside-checkpoint',
      'the signature of another key',
      () => ({ witness: witness(noteOf(20, 'b', generateKeyPairSync('ed25519').privateKey)) }),
      /not one of this ledger/,
    ],
    ['outside-checkpoint', 'an old one', () => ({ witness: witness(noteOf(20, 'b')) }), /no new checkpoint/],
    ['ledger-key', 'others can read the key', () => ({ keyFault: async () => 'Others may open it.' }), /Others/],
    ['ledger', 'no checkpoint', () => ({ ledger: { ...ledger, latest: async () => null } }), /no checkpoint yet/],
    ['sign-in', 'links that can be spent twice', () => ({ signIns: { ...memorySignIns(), spend: async () => true } }), /signs in twice/],
  ])('%s is bad: %s', async (id, _what, more, says) => {
    expect((await checks(more())).get(id)).toMatchObject({
      state: 'bad',
      says: expect.stringMatching(says),
      fix: expect.stringMatching(/./),
    });
  });

  const witness = (note: string | null) => ({ name: '/mnt/elsewhere', keep: async () => {}, latest: async () => note, close: () => {} });

  test('an old checkpoint that is being renewed is good', async () => {
    await store.within(tenant, (tx) => tx.settings.set('witness', 20, now - 5 * minute, 'automation'));
    expect((await checks({ witness: witness(noteOf(20, 'b')) })).get('outside-checkpoint')?.state).toBe('good');
  });

  test('a heartbeat that fails, an inventory of yesterday, an action that nobody takes', async () => {
    await store.within(tenant, async (tx) => {
      await openFault(tx, { what: 'heartbeat', name: 'heartbeat', reason: 'refused' }, [], now);
      await tx.settings.set('snapshot/111122223333', { takenAt: now - 24 * 60 * minute }, now, 'automation');
      await tx.actions.plan({
        id: 'a'.repeat(32),
        tenant,
        finding: 'f'.repeat(32),
        revision: 'r',
        playbook: 'p',
        playbookVersion: 1,
        target: { account: '111122223333', region: 'us-east-1', uid: 'u', params: {} },
        state: 'planned',
        by: 'automation',
        plannedAt: now - 11 * minute,
        finishedAt: null,
        reason: '',
      });
    });
    const found = await checks();
    expect(found.get('outside-heartbeat')?.state).toBe('bad');
    expect(found.get('feed-inventory')).toMatchObject({ state: 'bad', says: expect.stringContaining('111122223333') });
    expect(found.get('work')).toMatchObject({ state: 'bad', says: expect.stringContaining('1 actions') });
  });

  test('nothing outside is needed for the simulated organisation', async () => {
    const found = await checks({ simulated: true, witness: null, heartbeat: async () => null });
    expect([found.get('outside-heartbeat')?.state, found.get('outside-checkpoint')?.state]).toEqual(['not-needed', 'not-needed']);
  });

  test('a part that cannot be examined is unknown, which is no pass, and the others are examined', async () => {
    const report = await examine({ ...deps, witness: { ...witness(null), latest: async () => Promise.reject(new Error('no such disk')) } });
    expect(report.checks.find(({ id }) => id === 'outside')).toMatchObject({
      state: 'unknown',
      says: expect.stringContaining('no such disk'),
    });
    expect(report.checks.find(({ id }) => id === 'sign-in')?.state).toBe('good');
    expect(isWell(report)).toBe(false);
  });

  test('the ledger hears when health turns, and not again and again', async () => {
    const good = await examine(deps);
    const bad = await examine({ ...deps, witness: null });
    for (const report of [good, good, bad, bad, good]) await store.within(tenant, (tx) => keepReport(tx, report));
    const leaves = store.entries(tenant).filter(({ subject }) => subject === 'doctor');
    expect(leaves.map(({ data }) => data)).toEqual([
      { well: true, wrong: [] },
      { well: false, wrong: ['outside-checkpoint'] },
      { well: true, wrong: [] },
    ]);
    expect(troublesIn(await store.within(tenant, lastReport), now)).toEqual([]);
  });
});
