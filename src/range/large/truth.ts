import { type CampaignCall, natureOf } from '../../core/model/campaign.ts';
import type { ScheduledRun } from './schedule.ts';

/** The ground truth of written logs; docs/guides/write-a-campaign.md explains each field. */
export interface Truth {
  readonly format: 'jobzero.truth/1';
  readonly seed: string;
  /** ISO 8601. */
  readonly start: string;
  readonly end: string;
  readonly accounts: readonly { readonly id: string; readonly name: string; readonly kind: string }[];
  readonly campaigns: readonly TruthCampaign[];
  readonly events: readonly TruthEvent[];
}

/** One run of a campaign, as far as it is in the logs. */
export interface TruthCampaign {
  /** Of the run: `ransomware`, and `ransomware#2` for a second one. */
  readonly id: string;
  readonly campaign: string;
  readonly title: string;
  readonly objective: string | null;
  readonly seed: string;
  readonly kind: 'attack' | 'benign';
  readonly incident: boolean;
  readonly firstTime: string | null;
  readonly lastTime: string | null;
  readonly accounts: readonly string[];
  /** ARNs of callers. */
  readonly principals: readonly string[];
  readonly techniques: readonly string[];
  readonly events: number;
}

export interface TruthEvent {
  readonly eventID: string;
  /** Id of the run. */
  readonly campaign: string;
  readonly step: string;
  readonly techniques: readonly string[];
  readonly errorCode: string | null;
}

/** What was made of campaigns, of which only events that some object holds are told: nobody can find others. */
export function truthOf(
  runs: readonly ScheduledRun[],
  calls: readonly CampaignCall[],
  delivered: ReadonlySet<string>,
  about: Pick<Truth, 'seed' | 'start' | 'end' | 'accounts'>,
): Truth {
  const found = calls.filter((call) => idsOf(call).some((id) => delivered.has(id)));
  const byRun = Map.groupBy(found, (call) => call.campaign);
  const campaigns = runs.map(({ campaign, run }): TruthCampaign => {
    const own = byRun.get(run.placed.run) ?? [];
    const times = own.map((call) => call.at);
    const stamp = (at: number | undefined) => (at === undefined ? null : `${new Date(at).toISOString().slice(0, 19)}Z`);
    return {
      id: run.placed.run,
      campaign: campaign.id,
      title: campaign.title,
      objective: campaign.objective ?? null,
      seed: about.seed,
      ...natureOf(campaign),
      firstTime: stamp(times[0]),
      lastTime: stamp(times.at(-1)),
      accounts: [...new Set(own.map((call) => call.account))].sort(),
      principals: [...new Set(own.flatMap((call) => call.principal ?? []))].sort(),
      techniques: [...new Set(own.flatMap((call) => call.techniques))].sort(),
      events: own.length,
    };
  });
  const events = found.flatMap((call) =>
    idsOf(call)
      .filter((id) => delivered.has(id))
      .map((eventID) => ({ eventID, campaign: call.campaign, step: call.step, techniques: call.techniques, errorCode: call.errorCode })),
  );
  return { format: 'jobzero.truth/1', ...about, campaigns, events };
}

function idsOf(call: CampaignCall): readonly string[] {
  return [call.eventId, call.otherEventId].filter((id) => id != null);
}
