import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPostmaster } from './postmaster.ts';
import { type EmbeddedPostgres, startEmbedded } from './start-embedded.ts';

const fast = ['fsync=off'];
const logs: string[] = [];
const onLog = (message: string) => void logs.push(message);
let base = '';

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'jobzero-embedded-'));
  await chmod(base, 0o755);
});
afterAll(() => rm(base, { recursive: true, force: true }));

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return Object.values((await client.query(sql)).rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

async function answersAgain(url: string): Promise<void> {
  for (let i = 0; i < 200; i++) {
    if ((await ask(url, 'select 1').catch(() => 0)) === 1) return;
    await sleep(50);
  }
  throw new Error('the server did not come back');
}

describe('one home', () => {
  let home = '';
  let first: EmbeddedPostgres;

  beforeAll(async () => {
    home = join(base, 'one');
    first = await startEmbedded({ home, onLog, settings: fast });
  });
  afterAll(() => first.stop());

  test('text is UTF-8 and compares by bytes, on 127.0.0.1 alone, behind a password kept 0600', async () => {
    expect(first.owner).toBe(true);
    expect(
      await ask(first.url, "select datcollate || ' ' || pg_encoding_to_char(encoding) from pg_database where datname = 'jobzero'"),
    ).toBe('C UTF8');
    expect(await ask(first.url, 'show listen_addresses')).toBe('127.0.0.1');
    expect((await stat(join(home, 'pg18.password'))).mode & 0o777).toBe(0o600);
    await expect(ask(first.url.replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toThrow(/password/);
  });

  test('a second start attaches, and its stop leaves the server to the first', async () => {
    const second = await startEmbedded({ home, onLog, settings: fast });
    expect([second.owner, second.url]).toEqual([false, first.url]);
    await second.stop();
    expect(await ask(first.url, 'select 1')).toBe(1);
  });

  test('a killed server comes back on the same port with its rows', async () => {
    await ask(first.url, 'create table kept as select 42 as n');
    process.kill(first.pid(), 'SIGKILL');
    await answersAgain(first.url);
    expect(await ask(first.url, 'select n from kept')).toBe(42);
  });

  test('the last one out stops it, and a later start finds the rows', async () => {
    const second = await startEmbedded({ home, onLog, settings: fast });
    await first.stop();
    expect(await ask(second.url, 'select n from kept')).toBe(42);
    await second.stop();
    expect(await findPostmaster(second.dataFolder)).toBeNull();
    first = await startEmbedded({ home, onLog, settings: fast });
    expect(await ask(first.url, 'select n from kept')).toBe(42);
  });

  test('an orphan of a killed parent is adopted', async () => {
    await first.stop();
    const script = `
      const { startEmbedded } = await import(${JSON.stringify(join(import.meta.dirname, 'start-embedded.ts'))});
      const server = await startEmbedded({ home: ${JSON.stringify(home)}, onLog() {}, settings: ['fsync=off'] });
      process.stdout.write(String(server.pid()) + '\\n');
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = (await once(parent.stdout, 'data')) as [Buffer];
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    let adopted = await startEmbedded({ home, onLog, settings: fast });
    // The server notices the death of the parent's connection a moment later.
    for (let i = 0; !adopted.owner && i < 50; i++) {
      await adopted.stop();
      adopted = await startEmbedded({ home, onLog, settings: fast });
    }
    first = adopted;
    expect(adopted.owner).toBe(true);
    expect(adopted.pid()).toBe(Number(said.toString()));
  });

  test('a pid file that names some other program is stale', async () => {
    const data = first.dataFolder;
    await first.stop();
    await writeFile(join(data, 'postmaster.pid'), `${process.pid}\n${data}\n0\n1\n\n127.0.0.1\n0 0\nready   \n`);
    first = await startEmbedded({ home, onLog, settings: fast });
    expect(await ask(first.url, 'select n from kept')).toBe(42);
  });

  test('a data folder of another version is refused in a sentence', async () => {
    const other = join(base, 'other-version');
    await mkdir(join(other, 'pg18'), { recursive: true });
    await writeFile(join(other, 'pg18', 'PG_VERSION'), '17\n');
    await expect(startEmbedded({ home: other, onLog })).rejects.toThrow(/made by PostgreSQL 17/);
  });
});

test('a busy port takes the next', async () => {
  const busy = createServer();
  await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
  const address = busy.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const server = await startEmbedded({ home: join(base, 'busy'), onLog, port, settings: fast });
  try {
    expect(Number(new URL(server.url).port)).toBeGreaterThan(port);
  } finally {
    await server.stop();
    busy.close();
  }
});

test('an empty home of mode 0700 keeps its data to itself', async () => {
  const home = await mkdtemp(join(base, 'private-'));
  const server = await startEmbedded({ home, onLog, settings: fast });
  expect(server.dataFolder).toBe(join(home, 'pg18'));
  await server.stop();
});

test.runIf(process.getuid?.() === 0)('a home that already holds something else, and only root can enter, stays closed', async () => {
  const home = await mkdtemp(join(base, 'mine-'));
  await writeFile(join(home, 'private.txt'), 'private');
  const server = await startEmbedded({ home, onLog, settings: fast });
  await server.stop();
  expect((await stat(home)).mode & 0o777).toBe(0o700);
  expect(server.dataFolder.startsWith(home)).toBe(false);
  await rm(dirname(server.dataFolder), { recursive: true, force: true });
});

test.runIf(process.getuid?.() === 0)('a home below a folder that only root can enter points to its data elsewhere', async () => {
  const closed = join(base, 'closed');
  await mkdir(closed, { mode: 0o700 });
  const home = join(closed, 'home');
  let server = await startEmbedded({ home, onLog, settings: fast });
  try {
    expect(server.dataFolder.startsWith(closed)).toBe(false);
    expect((await readFile(join(home, 'pg18.location'), 'utf8')).trim()).toBe(server.dataFolder);
    expect((await stat(server.dataFolder)).mode & 0o077).toBe(0);
    await ask(server.url, 'create table kept as select 42 as n');
    await server.stop();
    server = await startEmbedded({ home, onLog, settings: fast });
    expect(await ask(server.url, 'select n from kept')).toBe(42);
  } finally {
    await server.stop();
    await rm(dirname(server.dataFolder), { recursive: true, force: true });
  }
});
