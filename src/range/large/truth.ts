import { type CampaignCall, natureOf } from '../../core/model/campaign.ts';
import type { TruthTraffic } from '../network/traffic-truth.ts';
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
  readonly traffic: readonly TruthTraffic[];
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
  /** Calls, and lines of other logs. */
  readonly events: number;
  readonly lines: number;
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
  traffic: readonly TruthTraffic[],
  about: Pick<Truth, 'seed' | 'start' | 'end' | 'accounts'>,
): Truth {
  const found = calls.filter((call) => idsOf(call).some((id) => delivered.has(id)));
  const byRun = Map.groupBy(found, (call) => call.campaign);
  const campaigns = runs.flatMap(({ campaign, run }): TruthCampaign[] => {
    const own = byRun.get(run.placed.run) ?? [];
    const lines = traffic.filter((each) => each.campaign === run.placed.run);
    if (own.length + lines.length === 0) return [];
    const times = [...own.map((call) => stamp(call.at)), ...lines.flatMap(({ firstTime, lastTime }) => [firstTime, lastTime])].sort();
    return [
      {
        id: run.placed.run,
        campaign: campaign.id,
        title: campaign.title,
        objective: campaign.objective ?? null,
        seed: about.seed,
        ...natureOf(campaign),
        firstTime: times[0] ?? about.start,
        lastTime: times.at(-1) ?? about.end,
        accounts: sorted([...own, ...lines].map((each) => each.account)),
        principals: sorted(own.flatMap((call) => call.principal ?? [])),
        techniques: sorted([...own, ...lines].flatMap((each) => each.techniques)),
        events: own.length,
        lines: lines.reduce((sum, each) => sum + each.lines, 0),
      },
    ];
  });
  const events = found.flatMap((call) =>
    idsOf(call)
      .filter((id) => delivered.has(id))
      .map((eventID) => ({ eventID, campaign: call.campaign, step: call.step, techniques: call.techniques, errorCode: call.errorCode })),
  );
  return { format: 'jobzero.truth/1', ...about, campaigns, events, traffic };
}

function stamp(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

function sorted(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}

function idsOf(call: CampaignCall): readonly string[] {
  return [call.eventId, call.otherEventId].filter((id) => id != null);
}
