import type { Campaign, CampaignCall } from '../core/model/campaign.ts';
import { CampaignRun } from './campaign-run.ts';
import type { Range } from './open-range.ts';

/**
 * Plays campaigns from one time to another (milliseconds since 1970, the end not included) without waiting: every call
 * is made at the time that it is due. Calls are returned in the order in which they were made; those of attackers are
 * the ground truth.
 */
export function runCampaign(range: Range, campaigns: readonly Campaign[], from: number, until: number): readonly CampaignCall[] {
  const runs = campaigns.map((campaign) => new CampaignRun(range, campaign, from));
  const calls: CampaignCall[] = [];
  for (;;) {
    const next = earliest(runs);
    if (next === null || next.at >= until) return calls;
    const call = next.run.perform(next.at);
    if (call !== null) calls.push(call);
  }
}

/** The run whose next call is due first. */
export function earliest(runs: readonly CampaignRun[]): { readonly run: CampaignRun; readonly at: number } | null {
  let first: { run: CampaignRun; at: number } | null = null;
  for (const run of runs) {
    const at = run.nextAt();
    if (at !== null && (first === null || at < first.at)) first = { run, at };
  }
  return first;
}
