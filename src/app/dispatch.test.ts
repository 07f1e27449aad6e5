import { expect, test } from 'vitest';
import type { Action } from '../core/model/plan.ts';
import type { Durable } from '../core/ports/durable.ts';
import { memoryStore } from '../core/ports/store.memory.ts';
import { dispatch, keepDispatching } from './dispatch.ts';
import { addUndoRequest, readUndoRequest } from './undo-request.ts';

const tenant = 'default';

function open() {
  const started: string[] = [];
  const durable: Durable = {
    define: () => {},
    launch: async () => {},
    shutdown: async () => {},
    start: async (name, id, input) => {
      const line = `${name} ${id} ${JSON.stringify(input)}`;
      if (!started.includes(line)) started.push(line);
    },
  };
  const store = memoryStore();
  const plan = (id: string, state: Action['state'] = 'planned') =>
    store.within(tenant, (tx) =>
      tx.actions.plan({
        id,
        tenant,
        finding: 'none',
        revision: 'none',
        playbook: 'aws.s3.block-public-access',
        playbookVersion: 1,
        target: { account: '111122223333', region: 'us-east-1', uid: 'arn:aws:s3:::reports-example', params: {} },
        state,
        by: 'automation',
        plannedAt: 1,
        finishedAt: null,
        reason: '',
      }),
    );
  return { started, plan, store, deps: { store, durable, tenant } };
}

test('starts what is planned and what is asked back, and nothing twice', async () => {
  const { started, plan, store, deps } = open();
  await plan('a1');
  await plan('a2', 'verified');
  await plan('a3', 'running');
  await store.within(tenant, async (tx) => {
    for (const id of ['a2', 'a3', 'nobody'])
      await tx.settings.set(`undo-request/${id}`, { by: 'alice', at: 7, overwrite: false }, 7, 'alice');
    await tx.settings.set('undo-request/a1', 'broken', 7, 'alice');
  });
  expect(await dispatch(deps)).toEqual({ actions: ['a1'], undos: ['a2'] });
  await dispatch(deps);
  expect(started).toEqual([
    'carry-out@2 a1 {"tenant":"default","action":"a1"}',
    'undo@1 undo-a2-7 {"tenant":"default","action":"a2","at":7}',
  ]);
});

test('hears of new actions, and stops', async () => {
  const { started, plan, deps } = open();
  const errors: unknown[] = [];
  const stop = await keepDispatching(deps, 3_600_000, (error) => errors.push(error));
  await plan('a1');
  await expect.poll(() => started).toHaveLength(1);
  await stop();
  await plan('a2');
  await stop();
  expect(started).toHaveLength(1);
  expect(errors).toEqual([]);
});

test('an error does not stop it', async () => {
  const { plan, deps } = open();
  await plan('a1');
  const errors: unknown[] = [];
  const durable: Durable = { ...deps.durable, start: () => Promise.reject(new Error('planted')) };
  const stop = await keepDispatching({ ...deps, durable }, 3_600_000, (error) => errors.push(error));
  await expect.poll(() => errors).toHaveLength(1);
  await plan('a2');
  await expect.poll(() => errors.length).toBeGreaterThan(1);
  await stop();
});

test('persons who ask for the same add up, and for another thing they do not', () => {
  const first = addUndoRequest(null, 'bob', 1, false);
  expect(readUndoRequest(addUndoRequest(first, 'alice', 2, false))).toEqual({
    by: 'alice',
    at: 2,
    persons: ['alice', 'bob'],
    overwrite: false,
  });
  expect(readUndoRequest(addUndoRequest(first, 'bob', 2, false))?.persons).toEqual(['bob']);
  expect(readUndoRequest(addUndoRequest(first, 'alice', 2, true))?.persons).toEqual(['alice']);
  expect(readUndoRequest({ by: '', at: 1 })).toBeNull();
});
