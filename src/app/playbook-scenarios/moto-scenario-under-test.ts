import { asObject, textAt } from '../../core/lib/json-at.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import type { Playbook, Target } from '../../core/model/plan.ts';

/** A call of the emulator's owner, as IAM names it; where no plan makes such a call, as `service:Command` of the SDK. */
export type Call = (action: string, input: JsonObject) => Promise<Json>;

/** How one playbook is seen to work on the emulated AWS. */
export interface MotoScenario {
  readonly playbook: Playbook;
  /** Makes what it works on, as an attacker or a careless person left it. */
  readonly prepare: (call: Call) => Promise<Target>;
  /** What the playbook changes, as AWS says it; without ids that are others each time. */
  readonly view: (call: Call, target: Target) => Promise<Json>;
  /** Somebody else changes what the playbook left, not back to what it was. */
  readonly meddle?: (call: Call, target: Target) => Promise<unknown>;
}

export const account = '111122223333';
export const region = 'us-east-1';
export const foreign = '999988887777';
export const own = `arn:aws:iam::${account}:root`;
export const stranger = `arn:aws:iam::${foreign}:root`;

/** A policy that lets each of these do everything. */
export function policy(...principals: readonly string[]): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: principals.map((AWS, i) => ({ Sid: `S${i}`, Effect: 'Allow', Principal: { AWS }, Action: '*', Resource: '*' })),
  });
}

/** A policy of these statements. */
export function statements(...Statement: readonly JsonObject[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

export const allowsAll: JsonObject = { Effect: 'Allow', Action: '*', Resource: '*' };
export const reads: JsonObject = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
export const deniesS3: JsonObject = { Effect: 'Deny', Action: 's3:*', Resource: '*' };

/** What is not there is null. */
export const orNull = (answer: Promise<Json>): Promise<Json> => answer.catch(() => null);

/** The policy that an answer has at `path`, read; null where there is none. */
export function documentAt(answer: Json, ...path: readonly (string | number)[]): Json {
  return JSON.parse(textAt(answer, ...path) ?? 'null') as Json;
}

/** These members of an answer; what is not there is null. */
export function members(answer: Json, ...names: readonly string[]): Json {
  return names.map((name) => asObject(answer)?.[name] ?? null);
}

/** What a playbook works on: the ARN of S3 names neither Region nor account, that of IAM and Organizations no Region. */
export function targetOf(service: string, resource: string, params: JsonObject): Target {
  const place = service === 's3' ? ':' : ['iam', 'organizations'].includes(service) ? `:${account}` : `${region}:${account}`;
  return { account, region, uid: `arn:aws:${service}:${place}:${resource}`, params };
}

/** The account as a whole. */
export function accountTarget(params: JsonObject = {}): Target {
  return { account, region, uid: own, params };
}
