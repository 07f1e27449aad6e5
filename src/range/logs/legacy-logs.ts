import { Dice } from '../dice.ts';
import type { RangeState } from '../state.ts';
import { accountsOf } from './accounts-of.ts';
import { escaped, type WebRequest } from './alb-line.ts';
import { balancerObject } from './balancer-object.ts';
import { campaignRequest } from './campaign-request.ts';
import type { PlacedLine, Stream } from './line-writer.ts';
import type { ServiceLog } from './service-log.ts';
import { knocking, within } from './shop-visitors.ts';

/** An old application of an account behind a Classic Load Balancer: stock and invoices, asked by machines inside and by some partners. */
interface Legacy {
  readonly account: string;
  readonly balancer: string;
  readonly host: string;
  /** One for each node of the load balancer. */
  readonly streams: readonly [Stream, Stream];
}

const region = 'us-east-1';
const java = 'Apache-HttpClient/4.5.3 (Java/1.8.0_292)';
const soap = 'Axis2';
const probes = 'ELB-HealthChecker/1.0';
const paths = ['/services/StockService', '/services/InvoiceService', '/services/PriceList'] as const;

/** Access logs of the Classic Load Balancer of each production account. */
export function legacyLogs(state: RangeState): ServiceLog {
  const all = accountsOf(state, ['production']).map((account, i) => legacyOf(state, account.id, i));
  const byAccount = new Map(all.map((legacy) => [legacy.account, legacy]));
  const place = (legacy: Legacy, request: WebRequest, dice: Dice): PlacedLine => ({
    stream: legacy.streams[dice.int(2) === 0 ? 0 : 1],
    at: request.at,
    text: classicLine(legacy, request, dice),
  });
  return {
    daily: (from, span, dice) => {
      const legacy = all[dice.int(all.length)];
      return legacy === undefined ? [] : work(from, span, dice).map((request) => place(legacy, request, dice));
    },
    lines: (entry, at, n, dice) => {
      const legacy = byAccount.get(entry.account) ?? all[0];
      if (!('request' in entry) || entry.to !== 'legacy' || legacy === undefined) return [];
      const request = campaignRequest(entry, at, n, dice);
      const about = { source: 'aws.clb' as const, account: legacy.account, resource: legacy.host, peer: request.ip };
      return [{ ...place(legacy, request, dice), ...about }];
    },
  };
}

/** Machines ask all day, a batch at night, somebody of the office by browser; and the internet knocks. */
function work(from: number, span: number, dice: Dice): readonly WebRequest[] {
  const after = within(from, span, dice);
  const kind = dice.int(100);
  if (kind < 6) return knocking(after, dice);
  if (kind < 12) {
    const userAgent = 'Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)';
    const ip = `203.0.113.${4 + dice.int(6)}`;
    return ['/login.do', '/invoices.do', '/invoices.do?month=12'].map((path, i) => ({
      at: after(i * 20),
      ip,
      method: i === 0 ? 'POST' : 'GET',
      path,
      status: i === 0 ? 302 : 200,
      userAgent,
      bytes: i === 0 ? 0 : 18_000 + dice.int(40_000),
      ...(i === 0 ? { sent: 60 } : {}),
    }));
  }
  if (kind < 20)
    return [{ at: after(0), ip: `10.0.${dice.int(2)}.7`, method: 'GET', path: '/status', status: 200, userAgent: probes, bytes: 2 }];
  const batch = new Date(from).getUTCHours() < 5;
  const ip = kind < 80 ? `10.0.${32 + dice.int(60)}.${10 + dice.int(240)}` : `203.0.113.${150 + dice.int(3)}`;
  const path = paths[dice.int(paths.length)] ?? paths[0];
  return Array.from(
    { length: batch ? 6 + dice.int(20) : 1 + dice.int(3) },
    (_, i): WebRequest => ({
      at: after(i),
      ip,
      method: 'POST',
      path,
      status: dice.int(150) === 0 ? 500 : 200,
      userAgent: kind < 50 ? soap : java,
      bytes: 700 + dice.int(5000),
      sent: 900 + dice.int(900),
    }),
  );
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html#access-log-entry-format */
function classicLine({ balancer, host }: Legacy, request: WebRequest, dice: Dice): string {
  const { at, ip, method, path, status, userAgent, bytes, sent = 0 } = request;
  const stamp = `${new Date(at).toISOString().slice(0, 23)}${String(dice.int(1000)).padStart(3, '0')}Z`;
  const took = request.took ?? 0.004 + dice.int(900) / 1000;
  const unanswered = status === 502 || status === 503 || status === 504;
  const backend = unanswered ? '-' : `10.0.${dice.int(2)}.${20 + dice.int(4)}:8080`;
  const times = unanswered ? '-1 -1 -1' : `0.0000${20 + dice.int(70)} ${took.toFixed(6)} 0.0000${20 + dice.int(70)}`;
  return [
    `${stamp} ${balancer} ${ip}:${1024 + dice.int(64_000)} ${backend} ${times} ${status} ${unanswered ? 0 : status} ${sent} ${bytes}`,
    `"${escaped(`${method} https://${host}:443${path} HTTP/1.1`)}" "${escaped(userAgent)}" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2`,
  ].join(' ');
}

function legacyOf(state: RangeState, account: string, i: number): Legacy {
  const dice = new Dice(`${state.seed}/legacy/${account}`);
  const balancer = 'stock-and-invoices';
  const streamOf = (node: string): Stream => ({
    key: `${account} ${node}`,
    account,
    frame: 'text',
    name: balancerObject({ account, region, balancer }, node, 'log'),
  });
  return {
    account,
    balancer,
    host: i === 0 ? 'stock.example.com' : `stock-${i + 1}.example.com`,
    streams: [streamOf(`198.51.100.${200 + dice.int(25)}`), streamOf(`198.51.100.${226 + dice.int(25)}`)],
  };
}
