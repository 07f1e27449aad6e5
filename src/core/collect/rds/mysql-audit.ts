import { parseEventTime } from '../../lib/event-time.ts';
import { type DatabaseLine, type ReadDatabaseLine, said } from './database-line.ts';

/**
 * time, server, user, host, connection, query, operation, database, object, code, and since MariaDB 10.11 the kind of
 * connection. User and database are the caller's choice and may have commas: a line that does not fit to its end is broken.
 */
const entry =
  /^(\d{8} \d\d:\d\d:\d\d|\d{16}),([^,]{0,255}),([^,]{0,80}),([^,]{0,255}),(\d{1,20}),(\d{1,20}),([A-Z_]{3,24}),([^,]{0,64}),('[\s\S]*'|[^',]{0,255}),(\d{0,6})(?:,[A-Za-z_/]{0,24})?\s*$/;
const beginning = /^(?:\d{8} \d\d:\d\d:\d\d|\d{16}),[^,]{0,255},/;

/**
 * The audit plugin of MariaDB on RDS for MySQL and MariaDB, and advanced auditing of Aurora MySQL, which counts microseconds.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.MySQL.Options.AuditPlugin.html
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Auditing.html
 */
export const readMysqlAudit: ReadDatabaseLine = (line) => {
  if (!beginning.test(line)) return undefined;
  const match = entry.exec(line);
  if (match === null) return 'no entry of ten fields';
  const [, stamp = '', , user = '', host = '', , , operation = '', database = '', object = '', code = ''] = match;
  const time = timeOf(stamp);
  if (time === null) return 'the time is no time';
  const event = eventOf(operation, code);
  if (event === null) return null;
  const text = object.startsWith("'") ? object.slice(1, -1).replace(/\\(['\\])/g, '$1') : object;
  return {
    engine: 'mysql',
    event,
    time,
    ...said({ user, database, host, statement: event === 'query' ? text : '', code: event === 'query' ? operation : code }),
  };
};

function eventOf(operation: string, code: string): DatabaseLine['event'] | null {
  if (operation === 'CONNECT') return code === '0' ? 'login' : 'failed-login';
  if (operation === 'FAILED_CONNECT') return 'failed-login';
  if (operation === 'DISCONNECT') return 'disconnect';
  // READ, WRITE, CREATE and their kin name the tables of a statement that has an entry of its own.
  return operation.startsWith('QUERY') ? 'query' : null;
}

function timeOf(stamp: string): number | null {
  if (/^\d{16}$/.test(stamp)) return Math.floor(Number(stamp) / 1000);
  return parseEventTime(`${stamp.slice(0, 4)}-${stamp.slice(4, 6)}-${stamp.slice(6, 8)}T${stamp.slice(9)}`);
}
