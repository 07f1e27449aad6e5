import { CloudError, type CloudErrorKind, InputError, InvariantError } from '../model/errors.ts';

/**
 * What a step came to, as text: its value, or the error that it threw. Both implementations of `Durable` hand a body
 * what was read back from this text, also when nothing died, so that a first run and a replay see the same.
 */
type Outcome =
  | { readonly value?: unknown }
  | { readonly threw: { readonly name: string; readonly message: string; readonly detail: readonly string[] } };

/** Runs the work and writes down its outcome. Never throws. */
export async function recordOutcome(work: () => Promise<unknown>): Promise<string> {
  try {
    return JSON.stringify({ value: await work() } satisfies Outcome);
  } catch (error) {
    return failedOutcome(error);
  }
}

/** The outcome of work that threw this error. */
export function failedOutcome(error: unknown): string {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return JSON.stringify({ threw: { name, message, detail: detailOf(error) } } satisfies Outcome);
}

/**
 * The value as JSON keeps it, or throws the error: one of the classes of core/model/errors.ts as itself, any other as
 * an `Error` with its name and message.
 */
export function readOutcome<T>(text: string): T {
  const outcome = JSON.parse(text) as Outcome;
  if ('threw' in outcome) throw revive(outcome.threw.name, outcome.threw.message, outcome.threw.detail);
  return outcome.value as T;
}

function detailOf(error: unknown): readonly string[] {
  if (error instanceof CloudError) return [error.kind, error.code, error.action];
  if (error instanceof InputError) return [error.place];
  return [];
}

function revive(name: string, message: string, detail: readonly string[]): Error {
  const [first = '', second = '', third = ''] = detail;
  if (name === 'CloudError') return new CloudError(first as CloudErrorKind, second, third, message);
  if (name === 'InputError') {
    // The constructor puts the place in front of the message, which has it already.
    const prefix = `${first}: `;
    return new InputError(first !== '' && message.startsWith(prefix) ? message.slice(prefix.length) : message, first);
  }
  if (name === 'InvariantError') return new InvariantError(message);
  const error = new Error(message);
  error.name = name;
  return error;
}
