import { randomUUID } from 'node:crypto';
import { keepGoing } from '../keep-going.ts';
import type { OpenChannels } from '../notify/open-channels.ts';
import { notificationSender } from '../notify/send-notifications.ts';
import type { State } from './state.ts';

const everyMs = 1_000;

/** Sends notifications as they become due. Any number of workers may do this at once. Returns the way to stop, which waits for what is under way. */
export async function keepSending(
  { tenant, store, clock }: Pick<State, 'tenant' | 'store' | 'clock'>,
  channels: () => Promise<OpenChannels>,
  troubled: (error: unknown) => void,
): Promise<() => Promise<void>> {
  const sender = notificationSender({ tenant, store, clock, worker: randomUUID(), channels }, troubled);
  const stop = await keepGoing(store, ['items/notification'], everyMs, sender.round, troubled);
  return async () => {
    await stop();
    await sender.idle();
  };
}
