import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Ledger } from './ledger.ts';
import type { LedgerEntry, Store } from './store.ts';

export interface LedgerUnderTest {
  readonly store: Store;
  readonly tenant: string;
  readonly ledger: Ledger;
  /** Another sequencer over the same log. */
  readonly second: Ledger;
  close(): Promise<void>;
}

/** What every Ledger must do. */
export function ledgerContract(name: string, open: () => Promise<LedgerUnderTest>): void {
  describe(`Ledger contract: ${name}`, () => {
    let it: LedgerUnderTest;
    beforeAll(async () => {
      it = await open();
    });
    afterAll(() => it.close());

    const append = (...subjects: string[]) =>
      it.store.within(it.tenant, async (tx) => {
        for (const subject of subjects) await tx.ledger.append(entry(subject));
      });

    test('an empty log verifies, and has no checkpoint', async () => {
      expect(await it.ledger.sequence(1)).toBeNull();
      expect(await it.ledger.latest()).toBeNull();
      expect(await it.ledger.verify([])).toMatchObject({ ok: true, size: 0, waiting: 0, basis: 'inside-only', outsideSize: null });
    });

    test('leaves wait, then are numbered in the order in which they were put down', async () => {
      await append('a', 'b');
      await append('c');
      expect(await it.ledger.verify([])).toMatchObject({ ok: true, size: 0, waiting: 3 });
      const checkpoint = await it.ledger.sequence(2);
      expect(checkpoint).toMatchObject({ size: 3 });
      expect(await it.ledger.latest()).toEqual(checkpoint);
      const entries = await it.ledger.entries(0, 10);
      expect(entries.map((one) => [one.index, JSON.parse(one.bytes)])).toEqual(['a', 'b', 'c'].map((subject, i) => [i, entry(subject)]));
      expect((await it.ledger.entries(1, 1)).map((one) => one.index)).toEqual([1]);
      expect(await it.ledger.checkpoints(-1, 10)).toEqual([{ size: 3, note: checkpoint?.note }]);
      expect(await it.ledger.checkpoints(3, 10)).toEqual([]);
      expect(await it.ledger.sequence(3)).toBeNull();
    });

    test('a leaf of work that was rolled back is not there', async () => {
      const failing = it.store.within(it.tenant, async (tx) => {
        await tx.ledger.append(entry('never'));
        throw new Error('planned');
      });
      await expect(failing).rejects.toThrow('planned');
      expect(await it.ledger.sequence(4)).toBeNull();
    });

    test('two sequencers and eight writers at once: every leaf once, without gaps, and it verifies', async () => {
      const before = (await it.ledger.verify([])).size;
      let writing = true;
      const writers = Promise.all(
        Array.from({ length: 8 }, async (_, w) => {
          for (let i = 0; i < 12; i++) await append(`${w}/${i}`, `${w}/${i}/b`);
        }),
      ).finally(() => {
        writing = false;
      });
      const sequencer = async (ledger: Ledger) => {
        while (writing) await ledger.sequence(5);
      };
      await Promise.all([writers, sequencer(it.ledger), sequencer(it.second)]);
      await it.ledger.sequence(6);
      const entries = await it.ledger.entries(before, 1000);
      const subjects = entries.map((one) => (JSON.parse(one.bytes) as LedgerEntry).subject);
      expect(entries.map((one) => one.index)).toEqual(entries.map((_, i) => before + i));
      expect(new Set(subjects).size).toBe(192);
      expect(subjects).toHaveLength(192);
      expect(await it.second.verify([])).toMatchObject({ ok: true, size: before + 192, waiting: 0, faults: [] });
    });

    test('what was kept outside is consistent with all that came later, and says how far it reaches', async () => {
      const kept = await it.ledger.latest();
      await append('later');
      await it.ledger.sequence(7);
      const report = await it.ledger.verify([kept?.note ?? '']);
      expect(report).toMatchObject({ ok: true, basis: 'outside-checkpoint', outsideSize: kept?.size, size: (kept?.size ?? 0) + 1 });
    });

    test('a text outside may hold many checkpoints', async () => {
      const first = (await it.ledger.latest())?.note ?? '';
      await append('more');
      const second = (await it.ledger.sequence(8))?.note ?? '';
      const { ok, outsideSize, size } = await it.ledger.verify([`${first}\n${second}`]);
      expect([ok, outsideSize]).toEqual([true, size]);
    });

    test('a text that is no checkpoint of this log is refused', async () => {
      await expect(it.ledger.verify(['nonsense'])).rejects.toThrow(/checkpoint/);
      const note = (await it.ledger.latest())?.note ?? '';
      await expect(it.ledger.verify([note.replace(/^[^\n]+/, 'another.example')])).rejects.toThrow(/another\.example/);
    });

    test('an outside checkpoint that somebody changed is a fault and no basis', async () => {
      const note = (await it.ledger.latest())?.note ?? '';
      const report = await it.ledger.verify([note.replace(/\n\d+\n/, '\n1\n')]);
      expect(report).toMatchObject({ ok: false, basis: 'inside-only', outsideSize: null });
      expect(report.faults).toContainEqual({ fault: 'bad-signature', size: 1 });
    });

    test('progress goes to the end', async () => {
      const seen: [number, number][] = [];
      const { size } = await it.ledger.verify([], (done, total) => seen.push([done, total]));
      expect(seen.at(-1)).toEqual([size, size]);
    });
  });
}

function entry(subject: string): LedgerEntry {
  return { format: 'jobzero.ledger/1', type: 'finding', subject, at: 1, data: { hash: 'a' } };
}
