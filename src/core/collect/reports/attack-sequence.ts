import { parseArn } from '../../lib/arn.ts';
import { clipLine } from '../../lib/clip.ts';
import { asObject, listAt, textAt, valueAt } from '../../lib/json-at.ts';
import type { Actor, ResourceRef } from '../../model/finding.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { tacticNamed } from './guardduty-tactics.ts';
import { type Around, accountOf, actorOf, principalAsResource, regionOf, resourceByArn, resourceByName } from './names.ts';

/**
 * What a finding of several signals names: `AttackSequence:*` has no resource, no credentials and no action of its own, all is in
 * `service.detection.sequence`. https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Sequence.html
 */
export interface AttackSequence {
  /** Whose credentials were used, each once, in an order of their own. */
  readonly actors: readonly Actor[];
  /** Things, what can be contained first; users and roles of the actors last. */
  readonly resources: readonly ResourceRef[];
  /** The address that it came from, where that is one. */
  readonly ip?: string;
  readonly tactics: readonly string[];
  /** The last parts of the ids that its signals name. */
  readonly touched: ReadonlySet<string>;
  /** For people: the names of its signals, its addresses where they are several, and how many actors are not told of. */
  readonly kept: JsonObject;
}

/** Is it of several signals? The keys among its resources are not all the attacker's: one may be what was made or read. */
export const isAttackSequence = (type: string): boolean => type.startsWith('AttackSequence:');

/** Whose an access key is, as a resource of the sequence tells it. */
export type KeyHolder = { readonly [field in 'type' | 'name' | 'principalId']: string };

/** More than AWS says of anything in a sequence: https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Sequence.html */
const mostListed = 400;
/** As many as a finding has evidence. */
const mostActors = 10;
const mostResources = 50;
const mostNames = 20;

/** The sequence in the words of EventBridge (`credentialUid`), null where there is none. `holders` are keys that are told of elsewhere. */
export function attackSequence(
  detection: Json,
  around: Around,
  holders: ReadonlyMap<string, KeyHolder> = new Map(),
): AttackSequence | null {
  const sequence = asObject(valueAt(detection, 'sequence'));
  if (sequence === null) return null;
  const listed = listAt(sequence, 'resources').slice(0, mostListed);
  const touched = touchedBy(listAt(sequence, 'signals').slice(0, mostListed));
  const keys = new Map([...holders, ...listed.flatMap(keyIn)]);
  const named = listAt(sequence, 'actors')
    .slice(0, mostListed)
    .flatMap((one) => actorIn(one, keys, around) ?? []);
  const all = distinct(named, (actor) => `${actor.uid} ${actor.accessKeyId ?? ''}`);
  const actors = all.slice(0, mostActors);
  const things = distinct(
    listed.flatMap((one) => thingIn(one, around) ?? []),
    ({ rank, resource }) => `${String(rank).padStart(2, '0')} ${resource.uid}`,
  ).map(({ resource }) => resource);
  const principals = actors.flatMap((actor) => principalAsResource(actor, around) ?? []);
  const known = new Map([...withoutAlike(things, touched), ...principals].map((one) => [one.uid, one]));
  const addresses = textsOf(listAt(sequence, 'endpoints'), (one) => textAt(one, 'ip'));
  const signals = textsOf(listAt(sequence, 'signals'), (one) => textAt(one, 'name'));
  const [ip] = addresses;
  return {
    actors,
    resources: [...known.values()].slice(0, mostResources),
    ...(ip === undefined || addresses.length > 1 ? {} : { ip }),
    touched,
    tactics: tacticsIn(listAt(sequence, 'sequenceIndicators').slice(0, mostListed)),
    kept: {
      ...(signals.length === 0 ? {} : { signals: [...signals] }),
      ...(addresses.length > 1 ? { addresses: [...addresses] } : {}),
      ...(all.length > actors.length ? { moreActors: all.length - actors.length } : {}),
    },
  };
}

/** Of each signal what GuardDuty calls `resourceUids` and Security Hub `ResourceIds`. */
function touchedBy(signals: readonly Json[]): ReadonlySet<string> {
  const uids = signals.flatMap((one) => [...listAt(one, 'resourceUids'), ...listAt(one, 'resourceIds')].slice(0, mostListed));
  return new Set(uids.flatMap((uid) => (typeof uid === 'string' ? [lastPart(uid)] : [])));
}

const lastPart = (uid: string) => uid.split(/[:/]/).at(-1) ?? '';

const isMachine = ({ type }: ResourceRef) => type === 'AWS::EC2::Instance';

/**
 * Without machines that no signal names. A sequence of a group lists machines that have the role, image or network of the others in common: there is
 * no reason to cut these off. Where signals name nothing, one machine alone is meant, and of several nobody knows which.
 */
export function withoutAlike(resources: readonly ResourceRef[], touched: AttackSequence['touched']): readonly ResourceRef[] {
  const isOne = resources.filter(isMachine).length === 1;
  return resources.filter((one) => !isMachine(one) || (touched.size === 0 ? isOne : touched.has(lastPart(one.uid))));
}

/** Each once, by a text that also says the order: AWS's own order is nowhere promised. */
function distinct<T>(list: readonly T[], by: (item: T) => string): readonly T[] {
  const known = new Map<string, T>();
  for (const item of list) if (!known.has(by(item))) known.set(by(item), item);
  return [...known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}

function textsOf(list: readonly Json[], read: (item: Json) => string | null): readonly string[] {
  const texts = list.slice(0, mostListed).flatMap((one) => read(one) ?? []);
  return [...new Set(texts.map((text) => clipLine(text, 256)))]
    .filter((text) => text !== '')
    .sort()
    .slice(0, mostNames);
}

const accessKey = /^A(KIA|SIA)[A-Z0-9]{12,124}$/;
/** Of a user the id, of a session the role's id and the session's name. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
const principal = /^A(IDA|ROA)[A-Z0-9]{8,124}(:[\w+=,.@-]{2,64})?$/;

/** https://docs.aws.amazon.com/guardduty/latest/APIReference/API_AccessKey.html: the key's id is the resource's. */
function keyIn(resource: Json): readonly (readonly [string, KeyHolder])[] {
  const details = asObject(valueAt(resource, 'data', 'accessKey'));
  const id = keyIdIn(textAt(resource, 'uid')) ?? keyIdIn(textAt(resource, 'name'));
  if (details === null || id === null) return [];
  const field = (name: string) => textAt(details, name) ?? '';
  return [[id, { type: field('userType'), name: field('userName'), principalId: field('principalId') }]];
}

/** Also of `AWS::IAM::AccessKey:AKIA...` and of what an ARN ends in. */
function keyIdIn(text: string | null): string | null {
  const last = lastPart(text ?? '');
  return accessKey.test(last) ? last : null;
}

/**
 * https://docs.aws.amazon.com/guardduty/latest/APIReference/API_User.html. `user.uid` is what CloudTrail calls `principalId`, and of a session
 * `session.issuer` is its role. Where the key is among the resources, that says whose it is. Null where no principal is named: processes are none.
 */
function actorIn(entry: Json, keys: ReadonlyMap<string, KeyHolder>, around: Around): Actor | null {
  const user = asObject(valueAt(entry, 'user'));
  if (user === null) return null;
  const accessKeyId = keyIdIn(textAt(user, 'credentialUid')) ?? '';
  const holder = keys.get(accessKeyId);
  const uid = textAt(user, 'uid') ?? '';
  const principalId = [uid, holder?.principalId ?? ''].find((one) => principal.test(one)) ?? '';
  const issuer = roleIn(textAt(entry, 'session', 'issuer') ?? '');
  const type = holder?.type || (textAt(user, 'type') ?? '');
  const name = (type.endsWith('Role') && issuer !== null ? issuer.name : '') || holder?.name || (textAt(user, 'name') ?? '');
  // Where it was done is not always whose account the user is of: what is another account's is not taken for this one's.
  const account = issuer?.account ?? accountOf(textAt(user, 'account', 'uid') ?? '') ?? around.account;
  const actor =
    namePattern.test(name) || type === 'Root' ? actorOf({ type, name, principalId, accessKeyId }, { ...around, account }) : null;
  return actor === null || issuer === null || !type.endsWith('Role') ? actor : { ...actor, ...underRole(actor, issuer.arn) };
}

const namePattern = /^[\w+=,.@-]{1,128}$/;

/** The role of a session with its path, which GuardDuty's names of roles leave out. */
function underRole(actor: Actor, role: string): Partial<Actor> {
  return actor.type === 'AssumedRole' ? { issuer: role } : { uid: role };
}

function roleIn(issuer: string): { readonly arn: string; readonly name: string; readonly account: string } | null {
  const arn = parseArn(issuer);
  const [, name] = /^role\/(?:[\w+=,.@/-]{1,512}\/)?([\w+=,.@-]{1,64})$/.exec(arn?.resource ?? '') ?? [];
  if (arn === null || name === undefined || arn.service !== 'iam' || accountOf(arn.account) === null) return null;
  return { arn: issuer, name, account: arn.account };
}

/**
 * Types of resources with CloudFormation's names, what can be contained first. Keys are whose they are, objects are their buckets, and workloads
 * and containers have no names that hold outside of their cluster. https://docs.aws.amazon.com/guardduty/latest/APIReference/API_ResourceV2.html
 */
const types: readonly (readonly [string, string])[] = [
  ['EC2_INSTANCE', 'AWS::EC2::Instance'],
  ['S3_BUCKET', 'AWS::S3::Bucket'],
  ['EKS_CLUSTER', 'AWS::EKS::Cluster'],
  ['ECS_CLUSTER', 'AWS::ECS::Cluster'],
  ['ECS_TASK', 'AWS::ECS::Task'],
  ['SAGEMAKER_ENDPOINT', 'AWS::SageMaker::Endpoint'],
  ['BEDROCK_GUARDRAIL', 'AWS::Bedrock::Guardrail'],
  ['AUTOSCALING_AUTO_SCALING_GROUP', 'AWS::AutoScaling::AutoScalingGroup'],
  ['EC2_NETWORK_INTERFACE', 'AWS::EC2::NetworkInterface'],
  ['IAM_INSTANCE_PROFILE', 'AWS::IAM::InstanceProfile'],
  ['EC2_LAUNCH_TEMPLATE', 'AWS::EC2::LaunchTemplate'],
  ['EC2_IMAGE', 'AWS::EC2::Image'],
  ['CLOUDFORMATION_STACK', 'AWS::CloudFormation::Stack'],
  ['EC2_VPC', 'AWS::EC2::VPC'],
];

function thingIn(one: Json, around: Around): { readonly rank: number; readonly resource: ResourceRef } | null {
  const rank = types.findIndex(([type]) => type === textAt(one, 'resourceType'));
  const type = types[rank]?.[1];
  const uid = clipLine(textAt(one, 'uid') ?? '', 1_024);
  if (type === undefined || uid === '') return null;
  const place: Around = {
    account: accountOf(textAt(one, 'accountId') ?? '') ?? around.account,
    region: regionOf(textAt(one, 'region') ?? '') ?? around.region,
  };
  return { rank, resource: uid.startsWith('arn:') ? resourceByArn(uid, type, place) : resourceByName(type, uid, place) };
}

function tacticsIn(indicators: readonly Json[]): readonly string[] {
  const found = indicators
    .filter((one) => textAt(one, 'key') === 'ATTACK_TACTIC')
    .flatMap((one) => listAt(one, 'values').slice(0, mostListed))
    .flatMap((value) => (typeof value === 'string' ? (tacticNamed(value) ?? []) : []));
  return [...new Set(found)].sort();
}
