import { codeOf } from './private-file.ts';

/** Serialization failure, deadlock: somebody else was first, and the same work may succeed now. So it may where whoever saw that went on all the same. */
export function isConflict(error: unknown): boolean {
  return ['40001', '40P01', '25P02'].includes(codeOf(error)) || (causeOf(error) !== undefined && isConflict(causeOf(error)));
}

const gone = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', '57P01', '57P02', '57P03', '53300']);

/** The server went away, is starting, or has no connection to spare. */
export function isUnreachable(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isUnreachable);
  const code = codeOf(error);
  if (gone.has(code) || code.startsWith('08')) return true;
  if (causeOf(error) !== undefined && isUnreachable(causeOf(error))) return true;
  // node-postgres gives these no code.
  return (
    error instanceof Error &&
    /Connection terminated|Client has encountered a connection error|Client was closed|timeout exceeded when trying to connect|not queryable/.test(
      error.message,
    )
  );
}

/** What an error that a use case throws was caused by. */
function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}
