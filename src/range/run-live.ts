import type { Campaign, CampaignCall } from '../core/model/campaign.ts';
import { CampaignRun } from './campaign-run.ts';
import { type LogObject, takeLogObjects } from './log-objects.ts';
import type { Range } from './open-range.ts';
import { earliest } from './run-campaign.ts';

export interface LiveOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Ends early, without an error, when the signal is aborted. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Takes log objects into the place where they are collected from; see `writeLogObjects`. */
  readonly deliver: (objects: readonly LogObject[]) => Promise<void>;
  /** Each call as it went; attackers see their refusals here even when no log does. */
  readonly onCall?: (call: CampaignCall) => void;
  readonly signal: AbortSignal;
  /** Milliseconds between deliveries. Default 1000; the real CloudTrail takes about five minutes. */
  readonly every?: number;
}

/**
 * Lets campaigns go on in real time and delivers their logs, until the signal is aborted; then delivers what is left.
 * What was due while the range was not running is made up for one call after the other, but not all of it: a routine
 * that slept goes on from now.
 */
export async function runLive(range: Range, campaigns: readonly Campaign[], options: LiveOptions): Promise<void> {
  const { now, sleep, deliver, signal, every = 1000 } = options;
  const runs = campaigns.map((campaign) => new CampaignRun(range, campaign, now()));
  let delivered = now();
  const push = async () => {
    delivered = now();
    const objects = takeLogObjects(range.state, delivered);
    if (objects.length > 0) await deliver(objects);
  };
  while (!signal.aborted) {
    for (let next = earliest(runs); next !== null && next.at <= now(); next = earliest(runs)) {
      // A call that is late is made now: nothing happens in the past.
      const call = next.run.perform(now());
      if (call !== null) options.onCall?.(call);
    }
    if (now() - delivered >= every) await push();
    const due = earliest(runs)?.at ?? Number.POSITIVE_INFINITY;
    await sleep(Math.max(10, Math.min(due, delivered + every) - now()));
  }
  await push();
}
