import { idOf } from '../../core/lib/hash.ts';
import { textAt } from '../../core/lib/json-at.ts';
import type { Channels } from '../../core/model/channel.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Store, Tx } from '../../core/ports/store.ts';
import { sealedId, sealPerson } from '../ledger/seals.ts';
import { queuedOf } from './delivery.ts';

/** An answer that came back through a channel, of whose sender the signature is known to be right. */
export interface GivenAnswer {
  /** The channel's name. */
  readonly channel: string;
  /** Who it is, as that channel names people. */
  readonly user: string;
  readonly notification: string;
  readonly option: string;
  /** What tells this very request from all others: a signature or the id of an event. */
  readonly seal: string;
}

export type TakenAnswer =
  | { readonly outcome: 'recorded'; readonly by: string }
  /** The person answered before; the first answer holds. */
  | { readonly outcome: 'answered'; readonly option: string }
  | { readonly outcome: 'replayed' | 'unknown-person' | 'unknown-notification' | 'unknown-option' };

/** The id of a person's answer to a notification: the item of kind `answer`. */
export function answerId(notification: string, by: string): string {
  return idOf('answer', notification, by);
}

/**
 * Puts an answer down as an item of kind `answer` (state `waiting`, document `{ notification, option, by, channel, at }`), with
 * its leaf; who acts on it moves it on. A request is taken once, a person's first answer holds, and a person is only who
 * `people` of channels.yml names. Every page may be answered with `acknowledge`.
 */
export function takeAnswer(
  { store, tenant, clock }: { readonly store: Store; readonly tenant: string; readonly clock: Clock },
  { people }: Pick<Channels, 'people'>,
  { channel, user, notification, option, seal }: GivenAnswer,
): Promise<TakenAnswer> {
  return store.within(tenant, async (tx): Promise<TakenAnswer> => {
    const at = clock.now();
    const request = { kind: 'answer-request', id: idOf(channel, seal, notification, option), state: 'taken', dueAt: null, at, doc: {} };
    if (!(await tx.items.add(request))) return { outcome: 'replayed' };
    const by = Object.entries(people).find(([, ids]) => ids[channel] === user)?.[0];
    if (by === undefined) return { outcome: 'unknown-person' };
    const item = await tx.items.get('notification', notification);
    if (item === null || queuedOf(item).channel !== channel) return { outcome: 'unknown-notification' };
    const { kind, options } = queuedOf(item);
    if (!options.some(({ id }) => id === option) && !(kind === 'page' && option === 'acknowledge')) return { outcome: 'unknown-option' };
    const first = await putAnswer(tx, { notification, option, by, channel }, at);
    return first === null ? { outcome: 'recorded', by } : { outcome: 'answered', option: first };
  });
}

/** Where an answer comes from that was given in the console. */
export const consoleChannel = 'console';

/** Puts down what a person answered to a notification, with its leaf, as an item for the code that asked. Returns the first answer where there is one already. */
export async function putAnswer(
  tx: Tx,
  answer: { readonly notification: string; readonly option: string; readonly by: string; readonly channel: string },
  at: number,
): Promise<string | null> {
  const { notification, option, by, channel } = answer;
  const id = answerId(notification, by);
  if (!(await tx.items.add({ kind: 'answer', id, state: 'waiting', dueAt: at, at, doc: { ...answer, at } })))
    return textAt((await tx.items.get('answer', id))?.doc, 'option') ?? '';
  await tx.ledger.append({
    format: 'jobzero.ledger/1',
    type: 'answer',
    subject: await sealedId(tx, notification),
    at,
    data: { option, channel, bySeal: await sealPerson(tx, by) },
  });
  return null;
}
