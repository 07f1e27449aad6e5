import { idOf } from '../../core/lib/hash.ts';
import type { Finding, FindingState } from '../../core/model/finding.ts';
import type { Json } from '../../core/model/json.ts';
import type { Notification } from '../../core/model/notification.ts';
import type { Tx } from '../../core/ports/store.ts';

/** A finding that another system was told of, as an item: `open` there, or `over`. */
export const exportedKind = 'exported-finding';
export const exportedStates = ['open', 'over'] as const;

/** What of a finding another system can be behind with. */
export interface Version {
  readonly revision: string;
  readonly state: FindingState;
}

export interface Exported {
  /** The channel's name. */
  readonly sink: string;
  readonly finding: string;
  /** The notification that was queued last: the next one waits for its end, so that they arrive in order. */
  readonly last: string;
  /** How many were queued: each has an id of its own. */
  readonly n: number;
  /** What the last one that came to an end said, whatever the end was; null for none. */
  readonly tried: Version | null;
  /** What the system is known to have; null where nothing has arrived. */
  readonly accepted: Version | null;
}

export const exportedId = (tenant: string, sink: string, finding: string) => idOf(tenant, exportedKind, sink, finding);

export const isOver = ({ state }: Version) => state === 'resolved' || state === 'retracted' || state === 'suppressed';

export async function exportedOf(tx: Tx, sink: string, finding: string): Promise<Exported | null> {
  return ((await tx.items.get(exportedKind, exportedId(tx.tenant, sink, finding)))?.doc as unknown as Exported | undefined) ?? null;
}

export async function putExported(tx: Tx, doc: Exported, at: number): Promise<void> {
  const state = doc.accepted !== null && isOver(doc.accepted) ? 'over' : 'open';
  const item = {
    kind: exportedKind,
    id: exportedId(tx.tenant, doc.sink, doc.finding),
    state,
    dueAt: null,
    at,
    doc: doc as unknown as Json,
  };
  if (!(await tx.items.add(item))) await tx.items.move(item, exportedStates);
}

/** A finding for another system. */
export function findingNotification(id: string, sink: string, finding: Finding): Notification {
  return {
    id,
    kind: 'finding',
    channel: sink,
    to: '',
    about: { kind: 'finding', id: finding.id },
    severity: finding.severity,
    title: finding.rule.title,
    text: finding.message,
    path: `/findings/${finding.id}`,
    options: [],
  };
}
