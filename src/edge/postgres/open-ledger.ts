import type pg from 'pg';
import {
  checkpointBody,
  checkpointNote,
  checkSignatures,
  type NoteKey,
  parseCheckpoint,
  parseVerifierKey,
  verifierKey,
} from '../../core/lib/checkpoint.ts';
import { Frontier, leafHash } from '../../core/lib/merkle.ts';
import { InvariantError } from '../../core/model/errors.ts';
import type { Checkpoint, Ledger } from '../../core/ports/ledger.ts';
import type { Signer } from '../../core/ports/signer.ts';
import { openCheckpointFile } from './checkpoint-file.ts';
import { appPool } from './connections.ts';
import { isUnreachable } from './transient.ts';
import { verifyLog } from './verify-log.ts';

export interface LedgerOptions {
  /** As the app role: `openDatabase().url`. */
  readonly url: string;
  readonly key: Signer;
  readonly tenant?: string;
  /** Verifier keys of earlier signers (`name+id+key`), whose checkpoints stay good. */
  readonly earlierKeys?: readonly string[];
  /** Every new checkpoint is appended to this file, outside of the database. */
  readonly checkpointsFile?: string;
}

export interface OpenLedger extends Ledger {
  close(): Promise<void>;
}

/** How many leaves are numbered by one statement. */
const chunk = 2000;

/** The ledger of one tenant over PostgreSQL. Signs as `jobzero/<tenant>`. */
export async function openLedger(options: LedgerOptions): Promise<OpenLedger> {
  const tenant = options.tenant ?? 'default';
  const origin = `jobzero/${tenant}`;
  const key: NoteKey = { name: origin, publicKey: options.key.publicKey };
  const keys = [key, ...(options.earlierKeys ?? []).map(parseVerifierKey)];
  const pool = appPool(options.url, 3);
  const file = options.checkpointsFile === undefined ? null : await openCheckpointFile(options.checkpointsFile);
  let published = file?.lastSize ?? -1;
  /** Whether a checkpoint may have been kept from leaving: at the start, and after a crash or a full disk. */
  let behind = file !== null;

  const inTenant = <T>(mode: string, work: (client: pg.PoolClient) => Promise<T>) => transaction(pool, tenant, mode, work);

  async function publish(client: pg.ClientBase): Promise<void> {
    const latest = await latestOf(client, tenant);
    if (file === null || latest === null) return;
    // A log that was restored from a backup starts below what the file has.
    const from = latest.size < published ? latest.size - 1 : published;
    const { rows } = await client.query<{ note: string }>(
      'select note from jobzero.ledger_checkpoints where tenant_id = $1 and size > $2 order by size',
      [tenant, from],
    );
    if (rows.length > 0) await file.append(rows.map((row) => row.note));
    published = latest.size;
  }

  async function number(client: pg.PoolClient, at: number): Promise<Checkpoint | null> {
    const lock = await client.query<{ got: boolean }>(
      "select pg_try_advisory_xact_lock(hashtextextended('jobzero ledger ' || $1, 0)) as got",
      [tenant],
    );
    if (lock.rows[0]?.got !== true) return null;
    const frontier = await trustedFrontier(client, tenant, origin, keys);
    const before = frontier.size;
    for (;;) {
      const { rows } = await client.query<{ position: number; bytes: string }>(
        'select position, bytes from jobzero.ledger_inbox where tenant_id = $1 order by position limit $2',
        [tenant, chunk],
      );
      if (rows.length === 0) break;
      const first = frontier.size;
      const hashes = rows.map((row) => leafHash(row.bytes));
      for (const hash of hashes) frontier.push(hash);
      const positions = rows.map((row) => row.position);
      await client.query(
        `insert into jobzero.ledger_leaves (tenant_id, index, position, bytes, hash)
         select $1, $2::bigint + n - 1, p, b, h from unnest($3::bigint[], $4::text[], $5::text[]) with ordinality as t (p, b, h, n)`,
        [tenant, first, positions, rows.map((row) => row.bytes), hashes.map((hash) => hash.toString('hex'))],
      );
      await client.query('delete from jobzero.ledger_inbox where tenant_id = $1 and position = any($2::bigint[])', [tenant, positions]);
      if (rows.length < chunk) break;
    }
    if (frontier.size === before) return null;
    const body = { origin, size: frontier.size, root: frontier.root().toString('base64') };
    const text = checkpointBody(body);
    const note = checkpointNote(text, key, await options.key.sign(Buffer.from(text, 'utf8')));
    await client.query(
      `insert into jobzero.ledger_heads (tenant_id, size, frontier) values ($1, $2, $3)
       on conflict (tenant_id) do update set size = excluded.size, frontier = excluded.frontier`,
      [tenant, frontier.size, frontier.hashes.map((hash) => hash.toString('hex')).join(' ')],
    );
    await client.query('insert into jobzero.ledger_checkpoints (tenant_id, size, root, note, at) values ($1, $2, $3, $4, $5)', [
      tenant,
      body.size,
      body.root,
      note,
      at,
    ]);
    return { ...body, note };
  }

  return {
    verifierKey: verifierKey(key),
    async sequence(at) {
      try {
        const checkpoint = await inTenant('isolation level read committed', (client) => number(client, at));
        if (file !== null && checkpoint !== null) behind = true;
        // Only what is committed may leave.
        if (behind) {
          await inTenant('read only', publish);
          behind = false;
        }
        return checkpoint;
      } catch (error) {
        // Nothing is lost while the server is gone: the next call finds what waits.
        if (isUnreachable(error)) return null;
        throw error;
      }
    },
    latest: () => inTenant('read only', (client) => latestOf(client, tenant)),
    entries: (from, limit) =>
      inTenant('read only', async (client) => {
        const { rows } = await client.query<{ index: number; bytes: string }>(
          'select index, bytes from jobzero.ledger_leaves where tenant_id = $1 and index >= $2 order by index limit $3',
          [tenant, from, limit],
        );
        return rows;
      }),
    checkpoints: (after, limit) =>
      inTenant('read only', async (client) => {
        const { rows } = await client.query<{ size: number; note: string }>(
          'select size, note from jobzero.ledger_checkpoints where tenant_id = $1 and size > $2 order by size limit $3',
          [tenant, after, limit],
        );
        return rows;
      }),
    // One snapshot, so that what is numbered meanwhile does not look like a fault.
    verify: (outside, onProgress) =>
      inTenant('isolation level repeatable read read only', (client) =>
        verifyLog({ client, tenant, origin, keys, outside, onProgress: onProgress ?? (() => {}) }),
      ),
    close: () => pool.end(),
  };
}

async function transaction<T>(pool: pg.Pool, tenant: string, mode: string, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query(`begin ${mode}`);
    await client.query("select set_config('jobzero.tenant', $1, true)", [tenant]);
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => {
      broken = true;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

async function latestOf(client: pg.ClientBase, tenant: string): Promise<Checkpoint | null> {
  const { rows } = await client.query<{ note: string }>(
    'select note from jobzero.ledger_checkpoints where tenant_id = $1 order by size desc limit 1',
    [tenant],
  );
  const note = rows[0]?.note;
  if (note === undefined) return null;
  const { origin, size, root } = parseCheckpoint(note);
  return { origin, size, root, note };
}

/** The stored frontier, if the last checkpoint vouches for it: a sequencer must not sign over what somebody changed. */
async function trustedFrontier(client: pg.ClientBase, tenant: string, origin: string, keys: readonly NoteKey[]): Promise<Frontier> {
  const { rows } = await client.query<{ size: number; frontier: string }>(
    'select size, frontier from jobzero.ledger_heads where tenant_id = $1',
    [tenant],
  );
  const head = rows[0];
  const frontier = new Frontier(
    head?.size ?? 0,
    (head?.frontier ?? '')
      .split(' ')
      .filter(Boolean)
      .map((hash) => Buffer.from(hash, 'hex')),
  );
  const last = await latestOf(client, tenant);
  if (last === null && frontier.size === 0) return frontier;
  if (
    last === null ||
    last.origin !== origin ||
    last.size !== frontier.size ||
    last.root !== frontier.root().toString('base64') ||
    checkSignatures(parseCheckpoint(last.note), keys) !== 'good'
  ) {
    throw new InvariantError(
      `the ledger's head (${frontier.size}) is not what its last checkpoint (${last?.size ?? 'none'}) signed; run "jobzero ledger verify"`,
    );
  }
  return frontier;
}
