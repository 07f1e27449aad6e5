import { automation } from '../../core/decide/incident-mode/apply-event.ts';
import { idOf } from '../../core/lib/hash.ts';
import type { Address } from '../../core/model/channel.ts';
import type { IncidentCommand, Moments } from '../../core/model/declared-incident.ts';
import { InputError } from '../../core/model/errors.ts';
import type { Obligation } from '../../core/model/obligation.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { type Commanded, commandIncident } from './command-incident.ts';

/** What a contract asks for, which no law does. */
export interface Contract {
  /** With whom, and where it stands: `Example AG, section 12`. */
  readonly name: string;
  readonly to: string;
  readonly hours: number;
}

/** A command as a person gives it at a door: obligations by their id, or by what a contract says. */
export type IncidentWish =
  | Exclude<IncidentCommand, { readonly do: 'propose' | 'declare' | 'lapse' | 'review' | 'start-clocks' }>
  | {
      readonly do: 'start-clocks';
      /** Null: that of the contract. */
      readonly obligation: string | null;
      readonly contract: Contract | null;
      readonly moments: Moments;
    };

type Deps = Pick<ConsoleDeps, 'store' | 'tenant' | 'clock' | 'obligations' | 'inbound'>;

/** Takes what a person commands. Throws InputError for a channel or an obligation that there is none of, and for a name that no person has. */
export async function takeWish(deps: Deps, id: string, by: string, wish: IncidentWish): Promise<Commanded> {
  if (by === automation) throw new InputError('no person is called so', by);
  if (wish.do === 'tell' || wish.do === 'learn') await checkAddresses(deps, wish.addresses, wish.do === 'learn');
  return commandIncident(deps, id, by, wish.do === 'start-clocks' ? { ...wish, obligation: obligationOf(deps, wish) } : wish);
}

async function checkAddresses({ inbound }: Deps, addresses: readonly Address[], asTickets: boolean): Promise<void> {
  if (addresses.length > 20) throw new InputError('that is more than 20 addresses', 'addresses');
  const channels = addresses.length === 0 ? [] : ((await inbound?.channels())?.channels ?? []);
  for (const { channel } of addresses) {
    const kind = channels.find(({ name }) => name === channel)?.kind;
    if (kind === undefined) throw new InputError('channels.yml has no such channel', channel);
    if (kind === 'security-hub' || kind === 'ocsf-sink') throw new InputError('it takes findings only', channel);
    if (asTickets !== (kind === 'jira'))
      throw new InputError(asTickets ? 'it makes no tickets' : 'it makes tickets: note a lesson instead', channel);
  }
}

function obligationOf(
  { obligations = [] }: Deps,
  { obligation, contract }: Extract<IncidentWish, { readonly do: 'start-clocks' }>,
): Obligation {
  if (contract !== null) return contractOf(contract);
  const found = obligations.find(({ id }) => id === obligation);
  if (found === undefined) throw new InputError('there is no such obligation; docs/reference/obligations.md has them', obligation ?? '');
  return found;
}

/** A contract's notice as an obligation of its own, which runs from becoming aware. */
function contractOf({ name, to, hours }: Contract): Obligation {
  if (name.trim() === '' || name.length > 200) throw new InputError('say which contract, in 200 characters at most', 'contract');
  if (!Number.isSafeInteger(hours) || hours < 0 || hours > 24 * 366)
    throw new InputError('it must be whole hours, a year at most', 'hours');
  return {
    id: `contract.${idOf(name).slice(0, 8)}`,
    title: `Contract: ${name}`,
    binds: 'Who signed it.',
    source: { cites: name, url: '' },
    runs: 'From becoming aware, unless the contract says otherwise.',
    care: 'As the contract says it; jobzero has not read it.',
    duties: [
      {
        id: 'notice',
        what: 'Notify the other party',
        to: to.trim() === '' ? name : to,
        says: 'What the contract asks for.',
        ends: [{ from: 'aware', within: { n: hours, unit: 'hours' }, unless: null }],
      },
    ],
    calendar: null,
  };
}
