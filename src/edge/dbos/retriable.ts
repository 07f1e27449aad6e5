/** SQLSTATE classes: connection exception, insufficient resources, operator intervention (a server that stops or starts). */
const classes: ReadonlySet<string> = new Set(['08', '53', '57']);

/** Serialisation failure, deadlock, unknown completion, and a session that was ended while idle in a transaction. */
const states: ReadonlySet<string> = new Set(['40001', '40P01', '40003', '25P03']);

const socketCodes: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
]);

/** What `pg` says without a code. */
const messages = /connection terminated|connection timeout|connection error|timeout exceeded when trying to connect/i;

/** Whether the same transaction may well succeed when it is tried again: the server went away, or somebody else was first. */
export function isRetriable(error: unknown): boolean {
  for (let depth = 0, at = error; at instanceof Error && depth < 10; depth++, at = at.cause) {
    if (at instanceof AggregateError && at.errors.some(isRetriable)) return true;
    const code = 'code' in at && typeof at.code === 'string' ? at.code : '';
    // A cancelled query was cancelled on purpose.
    if (code === '57014') return false;
    if (states.has(code) || socketCodes.has(code) || (code.length === 5 && classes.has(code.slice(0, 2)))) return true;
    if (code === '' && messages.test(at.message)) return true;
  }
  return false;
}

/**
 * Whether the transaction had failed before, and whoever saw how went on: what it was is not known any more. It may well succeed when it is tried again,
 * or never.
 */
export function isAborted(error: unknown): boolean {
  for (let depth = 0, at = error; at instanceof Error && depth < 10; depth++, at = at.cause)
    if ('code' in at && at.code === '25P02') return true;
  return false;
}
