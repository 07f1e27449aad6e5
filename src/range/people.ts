import { Dice } from './dice.ts';
import type { RangeState } from './state.ts';

/** Somebody who works for the simulated organisation, with habits that the seed gave. */
export interface Person {
  /** The name of the Identity Center session. */
  readonly email: string;
  /** Hours east of Greenwich. */
  readonly utcOffset: number;
  /** Usual addresses: the office's or the VPN's first, then home. */
  readonly addresses: readonly [string, string];
  /** Of the command line, of the browser. */
  readonly agents: readonly [string, string];
  /** First hour of the working day, by the person's own clock. */
  readonly from: number;
  readonly team: 'platform' | 'developer' | 'data' | 'security' | 'finance' | 'support';
}

const first = [
  'ada',
  'amir',
  'anna',
  'bela',
  'bruno',
  'carla',
  'chen',
  'dana',
  'david',
  'elif',
  'emil',
  'eva',
  'farid',
  'freya',
  'gita',
  'hana',
  'hugo',
  'ines',
  'ivan',
  'jana',
  'jonas',
  'kai',
  'karin',
  'lena',
  'luis',
  'maja',
  'marco',
  'mina',
  'nadia',
  'nils',
  'olga',
  'omar',
  'paula',
  'priya',
  'rafael',
  'rosa',
  'samir',
  'sofia',
  'tariq',
  'thea',
  'tomas',
  'uma',
  'viktor',
  'wanda',
  'yara',
  'yusuf',
  'zoe',
] as const;
const last = [
  'adler',
  'bauer',
  'brandt',
  'costa',
  'dubois',
  'ferrari',
  'garcia',
  'haas',
  'ito',
  'jansen',
  'kaya',
  'kowalski',
  'larsen',
  'lopez',
  'meyer',
  'moreau',
  'nguyen',
  'novak',
  'okafor',
  'patel',
  'pereira',
  'rossi',
  'sato',
  'silva',
  'singh',
  'tanaka',
  'vargas',
  'weber',
  'wong',
  'yilmaz',
] as const;
const offsets = [-8, -5, -5, 0, 0, 1, 1, 1, 1, 2, 5.5, 9] as const;
const systems = [
  'os/macos#24.1.0 md/arch#arm64',
  'os/macos#23.6.0 md/arch#arm64',
  'os/linux#6.8.0 md/arch#x86_64',
  'os/windows#11 md/arch#amd64',
] as const;
const browsers = [
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36 Edg/143.0.0.0',
  'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
] as const;
const teams = ['platform', 'developer', 'developer', 'developer', 'developer', 'data', 'security', 'finance', 'support'] as const;

const known = new WeakMap<RangeState, readonly Person[]>();

/** The people of an organisation: from its seed alone, three for each account and at least eight. */
export function peopleOf(state: RangeState): readonly Person[] {
  const before = known.get(state);
  if (before !== undefined) return before;
  const count = Math.max(8, Object.keys(state.accounts).length * 3);
  const people = Array.from({ length: count }, (_, i) => person(new Dice(`${state.seed}/person/${i}`), i));
  known.set(state, people);
  return people;
}

function person(dice: Dice, i: number): Person {
  const name = `${dice.pick(first)}.${dice.pick(last)}`;
  const office = `203.0.113.${4 + dice.int(6)}`;
  return {
    email: `${name}${i < 8 ? '' : i}@example.com`,
    utcOffset: dice.pick(offsets),
    addresses: [office, `198.18.${dice.int(200)}.${1 + dice.int(250)}`],
    agents: [
      `aws-cli/2.${30 + dice.int(6)}.${dice.int(24)} md/awscrt#0.28.4 ua/2.1 ${dice.pick(systems)} lang/python#3.13.${dice.int(9)} md/pyimpl#CPython`,
      dice.pick(browsers),
    ],
    from: 7 + dice.int(3),
    team: i < teams.length ? (teams[i] ?? 'developer') : dice.pick(teams),
  };
}
