import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { restartTrail } from '../../content/playbooks/aws/cloudtrail/restart-trail.ts';
import { containAccessKey } from '../../content/playbooks/aws/iam/contain-access-key.ts';
import { memorySignIns } from '../../tools/console-memory.ts';
import type { ConsoleDeps } from '../app/console/console-deps.ts';
import { keepReport } from '../app/doctor/doctor-report.ts';
import { joinIncidents } from '../app/join-incidents.ts';
import { sealPerson } from '../app/ledger/seals.ts';
import { takeTolerance } from '../app/policy/take-policy.ts';
import type { Wires } from '../app/wires.ts';
import { compliance, detection } from '../core/findings/export/sample-findings.ts';
import { idOf } from '../core/lib/hash.ts';
import type { Judgement } from '../core/model/decision.ts';
import type { Finding, FindingChange } from '../core/model/finding.ts';
import type { Action, Target } from '../core/model/plan.ts';
import type { LedgerReport } from '../core/ports/ledger.ts';
import { memoryStore } from '../core/ports/store.memory.ts';
import { runCli, type Terminal } from './cli-under-test.ts';

const at = Date.UTC(2026, 0, 15, 9);
const tenant = 'default';
const target: Target = {
  account: '111122223333',
  region: 'us-east-1',
  uid: 'arn:aws:iam::111122223333:user/alice',
  params: { userName: 'alice', accessKeyId: 'AKIAIOSFODNN7EXAMPLE' },
};
const judgement: Judgement = {
  id: idOf(tenant, detection.id),
  tenant,
  finding: detection.id,
  revision: detection.revision,
  question: 'May jobzero contain the key of alice?',
  options: [
    {
      playbook: containAccessKey.id,
      version: 1,
      target,
      blastRadius: containAccessKey.blastRadius(target),
      inverse: containAccessKey.inverse(target),
      approvals: 1,
      mode: 'live',
    },
  ],
  guardrails: ['approval-required'],
  recommendation: 'approve',
  because: 'the key was made by a session that nobody knows',
  state: 'waiting',
  askedAt: at,
  answeredAt: null,
  answeredBy: [],
  approvalsNeeded: 1,
};
const done: Action = {
  id: '9b1d2f4a6c8e0b2d4f6a8c0e0f3a5c7e',
  tenant,
  finding: detection.id,
  revision: detection.revision,
  playbook: containAccessKey.id,
  playbookVersion: 1,
  target,
  state: 'verified',
  by: 'automation',
  plannedAt: at,
  finishedAt: at + 2000,
  reason: '',
};
const good: LedgerReport = { ok: true, size: 12, root: 'cm9vdA==', waiting: 1, basis: 'inside-only', outsideSize: null, faults: [] };

let deps: ConsoleDeps;
let report: LedgerReport;
let checkpoints: readonly string[];

beforeEach(async () => {
  report = good;
  checkpoints = [];
  const refuse = (): never => {
    throw new Error('not part of these tests');
  };
  deps = {
    tenant,
    store: memoryStore(),
    ledger: {
      verifierKey: '',
      checkpoints: async () => [],
      sequence: refuse,
      latest: async () => null,
      entries: async () => [],
      verify: async (outside) => {
        checkpoints = outside;
        return report;
      },
    },
    clock: { now: () => at + 60_000 },
    signIns: memorySignIns(),
    playbooks: [containAccessKey, restartTrail],
  };
  await deps.store.within(tenant, async (tx) => {
    await tx.findings.put(detection, at);
    await tx.findings.put(compliance, at);
    await tx.judgements.ask(judgement);
    await tx.actions.plan(done);
  });
});

function cli(line: string, terminal?: Terminal) {
  const wires: Partial<Wires> = { withConsole: (work) => work(deps) };
  return runCli(line.split(' '), wires, terminal);
}

describe('findings', () => {
  test('the worst first, with their state', async () => {
    const { code, out, err } = await cli('findings');
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => line.slice(0, 8).trim())).toEqual(['SEVERITY', 'Critical', 'High', '']);
    expect(out).toContain('  open   ');
    expect(err).toBe('2 findings: 1 Critical, 1 High\n');
  });

  test('filters, and other formats with the state of the life', async () => {
    const { out } = await cli('findings list --severity High --format ocsf');
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([{ finding_info: { uid: detection.id }, status_id: 1 }]);
    expect((await cli('findings list --state resolved')).out).toBe('');
  });

  test('more than one page', async () => {
    await deps.store.within(tenant, async (tx) => {
      for (let i = 0; i < 1200; i++) await tx.findings.put({ ...detection, id: idOf(i) }, at);
    });
    expect((await cli('findings list --format ocsf')).out.trimEnd().split('\n')).toHaveLength(1202);
  });

  test('one of them by the beginning of its id', async () => {
    const { code, out } = await cli('findings show 0f3a');
    expect(code).toBe(0);
    for (const part of [
      detection.id,
      'arn:aws:iam::111122223333:user/alice',
      'T1098.001',
      'LimitExceededException',
      '9b1d2f4a',
      'May jobzero contain',
    ]) {
      expect(out).toContain(part);
    }
    expect(JSON.parse((await cli(`findings show ${detection.id} --format json`)).out)).toMatchObject({ state: 'open' });
    expect(JSON.parse((await cli('findings show 0f3a --format asff')).out)).toHaveLength(1);
  });

  test.each([
    ['findings show ff', 'there is no finding whose id begins so'],
    ['findings show Z', 'up to 32 hexadecimal digits'],
    [`findings show ${'0'.repeat(32)}`, 'there is no finding whose id begins so'],
    ['findings show 0', null],
  ])('%s', async (line, says) => {
    const { code, err } = await cli(line);
    expect(code).toBe(says === null ? 0 : 2);
    if (says !== null) expect(err).toContain(says);
  });

  test('a beginning that is not enough', async () => {
    await deps.store.within(tenant, (tx) => tx.findings.put({ ...detection, id: `0f3b${'0'.repeat(28)}` }, at));
    expect(await cli('findings show 0f3')).toMatchObject({ code: 2, err: expect.stringContaining('type more of the id') });
  });
});

describe('approve and deny', () => {
  test('without an id, what waits is told with all that it takes to answer', async () => {
    const { code, out, err } = await cli('approve', { columns: 80 });
    expect(code).toBe(0);
    for (const part of [judgement.question, 'may break', 'undo', 'Everything that signs with', 'waiting']) expect(out).toContain(part);
    expect(out).not.toContain(judgement.because);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(err).toContain('1 judgement waiting');
  });

  test('what it is is said first, and then what is recommended is shown', async () => {
    expect(await cli(`approve ${judgement.id}`)).toMatchObject({ code: 2, err: expect.stringContaining('say first what it is') });
    expect(await cli(`judge ${judgement.id} benign`)).toMatchObject({ code: 2, err: expect.stringContaining('how sure') });
    expect((await cli(`judge ${judgement.id.slice(0, 6)}`)).out).not.toContain(judgement.because);
    const { code, out, err } = await cli(`judge ${judgement.id.slice(0, 6)} true-positive --confidence 80`);
    expect(code).toBe(0);
    expect(out).toContain('an attack, 80 % sure');
    expect(out).toContain(judgement.because);
    expect(err).toBe(`noted; now answer: jobzero approve ${judgement.id.slice(0, 8)}, or deny ${judgement.id.slice(0, 8)}\n`);
    expect((await cli('judge --as bob')).out).not.toContain(judgement.because);
    expect((await cli(`approve ${judgement.id}`)).code).toBe(0);
  });

  test('an approval plans the action and says so; the next one is too late', async () => {
    const { code, err } = await cli(`approve ${judgement.id.slice(0, 6)} --as bob --confidence 90`);
    expect(code).toBe(0);
    expect(err).toContain('approved; 1 action for a worker');
    const actions = await deps.store.within(tenant, (tx) => tx.actions.list({ state: ['planned'], limit: 10 }));
    expect(actions).toMatchObject([{ by: 'bob', playbook: containAccessKey.id }]);
    expect(await cli(`deny ${judgement.id}`)).toMatchObject({ code: 1, err: 'too late: it is approved already\n' });
  });

  test('a denial does nothing', async () => {
    expect((await cli(`deny ${judgement.id} --confidence 60`)).code).toBe(0);
    expect(await deps.store.within(tenant, (tx) => tx.actions.list({ state: ['planned'], limit: 10 }))).toEqual([]);
    expect((await cli('approve')).err).toBe('nothing waits for you\n');
  });

  test('an unknown id', async () => {
    expect(await cli('approve zz')).toMatchObject({ code: 2, err: 'jobzero: zz: there is no judgement whose id begins so\n' });
  });
});

describe('actions and undo', () => {
  test('what was done', async () => {
    const { out } = await cli('actions');
    expect(out).toContain('9b1d2f4a');
    expect(out).toContain('Contain a stolen access key: arn:aws:iam::111122223333:user/alice');
    expect(JSON.parse((await cli('actions --state undone --format json')).out)).toEqual([]);
  });

  test('an undo leaves a request for a worker', async () => {
    const { code, err } = await cli('undo 9b1d --wait 0 --as bob');
    expect([code, err]).toEqual([0, expect.stringMatching(/asked; a worker undoes it|must ask for it/)]);
    expect(await deps.store.within(tenant, (tx) => tx.settings.get(`undo-request/${done.id}`))).toMatchObject({
      by: 'bob',
      overwrite: false,
    });
  });

  test('what is undone already cannot be undone', async () => {
    await deps.store.within(tenant, (tx) => tx.actions.move(done.id, ['verified'], 'undone', at, ''));
    expect(await cli('undo 9b1d')).toMatchObject({ code: 1, err: 'cannot be undone: the action is undone\n' });
  });

  test('no worker, no undo: it says so', async () => {
    await deps.store.within(tenant, (tx) => tx.settings.set('undo-persons', 1, at, 'test'));
    const { code, err } = await cli('undo 9b1d --wait 1');
    expect(code).toBe(1);
    expect(err).toContain('Is a worker running');
  });
});

describe('arm, disarm and stop', () => {
  test('everything is dry run until armed', async () => {
    expect((await cli('arm')).out).toContain('dry run');
    const line = 'aws.iam.contain-access-key --account 111122223333';
    const tooEarly = await cli(`arm ${line}`);
    expect([tooEarly.code, tooEarly.err]).toEqual([2, expect.stringMatching(/not examined itself.* 0 of 7 days.*Nobody has signed/)]);
    await deps.store.within(tenant, async (tx) => {
      await tx.settings.set('watched/111122223333', { since: at - 8 * 86_400_000 }, at, 'automation');
      await keepReport(tx, {
        format: 'jobzero.doctor/1',
        at,
        checks: [{ id: 'role-actor', state: 'good', says: 'It can be taken.', fix: '' }],
      });
    });
    expect((await cli('doctor')).code).toBe(0);
    const { list } = JSON.parse((await cli(`shadow ${line} --format json`)).out);
    expect((await cli(`shadow ${line}`)).err).toContain('not to be armed: Nobody has signed');
    expect((await cli(`shadow ${line} --sign ${list} --as bob`)).err).toMatch(/signed by bob.*\nmay be armed/);
    const { code, err } = await cli(`arm ${line} --as bob`);
    expect([code, err]).toEqual([0, 'aws.iam.contain-access-key is armed: it may act in account 111122223333\n']);
    expect(await deps.store.within(tenant, (tx) => tx.settings.get('armed/aws.iam.contain-access-key/111122223333'))).toMatchObject({
      armed: true,
      signedBy: 'bob',
      shadowDays: 7,
    });
    expect((await cli('arm')).out).toMatch(/contain-access-key +111122223333 +bob/);
    expect((await cli('disarm aws.iam.contain-access-key --account 111122223333')).code).toBe(0);
    expect((await cli('arm')).out).not.toContain('bob');
  });

  test.each([
    [
      'arm aws.iam.no-such --account 111122223333',
      'there is no such playbook; there are aws.cloudtrail.restart-trail, aws.iam.contain-access-key',
    ],
    ['arm aws.iam.contain-access-key --account 42', 'an account is 12 digits'],
  ])('%s', async (line, says) => {
    expect(await cli(line)).toMatchObject({ code: 2, err: expect.stringContaining(says) });
  });

  test('what is not well says so, with what to do', async () => {
    expect(await cli('doctor')).toMatchObject({ code: 1, err: expect.stringContaining('has not examined itself yet') });
    const bad = { id: 'outside-heartbeat', state: 'bad', says: 'Nobody outside hears.', fix: 'Name a heartbeat.' } as const;
    await deps.store.within(tenant, (tx) => keepReport(tx, { format: 'jobzero.doctor/1', at, checks: [bad] }));
    const { code, out, err } = await cli('doctor');
    expect([code, err]).toEqual([1, expect.stringContaining('not well (outside-heartbeat)')]);
    expect(out).toMatch(/outside-heartbeat +BAD +Nobody outside hears\.\n.*→ Name a heartbeat\./);
  });

  test('the stop button', async () => {
    expect((await cli('stop --reason release')).err).toContain('pressed: automation starts nothing');
    expect(await deps.store.within(tenant, (tx) => tx.settings.get('stop'))).toMatchObject({ on: true, by: 'alice', reason: 'release' });
    expect(JSON.parse((await cli('stop --off --format json')).out)).toEqual({ on: false, stop: null });
  });
});

describe('ledger verify', () => {
  test('says what the answer rests on', async () => {
    const { code, out, err } = await cli('ledger verify');
    expect([code, out]).toEqual([0, 'verified: 12 leaves, 1 waiting for a number\nroot cm9vdA==\n']);
    expect(err).toContain('only on what the database itself holds');
  });

  test('checkpoints from outside are read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jobzero-cli-'));
    try {
      writeFileSync(join(folder, 'c.txt'), 'jobzero\n12\ncm9vdA==\n');
      report = { ...good, basis: 'outside-checkpoint', outsideSize: 12 };
      const { err } = await cli(`ledger verify --checkpoint ${join(folder, 'c.txt')}`);
      expect(checkpoints).toEqual(['jobzero\n12\ncm9vdA==\n']);
      expect(err).toBe('this rests on checkpoints that were kept outside the database (size 12)\n');
      expect(await cli(`ledger verify --checkpoint ${join(folder, 'none.txt')}`)).toMatchObject({
        code: 2,
        err: expect.stringContaining('no such file'),
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('a broken ledger is told with its place, and is no success', async () => {
    report = {
      ...good,
      ok: false,
      faults: [
        { fault: 'leaf-changed', index: 3 },
        { fault: 'truncated', size: 9, expected: 12 },
      ],
    };
    const { code, out } = await cli('ledger verify');
    expect(code).toBe(1);
    expect(out).toContain('NOT VERIFIED');
    expect(out).toContain('leaf-changed at leaf 3\ntruncated at size 9, where 12 were expected\n');
  });
});

describe('policy', () => {
  const take = (text: string) => deps.store.within(tenant, (tx) => takeTolerance(tx, { text, by: 'root', at: 1_000, review: 'always' }));

  test('its versions, their texts and what changed', async () => {
    expect(await cli('policy history')).toMatchObject({ code: 0, err: '0 versions of tolerance.yml\n' });
    await take('default: { act: ask }\n');
    await take('default: { act: never } # \u001b[2J\n');
    const { out, err } = await cli('policy history');
    expect(out.split('\n')[1]).toMatch(/^ +2 {2}1970-01-01 00:00:01Z? +root +[0-9a-f]{16} +-$/);
    expect(err).toBe('2 versions of tolerance.yml\n');
    expect((await cli('policy show 1')).out).toBe('default: { act: ask }\n');
    expect((await cli('policy diff 1 2')).out).toBe('- default: { act: ask }\n+ default: { act: never } # \\x1b[2J\n  \n');
    expect(await cli('policy show 9')).toMatchObject({ code: 2, err: expect.stringContaining('no version 9') });
  });

  test('a looser edit is shown, and holds when another person says so', async () => {
    expect(await cli('policy review')).toMatchObject({ code: 0, err: 'nothing waits for a review\n' });
    await take('default: { act: ask }\n');
    await take('default: { act: alone }\n');
    const { out, err } = await cli('policy review');
    expect(out).toBe('- default: { act: ask }\n+ default: { act: alone }\n  \n');
    expect(err).toContain('looser in default.act\n');
    const hash = /policy review ([0-9a-f]{12}) /.exec(err)?.[1];
    expect(await cli(`policy review ${hash} --as root`)).toMatchObject({ code: 2, err: expect.stringContaining('another person') });
    expect((await cli(`policy review ${hash} --as bob`)).err).toBe('it holds from now on\n');
    expect(await deps.store.within(tenant, (tx) => tx.settings.get('tolerance'))).toBe('default: { act: alone }\n');
  });
});

describe('ledger show and forget', () => {
  test('a leaf names who is meant until that person is forgotten', async () => {
    const bySeal = await deps.store.within(tenant, (tx) => sealPerson(tx, 'alice'));
    const bytes = `{"at":0,"data":{"bySeal":"${bySeal}","on":true},"format":"jobzero.ledger/1","subject":"stop","type":"setting"}`;
    deps = { ...deps, ledger: { ...deps.ledger, entries: async (index) => (index === 7 ? [{ index, bytes }] : []) } };
    expect((await cli('ledger show 7')).out).toBe(`setting stop 1970-01-01T00:00:00.000Z\n  bySeal: alice (${bySeal})\n  on: true\n`);
    expect(await cli('ledger show 8')).toMatchObject({ code: 2, err: expect.stringContaining('no leaf of this index') });
    expect(await cli('ledger forget alice')).toMatchObject({ code: 2, err: expect.stringContaining('--yes') });
    expect((await cli('ledger forget alice --yes')).code).toBe(0);
    expect(JSON.parse((await cli('ledger show 7 --format json')).out)).toMatchObject({ index: 7, bytes, persons: {} });
    expect(await cli('ledger forget alice --yes')).toMatchObject({ code: 2, err: expect.stringContaining('no leaf means this person') });
  });
});

describe('incidents', () => {
  beforeEach(async () => {
    const weaker: Finding = { ...detection, id: `1${detection.id.slice(1)}`, severity: 'Medium' };
    await deps.store.within(tenant, async (tx) => {
      const changes: FindingChange[] = [];
      for (const finding of [detection, weaker]) {
        await tx.findings.put(finding, at);
        changes.push({ type: 'raised', finding, supersedes: null });
      }
      await joinIncidents(tx, changes, [], at);
    });
  });

  test('what pages is listed, and what is not open only with --all', async () => {
    const { out, err } = await cli('incidents');
    expect(out.split('\n')[1]).toMatch(
      /^High +yes +2023-11-14 22:13 +111122223333 +1 +2 +Access key created .*, and 1 other finding +0f3a5c7e$/,
    );
    expect(err).toBe('1 incident open, 1 of them to page somebody\n');
    await deps.store.within(tenant, async (tx) => {
      for (const id of [detection.id, `1${detection.id.slice(1)}`]) await tx.findings.live(id, 'resolved', at, 'alice', '');
    });
    expect((await cli('incidents')).err).toBe('0 incidents open, 0 of them to page somebody\n');
    expect((await cli('incidents --all --pages')).err).toBe('1 incident, 1 of them to page somebody\n');
  });

  test('one is drawn on its tactics, as text and as OCSF', async () => {
    const { out } = await cli('incidents 0f3a', { columns: 100 });
    expect(out).toContain('why       1 finding of severity High or above.');
    expect(out).toMatch(/^Persistence +◆─+$/m);
    expect(out).toContain('1f3a5c7e');
    const [line = ''] = (await cli(`incidents ${detection.id} --format ocsf`)).out.split('\n');
    expect(JSON.parse(line)).toMatchObject({ class_uid: 2005, count: 2, is_suspected_breach: true });
    const { code, err } = await cli('incidents ffff');
    expect([code, err]).toEqual([2, expect.stringContaining('there is no incident whose id begins so')]);
  });
});
