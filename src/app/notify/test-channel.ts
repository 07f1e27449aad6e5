import { setTimeout as sleep } from 'node:timers/promises';
import { idOf } from '../../core/lib/hash.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Store } from '../../core/ports/store.ts';
import { queuedOf } from './delivery.ts';
import { queueNotification } from './queue-notification.ts';

export interface ChannelTest {
  readonly outcome: 'sent' | 'failed' | 'unsure' | 'waiting';
  /** Why it failed, or waits. */
  readonly reason: string;
  /** What the receiver calls it. */
  readonly ref: string;
}

const lookEveryMs = 200;

/**
 * Queues a notification that says that it is a test, and waits for what becomes of it, `patienceMs` at most. `send` is called
 * now and again with its id, where no worker runs that would send it.
 */
export async function testChannel(
  deps: { readonly store: Store; readonly tenant: string; readonly clock: Clock },
  { channel, to, patienceMs }: { readonly channel: string; readonly to: string; readonly patienceMs: number },
  send: ((id: string) => Promise<unknown>) | null,
): Promise<ChannelTest> {
  const { store, tenant, clock } = deps;
  const at = clock.now();
  const id = idOf(tenant, 'test', channel, to, at);
  await store.within(tenant, (tx) =>
    queueNotification(
      tx,
      {
        id,
        kind: 'canary',
        channel,
        to,
        about: { kind: 'automation', id: `channel/${channel}` },
        severity: 'Informational',
        title: 'TEST: jobzero sends through this channel',
        text: 'This is a test of the channel. Nothing has happened, and nothing is to be done.',
        path: '/',
        options: [],
      },
      at,
    ),
  );
  for (;;) {
    await send?.(id);
    const item = await store.within(tenant, (tx) => tx.items.get('notification', id));
    const { reason = '', ref = '' } = item === null ? {} : (queuedOf(item).delivery ?? {});
    if (item?.state === 'sent' || item?.state === 'failed' || item?.state === 'unsure') return { outcome: item.state, reason, ref };
    if (clock.now() - at >= patienceMs) return { outcome: 'waiting', reason: reason === '' ? 'no worker has taken it yet' : reason, ref };
    await sleep(lookEveryMs);
  }
}
