import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { InputError } from '../../core/model/errors.ts';
import { findPostmaster, initdb, logTail, type Postmaster, spawnPostmaster } from './postmaster.ts';
import { codeOf, readIfThere, writeOnce } from './private-file.ts';
import { handOver, type ServerPlace, serverPlace } from './server-place.ts';

export interface EmbeddedOptions {
  /** JOBZERO_HOME. */
  readonly home: string;
  readonly onLog: (message: string) => void;
  /** The first port to try; a busy one takes the next. */
  readonly port?: number;
  /** Further server settings, `name=value`. */
  readonly settings?: readonly string[];
}

export interface EmbeddedPostgres {
  /** Of the superuser, on 127.0.0.1, database `jobzero`. Give it to `openDatabase`. */
  readonly url: string;
  /** True when this call started the server, or found it orphaned: nobody else was present. */
  readonly owner: boolean;
  readonly dataFolder: string;
  /** The server's process id now: it changes when the server was killed and started again. */
  pid(): number;
  /** Leaves, and stops the server unless another process still uses it: the last one turns off the light. */
  stop(): Promise<void>;
}

const superuser = 'jobzero';
const database = 'jobzero';
/** Every user of the server holds this advisory lock shared; who gets it exclusively is alone. */
const presenceLock = 7_018_001;

/**
 * The PostgreSQL of a home: starts it, or attaches to the one that runs (also to one whose starter was killed).
 * While this handle lives, a server that dies is started again on the same port. Works as root by running the server
 * as another user. Throws InputError when the folder cannot serve, with the end of the server's log.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const place = await resolved(await serverPlace(options.home));
  const password = (await writeOnce(join(place.home, 'pg18.password'), async () => randomBytes(24).toString('base64url'))).trim();
  await initialise(place, password, options.onLog);
  const presence = new Presence(place, password, options);
  await presence.enter();
  return {
    url: `postgres://${superuser}:${encodeURIComponent(password)}@127.0.0.1:${presence.server.port}/${database}`,
    owner: presence.alone,
    dataFolder: place.data,
    pid: () => presence.server.pid,
    stop: () => presence.leave(),
  };
}

/** The data folder's real path, since that is what a running server calls its own. */
async function resolved(place: ServerPlace): Promise<ServerPlace> {
  const folder = dirname(place.data);
  return { ...place, data: join(await realpath(folder), place.data.slice(folder.length + 1)) };
}

/** Makes the data folder beside and renames it, so that a half-made one is never seen and two starters do not meet. */
async function initialise(place: ServerPlace, password: string, onLog: (message: string) => void): Promise<void> {
  const version = await readIfThere(join(place.data, 'PG_VERSION'));
  if (version !== null) {
    if (version.trim() === '18') return;
    throw new InputError(`made by PostgreSQL ${version.trim()}, and this is 18; restore a backup into a new home`, place.data);
  }
  onLog(`making the database in ${place.data}`);
  const beside = await mkdtemp(`${place.data}.new-`);
  try {
    const passwordFile = join(beside, 'password');
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
    await mkdir(join(beside, 'data'), { mode: 0o700 });
    for (const path of [passwordFile, join(beside, 'data'), beside]) await handOver(place.user, path);
    await initdb(place, join(beside, 'data'), superuser, passwordFile);
    await rename(join(beside, 'data'), place.data);
  } catch (error) {
    if (!['EEXIST', 'ENOTEMPTY'].includes(codeOf(error))) throw error;
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}

/** Our being there: a connection with the shared lock, made again whenever it breaks. */
class Presence {
  server: Postmaster = { pid: 0, port: 0, ready: false };
  alone = false;
  readonly #place: ServerPlace;
  readonly #password: string;
  readonly #options: EmbeddedOptions;
  #client: pg.Client | null = null;
  #leaving = false;
  #recovering: Promise<void> = Promise.resolve();

  constructor(place: ServerPlace, password: string, options: EmbeddedOptions) {
    this.#place = place;
    this.#password = password;
    this.#options = options;
  }

  async enter(): Promise<void> {
    const first = this.server.port === 0;
    const deadline = Date.now() + 60_000;
    for (;;) {
      const { server, started } = await this.#running(deadline);
      const client = this.#connection(server.port);
      try {
        await client.connect();
        const alone = await tryLock(client);
        await client.query('select pg_advisory_lock_shared($1)', [presenceLock]);
        if (alone) await client.query('select pg_advisory_unlock($1)', [presenceLock]);
        await makeDatabase(client);
        client.on('end', () => this.#lost());
        this.#client = client;
        this.server = server;
        if (first) this.alone = started || alone;
        return;
      } catch (error) {
        await client.end().catch(() => {});
        if (Date.now() > deadline)
          throw new InputError(`the database does not answer: ${String(error)}`, this.#place.data, { cause: error });
        await sleep(100);
      }
    }
  }

  async leave(): Promise<void> {
    this.#leaving = true;
    await this.#recovering;
    const client = this.#client;
    this.#client = null;
    if (client === null) return;
    const { pid } = this.server;
    let last = false;
    try {
      await client.query('select pg_advisory_unlock_shared($1)', [presenceLock]);
      last = await tryLock(client);
      if (last) process.kill(pid, 'SIGINT');
    } catch {
      // The server is gone already, or going.
    }
    await client.end().catch(() => {});
    if (!last) return;
    for (let waited = 0; (await findPostmaster(this.#place.data))?.pid === pid && waited < 15_000; waited += 20) {
      if (waited === 10_000) process.kill(pid, 'SIGQUIT');
      await sleep(20);
    }
    this.#options.onLog('the database has stopped');
  }

  #connection(port: number): pg.Client {
    const client = new pg.Client({
      host: '127.0.0.1',
      port,
      user: superuser,
      password: this.#password,
      database: 'postgres',
      application_name: 'jobzero presence',
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
    });
    client.on('error', () => {});
    return client;
  }

  #lost(): void {
    if (this.#leaving) return;
    this.#client = null;
    this.#options.onLog('the database is gone; starting it again');
    this.#recovering = (async () => {
      while (!this.#leaving) {
        try {
          await this.enter();
          this.#options.onLog('the database is back');
          return;
        } catch (error) {
          this.#options.onLog(`the database does not come back: ${String(error)}`);
          await sleep(1000);
        }
      }
    })();
  }

  /** The running server, ready; started by us when there is none. */
  async #running(deadline: number): Promise<{ server: Postmaster; started: boolean }> {
    let started = false;
    let failures = 0;
    let port = this.server.port !== 0 ? this.server.port : (this.#options.port ?? 54_318);
    while (Date.now() < deadline) {
      const found = await findPostmaster(this.#place.data);
      if (found?.ready) return { server: found, started };
      if (found !== null) {
        await sleep(30);
        continue;
      }
      // A server that dies is wanted back where everyone knows it; only a first start looks for a free port.
      if (this.server.port === 0) port = await freePort(port);
      const child = await spawnPostmaster(this.#place, port, this.#options.settings ?? []);
      if (await readyOrGone(child, this.#place.data)) {
        started = true;
        this.#options.onLog(`the database runs on 127.0.0.1:${port}`);
        continue;
      }
      const said = await logTail(this.#place);
      if (said.includes('could not bind')) {
        if (this.server.port === 0) port += 1;
      } else if (++failures === 20) throw new InputError(`PostgreSQL does not start: ${said}`, this.#place.data);
      // Backends of a killed server still hold its shared memory for a moment, or another process starts it too.
      await sleep(150);
    }
    throw new InputError(`PostgreSQL does not start: ${await logTail(this.#place)}`, this.#place.data);
  }
}

async function tryLock(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ got: boolean }>('select pg_try_advisory_lock($1) as got', [presenceLock]);
  return rows[0]?.got === true;
}

async function makeDatabase(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [database]);
  if (rowCount !== 0) return;
  await client.query(`create database ${database} template template0 encoding 'UTF8' locale 'C'`).catch((error: unknown) => {
    if (!['42P04', '23505'].includes(codeOf(error))) throw error;
  });
}

/** Waits until this child serves (true) or is gone (false). */
async function readyOrGone(
  child: { pid?: number | undefined; exitCode: number | null; signalCode: string | null },
  data: string,
): Promise<boolean> {
  while (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    const found = await findPostmaster(data);
    if (found?.pid === child.pid && found.ready) return true;
    await sleep(15);
  }
  return false;
}

async function freePort(from: number): Promise<number> {
  for (let port = from; port < from + 2000; port++) {
    const free = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
  throw new InputError('no free port', `127.0.0.1:${from}-${from + 1999}`);
}
