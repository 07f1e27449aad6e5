import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, readIfThere } from './private-file.ts';
import type { ServerPlace } from './server-place.ts';

/** What a running server says of itself in `postmaster.pid`. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

/**
 * The server that runs on this data folder, or null. A pid file whose process is gone, or is some other program that
 * got the same number (in a container they are small), counts as none; in the latter case it is removed, since
 * PostgreSQL itself would refuse to start.
 */
export async function findPostmaster(data: string): Promise<Postmaster | null> {
  const path = join(data, 'postmaster.pid');
  const lines = (await readIfThere(path))?.split('\n');
  const pid = Number(lines?.[0]);
  if (lines === undefined || !Number.isInteger(pid) || pid <= 1) return null;
  if (!isAlive(pid)) return null;
  if (!serves(pid, data)) {
    await rm(path, { force: true });
    return null;
  }
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** A postmaster's working folder is its data folder. */
function serves(pid: number, data: string): boolean {
  try {
    if (process.platform === 'linux') return readlinkSync(`/proc/${pid}/cwd`) === data;
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).includes(data);
  } catch {
    return false;
  }
}

const environment = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/**
 * Starts the server on a port of 127.0.0.1. It runs in a session of its own, so that a Ctrl-C reaches us and not it,
 * and writes its messages into `pg18.log`: a pipe would break or fill when we are killed or stopped.
 */
export async function spawnPostmaster(place: ServerPlace, port: number, settings: readonly string[]): Promise<ChildProcess> {
  const log = await open(logPath(place), 'w', 0o600);
  try {
    const flags = [
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'timezone=UTC',
      'log_timezone=UTC',
      'log_checkpoints=off',
      'shared_buffers=64MB',
      'max_connections=200',
      'password_encryption=scram-sha-256',
      ...settings,
    ];
    const child = spawn(
      join(place.native, 'bin/postgres'),
      ['-D', place.data, '-p', String(port), ...flags.flatMap((flag) => ['-c', flag])],
      {
        ...(place.user ?? {}),
        cwd: '/',
        env: environment,
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
      },
    );
    child.on('error', () => {});
    child.unref();
    return child;
  } finally {
    await log.close();
  }
}

/** Makes a data folder; `data` must not exist and its parent must be writable for the server's user. */
export async function initdb(place: ServerPlace, data: string, user: string, passwordFile: string): Promise<void> {
  const flags = [
    `--pgdata=${data}`,
    `--username=${user}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
  ];
  await new Promise<void>((resolve, reject) => {
    const child = spawn(join(place.native, 'bin/initdb'), flags, {
      ...(place.user ?? {}),
      cwd: '/',
      env: environment,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
    });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`initdb failed (${code}): ${said.trim().slice(-2000)}`))));
  });
}

function logPath(place: ServerPlace): string {
  return join(place.home, 'pg18.log');
}

/** The end of the server's log, for an error message. */
export async function logTail(place: ServerPlace): Promise<string> {
  return (await readFile(logPath(place), 'utf8').catch(() => '')).trim().slice(-1500);
}
