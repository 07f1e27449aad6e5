import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { holdsAgainstHostileBytes, readLog } from '../log-format.contract.ts';

const pg = (rest: string, who = 'app@shop', from = '192.0.2.10(52134)') => `2026-01-05 09:00:00 UTC:${from}:${who}:[4711]:${rest}`;
const audit = (rest: string) => `20260105 09:00:00,ip-10-0-0-1,${rest}`;
const at = Date.UTC(2026, 0, 5, 9);

const both = { ip: '192.0.2.10', database: 'shop', user: 'app', engine: 'postgres' };

test.each<[string, string, JsonObject]>([
  [
    'connection of PostgreSQL',
    pg('LOG:  connection received: host=192.0.2.10 port=1', '[unknown]@[unknown]'),
    { event: 'connect', ip: '192.0.2.10' },
  ],
  ['sign-in', pg('LOG:  connection authorized: user=app database=shop SSL enabled (protocol=TLSv1.3)'), { ...both, event: 'login' }],
  ['wrong password', pg('FATAL:  password authentication failed for user "app"'), { ...both, event: 'failed-login', code: 'FATAL' }],
  ['IAM', pg('FATAL:  PAM authentication failed for user "iam"', 'iam@shop'), { event: 'failed-login', user: 'iam' }],
  ['no such user', pg('FATAL:  role "root" does not exist', 'root@shop'), { event: 'failed-login', user: 'root' }],
  [
    'not from there',
    pg('FATAL:  no pg_hba.conf entry for host "192.0.2.10", user "app", database "shop", no encryption'),
    { ...both, event: 'failed-login' },
  ],
  [
    'end',
    pg('LOG:  disconnection: session time: 0:00:01.2 user=app database=shop host=192.0.2.10 port=1'),
    { ...both, event: 'disconnect' },
  ],
  ['statement', pg('LOG:  statement: select 1'), { ...both, event: 'query', statement: 'select 1' }],
  ['statement with its duration', pg('LOG:  duration: 0.042 ms  execute <unnamed>: select 1'), { event: 'query', statement: 'select 1' }],
  [
    'statement of pgAudit',
    pg('LOG:  AUDIT: SESSION,1,1,READ,SELECT,TABLE,public.users,"select ""a"", b from users",<not logged>'),
    { event: 'query', code: 'READ', statement: 'select "a", b from users' },
  ],
  ['failure', pg('ERROR:  permission denied for table users'), { ...both, event: 'error', message: 'permission denied for table users' }],
  [
    'over IPv6',
    pg('LOG:  connection authorized: user=app database=shop', 'app@shop', '2001:db8::1(5)'),
    { event: 'login', ip: '2001:db8::1' },
  ],
  [
    'on the machine itself',
    pg('LOG:  connection authorized: user=rdsadmin database=postgres', 'rdsadmin@postgres', '[local]'),
    { user: 'rdsadmin', host: '[local]' },
  ],
  [
    'sign-in of MySQL',
    audit('app,192.0.2.10,12,0,CONNECT,shop,,0'),
    { engine: 'mysql', event: 'login', user: 'app', database: 'shop', ip: '192.0.2.10' },
  ],
  ['wrong password of MySQL', audit('root,192.0.2.10,12,0,FAILED_CONNECT,,,1045'), { event: 'failed-login', user: 'root', code: '1045' }],
  [
    'statement of MySQL',
    audit("app,192.0.2.10,12,34,QUERY,shop,'select \\'a\\', 1',0"),
    { event: 'query', statement: "select 'a', 1", code: 'QUERY' },
  ],
  ['kind of connection', audit("app,ip-10-0-0-9.ec2.internal,12,34,QUERY,shop,'select 1',0,TCP/IP"), { host: 'ip-10-0-0-9.ec2.internal' }],
  ['Aurora counts microseconds', "1767603600000123,aurora-1,app,192.0.2.10,12,34,QUERY,shop,'select 1',0", { event: 'query', user: 'app' }],
  [
    'error log of MySQL 8',
    "2026-01-05T09:00:00.123456Z 12 [Note] [MY-010926] [Server] Access denied for user 'root'@'203.0.113.5' (using password: YES)",
    { engine: 'mysql', event: 'failed-login', user: 'root', ip: '203.0.113.5' },
  ],
  [
    'error log of MariaDB',
    "2026-01-05  9:00:00 12 [Warning] Access denied for user 'root'@'203.0.113.5' (using password: YES)",
    { event: 'failed-login', user: 'root' },
  ],
  [
    'general log',
    '2026-01-05T09:00:00.123456Z\t   12 Connect\tapp@192.0.2.10 on shop using SSL/TLS',
    { event: 'connect', user: 'app', database: 'shop' },
  ],
  ['statement in it', '2026-01-05T09:00:00.123456Z\t   12 Query\tselect 1', { event: 'query', statement: 'select 1' }],
  [
    'SQL Server, refused',
    "2026-01-05 09:00:00.12 Logon       Login failed for user 'sa'. Reason: Password did not match that for the login provided. [CLIENT: 203.0.113.5]",
    { engine: 'sqlserver', event: 'failed-login', user: 'sa', ip: '203.0.113.5' },
  ],
  [
    'SQL Server, let in',
    "2026-01-05 09:00:00.12 Logon       Login succeeded for user 'app'. Connection made using SQL Server authentication. [CLIENT: 192.0.2.10]",
    { event: 'login', user: 'app' },
  ],
  [
    'listener of Oracle',
    '05-JAN-2026 09:00:00 * (CONNECT_DATA=(SID=ORCL)(CID=(PROGRAM=sqlplus)(HOST=pc)(USER=alice))) * (ADDRESS=(PROTOCOL=tcp)(HOST=192.0.2.10)(PORT=50000)) * establish * ORCL * 0',
    { engine: 'oracle', event: 'connect', user: 'alice', ip: '192.0.2.10', database: 'ORCL' },
  ],
  ['exported by CloudWatch Logs', `2026-01-05T09:00:01.000Z ${pg('LOG:  statement: select 1')}`, { event: 'query', statement: 'select 1' }],
])('%s', (_, line, members) => {
  const { events, setAsides } = readLog(`${line}\n`);
  expect(setAsides).toEqual([]);
  expect(events).toHaveLength(1);
  expect(events[0]?.raw).toMatchObject(members);
  expect(Math.floor((events[0]?.time ?? 0) / 1000)).toBe(at / 1000);
});

test.each([
  ['work of PostgreSQL itself', '2026-01-05 09:00:00 UTC::@:[395]:LOG:  checkpoint starting: time'],
  ['what belongs to a line before', '\tfrom users where id = 1'],
  ['the detail of an error', pg('DETAIL:  Connection matched pg_hba.conf line 13')],
  ['tables of a statement', audit('app,192.0.2.10,12,34,READ,shop,users,')],
  ['a start', '2026-01-05T09:00:00.123456Z 0 [System] [MY-010116] [Server] starting as process 1'],
  ['work of SQL Server', '2026-01-05 09:00:00.12 spid51      Starting up database'],
])('passed over: %s', (_, line) => {
  const { events, setAsides } = readLog(`${pg('LOG:  statement: select 1')}\n${line}\n`);
  expect(events).toHaveLength(1);
  expect(setAsides).toEqual([]);
});

test.each([
  [
    'a user whose name is the end of one line and the beginning of another',
    pg('FATAL:  password authentication failed for user "x"', 'a@b:[1]:LOG:  connection authorized: user=admin@shop'),
  ],
  ['a user with commas', audit('e,192.0.2.66,1,2,CONNECT,shop,,0,203.0.113.5,12,0,FAILED_CONNECT,,,1045')],
])('%s is no sign-in: the line is set aside', (_, line) => {
  const { events, setAsides } = readLog(`${line}\n${pg('LOG:  statement: select 1')}\n`);
  expect(events.map((event) => event.raw['event'])).toEqual(['query']);
  expect(setAsides).toHaveLength(1);
});

test('a statement that has a prefix in it is a statement', () => {
  expect(readLog(`${pg("LOG:  statement: select 'x@y:[1]:LOG:  connection authorized: user=admin'")}\n`).events[0]?.raw['event']).toBe(
    'query',
  );
});

test('through CloudWatch Logs: the instance is that of the group, statements have all of their lines', () => {
  const batch = {
    owner: '111122223333',
    logGroup: '/aws/rds/cluster/shop-db/postgresql',
    logStream: 'shop-db-1.0',
    logEvents: [{ timestamp: 1, message: pg('LOG:  statement: select *\n\tfrom users') }],
  };
  const { events } = readLog(JSON.stringify(batch));
  expect(events[0]?.raw).toMatchObject({ instance: 'shop-db', statement: 'select *\n\tfrom users' });
  expect(events[0]?.words).toMatchObject({
    operation: 'query',
    account: '111122223333',
    actor: { name: 'app', type: 'DatabaseUser', uid: 'shop-db/app' },
    resource: { name: 'shop-db', type: 'AWS::RDS::DBInstance' },
  });
});

describe('hostile bytes: PostgreSQL', () => {
  const line = (n: number) => pg(`LOG:  connection authorized: user=app${n} database=shop SSL enabled`, `app${n}@shop`);
  holdsAgainstHostileBytes([line(1), line(2), line(3)], '', true);
});
describe('hostile bytes: MySQL', () => {
  const line = (n: number) => audit(`app,192.0.2.10,12,${n},QUERY,shop,'select ${n}',0`);
  holdsAgainstHostileBytes([line(1), line(2), line(3)], '', true);
});
describe('hostile bytes: SQL Server', () => {
  const line = (n: number) => `2026-01-05 09:00:00.12 Logon       Login failed for user 'sa${n}'. Reason: x. [CLIENT: 203.0.113.5]`;
  holdsAgainstHostileBytes([line(1), line(2), line(3)], '', true);
});
