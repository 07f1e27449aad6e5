import { canonicalJson } from '../../../core/lib/canonical-json.ts';
import { sha256 } from '../../../core/lib/hash.ts';
import type { IncidentEvent } from '../../../core/model/declared-incident.ts';
import type { PrintedDocument } from '../../../core/model/printed-document.ts';
import type { Tx } from '../../../core/ports/store.ts';
import type { ConsoleDeps } from '../../console/console-deps.ts';
import { sealValue } from '../../ledger/seals.ts';
import { queuedOf } from '../../notify/delivery.ts';
import { chronicle } from '../chronicle.ts';
import { commandWithin } from '../command-incident.ts';
import { eventsOf, readDeclared } from '../declared.ts';
import { sentId } from '../send-what-was-said.ts';
import { composeReview } from './compose-review.ts';
import { findLeaves } from './find-leaves.ts';
import { costOf, momentsOf } from './measure-incident.ts';

export interface DraftedReview {
  /** SHA-256 of the stored document, from which both forms are printed. */
  readonly hash: string;
  readonly document: PrintedDocument;
}

type Deps = Pick<ConsoleDeps, 'store' | 'tenant' | 'clock' | 'playbooks' | 'ledger' | 'inbound' | 'outsideCheckpoints'>;

/** Drafts the review of a declared incident from the store and the ledger, and keeps it: a document with its leaf. Null where there is none of this id, or it was not declared. */
export async function draftReview(deps: Deps, id: string, by: string): Promise<DraftedReview | null> {
  const { store, tenant, clock, ledger } = deps;
  const site = (await deps.inbound?.channels())?.console ?? null;
  // What was said a moment ago is to have its number.
  await ledger.sequence(clock.now());
  const now = clock.now();
  const read = await store.within(tenant, async (tx) => {
    const incident = await readDeclared(tx, id);
    if (incident === null || incident.declaredAt === null) return null;
    const events = await eventsOf(tx, id);
    const story = await chronicle(deps, tx, incident, events);
    return { incident, events, story, cost: await costOf(tx, incident, events, story, now), tickets: await ticketsOf(tx, id, events) };
  });
  if (read === null) return null;
  const { incident, events, story } = read;
  const at = momentsOf(incident, story);
  const subjects = new Set([id, ...story.lines.flatMap(({ subject }) => (subject === null ? [] : [subject]))]);
  const since = Math.min(at.began ?? now, at.detected ?? now, events[0]?.at ?? now) - 86_400_000;
  const { leaves, all } = await findLeaves(ledger, subjects, since);
  const document = composeReview(deps, {
    ...read,
    at,
    leaves,
    allLeaves: all,
    proven: await store.within(tenant, (tx) => provenBy(tx, id, events, leaves)),
    ledger: await ledger.verify((await deps.outsideCheckpoints?.()) ?? []),
    now,
    site,
  });
  const hash = await store.within(tenant, async (tx) => {
    const stored = await tx.documents.put('incident-review', canonicalJson(document));
    await commandWithin(tx, id, by, { do: 'review', document: stored }, clock.now());
    return stored;
  });
  return { hash, document };
}

/** A review that was drafted of this incident; null where there is none of this hash. */
export function readReview({ store, tenant }: Pick<Deps, 'store' | 'tenant'>, id: string, hash: string): Promise<PrintedDocument | null> {
  return store.within(tenant, async (tx) => {
    const known = (await eventsOf(tx, id)).some((event) => event.type === 'reviewed' && event.document === hash);
    const bytes = known ? await tx.documents.get(hash) : null;
    return bytes === null ? null : (JSON.parse(bytes) as PrintedDocument);
  });
}

/** Events whose leaf has the hash that the stored event has now. */
async function provenBy(
  tx: Tx,
  id: string,
  events: readonly IncidentEvent[],
  leaves: readonly { readonly subject: string; readonly data: { readonly [name: string]: unknown } }[],
): Promise<ReadonlySet<number>> {
  // Leaves of before have the hash as it is.
  const said = new Set(
    leaves.flatMap(({ subject, data }) => (subject === id ? [`${String(data['n'])} ${String(data['eventSeal'] ?? data['hash'])}`] : [])),
  );
  const proven = new Set<number>();
  for (const event of events) {
    const hash = sha256(canonicalJson({ format: 'jobzero.incident-event/1', incident: id, ...event }));
    if (said.has(`${event.n} ${hash}`) || said.has(`${event.n} ${await sealValue(tx, hash)}`)) proven.add(event.n);
  }
  return proven;
}

/** By lesson, where it became a ticket: the key that the other system gave it, or what became of the message. */
async function ticketsOf(tx: Tx, id: string, events: readonly IncidentEvent[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const tickets = new Map<string, readonly string[]>();
  let n = 0;
  for (const event of events) {
    if (event.type !== 'lesson') continue;
    const own: string[] = [];
    for (const address of event.addresses) {
      const item = await tx.items.get('notification', sentId(tx.tenant, id, event.n, address));
      const ref = item === null ? '' : (queuedOf(item).delivery?.ref ?? '');
      own.push(item?.state === 'sent' && ref !== '' ? ref : `${address.channel}: ${item?.state ?? 'unknown'}`);
    }
    tickets.set(`l${++n}`, own);
  }
  return tickets;
}
