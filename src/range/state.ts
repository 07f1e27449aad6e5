import type { AccountKind } from '../core/model/campaign.ts';
import type { JsonObject } from '../core/model/json.ts';
import type { DiceState } from './dice.ts';

/**
 * The whole simulated organisation as plain JSON, so that it can be saved and restored. Times are milliseconds since
 * 1970, policies are JSON texts as they were put, and lists of rules, trails and instances keep AWS's spelling.
 */
export interface RangeState {
  readonly format: 'jobzero.range/1';
  readonly seed: string;
  readonly start: number;
  dice: DiceState;
  readonly organisation: {
    readonly id: string;
    readonly management: string;
    /** Service control policies that hold in every account but the management account, by name. */
    readonly policies: Record<string, string>;
    /** Those that were made since, by id, each with the accounts, units and root that it is attached to. */
    made?: Record<string, ControlPolicy>;
  };
  readonly accounts: Record<string, AccountState>;
  /** Temporary credentials by access key id (`ASIA...`). */
  readonly sessions: Record<string, SessionState>;
  /** Records that LookupEvents still finds, oldest first, by account. */
  readonly recent: Record<string, JsonObject[]>;
  /** How far campaigns have come, by id. */
  readonly campaigns: Record<string, CampaignProgress>;
  /** Records that a trail has taken and not yet delivered, by delivery key: see trails.ts. */
  readonly undelivered: Record<string, JsonObject[]>;
}

export interface ControlPolicy {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly content: string;
  readonly accounts: readonly string[];
}

/** Where each list of a campaign stands: the next step's number, and when it is due. */
export interface CampaignProgress {
  readonly startedAt: number;
  readonly steps: { next: number; at: number };
  readonly persists: { next: number; at: number; rounds?: number };
  readonly routines: Record<string, { next: number; round: number; at: number }>;
  /** Answers that later steps refer to, by step id. */
  readonly outputs: Record<string, JsonObject>;
}

export interface AccountState {
  readonly id: string;
  readonly name: string;
  /** What it is for; absent in small organisations, where places say it. */
  readonly kind?: AccountKind;
  /** Milliseconds since 1970: the organisation gets it then; campaigns do not choose it. */
  joinsAt?: number;
  readonly email: string;
  /** Alternate contacts by type (`SECURITY`), in AWS's spelling. */
  contacts?: Record<string, JsonObject>;
  /** Tags of resources by their ARN, of those that keep none themselves. */
  tagged?: Record<string, Record<string, string>>;
  /** Tags of the account in its organisation. */
  tags?: Record<string, string>;
  readonly users: Record<string, UserState>;
  readonly groups: Record<string, GroupState>;
  readonly roles: Record<string, RoleState>;
  readonly policies: Record<string, ManagedPolicyState>;
  readonly instanceProfiles: Record<string, InstanceProfileState>;
  readonly oidcProviders: Record<string, OidcProviderState>;
  rootMfa: boolean;
  rootKeys: number;
  passwordPolicy: JsonObject | null;
  publicAccessBlock: PublicAccessBlock | null;
  /** When the last credential report was generated, and its text. */
  credentialReport: { at: number; text: string } | null;
  readonly buckets: Record<string, BucketState>;
  readonly regions: Record<string, RegionState>;
  readonly trails: Record<string, TrailState>;
  /** Documents that calls read and set, by `service/kind/region` and id: see settings.ts. */
  settings?: Record<string, Record<string, JsonObject>>;
}

export interface KeyState {
  readonly id: string;
  readonly created: number;
  status: 'Active' | 'Inactive';
  lastUsed: { at: number; region: string; service: string } | null;
}

export interface UserState {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly created: number;
  readonly keys: Record<string, KeyState>;
  readonly inline: Record<string, string>;
  attached: string[];
  readonly groups: string[];
  readonly mfa: string[];
  loginProfile: { readonly created: number; readonly resetRequired: boolean } | null;
  passwordLastUsed: number | null;
  readonly tags: Record<string, string>;
  /** ARN of the policy that is the ceiling over its rights. */
  boundary?: string;
}

export interface GroupState {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly created: number;
  readonly inline: Record<string, string>;
  attached: string[];
}

export interface RoleState {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly arn: string;
  readonly created: number;
  readonly description: string;
  readonly maxSession: number;
  trust: string;
  readonly inline: Record<string, string>;
  attached: string[];
  lastUsed: { at: number; region: string } | null;
  readonly tags: Record<string, string>;
  boundary?: string;
}

export interface ManagedPolicyState {
  readonly arn: string;
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly created: number;
  /** Of the version that counts. */
  document: string;
  /** Absent while there is one version, `v1`. */
  versions?: { readonly next: number; readonly current: string; readonly all: Record<string, PolicyVersionState> };
}

export interface PolicyVersionState {
  readonly created: number;
  readonly document: string;
}

export interface InstanceProfileState {
  readonly name: string;
  readonly id: string;
  readonly arn: string;
  readonly created: number;
  readonly roles: readonly string[];
}

export interface OidcProviderState {
  readonly arn: string;
  readonly url: string;
  readonly clientIds: readonly string[];
  readonly thumbprints: readonly string[];
  readonly created: number;
  readonly tags?: Record<string, string>;
}

export interface PublicAccessBlock {
  readonly BlockPublicAcls: boolean;
  readonly IgnorePublicAcls: boolean;
  readonly BlockPublicPolicy: boolean;
  readonly RestrictPublicBuckets: boolean;
}

export interface BucketState {
  readonly name: string;
  readonly region: string;
  readonly created: number;
  policy: string | null;
  publicAccessBlock: PublicAccessBlock | null;
  acl: 'private' | 'public-read' | 'log-delivery-write';
  ownership: 'BucketOwnerEnforced' | 'ObjectWriter';
  encryption: JsonObject;
  versioning: 'Enabled' | 'Suspended' | null;
  logging: { readonly bucket: string; readonly prefix: string } | null;
  tags: Record<string, string>;
  /** Key -> size in bytes. */
  readonly objects: Record<string, number>;
}

export interface RegionState {
  readonly vpcs: Record<string, JsonObject>;
  readonly securityGroups: Record<string, SecurityGroupState>;
  readonly instances: Record<string, JsonObject>;
  readonly networkInterfaces: Record<string, JsonObject>;
  readonly snapshots: Record<string, JsonObject>;
}

export interface SecurityGroupState {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly vpc: string;
  readonly tags: Record<string, string>;
  readonly rules: Record<string, RuleState>;
}

/** One rule in the spelling of SecurityGroupRule; ports are absent for protocol `-1`. */
export interface RuleState {
  readonly id: string;
  readonly egress: boolean;
  protocol: string;
  from: number | null;
  to: number | null;
  target: RuleTarget;
  description: string | null;
  readonly tags: Record<string, string>;
}

export type RuleTarget =
  | { readonly kind: 'ipv4'; readonly value: string }
  | { readonly kind: 'ipv6'; readonly value: string }
  | { readonly kind: 'group'; readonly value: string }
  | { readonly kind: 'prefix-list'; readonly value: string };

export interface TrailState {
  readonly arn: string;
  readonly name: string;
  readonly homeRegion: string;
  readonly bucket: string;
  readonly multiRegion: boolean;
  readonly organisation: boolean;
  readonly logFileValidation: boolean;
  readonly globalEvents: boolean;
  readonly kmsKeyId: string | null;
  logging: boolean;
  startedAt: number | null;
  stoppedAt: number | null;
  deliveredAt: number | null;
  selectors: { management: boolean; readWrite: 'All' | 'ReadOnly' | 'WriteOnly'; dataBuckets: readonly string[] };
}

export interface SessionState {
  readonly accessKeyId: string;
  readonly account: string;
  /** A role's session, or a user's own temporary credentials from GetSessionToken. */
  readonly of: 'role' | 'user';
  /** The role's or the user's name. */
  readonly principal: string;
  /** Id of the role or user when the session was made: a deleted and remade principal is another one. */
  readonly principalId: string;
  readonly name: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly mfa: boolean;
  /** `sts:AssumeRoleWithWebIdentity` sessions carry who vouched for them. */
  readonly federated: { readonly provider: string; readonly audience: string; readonly subject: string } | null;
  /** Set for credentials that the metadata service of an instance gave out. */
  readonly fromInstance: string | null;
  readonly policy: string | null;
}
