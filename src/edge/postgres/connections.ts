import pg from 'pg';

/** PostgreSQL's bigint as a number: all of ours are times, sizes and counts far below 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

/** Settings of every connection: whoever stalls inside a transaction loses it, and with it its locks. */
export function connectionConfig(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    types,
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    idle_in_transaction_session_timeout: 30_000,
    application_name: 'jobzero',
  };
}

/** A pool of the app role's connections, also for the durable engine's own transactions. End it with `pool.end()`. */
export function appPool(url: string, max = 10): pg.Pool {
  const pool = new pg.Pool({ ...connectionConfig(url), max });
  // A connection that breaks is replaced by the pool, and its query rejects; without listeners it would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** Runs with one connection of its own, and closes it. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(connectionConfig(url));
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** The same database as another role: as its own login when a password is given, else by SET ROLE at the start. */
export function urlAs(url: string, role: string, password: string | null): string {
  const as = new URL(url);
  if (password === null) as.searchParams.set('options', `-c role=${role}`);
  else {
    as.username = role;
    as.password = password;
  }
  return as.href;
}
