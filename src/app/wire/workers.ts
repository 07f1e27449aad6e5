import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { UpEvent } from '../wires.ts';
import type { Env } from './home.ts';
import type { Watched } from './watched.ts';
import type { WorkerMessage } from './worker.ts';

/** A worker that keeps dying is started again, but not at once. */
const restartAfterMs = 1_000;
/** How long a worker may take to come to its next step when it is to end. */
const patienceMs = 10_000;

const bin = fileURLToPath(new URL('../../../bin/jobzero.js', import.meta.url));
const builtBin = fileURLToPath(new URL('../../../../bin/jobzero.js', import.meta.url));

export interface Workers {
  /** All have started, or have ended and will be started again. */
  readonly ready: Promise<void>;
  stop(): Promise<void>;
}

/** Starts workers as processes of their own and, until the signal comes, again those that die. They end when this process does, however it ends. */
export function startWorkers(
  n: number,
  { cloud, queues, roots }: Pick<Watched, 'cloud' | 'queues' | 'roots'>,
  env: Env,
  tell: (event: Omit<UpEvent, 'at'>) => void,
  signal: AbortSignal,
): Workers {
  let stopping = false;
  const children = new Set<ChildProcess>();
  const script = import.meta.url.endsWith('.ts') ? bin : builtBin;

  /** Resolves when the worker is ready, or has ended. */
  const start = (): Promise<void> =>
    new Promise((resolve) => {
      if (stopping || signal.aborted) return resolve();
      const child = fork(script, ['worker'], {
        env: {
          ...env,
          JOBZERO_CLOUD: JSON.stringify(cloud),
          JOBZERO_QUEUES: JSON.stringify(queues),
          JOBZERO_LOGS: JSON.stringify([...roots, ...(queues?.logs ?? [])]),
        } as NodeJS.ProcessEnv,
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
        else tellOf(message, tell);
      });
      child.on('exit', (code, killedBy) => {
        children.delete(child);
        resolve();
        // A terminal's Ctrl-C reaches the workers as well, and they may be the first to end.
        if (stopping || signal.aborted) return;
        tell({ event: 'trouble', says: `A worker ended (${killedBy ?? code}); another takes over. ${lastLine(lastWords)}`.trim() });
        setTimeout(() => void start(), restartAfterMs);
      });
    });

  return {
    // The first one makes what is missing in the database, before others look at it.
    ready: start().then(async () => {
      await Promise.all(Array.from({ length: n - 1 }, start));
    }),
    stop: async () => {
      stopping = true;
      await Promise.all([...children].map(end));
    },
  };
}

function tellOf(message: Exclude<WorkerMessage, { type: 'ready' }>, tell: (event: Omit<UpEvent, 'at'>) => void): void {
  if (message.type === 'trouble') return tell({ event: 'trouble', says: message.says });
  if (message.type === 'event') return tell(message.event);
  const { finding, title, verdict, reason, judgement } = message;
  tell({
    event: 'decision',
    says: `${title}: decided to ${verdict}. ${reason}`,
    finding,
    state: verdict,
    ...(judgement === null ? {} : { judgement }),
  });
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

/** Lets a worker come to its next step; after that nothing more is waited for. */
function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    const patience = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    child.once('exit', () => {
      clearTimeout(patience);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
