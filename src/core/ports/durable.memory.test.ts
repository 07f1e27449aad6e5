import fc from 'fast-check';
import { expect, test } from 'vitest';
import { durableContract } from './durable.contract.ts';
import { type MemoryDurableState, memoryDurable } from './durable.memory.ts';
import type { Store, Tx } from './store.ts';

/** Transactions that only know the ledger, all or nothing. */
function ledgerOnly(): { readonly within: Store['within']; readonly marks: string[] } {
  const marks: string[] = [];
  return {
    marks,
    within: async (tenant, work) => {
      const written: string[] = [];
      const tx = { tenant, ledger: { append: async ({ subject }: { subject: string }) => void written.push(subject) } };
      const result = await work(tx as unknown as Tx);
      marks.push(...written);
      return result;
    },
  };
}

durableContract('memory', async () => {
  const { within, marks } = ledgerOnly();
  const state: MemoryDurableState = new Map();
  return {
    open: async (onError) => memoryDurable({ within, state, onError }),
    marks: async () => marks,
    close: async () => {},
  };
});

test('wherever the worker dies, steps happen at least once and transactions exactly once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom('step', 'transaction', 'sleep'), { maxLength: 6 }), fc.nat(12), async (kinds, crash) => {
      const { within, marks } = ledgerOnly();
      const durable = memoryDurable({ within });
      const steps: number[] = [];
      durable.define('probe@1', async (context) => {
        for (const [index, kind] of kinds.entries()) {
          if (kind === 'step') await context.step(`${index}`, async () => steps.push(index));
          else if (kind === 'sleep') await context.sleep(1_000);
          else {
            await context.transaction(`${index}`, 'default', (tx) =>
              tx.ledger.append({ format: 'jobzero.ledger/1', type: 'action', subject: `${index}`, at: 0, data: {} }),
            );
          }
        }
      });
      await durable.launch();
      if (crash > 0) durable.crashAfter(crash);
      await durable.start('probe@1', 'w', {});
      await durable.settled();
      const of = (wanted: string): number[] => kinds.flatMap((kind, index) => (kind === wanted ? [index] : []));
      expect(durable.stateOf('w')).toBe('done');
      expect(marks).toEqual(of('transaction').map(String));
      expect([...new Set(steps)]).toEqual(of('step'));
      const died = kinds[crash - 1];
      expect(steps.length).toBe(of('step').length + (died === 'step' ? 1 : 0));
    }),
  );
});
