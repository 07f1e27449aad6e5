import { Dice } from '../dice.ts';
import type { ScheduledRun } from '../large/schedule.ts';
import { type CampaignPacket, trafficOf } from '../network/campaign-traffic.ts';
import { openTruth, type TruthTraffic } from '../network/traffic-truth.ts';
import type { RangeState } from '../state.ts';
import { apiLogs } from './api-logs.ts';
import { bucketLogs } from './bucket-logs.ts';
import { clusterLogs } from './cluster-logs.ts';
import { connectionLogs } from './connection-logs.ts';
import { databaseLogs } from './database-logs.ts';
import { edgeLogs } from './edge-logs.ts';
import { legacyLogs } from './legacy-logs.ts';
import { openLineWriter } from './line-writer.ts';
import type { ServiceLog } from './service-log.ts';
import { signInLogs } from './sign-in-logs.ts';
import { webLogs } from './web-logs.ts';

/** Lines of daily life, in all; 0: the log is not written. */
export interface ServiceLines {
  /** Access logs of load balancers. */
  readonly web: number;
  /** Audit logs of Kubernetes clusters. */
  readonly eks: number;
  /** Server access logs of buckets. */
  readonly s3Access: number;
  /** Logs of database engines. */
  readonly databases: number;
  /** Activity of users of user pools. */
  readonly signIns: number;
  /** Of CloudFront, of its web ACL, and of the load balancers behind it. */
  readonly edge: number;
  /** Access logs of API Gateway, and of its web ACL. */
  readonly api: number;
  /** Access logs of Network Load Balancers. */
  readonly nlb: number;
  /** Access logs of Classic Load Balancers. */
  readonly clb: number;
}

export interface ServicesOptions {
  readonly folder: string;
  readonly state: RangeState;
  readonly runs: readonly ScheduledRun[];
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
  readonly lines: ServiceLines;
  /** Is called after each hour of each kind of log; the next one is written when it is done. */
  readonly onProgress?: () => Promise<void>;
}

export interface ServicesReport {
  readonly objects: number;
  readonly lines: number;
  readonly traffic: readonly TruthTraffic[];
}

/** Objects are written each five minutes. */
const span = 300_000;
const spansOfAnHour = 12;
/** How busy an hour of the day (UTC) is, against others. */
const hours = [3, 2, 2, 2, 3, 4, 6, 8, 10, 11, 11, 11, 12, 12, 12, 11, 11, 12, 13, 13, 12, 10, 7, 5] as const;

const kinds: { readonly [kind in keyof ServiceLines]: (state: RangeState) => ServiceLog } = {
  web: webLogs,
  eks: clusterLogs,
  s3Access: bucketLogs,
  databases: databaseLogs,
  signIns: signInLogs,
  edge: edgeLogs,
  api: apiLogs,
  nlb: connectionLogs,
  clb: legacyLogs,
};

/** All kinds of logs that services write. */
export function serviceLogs(state: RangeState): readonly ServiceLog[] {
  return Object.values(kinds).map((open) => open(state));
}

/** Writes the logs of services that are asked for: daily life in the number that is asked for, and what campaigns do. */
export async function writeServices(options: ServicesOptions): Promise<ServicesReport> {
  const { folder, state, runs, start, end, lines } = options;
  const truth = openTruth();
  const report = { objects: 0, lines: 0 };
  for (const [kind, open] of Object.entries(kinds)) {
    const wanted = lines[kind as keyof ServiceLines];
    if (wanted === 0) continue;
    const log = open(state);
    const dice = new Dice(`${state.seed}/logs/${kind}`);
    const writer = openLineWriter(folder, new Dice(`${state.seed}/logs/${kind}/objects`));
    const active = runs
      .filter(({ run }) => run.placed.traffic.length > 0)
      .map(({ run }) => {
        const packets = trafficOf(state, run.placed, run.startedAt);
        const own = new Dice(`${state.seed}/logs/${kind}/${run.placed.run}`);
        return { run: run.placed.run, people: run.placed.people, packets, own, next: nextOf(packets) };
      });
    const spans = Math.ceil((end - start) / span);
    const weightOf = (n: number) => hours[new Date(start + n * span).getUTCHours()] ?? 1;
    const total = Array.from({ length: spans }, (_, n) => weightOf(n)).reduce((sum, weight) => sum + weight, 0);
    let [made, due] = [0, 0];
    for (let n = 0; n < spans; n++) {
      const from = start + n * span;
      const until = Math.min(from + span, end);
      for (due += (wanted * weightOf(n)) / total; made < Math.round(due); ) {
        const some = log.daily(from, until - from, dice);
        if (some.length === 0) break;
        for (const line of some) writer.put(line);
        made += some.length;
      }
      for (const each of active) {
        for (; each.next !== null && each.next.at < until; each.next = nextOf(each.packets)) {
          if (!('n' in each.next)) continue;
          const { entry, at, n: nth } = each.next;
          for (const line of log.lines(entry, at, nth, each.own, each.people)) {
            writer.put(line);
            const { source, account, resource, principal, peer } = line;
            truth.note(each.run, entry, at, peer, { source, account, resource, ...(principal === undefined ? {} : { principal }) });
          }
        }
      }
      writer.flush(until);
      if (n % spansOfAnHour === spansOfAnHour - 1) await options.onProgress?.();
    }
    report.objects += writer.written.objects;
    report.lines += writer.written.lines;
  }
  return { ...report, traffic: truth.all() };
}

function nextOf(packets: Generator<CampaignPacket>): CampaignPacket | null {
  const { value, done } = packets.next();
  return done === true ? null : value;
}
