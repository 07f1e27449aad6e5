import { idOf } from '../../core/lib/hash.ts';
import { textAt } from '../../core/lib/json-at.ts';
import type { Channels } from '../../core/model/channel.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Store, Tx } from '../../core/ports/store.ts';
import { sealedId, sealPerson } from '../ledger/seals.ts';
import { wantsPasskey } from '../passkeys/wants-passkey.ts';
import { type Queued, queuedOf } from './delivery.ts';
import { linkOf } from './link-of.ts';
import { queueNotification } from './queue-notification.ts';

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
  /** It is kept, and counts when the person's passkey confirms it on this page of the console. */
  | { readonly outcome: 'to-confirm'; readonly link: string | null }
  | { readonly outcome: 'replayed' | 'unknown-person' | 'unknown-notification' | 'unknown-option' };

/**
 * Items of this kind: `waiting` for who acts on it, then `taken`; `meant` until the person's passkey confirms it.
 */
const answerKind = 'answer';

interface Answer {
  readonly notification: string;
  readonly option: string;
  readonly by: string;
  readonly channel: string;
}

/** The id of a person's answer to a notification: the item of kind `answer`. */
export function answerId(notification: string, by: string): string {
  return idOf('answer', notification, by);
}

/**
 * Puts an answer down as an item of kind `answer` (state `waiting`, document `{ notification, option, by, channel, at }`), with
 * its leaf; who acts on it moves it on. A request is taken once, a person's first answer holds, and a person is only who
 * `people` of channels.yml names. Every page may be answered with `acknowledge`. What makes something happen counts only with
 * the person's passkey where the console wants that, too.
 */
export function takeAnswer(
  { store, tenant, clock }: { readonly store: Store; readonly tenant: string; readonly clock: Clock },
  channels: Pick<Channels, 'people' | 'console'>,
  { channel, user, notification, option, seal }: GivenAnswer,
): Promise<TakenAnswer> {
  return store.within(tenant, async (tx): Promise<TakenAnswer> => {
    const at = clock.now();
    const request = { kind: 'answer-request', id: idOf(channel, seal, notification, option), state: 'taken', dueAt: null, at, doc: {} };
    if (!(await tx.items.add(request))) return { outcome: 'replayed' };
    const by = Object.entries(channels.people).find(([, ids]) => ids[channel] === user)?.[0];
    if (by === undefined) return { outcome: 'unknown-person' };
    const item = await tx.items.get('notification', notification);
    if (item === null || queuedOf(item).channel !== channel) return { outcome: 'unknown-notification' };
    const queued = queuedOf(item);
    const { kind, options } = queued;
    if (!options.some(({ id }) => id === option) && !(kind === 'page' && option === 'acknowledge')) return { outcome: 'unknown-option' };
    const answer = { notification, option, by, channel };
    const wanted = unconfirmed.has(option) ? 'no' : await wantsPasskey(tx, by);
    if (wanted !== 'no') return keepMeant(tx, queued, { ...answer, user, wanted }, channels, at);
    const first = await putAnswer(tx, answer, at);
    return first === null ? { outcome: 'recorded', by } : { outcome: 'answered', option: first };
  });
}

/** These need no passkey: who says that it was not them only has more looked at or stopped, and who is on a page says only that. */
const unconfirmed: ReadonlySet<string> = new Set(['not-me', 'acknowledge']);

/** Keeps what somebody meant, and tells them by the same channel where to confirm it. */
async function keepMeant(
  tx: Tx,
  { about, severity, title, path }: Queued,
  { notification, option, by, channel, user, wanted }: Answer & { readonly user: string; readonly wanted: 'signature' | 'registration' },
  channels: Pick<Channels, 'console'>,
  at: number,
): Promise<TakenAnswer> {
  const id = answerId(notification, by);
  const doc = { notification, option, by, channel, at };
  if (await tx.items.add({ kind: answerKind, id, state: 'meant', dueAt: null, at, doc })) await answerLeaf(tx, { ...doc, meant: true }, at);
  const before = await tx.items.get(answerKind, id);
  if (before?.state !== 'meant') return { outcome: 'answered', option: textAt(before?.doc, 'option') ?? '' };
  const how = wanted === 'signature' ? 'Say it once more there' : 'You have none yet: register one on the page Passkeys, then say it there';
  await queueNotification(
    tx,
    {
      id: idOf(tx.tenant, 'confirm', notification, by),
      kind: 'ask',
      channel,
      to: user,
      about,
      severity,
      title: `Not confirmed yet: ${title}`,
      text: `Your answer counts when your passkey confirms it in the console. ${how}. A no you can still say here, and it counts at once.`,
      path,
      options: [],
    },
    at,
  );
  return { outcome: 'to-confirm', link: linkOf(channels, path) };
}

/** The channel by which a person has given an answer to one of these that is not confirmed; null where they have not. */
export async function meantIn(tx: Tx, notifications: readonly string[], by: string): Promise<string | null> {
  for (const notification of notifications) {
    const item = await tx.items.get(answerKind, answerId(notification, by));
    if (item?.state === 'meant') return textAt(item.doc, 'channel');
  }
  return null;
}

/** Where an answer comes from that was given in the console. */
export const consoleChannel = 'console';

/** Puts down what a person answered to a notification, with its leaf, as an item for the code that asked. Returns the first answer where there is one that counts. */
export async function putAnswer(tx: Tx, answer: Answer, at: number): Promise<string | null> {
  const id = answerId(answer.notification, answer.by);
  const item = { kind: answerKind, id, state: 'waiting', dueAt: at, at, doc: { ...answer, at } };
  if (!(await tx.items.add(item)) && !(await tx.items.move(item, ['meant'])))
    return textAt((await tx.items.get(answerKind, id))?.doc, 'option') ?? '';
  await answerLeaf(tx, answer, at);
  return null;
}

/** `meant`: it counts for nothing yet. */
async function answerLeaf(
  tx: Tx,
  { notification, option, by, channel, meant }: Answer & { readonly meant?: true },
  at: number,
): Promise<void> {
  return tx.ledger.append({
    format: 'jobzero.ledger/1',
    type: 'answer',
    subject: await sealedId(tx, notification),
    at,
    data: { option, channel, bySeal: await sealPerson(tx, by), ...(meant === true ? { meant } : {}) },
  });
}
