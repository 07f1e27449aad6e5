import {
  type Campaign,
  type CampaignActor,
  type CampaignCall,
  type CampaignStep,
  campaignReference,
  referencedSteps,
} from '../core/model/campaign.ts';
import { InputError } from '../core/model/errors.ts';
import type { Json, JsonObject } from '../core/model/json.ts';
import type { Credentials } from './caller.ts';
import type { Origin } from './cloudtrail-record.ts';
import { Dice } from './dice.ts';
import { intoHours } from './hours.ts';
import type { Range } from './open-range.ts';
import { isObject } from './operation.ts';
import { type PlacedCampaign, placeCampaign } from './place-campaign.ts';
import type { AccountState, CampaignProgress } from './state.ts';

const usualAgent = 'aws-cli/2.17.0 md/awscrt#0.20.11 ua/2.0 os/linux lang/python#3.11.8';

/**
 * A campaign on its way. It knows when its next call is due and makes it; its progress is part of the range's state,
 * so that a restored range goes on in the middle.
 */
export class CampaignRun {
  readonly #range: Range;
  readonly #campaign: PlacedCampaign;
  readonly #persistsAtMost: number;
  readonly #progress: CampaignProgress;
  readonly #referenced: ReadonlySet<string>;

  /**
   * `startAt` counts only when the campaign has not begun in this range. `run` is the number of the run, from 0;
   * `persistsAtMost` how many rounds of what persists are made where the campaign does not say.
   */
  constructor(range: Range, unplaced: Campaign, startAt: number, run = 0, persistsAtMost = Number.POSITIVE_INFINITY) {
    const campaign = placeCampaign(range.state, unplaced, run);
    this.#range = range;
    this.#campaign = campaign;
    this.#persistsAtMost = campaign.persists?.times ?? persistsAtMost;
    this.#referenced = referencedSteps(unplaced);
    const progress = range.state.campaigns[campaign.run] ?? {
      startedAt: startAt,
      steps: { next: 0, at: this.#due(startAt, campaign.steps[0]?.wait ?? 0) },
      persists: { next: 0, at: 0 },
      routines: Object.fromEntries(
        campaign.routines.map((routine) => [
          routine.name,
          { next: 0, round: 0, at: startAt + firstStart(range, campaign.id, routine.name, routine.every) },
        ]),
      ),
      outputs: {},
    };
    range.state.campaigns[campaign.run] = progress;
    this.#progress = progress;
  }

  /** The campaign as it was placed. */
  get placed(): PlacedCampaign {
    return this.#campaign;
  }

  /** Milliseconds since 1970. */
  get startedAt(): number {
    return this.#progress.startedAt;
  }

  /** When the next call is due, in milliseconds since 1970; null when there is none any more. */
  nextAt(): number | null {
    return this.#next()?.at ?? null;
  }

  /** Makes the next call, at the time that it is due or a later one, and says how it went. */
  perform(at: number): CampaignCall | null {
    const next = this.#next();
    if (next === null) return null;
    next.advance(Math.max(at, next.at));
    return this.#call(next.step, Math.max(at, next.at));
  }

  /** When a call is due that comes so many seconds after `at`: in the hours that the campaign keeps. */
  #due(at: number, seconds: number): number {
    return intoHours(at + seconds * 1000, this.#campaign.when, this.#campaign.utcOffset);
  }

  #next(): { readonly at: number; readonly step: CampaignStep; readonly advance: (at: number) => void } | null {
    const { steps, persists, routines } = this.#campaign;
    const progress = this.#progress;
    const candidates: { at: number; step: CampaignStep; advance: (at: number) => void }[] = [];
    const step = steps[progress.steps.next];
    if (step !== undefined) {
      candidates.push({
        at: progress.steps.at,
        step,
        advance: (at) => {
          const following = steps[++progress.steps.next];
          progress.steps.at = this.#due(at, following?.wait ?? 0);
          if (following === undefined) progress.persists.at = this.#due(at, persists?.every ?? 0);
        },
      });
    }
    const again = persists?.steps[progress.persists.next];
    const rounds = progress.persists.rounds ?? 0;
    if (step === undefined && persists !== undefined && again !== undefined && rounds < this.#persistsAtMost) {
      candidates.push({
        at: progress.persists.at,
        step: again,
        advance: (at) => {
          progress.persists.next = (progress.persists.next + 1) % persists.steps.length;
          const again = progress.persists.next === 0;
          if (again) progress.persists.rounds = rounds + 1;
          progress.persists.at = this.#due(at, again ? persists.every : (persists.steps[progress.persists.next]?.wait ?? 0));
        },
      });
    }
    for (const routine of routines) {
      const state = progress.routines[routine.name];
      const due = state === undefined ? undefined : routine.steps[state.next];
      if (state === undefined || due === undefined) continue;
      candidates.push({
        at: state.at,
        step: due,
        advance: (at) => {
          const following = routine.steps[++state.next];
          if (following !== undefined) {
            state.at = at + following.wait * 1000;
            return;
          }
          state.next = 0;
          state.round++;
          // Half to one and a half of the average, from the seed, the routine and the round alone.
          const dice = new Dice(`${this.#range.state.seed}/${this.#campaign.id}/${routine.name}/${state.round}`);
          state.at = at + Math.round(routine.every * 1000 * (0.5 + dice.int(1000) / 1000));
        },
      });
    }
    let first: (typeof candidates)[number] | null = null;
    for (const candidate of candidates) if (first === null || candidate.at < first.at) first = candidate;
    return first;
  }

  #call(step: CampaignStep, at: number): CampaignCall {
    const actor = this.#campaign.actors[step.actor];
    if (actor === undefined) throw new InputError(`no actor ${step.actor}`, `${this.#campaign.id}: ${step.id}`);
    const account = this.#range.state.accounts[actor.account];
    if (account === undefined) throw new InputError(`no account ${actor.account}`, `${this.#campaign.id}: ${step.actor}`);
    const about = {
      campaign: this.#campaign.run,
      step: step.id,
      attacker: actor.attacker,
      techniques: step.techniques,
      account: account.id,
      action: step.action,
      at,
    };
    const credentials = this.#credentials(step.actor, actor, account, at);
    const input = credentials === null ? null : this.#fill(step.input, account, step.region);
    const record = step.record === undefined ? undefined : this.#fill(step.record as Json, account, step.region);
    // What an earlier step would have given was refused to it: there is nothing to try.
    if (credentials === null || input === null || record === null) return { ...about, eventId: null, errorCode: 'NothingToUse' };
    const outcome = this.#range.perform({
      credentials,
      region: step.region,
      action: step.action,
      input: input as JsonObject,
      origin: this.#origin(actor),
      at,
      ...(actor.via === undefined ? {} : { via: actor.via }),
      ...(record === undefined ? {} : { record: record as NonNullable<CampaignStep['record']> }),
    });
    if (outcome.output !== null && this.#referenced.has(step.id)) this.#progress.outputs[step.id] = outcome.output;
    return {
      ...about,
      eventId: outcome.eventId,
      errorCode: outcome.error?.code ?? null,
      ...(outcome.otherEventId === undefined ? {} : { otherEventId: outcome.otherEventId }),
      ...(outcome.principal === undefined ? {} : { principal: outcome.principal }),
    };
  }

  #origin(actor: CampaignActor): Origin {
    if (actor.via !== undefined) return { ip: actor.via, userAgent: actor.via };
    const person = 'person' in actor.signs ? this.#campaign.people[actor.signs.person] : undefined;
    return { ip: actor.ip ?? person?.addresses[0] ?? '203.0.113.10', userAgent: actor.userAgent ?? person?.agents[0] ?? usualAgent };
  }

  #credentials(name: string, { signs, attacker }: CampaignActor, account: AccountState, at: number): Credentials | null {
    if ('user' in signs) {
      const key = Object.keys(account.users[signs.user]?.keys ?? {})[0];
      return key === undefined ? null : { kind: 'key', accessKeyId: key };
    }
    if ('instance' in signs) {
      const instance = namedInstance(account, signs.instance);
      return instance === null ? null : this.#range.instanceSession(account.id, instance, at);
    }
    if ('from' in signs) {
      const [step = '', ...path] = signs.from.split('.');
      const value = valueAt(this.#progress.outputs[step], path);
      return typeof value === 'string' ? { kind: 'key', accessKeyId: value } : null;
    }
    if ('role' in signs) {
      // What an attacker took does not last longer than a session may; everybody else gets a new one in time.
      return this.#range.roleSession({
        account: account.id,
        role: signs.role,
        name: signs.session,
        mfa: signs.mfa,
        holder: `${this.#campaign.run}/${name}`,
        at,
        renewed: !attacker,
      });
    }
    if ('person' in signs) {
      const session = this.#campaign.people[signs.person]?.email ?? signs.person;
      const role = `AWSReservedSSO_${signs.set}_*`;
      const holder = attacker ? `${this.#campaign.run}/${name}` : session;
      return this.#range.roleSession({ account: account.id, role, name: session, mfa: false, holder, at, renewed: true });
    }
    if ('webIdentity' in signs) return { kind: 'web-identity', account: account.id, token: signs.webIdentity };
    if ('service' in signs) return { kind: 'service', account: account.id, service: signs.service };
    if ('outside' in signs) return { kind: 'outside', account: signs.outside };
    if ('root' in signs) return { kind: 'root', account: account.id };
    return { kind: 'anonymous' };
  }

  /** The input with its references filled in; null when one refers to what did not come about. */
  #fill(value: Json, account: AccountState, region: string): Json {
    if (typeof value === 'string') {
      let missing = false;
      const text = value.replace(campaignReference, (_whole, kind: string, name: string | undefined, path: string) => {
        const found = this.#refer(
          kind,
          name ?? '',
          path.split('.').filter((part) => part !== ''),
          account,
          region,
        );
        missing ||= found === null;
        return found ?? '';
      });
      return missing ? null : text;
    }
    if (Array.isArray(value)) {
      const members = value.map((member: Json) => (member === null ? null : this.#fill(member, account, region)));
      return members.some((member, i) => member === null && value[i] !== null) ? null : members;
    }
    if (!isObject(value)) return value;
    const members = Object.entries(value).map(
      ([key, member]) => [key, member === null ? null : this.#fill(member, account, region)] as const,
    );
    return members.some(([key, member]) => member === null && value[key] !== null) ? null : Object.fromEntries(members);
  }

  #refer(kind: string, name: string, path: readonly string[], account: AccountState, region: string): string | null {
    switch (kind) {
      case 'account':
        return account.id;
      case 'group':
        return Object.values(account.regions[region]?.securityGroups ?? {}).find((group) => group.name === name)?.id ?? null;
      case 'instance':
        return namedInstance(account, name);
      case 'steps': {
        const value = valueAt(this.#progress.outputs[name], path);
        return typeof value === 'string' ? value : null;
      }
      default:
        throw new InputError(`\${${kind}} is not a reference`, this.#campaign.id);
    }
  }
}

function firstStart(range: Range, campaign: string, routine: string, every: number): number {
  return new Dice(`${range.state.seed}/${campaign}/${routine}`).int(Math.round(every * 1000));
}

function namedInstance(account: AccountState, name: string): string | null {
  for (const region of Object.values(account.regions)) {
    for (const [id, instance] of Object.entries(region.instances)) {
      const tags = instance['Tags'];
      if (Array.isArray(tags) && tags.some((tag: Json) => isObject(tag) && tag['Key'] === 'Name' && tag['Value'] === name)) return id;
    }
  }
  return null;
}

function valueAt(value: Json | undefined, path: readonly string[]): Json | undefined {
  let found: Json | undefined = value;
  for (const key of path) found = isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  return found;
}
