import type { Actor, ResourceRef } from '../model/finding.ts';

/**
 * What a finding tells of its first match, as JSON: it is put together of these and not made anew. `who`, `where` and
 * `operation` are texts without their quotes, to stand inside of a sentence.
 */
export interface Told {
  readonly account: string;
  readonly region: string;
  /** Empty where there is none. */
  readonly actor: string;
  /** The resource that it is about; empty where there is none. */
  readonly resource: string;
  /** The actor as a resource: where nothing else is named, the principal itself is what is at stake. */
  readonly self: string;
  readonly who: string;
  /** Whether something was done `by` somebody, or came `from` an address. */
  readonly how: string;
  readonly where: string;
}

/** As one text without line breaks, of eight parts between tabs. */
export function tellingText({ account, region, actor, resource, self, who, how, where }: Told): string {
  return `${account}\t${region}\t${actor}\t${resource}\t${self}\t${who}\t${how}\t${where}`;
}

/** How many parts `tellingText` has, and back from these. */
export const partsOfTelling = 8;
export function readTelling(parts: readonly string[]): Told {
  const [account = '""', region = '""', actor = '', resource = '', self = '', who = '', how = '', where = ''] = parts;
  return { account, region, actor, resource, self, who, how, where };
}

/** What is told of: all texts as evidence keeps them. */
export interface Teller {
  readonly account: string;
  readonly region: string;
  readonly ip?: string;
  readonly actor?: Actor;
}

/** The parts of `Told` that do not depend on the resource. */
export function toldOf({ account, region, ip, actor }: Teller): Omit<Told, 'resource' | 'where'> {
  return {
    account: JSON.stringify(account),
    region: JSON.stringify(region),
    actor: actor === undefined ? '' : actorText(actor),
    self: actor === undefined ? '' : selfText(actor, account, region),
    who: inSentence(actor?.name || actor?.uid || ip || 'somebody'),
    how: actor === undefined && ip !== undefined ? 'from' : 'by',
  };
}

/** ` on orders in account 111122223333` */
export function whereOf({ account, actor }: Teller, resource: Pick<ResourceRef, 'name' | 'uid'> | undefined): string {
  const on = resource === undefined || resource.uid === actor?.uid ? '' : ` on ${inSentence(resource.name)}`;
  return account === '' ? on : `${on} in account ${inSentence(account)}`;
}

/** JSON of a text without the quotes. */
export function inSentence(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Canonical JSON. */
export function actorText({ accessKeyId, account, issuer, name, principalId, type, uid }: Actor): string {
  return (
    `{${accessKeyId === undefined ? '' : `"accessKeyId":${JSON.stringify(accessKeyId)},`}` +
    (account === undefined ? '' : `"account":${JSON.stringify(account)},`) +
    (issuer === undefined ? '' : `"issuer":${JSON.stringify(issuer)},`) +
    `"name":${JSON.stringify(name)},` +
    (principalId === undefined ? '' : `"principalId":${JSON.stringify(principalId)},`) +
    `"type":${JSON.stringify(type)},"uid":${JSON.stringify(uid)}}`
  );
}

/** Canonical JSON. */
export function resourceText({ account, name, region, type, uid }: ResourceRef): string {
  return (
    `{"account":${JSON.stringify(account)},"name":${JSON.stringify(name)},"region":${JSON.stringify(region)},` +
    `"type":${JSON.stringify(type)},"uid":${JSON.stringify(uid)}}`
  );
}

function selfText({ issuer, name, type, uid }: Actor, account: string, region: string): string {
  const isRole = issuer !== undefined || type === 'AssumedRole';
  return resourceText({ account, name, region, type: isRole ? 'AWS::IAM::Role' : 'AWS::IAM::User', uid });
}
