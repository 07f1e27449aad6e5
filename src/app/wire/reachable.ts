import type { ChannelSettings } from '../../core/model/channel.ts';
import type { Store } from '../../core/ports/store.ts';
import type { OpenChannels } from '../notify/open-channels.ts';
import { takesAnswers } from '../notify/takes-answers.ts';
import { passkeysOf } from '../passkeys/passkey.ts';
import type { Reachable } from '../triage/ask-actor.ts';

/**
 * The people of channels.yml who can answer a question, each with the channels by which it goes out: those that bring an answer back, and
 * for who has a passkey for the console that channels.yml names, mail and others too: its link leads to an answer that AWS credentials do not open.
 */
export async function reachableBy(
  channels: () => Promise<OpenChannels>,
  { store, tenant }: { readonly store: Store; readonly tenant: string },
): Promise<Reachable> {
  const { settings } = await channels();
  const site = settings.console === null ? null : new URL(settings.console).hostname;
  const passkeys = site === null ? [] : await store.within(tenant, (tx) => passkeysOf(tx));
  const atConsole = new Set(passkeys.filter((one) => one.site === site).map(({ who }) => who));
  return peopleBy(settings, (channel, person) => takesAnswers(channel) || (atConsole.has(person) && reachesOne(channel)));
}

/** The people of channels.yml whom a note reaches, each with the channels for that. */
export async function notableBy(channels: () => Promise<OpenChannels>): Promise<Reachable> {
  return peopleBy((await channels()).settings, reachesOne);
}

function peopleBy(
  { channels, people }: OpenChannels['settings'],
  isTaken: (channel: ChannelSettings, person: string) => boolean,
): Reachable {
  const reached = Object.entries(people).map(([person, ids]) => {
    const reach = channels.flatMap((channel) => {
      const to = Object.hasOwn(ids, channel.name) ? ids[channel.name] : undefined;
      return to !== undefined && isTaken(channel, person) ? [{ channel: channel.name, to }] : [];
    });
    return [person, reach] as const;
  });
  return Object.fromEntries(reached.filter(([, reach]) => reach.length > 0));
}

/** A message to one person, and not to a room or a pager. */
function reachesOne({ kind }: ChannelSettings): boolean {
  return kind === 'slack' || kind === 'webhook' || kind === 'smtp';
}
