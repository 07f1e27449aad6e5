import { Dice } from '../dice.ts';
import { hostsOf } from '../network/hosts.ts';
import type { RangeState } from '../state.ts';
import { albLine, type Shop, type WebRequest } from './alb-line.ts';
import type { PlacedLine, Stream } from './line-writer.ts';
import type { ServiceLog } from './service-log.ts';
import { browsers, visit } from './shop-visitors.ts';
import { between, nthPeer, nthText } from './turns.ts';

/** Access logs of the load balancer of the shop in each production account, or in the one that plays production. */
export function webLogs(state: RangeState): ServiceLog {
  const shops = shopsOf(state);
  const byAccount = new Map(shops.map((shop) => [shop.account, shop]));
  const streams = new Map<string, Stream>();
  const place = (shop: Shop, request: WebRequest, dice: Dice): PlacedLine => {
    const node = shop.nodes[dice.int(2)] ?? shop.nodes[0];
    const key = `${shop.balancer} ${node}`;
    const stream = streams.get(key) ?? { key, account: shop.account, frame: 'gzip', name: nameOf(shop, node) };
    streams.set(key, stream);
    return { stream, at: request.at, text: albLine(shop, request, dice) };
  };
  return {
    source: 'aws.alb',
    daily: (from, span, dice) => {
      const shop = shops[dice.int(shops.length)];
      return shop === undefined ? [] : visit(shop, from, span, dice).map((request) => place(shop, request, dice));
    },
    line: (entry, at, n, dice) => {
      const shop = byAccount.get(entry.account) ?? shops[0];
      if (!('request' in entry) || shop === undefined) return null;
      const ip = nthPeer(entry, n);
      const { status, userAgent } = entry;
      const request: WebRequest = {
        at,
        ip,
        method: entry.method,
        path: nthText(entry.request, n, entry.label, dice),
        status: typeof status === 'number' ? status : (status[n % status.length] ?? 200),
        userAgent: userAgent === undefined ? (browsers[n % browsers.length] ?? browsers[0]) : nthText(userAgent, n, entry.label, dice),
        bytes: between(entry.bytes, dice),
        ...(entry.method === 'POST' ? { sent: 80 } : {}),
      };
      return { ...place(shop, request, dice), account: shop.account, resource: shop.host, peer: ip };
    },
  };
}

function shopsOf(state: RangeState): readonly Shop[] {
  const accounts = Object.values(state.accounts);
  const production = accounts.filter(({ kind }) => kind === 'production');
  const found = production.length > 0 ? production : accounts.slice(1, 2).concat(accounts.slice(0, 1)).slice(0, 1);
  return found.map((account, i): Shop => {
    const dice = new Dice(`${state.seed}/shop/${account.id}`);
    const region = 'us-east-1';
    const arn = `arn:aws:elasticloadbalancing:${region}:${account.id}`;
    return {
      account: account.id,
      region,
      balancer: `app/shop/${dice.hex(16)}`,
      nodes: [`198.51.100.${200 + dice.int(25)}`, `198.51.100.${226 + dice.int(25)}`],
      targetGroup: `${arn}:targetgroup/shop/${dice.hex(16)}`,
      certificate: `arn:aws:acm:${region}:${account.id}:certificate/${dice.uuid()}`,
      host: i === 0 ? 'shop.example.com' : `shop-${i + 1}.example.com`,
      targets: hostsOf(account)
        .filter(({ name }) => name.startsWith('shop'))
        .map(({ address }) => address),
    };
  });
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html#access-log-file-format */
function nameOf({ account, region, balancer }: Shop, node: string): Stream['name'] {
  return (end, dice) => {
    const stamp = new Date(end).toISOString();
    const day = stamp.slice(0, 10);
    const time = `${day.replaceAll('-', '')}T${stamp.slice(11, 13)}${stamp.slice(14, 16)}Z`;
    return `AWSLogs/${account}/elasticloadbalancing/${region}/${day.replaceAll('-', '/')}/${account}_elasticloadbalancing_${region}_${balancer.replaceAll('/', '.')}_${time}_${node}_${dice.mixed(8).toLowerCase()}.log.gz`;
  };
}
