import { cloudTrailEvent } from '../../core/collect/cloudtrail/cloudtrail-event.ts';
import { parseArn, partitionOf } from '../../core/lib/arn.ts';
import { iamRegion } from '../../core/lib/inline-policy.ts';
import { listAt, textAt } from '../../core/lib/json-at.ts';
import type { Actor, Evidence } from '../../core/model/finding.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import { attempt } from '../cloud-attempt.ts';
import { recordIn } from './confirm-evidence.ts';

/** The event history answers two calls a second, fifty events each, the newest first: so far it is read. */
const mostCredentials = 4;
const mostSteps = 3;
const mostPages = 3;
/** Whoever opens hundreds of sessions is not followed through all of them. */
const mostFound = 30;
/** A session of a role lasts so long at most: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const longestSession = 12 * 3_600_000;
const dayBefore = 86_400_000;

/** AWS's prefixes of access keys and of temporary credentials: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
const credential = /^A[KS]IA[A-Z0-9]{12,124}$/;

/** A session of a role that credentials of the evidence took on, or one that such a session took on in turn. */
export interface TakenOn {
  /** As evidence by the session itself: what a playbook needs that cuts it off. */
  readonly evidence: Evidence;
  /**
   * Others use the role under the same name of a session. Whoever takes on a role chooses that name, and may choose the one of a workload, so that cutting it off
   * hits that.
   */
  readonly isShared: boolean;
}

interface Credential {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly since: number;
  /** Only what was called from here is the same hand's; null for what the hand made, which nobody else has. */
  readonly from: ReadonlySet<string> | null;
}

/**
 * The sessions of roles that the credentials of this evidence have taken on, as AWS's event history tells it. Whose key is stolen uses it too, so of a key only
 * what was called from an address of the evidence counts; of a key that was made in it, all.
 */
export async function takenOnBy(cloud: Cloud, confirmed: readonly Evidence[], until: number): Promise<readonly TakenOn[]> {
  const found: TakenOn[] = [];
  const asked = new Set<string>();
  let next = credentialsIn(confirmed);
  for (let step = 0; step < mostSteps && next.length > 0; step++) {
    const taken: TakenOn[] = [];
    for (const one of next.filter(({ id }) => !asked.has(id)).slice(0, mostCredentials)) {
      asked.add(one.id);
      for (const evidence of await rolesTakenBy(cloud, one, until))
        if (found.length + taken.length < mostFound && ![...found, ...taken].some((known) => known.evidence.id === evidence.id))
          taken.push({ evidence, isShared: await isShared(cloud, evidence, until) });
    }
    found.push(...taken);
    next = taken.flatMap(({ evidence: { actor, account, region, time } }) =>
      actor?.accessKeyId === undefined ? [] : [{ id: actor.accessKeyId, account, region, since: time, from: null }],
    );
  }
  return found;
}

/**
 * The sessions that persons of Identity Center of this evidence have had in the management account, as evidence by those sessions, one for each permission set. Whoever has
 * the sign-in of a person has it there too, and what denies the person in all other accounts does not hold there.
 */
export async function sessionsInManagement(
  cloud: Cloud,
  confirmed: readonly Evidence[],
  management: string,
  until: number,
): Promise<readonly TakenOn[]> {
  const found = new Map<string, TakenOn>();
  const people = new Map<string, string>();
  for (const { actor, account, region } of confirmed)
    if (account !== management && actor?.issuer?.includes(ofIdentityCenter) === true)
      people.set(actor.uid.slice(actor.uid.lastIndexOf('/') + 1), region);
  for (const [name, region] of [...people].slice(0, mostCredentials)) {
    for (const near of new Set([region, iamRegion(partitionOf(region))])) {
      const attribute = { AttributeKey: 'Username', AttributeValue: name };
      for await (const record of history(cloud, { account: management, region: near }, attribute, until - longestSession, until)) {
        const read = cloudTrailEvent(record);
        if (typeof read === 'string') continue;
        const { words, key, time } = read;
        const { actor } = words;
        if (actor?.issuer?.includes(ofIdentityCenter) !== true || !actor.uid.endsWith(`/${name}`) || found.has(actor.issuer)) continue;
        const ip = words.ip === undefined ? {} : { ip: words.ip };
        const { operation, service } = words;
        const evidence = { key, id: words.id ?? key, time, rule: '', operation, service, account: management, region: near, ...ip, actor };
        found.set(actor.issuer, { evidence, isShared: false });
      }
    }
  }
  return [...found.values()];
}

const ofIdentityCenter = ':role/aws-reserved/sso.amazonaws.com/';

function credentialsIn(evidence: readonly Evidence[]): readonly Credential[] {
  const addresses = new Set(evidence.flatMap(({ ip }) => ip ?? []));
  const found = new Map<string, Credential>();
  for (const { actor, kept, account, region, time } of evidence) {
    const own = actor?.accessKeyId ?? '';
    if (credential.test(own)) found.set(own, { id: own, account, region, since: time - longestSession, from: addresses });
    for (const made of Object.values(kept ?? {}))
      if (typeof made === 'string' && credential.test(made) && !found.has(made))
        found.set(made, { id: made, account, region, since: time, from: null });
  }
  return [...found.values()];
}

/** The sessions that one credential opened, each as evidence by that session. */
async function rolesTakenBy(cloud: Cloud, { id, account, region, since, from }: Credential, until: number): Promise<readonly Evidence[]> {
  const found: Evidence[] = [];
  // STS records where it was called: in the Region, or where it is for all.
  for (const near of new Set([region, iamRegion(partitionOf(region))])) {
    for await (const record of history(
      cloud,
      { account, region: near },
      { AttributeKey: 'AccessKeyId', AttributeValue: id },
      since,
      until,
    )) {
      const read = cloudTrailEvent(record);
      if (typeof read === 'string' || record['eventName'] !== 'AssumeRole' || record['errorCode'] !== undefined) continue;
      const session = sessionIn(record);
      const { words, key, time } = read;
      if (session === null || (from !== null && !from.has(words.ip ?? ''))) continue;
      found.push({
        key,
        id: words.id ?? key,
        time,
        rule: '',
        operation: words.operation,
        service: words.service,
        account: parseArn(session.issuer ?? '')?.account ?? account,
        region,
        ...(words.ip === undefined ? {} : { ip: words.ip }),
        actor: session,
      });
    }
  }
  return found;
}

/** The session that a call of AssumeRole opened; null where the record does not say it. */
function sessionIn(record: JsonObject): Actor | null {
  const uid = textAt(record, 'responseElements', 'assumedRoleUser', 'arn');
  const principalId = textAt(record, 'responseElements', 'assumedRoleUser', 'assumedRoleId');
  const accessKeyId = textAt(record, 'responseElements', 'credentials', 'accessKeyId');
  const issuer = textAt(record, 'requestParameters', 'roleArn');
  if (uid === null || principalId === null || accessKeyId === null || issuer === null || !credential.test(accessKeyId)) return null;
  return { type: 'AssumedRole', uid, name: uid.split('/').at(-1) ?? '', issuer, principalId, accessKeyId };
}

/** Was the same name of a session used with other credentials within a day? Where nobody may say, it was. */
async function isShared(cloud: Cloud, { actor, account, region, time }: Evidence, until: number): Promise<boolean> {
  const [, name = ''] = actor?.principalId?.split(':') ?? [];
  try {
    const attribute = { AttributeKey: 'Username', AttributeValue: name };
    for await (const record of history(cloud, { account, region }, attribute, time - dayBefore, until)) {
      const identity = record['userIdentity'] as Json;
      const key = textAt(identity, 'accessKeyId');
      if (textAt(identity, 'principalId') === actor?.principalId && key !== null && key !== actor?.accessKeyId) return true;
    }
    return false;
  } catch (error) {
    if (error instanceof HistoryUnread) return true;
    throw error;
  }
}

class HistoryUnread extends Error {}

/** Records of the event history; throws where a page cannot be read. */
async function* history(
  cloud: Cloud,
  at: { readonly account: string; readonly region: string },
  attribute: JsonObject,
  since: number,
  until: number,
): AsyncGenerator<JsonObject> {
  const input = { LookupAttributes: [attribute], StartTime: new Date(since).toISOString(), EndTime: new Date(until).toISOString() };
  let token: string | null = null;
  for (let page = 0; page < mostPages; page++) {
    const got = await attempt(cloud, {
      ...at,
      action: 'cloudtrail:LookupEvents',
      input: token === null ? input : { ...input, NextToken: token },
      role: 'reader',
    });
    if (!got.ok) throw new HistoryUnread(got.message);
    for (const event of listAt(got.answer, 'Events')) {
      const record = recordIn(event);
      if (record !== null) yield record;
    }
    token = textAt(got.answer, 'NextToken');
    if (token === null) return;
  }
}
