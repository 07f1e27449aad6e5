import type { Finding } from '../model/finding.ts';
import type { Hunch } from './hunch.ts';

const mostValues = 5;
const head = 'logsource: { product: aws, service: cloudtrail }';

/**
 * A Sigma filter that leaves out what was found, as narrow as the finding: the rules that matched, this account, who did it, the calls and, of few, the
 * addresses. It is where a person begins, who knows what may be another the next time. Null where CloudTrail's events do not tell who it was.
 */
export function draftFilter(finding: Finding): string | null {
  const { evidence, rule, account } = finding;
  const actors = evidence.map(({ actor }) => actor);
  if (evidence.length === 0 || evidence.some((one) => one.rule === '')) return null;
  if (actors.some((actor) => !(actor?.issuer ?? actor?.uid ?? '').startsWith('arn:'))) return null;
  const issuers = distinct(actors.flatMap((actor) => actor?.issuer ?? []));
  const users = distinct(actors.flatMap((actor) => (actor?.issuer === undefined ? (actor?.uid ?? []) : [])));
  if (issuers.length > 0 && users.length > 0) return null;
  const isRole = issuers.length > 0;
  const names = isRole ? issuers : users;
  if (names.length > mostValues) return null;
  const addresses = distinct(evidence.flatMap(({ ip }) => ip ?? []));
  const few = addresses.length > 0 && addresses.length <= mostValues && evidence.every(({ ip }) => ip !== undefined);
  return [
    `title: ${quoted(`Ordinary work in ${account}: ${rule.title}`)}`,
    head,
    'filter:',
    `  rules: ${list(distinct(evidence.map((one) => one.rule)), (id) => id)}`,
    '  ordinary:',
    `    recipientAccountId: ${list([account])}`,
    `    ${isRole ? 'userIdentity.sessionContext.sessionIssuer.arn' : 'userIdentity.arn'}: ${list(names)}`,
    `    eventName: ${list(distinct(evidence.map(({ operation }) => operation)))}`,
    ...(few ? [`    sourceIPAddress: ${list(addresses)} # take it away where they come from elsewhere the next time`] : []),
    '  condition: not ordinary',
    '',
  ].join('\n');
}

/** A Sigma rule that finds what a hunch was about whenever it is seen again. */
export function draftWatch({ kind, value }: Hunch): string {
  const selection: { readonly [of in Hunch['kind']]: readonly string[] } = {
    arn: ['    - userIdentity.arn: @', '    - userIdentity.sessionContext.sessionIssuer.arn: @', '    - resources.ARN: @'],
    key: ['    - userIdentity.accessKeyId: @', '    - responseElements.accessKey.accessKeyId: @'],
    address: ['    - sourceIPAddress: @'],
  };
  return [
    `title: ${quoted(`Seen again: ${value}`)}`,
    head,
    'detection:',
    '  seen:',
    ...selection[kind].map((line) => line.replace('@', () => quoted(literal(value)))),
    '  condition: seen',
    'level: high',
    '',
  ].join('\n');
}

function list(values: readonly string[], of: (value: string) => string = literal): string {
  return `[${values.map((value) => quoted(of(value))).join(', ')}]`;
}

/** A JSON text is a YAML scalar, whatever is in it. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

/** Without Sigma's wildcards: names are anybody's text. */
function literal(text: string): string {
  return text.replace(/[\\*?]/g, '\\$&');
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort();
}
