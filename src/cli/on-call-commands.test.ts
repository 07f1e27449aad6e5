import { beforeEach, describe, expect, test } from 'vitest';
import { playbooks as ownPlaybooks, rules } from '../../content/index.ts';
import { memoryLedger, memorySignIns } from '../../tools/console-memory.ts';
import type { ConsoleDeps } from '../app/console/console-deps.ts';
import { openFault } from '../app/notify/automation-fault.ts';
import { readChannels } from '../app/notify/read-channels.ts';
import { followPages } from '../app/on-call/follow-pages.ts';
import { onCallSetting } from '../app/on-call/on-call-settings.ts';
import { raisePages } from '../app/on-call/raise-pages.ts';
import { tally } from '../app/on-call/tally.ts';
import { detection } from '../core/findings/export/sample-findings.ts';
import { memoryStore } from '../core/ports/store.memory.ts';
import { runCli } from './cli-under-test.ts';

const tenant = 'default';
const start = Date.UTC(2026, 0, 15, 9);
const account = '111122223333';
const channels = readChannels('channels:\n  chat: { kind: slack, token: "file:t" }\npeople:\n  alice: { chat: U1 }\n', 'channels.yml');

let now: number;
let store: ReturnType<typeof memoryStore>;
let deps: ConsoleDeps;
beforeEach(async () => {
  now = start;
  store = memoryStore();
  deps = {
    tenant,
    store,
    ledger: memoryLedger(() => []),
    clock: { now: () => now },
    signIns: memorySignIns(),
    playbooks: await ownPlaybooks(),
    rules,
    inbound: { channels: async () => channels, secret: async () => '' },
  };
});

const cli = (...line: readonly string[]) => runCli(line, { withConsole: (work) => work(deps) });
const schedule = () =>
  store.within(tenant, (tx) =>
    tx.settings.set(
      onCallSetting,
      'zone: Europe/Berlin\nengineer:\n  - { name: weeks, people: [alice, bob], from: 2026-01-05 09:00, turn: 1w }\nbackup: [carol]\nquiet: [{ hours: 09:00-11:00 }]\n',
      now,
      'test',
    ),
  );

/** So many questions of one finding, with their pages. */
async function asked(n: number): Promise<void> {
  await store.within(tenant, async (tx) => {
    await tx.findings.put({ ...detection, tenant }, now);
    for (let i = 0; i < n; i++)
      await tx.judgements.ask({
        id: `question-${i}`,
        tenant,
        finding: detection.id,
        revision: detection.revision,
        question: `Deny the session of \u001b[31m${i}?`,
        options: [],
        guardrails: ['serves-production'],
        recommendation: 'deny',
        because: 'b',
        state: 'waiting',
        askedAt: now,
        answeredAt: null,
        answeredBy: [],
        approvalsNeeded: 1,
      });
  });
  for (let i = 0; i < 2; i++) {
    await raisePages({ tenant, store, clock: deps.clock, channels: async () => channels });
    await followPages({ tenant, store, clock: deps.clock, channels: async () => channels });
  }
}

describe('oncall', () => {
  test('without a file everybody is', async () => {
    expect(await cli('oncall')).toEqual({
      code: 0,
      out: 'There is no oncall.yml: everybody in channels.yml is told of everything at once.\n',
      err: '',
    });
    expect(await cli('oncall', 'override', '--from', '2026-01-16T00:00', '--until', '2026-01-17T00:00', '--person', 'bob')).toMatchObject({
      code: 2,
      err: expect.stringContaining('write oncall.yml first'),
    });
  });

  test('now and next, by the clocks of the schedule', async () => {
    await schedule();
    const { code, out } = await cli('oncall');
    expect(code).toBe(0);
    expect(out).toBe(`FROM              UNTIL             ON CALL  BY
now               2026-01-19 09:00  bob      weeks
2026-01-19 09:00  2026-01-26 09:00  alice    weeks
2026-01-26 09:00  2026-01-29 10:00  bob      weeks
Backup team: carol. Times are of Europe/Berlin.
This shift, until 2026-01-15 20:00: 0 judgements of 2.
Quiet hours until 2026-01-15 11:00: only data loss or an active intruder wakes somebody.
`);
  });

  test('somebody stands in, and is taken back; leaves name nobody', async () => {
    await schedule();
    const set = await cli(
      'oncall',
      'override',
      '--from',
      '2026-01-15T09:30',
      '--until',
      '2026-01-15T12:00Z',
      '--person',
      'carol',
      '--reason',
      'swap',
    );
    expect(set.out).toMatch(/^Override ([0-9a-f]{12}): carol is on call from 2026-01-15 08:30:00Z until 2026-01-15 12:00:00Z\.\n$/);
    const id = /Override (\S+):/.exec(set.out)?.[1] ?? '';
    expect((await cli('oncall')).out).toContain('now               2026-01-15 13:00  carol    override');
    expect((await cli('oncall', 'override', '--take-back', id)).code).toBe(0);
    expect((await cli('oncall')).out).toContain('now               2026-01-19 09:00  bob');
    const leaves = store.entries(tenant).filter(({ subject }) => subject.startsWith('oncall-override/'));
    expect(leaves).toHaveLength(2);
    expect(JSON.stringify(leaves)).not.toMatch(/carol|alice/);
  });

  test.each([
    [['--from', '2026-01-15T09:30', '--until', '2026-01-15T09:30', '--person', 'carol'], 'it ends before it begins'],
    [['--from', '2025-01-15T09:30', '--until', '2025-01-16T09:30', '--person', 'carol'], 'it is over already'],
    [['--from', 'tomorrow', '--until', '2026-01-16T09:30', '--person', 'carol'], 'it must be a time'],
    [['--from', '2026-01-15T09:30', '--until', '2026-01-16T09:30', '--person', 'zoe'], 'nobody of this name'],
    [['--from', '2026-01-15T09:30'], 'are wanted'],
    [['--take-back', 'none'], 'there is no override'],
  ])('override %j is refused', async (line, says) => {
    await schedule();
    const { code, err } = await cli('oncall', 'override', ...line);
    expect(code).not.toBe(0);
    expect(err).toContain(says);
  });

  test('the queue, the automation first, with printable texts', async () => {
    await store.within(tenant, (tx) => openFault(tx, { what: 'account', name: '444455556666', reason: 'It was never read' }, [], now));
    await asked(1);
    const { out, err } = await cli('oncall', 'queue');
    expect(out.split('\n').map((line) => line.split(' ')[0])).toEqual(['KIND', 'automation', 'judgement', '']);
    expect(out).not.toContain('\u001b');
    expect(err).toBe('1 fault of the automation, 1 judgement, 0 incidents\n');
    expect((await cli('oncall', 'queue', '--format', 'json')).out).not.toContain('"recommendation"');
  });
});

describe('ack', () => {
  test('takes the page whose id begins so, once', async () => {
    await asked(1);
    const [entry] = JSON.parse((await cli('ack', '--format', 'json')).out) as { page: { id: string; state: string } }[];
    expect(entry?.page.state).toBe('calling');
    now += 60_000;
    const id = entry?.page.id.slice(0, 6) ?? '';
    expect(await cli('ack', id)).toMatchObject({ code: 0, err: expect.stringContaining('yours; nobody else is told') });
    expect(await cli('ack', id, '--as', 'bob')).toMatchObject({
      code: 1,
      err: expect.stringContaining('too late: it is acknowledged by alice'),
    });
    expect((await cli('ack', 'zzz')).err).toContain('there is no page whose id begins so');
  });
});

test('health, in counts and of one account', async () => {
  await store.within(tenant, async (tx) => {
    await tx.settings.set(`snapshot/${account}`, { takenAt: now - 60_000, unread: [] }, now, 'automation');
    await tx.settings.set('armed/aws.s3.block-public-access/*', { armed: true }, now, 'alice');
  });
  const { code, out, err } = await cli('health');
  expect(code).toBe(0);
  expect(out).toMatch(
    /^ACCOUNT {7}WORKING {2}BLIND {2}DISARMED {2}WHY\n111122223333 {8}1 +\d+ +\d+ {2}nothing comes from it: cloudtrail, .*\(\d+\); not armed \(\d+\)\n$/,
  );
  expect(err).toMatch(/^1 account: 1 working, \d+ blind, \d+ disarmed\n$/);
  expect((await cli('health', '--strict')).code).toBe(1);
  const one = await cli('health', account);
  expect(one.out).toMatch(/\n +aws\.s3\.block-public-access +working *\n/);
  expect(await cli('health', '999999999999')).toMatchObject({ code: 2, err: expect.stringContaining('nothing is known') });
  expect(JSON.parse((await cli('health', '--format', 'json')).out)).toMatchObject({ accounts: [{ account, counts: { working: 1 } }] });
});

test('load, and what asked where it was too much', async () => {
  await store.within(tenant, async (tx) => {
    await tally(tx, 'a', { events: 1_000_000 }, now);
    await tally(tx, 'b', { decided: 1_000 }, now);
  });
  await asked(3);
  const { out, err } = await cli('load', '--days', '1');
  expect(out).toContain(
    '2026-01-15 08:00           3        0      3         -      0.0     1,000     1            100.0%  1,000,000         3.00',
  );
  expect(out).toContain(`Beyond the budget of 2: 3 in the shift from 2026-01-15 08:00, by ${detection.rule.id} (3: serves-production).`);
  expect(err).toBe('3 shifts, 1 with more than 2 judgements\n');
  expect((await cli('load', '--strict')).code).toBe(1);
});
