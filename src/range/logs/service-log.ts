import type { CampaignTraffic } from '../../core/model/campaign-traffic.ts';
import type { Source } from '../../core/model/source.ts';
import type { Dice } from '../dice.ts';
import type { Person } from '../people.ts';
import type { PlacedLine } from './line-writer.ts';

/** A line that a campaign leaves: of which log it is and whom it is about, so that the truth can name it. */
export interface CampaignLine extends PlacedLine {
  readonly source: Source;
  readonly account: string;
  /** What was asked: site, interface, load balancer, cluster, bucket, database, user pool. */
  readonly resource: string;
  /** The address of the other side. */
  readonly peer: string;
  /** Who asked, where the log says it. */
  readonly principal?: string;
}

/** A kind of log that services write, all of an organisation; of some services several logs that tell of the same. */
export interface ServiceLog {
  /** What somebody does day by day, within `span` milliseconds from `from` on: at least one line. */
  daily(from: number, span: number, dice: Dice): readonly PlacedLine[];
  /** What the time `n` (from 0) of an entry of a campaign leaves; nothing where it is of another log. */
  lines(entry: CampaignTraffic, at: number, n: number, dice: Dice, people: { readonly [label: string]: Person }): readonly CampaignLine[];
}
