import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type EmbeddedPostgres, startEmbedded } from '../postgres/start-embedded.ts';
import { makeMarks } from './testing.ts';

const leaseMs = 2_000;

interface Worker {
  readonly child: ChildProcess;
  readonly ready: Promise<void>;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
  readonly said: { out: string; err: string };
}

let home = '';
let postgres: EmbeddedPostgres;
let workers: Worker[] = [];
let runs = 0;
let url = '';
let effects = '';

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'jobzero-fail-over-'));
  postgres = await startEmbedded({ home, onLog: () => {}, port: 57_310 });
});

afterAll(async () => {
  await postgres?.stop();
  await rm(home, { recursive: true, force: true });
});

beforeEach(async () => {
  const name = `run${++runs}`;
  await query(postgres.url, `create database ${name}`);
  url = postgres.url.replace(/\/[^/]*$/, `/${name}`);
  effects = join(home, `${name}.effects`);
  await makeMarks(url);
});

afterEach(async () => {
  for (const { child } of workers) child.kill('SIGKILL');
  await Promise.all(workers.map(({ ended }) => ended));
  workers = [];
});

function startWorker(name: string, count = 0, whenToDie = 0): Worker {
  const script = join(import.meta.dirname, 'fail-over.worker.ts');
  const values = [url, name, leaseMs, effects, count, whenToDie].map(String);
  const child = spawn(process.execPath, [script, ...values], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { out: '', err: '' };
  const ready = new Promise<void>((resolve) => {
    child.stdout.on('data', (bytes) => {
      said.out += String(bytes);
      if (said.out.includes('ready')) resolve();
    });
  });
  child.stderr.on('data', (bytes) => {
    said.err += String(bytes);
  });
  const ended = new Promise<number | string | null>((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));
  const worker = { child, ready, ended, said };
  workers.push(worker);
  return worker;
}

async function query<T extends pg.QueryResultRow>(to: string, text: string): Promise<T[]> {
  const client = new pg.Client(to);
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query<T>(text)).rows;
  } finally {
    client.end().catch(() => {});
  }
}

/** Waits until the query's `n` is at least this; a server that is away is asked again. */
async function until(text: string, atLeast: number): Promise<void> {
  for (;;) {
    const rows = await query<{ n: string }>(url, text).catch(() => []);
    if (Number(rows[0]?.n ?? -1) >= atLeast) return;
    await sleep(50);
  }
}

const marked = 'select count(*) as n from marks';
const finished = `select count(*) as n from dbos.workflow_status where status = 'SUCCESS'`;

async function expectExactlyOnce(count: number): Promise<void> {
  const ids = Array.from({ length: count }, (_, n) => `w${n}`);
  const status = await query<{ status: string; n: string }>(url, 'select status, count(*) as n from dbos.workflow_status group by 1');
  expect(status).toEqual([{ status: 'SUCCESS', n: String(count) }]);
  const marks = await query<{ subject: string }>(url, 'select subject from marks');
  expect(marks.map(({ subject }) => subject).sort()).toEqual(ids.flatMap((id) => [`${id}/a`, `${id}/b`]).sort());
  expect(await query(url, 'select n from counter')).toEqual([{ n: String(2 * count) }]);
  const lines = (await readFile(effects, 'utf8')).trimEnd().split('\n');
  expect([...new Set(lines)].sort()).toEqual(ids.flatMap((id) => [`${id}/one`, `${id}/two`]).sort());
}

test('workers that are killed, frozen and stopped: others finish their work, no transaction is lost or doubled', async () => {
  const count = 48;
  const starter = startWorker('a', count);
  const killed = startWorker('b');
  const frozen = startWorker('c');
  await Promise.all([starter.ready, killed.ready, frozen.ready]);
  await until(marked, 8);
  killed.child.kill('SIGKILL');
  frozen.child.kill('SIGSTOP');
  expect(await killed.ended).toBe('SIGKILL');
  startWorker('d');
  await until(marked, 40);
  starter.child.kill('SIGTERM');
  expect(await starter.ended).toBe(0);
  await until(finished, count);
  frozen.child.kill('SIGCONT');
  // It wakes, finds that it was declared dead, and ends.
  expect(await frozen.ended).toBe(3);
  await expectExactlyOnce(count);
  expect(workers.map(({ said }) => said.out.replace('ready\n', ''))).toEqual(['', '', '', '']);
  expect(workers.map(({ said }) => said.err).join('')).not.toContain('ended with an error');
  const recovered = 'select count(*) as n from dbos.workflow_status where recovery_attempts > 1';
  expect(Number((await query<{ n: string }>(url, recovered))[0]?.n)).toBeGreaterThan(0);
  // Only the living hold a lease: rows of the dead went with their recovery.
  await until(`select -count(*) as n from dbos.executor_lease where executor not like 'd/%'`, 0);
});

test('a worker dies between the commit of a transaction and hearing of it: the transaction is not done again', async () => {
  const dying = startWorker('a', 1, 1);
  expect(await dying.ended).toBe('SIGKILL');
  expect(await query(url, 'select subject from marks')).toEqual([{ subject: 'w0/a' }]);
  startWorker('b');
  await until(finished, 1);
  await expectExactlyOnce(1);
});

test('PostgreSQL is killed twice with all its backends: the workers reconnect and finish', async () => {
  const count = 32;
  const first = startWorker('a', count);
  const second = startWorker('b');
  await Promise.all([first.ready, second.ready]);
  for (const progress of [6, 24]) {
    await until(marked, progress);
    const before = postgres.pid();
    const backends = execFileSync('ps', ['-o', 'pid=', '--ppid', String(before)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/);
    for (const pid of [before, ...backends.map(Number)]) process.kill(pid, 'SIGKILL');
    while (postgres.pid() === before) await sleep(20);
  }
  await until(finished, count);
  await expectExactlyOnce(count);
  expect([first.child.exitCode, second.child.exitCode]).toEqual([null, null]);
  expect(workers.map(({ said }) => said.err).join('')).not.toContain('ended with an error');
});
