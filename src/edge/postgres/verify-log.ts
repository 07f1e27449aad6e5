import type pg from 'pg';
import { checkSignatures, type NoteKey, type ParsedCheckpoint, parseCheckpoint, splitCheckpoints } from '../../core/lib/checkpoint.ts';
import { Frontier, leafHash } from '../../core/lib/merkle.ts';
import { InputError } from '../../core/model/errors.ts';
import type { LedgerFault, LedgerReport } from '../../core/ports/ledger.ts';

interface Question {
  readonly client: pg.ClientBase;
  readonly tenant: string;
  readonly origin: string;
  readonly keys: readonly NoteKey[];
  readonly outside: readonly string[];
  readonly onProgress: (done: number, total: number) => void;
}

const page = 2000;
/** A wholly broken log does not fill the memory with its faults. */
const maxFaults = 1000;

/**
 * Recomputes the log from its leaves, page by page, inside the caller's snapshot, and compares with every checkpoint
 * kept inside and with those kept outside. Throws InputError for an outside text that is no checkpoint of this log.
 */
export async function verifyLog({ client, tenant, origin, keys, outside, onProgress }: Question): Promise<LedgerReport> {
  const faults: LedgerFault[] = [];
  const add = (fault: LedgerFault) => void (faults.length < maxFaults && faults.push(fault));
  const kept = outsideCheckpoints(outside, origin);
  const trusted = new Set<ParsedCheckpoint>();
  for (const checkpoint of kept) {
    const signed = checkSignatures(checkpoint, keys);
    if (signed === 'good') trusted.add(checkpoint);
    else add({ fault: signed === 'bad' ? 'bad-signature' : 'unknown-key', size: checkpoint.size });
  }

  const count = async (table: string) => {
    const { rows } = await client.query<{ n: number }>(`select count(*) as n from jobzero.${table} where tenant_id = $1`, [tenant]);
    return rows[0]?.n ?? 0;
  };
  const total = await count('ledger_leaves');
  const inside = new InsideCheckpoints(client, tenant);
  const frontier = new Frontier();
  let rootFault = false;
  let missing = false;
  let waitingOutside = kept;

  function checkSigned({ stored, parsed }: StoredCheckpoint): void {
    const signed = parsed === null || parsed.origin !== origin ? 'bad' : checkSignatures(parsed, keys);
    if (signed !== 'good') add({ fault: signed === 'bad' ? 'bad-signature' : 'unknown-key', size: stored.size });
  }

  /** Compares all checkpoints that speak of the size that the log has reached. */
  async function compare(): Promise<void> {
    const root = frontier.root().toString('base64');
    for (;;) {
      const checkpoint = await inside.upTo(frontier.size);
      if (checkpoint === null) break;
      checkSigned(checkpoint);
      // The columns are what we show, the note is what is signed: both must say what the leaves say.
      const says = [checkpoint.stored, ...(checkpoint.parsed === null ? [] : [checkpoint.parsed])];
      if (!rootFault && says.some((one) => one.size !== frontier.size || one.root !== root)) {
        rootFault = true;
        add({ fault: 'root-differs', size: checkpoint.stored.size });
      }
    }
    const due = waitingOutside.filter((one) => one.size <= frontier.size);
    waitingOutside = waitingOutside.slice(due.length);
    for (const one of due) if (one.root !== root) add({ fault: 'inconsistent-with-outside', size: one.size });
  }

  await compare();
  let expected = 0;
  for (;;) {
    const { rows } = await client.query<{ index: number; bytes: string; hash: string }>(
      'select index, bytes, hash from jobzero.ledger_leaves where tenant_id = $1 and index >= $2 order by index limit $3',
      [tenant, expected, page],
    );
    for (const row of rows) {
      if (row.index !== expected) {
        missing = true;
        add({ fault: 'leaf-missing', index: expected });
      }
      if (leafHash(row.bytes).toString('hex') !== row.hash) add({ fault: 'leaf-changed', index: row.index });
      // The hash as it was stored: with the original in place the roots still fit, and the fault stays where it is.
      frontier.push(Buffer.from(row.hash, 'hex'));
      expected = row.index + 1;
      if (!missing && frontier.size >= Math.min(inside.next, waitingOutside[0]?.size ?? Infinity)) await compare();
    }
    onProgress(Math.min(expected, total), total);
    if (rows.length < page) break;
  }

  for (;;) {
    const checkpoint = await inside.upTo(Infinity);
    if (checkpoint === null) break;
    checkSigned(checkpoint);
  }
  const last = await inside.last();
  if (last !== null && last.size > expected) add({ fault: 'truncated', size: expected, expected: last.size });
  // Leaves that no checkpoint covers: in an honest log both come in one transaction.
  else if (!rootFault && expected > (last?.size ?? 0)) add({ fault: 'root-differs', size: expected });
  for (const one of waitingOutside) if (one.size > expected) add({ fault: 'truncated', size: expected, expected: one.size });

  const { rows: heads } = await client.query<{ size: number; frontier: string }>(
    'select size, frontier from jobzero.ledger_heads where tenant_id = $1',
    [tenant],
  );
  const head = heads[0] ?? { size: 0, frontier: '' };
  const same = head.size === frontier.size && head.frontier === frontier.hashes.map((hash) => hash.toString('hex')).join(' ');
  if (!same && faults.length === 0) add({ fault: 'root-differs', size: head.size });

  return {
    ok: faults.length === 0,
    size: expected,
    root: frontier.root().toString('base64'),
    waiting: await count('ledger_inbox'),
    basis: trusted.size > 0 ? 'outside-checkpoint' : 'inside-only',
    outsideSize: trusted.size > 0 ? Math.max(...[...trusted].map((one) => one.size)) : null,
    faults,
  };
}

function outsideCheckpoints(texts: readonly string[], origin: string): readonly ParsedCheckpoint[] {
  const parsed = texts.flatMap(splitOutside).map((checkpoint, i) => {
    if (checkpoint.origin !== origin)
      throw new InputError(`a checkpoint of ${checkpoint.origin}, and this log is ${origin}`, `outside checkpoint ${i + 1}`);
    return checkpoint;
  });
  return parsed.sort((a, b) => a.size - b.size);
}

function splitOutside(text: string, i: number): readonly ParsedCheckpoint[] {
  const notes = splitCheckpoints(text);
  if (notes.length === 0) throw new InputError('there is no checkpoint in it', `outside text ${i + 1}`);
  return notes.map(parseCheckpoint);
}

interface StoredCheckpoint {
  readonly stored: { readonly size: number; readonly root: string };
  readonly parsed: ParsedCheckpoint | null;
}

/** The stored checkpoints in order of size, read page by page. */
class InsideCheckpoints {
  readonly #client: pg.ClientBase;
  readonly #tenant: string;
  #page: { size: number; root: string; note: string }[] = [];
  #after = -1;
  #more = true;

  constructor(client: pg.ClientBase, tenant: string) {
    this.#client = client;
    this.#tenant = tenant;
  }

  /** The size of the next one, as far as it is read; call `upTo` when the log has reached it. */
  get next(): number {
    return this.#page[0]?.size ?? (this.#more ? 0 : Infinity);
  }

  /** Takes the next one that is not larger than this size. */
  async upTo(size: number): Promise<StoredCheckpoint | null> {
    if (this.#page.length === 0 && this.#more) {
      const { rows } = await this.#client.query<{ size: number; root: string; note: string }>(
        'select size, root, note from jobzero.ledger_checkpoints where tenant_id = $1 and size > $2 order by size limit $3',
        [this.#tenant, this.#after, page],
      );
      this.#page = rows;
      this.#after = rows.at(-1)?.size ?? this.#after;
      this.#more = rows.length === page;
    }
    const next = this.#page[0];
    if (next === undefined || next.size > size) return null;
    this.#page.shift();
    return { stored: next, parsed: parsedOrNull(next.note) };
  }

  async last(): Promise<{ size: number } | null> {
    const { rows } = await this.#client.query<{ size: number }>(
      'select size from jobzero.ledger_checkpoints where tenant_id = $1 order by size desc limit 1',
      [this.#tenant],
    );
    return rows[0] ?? null;
  }
}

function parsedOrNull(note: string): ParsedCheckpoint | null {
  try {
    return parseCheckpoint(note);
  } catch {
    return null;
  }
}
