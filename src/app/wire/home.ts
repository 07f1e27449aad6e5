import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';

export type Env = { readonly [name: string]: string | undefined };

/** The folder that holds all state of this installation: JOBZERO_HOME, or ~/.jobzero. */
export function homeOf(env: Env): string {
  return resolve(env['JOBZERO_HOME'] ?? join(homedir(), '.jobzero'));
}

/** Where things lie in the home. */
export const places = (home: string) => ({
  lake: join(home, 'lake'),
  ledgerKey: join(home, 'ledger.key.pem'),
  checkpoints: join(home, 'checkpoints.log'),
  tolerance: join(home, 'tolerance.yml'),
  channels: join(home, 'channels.yml'),
  onCall: join(home, 'oncall.yml'),
  lists: join(home, 'lists.yml'),
  rules: join(home, 'rules'),
  fetchedLists: join(home, 'fetched-lists'),
  running: join(home, 'running.json'),
  range: join(home, 'range', 'state.json'),
  rangeLogs: join(home, 'range', 'logs'),
});

const runningSchema = z.object({ pid: z.int().positive(), url: z.url() });

/** What `up` left for a second start and for `sign-in`: its process and the console's address. */
export type Running = z.infer<typeof runningSchema>;

/** What runs in this home, or null: a file of a process that is gone counts for nothing. */
export async function readRunning(home: string): Promise<Running | null> {
  let text: string;
  try {
    text = await readFile(places(home).running, 'utf8');
  } catch {
    return null;
  }
  const parsed = runningSchema.safeParse(safeJson(text));
  return parsed.success && isAlive(parsed.data.pid) && (await answers(parsed.data.url)) ? parsed.data : null;
}

export async function writeRunning(home: string, running: Running): Promise<void> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const path = places(home).running;
  await writeFile(`${path}.${process.pid}`, JSON.stringify(running), { mode: 0o600 });
  await rename(`${path}.${process.pid}`, path);
}

export async function clearRunning(home: string): Promise<void> {
  await rm(places(home).running, { force: true });
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Another process may have the pid by now: only a console that answers runs. */
async function answers(url: string): Promise<boolean> {
  try {
    await fetch(`${url}/api/v1/openapi.json`, { signal: AbortSignal.timeout(3_000) });
    return true;
  } catch {
    return false;
  }
}
