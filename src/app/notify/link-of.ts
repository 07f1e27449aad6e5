import type { Channels } from '../../core/model/channel.ts';

/** The address of a page of the console as people reach it from outside; null where `channels.yml` names none. */
export function linkOf({ console: site }: Pick<Channels, 'console'>, path: string): string | null {
  return site === null || !path.startsWith('/') ? null : `${site}${encodeURI(path)}`;
}
