import type { Json } from '../model/json.ts';
import type { Notification } from '../model/notification.ts';

/** What a channel is to send. */
export interface Letter {
  readonly notification: Notification;
  /** Where it is answered in the console; null where the console cannot be reached from outside. */
  readonly link: string | null;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** An earlier try may have arrived: a worker died over it, or no answer came. */
  readonly doubt: boolean;
  /** Of a finding for another system: the finding in that system's format. */
  readonly document: Json | null;
  /** Of a finding that the receiver has an earlier version of: it `goes-on`, has `ended`, or is `back`. */
  readonly change?: 'goes-on' | 'ended' | 'back';
}

/**
 * What became of it. `later`: it may be tried again, not before `afterMs`; `doubt` says that it may have arrived all the
 * same. `refused`: trying again is of no use. `unsure`: it may have arrived, and is not worth a repetition.
 */
export type Sent =
  | { readonly outcome: 'accepted'; readonly ref: string }
  | { readonly outcome: 'later'; readonly reason: string; readonly afterMs: number | null; readonly doubt: boolean }
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'unsure'; readonly reason: string };

/** What the other side says of something that was sent: who has taken it, as it names people; that nobody has; or why it could not be asked. */
export type Taken =
  | { readonly outcome: 'taken'; readonly by: string }
  | { readonly outcome: 'open' }
  | { readonly outcome: 'unknown'; readonly reason: string };

/** A way to people or other systems. Reasons hold no secret. */
export interface Channel {
  /** Never throws. */
  send(letter: Letter): Promise<Sent>;
  /** Asks whether somebody there has taken what was sent as this notification; absent where that is told to us, or not at all. Never throws. */
  taken?(notification: string): Promise<Taken>;
}
