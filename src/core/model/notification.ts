import type { Severity } from './severity.ts';

/**
 * What it is about: where its answer goes. `automation` is a fault of jobzero itself, `clock` a deadline of a declared incident,
 * `digest` what is insecure of one person's, `proposal` what follows from a judgement.
 */
export type Subject = 'incident' | 'judgement' | 'question' | 'automation' | 'finding' | 'action' | 'clock' | 'digest' | 'proposal';

/**
 * Something that is sent to somebody through one channel, once. `page` wakes, `ask` wants an answer in working hours or
 * from an actor, `note` wants none, `ticket` and `finding` go into other systems, `canary` says that jobzero lives.
 */
export interface Notification {
  /** hash(tenant, about, why it is sent, channel, to): the same notification is one, whoever makes it and however often. */
  readonly id: string;
  readonly kind: 'page' | 'ask' | 'note' | 'ticket' | 'finding' | 'canary';
  /** The channel's name in `channels.yml`. */
  readonly channel: string;
  /** Whom the channel reaches, as it names them: an address, a user's id; empty where it has one receiver only. */
  readonly to: string;
  readonly about: { readonly kind: Subject; readonly id: string };
  readonly severity: Severity;
  /** One line. */
  readonly title: string;
  /** Some sentences, without markup. */
  readonly text: string;
  /** Where it is answered in the console: a path, `/judgements/ID`. */
  readonly path: string;
  /** What may be answered at once, where the channel can carry answers. */
  readonly options: readonly { readonly id: string; readonly label: string }[];
  /** To a system that goes on calling by itself: the notification of this id was taken by somebody, or what it told of is over. */
  readonly ends?: { readonly id: string; readonly how: 'taken' | 'over' };
  /** Of a ticket about findings. */
  readonly ticket?: TicketPart;
}

export interface TicketPart {
  /** Beside those that the channel has. */
  readonly labels: readonly string[];
  /** Who is to have it, as the channel names people; null for nobody. */
  readonly assignee: string | null;
  /** What the channel calls the ticket in which this is said; null: this makes it. */
  readonly ref: string | null;
  /** Nothing of what it tells of stands any more. */
  readonly over: boolean;
}
