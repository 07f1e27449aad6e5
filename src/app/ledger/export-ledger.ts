import type { Ledger } from '../../core/ports/ledger.ts';

/**
 * A ledger as lines of JSON, for somebody who has nothing else of ours:
 *   {"format":"jobzero.ledger-export/1","origin":"jobzero/default","key":"name+id+key","size":3}
 *   ["leaf",0,"{...}"]          its exact bytes as a text, in order
 *   ["checkpoint","..."]        the signed notes, in order of their size, after the last leaf
 *   ["end",{"leaves":3,"checkpoints":2}]
 * Leaves hold hashes, ids and codes, and no personal data in the clear.
 */
export const exportFormat = 'jobzero.ledger-export/1';

const page = 2_000;

/** What was exported. */
export interface Exported {
  readonly leaves: number;
  readonly checkpoints: number;
}

/** Writes all leaves that are numbered when it begins, and the checkpoints over them. */
export async function exportLedger(
  ledger: Ledger,
  key: string,
  write: (line: string) => Promise<void>,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Exported> {
  const latest = await ledger.latest();
  const size = latest?.size ?? 0;
  await write(JSON.stringify({ format: exportFormat, origin: latest?.origin ?? '', key, size }));
  for (let from = 0; from < size; from += page) {
    for (const { index, bytes } of await ledger.entries(from, Math.min(page, size - from)))
      await write(JSON.stringify(['leaf', index, bytes]));
    onProgress(Math.min(size, from + page), size);
  }
  let checkpoints = 0;
  for (let after = -1; ; ) {
    const some = (await ledger.checkpoints(after, page)).filter((one) => one.size <= size);
    for (const { note } of some) await write(JSON.stringify(['checkpoint', note]));
    checkpoints += some.length;
    const last = some.at(-1)?.size;
    if (last === undefined) break;
    after = last;
  }
  await write(JSON.stringify(['end', { leaves: size, checkpoints }]));
  return { leaves: size, checkpoints };
}
