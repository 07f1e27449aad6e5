import { idOf } from '../../core/lib/hash.ts';
import type { Address } from '../../core/model/channel.ts';
import type { Json } from '../../core/model/json.ts';
import type { Tx } from '../../core/ports/store.ts';
import { queueNotification } from './queue-notification.ts';

const kind = 'automation-fault';

/** What does not work of jobzero itself. Its item has the id `WHAT/NAME` and is `open` or `closed`. */
export interface Fault {
  readonly what: 'channel' | 'channels-file' | 'heartbeat';
  readonly name: string;
  /** For people; no secret and no content. */
  readonly reason: string;
}

/** Opens a fault, or renews the reason of one that is open; who is named as fallback is told once each time that it opens. */
export async function openFault(tx: Tx, fault: Fault, fallback: readonly Address[], at: number): Promise<boolean> {
  const id = `${fault.what}/${fault.name}`;
  const before = await tx.items.get(kind, id);
  if (before?.state === 'open') {
    const doc = before.doc as { readonly since: number; readonly reason: string };
    if (doc.reason !== fault.reason) await tx.items.move({ ...before, doc: { ...fault, since: doc.since } }, ['open']);
    return false;
  }
  const item = { kind, id, state: 'open', dueAt: null, at, doc: { ...fault, since: at } satisfies Json };
  if (before === null) await tx.items.add(item);
  else await tx.items.move(item, ['closed']);
  for (const { channel, to } of fallback)
    await queueNotification(
      tx,
      {
        id: idOf(tx.tenant, kind, id, at, channel, to),
        kind: 'page',
        channel,
        to,
        about: { kind: 'automation', id },
        severity: 'High',
        title: titleOf(fault),
        text: `${fault.reason}. What waits for it is tried again; this closes by itself when it works.`,
        path: '/channels',
        options: [],
      },
      at,
    );
  return true;
}

/** Closes it; false when it is not open. */
export async function closeFault(tx: Tx, what: Fault['what'], name: string, at: number): Promise<boolean> {
  const before = await tx.items.get(kind, `${what}/${name}`);
  if (before?.state !== 'open') return false;
  return tx.items.move({ ...before, state: 'closed', at, doc: { ...(before.doc as object), until: at } as Json }, ['open']);
}

function titleOf({ what, name }: Fault): string {
  switch (what) {
    case 'channel':
      return `Channel ${name} does not deliver`;
    case 'channels-file':
      return 'channels.yml cannot be read';
    case 'heartbeat':
      return 'The heartbeat to the outside fails';
    default:
      return what satisfies never;
  }
}
