import { copyFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HomeUnderTest, type RunningUp, type ToldEvent } from './up-under-test.ts';

/** Below the ports that the system gives to outgoing connections, so that none of them sits on it or on the next. */
const busyPort = 27_310;

/** One installation from its first start to its last stop: the tests are one walk, in their order. */
describe.skipIf(process.platform !== 'linux')('up without AWS credentials', () => {
  let place: HomeUnderTest;
  let busy: Server;
  let up: RunningUp;
  let base = '';

  beforeAll(async () => {
    busy = createServer();
    await new Promise<void>((resolve, reject) => busy.once('error', reject).listen(busyPort, '127.0.0.1', resolve));
    place = await HomeUnderTest.make();
    up = place.start(busyPort);
  });

  afterAll(async () => {
    await place?.close();
    busy?.close();
  });

  const json = async <T>(...args: readonly string[]): Promise<T> => {
    const ran = await place.run(...args, '--format', 'json');
    expect([ran.code, ran.err]).toEqual([0, expect.any(String)]);
    return JSON.parse(ran.out) as T;
  };
  const spend = (url: string): Promise<Response> => {
    const { origin, hash } = new URL(url);
    return fetch(`${origin}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify({ token: hash.slice(1) }),
    });
  };
  const indexOf = (holds: (event: ToldEvent) => boolean) => up.events.findIndex(holds);

  test('within a minute the attack is found, decided, contained and verified, and a judgement waits: told in this order', async () => {
    const ready = await up.until('the console', (event) => event.event === 'ready');
    base = new URL(ready.url ?? '').origin;
    const contained = await up.until(
      'a contained attack',
      ({ event, state, finding, says }) =>
        event === 'action' &&
        state === 'verified' &&
        says.includes('access key') &&
        up.events.some((other) => other.event === 'finding' && other.finding === finding),
    );
    const judgement = await up.until('a judgement', (event) => event.event === 'judgement');
    await up.until('its finding', ({ event, finding }) => event === 'finding' && finding === judgement.finding);
    await up.until('its decision', ({ event, finding, state }) => event === 'decision' && finding === judgement.finding && state === 'ask');

    const found = indexOf(({ event, finding }) => event === 'finding' && finding === contained.finding);
    const decided = indexOf(({ event, finding, state }) => event === 'decision' && finding === contained.finding && state === 'act');
    const verified = indexOf(({ event, action, state }) => event === 'action' && action === contained.action && state === 'verified');
    expect(found).toBeGreaterThanOrEqual(0);
    expect(decided).toBeGreaterThan(found);
    expect(verified).toBeGreaterThan(decided);
    for (const event of up.events) {
      expect(event.time).toBe(new Date(event.at).toISOString());
      expect(event.event).not.toBe('trouble');
      if (event.event === 'finding' || event.event === 'decision') expect(event.finding).toMatch(/^[0-9a-f]{32}$/);
      if (event.event === 'action')
        expect([event.action, event.finding]).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), expect.any(String)]);
      if (event.event === 'judgement') expect(event.judgement).toMatch(/^[0-9a-f]{32}$/);
    }
  });

  test('a busy port takes the next; the console answers; the link signs in once and not twice', async () => {
    expect(base).toBe(`http://localhost:${busyPort + 1}`);
    const { url = '' } = await up.until('the console', (event) => event.event === 'ready');
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(`${base}/api/v1/overview`)).status).toBe(401);
    const signedIn = await spend(url);
    expect(signedIn.status).toBe(200);
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    const session = await fetch(`${base}/api/v1/session`, { headers: { cookie } });
    expect(await session.json()).toMatchObject({ who: userInfo().username });
    expect((await spend(url)).status).toBe(401);
  });

  test('a second start attaches to what runs, gives a new link and ends', async () => {
    const second = place.start(busyPort);
    const { url = '' } = await second.until('a link', (event) => event.event === 'attached');
    expect(await second.ended).toBe(0);
    expect(second.events.map(({ event }) => event)).toEqual(['attached']);
    expect(new URL(url).origin).toBe(base);
    expect((await spend(url)).status).toBe(200);
    expect((await spend(url)).status).toBe(401);
    const asked = await json<{ url: string }>('sign-in');
    expect((await spend(asked.url)).status).toBe(200);
  });

  test('all state is in the home, closed to others', async () => {
    for (const name of ['ledger.key.pem', 'pg18.password', 'running.json']) {
      const { mode } = await stat(`${place.home}/${name}`);
      expect([name, mode & 0o077]).toEqual([name, 0]);
    }
  });

  test('from another terminal: an approval is carried out by a worker', async () => {
    const waiting = await json<readonly { judgement: { id: string; options: readonly unknown[] } }[]>('approve');
    const answerable = waiting.find(({ judgement }) => judgement.options.length > 0);
    const id = answerable?.judgement.id ?? 'no judgement has an action';
    const answered = await json<{ outcome: string; actions: readonly string[] }>('approve', id.slice(0, 12), '--confidence', '80');
    expect(answered.outcome).toBe('recorded');
    expect(answered.actions.length).toBeGreaterThan(0);
    for (const approved of answered.actions)
      await up.until(
        'the approved action',
        ({ event, action, state }) => event === 'action' && action === approved && state === 'verified',
      );
    const again = await place.run('approve', id);
    expect([again.code, again.err]).toEqual([1, expect.stringContaining('too late')]);
  });

  test('from another terminal: findings, and the undo of a containment', async () => {
    const listed = await place.run('findings', '--format', 'ocsf');
    const told = new Set(up.events.filter(({ event }) => event === 'finding').map(({ finding }) => finding));
    const uids = listed.out
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { finding_info: { uid: string } }).finding_info.uid);
    expect(uids).toEqual(uids.toSorted());
    for (const id of told) expect(uids).toContain(id);

    // A key: an opened port that is undone stands open again, and what is found about it after the next start is new.
    // Which of the attack's findings cuts it off, the grave ones or another, is a matter of which is decided first.
    const contained = await up.until(
      'a contained attack',
      ({ event, state, says }) => event === 'action' && state === 'verified' && says.includes('Contain a stolen access key'),
    );
    const action = contained.action ?? '';
    // Here one person is enough, since whoever tries it out is alone.
    const undone = await place.run('undo', action, '--as', 'alice');
    expect([undone.code, undone.err]).toEqual([0, expect.stringContaining('undone')]);
    await up.until('the undo', (event) => event.event === 'action' && event.action === action && event.state === 'undone');
  });

  test('from another terminal: the stop button, replay, the ledger, a backup', async () => {
    expect((await place.run('stop', '--reason', 'a test')).code).toBe(0);
    expect((await place.run('stop', '--off')).code).toBe(0);
    const replayed = await json<{ decisions: number; same: number; different: number; expired: number }>('replay');
    expect(replayed).toMatchObject({ different: 0, expired: 0, same: replayed.decisions });
    expect(replayed.decisions).toBeGreaterThan(5);
    const verified = await json<{ ok: boolean; basis: string; size: number; faults: readonly unknown[] }>(
      'ledger',
      'verify',
      '--checkpoint',
      `${place.home}/checkpoints.log`,
    );
    expect(verified).toMatchObject({ ok: true, basis: 'outside-checkpoint', faults: [] });
    expect(verified.size).toBeGreaterThan(replayed.decisions);
    await writeFile(place.path('never.yml'), 'default: { act: never }\n');
    const anew = await json<{ decisions: number; actions: { was: number; would: number } }>('replay', '--policy', place.path('never.yml'));
    expect(anew.decisions).toBeGreaterThanOrEqual(replayed.decisions);
    expect(anew.actions.was).toBeGreaterThan(0);
    expect(anew.actions.would).toBe(0);
    const backedUp = await json<{ rows: number }>('backup', place.path('state.backup'));
    expect(backedUp.rows).toBeGreaterThan(verified.size);
  });

  test('for an auditor: an export, checked with the key that was told, and a proof of one leaf', async () => {
    const file = place.path('ledger.ndjson.gz');
    // The ledger grows on: what the auditor kept must be no newer than the export.
    const kept = place.path('kept.log');
    await copyFile(`${place.home}/checkpoints.log`, kept);
    expect((await place.run('ledger', 'export', file)).code).toBe(0);
    expect((await place.run('ledger', 'export', file)).err).toContain('there is a file of this name already');
    const key = (await place.run('ledger', 'key')).out.trim();
    const audit = ['ledger', 'audit', file, '--checkpoint', kept, '--format', 'json'];
    const checked = await place.run(...audit, '--key', key);
    expect([checked.code, JSON.parse(checked.out)]).toEqual([0, expect.objectContaining({ ok: true, basis: 'outside-checkpoint' })]);
    const whose = await place.run(...audit);
    expect([whose.code, whose.err]).toEqual([2, expect.stringContaining('Give --key')]);
    const proof = await place.run('ledger', 'prove', '0');
    expect(JSON.parse(proof.out)).toMatchObject({ format: 'jobzero.ledger-inclusion/1', index: 0 });
    const since = await place.run('ledger', 'prove', '--since', `${place.home}/checkpoints.log`);
    expect(JSON.parse(since.out)).toMatchObject({ format: 'jobzero.ledger-consistency/1' });
    expect((await place.run('ledger', 'prove')).code).toBe(2);
  });

  test('Ctrl-C in the terminal, which reaches the whole group, leaves no process behind', async () => {
    expect((await place.workers()).length).toBe(2);
    process.kill(-(up.child.pid ?? 0), 'SIGINT');
    expect(await up.ended).toBe(0);
    expect(await place.processes()).toEqual([]);
    expect(up.events.filter(({ event }) => event === 'trouble')).toEqual([]);
    expect(up.events.at(-1)?.event).toBe('stopped');
  });

  test('a later start goes on with the state; an interrupt of the leader alone leaves no process either', async () => {
    const before = up.events;
    // What came up while the stop button was pressed was refused.
    const ends = new Set(['verified', 'undone']);
    const done = new Set(before.flatMap(({ event, action, state }) => (event === 'action' && ends.has(state ?? '') ? (action ?? []) : [])));
    expect(done.size).toBeGreaterThan(0);
    up = place.start(busyPort, '--workers', '1');
    await up.until('the console', (event) => event.event === 'ready');
    const actions = await json<readonly { action: { id: string; state: string } }[]>('actions');
    const byId = new Map(actions.map(({ action }) => [action.id, action.state]));
    for (const id of done) expect([...ends]).toContain(byId.get(id));
    const verified = await json<{ ok: boolean }>('ledger', 'verify', '--checkpoint', `${place.home}/checkpoints.log`);
    expect(verified.ok).toBe(true);
    process.kill(up.child.pid ?? 0, 'SIGINT');
    expect(await up.ended).toBe(0);
    expect(await place.processes()).toEqual([]);
    expect(up.events.filter(({ event }) => event === 'trouble')).toEqual([]);
    // What was told of before is not found or done anew.
    const found = new Set(before.flatMap(({ event, finding }) => (event === 'finding' ? [finding] : [])));
    expect(up.events.filter(({ event, finding }) => event === 'finding' && found.has(finding))).toEqual([]);
    expect(up.events.filter(({ event, action }) => event === 'action' && action !== undefined && done.has(action))).toEqual([]);
  });

  test('an interrupt in the middle of the start ends it as well', async () => {
    up = place.start(busyPort, '--workers', '1');
    await up.until('the start', (event) => event.event === 'started');
    process.kill(-(up.child.pid ?? 0), 'SIGINT');
    expect(await up.ended).toBe(0);
    expect(await place.processes()).toEqual([]);
  });

  test('killed itself, its workers and the database end all the same, and a later start goes on', async () => {
    up = place.start(busyPort, '--workers', '1');
    await up.until('the console', (event) => event.event === 'ready');
    process.kill(up.child.pid ?? 0, 'SIGKILL');
    expect(await up.ended).toBe('SIGKILL');
    // The last of them stops the database.
    while ((await place.processes()).length > 0) await sleep(50);
    up = place.start(busyPort, '--workers', '1');
    await up.until('the console', (event) => event.event === 'ready');
    expect((await json<{ ok: boolean }>('ledger', 'verify', '--checkpoint', `${place.home}/checkpoints.log`)).ok).toBe(true);
    process.kill(-(up.child.pid ?? 0), 'SIGINT');
    expect(await up.ended).toBe(0);
    expect(await place.processes()).toEqual([]);
  });
});
