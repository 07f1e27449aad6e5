import { idOf } from '../../core/lib/hash.ts';
import type { FindingVersion, Tx } from '../../core/ports/store.ts';
import {
  type Exported,
  exportedKind,
  exportedOf,
  exportedStates,
  findingNotification,
  isOver,
  putExported,
  type Version,
} from './exported-finding.ts';
import type { QueueFindingsDeps } from './queue-findings.ts';
import { queueNotification } from './queue-notification.ts';

/** Two queries for so many. */
const atOnce = 500;

/** How far a pass has come in each state: the time of the last item that was looked at. */
export type Cursor = Map<(typeof exportedStates)[number], number>;

/**
 * Looks whether findings that other systems were told of are another now, some hundred at a time, and queues what they have not heard: a new
 * revision, another severity, an end, or that it is back. One at a time for each finding and system. What is compared is what was said with what
 * is, so nothing has to tell of a change, and none is lost. Returns how many were queued.
 */
export async function followExports(
  { store, tenant, clock }: QueueFindingsDeps,
  sinks: ReadonlySet<string>,
  cursor: Cursor,
): Promise<number> {
  let queued = 0;
  for (const state of exportedStates) {
    const since = cursor.get(state) ?? 0;
    const { last, full, n } = await store.within(tenant, async (tx) => {
      const items = await tx.items.list({ kind: exportedKind, state: [state], since, limit: atOnce });
      const all = items.map(({ doc }) => doc as unknown as Exported).filter(({ sink }) => sinks.has(sink));
      const current = new Map((await tx.findings.versions([...new Set(all.map(({ finding }) => finding))])).map((one) => [one.id, one]));
      let done = 0;
      for (const one of all) if (await follow(tx, one, current.get(one.finding), clock.now())) done++;
      return { last: items.at(-1)?.at ?? 0, full: items.length === atOnce, n: done };
    });
    queued += n;
    // So many of one moment are passed over by one: they were looked at together.
    cursor.set(state, full ? Math.max(last, since + 1) : 0);
  }
  return queued;
}

async function follow(tx: Tx, { sink, finding }: Exported, now: FindingVersion | undefined, at: number): Promise<boolean> {
  const known = await changedSince(tx, sink, finding, now);
  const row = known === null ? null : await tx.findings.get(finding);
  if (known === null || row === null) return false;
  const n = known.n + 1;
  const id = idOf(tx.tenant, exportedKind, sink, finding, n);
  await putExported(tx, { ...known, n, last: id }, at);
  return queueNotification(tx, findingNotification(id, sink, row.finding), at);
}

/** What is known of the export, when there is something to say and nothing under way. */
async function changedSince(tx: Tx, sink: string, finding: string, now: FindingVersion | undefined): Promise<Exported | null> {
  const known = await exportedOf(tx, sink, finding);
  if (now === undefined || known === null || known.tried === null || same(now, known.tried)) return null;
  // What it never heard of need not be ended there.
  if (known.accepted === null && isOver(now)) return null;
  const last = await tx.items.get('notification', known.last);
  return last !== null && (last.state === 'waiting' || last.state === 'sending') ? null : known;
}

const same = (a: Version, b: Version) => a.revision === b.revision && a.state === b.state;
