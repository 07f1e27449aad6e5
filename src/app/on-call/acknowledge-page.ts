import type { Clock } from '../../core/ports/clock.ts';
import type { Item } from '../../core/ports/items.ts';
import type { Store } from '../../core/ports/store.ts';
import { noChannels } from '../notify/read-channels.ts';
import { acknowledge } from './follow-pages.ts';
import { onCallOf } from './on-call-settings.ts';
import { pageDocOf, pageKind } from './page-item.ts';

export type AcknowledgedPage =
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'acknowledged'; readonly page: Item }
  /** Somebody else has it, or it is over: the page as it is. */
  | { readonly outcome: 'too-late'; readonly page: Item };

/** Somebody at the console or at the command line takes a page: nobody else is told of it. */
export function acknowledgePage(
  { store, tenant, clock }: { readonly store: Store; readonly tenant: string; readonly clock: Clock },
  id: string,
  by: string,
  how: 'console' | 'command-line',
): Promise<AcknowledgedPage> {
  return store.within(tenant, async (tx): Promise<AcknowledgedPage> => {
    const item = await tx.items.get(pageKind, id);
    if (item === null || item.state === 'held') return { outcome: 'unknown' };
    const { into } = pageDocOf(item);
    const page = into === null ? item : ((await tx.items.get(pageKind, into)) ?? item);
    const done = await acknowledge(tx, page, by, how, await onCallOf(tx), noChannels, clock.now());
    return { outcome: done ? 'acknowledged' : 'too-late', page: (await tx.items.get(pageKind, page.id)) ?? page };
  });
}
