import { parseBlock } from '../../core/lib/cidr.ts';
import { type CampaignTraffic, isOfNetwork, type NetworkTraffic } from '../../core/model/campaign-traffic.ts';
import { InputError } from '../../core/model/errors.ts';
import { Dice } from '../dice.ts';
import type { PlacedCampaign } from '../place-campaign.ts';
import type { RangeState } from '../state.ts';
import type { Flow } from './flow-line.ts';
import { type Host, hostsOf } from './hosts.ts';
import { nthAddress } from './nth-address.ts';
import type { Query } from './query-line.ts';
import { letsIn } from './security-groups.ts';

/** One flow or query of a campaign, and which entry of its traffic it is of. `at` is milliseconds since 1970. */
export type CampaignPacket = { readonly at: number; readonly entry: CampaignTraffic } & (
  | { readonly flow: Flow }
  | { readonly query: Query }
  /** Line `n` of an entry that is of no instance. */
  | { readonly n: number }
);

/** The traffic of a campaign from `start` on, in the order of time, made as it is asked for: it may be millions of lines. */
export function* trafficOf(state: RangeState, campaign: PlacedCampaign, start: number): Generator<CampaignPacket> {
  const dice = new Dice(`${state.seed}/traffic/${campaign.run}`);
  let at = start;
  for (const entry of campaign.traffic) {
    const host = isOfNetwork(entry) ? hostOf(state, campaign, entry) : null;
    at += (entry.wait / campaign.speed) * 1000;
    for (let n = 0; n < entry.times; n++) {
      const jitter = campaign.jitter === 0 ? 1 : 1 + campaign.jitter * (dice.int(2001) / 1000 - 1);
      if (n > 0) at += (entry.every / campaign.speed) * 1000 * jitter;
      if (host === null) yield { at, entry, n };
      else if ('query' in entry) yield { at, entry, query: queryOf(entry, host, at, dice) };
      else if ('direction' in entry) yield { at, entry, flow: flowOf(entry, host, at, n, dice) };
    }
  }
}

function hostOf(state: RangeState, campaign: PlacedCampaign, entry: NetworkTraffic): Host {
  const account = state.accounts[entry.account];
  const host = account === undefined ? undefined : hostsOf(account).find(({ name }) => name === entry.host);
  if (host === undefined) throw new InputError(`no instance ${entry.host} in account ${entry.account}`, `${campaign.id}: ${entry.id}`);
  return host;
}

function queryOf(entry: Extract<NetworkTraffic, { query: string }>, host: Host, at: number, dice: Dice): Query {
  const { letters, length } = entry.label;
  const label = () => Array.from({ length: between(length, dice) }, () => letters[dice.int(letters.length)]).join('');
  return {
    host,
    at,
    name: entry.query.replace(/%LABEL%/g, label),
    type: entry.type,
    code: entry.code,
    answers: entry.answer === undefined ? [] : [entry.answer],
    port: 32_768 + dice.int(28_000),
  };
}

function flowOf(entry: Exclude<NetworkTraffic, { query: string }>, host: Host, at: number, n: number, dice: Dice): Flow {
  const block = parseBlock(entry.peer);
  const ports = entry.ports;
  const portCount = Array.isArray(ports) ? ports.length : ports.to - ports.from + 1;
  // All ports of one address before the next address.
  const peer = block?.address.family === 4 ? nthAddress(block, Math.floor(n / portCount)) : entry.peer;
  const port = Array.isArray(ports) ? (ports[n % portCount] ?? 0) : ports.from + (n % portCount);
  const inward = entry.direction === 'in';
  const action = entry.action ?? (inward && !letsIn(host, peer, port, entry.protocol) ? 'REJECT' : 'ACCEPT');
  const own = 32_768 + dice.int(28_000);
  const seconds = Math.floor(at / 1000);
  return {
    host,
    from: inward ? peer : host.address,
    to: inward ? host.address : peer,
    fromPort: own,
    toPort: port,
    protocol: entry.protocol === 'tcp' ? 6 : 17,
    packets: between(entry.packets, dice),
    bytes: between(entry.bytes, dice),
    start: seconds,
    end: seconds + 1 + dice.int(58),
    action,
  };
}

function between([least, most]: readonly [number, number], dice: Dice): number {
  return least + dice.int(most - least + 1);
}
