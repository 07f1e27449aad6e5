import { beforeEach, describe, expect, test } from 'vitest';
import { obligations } from '../../content/index.ts';
import type { ConsoleDeps } from '../app/console/console-deps.ts';
import { channels, hour, noon } from '../app/incident-mode/incident-mode-under-test.ts';
import type { Wires } from '../app/wires.ts';
import { memoryStore } from '../core/ports/store.memory.ts';
import { runCli } from './cli-under-test.ts';

describe('jobzero incident', () => {
  let deps: ConsoleDeps;
  let now: number;
  beforeEach(async () => {
    now = noon;
    deps = {
      tenant: 'default',
      store: memoryStore(),
      clock: { now: () => now },
      playbooks: [],
      obligations: await obligations(),
      inbound: { channels: async () => channels },
    } as unknown as ConsoleDeps;
  });
  const wires: Partial<Wires> = { withConsole: (work) => work(deps) };
  const run = (...args: string[]) => {
    now += 1_000;
    return runCli(['incident', ...args], wires);
  };

  test('from the declaration to the signed end', async () => {
    expect(await run()).toMatchObject({ code: 0, out: '', err: 'No incident is declared.\n' });
    expect(await run('say', 'hello')).toMatchObject({ code: 2, err: expect.stringContaining('no incident is declared') });
    expect((await run('declare', '--title', 'It burns')).err).toContain('alice commands');
    expect(await run('declare', '--title', 'It burns', '--as', 'bob')).toMatchObject({
      code: 1,
      err: expect.stringContaining('declared already'),
    });
    expect((await run()).out).toMatch(/^open +Critical +2026-01-06 11:00 +alice +0 +- +It burns/m);
    expect(await run('task', 'add', 'Look at the bucket', '--as', 'bob')).toMatchObject({ code: 0 });
    expect(await run('task', 'claim', 't1', '--as', 'bob')).toMatchObject({ code: 0, err: 'bob took the task t1, Look at the bucket\n' });
    expect(await run('task', 'claim', 't1')).toMatchObject({ code: 1, err: 'bob has it.\n' });
    expect(await run('task', 'done', 't1', '--as', 'bob', '--note', 'nothing was read')).toMatchObject({ code: 0 });
    expect(await run('hand-over', 'bob')).toMatchObject({ code: 0, err: 'alice handed the command over to bob\n' });
    expect(await run('contained', '--note', 'keys are off')).toMatchObject({ code: 1, err: 'Only the commander does this: bob.\n' });
    expect(await run('contained', '--note', 'keys are off', '--as', 'bob')).toMatchObject({ code: 0 });
    expect(await run('close', '--as', 'bob')).toMatchObject({ code: 1, out: expect.stringContaining('no   Open objectives: o1, o2, o3.') });
    for (const id of ['o1', 'o2']) await run('objective', 'reached', id, '--as', 'bob');
    await run('objective', 'given-up', 'o3', '--note', 'accepted by the owner', '--as', 'bob');
    const [, of = ''] = /--of (\d+)/.exec((await run('close', '--as', 'bob')).err) ?? [];
    await run('say', 'wait', '--as', 'alice');
    expect(await run('close', '--of', of, '--note', 'over', '--as', 'bob')).toMatchObject({
      code: 1,
      err: expect.stringContaining('More has happened'),
    });
    expect(await run('close', '--of', String(Number(of) + 1), '--note', 'over', '--as', 'bob')).toMatchObject({
      code: 0,
      err: 'bob closed and signed it: over\n',
    });
    expect((await run('--all')).out).toMatch(/^closed/m);
    expect((await run('list', '--format', 'json')).out).toBe('[]\n');
  });

  test('clocks start from the moments that are said, and end with a report', async () => {
    await run('declare', '--title', 'It burns');
    expect(await run('clock', 'start', 'eu.gdpr')).toMatchObject({ code: 1, err: 'Say from when it runs: aware.\n' });
    expect(await run('clock', 'start', 'eu.gdpr', '--aware', '2026-01-06T10:00Z')).toMatchObject({ code: 0 });
    expect(await run('clock', 'start', 'eu.nothing', '--aware', 'now')).toMatchObject({ code: 2 });
    expect(await run('clock', 'start', '--contract', 'Example AG, section 12', '--aware', 'now')).toMatchObject({ code: 2 });
    expect(await run('clock', 'start', '--contract', 'Example AG, section 12', '--hours', '4', '--aware', 'now')).toMatchObject({
      code: 0,
    });
    await run('clock', 'start', 'eu.dora', '--aware', '2026-01-06T10:00Z');
    await run('clock', 'moment', 'eu.dora', 'classified', '2026-01-06T10:30Z');
    now = noon + 4 * hour + 60_000;
    const { out } = await run('clock');
    const rows = out.split('\n').map((line) => line.split(/ {2,}/).slice(0, 4).join(' | '));
    expect(rows.slice(1, 8)).toEqual([
      'eu.dora/initial | over | 2026-01-06 14:30 | 31 min ago',
      expect.stringMatching(/^contract\.[0-9a-f]{8}\/notice \| over \| 2026-01-06 15:00 \| \d min ago$/),
      'eu.gdpr/authority | running | 2026-01-09 10:00 | in 2 d 18 h',
      'eu.gdpr/people | running | 2026-01-09 10:00 | in 2 d 18 h',
      'eu.dora/intermediate | waiting | - | -',
      'eu.dora/final | waiting | - | -',
      '',
    ]);
    expect(await run('clock', 'met', 'eu.dora/initial', '--at', '2026-01-06T14:00Z', '--note', 'BaFin, 4711')).toMatchObject({ code: 0 });
    await run('clock', 'keep', 'eu.dora/final', 'dora');
    expect((await run('clock')).out).toMatch(/eu\.dora\/intermediate +running +2026-01-09 14:00/);
    expect((await run('show')).out).toMatch(/eu\.dora\/initial +met +2026-01-06 14:30 +met 2026-01-06 14:00/);
  });

  test('what is told names a channel that there is, and how', async () => {
    await run('declare', '--title', 'It burns');
    expect(await run('tell', 'Example AG', 'hello')).toMatchObject({ code: 2, err: expect.stringContaining('say how') });
    expect(await run('tell', 'Example AG', 'hello', '--channel', 'carrier-pigeon')).toMatchObject({ code: 2 });
    expect(await run('tell', 'Example AG', 'hello', '--channel', 'tickets')).toMatchObject({ code: 2 });
    expect(await run('lesson', 'Rotate keys', '--channel', 'mail:a@example.com')).toMatchObject({ code: 2 });
    expect(await run('tell', 'Example AG', 'hello', '--channel', 'mail:a@example.com', '--by', 'phone')).toMatchObject({
      code: 0,
      err: 'alice told Example AG (phone, mail): hello\n',
    });
    expect((await run('show')).out).toMatch(/alice +mail:a@example\.com +waiting/);
  });

  test('texts of others cannot steer the terminal, and nobody is called automation', async () => {
    await run('declare', '--title', 'red \u001b[31m \u202e evil');
    await run('say', 'line\nbreak \u001b]0;x\u0007');
    const { out } = await run('show');
    expect([...out].filter((char) => (char < ' ' && char !== '\n') || char === '\u202e')).toEqual([]);
    expect(out).toContain('line\\x0abreak');
    expect(await run('say', 'x', '--as', 'automation')).toMatchObject({ code: 2, err: expect.stringContaining('no person is called so') });
  });
});
