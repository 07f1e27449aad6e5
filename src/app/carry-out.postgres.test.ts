import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { containAccessKey } from '../../content/playbooks/aws/iam/contain-access-key.ts';
import { findingUnderTest } from '../core/lib/finding-under-test.ts';
import type { Action } from '../core/model/plan.ts';
import { openDurable } from '../edge/dbos/durable.ts';
import { openStore } from '../edge/postgres/open-store.ts';
import { storeTx } from '../edge/postgres/store-tx.ts';
import { type TestDatabase, testDatabase } from '../edge/postgres/testing.ts';
import { openRange } from '../range/open-range.ts';
import { defineCarryOut } from './carry-out.ts';
import { keepDispatching } from './dispatch.ts';
import { defineUndo } from './undo-action.ts';
import { addUndoRequest } from './undo-request.ts';

const account = '444455556666';
const tenant = 'default';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(async () => {
  await database?.close();
});

test('a worker with PostgreSQL hears of an action, carries it out, and takes it back when asked', async () => {
  const range = openRange({ seed: 'postgres', start: Date.now(), now: () => Date.now() });
  const user = range.state.accounts[account]?.users['ci-deployer'];
  const accessKeyId = Object.keys(user?.keys ?? {})[0] ?? '';
  const target = {
    account,
    region: 'us-east-1',
    uid: `arn:aws:iam::${account}:user/ci-deployer`,
    params: { userName: 'ci-deployer', accessKeyId },
  };
  const view = () => JSON.stringify([Object.values(user?.keys ?? {}).map(({ status }) => status), user?.inline]);
  const before = view();

  const store = await openStore({ url: database.url });
  const errors: unknown[] = [];
  const durable = openDurable({
    url: database.url,
    systemUrl: database.dbosUrl,
    storeTx,
    executorId: 'test',
    onError: (error) => errors.push(error),
    pollMs: 50,
  });
  const deps = { cloud: range.cloud, clock: { now: () => Date.now() }, playbooks: () => containAccessKey };
  defineCarryOut(durable, deps);
  defineUndo(durable, deps);
  await durable.launch();
  const stop = await keepDispatching({ store, durable, tenant }, 1000, (error) => errors.push(error));

  const action: Action = {
    id: 'a'.repeat(32),
    tenant,
    finding: 'f'.repeat(32),
    revision: 'e'.repeat(32),
    playbook: containAccessKey.id,
    playbookVersion: 1,
    target,
    state: 'planned',
    by: 'automation',
    plannedAt: Date.now(),
    finishedAt: null,
    reason: '',
  };
  const ended = async (states: readonly Action['state'][]) => {
    for (;;) {
      const row = await store.within(tenant, (tx) => tx.actions.get(action.id));
      if (errors.length > 0) throw errors[0];
      if (row !== null && states.includes(row.state)) return row.state;
      await sleep(50);
    }
  };

  try {
    await store.within(tenant, async (tx) => {
      await tx.findings.put(
        { ...findingUnderTest({ tenant, id: action.finding, severity: 'Medium', account }), revision: action.revision },
        Date.now(),
      );
      await tx.settings.set(`armed/${containAccessKey.id}/*`, { armed: true }, Date.now(), 'owner');
      await tx.actions.plan(action);
    });
    expect(await ended(['verified', 'unverified', 'failed', 'refused', 'dry-run'])).toBe('verified');
    expect(view()).not.toBe(before);
    const receipts = await store.within(tenant, (tx) => tx.actions.receipts(action.id));
    expect(receipts.map(({ call, verified }) => [call.action, verified])).toEqual([
      ['iam:UpdateAccessKey', true],
      ['iam:PutUserPolicy', true],
    ]);
    await store.within(tenant, (tx) =>
      tx.settings.set(`undo-request/${action.id}`, addUndoRequest(null, 'alice', Date.now(), false), Date.now(), 'alice'),
    );
    expect(await ended(['undone', 'undo-failed', 'undo-asks'])).toBe('undone');
    expect(view()).toBe(before);
  } finally {
    await stop();
    await durable.shutdown();
    await store.close();
  }
});
