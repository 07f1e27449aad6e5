import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

export type Live = 'connecting' | 'live' | 'lost';

/** Which queries a changed topic makes stale; the first part of their key. */
const stale: { readonly [topic: string]: readonly string[] } = {
  findings: ['overview', 'findings', 'finding', 'incidents', 'incident', 'declared'],
  incidents: ['overview', 'incidents', 'incident', 'finding', 'on-call'],
  decisions: ['overview', 'finding', 'findings'],
  actions: ['overview', 'actions', 'action', 'finding', 'incident', 'declared'],
  judgements: ['overview', 'judgements', 'finding', 'on-call'],
  items: ['overview', 'judgements', 'cases', 'scores', 'proposals', 'drills', 'investigations', 'on-call', 'declared'],
  ledger: ['ledger', 'finding'],
  settings: ['overview', 'settings', 'action', 'tolerance', 'on-call', 'health'],
  batches: [],
};

/** Keeps what is shown fresh: the server says what changed, and the console asks again for what it shows. */
export function useLive(): Live {
  const client = useQueryClient();
  const [live, setLive] = useState<Live>('connecting');
  useEffect(() => {
    let source: EventSource | null = null;
    const open = () => {
      if (source !== null || document.hidden) return;
      const opened = new EventSource('/api/v1/events');
      source = opened;
      opened.addEventListener('hello', () => {
        setLive('live');
        void client.invalidateQueries();
      });
      opened.addEventListener('change', (event: MessageEvent<string>) => refresh(client, event.data));
      opened.addEventListener('error', () => {
        setLive('lost');
        // Closed for good means refused: the session has ended, which the next question finds out.
        if (opened.readyState === EventSource.CLOSED) void client.invalidateQueries({ queryKey: ['session'] });
      });
    };
    const close = () => {
      source?.close();
      source = null;
    };
    // Browsers open six connections to a host, so tabs that nobody sees must not keep one each.
    const seen = () => (document.hidden ? close() : open());
    open();
    document.addEventListener('visibilitychange', seen);
    return () => {
      document.removeEventListener('visibilitychange', seen);
      close();
    };
  }, [client]);
  return live;
}

function refresh(client: QueryClient, data: string): void {
  const topics: unknown = JSON.parse(data);
  if (!Array.isArray(topics)) return;
  const keys = new Set(topics.flatMap((topic) => (typeof topic === 'string' ? (stale[topic] ?? []) : [])));
  for (const key of keys) void client.invalidateQueries({ queryKey: [key] });
}
