import { CloudError, type CloudErrorKind } from '../core/model/errors.ts';
import type { Json, JsonObject } from '../core/model/json.ts';
import type { Dice } from './dice.ts';
import type { AccountState, RangeState } from './state.ts';

/** What an operation sees when it runs: the state, where it is called, by whom, and when. */
export interface OperationContext {
  readonly state: RangeState;
  readonly account: AccountState;
  readonly region: string;
  readonly action: string;
  readonly input: JsonObject;
  readonly now: number;
  readonly dice: Dice;
  readonly caller: OperationCaller;
}

/** Of the caller, what answers and defaults need. */
export interface OperationCaller {
  /** Null for nobody and for AWS's services; an id outside of the organisation for its guests. */
  readonly account: string | null;
  readonly arn: string;
  readonly userId: string;
  /** The role that a session is of; else null. */
  readonly roleArn: string | null;
  /** The IAM user, where the caller is one: the default of many IAM operations. */
  readonly userName: string | null;
  readonly mfa: boolean;
}

/** One API operation of the simulated AWS. `run` changes the state and answers in the SDK's spelling. */
export interface Operation {
  readonly source: string;
  readonly event: string;
  readonly readOnly: boolean;
  /** Recorded in us-east-1 wherever it is called from. */
  readonly global?: true;
  /** A data event: recorded only by trails that select the resource. */
  readonly data?: true;
  /** CloudTrail does not see it: it goes to a cluster, and not to AWS. */
  readonly unrecorded?: true;
  /** The IAM action that permits it, where that is not the action that it is called by. */
  readonly permission?: string;
  /** ARNs that are authorised; `*` where the operation has no resource. */
  readonly on?: (context: OperationContext) => readonly string[];
  readonly run: (context: OperationContext) => JsonObject;
  /** Is what the call is about simulated? Absent: always. Where not, a campaign's call leaves its record and nothing else. */
  readonly isKnown?: (context: OperationContext) => boolean;
  /** `requestParameters` as CloudTrail spells them; default: the input with lower-case first letters, null when empty. */
  readonly request?: (context: OperationContext) => Json;
  /** `responseElements`; default: null for reads, else the answer with lower-case first letters. */
  readonly response?: (output: JsonObject, context: OperationContext) => Json;
  /** Default `AwsApiCall`. */
  readonly eventType?: string;
  /** `additionalEventData` of the record. */
  readonly additional?: (context: OperationContext) => JsonObject;
  /** `resources` of the record. */
  readonly resources?: (context: OperationContext) => readonly { readonly type: string; readonly arn: string }[];
}

export type OperationTable = { readonly [action: string]: Operation };

const kinds: { readonly [code: string]: CloudErrorKind } = {
  AccessDenied: 'denied',
  AccessDeniedException: 'denied',
  UnauthorizedOperation: 'denied',
  InvalidClientTokenId: 'denied',
  InvalidAccessKeyId: 'denied',
  AuthFailure: 'denied',
  UnrecognizedClientException: 'denied',
  ExpiredToken: 'denied',
  NoSuchEntity: 'not-found',
  NoSuchBucket: 'not-found',
  NoSuchKey: 'not-found',
  NoSuchBucketPolicy: 'not-found',
  NoSuchTagSet: 'not-found',
  NoSuchPublicAccessBlockConfiguration: 'not-found',
  TrailNotFoundException: 'not-found',
  ReportNotPresent: 'not-found',
  EntityAlreadyExists: 'conflict',
  DeleteConflict: 'conflict',
  BucketAlreadyExists: 'conflict',
  BucketAlreadyOwnedByYou: 'conflict',
  BucketNotEmpty: 'conflict',
  DependencyViolation: 'conflict',
  TrailAlreadyExistsException: 'conflict',
  LimitExceeded: 'quota',
  NotFoundException: 'not-found',
  ResourceNotFound: 'not-found',
  ResourceConflictException: 'conflict',
  // What clusters answer.
  NotFound: 'not-found',
  AlreadyExists: 'conflict',
  Conflict: 'conflict',
  Unauthorized: 'denied',
  Forbidden: 'denied',
  UnsupportedAction: 'unsupported',
};

/** An error as AWS answers it; `code` is AWS's own. */
export function fault(context: { readonly action: string }, code: string, message: string): CloudError {
  const kind =
    kinds[code] ??
    (/NotFound(Exception|Fault|Error)?$/.test(code) || code.startsWith('NoSuch')
      ? 'not-found'
      : code.endsWith('.Duplicate')
        ? 'conflict'
        : 'invalid');
  return new CloudError(kind, code, context.action, message);
}

/** A text of the input, which must be there. Names of members that every object has are refused: the state is kept by name. */
export function text(context: OperationContext, name: string): string {
  const value = optionalText(context, name);
  if (value !== null && value !== '') return value;
  throw fault(
    context,
    context.action.startsWith('ec2:') ? 'MissingParameter' : 'ValidationError',
    `The request must contain the parameter ${name}.`,
  );
}

export function optionalText(context: OperationContext, name: string): string | null {
  const value = context.input[name];
  return typeof value === 'string' && !(value in Object.prototype) ? value : null;
}

/** A list of texts of the input; empty when it is absent. */
export function texts(context: OperationContext, name: string): readonly string[] {
  const value = context.input[name];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string' && !(item in Object.prototype)) : [];
}

export function objects(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Milliseconds as the ISO 8601 text that the port gives for dates; AWS's resolution is one second. */
export function iso(milliseconds: number): string {
  return `${new Date(milliseconds - (milliseconds % 1000)).toISOString().slice(0, 19)}.000Z`;
}

/** Tags as IAM and EC2 list them. */
export function tagList(tags: { readonly [key: string]: string }): readonly JsonObject[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export function tagsOf(value: Json | undefined): Record<string, string> {
  const tags: Record<string, string> = {};
  for (const tag of objects(value)) {
    if (typeof tag['Key'] === 'string' && typeof tag['Value'] === 'string') tags[tag['Key']] = tag['Value'];
  }
  return tags;
}

/** A value with the first letter of every key in lower case, as CloudTrail writes most services' parameters. */
export function lowerKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map(lowerKeys);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [lowerFirst(key), lowerKeys(member)]));
}

export function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Dates in CloudTrail's response elements: `Jan 7, 2026, 9:05:00 PM`. */
export function trailDate(isoText: string): string {
  const date = new Date(isoText);
  const hour = date.getUTCHours();
  const two = (n: number) => String(n).padStart(2, '0');
  return `${months[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()}, ${hour % 12 === 0 ? 12 : hour % 12}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} ${hour < 12 ? 'AM' : 'PM'}`;
}

/** Response elements of IAM and STS: lower-case keys, dates in CloudTrail's form, no secrets. */
export function responseWithDates(value: Json): Json {
  if (typeof value === 'string') return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/.test(value) ? trailDate(value) : value;
  if (Array.isArray(value)) return value.map(responseWithDates);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'SecretAccessKey')
      .map(([key, member]) => [lowerFirst(key), responseWithDates(member)]),
  );
}
