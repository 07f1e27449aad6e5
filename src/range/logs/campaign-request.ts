import type { RequestTraffic } from '../../core/model/campaign-traffic.ts';
import type { Dice } from '../dice.ts';
import type { WebRequest } from './alb-line.ts';
import { browsers } from './shop-visitors.ts';
import { between, nthPeer, nthText } from './turns.ts';

/** The nth request of an entry of a campaign, as it is sent. */
export function campaignRequest(entry: RequestTraffic, at: number, n: number, dice: Dice): WebRequest {
  const { status, userAgent } = entry;
  return {
    at,
    ip: nthPeer(entry, n),
    method: entry.method,
    path: nthText(entry.request, n, entry.label, dice),
    status: typeof status === 'number' ? status : (status[n % status.length] ?? 200),
    userAgent: userAgent === undefined ? (browsers[n % browsers.length] ?? browsers[0]) : nthText(userAgent, n, entry.label, dice),
    bytes: between(entry.bytes, dice),
    ...(entry.method === 'POST' ? { sent: 80 } : {}),
  };
}
