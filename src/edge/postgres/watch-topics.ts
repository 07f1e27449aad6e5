import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Topic, TopicOfAll } from '../../core/ports/store.ts';
import { connectionConfig } from './connections.ts';

const topics: readonly TopicOfAll[] = [
  'findings',
  'incidents',
  'decisions',
  'actions',
  'items',
  'judgements',
  'ledger',
  'settings',
  'batches',
];

/** The same for any number of listeners, over one connection that is there while there are any. */
export function sharedWatch(url: string): (onChange: (topic: Topic) => void) => Promise<() => Promise<void>> {
  const listeners = new Set<{ readonly hear: (topic: Topic) => void }>();
  let watching: Promise<() => Promise<void>> | null = null;
  return async (onChange) => {
    const listener = { hear: onChange };
    listeners.add(listener);
    watching ??= watchTopics(url, (topic) => {
      for (const { hear } of listeners) hear(topic);
    });
    const unwatch = async () => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      const ended = watching;
      watching = null;
      await (await ended?.catch(() => null))?.();
    };
    try {
      await watching;
    } catch (error) {
      await unwatch();
      throw error;
    }
    return unwatch;
  };
}

/**
 * Listens on a connection of its own. After a break it listens again and reports every topic once, since nobody knows
 * what was missed. Returns the way to stop.
 */
async function watchTopics(url: string, onChange: (topic: Topic) => void): Promise<() => Promise<void>> {
  let client: pg.Client | null = null;
  let stopped = false;

  async function listen(): Promise<void> {
    const next = new pg.Client({ ...connectionConfig(url), application_name: 'jobzero watch' });
    next.on('error', () => {});
    next.on('notification', ({ payload }) => {
      const topic = topicOf(payload);
      if (topic !== null && !stopped) onChange(topic);
    });
    try {
      await next.connect();
      await next.query('listen jobzero');
    } catch (error) {
      await next.end().catch(() => {});
      throw error;
    }
    if (stopped) {
      await next.end().catch(() => {});
      return;
    }
    client = next;
    next.on('end', () => void recover());
  }

  async function recover(): Promise<void> {
    for (let attempt = 1; !stopped; attempt++) {
      await sleep(Math.min(2000, 50 * attempt));
      if (stopped) return;
      try {
        await listen();
      } catch {
        continue;
      }
      for (const topic of topics) if (!stopped) onChange(topic);
      return;
    }
  }

  await listen();
  return async () => {
    stopped = true;
    await client?.end().catch(() => {});
  };
}

function topicOf(payload: string | undefined): Topic | null {
  return payload?.startsWith('items/') === true ? (payload as `items/${string}`) : (topics.find((one) => one === payload) ?? null);
}
