import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findingUnderTest } from '../lib/finding-under-test.ts';
import type { Decision, Judgement } from '../model/decision.ts';
import type { Finding } from '../model/finding.ts';
import type { Incident, IncidentMember } from '../model/incident.ts';
import type { Action, Receipt } from '../model/plan.ts';
import { deliveriesContract } from './deliveries.contract.ts';
import { itemsContract } from './items.contract.ts';
import { type DecisionRow, type LedgerEntry, ledFinding, type Store, type Topic, type Tx } from './store.ts';

/** What every Store must do. `open` gives an empty one; each test works in a tenant of its own. */
export function storeContract(name: string, open: () => Promise<{ readonly store: Store; close(): Promise<void> }>): void {
  describe(`Store contract: ${name}`, () => {
    let store: Store;
    let close = async () => {};
    let n = 0;
    const newTenant = () => `t${++n}-${name.replaceAll(/[^a-z0-9]/g, '')}`;

    beforeAll(async () => {
      ({ store, close } = await open());
    });
    afterAll(() => close());

    describe('units of work', () => {
      test('all of it happens, or nothing', async () => {
        const tenant = newTenant();
        const failing = store.within(tenant, async (tx) => {
          await tx.settings.set('stop', { on: true }, 1, 'a');
          throw new Error('planned');
        });
        await expect(failing).rejects.toThrow('planned');
        expect(await store.within(tenant, (tx) => tx.settings.get('stop'))).toBeNull();
      });

      test('a unit returns what its work returns, and sees its own writes', async () => {
        const seen = await store.within(newTenant(), async (tx) => {
          await tx.settings.set('a', [1, null, { b: 'c' }], 1, 'a');
          return tx.settings.get('a');
        });
        expect(seen).toEqual([1, null, { b: 'c' }]);
      });

      test('units are serialisable: a cap that each checks before it plans is not overrun', async () => {
        const tenant = newTenant();
        const planned = await Promise.all(
          Array.from({ length: 8 }, (_, i) =>
            store.within(tenant, async (tx) => {
              if ((await tx.actions.startedSince(0, null)) >= 3) return false;
              return tx.actions.plan(action(tenant, { id: `action-${i}` }));
            }),
          ),
        );
        expect(planned.filter(Boolean)).toHaveLength(3);
      });

      test.each(['', 'UPPER', 'a b', '../x', 'a'.repeat(64)])('%j is no tenant', async (tenant) => {
        await expect(store.within(tenant, (tx) => tx.settings.set('a', 1, 1, 'a'))).rejects.toThrow();
      });
    });

    test('a tenant sees nothing of another', async () => {
      const [mine, theirs] = [newTenant(), newTenant()];
      const hash = await store.within(theirs, async (tx) => {
        await fill(tx);
        return tx.documents.put('context', 'theirs');
      });
      const seen = await store.within(mine, async (tx) => [
        await tx.documents.get(hash),
        await tx.digests.lock(['d']),
        await tx.batches.files(0, Number.MAX_SAFE_INTEGER),
        await tx.findings.get('finding-1'),
        await tx.findings.list({ limit: 10 }),
        await tx.findings.counts(),
        await tx.findings.life('finding-1'),
        await tx.findings.undecided(10),
        await tx.decisions.ofFinding('finding-1'),
        await tx.decisions.list(null, 10),
        await tx.actions.get('action-1'),
        await tx.actions.list({ limit: 10 }),
        await tx.actions.receipts('action-1'),
        await tx.actions.startedSince(0, null),
        await tx.judgements.get('judgement-1'),
        await tx.judgements.list({ limit: 10 }),
        await tx.judgements.answer('judgement-1', 'eve', 'approve', 9),
        await tx.actions.move('action-1', ['planned'], 'failed', 9, 'eve'),
        await tx.findings.retract('finding-1', 9),
        await tx.settings.get('stop'),
        await tx.settings.list(''),
        await tx.deliveries.arrivalsSince(0),
        await tx.deliveries.objectsBelow(''),
        await tx.deliveries.digestsSince(0),
        await tx.batches.begin('batch-1'),
      ]);
      expect(seen).toEqual([
        null,
        [],
        [],
        null,
        [],
        [],
        [],
        [],
        [],
        [],
        null,
        [],
        [],
        0,
        null,
        [],
        null,
        false,
        false,
        null,
        [],
        [],
        [],
        [],
        true,
      ]);
      expect(await store.within(theirs, (tx) => tx.actions.get('action-1'))).toMatchObject({ state: 'planned' });
    });

    test('what belongs to another tenant is not taken in', async () => {
      const tenant = newTenant();
      for (const work of [
        (tx: Tx) => tx.findings.put(finding('other'), 1),
        (tx: Tx) => tx.actions.plan(action('other')),
        (tx: Tx) => tx.judgements.ask(judgement('other')),
      ]) {
        await expect(store.within<unknown>(tenant, work)).rejects.toThrow(/tenant other/);
      }
    });

    describe('documents', () => {
      test.each(['', '{"a":1}', 'ä😀', 'zero \0 byte', '"\\ud800"', '\r\n\t'])(
        '%j comes back byte for byte under its SHA-256',
        async (bytes) => {
          const tenant = newTenant();
          const put = () => store.within(tenant, (tx) => tx.documents.put('context', bytes));
          const hash = await put();
          expect(hash).toMatch(/^[0-9a-f]{64}$/);
          expect(await put()).toBe(hash);
          expect(await store.within(tenant, (tx) => tx.documents.get(hash))).toBe(bytes);
        },
      );

      test('what was never put is null', async () => {
        expect(await store.within(newTenant(), (tx) => tx.documents.get('0'.repeat(64)))).toBeNull();
      });
    });

    describe('digests', () => {
      test('locked rows come in key order, missing ones are left out', async () => {
        const tenant = newTenant();
        const rows = ['b', 'a', 'c'].map((key) => ({ key, rule: 'r', bucket: 1, state: { min: 1 } }));
        const locked = await store.within(tenant, async (tx) => {
          await tx.digests.put(rows);
          return tx.digests.lock(['c', 'x', 'b', 'b']);
        });
        expect(locked.map((row) => row.key)).toEqual(['b', 'c']);
      });

      test('merges that run at once lose nothing, also of a key that nobody had written', async () => {
        const tenant = newTenant();
        const add = (i: number) =>
          store.within(tenant, async (tx) => {
            const rows = new Map((await tx.digests.lock(['k1', 'k2'])).map((row) => [row.key, row.state as number[]]));
            await tx.digests.put(
              ['k2', 'k1'].map((key) => ({ key, rule: 'r', bucket: 1, state: [...(rows.get(key) ?? []), i].sort((a, b) => a - b) })),
            );
          });
        await Promise.all(Array.from({ length: 12 }, (_, i) => add(i)));
        const all = Array.from({ length: 12 }, (_, i) => i);
        const rows = await store.within(tenant, (tx) => tx.digests.lock(['k1', 'k2']));
        expect(rows.map((row) => row.state)).toEqual([all, all]);
      });

      test('eviction forgets older buckets and remembers the newest cut', async () => {
        const tenant = newTenant();
        const [gone, before, left] = await store.within(tenant, async (tx) => {
          await tx.digests.put([1, 2, 3].map((bucket) => ({ key: `k${bucket}`, rule: 'r', bucket, state: null })));
          const n = await tx.digests.evict(3);
          await tx.digests.evict(2);
          return [n, await tx.digests.evictedBefore(), await tx.digests.lock(['k1', 'k2', 'k3'])] as const;
        });
        expect([gone, before, left.map((row) => row.key)]).toEqual([2, 3, ['k3']]);
      });
    });

    test('a batch is done once, and its files are found by time', async () => {
      const tenant = newTenant();
      const hour = 3_600_000;
      const file = (path: string, at: number) =>
        ({ path, tenant, account: '111122223333', source: 'aws.cloudtrail', hour: at, rows: 1, bytes: 10 }) as const;
      const run = () =>
        store.within(tenant, async (tx) => {
          if (!(await tx.batches.begin('b1'))) return false;
          await tx.batches.done('b1', [file('z', hour), file('a', 2 * hour)], { objects: 1, events: 2, setAside: 0 });
          return true;
        });
      expect([await run(), await run()]).toEqual([true, false]);
      const paths = (from: number, to: number) =>
        store.within(tenant, async (tx) => (await tx.batches.files(from, to)).map((one) => one.path));
      expect(await paths(0, 9 * hour)).toEqual(['a', 'z']);
      expect(await paths(hour + 5, hour + 6)).toEqual(['z']);
      expect(await paths(0, hour)).toEqual([]);
      expect(await paths(2 * hour, 3 * hour)).toEqual(['a']);
    });

    test('of many batches, those that are not done come back in their order, however often they are asked for', async () => {
      const tenant = newTenant();
      const within = <T>(work: (tx: Tx) => Promise<T>) => store.within(tenant, work);
      expect(await within((tx) => tx.batches.beginAll(['c', 'a', 'b']))).toEqual(['c', 'a', 'b']);
      await within((tx) => tx.batches.doneAll(['a', 'd', 'a']));
      expect(await within((tx) => tx.batches.beginAll(['d', 'c', 'a', 'b']))).toEqual(['c', 'b']);
      expect(await within((tx) => tx.batches.beginAll([]))).toEqual([]);
      expect(await within((tx) => tx.batches.begin('a'))).toBe(false);
    });

    describe('deliveries', () => {
      deliveriesContract(() => {
        const tenant = newTenant();
        return (work) => store.within(tenant, work);
      });
    });

    describe('findings', () => {
      test('the same revision is written once; a new one supersedes it', async () => {
        const tenant = newTenant();
        const put = (revision: string, at: number) => store.within(tenant, (tx) => tx.findings.put(finding(tenant, { revision }), at));
        expect([await put('r1', 1), await put('r1', 2), await put('r2', 3)]).toEqual([true, false, true]);
        const [row, life] = await store.within(
          tenant,
          async (tx) => [await tx.findings.get('finding-1'), await tx.findings.life('finding-1')] as const,
        );
        expect(row).toEqual({ finding: finding(tenant, { revision: 'r2' }), state: 'open', updatedAt: 3 });
        expect(life.map((one) => [one.event, one.revision, one.at])).toEqual([
          ['raised', 'r1', 1],
          ['superseded', 'r2', 3],
        ]);
      });

      test('hostile texts are kept as they are', async () => {
        const tenant = newTenant();
        const hostile = finding(tenant, { message: "nul \0, '; drop table x; --, \u{1f600}, \u202e", group: { 'a\0b': '\\u0000' } });
        await store.within(tenant, (tx) => tx.findings.put(hostile, 1));
        expect((await store.within(tenant, (tx) => tx.findings.get('finding-1')))?.finding).toEqual(hostile);
      });

      test('hostile filter fields find their finding', async () => {
        const tenant = newTenant();
        const account = 'a\0b';
        await store.within(tenant, (tx) => tx.findings.put(finding(tenant, { account }), 1));
        expect(await store.within(tenant, (tx) => tx.findings.list({ account, limit: 5 }))).toHaveLength(1);
      });

      test('life moves the state; a retracted or resolved finding that returns is reopened', async () => {
        const tenant = newTenant();
        const states: (string | undefined)[] = [];
        const then = (work: (tx: Tx) => Promise<unknown>) =>
          store.within(tenant, async (tx) => {
            await work(tx);
            states.push((await tx.findings.get('finding-1'))?.state);
          });
        await then((tx) => tx.findings.put(finding(tenant), 1));
        await then((tx) => tx.findings.live('finding-1', 'acknowledged', 2, 'ann', 'looking'));
        await then((tx) => tx.findings.put(finding(tenant, { revision: 'r2' }), 3));
        await then((tx) => tx.findings.live('finding-1', 'suppressed', 4, 'ann', ''));
        await then((tx) => tx.findings.live('finding-1', 'resolved', 5, 'ann', ''));
        await then((tx) => tx.findings.put(finding(tenant, { revision: 'r3' }), 6));
        await then((tx) => tx.findings.retract('finding-1', 7));
        await then((tx) => tx.findings.put(finding(tenant, { revision: 'r3' }), 8));
        expect(states).toEqual(['open', 'acknowledged', 'acknowledged', 'suppressed', 'resolved', 'open', 'retracted', 'open']);
        const life = await store.within(tenant, (tx) => tx.findings.life('finding-1'));
        expect(life.map((one) => one.event)).toEqual([
          'raised',
          'acknowledged',
          'superseded',
          'suppressed',
          'resolved',
          'reopened',
          'retracted',
          'reopened',
        ]);
        expect(life[1]).toEqual({ event: 'acknowledged', at: 2, by: 'ann', note: 'looking', revision: 'r1' });
      });

      test('a second retraction, and one of nothing, is false; life of nothing is refused', async () => {
        const tenant = newTenant();
        await store.within(tenant, (tx) => tx.findings.put(finding(tenant), 1));
        const retract = (id: string) => store.within(tenant, (tx) => tx.findings.retract(id, 2));
        expect([await retract('finding-1'), await retract('finding-1'), await retract('none')]).toEqual([true, false, false]);
        await expect(store.within(tenant, (tx) => tx.findings.live('none', 'resolved', 1, 'a', ''))).rejects.toThrow(/no such finding/);
      });

      test('when findings were open, of those that were so since a time, page by page', async () => {
        const tenant = newTenant();
        await store.within(tenant, async (tx) => {
          for (const id of ['a-open', 'b-over-long-ago', 'c-came-back', 'd-acknowledged', 'e-elsewhere'])
            await tx.findings.put(finding(tenant, { id, ...(id === 'e-elsewhere' ? { account: '444455556666' } : {}) }), 1);
          await tx.findings.live('b-over-long-ago', 'resolved', 5, 'a', '');
          await tx.findings.live('c-came-back', 'suppressed', 12, 'a', '');
          await tx.findings.live('c-came-back', 'resolved', 13, 'a', '');
          await tx.findings.live('c-came-back', 'reopened', 14, 'a', '');
          await tx.findings.retract('c-came-back', 15);
          await tx.findings.live('d-acknowledged', 'acknowledged', 3, 'a', '');
        });
        const read = (more: object) => store.within(tenant, (tx) => tx.findings.openSince({ since: 10, limit: 9, ...more }));
        const all = await read({ account: '111122223333' });
        expect(all.map(({ finding: { id }, spans }) => [id, spans])).toEqual([
          ['a-open', [{ from: 1, until: null }]],
          [
            'c-came-back',
            [
              { from: 1, until: 12 },
              { from: 14, until: 15 },
            ],
          ],
          ['d-acknowledged', [{ from: 1, until: null }]],
        ]);
        expect((await read({ after: 'c-came-back', limit: 2 })).map(({ finding: { id } }) => id)).toEqual([
          'd-acknowledged',
          'e-elsewhere',
        ]);
        expect(await read({ after: 'z' })).toEqual([]);
      });

      test('tells what of many is current', async () => {
        const tenant = newTenant();
        await store.within(tenant, async (tx) => {
          for (const id of ['f1', 'f2']) await tx.findings.put(finding(tenant, { id, revision: `r-${id}` }), 1);
          await tx.findings.live('f2', 'resolved', 2, 'a', '');
        });
        const versions = (ids: readonly string[]) => store.within(tenant, (tx) => tx.findings.versions(ids));
        expect([...(await versions(['f2', 'none', 'f1']))].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
          { id: 'f1', revision: 'r-f1', state: 'open' },
          { id: 'f2', revision: 'r-f2', state: 'resolved' },
        ]);
        expect(await versions([])).toEqual([]);
      });

      test('what is shown under another is left out where that is wanted, and is not counted', async () => {
        const tenant = newTenant();
        await store.within(tenant, async (tx) => {
          for (const id of ['f1', 'f2', 'f3']) await tx.findings.put(finding(tenant, { id }), 1);
          for (const [id, state] of [
            ['f2', 'led'],
            ['f3', 'leads'],
          ] as const)
            await tx.items.add({ kind: ledFinding, id, state, dueAt: null, at: 1, doc: { by: state === 'led' ? 'f1' : null } });
        });
        await store.within(tenant, async (tx) => {
          const ids = async (more: object) => (await tx.findings.list({ limit: 9, ...more })).map((row) => row.finding.id);
          expect(await ids({})).toEqual(['f1', 'f2', 'f3']);
          expect(await ids({ leads: true })).toEqual(['f1', 'f3']);
          expect(await ids({ leads: true, order: 'gravest', after: 'f1' })).toEqual(['f3']);
          expect((await tx.findings.counts()).map(({ n }) => n)).toEqual([2]);
          expect((await tx.findings.openSince({ since: 0, limit: 9 })).map((row) => row.finding.id)).toEqual(['f1', 'f3']);
        });
      });

      test('lists filter, page and count', async () => {
        const tenant = newTenant();
        await store.within(tenant, async (tx) => {
          for (const [id, severity] of [
            ['f1', 'High'],
            ['f2', 'Low'],
            ['f3', 'High'],
          ] as const) {
            await tx.findings.put(finding(tenant, { id, severity }), 1);
          }
          await tx.findings.live('f3', 'resolved', 2, 'a', '');
        });
        const ids = (filter: Parameters<Tx['findings']['list']>[0]) =>
          store.within(tenant, async (tx) => (await tx.findings.list(filter)).map((row) => row.finding.id));
        expect(await ids({ limit: 2 })).toEqual(['f1', 'f2']);
        expect(await ids({ limit: 2, after: 'f2' })).toEqual(['f3']);
        expect(await ids({ limit: 9, severities: ['High'], state: 'open' })).toEqual(['f1']);
        expect(await ids({ limit: 9, severities: ['Low', 'High'] })).toEqual(['f1', 'f2', 'f3']);
        expect(await ids({ limit: 9, severities: [] })).toEqual([]);
        expect(await ids({ limit: 9, rule: 'no.such.rule' })).toEqual([]);
        expect(await store.within(tenant, (tx) => tx.findings.counts())).toEqual([
          { severity: 'High', state: 'open', n: 1 },
          { severity: 'High', state: 'resolved', n: 1 },
          { severity: 'Low', state: 'open', n: 1 },
        ]);
      });

      test('the gravest first, then the latest, page by page; a kind alone', async () => {
        const tenant = newTenant();
        await store.within(tenant, async (tx) => {
          for (const [id, severity, lastTime, kind] of [
            ['f1', 'Low', 9, 'detection'],
            ['f2', 'High', 5, 'detection'],
            ['f3', 'Critical', 1, 'compliance'],
            ['f4', 'High', 7, 'compliance'],
            ['f5', 'High', 7, 'detection'],
            ['f6', 'Informational', 99, 'detection'],
          ] as const) {
            await tx.findings.put(finding(tenant, { id, severity, lastTime, kind }), 1);
          }
        });
        const ids = (filter: Parameters<Tx['findings']['list']>[0]) =>
          store.within(tenant, async (tx) => (await tx.findings.list(filter)).map((row) => row.finding.id));
        const all = ['f3', 'f4', 'f5', 'f2', 'f1', 'f6'];
        expect(await ids({ limit: 9, order: 'gravest' })).toEqual(all);
        for (const [i, after] of all.entries()) expect(await ids({ limit: 2, order: 'gravest', after })).toEqual(all.slice(i + 1, i + 3));
        expect(await ids({ limit: 9, order: 'gravest', kind: 'compliance' })).toEqual(['f3', 'f4']);
        expect(await ids({ limit: 9, order: 'gravest', kind: 'detection', after: 'f4' })).toEqual(['f5', 'f2', 'f1', 'f6']);
        expect(await ids({ limit: 9, kind: 'compliance' })).toEqual(['f3', 'f4']);
        expect(await ids({ limit: 9, order: 'gravest', after: 'none' })).toEqual([]);
        // A later revision moves a finding in the order.
        await store.within(tenant, (tx) =>
          tx.findings.put(finding(tenant, { id: 'f1', revision: 'r2', severity: 'Critical', lastTime: 9, kind: 'detection' }), 2),
        );
        expect(await ids({ limit: 2, order: 'gravest' })).toEqual(['f1', 'f3']);
      });

      test('undecided: a new revision makes a decided finding undecided again, a known one does not', async () => {
        const tenant = newTenant();
        const undecided = () =>
          store.within(tenant, async (tx) => (await tx.findings.undecided(10)).map((one) => `${one.id} ${one.revision}`));
        const put = (id: string, revision: string, at: number) =>
          store.within(tenant, (tx) => tx.findings.put(finding(tenant, { id, revision }), at));
        const decide = (id: string, revision: string) =>
          store.within(tenant, (tx) => tx.decisions.put(decision({ finding: id, revision })));
        await put('b', 'r1', 1);
        await put('a', 'r1', 2);
        expect(await undecided()).toEqual(['b r1', 'a r1']);
        await decide('b', 'r1');
        expect(await undecided()).toEqual(['a r1']);
        await put('b', 'r2', 3);
        expect(await undecided()).toEqual(['a r1', 'b r2']);
        await decide('b', 'r1');
        expect(await undecided()).toEqual(['a r1', 'b r2']);
        await decide('b', 'r2');
        await put('b', 'r1', 4);
        expect(await undecided()).toEqual(['a r1']);
        await store.within(tenant, (tx) => tx.findings.retract('a', 5));
        expect(await undecided()).toEqual([]);
      });

      test('what is to be decided again is undecided until it is, and a unit of work that fails changes nothing', async () => {
        const tenant = newTenant();
        const undecided = () => store.within(tenant, async (tx) => (await tx.findings.undecided(10)).map((one) => one.id));
        const decide = (id: string, at: number) =>
          store.within(tenant, (tx) => tx.decisions.put(decision({ id: `${id} ${at}`, finding: id, revision: 'r1', at })));
        for (const id of ['a', 'b']) {
          await store.within(tenant, (tx) => tx.findings.put(finding(tenant, { id, revision: 'r1' }), 1));
          await decide(id, 2);
        }
        const failed = store.within(tenant, async (tx) => {
          await tx.findings.decideAgain('b');
          throw new Error('no');
        });
        await expect(failed).rejects.toThrow('no');
        expect(await undecided()).toEqual([]);
        await store.within(tenant, async (tx) => {
          await tx.findings.decideAgain('a');
          await tx.findings.decideAgain('nothing');
        });
        expect(await undecided()).toEqual(['a']);
        await decide('a', 3);
        expect(await undecided()).toEqual([]);
        expect(await store.within(tenant, async (tx) => (await tx.decisions.ofFinding('a')).length)).toBe(2);
      });
    });

    describe('incidents', () => {
      test('members and links are kept by finding; a new revision takes the old links away', async () => {
        const tenant = newTenant();
        const then = <T>(work: (tx: Tx) => Promise<T>) => store.within(tenant, work);
        await then((tx) => tx.incidents.putMembers([member('f1', ['key 1 a', 'principal 1 p']), member('f2', ['principal 1 p'])]));
        expect(await then((tx) => tx.incidents.linked(['principal 1 p', 'key 1 none']))).toEqual(['f1', 'f2']);
        await then((tx) => tx.incidents.assign([{ finding: 'f2', incident: 'f1' }]));
        await then((tx) => tx.incidents.putMembers([{ ...member('f1', ['key 1 b']), revision: 'r2' }, member('f2', [])]));
        expect(await then((tx) => tx.incidents.linked(['key 1 a', 'principal 1 p']))).toEqual([]);
        expect(await then((tx) => tx.incidents.linked(['key 1 b']))).toEqual(['f1']);
        expect(await then((tx) => tx.incidents.members(['f2', 'f1', 'f0']))).toEqual([
          { member: { ...member('f1', ['key 1 b']), revision: 'r2' }, incident: null },
          { member: member('f2', []), incident: 'f1' },
        ]);
        expect(await then((tx) => tx.incidents.findingsIn(['f1', 'f2']))).toEqual(['f2']);
        await then((tx) => tx.incidents.removeMembers(['f1', 'f0']));
        expect(await then((tx) => tx.incidents.linked(['key 1 b']))).toEqual([]);
        expect(await then((tx) => tx.incidents.members(['f1']))).toEqual([]);
      });

      test('who stands behind a link is counted once, and not beyond what is asked', async () => {
        const tenant = newTenant();
        const then = <T>(work: (tx: Tx) => Promise<T>) => store.within(tenant, work);
        const by = (finding: string, ...who: string[]) => ({ ...member(finding, []), links: [{ key: 'address 1 a\u0000', by: who }] });
        await then((tx) => tx.incidents.putMembers([by('f1', 'x', 'y'), by('f2', 'y'), by('f3', 'z\u0000'), member('f4', ['key 1 k'])]));
        expect(await then((tx) => tx.incidents.linked(['address 1 a\u0000']))).toEqual(['f1', 'f2', 'f3']);
        const behind = (most: number) =>
          then(async (tx) => [...(await tx.incidents.behind(['address 1 a\u0000', 'key 1 k', 'none'], most)).values()]);
        expect(await behind(9)).toEqual([3]);
        expect(await behind(2)).toEqual([2]);
      });

      test('a revision is written once; a forwarded id leads on, and to itself when it comes back', async () => {
        const tenant = newTenant();
        const then = <T>(work: (tx: Tx) => Promise<T>) => store.within(tenant, work);
        const idOf = (id: string) => then(async (tx) => (await tx.incidents.get(id))?.incident.id ?? null);
        expect(await then((tx) => tx.incidents.put(incident(tenant, { id: 'i3' }), 1))).toBe(true);
        expect(await then((tx) => tx.incidents.put(incident(tenant, { id: 'i3' }), 2))).toBe(false);
        expect(await then((tx) => tx.incidents.get('i3'))).toEqual({
          incident: incident(tenant, { id: 'i3' }),
          isOpen: false,
          updatedAt: 1,
        });
        await then((tx) => tx.incidents.put(incident(tenant, { id: 'i1' }), 3));
        await then((tx) => tx.incidents.forward('i3', 'i2', 4));
        await then((tx) => tx.incidents.forward('i2', 'i1', 5));
        expect(await idOf('i3')).toBe('i1');
        await then((tx) => tx.incidents.put(incident(tenant, { id: 'i3', revision: 'r9' }), 6));
        expect(await idOf('i3')).toBe('i3');
        await then((tx) => tx.incidents.forward('i3', null, 7));
        expect(await idOf('i3')).toBeNull();
        expect(await idOf('never')).toBeNull();
        await expect(then((tx) => tx.incidents.put(incident('other', {}), 1))).rejects.toThrow('tenant');
      });

      test('lists: what pages first, then the gravest, then the latest; open while a finding is', async () => {
        const tenant = newTenant();
        const then = <T>(work: (tx: Tx) => Promise<T>) => store.within(tenant, work);
        await then(async (tx) => {
          await tx.incidents.put(incident(tenant, { id: 'i1', pages: false, severity: 'Medium' }), 1);
          await tx.incidents.put(incident(tenant, { id: 'i2', pages: true, severity: 'High', lastTime: 5 }), 1);
          await tx.incidents.put(incident(tenant, { id: 'i3', pages: true, severity: 'High', lastTime: 9 }), 1);
          await tx.incidents.put(incident(tenant, { id: 'i4', pages: true, severity: 'Critical' }), 1);
          await tx.incidents.putMembers([member('f1', []), member('f2', [])]);
          await tx.incidents.assign([
            { finding: 'f1', incident: 'i1' },
            { finding: 'f2', incident: 'i2' },
          ]);
          await tx.findings.put(finding(tenant, { id: 'f1' }), 1);
          await tx.findings.put(finding(tenant, { id: 'f2' }), 1);
        });
        const ids = (filter: object) =>
          then(async (tx) => (await tx.incidents.list({ limit: 9, ...filter })).map((row) => row.incident.id));
        expect(await ids({})).toEqual(['i4', 'i3', 'i2', 'i1']);
        expect(await ids({ after: 'i3' })).toEqual(['i2', 'i1']);
        expect(await ids({ after: 'i3', limit: 1 })).toEqual(['i2']);
        expect(await ids({ after: 'none' })).toEqual([]);
        expect(await ids({ pages: false })).toEqual(['i1']);
        expect(await ids({ isOpen: true })).toEqual(['i2', 'i1']);
        expect(await then((tx) => tx.incidents.counts())).toEqual({ open: 2, paging: 1 });
        await then((tx) => tx.findings.live('f2', 'resolved', 2, 'ann', ''));
        expect(await ids({ isOpen: true })).toEqual(['i1']);
        expect(await then((tx) => tx.incidents.counts())).toEqual({ open: 1, paging: 0 });
      });
    });

    test('the last decision on each of many findings, in the order in which they were asked for', async () => {
      const tenant = newTenant();
      const rows = [
        decision({ id: 'a', at: 1 }),
        decision({ id: 'b', at: 3 }),
        decision({ id: 'c', at: 3 }),
        decision({ id: 'd', at: 2, finding: 'finding-2' }),
      ];
      const last = await store.within(tenant, async (tx) => {
        for (const row of rows) await tx.decisions.put(row);
        return [await tx.decisions.lastOf(['finding-2', 'none', 'finding-1']), await tx.decisions.lastOf([])];
      });
      expect(last.map((list) => list.map(({ id }) => id))).toEqual([['d', 'c'], []]);
    });

    test('decisions are put once and listed by (at, id)', async () => {
      const tenant = newTenant();
      const rows = [decision({ id: 'b', at: 1 }), decision({ id: 'c', at: 1 }), decision({ id: 'a', at: 2 })];
      await store.within(tenant, async (tx) => {
        for (const row of [...rows].reverse()) await tx.decisions.put(row);
        await tx.decisions.put({ ...decision({ id: 'a', at: 2 }), engine: 'another' });
      });
      const [all, rest, of] = await store.within(
        tenant,
        async (tx) =>
          [await tx.decisions.list(null, 10), await tx.decisions.list('b', 1), await tx.decisions.ofFinding('finding-1')] as const,
      );
      expect(all).toEqual(rows);
      expect(rest).toEqual([rows[1]]);
      expect(of).toEqual(rows);
      await expect(store.within(tenant, (tx) => tx.decisions.list('none', 1))).rejects.toThrow(/no such decision/);
    });

    describe('actions', () => {
      test('an action is planned exactly once, whoever tries and however many at once', async () => {
        const tenant = newTenant();
        const plan = (by: string) => store.within(tenant, (tx) => tx.actions.plan(action(tenant, { by })));
        const planned = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(plan));
        expect(planned.filter(Boolean)).toHaveLength(1);
        expect(await store.within(tenant, (tx) => tx.actions.list({ limit: 9 }))).toHaveLength(1);
      });

      test('an action moves on only from where it is, and once', async () => {
        const tenant = newTenant();
        await store.within(tenant, (tx) => tx.actions.plan(action(tenant)));
        const move = (from: readonly Action['state'][], to: Action['state'], at: number) =>
          store.within(tenant, (tx) => tx.actions.move('action-1', from, to, at, `to ${to}`));
        const taken = await Promise.all([1, 2, 3, 4].map((at) => move(['planned'], 'running', at)));
        expect(taken.filter(Boolean)).toHaveLength(1);
        expect(await move(['planned'], 'failed', 5)).toBe(false);
        expect(await move(['running', 'planned'], 'verified', 6)).toBe(true);
        expect(await store.within(tenant, (tx) => tx.actions.get('action-1'))).toEqual(
          action(tenant, { state: 'verified', reason: 'to verified', finishedAt: 6 }),
        );
        expect(await move(['verified'], 'undoing', 7)).toBe(true);
        expect(await store.within(tenant, (tx) => tx.actions.get('action-1'))).toMatchObject({ state: 'undoing', finishedAt: null });
      });

      test('lists by state and finding, newest first; an empty list of states finds none', async () => {
        const tenant = newTenant();
        await store.within(tenant, async (tx) => {
          await tx.actions.plan(action(tenant, { id: 'x', plannedAt: 1 }));
          await tx.actions.plan(action(tenant, { id: 'y', plannedAt: 2, state: 'dry-run' }));
          await tx.actions.plan(action(tenant, { id: 'z', plannedAt: 3, finding: 'f2' }));
        });
        const ids = (filter: Parameters<Tx['actions']['list']>[0]) =>
          store.within(tenant, async (tx) => (await tx.actions.list(filter)).map((one) => one.id));
        expect(await ids({ limit: 9 })).toEqual(['z', 'y', 'x']);
        expect(await ids({ state: ['planned'], limit: 1 })).toEqual(['z']);
        expect(await ids({ finding: 'finding-1', limit: 9 })).toEqual(['y', 'x']);
        expect(await ids({ state: [], limit: 9 })).toEqual([]);
      });

      test('a step has one receipt: the first', async () => {
        const tenant = newTenant();
        const stored = await store.within(tenant, async (tx) => {
          await tx.actions.receipt(receipt({ step: 1 }), 1);
          await tx.actions.receipt(receipt({ step: 0 }), 2);
          await tx.actions.receipt(receipt({ step: 1, before: 'another' }), 3);
          return tx.actions.receipts('action-1');
        });
        expect(stored).toEqual([receipt({ step: 0 }), receipt({ step: 1 })]);
      });

      test('the caps count what automation lets happen, in one account or everywhere', async () => {
        const tenant = newTenant();
        const target = { ...action(tenant).target, account: '444455556666' };
        const counts = await store.within(tenant, async (tx) => {
          await tx.actions.plan(action(tenant, { id: '1', plannedAt: 10 }));
          await tx.actions.plan(action(tenant, { id: '2', plannedAt: 20 }));
          await tx.actions.plan(action(tenant, { id: '3', plannedAt: 20, target }));
          await tx.actions.plan(action(tenant, { id: '4', plannedAt: 20, by: 'ann' }));
          await tx.actions.plan(action(tenant, { id: '5', plannedAt: 20, state: 'dry-run' }));
          await tx.actions.plan(action(tenant, { id: '6', plannedAt: 20 }));
          await tx.actions.move('6', ['planned'], 'refused', 21, '');
          const since = (at: number, account: string | null) => tx.actions.startedSince(at, account);
          return [
            await since(0, null),
            await since(11, null),
            await since(20, '111122223333'),
            await since(20, '444455556666'),
            await since(21, null),
          ];
        });
        expect(counts).toEqual([3, 2, 1, 1, 0]);
      });
    });

    describe('items', () => itemsContract(() => store, newTenant));

    describe('judgements', () => {
      const ask = (tenant: string, over: Partial<Judgement> = {}) =>
        store.within(tenant, (tx) => tx.judgements.ask(judgement(tenant, over)));
      const answer = (tenant: string, by: string, verdict: 'approve' | 'deny', at: number) =>
        store.within(tenant, (tx) => tx.judgements.answer('judgement-1', by, verdict, at));

      test('one approval is enough where one is needed, and a later answer comes too late', async () => {
        const tenant = newTenant();
        expect([await ask(tenant), await ask(tenant)]).toEqual([true, false]);
        expect(await answer(tenant, 'ann', 'approve', 5)).toEqual(
          judgement(tenant, { state: 'approved', answeredAt: 5, answeredBy: ['ann'] }),
        );
        expect(await answer(tenant, 'bob', 'deny', 6)).toBeNull();
        expect(await ask(tenant, { revision: 'r2' })).toBe(false);
      });

      test('where two persons are needed, the same one counts once, also when both answer at once', async () => {
        const tenant = newTenant();
        await ask(tenant, { approvalsNeeded: 2 });
        expect(await answer(tenant, 'ann', 'approve', 1)).toMatchObject({ state: 'waiting', answeredBy: ['ann'], answeredAt: null });
        expect(await answer(tenant, 'ann', 'approve', 2)).toMatchObject({ state: 'waiting', answeredBy: ['ann'] });
        const both = await Promise.all([answer(tenant, 'bob', 'approve', 3), answer(tenant, 'cyd', 'approve', 3)]);
        expect(both.filter((one) => one?.state === 'approved')).toHaveLength(1);
        expect(both.filter((one) => one === null)).toHaveLength(1);
      });

      test('one person can deny', async () => {
        const tenant = newTenant();
        await ask(tenant, { approvalsNeeded: 2 });
        await answer(tenant, 'ann', 'approve', 1);
        expect(await answer(tenant, 'bob', 'deny', 2)).toMatchObject({ state: 'denied', answeredAt: 2, answeredBy: ['ann', 'bob'] });
      });

      test('a new revision renews the question, and earlier approvals do not count for it', async () => {
        const tenant = newTenant();
        await ask(tenant, { approvalsNeeded: 2 });
        await answer(tenant, 'ann', 'approve', 1);
        expect(await ask(tenant, { approvalsNeeded: 2, revision: 'r2' })).toBe(true);
        expect(await answer(tenant, 'bob', 'approve', 2)).toMatchObject({ state: 'waiting', revision: 'r2', answeredBy: ['bob'] });
      });

      test('a withdrawn question can be asked again; lists are by state, oldest first', async () => {
        const tenant = newTenant();
        await ask(tenant, { id: 'judgement-1', askedAt: 5 });
        await ask(tenant, { id: 'j2', askedAt: 4 });
        const withdraw = (id: string) => store.within(tenant, (tx) => tx.judgements.withdraw(id, 6, 'retracted'));
        const ids = (state: Judgement['state']) =>
          store.within(tenant, async (tx) => (await tx.judgements.list({ state, limit: 9 })).map((one) => one.id));
        expect(await ids('waiting')).toEqual(['j2', 'judgement-1']);
        expect([await withdraw('j2'), await withdraw('j2'), await withdraw('none')]).toEqual([true, false, false]);
        expect([await ids('waiting'), await ids('withdrawn')]).toEqual([['judgement-1'], ['j2']]);
        expect(await ask(tenant, { id: 'j2', askedAt: 7 })).toBe(true);
      });

      test('an answer to nothing is null', async () => {
        expect(await answer(newTenant(), 'ann', 'approve', 1)).toBeNull();
      });
    });

    test('settings: all that was said is there, the latest first', async () => {
      const tenant = newTenant();
      await store.within(tenant, async (tx) => {
        await tx.settings.set('a', 'one', 1, 'ann');
        await tx.settings.set('b', 'other', 1, 'ann');
        await tx.settings.set('a', { two: '\u0000' }, 2, 'bob');
      });
      const failed = store.within(tenant, async (tx) => {
        await tx.settings.set('a', 'three', 3, 'ann');
        throw new Error('taken back');
      });
      await expect(failed).rejects.toThrow('taken back');
      const history = await store.within(tenant, async (tx) => [
        await tx.settings.history('a', 10),
        await tx.settings.history('a', 1),
        await tx.settings.history('none', 10),
      ]);
      const [first, second] = [
        { n: 1, value: 'one', at: 1, by: 'ann' },
        { n: 2, value: { two: '\u0000' }, at: 2, by: 'bob' },
      ];
      expect(history).toEqual([[second, first], [second], []]);
    });

    test('settings: the last value counts, lists are by literal prefix and name', async () => {
      const tenant = newTenant();
      const list = await store.within(tenant, async (tx) => {
        await tx.settings.set('armed/b', { armed: true }, 1, 'ann');
        await tx.settings.set('armed/a', { armed: true }, 1, 'ann');
        await tx.settings.set('armed/a', { armed: false }, 2, 'bob');
        await tx.settings.set('armed_x', 1, 2, 'bob');
        await tx.settings.set('a%', 1, 2, 'bob');
        return [await tx.settings.list('armed/'), (await tx.settings.list('a%')).map((one) => one.name), await tx.settings.get('none')];
      });
      expect(list).toEqual([
        [
          { name: 'armed/a', value: { armed: false }, at: 2, by: 'bob' },
          { name: 'armed/b', value: { armed: true }, at: 1, by: 'ann' },
        ],
        ['a%'],
        null,
      ]);
    });

    test('watchers hear the topics of committed changes, and nothing after they stopped', async () => {
      const tenant = newTenant();
      const heard = new Set<Topic>();
      const stop = await store.watch((topic) => heard.add(topic));
      await store.within(tenant, fill);
      await store.within(tenant, (tx) => tx.settings.set('x', 1, 1, 'a')).catch(() => {});
      await expectEventually(() =>
        ['actions', 'batches', 'decisions', 'findings', 'judgements', 'settings'].every((topic) => heard.has(topic as Topic)),
      );
      await stop();
      heard.clear();
      await store.within(tenant, (tx) => tx.settings.set('y', 1, 1, 'a'));
      expect([...heard]).toEqual([]);
    });

    test('of several watchers each hears all, until it stops itself, and whoever watches later hears, too', async () => {
      const tenant = newTenant();
      const write = (name: string) => store.within(tenant, (tx) => tx.settings.set(name, 1, 1, 'a'));
      const heard = { first: 0, second: 0, later: 0 };
      const watch = (who: keyof typeof heard) => store.watch((topic) => void (topic === 'settings' && heard[who]++));
      const [stopFirst, stopSecond] = [await watch('first'), await watch('second')];
      await write('a');
      await expectEventually(() => heard.first > 0 && heard.second > 0);
      await stopFirst();
      const { first, second } = heard;
      await write('b');
      await expectEventually(() => heard.second > second);
      expect(heard.first).toBe(first);
      await stopSecond();
      const stopLater = await watch('later');
      await write('c');
      await expectEventually(() => heard.later > 0);
      await stopLater();
    });

    test('of items the kind is told, added or moved', async () => {
      const tenant = newTenant();
      const heard = new Set<Topic>();
      const stop = await store.watch((topic) => heard.add(topic));
      const item = (kind: string) => ({ kind, id: 'a', state: 'waiting', dueAt: null, at: 1, doc: {} });
      await store.within(tenant, async (tx) => {
        await tx.items.add(item('page'));
        await tx.items.add(item('question'));
      });
      await expectEventually(() => heard.has('items/page') && heard.has('items/question'));
      heard.clear();
      await store.within(tenant, (tx) => tx.items.move({ ...item('page'), state: 'over' }, ['waiting']));
      await expectEventually(() => heard.has('items/page'));
      await store.within(tenant, (tx) => tx.items.move({ ...item('page'), state: 'again' }, ['waiting']));
      await store.within(tenant, (tx) => tx.settings.set('x', 1, 1, 'a'));
      await expectEventually(() => heard.has('settings'));
      await stop();
      expect([heard.has('items/question'), heard.has('items')]).toEqual([false, false]);
    });

    test('what was rolled back is not told', async () => {
      const tenant = newTenant();
      const heard: Topic[] = [];
      const stop = await store.watch((topic) => heard.push(topic));
      const failing = store.within(tenant, async (tx) => {
        await tx.judgements.ask(judgement(tenant));
        throw new Error('planned');
      });
      await expect(failing).rejects.toThrow('planned');
      await store.within(tenant, (tx) => tx.settings.set('z', 1, 1, 'a'));
      await expectEventually(() => heard.includes('settings'));
      await stop();
      expect(heard).not.toContain('judgements');
    });
  });
}

async function expectEventually(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(holds()).toBe(true);
}

/** One row of everything. */
async function fill(tx: Tx): Promise<void> {
  const { tenant } = tx;
  await tx.digests.put([{ key: 'd', rule: 'r', bucket: 1, state: null }]);
  await tx.deliveries.putArrivals([{ source: 'aws.cloudtrail', account: '111122223333', region: 'eu-west-1', day: 0, state: null }]);
  await tx.deliveries.putHashes([{ object: 'o', hash: 'h' }]);
  await tx.deliveries.putDigest({ object: 'o', account: '111122223333', region: 'eu-west-1', trail: 't', end: 1, doc: null });
  await tx.batches.done('batch-1', [{ path: 'p', tenant, account: '111122223333', source: 'aws.cloudtrail', hour: 0, rows: 1, bytes: 1 }], {
    objects: 1,
    events: 1,
    setAside: 0,
  });
  await tx.findings.put(finding(tenant), 1);
  await tx.incidents.put(incident(tenant, {}), 1);
  await tx.decisions.put(decision({}));
  await tx.actions.plan(action(tenant));
  await tx.actions.receipt(receipt({}), 1);
  await tx.judgements.ask(judgement(tenant));
  await tx.settings.set('stop', { on: false }, 1, 'ann');
  const entry: LedgerEntry = { format: 'jobzero.ledger/1', type: 'finding', subject: 'finding-1', at: 1, data: {} };
  await tx.ledger.append(entry);
}

function member(finding: string, keys: readonly string[]): IncidentMember {
  return {
    finding,
    revision: 'r1',
    rule: 'aws.x.y',
    title: 'X\u0000',
    severity: 'High',
    tactics: [],
    techniques: [],
    firstTime: 1,
    lastTime: 1,
    account: '111122223333',
    actors: [],
    resources: [],
    events: [],
    moreEvents: false,
    message: '\ud800',
    links: keys.map((key) => ({ key, by: [] })),
  };
}

function incident(tenant: string, over: Partial<Incident>): Incident {
  return {
    format: 'jobzero.incident/1',
    tenant,
    id: 'i1',
    revision: 'r1',
    title: 'X\u0000',
    severity: 'High',
    pages: true,
    why: ['1 finding of severity High or above.'],
    sequences: [],
    tactics: [],
    techniques: [],
    members: [{ finding: 'f1', revision: 'r1' }],
    actors: [],
    accounts: ['111122223333'],
    resources: [],
    timeline: [],
    left: { members: 0, actors: 0, accounts: 0, resources: 0, timeline: 0 },
    firstTime: 1,
    lastTime: 1,
    ...over,
  };
}

function finding(tenant: string, over: Partial<Finding> = {}): Finding {
  return { ...findingUnderTest({ tenant, id: 'finding-1', lastTime: 2 }), revision: 'r1', ...over };
}

function decision(over: Partial<DecisionRow>): DecisionRow {
  const findingId = over.finding ?? 'finding-1';
  const revision = over.revision ?? 'r1';
  const made: Decision = {
    format: 'jobzero.decision/1',
    finding: findingId,
    revision,
    verdict: 'watch',
    guardrails: ['no-playbook'],
    reason: 'An example.',
    actions: [],
    risk: 10,
  };
  return {
    id: `${findingId}-${revision}`,
    finding: findingId,
    revision,
    at: 1,
    findingHash: 'a',
    contextHash: 'b',
    toleranceHash: 'c',
    engine: 'd',
    decisionHash: 'e',
    decision: made,
    ...over,
  };
}

function action(tenant: string, over: Partial<Action> = {}): Action {
  return {
    id: 'action-1',
    tenant,
    finding: 'finding-1',
    revision: 'r1',
    playbook: 'aws.iam.contain-access-key',
    playbookVersion: 1,
    target: { account: '111122223333', region: 'us-east-1', uid: 'arn:aws:iam::111122223333:user/example', params: {} },
    state: 'planned',
    by: 'automation',
    plannedAt: 1,
    finishedAt: null,
    reason: '',
    ...over,
  };
}

function receipt(over: Partial<Receipt>): Receipt {
  const call = { action: 'iam:ListAccessKeys', input: {} };
  return {
    format: 'jobzero.receipt/1',
    action: 'action-1',
    step: 0,
    name: 'example',
    call,
    before: null,
    output: null,
    left: null,
    verified: true,
    undo: [],
    read: call,
    alreadySo: false,
    ...over,
  };
}

function judgement(tenant: string, over: Partial<Judgement> = {}): Judgement {
  return {
    id: 'judgement-1',
    tenant,
    finding: 'finding-1',
    revision: 'r1',
    question: 'Contain it?',
    options: [],
    guardrails: ['not-armed'],
    recommendation: 'approve',
    because: 'An example.',
    state: 'waiting',
    askedAt: 1,
    answeredAt: null,
    answeredBy: [],
    approvalsNeeded: 1,
    ...over,
  };
}
