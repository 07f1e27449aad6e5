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
