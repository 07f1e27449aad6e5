import { hashOf } from '../core/lib/hash.ts';
import { refusedAlone } from '../core/lib/irreversible.ts';
import { meetsWildcard } from '../core/lib/wildcard.ts';
import type { CampaignRecord } from '../core/model/campaign.ts';
import { CloudError, InputError } from '../core/model/errors.ts';
import type { JsonObject } from '../core/model/json.ts';
import type { Cloud, CloudCall } from '../core/ports/cloud.ts';
import { refusal } from './authorize.ts';
import { buildOrganisation, jobzeroRoles, type RangeAccount, threeAccounts } from './build-organisation.ts';
import { authenticate, type Caller, type Credentials } from './caller.ts';
import { cloudTrailRecord, type Origin } from './cloudtrail-record.ts';
import { Dice } from './dice.ts';
import { fault, type Operation, type OperationContext, type OperationTable } from './operation.ts';
import { cloudtrail } from './services/cloudtrail.ts';
import { ec2 } from './services/ec2.ts';
import { iam } from './services/iam.ts';
import { memberOf, organizations } from './services/organizations.ts';
import { recordedOnly } from './services/other.ts';
import { ownerOf, s3 } from './services/s3.ts';
import { services } from './services/settings-services.ts';
import { sts } from './services/sts.ts';
import type { AccountState, RangeState, SessionState } from './state.ts';
import { takeByTrails } from './trails.ts';

export interface RangeOptions {
  readonly seed: string;
  /** Default: three accounts, `threeAccounts`. The first is the management account. */
  readonly accounts?: readonly RangeAccount[];
  /** Milliseconds since 1970: everything that exists was made before. */
  readonly start: number;
  /** The time of the next call, in milliseconds since 1970. */
  readonly now: () => number;
  /** What the roles actor and undoer may do. Default `playbooks`. */
  readonly writeRole?: 'playbooks' | 'administrator';
}

/** One request of anybody: attackers, people, pipelines, services. */
export interface RangeRequest {
  readonly credentials: Credentials;
  readonly region: string;
  /** As IAM names it. */
  readonly action: string;
  readonly input: JsonObject;
  readonly origin: Origin;
  /** When the request is made; default: the range's now. */
  readonly at?: number;
  /** The AWS service that makes it on behalf of the caller. */
  readonly via?: string;
  /** What the record says, instead of what the simulated service would do. */
  readonly record?: CampaignRecord;
}

/** What came of a request. `eventId` is null where CloudTrail records nothing: the key was unknown or inactive. */
export type RangeOutcome = RangeEvents &
  ({ readonly output: JsonObject; readonly error: null } | { readonly output: null; readonly error: CloudError });

interface RangeEvents {
  readonly eventId: string | null;
  /** The same call as the other account that it concerns records it. */
  readonly otherEventId?: string;
  /** The ARN of the caller, where it is known. */
  readonly principal?: string;
}

export interface RoleSession {
  readonly account: string;
  /** A name, in which `*` stands for anything. */
  readonly role: string;
  /** Of the session. */
  readonly name: string;
  readonly mfa: boolean;
  /** Two holders have two sessions, even of one role under one name. */
  readonly holder: string;
  readonly at: number;
  /** Is there a new one when the old one has ended? */
  readonly renewed: boolean;
}

/** A simulated AWS organisation. */
export interface Range {
  readonly cloud: Cloud;
  readonly state: RangeState;
  now(): number;
  perform(request: RangeRequest): RangeOutcome;
  /** Credentials that the metadata service of an instance gives out for its role. */
  instanceSession(account: string, instance: string, at: number): Credentials;
  /** A session of a role that its holder has already. Null where no role has that name. */
  roleSession(wanted: RoleSession): Credentials | null;
  /** The state as JSON, for `restoreRange`. */
  snapshot(): string;
}

const operations: OperationTable = Object.assign({}, ...services, sts, iam, s3, ec2, cloudtrail, organizations);

/** LookupEvents and snapshots keep this many records of an account. */
const recentLimit = 2000;

/** Builds the organisation of a seed. The same seed and the same calls at the same times give the same bytes. */
export function openRange(options: RangeOptions): Range {
  const state = buildOrganisation({
    seed: options.seed,
    accounts: options.accounts ?? threeAccounts,
    start: options.start,
    writeRole: options.writeRole ?? 'playbooks',
  });
  return rangeOf(state, options.now);
}

/**
 * Goes on where `snapshot` stopped: the same calls give the same bytes as without the stop, or other ids where
 * `reseed` is given. Throws InputError when the text is not a snapshot of a range.
 */
export function restoreRange(snapshot: string, now: () => number, reseed?: string): Range {
  let state: Partial<RangeState> | null;
  try {
    state = JSON.parse(snapshot) as Partial<RangeState> | null;
  } catch (cause) {
    throw new InputError('the snapshot of the range is not JSON', '', { cause });
  }
  if (state?.format !== 'jobzero.range/1') throw new InputError('not a snapshot of a range (format jobzero.range/1)', '');
  const restored = state as RangeState;
  if (reseed !== undefined) restored.dice = new Dice(`${restored.seed}/${restored.dice.join('/')}/${reseed}`).state;
  return rangeOf(restored, now);
}

function rangeOf(state: RangeState, now: () => number): Range {
  const dice = new Dice(state.dice);

  /** `lenient`: a call about what is not simulated leaves its record. */
  const perform = (request: RangeRequest, table: (action: string) => Operation | null, lenient: boolean): RangeOutcome => {
    const time = request.at ?? now();
    const found = table(request.action);
    if (found === null) {
      return { output: null, error: fault(request, 'UnsupportedAction', `${request.action} is not simulated`), eventId: null };
    }
    if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(request.region)) {
      return { output: null, error: fault(request, 'InvalidParameterValue', `${request.region} is not a Region`), eventId: null };
    }
    let caller: Caller;
    try {
      const signer = authenticate(state, request.credentials, request.action, time);
      caller = request.via === undefined ? signer : { ...signer, identity: { ...signer.identity, invokedBy: request.via } };
    } catch (error) {
      // Nobody's request is in nobody's log: CloudTrail knows no account to write it to.
      if (error instanceof CloudError) return { output: null, error, eventId: null };
      throw error;
    }
    const account = accountOf(state, caller, request);
    if (account === null) return { output: null, error: fault(request, 'AccessDenied', 'Access Denied'), eventId: null };
    touch(account, caller, found, request.region, time);
    const context: OperationContext = {
      state,
      account,
      region: regionOf(account, found, request),
      action: request.action,
      input: request.input,
      now: time,
      dice,
      caller: {
        account: caller.account,
        arn: caller.arn,
        roleArn: caller.role?.arn ?? null,
        userId: caller.userId,
        userName: caller.user?.name ?? null,
        mfa: caller.session?.mfa ?? false,
      },
    };
    const operation = lenient && found.isKnown?.(context) === false ? (recordedOnly(request.action) ?? found) : found;
    const taking = takeByTrails(state, account, context.region, operation, request.input);
    const outcome = attempt(operation, context, caller, request.origin.ip);
    if (operation.unrecorded) return { ...outcome, eventId: null, principal: caller.arn };
    const record = cloudTrailRecord(operation, context, caller, request.origin, outcome.output, outcome.error, dice);
    const shared = sharedRecord(state, caller, account, record, dice);
    const own =
      shared === null ? record : { ...record, userIdentity: guest(caller), sharedEventID: shared.record['sharedEventID'] ?? null };
    keep(state, account.id, own);
    // A trail that is stopped by this very call still records it, and one that is started by it does too.
    taking(own);
    if (shared !== null) {
      keep(state, shared.account.id, shared.record);
      takeByTrails(state, shared.account, context.region, operation, request.input)(shared.record);
    }
    return {
      ...outcome,
      eventId: String(record['eventID']),
      ...(shared === null ? {} : { otherEventId: String(shared.record['eventID']) }),
      principal: caller.arn,
    };
  };

  const simulated = (action: string) => (Object.hasOwn(operations, action) ? (operations[action] ?? null) : null);
  const any = (action: string, record?: CampaignRecord) =>
    record === undefined ? (simulated(action) ?? recordedOnly(action)) : recordedOnly(action, record);

  const cloud: Cloud = {
    call: async (call) => {
      const refused = refusedAlone(call);
      if (refused !== null) throw refused;
      const account = Object.hasOwn(state.accounts, call.account) ? state.accounts[call.account] : undefined;
      if (account === undefined) throw fault(call, 'AccessDenied', `The account ${call.account} is not part of the organisation`);
      const credentials = jobzeroSession(state, account, call, now());
      const { error, output } = perform(
        {
          credentials,
          region: call.region,
          action: call.action,
          input: call.input,
          origin: { ip: '203.0.113.200', userAgent: 'jobzero/0.1' },
        },
        simulated,
        false,
      );
      if (error !== null) throw error;
      return JSON.parse(JSON.stringify(output)) as JsonObject;
    },
    self: async () => null,
    accounts: async () => Object.values(state.accounts).map(({ id, name }) => ({ id, name })),
    members: async () => Object.keys(state.accounts).map((id) => memberOf(state, id)),
    regions: async (account) => Object.keys(state.accounts[account]?.regions ?? {}),
    close: async () => {},
  };

  return {
    cloud,
    state,
    now,
    perform: (request) => perform(request, (action) => any(action, request.record), true),
    instanceSession: (account, instance, at) => instanceSession(state, dice, account, instance, at),
    roleSession: (wanted) => roleSession(state, wanted),
    snapshot: () => {
      state.dice = dice.state;
      return JSON.stringify(state);
    },
  };
}

type Attempt = { readonly output: JsonObject; readonly error: null } | { readonly output: null; readonly error: CloudError };

function attempt(operation: Operation, context: OperationContext, caller: Caller, sourceIp: string): Attempt {
  try {
    const refused = refusal({
      state: context.state,
      caller,
      account: context.account,
      region: context.region,
      action: context.action,
      permission: operation.permission ?? context.action,
      resources: operation.on?.(context) ?? ['*'],
      sourceIp,
      externalId: typeof context.input['ExternalId'] === 'string' ? context.input['ExternalId'] : null,
      now: context.now,
    });
    if (refused !== null) return { output: null, error: refused };
    return { output: operation.run(context), error: null };
  } catch (error) {
    if (error instanceof CloudError) return { output: null, error };
    throw error;
  }
}

/** S3 finds a bucket wherever it is, STS a role; everything else happens in the caller's account. */
function accountOf(state: RangeState, caller: Caller, request: RangeRequest): AccountState | null {
  const bucket = request.input['Bucket'];
  if (request.action.startsWith('s3:') && typeof bucket === 'string') {
    const owner = ownerOf(state, bucket);
    if (owner !== null && request.action !== 's3:CreateBucket') return state.accounts[owner] ?? null;
  }
  const role = request.action === 'sts:AssumeRole' ? request.input['RoleArn'] : undefined;
  if (typeof role === 'string') {
    const owner = state.accounts[role.split(':')[4] ?? ''];
    if (owner !== undefined) return owner;
  }
  return caller.account === null ? null : (state.accounts[caller.account] ?? null);
}

/**
 * A call that concerns a role or bucket of another account is recorded in the caller's account too, under an id of
 * its own; there the caller is known by name, and in the other account by its account and id.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html (sharedEventID)
 */
function sharedRecord(
  state: RangeState,
  caller: Caller,
  account: AccountState,
  record: JsonObject,
  dice: Dice,
): { readonly account: AccountState; readonly record: JsonObject } | null {
  const home =
    caller.account === null || caller.account === account.id || caller.service !== null ? undefined : state.accounts[caller.account];
  if (home === undefined) return null;
  return { account: home, record: { ...record, eventID: dice.uuid(), recipientAccountId: home.id, sharedEventID: dice.uuid() } };
}

function guest({ account, userId }: Caller): JsonObject {
  return { type: 'AWSAccount', principalId: userId, accountId: account ?? '' };
}

function regionOf(account: AccountState, operation: Operation, request: RangeRequest): string {
  if (operation.global) return 'us-east-1';
  const bucket = request.input['Bucket'];
  return (operation.source === 's3.amazonaws.com' && typeof bucket === 'string' && account.buckets[bucket]?.region) || request.region;
}

/** Keys and roles remember their last use, as the credential report shows it. */
function touch(account: AccountState, caller: Caller, operation: Operation, region: string, at: number): void {
  const key = caller.accessKeyId === null ? undefined : caller.user?.keys[caller.accessKeyId];
  if (key !== undefined) key.lastUsed = { at, region, service: operation.source.split('.')[0] ?? '' };
  if (caller.role !== null && caller.account === account.id) caller.role.lastUsed = { at, region };
}

function keep(state: RangeState, account: string, record: JsonObject): void {
  const recent = state.recent[account] ?? [];
  state.recent[account] = recent;
  recent.push(record);
  if (recent.length > recentLimit * 1.2) recent.splice(0, recent.length - recentLimit);
}

/**
 * The session under which jobzero makes a call: one of an account, role, name, policy and hour. Its id comes from
 * these, so that reading does not change what the dice give to others.
 */
function jobzeroSession(state: RangeState, account: AccountState, call: CloudCall, now: number): Credentials {
  const role = account.roles[jobzeroRoles[call.role]];
  if (role === undefined) throw fault(call, 'AccessDenied', `Role ${jobzeroRoles[call.role]} is not there to be assumed in ${account.id}`);
  const hour = now - (now % 3_600_000);
  const name = call.session?.name ?? 'jobzero';
  const policy = call.session === undefined ? null : JSON.stringify(call.session.policy);
  const digest = hashOf([state.seed, account.id, call.role, name, policy, hour]);
  const accessKeyId = `ASIA${[...digest.slice(0, 32)].reduce((id, digit, i) => (i % 2 === 0 ? id + 'ABCDEFGHIJKLMNOP'[Number.parseInt(digit, 16)] : id), '')}`;
  if (state.sessions[accessKeyId] === undefined) {
    for (const [id, session] of Object.entries(state.sessions)) if (session.expiresAt < now - 86_400_000) delete state.sessions[id];
    state.sessions[accessKeyId] = {
      ...newSession(account.id, role.name, role.id, name),
      accessKeyId,
      issuedAt: hour,
      expiresAt: hour + 7_200_000,
      policy,
    };
  }
  return { kind: 'key', accessKeyId };
}

function newSession(
  account: string,
  principal: string,
  principalId: string,
  name: string,
): Omit<SessionState, 'accessKeyId' | 'issuedAt' | 'expiresAt'> {
  return { account, of: 'role', principal, principalId, name, mfa: false, federated: null, fromInstance: null, policy: null };
}

/** The metadata service hands out the same credentials until they are about to expire. */
function instanceSession(state: RangeState, dice: Dice, accountId: string, instance: string, now: number): Credentials {
  const account = state.accounts[accountId];
  const profileName = Object.values(account?.regions ?? {})
    .map((region) => region.instances[instance]?.['IamInstanceProfile'])
    .find((profile) => profile !== undefined);
  const arn = (profileName as JsonObject | undefined)?.['Arn'];
  const profile = Object.values(account?.instanceProfiles ?? {}).find((each) => each.arn === arn);
  const role = account?.roles[profile?.roles[0] ?? ''];
  if (role === undefined) throw new InputError(`instance ${instance} has no role`, accountId);
  const current = Object.values(state.sessions).find(
    (session) => session.fromInstance === instance && session.account === accountId && session.expiresAt - now > 900_000,
  );
  if (current !== undefined) return { kind: 'key', accessKeyId: current.accessKeyId };
  const accessKeyId = dice.id('ASIA', 16);
  state.sessions[accessKeyId] = {
    ...newSession(accountId, role.name, role.id, instance),
    accessKeyId,
    issuedAt: now,
    expiresAt: now + 6 * 3_600_000,
    fromInstance: instance,
  };
  return { kind: 'key', accessKeyId };
}

/** Role sessions of people and pipelines last this long. */
const sessionLasts = 8 * 3_600_000;

function roleSession(state: RangeState, { account: id, role: named, name, mfa, holder, at, renewed }: RoleSession): Credentials | null {
  const role = Object.values(state.accounts[id]?.roles ?? {}).find((each) => meetsWildcard(named, each.name));
  if (role === undefined) return null;
  const issuedAt = renewed ? at - (at % sessionLasts) : at;
  const accessKeyId = new Dice(`${state.seed}/session/${role.arn}/${name}/${holder}/${renewed ? issuedAt : ''}`).id('ASIA', 16);
  state.sessions[accessKeyId] ??= {
    ...newSession(id, role.name, role.id, name),
    accessKeyId,
    issuedAt,
    expiresAt: issuedAt + 12 * 3_600_000,
    mfa,
  };
  return { kind: 'key', accessKeyId };
}
