import { randomUUID } from 'node:crypto';
import type { Cloud } from '../../core/ports/cloud.ts';
import { keepGoing } from '../keep-going.ts';
import { notificationSender } from '../notify/send-notifications.ts';
import type { Env } from './home.ts';
import { openChannels } from './open-channels.ts';
import type { State } from './state.ts';

const everyMs = 1_000;

/** Sends notifications as they become due. Any number of workers may do this at once. Returns the way to stop, which waits for what is under way. */
export async function keepSending(
  { home, tenant, store, clock }: Pick<State, 'home' | 'tenant' | 'store' | 'clock'>,
  env: Env,
  cloud: Cloud,
  troubled: (error: unknown) => void,
): Promise<() => Promise<void>> {
  const channels = openChannels(home, env, async () => cloud, troubled);
  const sender = notificationSender({ tenant, store, clock, worker: randomUUID(), channels }, troubled);
  const stop = await keepGoing(store, ['items'], everyMs, sender.round, troubled);
  return async () => {
    await stop();
    await sender.idle();
  };
}
