import { parseAddress } from '../../lib/cidr.ts';
import { sha256 } from '../../lib/hash.ts';
import { letIn } from '../../lib/let-in.ts';
import { isPrivateAddress } from '../../lib/private-address.ts';
import type { Actor, Finding } from '../../model/finding.ts';
import type { Link, LinkKind } from '../../model/incident.ts';
import { severityIds } from '../../model/severity.ts';

const day = 86_400_000;
/** Links do not reach over the ends of spans of four weeks, counted from 1970: so an incident has an end. */
export const linkSpan = 28 * day;
/** A finding over more principals is about their address or their target; it does not join them with each other. */
const mostPrincipals = 4;
/** The smallest of these are used where a finding is about more. */
const mostResources = 16;
/** What is longer, or is no plain text, has its hash in the key. */
const plain = /^[\x20-\x7e]{0,160}$/;

/** AWS gives access keys and the ids of temporary credentials these prefixes: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
const accessKey = /^A[KS]IA[A-Z0-9]{12,124}$/;

/** What a finding can be joined by, sorted by key. Of calls that AWS's services make, only the resource is used. */
export function linksOf(finding: Finding): readonly Link[] {
  const found = new Map<string, Set<string>>();
  const span = Math.floor(finding.firstTime / linkSpan);
  const add = (kind: LinkKind, value: string, by: string) => {
    const key = `${kind} ${span} ${short(value)}`;
    const all = found.get(key) ?? new Set();
    if (by !== '') all.add(short(by));
    found.set(key, all);
  };

  const isGrave = severityIds[finding.severity] >= severityIds.High;
  const calls = finding.evidence.map(({ actor, ip, kept }) => ({ actor, ip, kept }));
  const actors = [finding.actor, ...calls.map(({ actor }) => actor)].filter((actor) => actor !== undefined);
  const principals = new Set(actors.flatMap((actor) => whoIs(actor) ?? []));
  if (principals.size <= mostPrincipals) {
    for (const actor of actors) {
      const principal = whoIs(actor);
      if (principal === null) continue;
      // One person has a session in each account.
      add('principal', principal, principal.startsWith(personal) ? '' : actor.uid);
      if (actor.issuer !== undefined) add('session', actor.uid, '');
      if (actor.accessKeyId !== undefined && accessKey.test(actor.accessKeyId)) add('key', actor.accessKeyId, '');
    }
    // What the calls made or changed may act later: keys, and users and roles.
    for (const { kept } of calls) {
      for (const value of Object.values(kept ?? {})) if (typeof value === 'string' && accessKey.test(value)) add('key', value, '');
    }
  }
  for (const { actor, ip } of calls) {
    const principal = actor === undefined ? null : whoIs(actor);
    // CloudTrail puts the name of an AWS service where one called; many networks have the same private addresses.
    if (ip === undefined || principal === null || parseAddress(ip) === null || isPrivateAddress(ip)) continue;
    add('address', ip, principal);
    const hand = handOf(actor);
    if (isGrave && hand !== null) add('hand', `${hand} ${ip}`, '');
  }
  if (isGrave) for (const { kept } of calls) for (const stranger of letIn(kept, finding.account)) add('stranger', stranger, '');
  const own = new Set(actors.flatMap((actor) => [actor.uid, principalOf(actor) ?? '']));
  const resources = finding.resources.filter(({ uid }) => uid !== '' && !own.has(uid)).sort((a, b) => (a.uid < b.uid ? -1 : 1));
  for (const { uid, account, type } of resources.slice(0, mostResources)) {
    const name = uid.startsWith('arn:') ? uid : `${account} ${type} ${uid}`;
    if (type === 'AWS::IAM::User' || type === 'AWS::IAM::Role') add('principal', name, '');
    else for (const principal of principals.size === 0 ? [''] : principals) add('resource', name, principal);
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, by]) => ({ key, by: [...by].sort() }));
}

/** Who acts behind a session, as an ARN; null for AWS's own services, and for what has no name. */
export function principalOf(actor: Actor): string | null {
  const uid = actor.issuer === undefined || isShared(actor.issuer) ? actor.uid : actor.issuer;
  if (uid === '' || actor.type === 'AWSService' || uid.endsWith('.amazonaws.com') || uid.includes(':role/aws-service-role/')) return null;
  return uid;
}

/**
 * The roles of IAM Identity Center are shared by all who have a permission set; a session bears the person's name, in every account.
 * https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html
 */
function isShared(role: string): boolean {
  return role.includes(':role/aws-reserved/sso.amazonaws.com/');
}

const personal = 'person ';

/** The principal, or the person in whatever account. */
function whoIs(actor: Actor): string | null {
  if (actor.issuer === undefined || !isShared(actor.issuer)) return principalOf(actor);
  return `${personal}${actor.uid.slice(actor.uid.lastIndexOf('/') + 1)}`;
}

/**
 * The name of role and session, whatever the account: who goes through many accounts takes a role of one name in each, under one name. Together with
 * the address it tells the hand. It joins what pages anyhow, so that one attack on many accounts is one page, and never makes a page of weak signs.
 */
function handOf(actor: Actor | undefined): string | null {
  if (actor?.issuer === undefined || isShared(actor.issuer)) return null;
  return `${actor.issuer.slice(actor.issuer.lastIndexOf('/') + 1)}/${actor.uid.slice(actor.uid.lastIndexOf('/') + 1)}`;
}

export function kindOf(key: string): LinkKind {
  return key.slice(0, key.indexOf(' ')) as LinkKind;
}

function short(value: string): string {
  return plain.test(value) ? value : `sha256/${sha256(value)}`;
}
