import type { Channels } from '../../core/model/channel.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import { openChannel } from '../../edge/notify/open-channel.ts';
import type { OpenChannels } from './open-channels.ts';

/** The real channels of these settings, with one secret for all. */
export function openChannelsUnderTest(
  settings: Channels,
  secret: string,
  cloud: () => Promise<Cloud> = () => Promise.reject(new Error('no cloud')),
): OpenChannels {
  return {
    settings,
    channel(name) {
      const one = settings.channels.find((known) => known.name === name);
      return one === undefined ? null : { settings: one, channel: openChannel(one, { cloud, secret: async () => secret }) };
    },
  };
}
