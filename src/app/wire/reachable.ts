import type { OpenChannels } from '../notify/open-channels.ts';
import { takesAnswers } from '../notify/takes-answers.ts';
import type { Reachable } from '../triage/ask-actor.ts';

/** The people of channels.yml who can answer a question, each with the channels that bring an answer back. */
export async function reachableBy(channels: () => Promise<OpenChannels>): Promise<Reachable> {
  const { settings } = await channels();
  const asking = new Set(settings.channels.filter(takesAnswers).map(({ name }) => name));
  const reached = Object.entries(settings.people).map(([person, ids]) => {
    const reach = Object.entries(ids).flatMap(([channel, to]) => (asking.has(channel) ? [{ channel, to }] : []));
    return [person, reach] as const;
  });
  return Object.fromEntries(reached.filter(([, reach]) => reach.length > 0));
}
