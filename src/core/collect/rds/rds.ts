import type { Words } from '../../model/event.ts';
import type { JsonObject } from '../../model/json.ts';
import { type Layout, layoutOf } from '../layout.ts';
import type { LineFormat, Surroundings } from '../log-format.ts';
import { recordEvent } from '../record-event.ts';
import type { DatabaseLine, ReadDatabaseLine } from './database-line.ts';
import { readMysqlAudit } from './mysql-audit.ts';
import { readMysqlServer } from './mysql-server.ts';
import { readOracleListener, readSqlServer } from './other-engines.ts';
import { readPostgresql } from './postgresql.ts';

const readers: readonly ReadDatabaseLine[] = [readPostgresql, readMysqlAudit, readMysqlServer, readSqlServer, readOracleListener];
/** An export of CloudWatch Logs to S3 puts the time before each message. */
const exported = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (?=\d{4}-\d\d-\d\d|\d{8} |\d{16},|\d\d-[A-Z]{3}-)/;
const address = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f:]{2,39}(?:\.\d{1,3}){0,3})$/;

/**
 * Logs of the engines of RDS and Aurora, through CloudWatch Logs (`/aws/rds/instance/NAME/LOG`, `/aws/rds/cluster/NAME/LOG`) or as
 * files. A record has the line, and in words that all engines share `engine`, `event`, `user`, `database`, `ip` (or `host`, where it is a
 * name), `statement`, `code`, `message`, and `instance`, empty where it is not known. Of a statement of several lines CloudWatch
 * Logs keeps all, files of PostgreSQL only the first line apart: what follows is indented and passed over.
 */
export const rds: LineFormat = {
  source: 'aws.rds',
  recognises: (line) => read(line.replace(exported, '')) !== undefined,
  isHeader: () => false,
  open(_, from) {
    const layout = layoutOf(from);
    const instance = instanceOf(from);
    return (whole) => {
      const line = whole.replace(exported, '');
      const said = read(line);
      if (said === undefined) return /^[\t ]|^\s*$/.test(line) ? null : 'no line of a log of a database engine that is known here';
      if (said === null || typeof said === 'string') return said;
      const { time, host = '', ...members } = said;
      const where = host === '' ? {} : address.test(host) ? { ip: host } : { host };
      const raw: JsonObject = { ...members, ...where, instance, line };
      return recordEvent('aws.rds', raw, time, () => wordsOf(said, host, instance, layout), { instance, line });
    };
  },
};

function read(line: string): ReturnType<ReadDatabaseLine> {
  for (const reader of readers) {
    const said = reader(line);
    if (said !== undefined) return said;
  }
  return undefined;
}

function instanceOf(from: Surroundings): string {
  return /^\/aws\/rds\/(?:instance|cluster)\/([^/]{1,63})\/[a-z-]{1,30}$/.exec(from.logGroup ?? '')?.[1] ?? '';
}

function wordsOf(said: DatabaseLine, host: string, instance: string, { account = '', region = '' }: Layout): Words {
  const user = said.user ?? '';
  const error = said.event === 'failed-login' || said.event === 'error' ? (said.code ?? said.event) : '';
  return {
    operation: said.event,
    service: 'rds.amazonaws.com',
    account,
    region,
    ...(address.test(host) ? { ip: host } : {}),
    ...(error === '' ? {} : { error }),
    ...(user === '' ? {} : { actor: { name: user, type: 'DatabaseUser', uid: instance === '' ? user : `${instance}/${user}` } }),
    ...(instance === '' ? {} : { resource: { account, name: instance, region, type: 'AWS::RDS::DBInstance', uid: instance } }),
  };
}
