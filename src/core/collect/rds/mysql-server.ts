import { parseEventTime } from '../../lib/event-time.ts';
import { type ReadDatabaseLine, said } from './database-line.ts';

const beginning = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:\.\d{6})?Z| {1,2}(\d{1,2}:\d\d:\d\d)) +(\d{1,20}) /;
const general = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{6})?Z\s+\d{1,20} (Connect|Query|Execute|Quit)(?:\t([\s\S]*))?$/;
const denied = /Access denied for user '([^']{0,80})'@'([^']{0,255})'/;

/**
 * The error log of MySQL and MariaDB, which tells of refused sign-ins where `log_error_verbosity` is 3 (MariaDB: `log_warnings` 2),
 * and the general log. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.MySQL.LogFileSize.html
 */
export const readMysqlServer: ReadDatabaseLine = (line) => {
  const spoken = general.exec(line);
  if (spoken !== null) return generalOf(spoken[1] ?? '', spoken[2] ?? '', spoken[3] ?? '');
  const match = beginning.exec(line);
  if (match === null || !/\[(?:Note|Warning|ERROR|System)\]/.test(line.slice(0, 80))) return undefined;
  const time = parseEventTime(`${match[1]}T${(match[2] ?? match[3] ?? '').padStart(8, '0')}`);
  if (time === null) return 'the time is no time';
  const message = line.slice(match[0].length);
  const refused = denied.exec(message);
  if (refused === null) return null;
  return {
    engine: 'mysql',
    event: 'failed-login',
    time,
    code: '1045',
    message,
    ...said({ user: refused[1] ?? '', host: refused[2] ?? '' }),
  };
};

function generalOf(stamp: string, command: string, text: string): ReturnType<ReadDatabaseLine> {
  const time = parseEventTime(stamp);
  if (time === null) return 'the time is no time';
  if (command === 'Quit') return { engine: 'mysql', event: 'disconnect', time };
  if (command !== 'Connect') return text === '' ? null : { engine: 'mysql', event: 'query', time, statement: text };
  const refused = denied.exec(text);
  if (refused !== null)
    return {
      engine: 'mysql',
      event: 'failed-login',
      time,
      code: '1045',
      message: text,
      ...said({ user: refused[1] ?? '', host: refused[2] ?? '' }),
    };
  const signed = /^([^@]{0,80})@([^ ]{1,255}) on ([^ ]{0,64})/.exec(text);
  if (signed === null) return null;
  // The general log writes it before the password is asked for: a refusal follows in a line of its own.
  return { engine: 'mysql', event: 'connect', time, ...said({ user: signed[1] ?? '', host: signed[2] ?? '', database: signed[3] ?? '' }) };
}
