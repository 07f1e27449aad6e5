import { parseEventTime } from '../lib/event-time.ts';
import { networkOf } from '../lib/network-of.ts';
import type { JsonObject } from '../model/json.ts';
import { textsAt } from './slot.ts';

/**
 * Views of a field, for what a baseline learns: an address is new every day, its network is not. Written behind the
 * field, `sourceIPAddress|network`, in `group-by` and as a correlation's `field`.
 */
const views: { readonly [name: string]: (record: JsonObject, path: string) => readonly string[] } = {
  /** The /16 of an IPv4 address, the /32 of an IPv6 address; what is no address (a service's name) stays as it is. */
  network: (record, path) => textsAt(record, path).map((text) => networkOf(text) ?? text),
  /** The programs that a user agent names, without their versions: `APN HashiCorp Terraform`. */
  agent: (record, path) => textsAt(record, path).map(agentOf),
  /** Of `userIdentity`: the role behind a session, else the user: what stays the same from session to session. */
  principal: (record, path) => {
    const issuer = textsAt(record, `${path}.sessionContext.sessionIssuer.arn`);
    return issuer.length > 0 ? issuer : textsAt(record, `${path}.arn`);
  },
  /**
   * Of `userIdentity`: of sessions of IAM Identity Center the person, whatever the account and the permission set; of everybody else
   * the principal. https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html
   */
  person: (record, path) =>
    textsAt(record, `${path}.arn`).flatMap((arn) => {
      if (arn.includes(':assumed-role/AWSReservedSSO_')) return [`person/${arn.slice(arn.lastIndexOf('/') + 1)}`];
      return views['principal']?.(record, path) ?? [];
    }),
  /** What stands before the first slash: of a pipeline's subject `repo:example/shop:ref:refs/heads/main` the owner, `repo:example`. */
  owner: (record, path) => textsAt(record, path).map((text) => text.split('/', 1)[0] ?? ''),
  /** Of a role's name: what it shares with roles that do the same work elsewhere: `AWSReservedSSO_Billing` of a permission set in each account. */
  peers: (record, path) => textsAt(record, path).map(peersOf),
  /** Of `eventName`: the call with its service: `iam:CreateUser`. */
  call: (record, path) => {
    const [service = ''] = textsAt(record, 'eventSource');
    return textsAt(record, path).map((name) => `${service.replace(/\.amazonaws\.com(\.cn)?$/, '')}:${name}`);
  },
  /** Six hours of the day in UTC: `06-12`. */
  hours: (record, path) =>
    textsAt(record, path).flatMap((text) => {
      const time = parseEventTime(text);
      if (time === null) return [];
      const from = Math.floor((time % 86_400_000) / 21_600_000) * 6;
      return [`${String(from).padStart(2, '0')}-${String(from + 6).padStart(2, '0')}`];
    }),
};

export const viewNames: readonly string[] = Object.keys(views);

/** The texts of a field, or of a view of it. */
export function viewedTexts(record: JsonObject, field: string): readonly string[] {
  const at = field.indexOf('|');
  if (at < 0) return textsAt(record, field);
  const name = field.slice(at + 1);
  const view = Object.hasOwn(views, name) ? views[name] : undefined;
  return view === undefined ? [] : view(record, field.slice(0, at));
}

/** The paths that a field and its view look at. */
export function pathsOf(name: string): readonly string[] {
  const [path = '', view] = name.split('|');
  if (view === 'principal' || view === 'person') return [`${path}.sessionContext.sessionIssuer.arn`, `${path}.arn`];
  return view === 'call' ? ['eventSource', path] : view === 'hours' ? [] : [path];
}

/**
 * Roles are made once for each account, with an end that makes them different: a permission set's has 16 hexadecimal digits
 * (https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html), a stack's 8 to 13 capital
 * letters and digits, of which some are digits, as no word has.
 */
function peersOf(role: string): string {
  const permissionSet = /^(AWSReservedSSO_.+)_[0-9a-f]{16}$/.exec(role)?.[1];
  if (permissionSet !== undefined) return permissionSet;
  const stack = /^(.+)-(?=[A-Z]*[0-9])[A-Z0-9]{8,13}$/.exec(role)?.[1];
  return stack ?? role;
}

/** So many programs of a user agent are told; what follows are parts of the first. */
const programs = 3;

function agentOf(text: string): string {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  const named: string[] = [];
  for (const part of bare.slice(0, 1_024).split(' ')) {
    const slash = part.indexOf('/');
    const name = slash < 0 ? part : part.slice(0, slash);
    // Words in brackets and the SDK's own notes (`md/`, `os/`, `lang/`) are no programs.
    if (name === '' || name.startsWith('(') || name.endsWith(')') || /^[a-z]{1,4}$/.test(name)) continue;
    named.push(name);
    if (named.length === programs) break;
  }
  return named.length === 0 ? bare.slice(0, 64) : named.join(' ');
}
