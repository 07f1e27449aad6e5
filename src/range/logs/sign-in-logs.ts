import type { JsonObject } from '../../core/model/json.ts';
import { Dice } from '../dice.ts';
import type { RangeState } from '../state.ts';
import { accountsOf } from './accounts-of.ts';
import { firehoseName, type PlacedLine, type Stream } from './line-writer.ts';
import type { ServiceLog } from './service-log.ts';
import { nthPeer, nthText } from './turns.ts';

interface Pool {
  readonly account: string;
  readonly id: string;
  readonly client: string;
  readonly stream: Stream;
}

interface Activity {
  readonly at: number;
  readonly ip: string;
  readonly user: string;
  readonly type: string;
  readonly outcome: 'Pass' | 'Fail' | 'InProgress';
  readonly risk: 'NoRisk' | 'AccountTakeover' | 'Block';
  readonly leaked: boolean;
  readonly city: string;
  readonly country: string;
}

const places: readonly [readonly [string, string], ...(readonly [string, string])[]] = [
  ['Berlin', 'Germany'],
  ['Hamburg', 'Germany'],
  ['Lyon', 'France'],
  ['Austin', 'United States'],
  ['Leeds', 'United Kingdom'],
];
const users = 6000;

/** User activity of the user pool of each production account, as the pool exports it. */
export function signInLogs(state: RangeState): ServiceLog {
  const pools = poolsOf(state);
  const byAccount = new Map(pools.map((pool) => [pool.account, pool]));
  const place = (pool: Pool, activity: Activity, dice: Dice): PlacedLine => ({
    stream: pool.stream,
    at: activity.at,
    text: JSON.stringify(record(pool, activity, dice)),
  });
  return {
    daily: (from, span, dice) => {
      const pool = pools[dice.int(pools.length)];
      if (pool === undefined) return [];
      return somebody(from + dice.int(span), from + span - 1, dice).map((activity) => place(pool, activity, dice));
    },
    lines: (entry, at, n, dice) => {
      const pool = byAccount.get(entry.account) ?? pools[0];
      if (!('signIn' in entry) || pool === undefined) return [];
      const ip = nthPeer(entry, n);
      const user = nthText(entry.user, n, entry.label, dice);
      const { signIn: type, outcome, risk, leaked, city = 'Berlin', country = 'Germany' } = entry;
      const line = place(pool, { at, ip, user, type, outcome, risk, leaked, city, country }, dice);
      return [{ ...line, source: 'aws.cognito', account: pool.account, resource: pool.id, peer: ip, principal: user }];
    },
  };
}

function poolsOf(state: RangeState): readonly Pool[] {
  return accountsOf(state, ['production']).map((account): Pool => {
    const dice = new Dice(`${state.seed}/user-pool/${account.id}`);
    const id = `us-east-1_${dice.mixed(9)}`;
    const stream: Stream = {
      key: id,
      account: account.id,
      frame: { logGroup: '/aws/vendedlogs/cognito/customers', logStream: `${id}-UserAuthEvents` },
      name: firehoseName(`cognito/${account.id}`, `cognito-${account.id}`),
    };
    return { account: account.id, id, client: dice.hex(26), stream };
  });
}

/** Customers sign in, some with a second try, some forget their passwords, some are new. */
function somebody(at: number, end: number, dice: Dice): readonly Activity[] {
  const n = dice.int(users);
  const [city, country] = places[n % places.length] ?? places[0];
  const mixed = (n * 40_503) % 65_536;
  const ip = `198.18.${mixed >> 8}.${1 + ((mixed & 255) % 254)}`;
  const one = (seconds: number, type: string, outcome: Activity['outcome']): Activity => ({
    at: Math.min(end, at + seconds * 1000),
    ip,
    user: `customer${n}`,
    type,
    outcome,
    risk: 'NoRisk',
    leaked: false,
    city,
    country,
  });
  switch (dice.int(30)) {
    case 0:
      return [{ ...one(0, 'SignUp', 'Pass'), user: `customer${users + dice.int(90_000)}` }];
    case 1:
      return [one(0, 'SignIn', 'Fail'), one(20, 'ForgotPassword', 'Pass'), one(120, 'SignIn', 'Pass')];
    case 2:
    case 3:
      return [one(0, 'SignIn', 'Fail'), one(15, 'SignIn', 'Pass')];
    case 4:
      return [one(0, 'SignIn', 'Fail'), one(15, 'SignIn', 'Fail'), one(40, 'SignIn', 'Fail')];
    default:
      return [one(0, 'SignIn', 'Pass')];
  }
}

/** https://docs.aws.amazon.com/cognito/latest/developerguide/exporting-quotas-and-usage.html */
function record(pool: Pool, { at, ip, user, type, outcome, risk, leaked, city, country }: Activity, dice: Dice): JsonObject {
  const signIn = type === 'SignIn';
  return {
    eventTimestamp: String(Math.floor(at)),
    eventSource: 'USER_ACTIVITY',
    logLevel: 'INFO',
    message: {
      version: '1',
      eventId: dice.uuid(),
      eventType: type,
      userSub: new Dice(`${pool.id}/${user}`).uuid(),
      userName: user,
      userPoolId: pool.id,
      clientId: pool.client,
      creationDate: javaDate(at),
      eventResponse: outcome,
      riskLevel: risk === 'NoRisk' ? '' : 'High',
      riskDecision: risk === 'NoRisk' ? 'PASS' : risk,
      challenges: signIn ? [{ challengeName: 'Password', challengeResponse: outcome === 'Fail' ? 'Failure' : 'Success' }] : [],
      deviceName: ['Chrome Mobile 143, Android 15', 'Safari 18, iOS 18', 'Firefox 145, Windows 11'][dice.int(3)] ?? 'Other, Other',
      ipAddress: ip,
      requestId: dice.uuid(),
      idpName: '',
      compromisedCredentialDetected: String(leaked),
      city,
      country,
      eventFeedbackValue: '',
      eventFeedbackDate: '',
      eventFeedbackProvider: '',
      hasContextData: 'true',
    },
    logSourceId: { userPoolId: pool.id },
  };
}

/** As Java prints a date: `Mon Jan 05 09:00:00 UTC 2026`. */
function javaDate(at: number): string {
  const [weekday = '', day = '', month = '', year = '', time = ''] = new Date(at).toUTCString().replace(',', '').split(' ');
  return `${weekday} ${month} ${day} ${time} UTC ${year}`;
}
