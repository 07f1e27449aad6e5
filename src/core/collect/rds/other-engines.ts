import { parseEventTime } from '../../lib/event-time.ts';
import { type ReadDatabaseLine, said } from './database-line.ts';

const logon = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{2,3}) Logon {1,10}([\s\S]*)$/;
const outcome = /^Login (failed|succeeded) for user '([^']{0,128})'\.[\s\S]*\[CLIENT: ([^\]]{1,64})\]\s*$/;

/** SQL Server's error log: https://learn.microsoft.com/en-us/sql/relational-databases/errors-events/mssqlserver-18456-database-engine-error */
export const readSqlServer: ReadDatabaseLine = (line) => {
  const match = logon.exec(line);
  if (match === null) return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{2,3} (?:spid\d{1,6}s?|Server|Backup) /.test(line) ? null : undefined;
  const time = parseEventTime(match[1] ?? '');
  if (time === null) return 'the time is no time';
  const message = match[2] ?? '';
  const told = outcome.exec(message);
  if (told === null) return null;
  const event = told[1] === 'failed' ? 'failed-login' : 'login';
  return { engine: 'sqlserver', event, time, message, ...said({ user: told[2] ?? '', host: told[3] ?? '' }) };
};

const establish =
  /^(\d\d)-([A-Z]{3})-(\d{4}) (\d\d:\d\d:\d\d) \* \(([\s\S]{0,2000})\) \* \(ADDRESS=\(PROTOCOL=tcps?\)\(HOST=([^()]{1,255})\)\(PORT=\d{1,5}\)\) \* establish \* ([^ ]{1,128}) \* (\d{1,6})$/;
const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/** Oracle's listener tells of connections, with the name that the client gave itself; whether it signed in is in the audit trail. */
export const readOracleListener: ReadDatabaseLine = (line) => {
  const match = establish.exec(line);
  if (match === null) return undefined;
  const [, day = '', name = '', year = '', clock = '', data = '', host = '', service = '', code = ''] = match;
  const month = months.indexOf(name) + 1;
  const time = month === 0 ? null : parseEventTime(`${year}-${String(month).padStart(2, '0')}-${day}T${clock}`);
  if (time === null) return 'the time is no time';
  const user = /\(USER=([^()]{1,128})\)/.exec(data)?.[1] ?? '';
  return {
    engine: 'oracle',
    event: code === '0' ? 'connect' : 'error',
    time,
    ...said({ user, host, database: service, code: code === '0' ? '' : code }),
  };
};
