import { parseEventTime } from '../../lib/event-time.ts';
import { type DatabaseLine, type ReadDatabaseLine, said } from './database-line.ts';

/** `log_line_prefix` of RDS and Aurora, which cannot be changed: `%t:%r:%u@%d:[%p]:`. */
const beginning = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC:(\[local\]|[^ ()]{1,255}\(\d{1,5}\)|):/;
const level = /:\[\d{1,10}\]:(LOG|FATAL|ERROR|WARNING|NOTICE|INFO|PANIC|DEBUG|STATEMENT|DETAIL|HINT|CONTEXT|QUERY|LOCATION): {1,2}/;
/** Names of users and databases have at most 63 bytes each, and are the caller's choice: a second prefix may have come with one of them. */
const furthest = 200;

/** https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.overview.parameter-groups.html */
export const readPostgresql: ReadDatabaseLine = (line) => {
  const begun = beginning.exec(line);
  if (begun === null) return undefined;
  const rest = line.slice(begun[0].length);
  const marked = level.exec(rest.slice(0, furthest));
  if (marked === null) return 'no level behind user and database';
  const time = parseEventTime(begun[1]);
  if (time === null) return 'the time is no time';
  const who = rest.slice(0, marked.index);
  const message = rest.slice(marked.index + marked[0].length);
  // Behind a statement it is text.
  if (!/^(?:statement|execute|AUDIT|duration)/.test(message) && level.test(message.slice(0, furthest))) return 'two prefixes in one line';
  const at = who.lastIndexOf('@');
  const about = aboutOf(marked[1] ?? '', message);
  if (about === null) return null;
  const known = (name: string) => (name === '[unknown]' ? '' : name);
  const { user: named = '', database: place = '', host = '', ...members } = about;
  return {
    engine: 'postgres',
    time,
    ...said({
      user: named || known(at < 0 ? who : who.slice(0, at)),
      database: place || known(at < 0 ? '' : who.slice(at + 1)),
      host: host || (begun[2] ?? '').replace(/\(\d{1,5}\)$/, ''),
    }),
    ...members,
  };
};

type About = Omit<DatabaseLine, 'engine' | 'time'>;

/** https://www.postgresql.org/docs/current/runtime-config-logging.html, and of pgAudit https://github.com/pgaudit/pgaudit/blob/main/README.md */
function aboutOf(level: string, message: string): About | null {
  if (level === 'LOG') {
    const received = /^connection received: host=([^ ]{1,255})/.exec(message);
    if (received !== null) return { event: 'connect', ...said({ host: received[1] ?? '' }) };
    const authorized = /^(?:replication )?connection authorized: user=([^ ]{1,64})(?: database=([^ ]{1,64}))?/.exec(message);
    if (authorized !== null) return { event: 'login', ...said({ user: authorized[1] ?? '', database: authorized[2] ?? '' }) };
    if (message.startsWith('disconnection:')) return { event: 'disconnect' };
    const statement = /^(?:duration: [\d.]{1,20} ms {1,2})?(?:statement|(?:execute|parse|bind) [^:]{0,80}): ([\s\S]+)$/.exec(message);
    if (statement !== null) return { event: 'query', statement: statement[1] ?? '' };
    return message.startsWith('AUDIT: ') ? auditOf(message.slice('AUDIT: '.length)) : null;
  }
  if (level !== 'FATAL' && level !== 'ERROR') return null;
  const refused =
    /^(?:\w{1,20} authentication failed for user "([\s\S]{1,64})"|no pg_hba\.conf entry for host "([^"]{1,64})", user "([\s\S]{1,64}?)"|role "([\s\S]{1,64})" does not exist|role "([\s\S]{1,64})" is not permitted to log in|pg_hba\.conf rejects connection for host "([^"]{1,64})", user "([\s\S]{1,64}?)")/.exec(
      message,
    );
  if (refused !== null && level === 'FATAL') {
    const [, a = '', , b = '', c = '', d = '', , e = ''] = refused;
    return { event: 'failed-login', code: level, message, ...said({ user: a || b || c || d || e }) };
  }
  return { event: 'error', code: level, message };
}

/** `SESSION,1,1,READ,SELECT,TABLE,public.users,"select 1",<not logged>`: class, command, object and statement. */
function auditOf(text: string): About | null {
  const match = /^(?:SESSION|OBJECT),\d{1,10},\d{1,10},([A-Z_]{1,20}),[^,]{0,60},[^,]{0,40},(?:"(?:[^"]|"")*"|[^,]*),([\s\S]*)$/.exec(text);
  if (match === null) return null;
  const [, code = '', rest = ''] = match;
  const quoted = /^"((?:[^"]|"")*)"/.exec(rest);
  return { event: 'query', code, statement: quoted === null ? rest.replace(/,[^,]*$/, '') : (quoted[1] ?? '').replaceAll('""', '"') };
}
