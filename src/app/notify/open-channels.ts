import type { ChannelSettings, Channels } from '../../core/model/channel.ts';
import type { Channel } from '../../core/ports/channel.ts';

/** The channels as they are now. */
export interface OpenChannels {
  readonly settings: Channels;
  channel(name: string): { readonly settings: ChannelSettings; readonly channel: Channel } | null;
}
