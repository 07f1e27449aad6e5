import type { CampaignTraffic } from '../../core/model/campaign-traffic.ts';
import type { Source } from '../../core/model/source.ts';

/** Whom an entry of a campaign's traffic was about: an instance, or what a service's log names. */
export interface TrafficPlace {
  readonly source: Source;
  readonly account: string;
  readonly instance?: string;
  readonly interface?: string;
  readonly address?: string;
  readonly resource?: string;
  readonly principal?: string;
}

/** What one entry of a campaign's traffic left in a log. Lines have no ids: place, peer and time name them. */
export interface TruthTraffic extends TrafficPlace {
  /** Id of the run. */
  readonly campaign: string;
  readonly step: string;
  readonly techniques: readonly string[];
  readonly firstTime: string;
  readonly lastTime: string;
  readonly lines: number;
  /** Addresses of the other side, or names that were asked for: the first fifty. */
  readonly peers: readonly string[];
}

export interface TrafficTruth {
  note(run: string, entry: CampaignTraffic, at: number, peer: string, place: TrafficPlace): void;
  all(): readonly TruthTraffic[];
}

const peersAtMost = 50;

/** Gathers what campaigns left, in the order in which it is noted. */
export function openTruth(): TrafficTruth {
  const known = new Map<string, { -readonly [key in keyof TruthTraffic]: TruthTraffic[key] } & { peers: string[] }>();
  return {
    note: (run, entry, at, peer, place) => {
      const time = `${new Date(at).toISOString().slice(0, 19)}Z`;
      const { source, account, ...about } = place;
      // One entry may be told by several logs.
      const key = `${run} ${entry.id} ${source} ${place.resource ?? ''}`;
      const before = known.get(key);
      if (before === undefined) {
        const { id: step, techniques } = entry;
        known.set(key, {
          campaign: run,
          step,
          techniques,
          source,
          account,
          ...about,
          firstTime: time,
          lastTime: time,
          lines: 1,
          peers: [peer],
        });
        return;
      }
      before.lastTime = time;
      before.lines++;
      if (before.peers.length < peersAtMost && !before.peers.includes(peer)) before.peers.push(peer);
    },
    all: () => [...known.values()],
  };
}
