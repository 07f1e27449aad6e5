import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Topic } from '../../core/ports/store.ts';
import { connectionConfig } from './connections.ts';

const topics: readonly Topic[] = ['findings', 'incidents', 'decisions', 'actions', 'items', 'judgements', 'ledger', 'settings', 'batches'];

/**
 * Listens on a connection of its own. After a break it listens again and reports every topic once, since nobody knows
 * what was missed. Returns the way to stop.
 */
export async function watchTopics(url: string, onChange: (topic: Topic) => void): Promise<() => Promise<void>> {
  let client: pg.Client | null = null;
  let stopped = false;

  async function listen(): Promise<void> {
    const next = new pg.Client({ ...connectionConfig(url), application_name: 'jobzero watch' });
    next.on('error', () => {});
    next.on('notification', ({ payload }) => {
      const topic = topics.find((one) => one === payload);
      if (topic !== undefined && !stopped) onChange(topic);
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
