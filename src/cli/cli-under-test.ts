import { createColors } from 'picocolors';
import type { Wires } from '../app/wires.ts';
import type { ExitCode } from './exit-codes.ts';
import { ClosedOutput, type Sink } from './io.ts';
import { run } from './run.ts';

export interface Ran {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

export interface Terminal {
  /** Null: no terminal. */
  readonly columns?: number | null;
  readonly colours?: boolean;
  /** Nobody reads standard output after so many writes. */
  readonly closesAfter?: number;
  /** Who is logged in; alice where nobody is named. */
  readonly user?: string;
}

/** Runs a command line in this process, for tests, over these wires. Members that a test leaves out refuse. */
export async function runCli(args: readonly string[], wires: Partial<Wires> = {}, terminal: Terminal = {}): Promise<Ran> {
  const out = capture(terminal);
  const err = capture({ ...terminal, closesAfter: Number.POSITIVE_INFINITY });
  const refusing = new Proxy(wires, {
    get(target, name) {
      const member = Reflect.get(target, name);
      if (member === undefined && name !== 'then') throw new Error(`the test gave no wire ${String(name)}`);
      return member;
    },
  });
  const code = await run(args, {
    io: { out: out.sink, err: err.sink },
    wires: async () => refusing as Wires,
    signal: new AbortController().signal,
    version: '1.2.3',
    user: terminal.user ?? 'alice',
  });
  return { code, out: out.text(), err: err.text() };
}

function capture({ columns = null, colours = false, closesAfter = Number.POSITIVE_INFINITY }: Terminal): {
  readonly sink: Sink;
  readonly text: () => string;
} {
  let text = '';
  let writes = 0;
  return {
    sink: {
      isTerminal: false,
      columns,
      colours: createColors(colours),
      flush: async () => {},
      async write(part) {
        if (++writes > closesAfter) throw new ClosedOutput('nobody reads the output');
        text += part;
      },
    },
    text: () => text,
  };
}
