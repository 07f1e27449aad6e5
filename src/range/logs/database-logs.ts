import type { DatabaseTraffic } from '../../core/model/campaign-traffic.ts';
import type { Dice } from '../dice.ts';
import type { AccountState, RangeState } from '../state.ts';
import { accountsOf } from './accounts-of.ts';
import { firehoseName, type PlacedLine, type Stream } from './line-writer.ts';
import type { ServiceLog } from './service-log.ts';
import { nthPeer, nthText } from './turns.ts';

interface Database {
  readonly account: string;
  readonly engine: 'postgresql' | 'mysql';
  readonly instance: string;
  readonly name: string;
  readonly stream: Stream;
}

/** What happens in a session of a user, or to one that wants one. */
interface Happening {
  readonly at: number;
  readonly ip: string;
  readonly user: string;
  readonly what: DatabaseTraffic['database'] | 'logout';
  readonly text: string;
}

/** Logs of the engine of the database of each account of production (PostgreSQL) and of data (MySQL, with the audit plugin). */
export function databaseLogs(state: RangeState): ServiceLog {
  const databases = databasesOf(state);
  const byAccount = new Map(databases.map((database) => [database.account, database]));
  const place = (database: Database, happening: Happening, dice: Dice): PlacedLine => {
    const text = database.engine === 'mysql' ? mysqlLine(database, happening, dice) : postgresLine(database, happening, dice);
    return { stream: database.stream, at: happening.at, text };
  };
  return {
    daily: (from, span, dice) => {
      const database = databases[dice.int(databases.length)];
      if (database === undefined) return [];
      return session(from + dice.int(span), from + span - 1, dice).map((happening) => place(database, happening, dice));
    },
    lines: (entry, at, n, dice) => {
      const database = byAccount.get(entry.account) ?? databases[0];
      if (!('database' in entry) || database === undefined) return [];
      const ip = nthPeer(entry, n);
      const user = nthText(entry.user, n, entry.label, dice);
      const text = entry.text === undefined ? '' : nthText(entry.text, n, entry.label, dice);
      const line = place(database, { at, ip, user, what: entry.database, text }, dice);
      return [{ ...line, source: 'aws.rds', account: database.account, resource: database.instance, peer: ip, principal: user }];
    },
  };
}

function databasesOf(state: RangeState): readonly Database[] {
  return accountsOf(state, ['production', 'data']).map(databaseOf);
}

function databaseOf({ id, kind }: AccountState): Database {
  const data = kind === 'data';
  const instance = data ? 'warehouse' : 'shop-db';
  const stream: Stream = {
    key: `${id}/${instance}`,
    account: id,
    frame: { logGroup: `/aws/rds/instance/${instance}/${data ? 'audit' : 'postgresql'}`, logStream: data ? instance : `${instance}.0` },
    name: firehoseName(`rds/${id}`, `rds-${id}`),
  };
  return { account: id, engine: data ? 'mysql' : 'postgresql', instance, name: data ? 'warehouse' : 'shop', stream };
}

// biome-ignore format: a table
const users = [
  ['app', '10.0.188.'], ['app', '10.0.125.'], ['app', '10.0.41.'], ['worker', '10.0.52.'], ['reports', '10.0.60.'], ['migrations', '10.0.77.'], ['analyst', '10.0.9.'],
] as const;
const statements = [
  'select id, total from orders where customer = 4711 order by id desc limit 20',
  'update carts set updated_at = now() where id = 99',
  "select count(*) from sessions where seen > now() - interval '1 hour'",
  "insert into events (kind, at) values ('view', now())",
  'analyze orders',
] as const;
const errors = [
  'duplicate key value violates unique constraint "orders_pkey"',
  'canceling statement due to statement timeout',
  'deadlock detected',
  'column "totl" does not exist at character 8',
] as const;

function session(at: number, end: number, dice: Dice): readonly Happening[] {
  const [user, network] = users[dice.int(users.length)] ?? users[0];
  const ip = `${network}${10 + dice.int(20)}`;
  const later = (seconds: number) => Math.min(end, at + seconds * 1000);
  const about = { ip, user };
  const mistyped = user === 'analyst' && dice.int(10) === 0;
  return [
    ...(mistyped ? [{ ...about, at, what: 'wrong-password' as const, text: '' }] : []),
    { ...about, at: later(mistyped ? 8 : 0), what: 'login', text: '' },
    ...(dice.int(3) === 0
      ? [{ ...about, at: later(9), what: 'statement' as const, text: statements[dice.int(statements.length)] ?? '' }]
      : []),
    ...(dice.int(30) === 0 ? [{ ...about, at: later(10), what: 'error' as const, text: errors[dice.int(errors.length)] ?? '' }] : []),
    { ...about, at: later(20 + dice.int(200)), what: 'logout', text: '' },
  ];
}

/** With RDS's prefix of lines, `%t:%r:%u@%d:[%p]:`. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.html */
function postgresLine({ name }: Database, { at, ip, user, what, text }: Happening, dice: Dice): string {
  const stamp = new Date(at).toISOString();
  const port = 32_768 + dice.int(28_000);
  const line = (rest: string) =>
    `${stamp.slice(0, 10)} ${stamp.slice(11, 19)} UTC:${ip}(${port}):${user}@${name}:[${400 + dice.int(30_000)}]:${rest}`;
  switch (what) {
    case 'login':
      return line(
        `LOG:  connection authorized: user=${user} database=${name} SSL enabled (protocol=TLSv1.3, cipher=TLS_AES_256_GCM_SHA384, bits=256)`,
      );
    case 'logout':
      return line(
        `LOG:  disconnection: session time: 0:0${dice.int(6)}:${10 + dice.int(50)}.${100 + dice.int(900)} user=${user} database=${name} host=${ip} port=${port}`,
      );
    // Whether there is such a user is not told.
    case 'wrong-password':
    case 'no-such-user':
      return line(`FATAL:  password authentication failed for user "${user}"`);
    case 'statement':
      return line(`LOG:  statement: ${text}`);
    case 'error':
      return line(`ERROR:  ${text}`);
    default:
      return what satisfies never;
  }
}

/** Of the audit plugin. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.MySQL.Options.AuditPlugin.html */
function mysqlLine({ name }: Database, { at, ip, user, what, text }: Happening, dice: Dice): string {
  const stamp = new Date(at).toISOString();
  const connection = 1000 + dice.int(90_000);
  const line = (query: number, operation: string, database: string, object: string, code: number) =>
    `${stamp.slice(0, 10).replaceAll('-', '')} ${stamp.slice(11, 19)},ip-10-7-0-12,${user},${ip},${connection},${query},${operation},${database},${object},${code}`;
  const quoted = `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  switch (what) {
    case 'login':
      return line(0, 'CONNECT', name, '', 0);
    case 'logout':
      return line(0, 'DISCONNECT', name, '', 0);
    case 'wrong-password':
    case 'no-such-user':
      return line(0, 'FAILED_CONNECT', '', '', 1045);
    case 'statement':
      return line(1 + dice.int(9000), 'QUERY', name, quoted, 0);
    case 'error':
      return line(1 + dice.int(9000), 'QUERY', name, quoted, 1064);
    default:
      return what satisfies never;
  }
}
