import { idOf } from '../../core/lib/hash.ts';
import type { Channels } from '../../core/model/channel.ts';
import { type Severity, severityIds } from '../../core/model/severity.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { DecisionRow, Store, Tx } from '../../core/ports/store.ts';
import { ledBy } from '../join-weaknesses.ts';
import { exportedOf, findingNotification, putExported } from './exported-finding.ts';
import { queueNotification } from './queue-notification.ts';

export interface QueueFindingsDeps {
  readonly tenant: string;
  readonly store: Store;
  readonly clock: Clock;
}

interface Sink {
  readonly name: string;
  readonly kind: 'security-hub' | 'ocsf-sink';
  readonly findings: Severity;
}

const kind = 'findings-sent';
const page = 200;
/** A decision may become visible so long after the time that it bears: younger ones are looked at again. */
const settledMs = 2 * 60_000;
/** More than these would stand before what people wait for. */
const mostWaiting = 200;

/**
 * Queues each finding for the systems that want findings of its severity, in the order of decisions, once; what becomes of it later
 * `followExports` tells.
 * `seen` holds decisions that were looked at and are not settled yet. Returns whether there is more to do at once.
 */
export async function queueFindings(deps: QueueFindingsDeps, { channels }: Channels, seen: Set<string>): Promise<boolean> {
  let more = false;
  for (const one of channels) {
    if ((one.kind === 'security-hub' || one.kind === 'ocsf-sink') && one.findings !== null)
      more = (await queueFor(deps, { name: one.name, kind: one.kind, findings: one.findings }, seen)) || more;
  }
  return more;
}

async function queueFor({ store, tenant, clock }: QueueFindingsDeps, sink: Sink, seen: Set<string>): Promise<boolean> {
  const keyOf = (row: DecisionRow) => `${sink.name} ${row.id}`;
  const looked = await store.within(tenant, async (tx) => {
    const now = clock.now();
    const waiting = (await tx.items.counts('notification')).find(({ state }) => state === 'waiting')?.n ?? 0;
    if (waiting >= mostWaiting) return null;
    const before = await tx.items.get(kind, sink.name);
    let settled = (before?.doc as { readonly after?: string } | undefined)?.after ?? null;
    let after = settled;
    let isSettled = true;
    const done: DecisionRow[] = [];
    // What was seen a moment ago is passed over.
    for (;;) {
      const rows = await tx.decisions.list(after, page);
      const fresh = rows.filter((row) => !seen.has(keyOf(row)));
      for (const row of fresh) await queueOne(tx, sink, row, now);
      for (const row of rows) {
        isSettled &&= row.at < now - settledMs;
        if (isSettled) settled = row.id;
        if (isSettled) done.push(row);
      }
      after = rows.at(-1)?.id ?? after;
      if (rows.length === page && fresh.length === 0) continue;
      if (done.length > 0) {
        const item = { kind, id: sink.name, state: 'going', dueAt: null, at: now, doc: { after: settled } };
        if (!(await tx.items.add(item))) await tx.items.move(item, ['going']);
      }
      return { fresh, done, more: rows.length === page };
    }
  });
  // Only after it is written: a transaction may be tried again.
  for (const row of looked?.fresh ?? []) seen.add(keyOf(row));
  for (const row of looked?.done ?? []) seen.delete(keyOf(row));
  return looked?.more ?? false;
}

async function queueOne(tx: Tx, sink: Sink, { finding: id, revision }: DecisionRow, now: number): Promise<void> {
  const row = await tx.findings.get(id);
  // A later revision has a decision of its own.
  if (row === null || row.finding.revision !== revision) return;
  const { finding } = row;
  if (severityIds[finding.severity] < severityIds[sink.findings]) return;
  // What is shown under another finding of the same weakness is decided again when it stands for itself.
  if ((await ledBy(tx, finding.id)) !== null) return;
  // What came from AWS's own services, Security Hub has from them.
  if (sink.kind === 'security-hub' && finding.imported !== undefined) return;
  // What it was told of before, it is told of by whoever follows that.
  if ((await exportedOf(tx, sink.name, finding.id)) !== null) return;
  const notification = idOf(tx.tenant, 'finding', finding.id, finding.revision, sink.name);
  if (!(await queueNotification(tx, findingNotification(notification, sink.name, finding), now))) return;
  await putExported(tx, { sink: sink.name, finding: finding.id, last: notification, n: 0, tried: null, accepted: null }, now);
}
