/** A message as the queue gives it. Its body is whatever somebody has put there. */
export interface QueueMessage {
  readonly id: string;
  /** What the queue wants back when the message is held or removed. */
  readonly receipt: string;
  readonly body: string;
  /** Milliseconds since 1970. */
  readonly sentAt: number;
  /** How often it was received, this time among them. */
  readonly receives: number;
}

/** What a queue looks like from outside. Where something may not be read, the missing IAM action stands for it. */
export interface QueueState {
  /** Messages in it, hidden ones among them. */
  readonly waiting: number;
  /** How long the oldest waits, in milliseconds; null where nothing says. */
  readonly oldestMs: number | null | { readonly missing: string };
  /** Where messages go that nobody could use; null where it has no such queue. */
  readonly dead: { readonly name: string; readonly waiting: number | { readonly missing: string } } | null;
  /** Its policy as text; null for none. */
  readonly policy: string | null;
}

/** Looks at a queue and takes nothing from it. */
export interface QueueLook {
  readonly name: string;
  /** Throws CloudError where the queue itself cannot be looked at. */
  look(): Promise<QueueState>;
  close(): void;
}

/** A queue of messages that name log objects or bring events. A message that is not removed comes again. */
export interface LogQueue {
  /** Tells this queue from others, for places. */
  readonly name: string;
  /** Some messages, hidden from others for a time; none after a wait of some seconds. Throws CloudError. */
  receive(): Promise<readonly QueueMessage[]>;
  /** Keeps these messages hidden for as long again. */
  hold(messages: readonly QueueMessage[]): Promise<void>;
  /** Removes messages for good. */
  remove(messages: readonly QueueMessage[]): Promise<void>;
  close(): void;
}
