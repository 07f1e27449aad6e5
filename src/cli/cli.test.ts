import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cliReference } from '../../tools/gen-cli.ts';
import type { DetectSummary } from '../app/detect.ts';
import type { Detected, UpEvent, Wires } from '../app/wires.ts';
import { compliance, detection, hostile } from '../core/findings/export/sample-findings.ts';
import { incidentsOf } from '../core/findings/incidents/incidents-of.ts';
import { CloudError, InputError } from '../core/model/errors.ts';
import type { Finding } from '../core/model/finding.ts';
import { runCli } from './cli-under-test.ts';

function expectGolden(name: string, text: string): void {
  const file = new URL(`./golden/${name}`, import.meta.url);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
}

function detected(findings: readonly Finding[], more: Partial<DetectSummary> = {}): Detected {
  const bySeverity = { Critical: 0, High: 0, Medium: 0, Low: 0, Informational: 0 };
  for (const { severity } of findings) bySeverity[severity]++;
  return {
    findings: findings.map((finding) => ({ ...finding, read: () => finding })),
    summary: () => ({ objects: 2, events: 1234, setAside: 0, setAsides: [], findings: findings.length, bySeverity, ...more }),
    incidents: () => [],
    rules: 88,
    faults: [],
    seconds: 1.25,
    close: () => {},
  };
}

const wire = (result: Detected): Partial<Wires> => ({ detect: async () => result });
const faulty: Detected = {
  ...detected([detection], {
    setAside: 7,
    setAsides: [{ place: { object: 'logs/\u001b[2Jbroken.json.gz', offset: 17 }, reason: 'the gzip stream ends early' }],
  }),
  faults: [{ file: 'rules/bad.yml', line: 3, reason: 'no such modifier: sounds-like' }],
};

describe('help', () => {
  test('the reference page has every command, and is fresh', () => {
    expect(cliReference()).toBe(readFileSync(new URL('../../docs/reference/cli.md', import.meta.url), 'utf8'));
  });

  test('the whole help', async () => {
    const { code, out, err } = await runCli(['--help']);
    expect([code, err]).toEqual([0, '']);
    expectGolden('help.txt', out);
  });

  test.each([
    'up',
    'first-look',
    'detect',
    'ingest',
    'lists',
    'assess',
    'findings',
    'findings list',
    'findings show',
    'incidents',
    'approve',
    'deny',
    'actions',
    'undo',
    'arm',
    'disarm',
    'shadow',
    'doctor',
    'stop',
    'replay',
    'ledger verify',
    'backup',
    'restore',
    'range',
    'sign-in',
  ])('%s has help with an example', async (command) => {
    const { code, out } = await runCli([...command.split(' '), '--help']);
    expect(code).toBe(0);
    expect(out).toContain(`Usage: jobzero ${command}`);
    expect(out).toMatch(/Examples:\n {2}\$ jobzero /);
  });

  test('the version', async () => {
    expect(await runCli(['--version'])).toEqual({ code: 0, out: '1.2.3\n', err: '' });
  });
});

describe('a wrong command line', () => {
  test.each([
    [['nonsense'], "error: unknown command 'nonsense'"],
    [[], 'Usage: jobzero'],
    [['detect'], "error: missing required argument 'path'"],
    [['detect', 'x', '--format', 'xml'], 'Allowed choices are table, ocsf, asff, sarif'],
    [['detect', 'x', '--workers', '0'], 'whole number from 1 to 256'],
    [['detect', 'x', '--workers', '1e2'], 'whole number from 1 to 256'],
    [['detect', 'x', '--fail-on', 'high'], 'Allowed choices are Critical'],
    [['assess', '--regions', 'us-east-1,moon'], '"moon" is no Region'],
    [['disarm', 'a'], "required option '--account <id>' not specified"],
    [['range'], 'say --out DIR to write logs, or --serve'],
    [['actions', '--state', 'gone'], 'the states are planned'],
    [['arm', 'aws.iam.contain-access-key'], 'say in which account'],
  ])('%j', async (args, says) => {
    const { code, out, err } = await runCli(args);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(says);
  });
});

describe('detect', () => {
  test.each([
    ['table', []],
    ['ocsf', ['--format', 'ocsf']],
    ['asff', ['--format', 'asff']],
    ['sarif', ['--format', 'sarif']],
  ])('%s', async (name, args) => {
    const { code, out, err } = await runCli(['detect', 'logs', ...args], wire(detected([detection, compliance, hostile])));
    expect(code).toBe(0);
    expect(err).toBe('1,234 events in 2 objects, 88 rules, 1.3 s: 3 findings (1 Critical, 2 High), 0 set aside\n');
    if (name === 'table') expectGolden('detect.table', out);
    if (name === 'ocsf') for (const line of out.trimEnd().split('\n')) expect(JSON.parse(line).category_uid).toBe(2);
    if (name === 'asff') expect(JSON.parse(out)).toHaveLength(3);
    if (name === 'sarif') expect(JSON.parse(out).runs[0].results).toHaveLength(3);
  });

  test('a narrow terminal cuts the flexible column, not the ids', async () => {
    const { out } = await runCli(['detect', 'logs'], wire(detected([detection, compliance])), { columns: 100 });
    const lines = out.trimEnd().split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(out).toContain('…');
    expect(lines[1]).toMatch(/a0b1c2d3$/);
  });

  test('no findings print nothing', async () => {
    expect(await runCli(['detect', 'logs'], wire(detected([])))).toMatchObject({ code: 0, out: '' });
    expect(JSON.parse((await runCli(['detect', 'logs', '--format', 'asff'], wire(detected([])))).out)).toEqual([]);
  });

  test('a table holds the worst and says how many it left out', async () => {
    const many = Array.from({ length: 300 }, (_, i) => ({
      ...detection,
      id: String(i).padStart(32, '0'),
      severity: i === 17 ? ('Critical' as const) : ('Low' as const),
    }));
    const { out } = await runCli(['detect', 'logs', '--limit', '3'], wire(detected(many)));
    expect(out.split('\n')).toHaveLength(6);
    expect(out.split('\n')[1]).toContain('Critical');
    expect(out).toContain('and 297 more');
  });

  test.each([
    ['Critical', 0],
    ['High', 1],
    ['Medium', 1],
  ])('--fail-on %s', async (severity, code) => {
    expect((await runCli(['detect', 'logs', '--fail-on', severity], wire(detected([detection])))).code).toBe(code);
  });

  test('what was set aside and refused is told with its place, and --strict minds', async () => {
    const lenient = await runCli(['detect', 'logs'], wire(faulty));
    expect(lenient.code).toBe(0);
    expect(lenient.err).toContain('set aside logs/\\x1b[2Jbroken.json.gz at byte 17: the gzip stream ends early\nand 6 more set aside');
    expect(lenient.err).toContain('rule refused rules/bad.yml:3: no such modifier: sounds-like');
    expect((await runCli(['detect', 'logs', '--strict'], wire(faulty))).code).toBe(3);
    expect((await runCli(['detect', 'logs', '--strict'], wire(detected([detection])))).code).toBe(0);
  });

  test('--incidents writes them beside the findings, or prints them instead', async () => {
    const incidents = incidentsOf([detection], [], 'default');
    const wires = wire({ ...detected([detection], { incidents: { n: 1, pages: 1, leftOut: 3 } }), incidents: () => incidents });
    const folder = mkdtempSync(join(tmpdir(), 'jobzero-cli-'));
    try {
      const file = join(folder, 'incidents.ndjson');
      const { out, err } = await runCli(['detect', 'logs', '--incidents', file, '--format', 'ocsf'], wires);
      expect(JSON.parse(out)).toMatchObject({ class_uid: 2004 });
      expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ class_uid: 2005, finding_info_list: [{ uid: detection.id }] });
      expect(err).toContain('1 incident, 1 of them to page somebody; 3 weak findings beyond the gravest were not joined');
    } finally {
      rmSync(folder, { recursive: true });
    }
    expect(JSON.parse((await runCli(['detect', 'logs', '--incidents', '-', '--format', 'ocsf'], wires)).out)).toMatchObject({
      class_uid: 2005,
    });
    expect((await runCli(['detect', 'logs', '--incidents', '-'], wires)).out).toMatch(/^SEVERITY +PAGES/);
  });

  test('--summary writes the counts as JSON', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jobzero-cli-'));
    try {
      const file = join(folder, 'summary.json');
      await runCli(['detect', 'logs', '--summary', file], wire(faulty));
      expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
        objects: 2,
        events: 1234,
        setAside: 7,
        findings: 1,
        seconds: 1.25,
        bySeverity: { High: 1 },
        setAsides: [{ offset: 17 }],
        faults: [{ file: 'rules/bad.yml', line: 3 }],
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('options reach the use case', async () => {
    let seen: unknown;
    await runCli(['detect', 'a', 'b', '--rules', 'r1', '--rules', 'r2', '--lists', 'l1', '--no-builtin', '--workers', '4'], {
      detect: async ({ onProgress: _, ...input }) => {
        seen = input;
        return detected([]);
      },
    });
    expect(seen).toEqual({ paths: ['a', 'b'], rules: ['r1', 'r2'], lists: ['l1'], builtin: false, workers: 4 });
  });

  test('a reader that goes away ends it quietly, and what was put aside is removed', async () => {
    let closed = 0;
    const { code, err } = await runCli(
      ['detect', 'logs', '--format', 'ocsf'],
      wire({ ...detected([detection, compliance, hostile]), close: () => closed++ }),
      { closesAfter: 2 },
    );
    expect([code, err, closed]).toEqual([0, '', 1]);
  });
});

describe('up', () => {
  const at = Date.UTC(2026, 0, 15, 9);
  const events: readonly UpEvent[] = [
    { event: 'ready', at, says: 'The console is ready.', url: 'http://127.0.0.1:7070/sign-in#once' },
    { event: 'finding', at, says: 'Somebody called \u001b[2J on alice.', finding: 'f1', severity: 'High' },
    { event: 'action', at: at + 1000, says: 'Done and verified.', finding: 'f1', action: 'a1', state: 'verified' },
  ];
  const starting: Partial<Wires> = {
    up: async ({ onEvent }) => {
      for (const event of events) onEvent(event);
    },
  };

  test('--json prints each thing as a line, with time and ids', async () => {
    for (const args of [
      ['up', '--json'],
      ['up', '--format', 'json'],
    ]) {
      const { code, out } = await runCli(args, starting);
      expect(code).toBe(0);
      expect(
        out
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line)),
      ).toMatchObject([
        { event: 'ready', time: '2026-01-15T09:00:00.000Z', url: 'http://127.0.0.1:7070/sign-in#once' },
        { event: 'finding', finding: 'f1' },
        { event: 'action', action: 'a1', finding: 'f1', time: '2026-01-15T09:00:01.000Z' },
      ]);
    }
  });

  test('for people it fits the terminal, and hostile text is not obeyed', async () => {
    const { out } = await runCli(['up'], starting, { columns: 60, colours: true });
    expect(out).toContain('http://127.0.0.1:7070/sign-in#once');
    expect(out).toContain('\\x1b[2J');
    expect(out).not.toContain('\u001b[2J');
  });

  test('a reader that goes away ends it as Ctrl-C does', async () => {
    let aborted = false;
    const { code, err } = await runCli(
      ['up', '--json'],
      {
        up: async ({ onEvent, signal }) => {
          for (const event of events) onEvent(event);
          await new Promise<void>((resolve) => {
            signal.addEventListener('abort', () => resolve(), { once: true });
          });
          aborted = true;
        },
      },
      { closesAfter: 1 },
    );
    expect([code, err, aborted]).toEqual([0, '', true]);
  });
});

describe('errors', () => {
  const failing = (error: unknown): Partial<Wires> => ({ detect: () => Promise.reject(error) });
  test.each([
    [new InputError('it is no CloudTrail log', 'logs/a\u001b[1m.json'), 2, 'jobzero: logs/a\\x1b[1m.json: it is no CloudTrail log\n'],
    [
      new CloudError('denied', 'AccessDenied', 'iam:ListUsers', 'not authorised'),
      69,
      'jobzero: AWS refused iam:ListUsers (AccessDenied): not authorised\n',
    ],
    [
      Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT', path: 'logs' }),
      2,
      'jobzero: logs: there is no such file or folder\n',
    ],
    [
      Object.assign(new Error('connect'), { code: 'ECONNREFUSED', address: '127.0.0.1', port: 5432 }),
      69,
      'jobzero: cannot reach 127.0.0.1:5432 (ECONNREFUSED)\n',
    ],
    [new TypeError('x is undefined'), 70, 'jobzero: internal error: x is undefined (--debug prints where)\n'],
    ['a text', 70, 'jobzero: internal error: a text (--debug prints where)\n'],
  ])('%s', async (error, code, says) => {
    expect(await runCli(['detect', 'logs'], failing(error))).toEqual({ code, out: '', err: says });
  });

  test('--debug prints the stack', async () => {
    const { err } = await runCli(['detect', 'logs', '--debug'], failing(new TypeError('x is undefined')));
    expect(err).toMatch(/TypeError: x is undefined\n {4}at /);
  });
});

describe('colours', () => {
  const csi = '\u001b[';
  test('severities are coloured on a terminal, and hostile text is not obeyed', async () => {
    const { out, err } = await runCli(['detect', 'logs'], wire(detected([hostile])), { columns: 120, colours: true });
    expect(out).toContain(`${csi}31mHigh${csi}39m`);
    expect(err).toContain(csi);
    expect(out).not.toContain(`${csi}2J`);
    expect(out).toContain('\\x0d\\x0a\\x1b[2J');
  });

  test('none elsewhere', async () => {
    const { out, err } = await runCli(['detect', 'logs'], wire(detected([hostile])));
    expect(out + err).not.toContain('\u001b');
  });
});
