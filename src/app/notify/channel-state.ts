import type { Json } from '../../core/model/json.ts';
import type { Tx } from '../../core/ports/store.ts';

/** How a channel does: the item of kind `channel` with its name as id, `working` or `failing`. Times are milliseconds since 1970. */
export interface ChannelState {
  readonly lastSuccess: number | null;
  readonly lastFailure: number | null;
  /** Tries that failed since the last success. */
  readonly failures: number;
  readonly reason: string;
}

const kind = 'channel';
/** Each success would otherwise be a write to the same row. */
const notedEveryMs = 10_000;
const fresh: ChannelState = { lastSuccess: null, lastFailure: null, failures: 0, reason: '' };

export async function channelState(tx: Tx, name: string): Promise<ChannelState> {
  const item = await tx.items.get(kind, name);
  return item === null ? fresh : (item.doc as unknown as ChannelState);
}

/** Notes a success; true when it was failing before. */
export async function noteSuccess(tx: Tx, name: string, at: number): Promise<boolean> {
  const before = await channelState(tx, name);
  const wasFailing = before.failures > 0;
  if (!wasFailing && before.lastSuccess !== null && at - before.lastSuccess < notedEveryMs) return false;
  await write(tx, name, 'working', { ...before, lastSuccess: at, failures: 0, reason: '' }, at);
  return wasFailing;
}

/** Notes a failure; returns how many there were in a row. */
export async function noteFailure(tx: Tx, name: string, reason: string, at: number): Promise<number> {
  const before = await channelState(tx, name);
  const failures = before.failures + 1;
  await write(tx, name, 'failing', { ...before, lastFailure: at, failures, reason }, at);
  return failures;
}

async function write(tx: Tx, name: string, state: string, doc: ChannelState, at: number): Promise<void> {
  const item = { kind, id: name, state, dueAt: null, at, doc: doc as unknown as Json };
  if (!(await tx.items.add(item))) await tx.items.move(item, ['working', 'failing']);
}
