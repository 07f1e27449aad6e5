import { afterEach, describe, expect, test } from 'vitest';
import { CloudError, InputError, InvariantError } from '../model/errors.ts';
import type { Durable } from './durable.ts';
import type { Tx } from './store.ts';

/** One durable state, in which workers are started one after the other. */
export interface DurableHarness {
  /** A worker that is not launched yet. The one before was shut down. */
  readonly open: (onError: (error: unknown) => void) => Promise<Durable>;
  /** Subjects of the ledger's leaves that committed transactions left, in the order of commit. */
  readonly marks: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

const tenant = 'default';

/** The effect of a transaction that the contract looks for. */
async function mark(tx: Tx, subject: string): Promise<string> {
  await tx.ledger.append({ format: 'jobzero.ledger/1', type: 'action', subject, at: 0, data: {} });
  return subject;
}

/** Waits until `look` says true; fails the test by its timeout otherwise. */
async function until(look: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await look())) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** What every implementation of `Durable` does, whatever it runs on. */
export function durableContract(name: string, open: () => Promise<DurableHarness>): void {
  describe(`durable: ${name}`, () => {
    let harness: DurableHarness | null = null;
    let durable: Durable | null = null;
    let errors: unknown[] = [];

    async function begin(define: (durable: Durable) => void): Promise<{ readonly durable: Durable; readonly harness: DurableHarness }> {
      harness ??= await open();
      errors = [];
      const worker = await harness.open((error) => errors.push(error));
      durable = worker;
      define(worker);
      await worker.launch();
      return { durable: worker, harness };
    }

    afterEach(async () => {
      await durable?.shutdown();
      await harness?.close();
      durable = null;
      harness = null;
    });

    test('a workflow runs its operations in order and hands their values on', async () => {
      const seen: unknown[] = [];
      const { durable, harness } = await begin((worker) =>
        worker.define<{ account: string }>('probe@1', async (context, input) => {
          seen.push(context.id, input.account);
          seen.push(await context.step('value', async () => ({ list: [1, 'two', null], nested: { is: true } })));
          seen.push(await context.step('nothing', async () => undefined));
          await context.sleep(10);
          seen.push(await context.transaction('mark', tenant, (tx) => mark(tx, `${context.id}/a`)));
          seen.push(await context.step('last', async () => 'end'));
        }),
      );
      await durable.start('probe@1', 'w1', { account: '111122223333' });
      await until(() => seen.length === 6);
      expect(seen).toEqual(['w1', '111122223333', { list: [1, 'two', null], nested: { is: true } }, undefined, 'w1/a', 'end']);
      expect(await harness.marks()).toEqual(['w1/a']);
      expect(errors).toEqual([]);
    });

    test('the same id starts once, and cannot be another workflow', async () => {
      let runs = 0;
      const { durable, harness } = await begin((worker) => {
        worker.define<{ n: number }>('probe@1', async (context, input) => {
          runs++;
          await context.transaction('mark', tenant, (tx) => mark(tx, `${context.id}/${input.n}`));
        });
        worker.define('probe@2', async () => {});
      });
      await Promise.all([1, 1, 1].map((n) => durable.start('probe@1', 'w1', { n })));
      await until(async () => (await harness.marks()).length > 0);
      await durable.start('probe@1', 'w1', { n: 2 });
      await durable.start('probe@1', 'w2', { n: 3 });
      await until(async () => (await harness.marks()).length > 1);
      expect(await harness.marks()).toEqual(['w1/1', 'w2/3']);
      expect(runs).toBe(2);
      await expect(durable.start('probe@2', 'w1', {})).rejects.toThrow(InvariantError);
    });

    test('what is not defined, or too late, is refused', async () => {
      const { durable } = await begin((worker) => {
        worker.define('probe@1', async () => {});
        expect(() => worker.define('probe@1', async () => {})).toThrow(InvariantError);
      });
      await expect(durable.start('other@1', 'w1', {})).rejects.toThrow(InvariantError);
      expect(() => durable.define('late@1', async () => {})).toThrow(InvariantError);
    });

    test('errors of steps and transactions come back as what they were', async () => {
      const thrown = [
        new CloudError('denied', 'AccessDenied', 'iam:ListAccessKeys', 'not allowed'),
        new InputError('no such field', 'tolerance.yml:3'),
        new InputError('no place', ''),
        new InvariantError('a row was changed'),
        Object.assign(new Error('plain'), { name: 'Odd' }),
      ];
      const caught: unknown[] = [];
      const { durable } = await begin((worker) =>
        worker.define('probe@1', async (context) => {
          for (const error of thrown) {
            const fail = async (): Promise<never> => {
              throw error;
            };
            await context.step('fails', fail).catch((error: unknown) => caught.push(error));
            await context.transaction('fails too', tenant, fail).catch((error: unknown) => caught.push(error));
          }
        }),
      );
      await durable.start('probe@1', 'w1', {});
      await until(() => caught.length === 2 * thrown.length);
      const told = (error: unknown): unknown => ({ ...(error as Error), message: (error as Error).message, name: (error as Error).name });
      expect(caught.map(told)).toEqual(thrown.flatMap((error) => [told(error), told(error)]));
      expect(caught.map((error) => (error as Error).constructor)).toEqual(
        thrown.flatMap((error) => [error.constructor, error.constructor]),
      );
    });

    test('a transaction that throws leaves nothing behind', async () => {
      const caught: string[] = [];
      const { durable, harness } = await begin((worker) =>
        worker.define('probe@1', async (context) => {
          await context
            .transaction('half', tenant, async (tx) => {
              await mark(tx, 'never');
              throw new Error('half way');
            })
            .catch((error: Error) => caught.push(error.message));
          await context.transaction('whole', tenant, (tx) => mark(tx, 'whole'));
        }),
      );
      await durable.start('probe@1', 'w1', {});
      await until(async () => (await harness.marks()).length === 1);
      expect(caught).toEqual(['half way']);
      expect(await harness.marks()).toEqual(['whole']);
    });

    test('a body that throws is told of and does not stop the others', async () => {
      const { durable, harness } = await begin((worker) => {
        worker.define('bad@1', async (context) => {
          await context.step('one', async () => 1);
          throw new Error('a bug');
        });
        worker.define('good@1', async (context) => {
          await context.transaction('mark', tenant, (tx) => mark(tx, context.id));
        });
      });
      await durable.start('bad@1', 'bad', {});
      await durable.start('good@1', 'good', {});
      await until(async () => errors.length === 1 && (await harness.marks()).length === 1);
      expect(await harness.marks()).toEqual(['good']);
    });

    test('after a shutdown the next worker goes on where the last one stopped', async () => {
      const done: string[] = [];
      let held = true;
      const define = (worker: Durable): void =>
        worker.define('probe@1', async (context) => {
          await context.step('before', async () => done.push('before'));
          await context.transaction('mark', tenant, (tx) => mark(tx, 'once'));
          await context.step('hold', async () => {
            done.push('hold');
            // The shutdown comes while this step runs.
            if (held) await until(() => !held);
          });
          await context.step('after', async () => done.push('after'));
          await context.transaction('end', tenant, (tx) => mark(tx, 'end'));
        });
      const first = await begin(define);
      await first.durable.start('probe@1', 'w1', {});
      await until(() => done.includes('hold'));
      const stopping = first.durable.shutdown();
      held = false;
      await stopping;
      expect(done).toEqual(['before', 'hold']);
      const { harness } = await begin(define);
      await until(async () => (await harness.marks()).length === 2);
      expect(await harness.marks()).toEqual(['once', 'end']);
      // Finished steps are not done again; the one that the shutdown met may be.
      expect(done.filter((step) => step === 'before')).toHaveLength(1);
      expect(done.filter((step) => step === 'after')).toHaveLength(1);
    });

    test('fifty at once: each transaction once', async () => {
      const { durable, harness } = await begin((worker) =>
        worker.define<{ n: number }>('probe@1', async (context, { n }) => {
          const value = await context.step('count', async () => n + 1);
          await context.transaction('mark', tenant, (tx) => mark(tx, `${context.id}/${value}`));
        }),
      );
      const ids = Array.from({ length: 50 }, (_, n) => `many-${n}`);
      await Promise.all(ids.map((id, n) => durable.start('probe@1', id, { n })));
      await until(async () => (await harness.marks()).length >= 50);
      expect([...(await harness.marks())].sort()).toEqual(ids.map((id, n) => `${id}/${n + 1}`).sort());
      expect(errors).toEqual([]);
    });
  });
}
