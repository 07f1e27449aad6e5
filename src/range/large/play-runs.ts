import type { CampaignCall } from '../../core/model/campaign.ts';
import type { ScheduledRun } from './schedule.ts';

export interface Player {
  /** Makes every call that is due before `until` (milliseconds since 1970), in the order of their times. */
  playUntil(until: number): readonly CampaignCall[];
}

/** Plays many runs of campaigns one beside the other. */
export function playRuns(runs: readonly ScheduledRun[]): Player {
  const due = runs.map(({ run }) => run.nextAt() ?? Number.POSITIVE_INFINITY);
  return {
    playUntil: (until) => {
      const calls: CampaignCall[] = [];
      for (;;) {
        let first = -1;
        for (let i = 0; i < due.length; i++) if ((due[i] ?? 0) < (first < 0 ? until : (due[first] ?? 0))) first = i;
        const next = runs[first];
        if (next === undefined) return calls;
        const call = next.run.perform(due[first] ?? until);
        if (call !== null) calls.push(call);
        due[first] = next.run.nextAt() ?? Number.POSITIVE_INFINITY;
      }
    },
  };
}
