import { Socket } from 'node:net';
import pg from 'pg';

/**
 * DBOS takes a reset connection for an outage and waits, but a broken pipe for a failure of the workflow. Both mean that
 * the server went away.
 */
class ServerSocket extends Socket {
  override emit(event: string | symbol, ...values: unknown[]): boolean {
    const [error] = values;
    if (event === 'error' && error instanceof Error && 'code' in error && error.code === 'EPIPE') error.code = 'ECONNRESET';
    return super.emit(event as 'error', ...(values as [Error]));
  }
}

/** Settings of every connection of the engine; `idleMs` is how long a frozen worker may hold what its transaction locked. */
export function connectionTo(url: string, name: string, idleMs = 30_000): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: name,
    connectionTimeoutMillis: 10_000,
    idle_in_transaction_session_timeout: idleMs,
    keepAlive: true,
    stream: () => new ServerSocket(),
  };
}

/** A pool that outlives its server: errors of idle and of borrowed connections reach the query, never the process. */
export function openPool(url: string, name: string, idleMs: number): pg.Pool {
  const pool = new pg.Pool({ ...connectionTo(url, name, idleMs), max: 10 });
  const ignore = (): void => {};
  pool.on('error', ignore);
  pool.on('connect', (client) => client.on('error', ignore));
  return pool;
}
