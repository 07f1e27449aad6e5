import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { withClient } from '../../edge/postgres/connections.ts';
import type { UpEvent } from '../wires.ts';

const bin = fileURLToPath(new URL('../../../bin/jobzero.js', import.meta.url));

export type ToldEvent = UpEvent & { readonly time: string };

export interface RunningUp {
  readonly child: ChildProcess;
  /** All that it has told. */
  readonly events: readonly ToldEvent[];
  /** Waits for the first event for which this holds. Throws, with what was told, when it ends or the time is over. */
  until(what: string, holds: (event: ToldEvent, index: number) => boolean, seconds?: number): Promise<ToldEvent>;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
}

export interface Ran {
  readonly code: number | string | null;
  readonly out: string;
  readonly err: string;
}

/** A home of its own with the real program in it. The folder above it lets nobody else in. */
export class HomeUnderTest {
  readonly home: string;
  readonly #base: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #bin: string;

  private constructor(base: string, env: NodeJS.ProcessEnv, program: string) {
    this.#base = base;
    this.#bin = program;
    this.home = join(base, 'home');
    const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS_|JOBZERO_|NODE_|VITEST)/.test(name));
    this.#env = { ...Object.fromEntries(inherited), JOBZERO_HOME: this.home, ...env };
  }

  /** `program`: the `bin/jobzero.js` that is run; this checkout's unless given. */
  static async make(env: NodeJS.ProcessEnv = {}, program = bin): Promise<HomeUnderTest> {
    const base = await mkdtemp(join(tmpdir(), 'jobzero-up-'));
    await chmod(base, 0o700);
    return new HomeUnderTest(base, env, program);
  }

  path(name: string): string {
    return join(this.#base, name);
  }

  /** Starts `jobzero up --json` as the leader of a process group. */
  start(port: number, ...more: readonly string[]): RunningUp {
    const child = spawn(process.execPath, [this.#bin, 'up', '--json', '--port', String(port), ...more], {
      env: this.#env,
      cwd: this.#base,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const events: ToldEvent[] = [];
    let said = '';
    let rest = '';
    let over = false;
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
    });
    child.stdout.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString('utf8')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) events.push(JSON.parse(line) as ToldEvent);
    });
    const ended = new Promise<number | string | null>((resolve) => {
      child.on('close', (code, signal) => {
        over = true;
        resolve(code ?? signal);
      });
    });
    const until: RunningUp['until'] = async (what, holds, seconds = 60) => {
      const end = performance.now() + seconds * 1_000;
      for (;;) {
        const found = events.find(holds);
        if (found !== undefined) return found;
        if (over || performance.now() > end) {
          const told = events.map((event) => `${event.time} ${event.event} ${event.state ?? ''} ${event.says}`).join('\n');
          throw new Error(`${what}: not told ${over ? 'before the end' : `within ${seconds} s`}\n${told}\n${said}`);
        }
        await sleep(20);
      }
    };
    return { child, events, until, ended };
  }

  /** Runs another command against the same home. */
  async run(...args: readonly string[]): Promise<Ran> {
    const child = spawn(process.execPath, [this.#bin, ...args], { env: this.#env, cwd: this.#base, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString('utf8');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString('utf8');
    });
    const code = await new Promise<number | string | null>((resolve) => child.on('close', (status, signal) => resolve(status ?? signal)));
    return { code, out, err };
  }

  /** The data folder of the embedded server: in the home, or where its server's user can reach it. */
  async dataFolder(): Promise<string> {
    return (await readFile(join(this.home, 'pg18.location'), 'utf8').catch(() => join(this.home, 'pg18'))).trim();
  }

  /** Every living process of this home: by its environment, and the servers by the folder that they work in. */
  async processes(): Promise<readonly { readonly pid: number; readonly args: string }[]> {
    const data = await this.dataFolder();
    const found: { pid: number; args: string }[] = [];
    for (const name of await readdir('/proc')) {
      if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
      // A process may end while it is looked at.
      const [environ, cwd, args] = await Promise.all([
        readFile(`/proc/${name}/environ`, 'utf8').catch(() => ''),
        readlink(`/proc/${name}/cwd`).catch(() => ''),
        readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => ''),
      ]);
      if (environ.split('\0').includes(`JOBZERO_HOME=${this.home}`) || cwd === data)
        found.push({ pid: Number(name), args: args.replaceAll('\0', ' ').trim() });
    }
    return found;
  }

  /** The worker processes. */
  async workers(): Promise<readonly number[]> {
    return (await this.processes()).filter(({ args }) => / worker$/.test(args)).map(({ pid }) => pid);
  }

  /** Asks the embedded server, as its superuser. */
  async query<T extends object>(text: string, values: readonly unknown[] = []): Promise<readonly T[]> {
    const password = (await readFile(join(this.home, 'pg18.password'), 'utf8')).trim();
    const port = (await readFile(join(await this.dataFolder(), 'postmaster.pid'), 'utf8')).split('\n')[3];
    return withClient(`postgres://jobzero:${password}@127.0.0.1:${port}/jobzero`, async (client) => {
      const { rows } = await client.query<T>(text, [...values]);
      return rows;
    });
  }

  /** Ends what is left, and removes everything. */
  async close(): Promise<void> {
    for (let left = await this.processes(); left.length > 0; left = await this.processes()) {
      for (const { pid } of left) killIfThere(pid);
      await sleep(50);
    }
    const data = await this.dataFolder();
    if (!data.startsWith(this.home)) await rm(dirname(data), { recursive: true, force: true });
    await rm(this.#base, { recursive: true, force: true });
  }
}

/** Kills a process that was listed; one that ended by itself since is no error. */
export function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
