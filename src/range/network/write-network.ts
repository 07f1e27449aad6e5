import { isOfNetwork } from '../../core/model/campaign-traffic.ts';
import { Dice } from '../dice.ts';
import type { ScheduledRun } from '../large/schedule.ts';
import { openLineWriter, type Stream } from '../logs/line-writer.ts';
import type { RangeState } from '../state.ts';
import { type CampaignPacket, trafficOf } from './campaign-traffic.ts';
import { dailyFlow, dailyQuery } from './daily-traffic.ts';
import { customFormat, defaultFormat, type FlowFormat } from './flow-line.ts';
import { type Host, hostsOf } from './hosts.ts';
import { queryLine } from './query-line.ts';
import { openTruth, type TruthTraffic } from './traffic-truth.ts';

export interface NetworkOptions {
  readonly folder: string;
  readonly state: RangeState;
  readonly runs: readonly ScheduledRun[];
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
  /** Lines of VPC flow logs and queries of daily life, in all. */
  readonly flows: number;
  readonly queries: number;
  /** Is called after each hour of the logs; the next one is written when it is done. */
  readonly onProgress?: () => Promise<void>;
}

export interface NetworkReport {
  readonly objects: number;
  readonly lines: number;
  readonly traffic: readonly TruthTraffic[];
}

/** Logs are published each five minutes. */
const span = 300_000;
const spansOfAnHour = 12;

/** Which flow log an account has: some the default format, some one of their own. */
function formatOf(kind: string | undefined): FlowFormat {
  return kind === 'production' || kind === 'data' ? customFormat : defaultFormat;
}

/**
 * Writes VPC flow logs and query logs of Route 53 Resolver of every account, in their real formats and layouts: daily
 * traffic in the number that is asked for, and the traffic of campaigns.
 */
export async function writeNetwork(options: NetworkOptions): Promise<NetworkReport> {
  const { state, start, end } = options;
  const dice = new Dice(`${state.seed}/network`);
  const hosts = Object.values(state.accounts).flatMap(hostsOf);
  const truth = openTruth();
  if (hosts.length === 0) return { objects: 0, lines: 0, traffic: [] };
  const writers = { flows: openLineWriter(options.folder, dice), queries: openLineWriter(options.folder, dice) };
  const streams = new Map<string, Stream>();
  const streamOf = (key: string, host: Host, below: string, name: (stamp: string, mark: string) => string, head: string): Stream => {
    const known = streams.get(key);
    if (known !== undefined) return known;
    const made: Stream = { key, account: host.account, frame: 'gzip', head, name: objectBelow(`AWSLogs/${host.account}/${below}`, name) };
    streams.set(key, made);
    return made;
  };
  const putFlow = (host: Host, at: number, text: string): void => {
    const id = new Dice(`${state.seed}/flow-log/${host.account}/${host.region}`).hex(17);
    const name = (stamp: string, mark: string) => `${host.account}_vpcflowlogs_${host.region}_fl-${id}_${stamp}_${mark}.log.gz`;
    const head = `${formatOf(state.accounts[host.account]?.kind).header}\n`;
    writers.flows.put({ stream: streamOf(host.networkInterface, host, `vpcflowlogs/${host.region}`, name, head), at, text });
  };
  const putQuery = (host: Host, at: number, text: string): void => {
    const name = (stamp: string, mark: string) => `${host.vpc}_vpcdnsquerylogs_${host.account}_${stamp}_${mark}.log.gz`;
    writers.queries.put({ stream: streamOf(host.vpc, host, `vpcdnsquerylogs/${host.vpc}`, name, ''), at, text });
  };

  const active = options.runs
    .filter(({ run }) => run.placed.traffic.some(isOfNetwork))
    .map(({ run }) => ({ run: run.placed.run, packets: trafficOf(state, run.placed, run.startedAt), next: null as CampaignPacket | null }));
  for (const each of active) advance(each);

  const spans = Math.ceil((end - start) / span);
  let [flowsMade, queriesMade] = [0, 0];
  for (let n = 0; n < spans; n++) {
    const from = start + n * span;
    const seconds = Math.floor(from / 1000);
    for (const wanted = Math.round((options.flows * (n + 1)) / spans); flowsMade < wanted; flowsMade++) {
      const host = hosts[dice.int(hosts.length)] as Host;
      const minute = seconds + 60 * dice.int(5);
      const format = formatOf(state.accounts[host.account]?.kind);
      const nothing = dice.int(2000);
      const flow = nothing < 2 ? null : dailyFlow(host, minute, dice);
      const text = flow === null ? format.empty(host, minute, minute + 59, nothing === 0 ? 'SKIPDATA' : 'NODATA') : format.line(flow);
      putFlow(host, (flow?.start ?? minute) * 1000, text);
    }
    for (const wanted = Math.round((options.queries * (n + 1)) / spans); queriesMade < wanted; queriesMade++) {
      const host = hosts[dice.int(hosts.length)] as Host;
      const query = dailyQuery(host, seconds + 60 * dice.int(5), dice);
      putQuery(host, query.at, queryLine(query));
    }
    for (const each of active) {
      for (; each.next !== null && each.next.at < Math.min(from + span, end); advance(each)) {
        const { next } = each;
        if ('n' in next) continue;
        const [host, peer] =
          'flow' in next
            ? [next.flow.host, next.flow.from === next.flow.host.address ? next.flow.to : next.flow.from]
            : [next.query.host, next.query.name];
        if ('flow' in next) putFlow(host, next.at, formatOf(state.accounts[host.account]?.kind).line(next.flow));
        else putQuery(host, next.at, queryLine(next.query));
        truth.note(each.run, next.entry, next.at, peer, {
          source: 'flow' in next ? 'aws.vpc-flow' : 'aws.route53-resolver',
          account: host.account,
          instance: host.instance,
          interface: host.networkInterface,
          address: host.address,
        });
      }
    }
    writers.flows.flush(from + span);
    writers.queries.flush(from + span);
    if (n % spansOfAnHour === spansOfAnHour - 1) await options.onProgress?.();
  }
  const written = [writers.flows.written, writers.queries.written];
  return {
    objects: written.reduce((sum, { objects }) => sum + objects, 0),
    lines: written.reduce((sum, { lines }) => sum + lines, 0),
    traffic: truth.all(),
  };
}

/** Keys of objects in a folder for each day. */
function objectBelow(folder: string, name: (stamp: string, mark: string) => string): Stream['name'] {
  return (end, dice) => {
    const stamp = new Date(end).toISOString();
    const day = stamp.slice(0, 10);
    const minute = `${day.replaceAll('-', '')}T${stamp.slice(11, 13)}${stamp.slice(14, 16)}Z`;
    return `${folder}/${day.replaceAll('-', '/')}/${name(minute, dice.hex(8))}`;
  };
}

function advance(each: { packets: Generator<CampaignPacket>; next: CampaignPacket | null }): void {
  const { value, done } = each.packets.next();
  each.next = done === true ? null : value;
}
