import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../core/model/json.ts';
import { HomeUnderTest, killIfThere, type RunningUp, type ToldEvent } from './up-under-test.ts';

interface InFlight {
  readonly action: string;
  readonly executor: string;
}

/** Processes are killed in the middle of playbooks, in this order, while the simulated attack goes on. */
describe.skipIf(process.platform !== 'linux')('kill -9 in the middle of a playbook', () => {
  let place: HomeUnderTest;
  let up: RunningUp;
  /** Actions whose worker or database was killed under them. */
  const struck = new Set<string>();

  beforeAll(async () => {
    place = await HomeUnderTest.make({ JOBZERO_RANGE_LATENCY: '500' });
    up = place.start(47_410);
    await up.until('the console', ({ event }) => event === 'ready');
  });

  afterAll(() => place?.close());

  /** Actions that have done a step of their plan and not all of it, with who runs them. */
  async function inFlight(): Promise<readonly InFlight[]> {
    return place.query<InFlight>(
      `select workflow_uuid as action, executor_id as executor from dbos.workflow_status w
       where status = 'PENDING' and name = 'carry-out@2'
         and exists (select from dbos.operation_outputs o where o.workflow_uuid = w.workflow_uuid and o.function_name like '% do')
       order by created_at`,
    );
  }

  async function untilInFlight(): Promise<readonly InFlight[]> {
    for (let tries = 0; tries < 1_500; tries++) {
      const found = await inFlight();
      if (found.length > 0) return found;
      await sleep(20);
    }
    throw new Error(`nothing is in the middle of its plan\n${up.events.map((event) => `${event.time} ${event.says}`).join('\n')}`);
  }

  const verified = (action: string) => (event: ToldEvent) =>
    event.event === 'action' && event.action === action && event.state === 'verified';

  const pidOf = (executor: string): number => Number(/^worker-(\d+)\//.exec(executor)?.[1]);

  test('of a worker: another finishes what it was doing', async () => {
    // In the middle it is for a moment only: it is held there, and looked at again, before it is killed.
    let worker = 0;
    let orphans: readonly InFlight[] = [];
    for (let struckNow = false; !struckNow; ) {
      const [first] = await untilInFlight();
      worker = pidOf(first?.executor ?? '');
      process.kill(worker, 'SIGSTOP');
      // What it had begun, and has no end yet.
      orphans = (
        await place.query<InFlight>(
          `select workflow_uuid as action, executor_id as executor from dbos.workflow_status where status = 'PENDING' and name = 'carry-out@2'`,
        )
      ).filter(({ executor }) => pidOf(executor) === worker);
      struckNow = orphans.some(({ action }) => action === first?.action);
      if (!struckNow) process.kill(worker, 'SIGCONT');
    }
    expect(await place.workers()).toContain(worker);
    process.kill(worker, 'SIGKILL');
    for (const { action } of orphans) struck.add(action);
    await up.until('the end of the worker', ({ event, says }) => event === 'trouble' && says.includes('SIGKILL'));
    for (const { action } of orphans) await up.until(`the end of ${action}`, verified(action));
    const finishers = await place.query<InFlight>(
      'select workflow_uuid as action, executor_id as executor from dbos.workflow_status where workflow_uuid = any($1)',
      [orphans.map(({ action }) => action)],
    );
    for (const { executor } of finishers) expect(pidOf(executor)).not.toBe(worker);
    // And there are two again.
    while ((await place.workers()).length < 2) await sleep(50);
  }, 120_000);

  test('of PostgreSQL with all its backends: it is started again, and the playbook finishes', async () => {
    await up.until('a question', ({ event }) => event === 'judgement');
    const waiting = JSON.parse((await place.run('approve', '--format', 'json')).out) as readonly {
      judgement: { id: string; options: readonly unknown[] };
    }[];
    const answerable = waiting.filter(({ judgement }) => judgement.options.length > 0);
    const actions: string[] = [];
    for (const { judgement } of answerable) {
      const answered = JSON.parse((await place.run('approve', judgement.id, '--format', 'json')).out) as { actions: readonly string[] };
      actions.push(...answered.actions);
    }
    expect(actions.length).toBeGreaterThan(0);
    const underWay = await untilInFlight();
    for (const { action } of underWay) struck.add(action);
    const data = await place.dataFolder();
    const before = (await readFile(`${data}/postmaster.pid`, 'utf8')).split('\n')[0];
    for (const { pid, args } of await place.processes()) if (/postgres/.test(args)) killIfThere(pid);
    for (const action of actions) await up.until(`the end of ${action}`, verified(action));
    expect((await readFile(`${data}/postmaster.pid`, 'utf8')).split('\n')[0]).not.toBe(before);
    expect(up.child.exitCode).toBeNull();
  }, 120_000);

  test('after it all: every action is over, no effect is doubled, the ledger verifies and every decision replays', async () => {
    // More may be found and done while the ledger is verified below.
    let states: readonly { readonly id: string; readonly state: string }[] = [];
    do {
      await sleep(100);
      // The server may still be starting up.
      states = await place.query<{ id: string; state: string }>('select id, state from jobzero.actions').catch(() => []);
    } while (states.length === 0 || states.some(({ state }) => state === 'planned' || state === 'running'));
    for (const action of struck) expect(states.map(({ id }) => id)).toContain(action);
    for (const { id, state } of states) expect([id, state]).toEqual([id, 'verified']);
    const verify = JSON.parse(
      (await place.run('ledger', 'verify', '--checkpoint', `${place.home}/checkpoints.log`, '--format', 'json')).out,
    ) as JsonObject;
    expect(verify).toMatchObject({ ok: true, faults: [], basis: 'outside-checkpoint' });
    expect(JSON.parse((await place.run('replay', '--format', 'json')).out)).toMatchObject({ different: 0, expired: 0 });

    const leaves = new Map<string, number>();
    for (const { bytes } of await place.query<{ bytes: string }>('select bytes from jobzero.ledger_leaves')) {
      const { type, subject, data } = JSON.parse(bytes) as { type: string; subject: string; data: JsonObject };
      if (type !== 'receipt' && type !== 'action') continue;
      const leaf = `${type} ${subject} ${String(data['step'] ?? data['state'])}`;
      leaves.set(leaf, (leaves.get(leaf) ?? 0) + 1);
    }
    for (const [leaf, times] of leaves) expect([leaf, times]).toEqual([leaf, 1]);
    for (const { id } of states) for (const leaf of ['planned', 'running', 'verified']) expect(leaves.get(`action ${id} ${leaf}`)).toBe(1);
    for (const { action, step } of await place.query<{ action: string; step: number }>(
      'select action, step from jobzero.receipts where action = any($1)',
      [states.map(({ id }) => id)],
    ))
      expect(leaves.get(`receipt ${action} ${step}`)).toBe(1);

    process.kill(up.child.pid ?? 0, 'SIGINT');
    expect(await up.ended).toBe(0);
    expect(await place.processes()).toEqual([]);
  }, 120_000);

  test('what the cloud saw: each change once; of a struck action one call may have been made again, and it set the same', async () => {
    const range = JSON.parse(await readFile(`${place.home}/range/state.json`, 'utf8')) as { recent: Record<string, JsonObject[]> };
    const changes = new Map<string, number>();
    for (const record of Object.values(range.recent).flat()) {
      const arn = String((record['userIdentity'] as JsonObject | undefined)?.['arn']);
      const action = /\/([0-9a-f]{32})$/.exec(arn)?.[1];
      if (action === undefined || record['readOnly'] !== false) continue;
      expect([record['eventName'], record['errorCode']]).toEqual([record['eventName'], undefined]);
      const change = `${action} ${String(record['eventName'])} ${JSON.stringify(record['requestParameters'])}`;
      changes.set(change, (changes.get(change) ?? 0) + 1);
    }
    expect(changes.size).toBeGreaterThan(struck.size);
    for (const [change, times] of changes) expect([change, times <= (struck.has(change.slice(0, 32)) ? 2 : 1)]).toEqual([change, true]);
    for (const action of struck) expect([...changes.keys()].some((change) => change.startsWith(action))).toBe(true);
  });
});
