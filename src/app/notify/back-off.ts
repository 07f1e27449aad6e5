import { sha256 } from '../../core/lib/hash.ts';
import type { Notification } from '../../core/model/notification.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

const isUrgent = (kind: Notification['kind']) => kind === 'page' || kind === 'ask' || kind === 'canary';

/**
 * How long to wait after the nth try that failed, in milliseconds: 5 s, twice as long each time, a minute at most for what
 * is urgent and five for the rest; up to a fifth more, by the id, so that those that failed together do not return together.
 */
export function waitAfter(attempts: number, { id, kind }: Pick<Notification, 'id' | 'kind'>): number {
  const most = isUrgent(kind) ? minute : 5 * minute;
  const wait = Math.min(most, 5 * second * 2 ** Math.min(attempts - 1, 10));
  return wait + Math.floor((wait / 5) * (Number.parseInt(sha256(`${id} ${attempts}`).slice(0, 4), 16) / 0x10000));
}

/** How long it is tried, in milliseconds, before it counts as failed. */
export function triedFor(kind: Notification['kind']): number {
  switch (kind) {
    case 'canary':
      return 2 * minute;
    case 'page':
    case 'ask':
      return hour;
    case 'note':
      return 24 * hour;
    case 'ticket':
    case 'finding':
      return 72 * hour;
    default:
      return kind satisfies never;
  }
}
