import type { Finding } from '../../core/model/finding.ts';
import type { Item } from '../../core/ports/items.ts';
import type { Tx } from '../../core/ports/store.ts';

/** Items that say when it is looked at what credentials that were cut off had taken on: `waiting`, then `done`. Their ids are those of the findings. */
const kind = 'chain';
const most = 100;
const minute = 60_000;
/** What cannot be looked at is tried for so long after the cutting off. */
const triedFor = 60 * minute;
/** After the cutting off: at once, and when AWS's event history shows the last of what was called before, which takes a quarter of an hour. */
const looks: readonly number[] = [0, 4 * minute, 16 * minute];

/** What is to be looked at. */
export interface Chain {
  /** Who had the credentials cut off: `automation`, or a person's name. */
  readonly by: string;
  /** When they were seen to be cut off, in milliseconds since 1970. */
  readonly since: number;
  /** Looks that were made. */
  readonly looked: number;
}

/** Credentials of a finding were seen to be cut off: what they took on before is looked for, and cut off with them. */
export async function followChain(tx: Tx, finding: string, by: string, at: number): Promise<void> {
  const doc = { by, since: at, looked: 0 };
  const item = { kind, id: finding, state: 'waiting', dueAt: at, at, doc };
  if (!(await tx.items.add(item))) await tx.items.move(item, ['done', 'waiting']);
}

/** The findings whose chains are to be looked at by now. */
export async function dueChains(tx: Tx, at: number): Promise<readonly { readonly finding: Finding; readonly chain: Chain }[]> {
  const due: { readonly finding: Finding; readonly chain: Chain }[] = [];
  for (const item of await tx.items.list({ kind, state: ['waiting'], dueBy: at, limit: most })) {
    const row = await tx.findings.get(item.id);
    if (row === null || row.state === 'retracted') await end(tx, item, at);
    else due.push({ finding: row.finding, chain: item.doc as unknown as Chain });
  }
  return due;
}

/** It was looked at, by this worker and no other: then it is looked at again until all looks are made. False where another one did. */
export async function chainLooked(tx: Tx, finding: string, { by, since, looked }: Chain, at: number): Promise<boolean> {
  const item = await tx.items.get(kind, finding);
  if (item?.state !== 'waiting' || (item.doc as unknown as Chain).looked !== looked) return false;
  const next = looks[looked + 1];
  if (next === undefined) return end(tx, item, at);
  return tx.items.move({ ...item, dueAt: since + next, at, doc: { by, since, looked: looked + 1 } }, ['waiting']);
}

/** It could not be looked at now: a minute later it is tried again, for an hour. */
export async function chainUnread(tx: Tx, finding: string, { since, looked }: Chain, at: number): Promise<void> {
  const item = await tx.items.get(kind, finding);
  if (item?.state !== 'waiting' || (item.doc as unknown as Chain).looked !== looked) return;
  if (at - since >= triedFor) await end(tx, item, at);
  else await tx.items.move({ ...item, dueAt: at + minute, at }, ['waiting']);
}

function end(tx: Tx, item: Item, at: number): Promise<boolean> {
  return tx.items.move({ ...item, state: 'done', dueAt: null, at }, ['waiting']);
}
