import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { incidentsOf } from '../core/findings/incidents/incidents-of.ts';
import { findingUnderTest } from '../core/lib/finding-under-test.ts';
import type { Judgement } from '../core/model/decision.ts';
import type { Finding, FindingChange } from '../core/model/finding.ts';
import type { Severity } from '../core/model/severity.ts';
import { memoryStore } from '../core/ports/store.memory.ts';
import type { Store } from '../core/ports/store.ts';
import { openStore } from '../edge/postgres/open-store.ts';
import { type TestDatabase, testDatabase } from '../edge/postgres/testing.ts';
import { inHand, takeInHand } from './incident-in-hand.ts';
import { joinIncidents, joinStored } from './join-incidents.ts';

const hour = 3_600_000;
const start = Date.UTC(2026, 0, 15);

interface Told {
  readonly id: number;
  readonly at: number;
  readonly severity: Severity;
  readonly who: string;
  readonly ip: string;
}

function finding(tenant: string, { id, at, severity, who, ip }: Told): Finding {
  const time = start + at * hour;
  const [role, session] = who.split('/');
  const actor = {
    type: 'AssumedRole',
    uid: `arn:aws:sts::111122223333:assumed-role/${who}`,
    name: who,
    issuer: `arn:aws:iam::111122223333:role/${role}`,
    accessKeyId: `ASIAEXAMPLEEXAMPL${session ?? ''}XX`.toUpperCase(),
  };
  return findingUnderTest({
    tenant,
    id: String(id).padStart(32, '0'),
    rule: { id: `aws.x.r${id % 5}`, tactics: ['impact'] },
    severity,
    actor,
    at: time,
    evidence: [
      { key: String(id), id: String(id), time, rule: 'x', operation: '', service: '', account: '111122223333', region: '', ip, actor },
    ],
  });
}

const told = fc.record({
  id: fc.integer({ min: 0, max: 25 }),
  at: fc.integer({ min: 0, max: 150 }),
  severity: fc.constantFrom<Severity>('Low', 'Medium', 'High'),
  // Role `a` has more sessions than a role may have, and the one address more principals.
  who: fc.constantFrom(...[...'abcdefghij'].map((session) => `a/${session}`), 'b/k', 'c/l', 'd/m', 'e/n', 'f/o', 'g/p'),
  ip: fc.constantFrom('198.51.100.7', '203.0.113.9'),
});
/** What a batch raises, and what it takes back. */
const batch = fc.record({
  raises: fc.array(told, { maxLength: 6 }),
  retracts: fc.uniqueArray(fc.integer({ min: 0, max: 25 }), { maxLength: 2 }),
});

async function apply(
  store: Store,
  tenant: string,
  batches: readonly { readonly raises: readonly Told[]; readonly retracts: readonly number[] }[],
) {
  const standing = new Map<string, Finding>();
  for (const { raises, retracts } of batches) {
    await store.within(tenant, async (tx) => {
      const changes: FindingChange[] = [];
      for (const one of new Map(raises.map((item) => [item.id, item])).values()) {
        const raised = finding(tenant, one);
        if (await tx.findings.put(raised, 1)) changes.push({ type: 'raised', finding: raised, supersedes: null });
        standing.set(raised.id, raised);
      }
      for (const id of retracts.map((n) => String(n).padStart(32, '0'))) {
        if (raises.some((one) => one.id === Number(id)) || !(await tx.findings.retract(id, 1))) continue;
        changes.push({ type: 'retracted', id, revision: '' });
        standing.delete(id);
      }
      await joinIncidents(tx, changes, [], 1);
    });
  }
  return [...standing.values()];
}

let database: TestDatabase;
let postgres: Store;
const memory = memoryStore();
let n = 0;

beforeAll(async () => {
  database = await testDatabase();
  postgres = await openStore({ url: database.url });
});
afterAll(async () => {
  await postgres?.close();
  await database?.close();
});

describe.each([
  ['in memory', () => memory, 150],
  ['in PostgreSQL', () => postgres, 12],
] as const)('%s', (_, storeOf, numRuns) => {
  test('what is stored is what the set of findings gives, whatever the batches were, and no id leads astray', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 12 }), async (batches) => {
        const tenant = `join-${++n}`;
        const store = storeOf();
        const seen = new Set<string>();
        const standing = await apply(store, tenant, batches);
        const wanted = incidentsOf(standing, [], tenant);
        const rows = await store.within(tenant, (tx) => tx.incidents.list({ limit: 1_000 }));
        expect(rows.map((row) => row.incident).sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(wanted);
        for (const { id, members } of wanted) {
          for (const member of members) seen.add(member.finding);
          expect(await store.within(tenant, (tx) => tx.incidents.findingsIn([id]))).toEqual(members.map((member) => member.finding));
        }
        for (let id = 0; id <= 25; id++) {
          const key = String(id).padStart(32, '0');
          const found = await store.within(tenant, (tx) => tx.incidents.get(key));
          if (found !== null) expect(wanted.map((one) => one.id)).toContain(found.incident.id);
        }
      }),
      { numRuns },
    );
  });

  test('who has judged an incident has judged what it turns out to be, and the last judgement stands', async () => {
    const tenant = `judged-${++n}`;
    const one = { severity: 'High', ip: '10.0.0.1', who: 'b/k' } as const;
    const store = storeOf();
    const id = (of: number) => String(of).padStart(32, '0');
    const judge = (incident: number, by: string, at: number) =>
      store.within(tenant, (tx) => takeInHand(tx, { incident: id(incident), id: by, state: 'denied' } as Judgement, at));
    const judged = (incident: number) => store.within(tenant, async (tx) => (await inHand(tx, id(incident)))?.judgement ?? null);
    const raise = (of: number, at: number) => apply(store, tenant, [{ raises: [{ ...one, id: of, at }], retracts: [] }]);
    await raise(5, 0);
    await judge(5, 'first', 10);
    // An earlier sign of the same attack comes in late, and the incident has its name.
    await raise(3, 1);
    expect([await judged(3), await judged(7)]).toEqual(['first', null]);
    await raise(8, 90);
    await judge(8, 'second', 20);
    await raise(9, 45);
    expect(await judged(3)).toBe('second');
    // What was judged long before, and joins late, takes nothing back.
    await raise(2, 140);
    await judge(2, 'older', 15);
    await raise(1, 110);
    expect(await judged(1)).toBe('second');
  });

  test('two incidents that turn out to be one: the larger id leads to the smaller', async () => {
    const tenant = `merge-${++n}`;
    const one = { severity: 'High', ip: '10.0.0.1' } as const;
    const store = storeOf();
    const get = (id: number) =>
      store.within(tenant, async (tx) => Number((await tx.incidents.get(String(id).padStart(32, '0')))?.incident.id ?? Number.NaN));
    await apply(store, tenant, [
      {
        raises: [
          { ...one, id: 5, at: 0, who: 'b/k' },
          { ...one, id: 3, at: 90, who: 'b/k' },
        ],
        retracts: [],
      },
    ]);
    expect([await get(5), await get(3)]).toEqual([5, 3]);
    await apply(store, tenant, [{ raises: [{ ...one, id: 9, at: 45, who: 'b/k' }], retracts: [] }]);
    expect([await get(5), await get(3), await get(9)]).toEqual([3, 3, Number.NaN]);
    // Taken back, they part again, and the first has its id again.
    await apply(store, tenant, [{ raises: [], retracts: [9] }]);
    expect([await get(5), await get(3)]).toEqual([5, 3]);
  });
});

test('findings that were stored before there were incidents are joined once', async () => {
  const tenant = 'stored';
  const all = Array.from({ length: 450 }, (_, id) => finding(tenant, { id, at: id % 3, severity: 'Medium', who: 'b/k', ip: '10.0.0.1' }));
  await memory.within(tenant, async (tx) => {
    for (const one of all) await tx.findings.put(one, 1);
  });
  await joinStored(memory, tenant, [], 2);
  const rows = await memory.within(tenant, (tx) => tx.incidents.list({ limit: 9 }));
  expect(rows.map((row) => row.incident)).toEqual(incidentsOf(all, [], tenant));
  await joinStored(memory, tenant, [], 3);
  expect(await memory.within(tenant, (tx) => tx.incidents.list({ limit: 9 }))).toEqual(rows);
});
