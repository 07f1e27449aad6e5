import { type Campaign, natureOf } from '../../core/model/campaign.ts';
import { CampaignRun } from '../campaign-run.ts';
import { Dice } from '../dice.ts';
import { intoHours } from '../hours.ts';
import type { Range } from '../open-range.ts';

export interface ScheduledRun {
  readonly campaign: Campaign;
  readonly run: CampaignRun;
}

const day = 86_400_000;
/** Rounds of what an attacker tries again and again, where the campaign does not say. */
const persistsAtMost = 40;

/**
 * Says how often and when campaigns run between two times. Attacks begin when a fifth of the time has gone by, so that
 * habits are known by then, and early enough to come to their end where the time is long enough for that.
 */
export function scheduleCampaigns(range: Range, campaigns: readonly Campaign[], start: number, end: number): readonly ScheduledRun[] {
  const accounts = Object.keys(range.state.accounts).length;
  return campaigns.flatMap((campaign) => {
    const dice = new Dice(`${range.state.seed}/schedule/${campaign.id}`);
    const settled = natureOf(campaign).incident ? Math.floor((end - start) / 5) : 0;
    const { repeat } = campaign;
    const span = repeat === undefined ? end - start : Math.min(end - start, repeat.days * day);
    const spans = Math.max(1, Math.floor((end - start) / span));
    const each = repeat?.accounts === undefined ? 1 : Math.max(1, Math.round(accounts / repeat.accounts));
    return Array.from({ length: spans * each }, (_, n): ScheduledRun => {
      const from = start + Math.floor(n / each) * span;
      const earliest = Math.max(from, start + settled);
      const latest = Math.max(earliest + 1, Math.min(from + span, end - length(campaign, accounts)));
      const at = startWithin(dice, earliest, latest, end, campaign);
      return { campaign, run: new CampaignRun(range, campaign, at, n, persistsAtMost) };
    });
  });
}

/** A time between the two at which the campaign's hours are, and before the end if there is such a time. */
function startWithin(dice: Dice, earliest: number, latest: number, end: number, { when, utcOffset }: Campaign): number {
  for (let tries = 0; tries < 40; tries++) {
    const at = intoHours(earliest + (dice.next() % Math.max(1, Math.floor(latest - earliest))), when, utcOffset);
    if (at < end - 1_800_000) return at;
  }
  return intoHours(earliest, when, utcOffset);
}

/** About how long one run takes, in milliseconds. */
function length({ steps, traffic, lists, speed, when }: Campaign, accounts: number): number {
  const secondsOf = (all: readonly { readonly wait: number; readonly every: number; readonly times: number }[]): number =>
    all.reduce((sum, { wait, every, times }) => sum + wait + every * (times - 1), 0);
  const members = ({ each, most }: { readonly each: string; readonly most?: number | undefined }): number => {
    const all = each === 'accounts' ? accounts : (lists[each]?.length ?? 0);
    return Math.min(all, most ?? all);
  };
  const byCalls =
    steps.reduce((sum, entry) => sum + ('steps' in entry ? members(entry) * secondsOf(entry.steps) : secondsOf([entry])), 0) / speed;
  const byTraffic = secondsOf(traffic) / speed;
  return (when === 'any' ? 1.3 : 3) * Math.max(byCalls, byTraffic) * 1000 + 600_000;
}
