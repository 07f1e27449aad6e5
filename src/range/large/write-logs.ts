import type { Campaign, CampaignCall } from '../../core/model/campaign.ts';
import type { Member } from '../../core/ports/cloud.ts';
import { Dice } from '../dice.ts';
import { type ServiceLines, writeServices } from '../logs/write-services.ts';
import { writeNetwork } from '../network/write-network.ts';
import { openRange } from '../open-range.ts';
import { manyAccounts } from './accounts.ts';
import { openBackground } from './background.ts';
import { gatheredFor, openDelivery } from './deliver.ts';
import type { PublicKeyList } from './digests.ts';
import { intoFolder } from './into-folder.ts';
import { playRuns } from './play-runs.ts';
import { scheduleCampaigns } from './schedule.ts';
import { type Truth, truthOf } from './truth.ts';

export interface WriteOptions {
  /** Log objects go below it in CloudTrail's layout. */
  readonly folder: string;
  readonly seed: string;
  readonly accounts: number;
  /** In all, with those of campaigns. */
  readonly events: number;
  /** Milliseconds since 1970; a whole hour. */
  readonly start: number;
  readonly days: number;
  readonly campaigns: readonly Campaign[];
  /** Lines of VPC flow logs and queries of Route 53 Resolver, without those of campaigns; 0 and 0: no logs of the network. */
  readonly flows?: number;
  readonly queries?: number;
  /** Lines of logs of services, without those of campaigns; 0: none of that kind. */
  readonly services?: ServiceLines;
  /** Write CloudTrail's digest files? */
  readonly digests?: boolean;
  /** Do accounts of a company that was bought join in the middle? */
  readonly merger: boolean;
  /** Is called now and then with the number of events so far; what comes next, other logs too, is made when it is done. */
  readonly onProgress?: (events: number) => Promise<void>;
}

export interface WriteReport {
  readonly objects: number;
  readonly events: number;
  /** Of other logs than CloudTrail's. */
  readonly lines: number;
  /** Records in all objects: an event may be in several. */
  readonly copies: number;
  /** Of the gzipped objects. */
  readonly bytes: number;
  readonly truth: Truth;
  /** What Organizations says of the accounts, those that join in the middle too. */
  readonly members: readonly Member[];
  /** With which digests were signed, if there are any. */
  readonly publicKeys: PublicKeyList | null;
}

const hour = 3_600_000;

/**
 * Writes the logs of a large organisation: daily life drawn from played templates, and campaigns played call by call
 * against the organisation's state. The same options give the same bytes; memory holds a few hours of events.
 */
export async function writeLogs(options: WriteOptions): Promise<WriteReport> {
  const { seed, start, events } = options;
  const hours = Math.max(1, Math.round(options.days * 24));
  const end = start + hours * hour;
  const range = openRange({ seed, start, now: () => start, accounts: manyAccounts(options.accounts) });
  if (options.merger && options.accounts >= 10) {
    const middle = start + Math.floor(hours / 2) * hour;
    for (const account of Object.values(range.state.accounts).slice(-Math.ceil(options.accounts / 20))) account.joinsAt = middle;
  }
  const background = openBackground({ state: range.state, start, hours });
  const gathered = gatheredFor(events, options.accounts, hours);
  const delivery = openDelivery(
    intoFolder(options.folder),
    range.state,
    { start, gathered, digests: options.digests ?? false },
    new Dice(`${seed}/delivery`),
  );
  const runs = scheduleCampaigns(range, options.campaigns, start, end);
  const player = playRuns(runs);
  const calls: CampaignCall[] = [];

  let made = 0;
  let wanted = 0;
  const put: Parameters<typeof background.work>[3] = (account, region, at, text, data) => delivery.put(account, region, at, text, data);
  const spans = hour / gathered;
  for (let n = 0; n < hours * spans; n++) {
    const from = start + n * gathered;
    const before = calls.length;
    calls.push(...player.playUntil(from + gathered));
    delivery.takeFromTrails();
    made += calls.length - before;
    wanted += (events * background.part(Math.floor(n / spans))) / spans;
    const now = n === hours * spans - 1 ? events - made : Math.round(wanted) - made;
    if (now > 0) {
      background.work(from, gathered, now, put);
      made += now;
    }
    delivery.flush(from + gathered);
    if (n % spans === spans - 1) await options.onProgress?.(made);
  }
  delivery.end(end);
  const { flows = 0, queries = 0 } = options;
  const onProgress = async () => options.onProgress?.(made);
  const network =
    flows + queries === 0
      ? { objects: 0, lines: 0, traffic: [] }
      : await writeNetwork({ folder: options.folder, state: range.state, runs, start, end, flows, queries, onProgress });
  const services =
    options.services === undefined
      ? { objects: 0, lines: 0, traffic: [] }
      : await writeServices({ folder: options.folder, state: range.state, runs, start, end, lines: options.services, onProgress });
  const iso = (at: number) => new Date(at).toISOString();
  const accounts = Object.values(range.state.accounts).map(({ id, name, kind }) => ({ id, name, kind: kind ?? 'production' }));
  const { objects, copies, bytes, events: daily } = delivery.written;
  const truth = truthOf(runs, calls, delivery.delivered, [...network.traffic, ...services.traffic], {
    seed,
    start: iso(start),
    end: iso(end),
    accounts,
  });
  return {
    objects: objects + network.objects + services.objects,
    events: daily + truth.events.length,
    lines: network.lines + services.lines,
    copies,
    bytes,
    truth,
    members: (await range.cloud.members()) ?? [],
    publicKeys: delivery.publicKeys(),
  };
}
