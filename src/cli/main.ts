import { userInfo } from 'node:os';
import { productVersion } from '../app/wire/product-version.ts';
import { sinkOver } from './io.ts';
import { run } from './run.ts';

const abort = new AbortController();
/** One Ctrl-C may arrive twice: from the terminal, and handed on by what started this process. */
const oneInterruptMs = 1_000;
let firstInterrupt = 0;
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.on(signal, () => {
    abort.abort();
    // Long-lived commands shut down on the first signal; the others, and the impatient, end at once.
    if (firstInterrupt === 0) firstInterrupt = Date.now();
    const impatient = Date.now() - firstInterrupt > oneInterruptMs;
    if (impatient || !longLived) process.exit(code);
  });
}

const args = process.argv.slice(2);
const longLived = ['up', 'worker', 'range'].includes(args.find((arg) => !arg.startsWith('-')) ?? '');

process.exitCode = await run(args, {
  io: { out: sinkOver(process.stdout, process.env), err: sinkOver(process.stderr, process.env) },
  wires: async () => (await import('../app/wire.ts')).wires(process.env),
  signal: abort.signal,
  version: productVersion(),
  user: user(),
});

/** Who is logged in; a container may run under a number without a name. */
function user(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
