import { Dice } from '../dice.ts';
import { hostsOf } from '../network/hosts.ts';
import type { RangeState } from '../state.ts';
import { accountsOf } from './accounts-of.ts';
import { albLine, type Shop, type WebRequest } from './alb-line.ts';
import { balancerObject } from './balancer-object.ts';
import { campaignRequest } from './campaign-request.ts';
import type { PlacedLine, Stream } from './line-writer.ts';
import type { ServiceLog } from './service-log.ts';
import { visit } from './shop-visitors.ts';

/** Access logs of the load balancer of the shop in each production account, or in the one that plays production. */
export function webLogs(state: RangeState): ServiceLog {
  const shops = shopsOf(state);
  const byAccount = new Map(shops.map((shop) => [shop.account, shop]));
  const place = openShops();
  return {
    daily: (from, span, dice) => {
      const shop = shops[dice.int(shops.length)];
      return shop === undefined ? [] : visit(from, span, dice).map((request) => place(shop, request, dice));
    },
    lines: (entry, at, n, dice) => {
      const shop = byAccount.get(entry.account) ?? shops[0];
      if (!('request' in entry) || entry.to !== 'shop' || shop === undefined) return [];
      const request = campaignRequest(entry, at, n, dice);
      const about = { source: 'aws.alb' as const, account: shop.account, resource: shop.host, peer: request.ip };
      return [{ ...place(shop, request, dice), ...about }];
    },
  };
}

/** Places entries in the objects of the nodes of their load balancers. */
export function openShops(): (shop: Shop, request: WebRequest, dice: Dice) => PlacedLine {
  const streams = new Map<string, Stream>();
  return (shop, request, dice) => {
    const node = shop.nodes[dice.int(2)] ?? shop.nodes[0];
    const key = `${shop.balancer} ${node}`;
    const stream = streams.get(key) ?? { key, account: shop.account, frame: 'gzip', name: balancerObject(shop, node, 'log.gz') };
    streams.set(key, stream);
    return { stream, at: request.at, text: albLine(shop, request, dice) };
  };
}

export function shopsOf(state: RangeState): readonly Shop[] {
  return accountsOf(state, ['production']).map((account, i): Shop => {
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
