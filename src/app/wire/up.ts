import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { issueSignInLink } from '../console/sign-in.ts';
import type { UpEvent, UpInput } from '../wires.ts';
import { type CloudChoice, hasCredentials } from './cloud.ts';
import { clearRunning, type Env, homeOf, readRunning, writeRunning } from './home.ts';
import { keepCollecting } from './keep-collecting.ts';
import { keepScanning } from './keep-scanning.ts';
import { keepTelling } from './keep-telling.ts';
import { keepTolerance } from './keep-tolerance.ts';
import { openState, whoami } from './state.ts';
import type { WorkerMessage } from './worker.ts';

const sequenceEveryMs = 1_000;
/** A worker that keeps dying is started again, but not at once. */
const restartAfterMs = 1_000;

/**
 * `jobzero up`: the state, the workers, the collector, the sequencer and the console, until the signal comes. Without
 * AWS credentials, a simulated organisation with an attack in progress stands for AWS. A second start finds what runs
 * and gives a new link.
 */
export async function up(input: UpInput, env: Env): Promise<void> {
  const tell = (event: Omit<UpEvent, 'at'>) => input.onEvent({ at: Date.now(), ...event });
  const running = await readRunning(homeOf(env));
  const state = await openState(env);
  const who = whoami();
  if (running !== null) {
    const url = await issueSignInLink(state, running.url, who);
    await state.close();
    tell({ event: 'attached', says: 'jobzero runs here already; this link signs in once.', url });
    return;
  }
  const ends: (() => Promise<void>)[] = [() => state.close()];
  const troubled = (error: unknown) => tell({ event: 'trouble', says: error instanceof Error ? error.message : String(error) });
  try {
    const simulated = !hasCredentials(input, env);
    tell({
      event: 'started',
      says: simulated
        ? 'No AWS credentials: starting a simulated organisation with an attack in progress.'
        : 'Starting with your AWS account. Everything is dry run until armed.',
    });
    const console = await input.serve(state, input.port);
    ends.push(() => console.close());
    await writeRunning(state.home, { pid: process.pid, url: console.url });
    ends.push(() => clearRunning(state.home));
    const sequencer = setInterval(() => void state.ledger.sequence(Date.now()).catch(troubled), sequenceEveryMs);
    ends.push(async () => {
      clearInterval(sequencer);
      // What was written in the last second is numbered too.
      await state.ledger.sequence(Date.now()).catch(troubled);
    });

    const source = simulated
      ? await (await import('./simulate.ts')).simulate(state, env, troubled)
      : await (await import('./real-account.ts')).realAccount(state, input, troubled);
    ends.push(source.stop);
    ends.push(await keepTolerance(state, source.tolerance, tell));
    ends.push(await keepTelling(state, tell, troubled));
    ends.push(await startWorkers(input.workers, source.cloud, env, tell));
    ends.push(await keepScanning(state, source.cloud, tell, troubled));
    ends.push(await keepCollecting(state, source.logs, source.roots, source.everyMs, tell, troubled));
    tell({ event: 'ready', says: 'The console is ready; this link signs in once.', url: await issueSignInLink(state, console.url, who) });
    await new Promise<void>((resolve) => {
      if (input.signal.aborted) resolve();
      else input.signal.addEventListener('abort', () => resolve(), { once: true });
    });
  } finally {
    // In reverse: what was started last depends on what was started first.
    for (const end of ends.reverse()) await end().catch(troubled);
    tell({ event: 'stopped', says: 'Stopped.' });
  }
}

const bin = fileURLToPath(new URL('../../../bin/jobzero.js', import.meta.url));
const builtBin = fileURLToPath(new URL('../../../../bin/jobzero.js', import.meta.url));

/** Starts workers as processes of their own and starts again those that die. They end when this process does, however it ends. */
async function startWorkers(
  n: number,
  cloud: CloudChoice,
  env: Env,
  tell: (event: Omit<UpEvent, 'at'>) => void,
): Promise<() => Promise<void>> {
  let stopping = false;
  const children = new Set<ReturnType<typeof fork>>();
  const script = import.meta.url.endsWith('.ts') ? bin : builtBin;
  const start = (): Promise<void> =>
    new Promise((resolve) => {
      const child = fork(script, ['worker'], {
        env: { ...env, JOBZERO_CLOUD: JSON.stringify(cloud) } as NodeJS.ProcessEnv,
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
        execArgv: ['--no-warnings'],
      });
      children.add(child);
      let lastWords = '';
      child.stderr?.on('data', (chunk: Buffer) => {
        lastWords = (lastWords + chunk.toString('utf8')).slice(-2_000);
      });
      child.on('message', (message: WorkerMessage) => {
        if (message.type === 'ready') resolve();
        else if (message.type === 'trouble') tell({ event: 'trouble', says: message.says });
        else {
          const { finding, verdict, reason, judgement } = message;
          tell({
            event: 'decision',
            says: `Decided to ${verdict}: ${reason}`,
            finding,
            state: verdict,
            ...(judgement === null ? {} : { judgement }),
          });
        }
      });
      child.on('exit', (code, signal) => {
        children.delete(child);
        resolve();
        if (stopping) return;
        tell({
          event: 'trouble',
          says: `A worker ended (${signal ?? code}); another takes over. ${lastWords.trim().split('\n').at(-1) ?? ''}`.trim(),
        });
        setTimeout(() => {
          if (!stopping) void start();
        }, restartAfterMs);
      });
    });
  await Promise.all(Array.from({ length: n }, start));
  return async () => {
    stopping = true;
    await Promise.all(
      [...children].map(
        (child) =>
          new Promise<void>((resolve) => {
            // It lets what runs come to its next step; after that nothing more is waited for.
            const patience = setTimeout(() => child.kill('SIGKILL'), 10_000);
            child.once('exit', () => {
              clearTimeout(patience);
              resolve();
            });
            child.kill('SIGTERM');
          }),
      ),
    );
  };
}
