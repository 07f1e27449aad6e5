import { type Campaign, type CampaignStep, natureOf } from '../../src/core/model/campaign.ts';
import { Dice } from '../../src/range/dice.ts';

export interface Chosen {
  readonly campaigns: readonly Campaign[];
  /** Ids of campaigns that are not played, since only lines of other logs than CloudTrail tell of them. */
  readonly leftOut: readonly string[];
}

/** Brings trails back that attackers stopped, and works for the whole small organisation at once. */
const always: ReadonlySet<string> = new Set(['drift-corrected']);
const never: ReadonlySet<string> = new Set(['ordinary-day']);
/** What happens once in a while and does not say how often. */
const usualDays = 30;

/**
 * Chooses what happens in so many days: attacks at random, and of benign work each kind as often as it says. The same seed and
 * campaigns give the same choice.
 */
export function chooseCampaigns(all: readonly Campaign[], seed: string, days: number, attacks: number): Chosen {
  const played = all.filter(({ id, steps }) => steps.length > 0 && !never.has(id));
  const leftOut = all.filter(({ id, steps }) => steps.length === 0 && !never.has(id)).map(({ id }) => id);
  const thrown = (id: string) => new Dice(`${seed}/choose/${id}`).next();
  const incidents = played
    .filter((campaign) => natureOf(campaign).incident)
    .sort((a, b) => thrown(a.id) - thrown(b.id) || (a.id < b.id ? -1 : 1))
    .slice(0, attacks);
  const benign = played.filter(
    (campaign) =>
      !natureOf(campaign).incident &&
      (always.has(campaign.id) || thrown(campaign.id) / 4_294_967_296 < days / (campaign.repeat?.days ?? usualDays)),
  );
  return { campaigns: [...benign, ...incidents.map(comesBack)].sort((a, b) => (a.id < b.id ? -1 : 1)), leftOut };
}

const everySeconds = 1_800;
const times = 16;
/**
 * Whoever is refused everything may still ask STS who they are, and a token of somebody else's identity provider is traded by an unsigned call:
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html. What the sessions are good for, their own calls show.
 */
export const needsNoPermission: ReadonlySet<string> = new Set([
  'sts:GetCallerIdentity',
  'sts:GetSessionToken',
  'sts:AssumeRoleWithWebIdentity',
]);

/**
 * An attack after which each attacker tries for eight hours whether their way is still open, with a call that they have made before, a
 * reading one if there is one; whether containment holds is seen by that. What persists by itself stays as it is.
 */
function comesBack(campaign: Campaign): Campaign {
  if (campaign.persists !== undefined) return campaign;
  const attackers = Object.entries(campaign.actors).filter(([, actor]) => actor.attacker);
  const steps = attackers.flatMap(([name]): CampaignStep[] => {
    const own = campaign.steps.flatMap((entry) =>
      'steps' in entry || entry.actor !== name || needsNoPermission.has(entry.action) || !isPlain(entry) ? [] : [entry],
    );
    const again = own.findLast(({ action }) => /:(List|Describe|Get|Head|Lookup)/.test(action)) ?? own.at(-1);
    return again === undefined ? [] : [{ ...again, id: `${again.id}-again`, times: 1, wait: 5, every: 0 }];
  });
  return steps.length === 0 ? campaign : { ...campaign, persists: { every: everySeconds, times, steps } };
}

/** A step that can be made again as it is. */
function isPlain({ record }: CampaignStep): boolean {
  return record?.errorCode === undefined;
}
