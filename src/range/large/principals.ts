import { sessionIdentity } from '../caller.ts';
import { Dice } from '../dice.ts';
import { trailDate } from '../operation.ts';
import { type Person, peopleOf } from '../people.ts';
import type { AccountState, RangeState, RoleState, SessionState } from '../state.ts';
import type { Rhythm } from './activity.ts';
import type { Occupation } from './tasks.ts';
import type { Session } from './template.ts';

/** How a session came about, which is recorded before its first call. */
export type Opening = 'none' | 'saml' | 'oidc' | 'service' | 'role';

/** Somebody or something with habits that the seed gave. */
export interface Principal {
  readonly occupation: number;
  readonly rhythm: Rhythm;
  /** Its part of all events, against others. */
  readonly weight: number;
  /** Milliseconds since 1970: there are no calls before. */
  readonly since: number;
  /** Which of the tasks it is used to. */
  readonly tasks: readonly number[];
  readonly opening: Opening;
  /** The session in which it works at a time, and whether that has just begun. */
  session(at: number, browser: boolean, dice: Dice): { readonly session: Session; readonly began: boolean };
}

const words = [
  'orders',
  'billing',
  'search',
  'shop',
  'stock',
  'mail',
  'login',
  'images',
  'reports',
  'events',
  'cart',
  'prices',
  'catalog',
  'shipping',
  'ledger',
  'partners',
  'alerts',
  'gateway',
] as const;
const suffixes = ['api', 'worker', 'web', 'job', 'stream', 'sync'] as const;
const regions = ['us-east-1', 'us-east-1', 'us-east-1', 'eu-west-1', 'eu-west-1', 'eu-central-1', 'us-west-2', 'ap-southeast-2'] as const;

/** Everybody who works in an organisation day by day. The same seed gives the same ones. */
export function principalsOf(state: RangeState, occupations: readonly Occupation[]): readonly Principal[] {
  const accounts = Object.values(state.accounts);
  const people = peopleOf(state);
  const all: Principal[] = [];
  for (const [o, occupation] of occupations.entries()) {
    const found: (Omit<Principal, 'occupation' | 'weight' | 'tasks' | 'since'> & {
      readonly size: number;
      readonly account: number;
      readonly dice: Dice;
    })[] = [];
    for (const [a, account] of accounts.entries()) {
      if (occupation.accounts !== 'all' && (account.kind === undefined || !occupation.accounts.includes(account.kind))) continue;
      const size = (account.kind === 'production' ? 3 : 1) / (1 + new Dice(`${state.seed}/size/${account.id}`).int(accounts.length) * 0.08);
      for (const [i, make] of makersOf(state, account, occupation, people, a, accounts.length).entries()) {
        const dice = new Dice(`${state.seed}/principal/${occupation.name}/${account.id}/${i}`);
        const made = make(dice);
        found.push({ ...made, account: a, dice, size: size * (0.3 + dice.int(1000) / 500) });
      }
    }
    const total = found.reduce((sum, { size }) => sum + size, 0);
    for (const { size, account, dice, ...made } of found) {
      const usual = occupation.tasks.flatMap((task, i) => (dice.int(10) < 7 ? Array<number>(task.often ?? 1).fill(i) : []));
      all.push({
        ...made,
        occupation: o,
        weight: (occupation.share * size) / total,
        since: accounts[account]?.joinsAt ?? 0,
        tasks: usual.length === 0 ? [dice.int(occupation.tasks.length)] : usual,
      });
    }
  }
  return all;
}

type Maker = (dice: Dice) => Pick<Principal, 'rhythm' | 'opening' | 'session'>;

function makersOf(
  state: RangeState,
  account: AccountState,
  occupation: Occupation,
  people: readonly Person[],
  place: number,
  accounts: number,
): readonly Maker[] {
  const { of, active } = occupation;
  const steady = (dice: Dice): Rhythm => ({ active, utcOffset: active === 'office' ? 1 : 0, from: 8, phase: dice.int(6) });
  if ('service' in of) {
    return [
      (dice) => {
        const one = {
          ...base(account, dice),
          identity: JSON.stringify({ type: 'AWSService', invokedBy: of.service }),
          ip: of.service,
          agent: of.service,
          arn: of.service,
        };
        return { rhythm: steady(dice), opening: 'none', session: () => ({ session: one, began: false }) };
      },
    ];
  }
  if ('user' in of) {
    const user = account.users[of.user];
    const key = Object.keys(user?.keys ?? {})[0];
    if (user === undefined || key === undefined) return [];
    return [
      (dice) => {
        const identity = {
          type: 'IAMUser',
          principalId: user.id,
          arn: user.arn,
          accountId: account.id,
          accessKeyId: key,
          userName: user.name,
        };
        const one = {
          ...base(account, dice),
          identity: JSON.stringify(identity),
          ip: `203.0.113.${90 + dice.int(8)}`,
          agent: dice.pick(occupation.agents),
          arn: user.arn,
          key,
        };
        return { rhythm: steady(dice), opening: 'none', session: () => ({ session: one, began: false }) };
      },
    ];
  }
  if ('set' in of) {
    const role = roleNamed(account, `AWSReservedSSO_${of.set}_`);
    if (role === undefined) return [];
    // Everybody works in a few accounts only.
    return people
      .filter((person, i) => of.teams.includes(person.team) && (i * 7 + place) % Math.max(1, Math.round(accounts / 4)) === 0)
      .slice(0, 6)
      .map((person) => (dice) => {
        const mine = base(account, dice);
        const rhythm = { active, utcOffset: person.utcOffset, from: person.from, phase: 0 };
        return {
          rhythm,
          opening: 'saml',
          session: sessions(role, { hours: 4, seed: state.seed }, dice, (at, browser, throws) => ({
            mine,
            name: person.email,
            ip: person.addresses[throws.int(4) === 0 ? 1 : 0],
            agent: person.agents[browser ? 1 : 0],
            at,
          })),
        };
      });
  }
  const role = account.roles[of.role];
  if (role === undefined) return [];
  const machine =
    (name: string, ip: string, hours: number, opening: Opening): Maker =>
    (dice) => {
      const mine = base(account, dice);
      const agent = dice.pick(occupation.agents);
      return {
        rhythm: steady(dice),
        opening,
        session: sessions(
          role,
          {
            hours,
            seed: state.seed,
            ...(of.sessions === 'service' ? { invokedBy: agent } : {}),
            ...(of.sessions === 'instance' ? { instance: true } : {}),
          },
          dice,
          (at, _browser, throws) => ({
            mine,
            name: of.sessions === 'pipeline' ? `${name}-${1_000_000 + throws.int(9_000_000)}` : name,
            ip: of.sessions === 'pipeline' ? `198.18.${200 + throws.int(55)}.${1 + throws.int(254)}` : ip,
            agent,
            at,
          }),
        ),
      };
    };
  switch (of.sessions) {
    case 'pipeline':
      return [machine(of.role === 'terraform' ? 'terraform' : 'GitHubActions', '', 0, of.role === 'terraform' ? 'role' : 'oidc')];
    case 'instance': {
      const instances = Object.values(account.regions).flatMap((region) => Object.entries(region.instances));
      const own = instances.filter(([, instance]) => instance['IamInstanceProfile'] !== undefined);
      const list: readonly (readonly [string, string])[] =
        of.role === 'web-server'
          ? own.map(([id, instance]) => [id, String(instance['PublicIpAddress'])])
          : [1, 2, 3].map((n) => [`i-${new Dice(`${state.seed}/${account.id}/node/${n}`).hex(17)}`, `10.8.${place % 250}.${10 + n}`]);
      return list.map(([id, ip]) => machine(id, ip, 6, 'service'));
    }
    case 'function':
      return [1, 2].map((n) =>
        machine(`${words[(place + n) % words.length]}-${suffixes[n]}`, `10.9.${place % 250}.${20 + n}`, 3, 'service'),
      );
    case 'fixed':
      return [machine('scanner', '198.51.100.30', 0, 'role')];
    case 'service':
      return [machine('AWSBackup-Run', occupation.agents[0], 0, 'service')];
  }
}

function base(account: AccountState, dice: Dice): Session {
  const word = () => `${dice.pick(words)}-${dice.pick(suffixes)}`;
  // An account works in two Regions, mostly in the first.
  const home = new Dice(`region/${account.id}`);
  const [here, there] = [home.pick(regions), home.pick(regions)];
  return {
    account: account.id,
    region: dice.int(10) < 8 ? here : there,
    identity: '{}',
    ip: '',
    agent: '',
    arn: '',
    key: '',
    role: '',
    roleId: '',
    name: '',
    until: '',
    names: [word(), dice.pick(words), dice.hex(17)],
  };
}

function roleNamed(account: AccountState, prefix: string): RoleState | undefined {
  return Object.values(account.roles).find((role) => role.name.startsWith(prefix));
}

interface Now {
  readonly mine: Session;
  readonly name: string;
  readonly ip: string;
  readonly agent: string;
  readonly at: number;
}

/** Sessions of a role, each lasting so many hours; 0: each piece of work has its own. */
function sessions(
  role: RoleState,
  kind: { readonly hours: number; readonly seed: string; readonly invokedBy?: string; readonly instance?: true },
  dice: Dice,
  now: (at: number, browser: boolean, throws: Dice) => Now,
): Principal['session'] {
  // Chance of its own, so that others do not shift it.
  const own = new Dice(dice.state);
  let current: SessionState | null = null;
  let ip = '';
  return (at, browser) => {
    const wanted = now(at, browser, own);
    const began = current === null || current.expiresAt <= at || kind.hours === 0;
    if (current === null || began) {
      ip = wanted.ip;
      current = {
        accessKeyId: own.id('ASIA', 16),
        account: wanted.mine.account,
        of: 'role',
        principal: role.name,
        principalId: role.id,
        name: wanted.name,
        issuedAt: at,
        expiresAt: at + Math.max(1, kind.hours) * 3_600_000,
        mfa: false,
        federated: null,
        fromInstance: kind.instance === true ? wanted.name : null,
        policy: null,
      };
    }
    const { arn, identity } = sessionIdentity(role, current);
    const whole = kind.invokedBy === undefined ? identity : { ...identity, invokedBy: kind.invokedBy };
    const session: Session = {
      ...wanted.mine,
      identity: JSON.stringify(whole),
      ip,
      agent: wanted.agent,
      arn,
      key: current.accessKeyId,
      role: role.arn,
      roleId: role.id,
      name: current.name,
      until: trailDate(new Date(current.expiresAt).toISOString()),
    };
    return { session, began };
  };
}
