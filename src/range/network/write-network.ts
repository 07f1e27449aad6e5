import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isOfNetwork } from '../../core/model/campaign-traffic.ts';
import { Dice } from '../dice.ts';
import type { ScheduledRun } from '../large/schedule.ts';
import { gzipped } from '../log-objects.ts';
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
}

export interface NetworkReport {
  readonly objects: number;
  readonly lines: number;
  readonly traffic: readonly TruthTraffic[];
}

/** Logs are published each five minutes. */
const span = 300_000;

/** Which flow log an account has: some the default format, some one of their own. */
function formatOf(kind: string | undefined): FlowFormat {
  return kind === 'production' || kind === 'data' ? customFormat : defaultFormat;
}

/**
 * Writes VPC flow logs and query logs of Route 53 Resolver of every account, in their real formats and layouts: daily
 * traffic in the number that is asked for, and the traffic of campaigns.
 */
export function writeNetwork(options: NetworkOptions): NetworkReport {
  const { state, start, end } = options;
  const dice = new Dice(`${state.seed}/network`);
  const hosts = Object.values(state.accounts).flatMap(hostsOf);
  const report = { objects: 0, lines: 0 };
  const truth = openTruth();
  if (hosts.length === 0) return { ...report, traffic: [] };
  const writers = { flows: new Map<string, Lines>(), queries: new Map<string, Lines>() };
  const flowsOf = (host: Host): Lines => {
    const id = new Dice(`${state.seed}/flow-log/${host.account}/${host.region}`).hex(17);
    return linesOf(
      writers.flows,
      host.networkInterface,
      host,
      `vpcflowlogs/${host.region}`,
      (stamp, mark) => `${host.account}_vpcflowlogs_${host.region}_fl-${id}_${stamp}_${mark}.log.gz`,
    );
  };
  const queriesOf = (host: Host): Lines =>
    linesOf(
      writers.queries,
      host.vpc,
      host,
      `vpcdnsquerylogs/${host.vpc}`,
      (stamp, mark) => `${host.vpc}_vpcdnsquerylogs_${host.account}_${stamp}_${mark}.log.gz`,
    );

  const flush = (all: Map<string, Lines>, at: number, head: (lines: Lines) => string): void => {
    const stamp = new Date(at).toISOString();
    const day = stamp.slice(0, 10);
    for (const lines of all.values()) {
      const name = lines.name(`${day.replaceAll('-', '')}T${stamp.slice(11, 13)}${stamp.slice(14, 16)}Z`, dice.hex(8));
      const path = join(options.folder, 'AWSLogs', lines.host.account, lines.below, day.replaceAll('-', '/'), name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(`${path}.part`, gzipped(`${head(lines)}${lines.texts.join('\n')}\n`, 1));
      renameSync(`${path}.part`, path);
      report.objects++;
      report.lines += lines.texts.length;
    }
    all.clear();
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
      flowsOf(host).push(
        nothing < 2
          ? format.empty(host, minute, minute + 59, nothing === 0 ? 'SKIPDATA' : 'NODATA')
          : format.line(dailyFlow(host, minute, dice)),
      );
    }
    for (const wanted = Math.round((options.queries * (n + 1)) / spans); queriesMade < wanted; queriesMade++) {
      const host = hosts[dice.int(hosts.length)] as Host;
      queriesOf(host).push(queryLine(dailyQuery(host, seconds + 60 * dice.int(5), dice)));
    }
    for (const each of active) {
      for (; each.next !== null && each.next.at < Math.min(from + span, end); advance(each)) {
        const { next } = each;
        if ('n' in next) continue;
        const [host, peer] =
          'flow' in next
            ? [next.flow.host, next.flow.from === next.flow.host.address ? next.flow.to : next.flow.from]
            : [next.query.host, next.query.name];
        if ('flow' in next) flowsOf(host).push(formatOf(state.accounts[host.account]?.kind).line(next.flow));
        else queriesOf(host).push(queryLine(next.query));
        truth.note(each.run, next.entry, next.at, peer, {
          source: 'flow' in next ? 'aws.vpc-flow' : 'aws.route53-resolver',
          account: host.account,
          instance: host.instance,
          interface: host.networkInterface,
          address: host.address,
        });
      }
    }
    flush(writers.flows, from + span, (lines) => `${formatOf(state.accounts[lines.host.account]?.kind).header}\n`);
    flush(writers.queries, from + span, () => '');
  }
  return { ...report, traffic: truth.all() };
}

interface Lines {
  readonly host: Host;
  readonly below: string;
  readonly name: (stamp: string, mark: string) => string;
  readonly texts: string[];
  push(line: string): void;
}

function linesOf(all: Map<string, Lines>, key: string, host: Host, below: string, name: Lines['name']): Lines {
  const known = all.get(key);
  if (known !== undefined) return known;
  const texts: string[] = [];
  const made: Lines = { host, below, name, texts, push: (line) => texts.push(line) };
  all.set(key, made);
  return made;
}

function advance(each: { packets: Generator<CampaignPacket>; next: CampaignPacket | null }): void {
  const { value, done } = each.packets.next();
  each.next = done === true ? null : value;
}
