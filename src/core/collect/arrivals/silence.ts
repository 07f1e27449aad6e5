import { idOf } from '../../lib/hash.ts';
import { sealFinding } from '../../lib/seal-finding.ts';
import type { Finding } from '../../model/finding.ts';
import type { Arrival } from './arrival.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** So many days before the last event tell what is usual. */
const learnedDays = 14;
/** A source is known when it was heard in so many different hours, over so long a time. */
const knownHours = 24;
const knownMs = 2 * day;
/** A silence is one when it is longer than this, and than three times the longest gap that is usual. */
const shortestHours = 6;
const timesLonger = 3;

export interface Rhythm {
  /** Time of the last event, in milliseconds since 1970. */
  readonly last: number;
  /** The longest gap between hours with events, in hours; null while the source is not known well enough. */
  readonly usualHours: number | null;
}

/** How regularly events came in the days before the last one. `days` are all of one source, account and Region. */
export function rhythmOf(days: readonly { readonly day: number; readonly arrival: Arrival }[]): Rhythm {
  const last = days.reduce((latest, { arrival }) => Math.max(latest, arrival.last), 0);
  const hours: number[] = [];
  for (const { day: start, arrival } of [...days].sort((a, b) => a.day - b.day)) {
    if (start < last - learnedDays * day) continue;
    for (let n = 0; n < 24; n++) if ((arrival.hours & (1 << n)) !== 0) hours.push(start / hour + n);
  }
  const [first = 0, latest = 0] = [hours[0], hours.at(-1)];
  if (hours.length < knownHours || (latest - first) * hour < knownMs) return { last, usualHours: null };
  let usualHours = 1;
  for (let i = 1; i < hours.length; i++) usualHours = Math.max(usualHours, (hours[i] ?? 0) - (hours[i - 1] ?? 0));
  return { last, usualHours };
}

/** Whether a source has stopped, at a given time: it was regular, and is silent for far longer than it ever was. */
export function isSilent({ last, usualHours }: Rhythm, now: number): boolean {
  return usualHours !== null && now - last > Math.max(shortestHours, timesLonger * usualHours) * hour;
}

const title = 'A log source went silent';
const description =
  'Events of this source, account and Region came regularly and come no more. Without them nothing that happens there is seen: logging was turned off, its way here is broken, or the account is no longer used.';

/** The finding of a source that stopped. It says nothing of the time at which that was noticed, so it is the same whenever it is. */
export function silenceFinding(
  tenant: string,
  { source, account, region }: { readonly source: string; readonly account: string; readonly region: string },
  { last, usualHours }: Rhythm,
): Finding {
  const group = { source, account, region };
  const resource = { uid: `${source}/${account}/${region}`, type: 'Other', name: `${source} ${region}`, account, region };
  return sealFinding({
    format: 'jobzero.finding/1',
    tenant,
    id: silenceId(tenant, group),
    kind: 'compliance',
    rule: { id: silenceRule, major: 1, title, description, techniques: [], tactics: [] },
    severity: 'Medium',
    group,
    bucket: 0,
    account,
    region,
    resources: [resource],
    firstTime: last,
    lastTime: last,
    count: { n: 1, atLeast: false },
    evidence: [
      {
        account,
        id: resource.uid,
        kept: { last, usualHours: usualHours ?? 0 },
        key: resource.uid,
        operation: 'silence',
        region,
        resource,
        rule: silenceRule,
        service: source,
        time: last,
      },
    ],
    message: `No ${source} event of account ${account}${region === '' ? '' : ` in ${region}`} since ${new Date(last).toISOString()}; before, none was missing for longer than ${usualHours ?? 0} h`,
  });
}

export const silenceRule = 'jobzero.logs.source-keeps-arriving';

/** The id that the silence of this source has, so that it can be looked up when events come again. */
export function silenceId(tenant: string, group: { readonly source: string; readonly account: string; readonly region: string }): string {
  return idOf(tenant, silenceRule, 1, { source: group.source, account: group.account, region: group.region }, 0);
}
