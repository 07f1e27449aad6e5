import {
  type AccountKind,
  type Campaign,
  type CampaignActor,
  type CampaignEntry,
  type CampaignStep,
  campaignReference,
} from '../core/model/campaign.ts';
import type { CampaignTraffic } from '../core/model/campaign-traffic.ts';
import { InputError } from '../core/model/errors.ts';
import type { Json } from '../core/model/json.ts';
import { Dice } from './dice.ts';
import { type Person, peopleOf } from './people.ts';
import type { RangeState } from './state.ts';

/** A campaign as one run of it goes: in certain accounts, by certain people, its loops unrolled, its choices made. */
export interface PlacedCampaign extends Omit<Campaign, 'steps' | 'actors'> {
  /** The id of the run: that of the campaign, with `#2` and so on for a second one. */
  readonly run: string;
  readonly steps: readonly CampaignStep[];
  /** `account` is an account's id. */
  readonly actors: { readonly [name: string]: CampaignActor };
  readonly people: { readonly [label: string]: Person };
}

const stepsAtMost = 50_000;

/** Places run `n` (from 0) of a campaign in an organisation. All that is left to chance comes from seed, campaign and run. */
export function placeCampaign(state: RangeState, campaign: Campaign, n = 0): PlacedCampaign {
  const run = n === 0 ? campaign.id : `${campaign.id}#${n + 1}`;
  const dice = new Dice(`${state.seed}/place/${run}`);
  const accounts = accountsByPart(state, new Dice(`${state.seed}/accounts/${run}`));
  const people = peopleIn(state, campaign, new Dice(`${state.seed}/people/${run}`));
  const picked: Record<string, string> = {};
  for (const [name, [head = '', ...tail]] of Object.entries(campaign.lists)) picked[name] = dice.pick([head, ...tail]);
  const mark = dice.hex(8);

  const fill = (text: string, each: string | null): string =>
    text.replace(campaignReference, (whole, kind: string, name = '') => {
      switch (kind) {
        case 'pick':
          return picked[name] ?? '';
        case 'roll': {
          const [head = '', ...tail] = campaign.lists[name] ?? [];
          return dice.pick([head, ...tail]);
        }
        case 'each':
          return each ?? '';
        case 'run':
          return mark;
        case 'org':
          return state.organisation.id;
        case 'person':
          return people[name]?.email ?? '';
        case 'account':
          return name === '' ? whole : accounts(name);
        default:
          return whole;
      }
    });
  const fillAll = (value: Json, each: string | null): Json => {
    if (typeof value === 'string') return fill(value, each);
    if (Array.isArray(value)) return value.map((member: Json) => fillAll(member, each));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [fill(key, each), fillAll(member, each)]));
  };
  const waiting = (seconds: number): number => {
    const wait = seconds / campaign.speed;
    return campaign.jitter === 0 ? wait : wait * (1 + campaign.jitter * (dice.int(2001) / 1000 - 1));
  };
  const place = (step: CampaignStep, each: string | null): CampaignStep[] =>
    Array.from({ length: step.times }, (_, i) => ({
      ...step,
      wait: waiting(i === 0 ? step.wait : step.every),
      region: fill(step.region, each),
      input: fillAll(step.input, each) as CampaignStep['input'],
      ...(step.record === undefined ? {} : { record: fillAll(step.record as Json, each) as NonNullable<CampaignStep['record']> }),
    }));
  const membersOf = (entry: Extract<CampaignEntry, { each: string }>): readonly string[] => {
    const all = entry.each === 'accounts' ? accountIds(state, entry.of ?? null) : (campaign.lists[entry.each] ?? []);
    return all.slice(0, entry.most ?? all.length);
  };

  const steps = campaign.steps.flatMap((entry) =>
    'steps' in entry ? membersOf(entry).flatMap((member) => entry.steps.flatMap((step) => place(step, member))) : place(entry, null),
  );
  if (steps.length > stepsAtMost) throw new InputError(`${steps.length} calls are too many; ${stepsAtMost} is the most`, campaign.id);
  const plain = (list: readonly CampaignStep[]) => list.flatMap((step) => place(step, null));
  const actors = Object.entries(campaign.actors).map(
    ([name, actor]) => [name, placeActor(actor, accounts, (text) => fill(text, null))] as const,
  );
  return {
    ...campaign,
    run,
    people,
    steps,
    traffic: campaign.traffic.map((entry) => placeTraffic(entry, accounts, (value) => fillAll(value, null))),
    actors: Object.fromEntries(actors),
    ...(campaign.persists === undefined ? {} : { persists: { ...campaign.persists, steps: plain(campaign.persists.steps) } }),
    routines: campaign.routines.map((routine) => ({ ...routine, steps: plain(routine.steps) })),
  };
}

function placeActor(actor: CampaignActor, accounts: (part: string) => string, fill: (text: string) => string): CampaignActor {
  const signs = Object.fromEntries(
    Object.entries(actor.signs).map(([key, value]) => [key, typeof value === 'string' && key !== 'person' ? fill(value) : value]),
  ) as CampaignActor['signs'];
  return {
    ...actor,
    account: /^\d/.test(actor.account) ? actor.account : accounts(actor.account),
    signs,
    ...(actor.ip === undefined ? {} : { ip: fill(actor.ip) }),
    ...(actor.userAgent === undefined ? {} : { userAgent: fill(actor.userAgent) }),
  };
}

function placeTraffic(entry: CampaignTraffic, accounts: (part: string) => string, fillAll: (value: Json) => Json): CampaignTraffic {
  const account = /^\d/.test(entry.account) ? entry.account : accounts(entry.account);
  const own = JSON.parse(JSON.stringify(entry).replace(/\$\{account\}/g, account)) as Json;
  return { ...(fillAll(own) as unknown as CampaignTraffic), account };
}

/** Every person that a campaign names by a label, in the order of the labels; different labels are different people. */
function peopleIn(state: RangeState, campaign: Campaign, dice: Dice): Record<string, Person> {
  const callers = campaign.traffic.flatMap((entry) => ('kubernetes' in entry ? [entry.as] : []));
  const labels = [...Object.values(campaign.actors).map(({ signs }) => signs), ...callers].flatMap((one) =>
    'person' in one ? [one.person] : [],
  );
  const all = peopleOf(state);
  const offset = dice.int(all.length);
  return Object.fromEntries([...new Set(labels)].map((label, i) => [label, all[(offset + i) % all.length] as Person]));
}

/** Ids of the accounts of a kind, or of all, in the organisation's order. */
function accountIds(state: RangeState, kind: AccountKind | null): readonly string[] {
  const all = Object.values(state.accounts);
  const found = kind === null ? all : all.filter((account) => account.kind === kind);
  return (found.length === 0 ? all : found).map(({ id }) => id);
}

/**
 * The account that plays a part: `production`, `sandbox-2`, `any`. Where accounts have no kinds, the second one is
 * production and the last one is neglected; where there is none of a kind, one of the others plays it.
 */
function accountsByPart(state: RangeState, dice: Dice): (part: string) => string {
  const all = Object.values(state.accounts);
  const management = all.find((account) => account.id === state.organisation.management) ?? all[0];
  if (management === undefined) throw new InputError('the organisation has no account', 'range');
  const others = all.filter((account) => account !== management && account.joinsAt === undefined);
  const start = dice.int(1_000_003);
  return (part) => {
    const [, kind = 'any', nth = '1'] = /^([a-z]+)(?:-(\d))?$/.exec(part) ?? [];
    if (kind === 'management' || others.length === 0) return management.id;
    const ofKind = kind === 'any' ? others : others.filter((account) => account.kind === kind);
    const byPlace = kind === 'neglected' ? others.slice(-1) : kind === 'production' ? others.slice(0, 1) : others;
    const from = ofKind.length > 0 ? ofKind : byPlace;
    return from[(start + Number(nth) - 1) % from.length]?.id ?? management.id;
  };
}
