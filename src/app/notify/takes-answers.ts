import type { ChannelSettings } from '../../core/model/channel.ts';

/** Can one of several options be chosen on this channel, by somebody whose name is signed for? Mail and tickets bring nothing back, and a pager acknowledges only. */
export function takesAnswers(settings: ChannelSettings): boolean {
  return (settings.kind === 'slack' || settings.kind === 'webhook') && settings.signing !== null;
}
