import { asObject, listAt, textAt, valueAt } from '../../lib/json-at.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { firstText, objectOf, present } from './members.ts';
import { unflatten } from './unflatten.ts';

/**
 * The CloudTrail record that Security Lake made an OCSF record of (API Activity, and Account Change and Authentication, which it makes of
 * some calls), as far as it kept it. Its `eventID` and account are the original's, so both are one event.
 *
 * | CloudTrail | OCSF 1.0 | OCSF 1.1 and later |
 * | --- | --- | --- |
 * | `eventID` | `metadata.uid` | the same |
 * | `eventName`, `eventSource` | `api.operation`, `api.service.name` | the same |
 * | `requestID`, `errorCode`, `errorMessage` | `api.request.uid`, `api.response.error`, `.message` | the same |
 * | `requestParameters`, `responseElements` | `unmapped`, as paths | `api.request.data`, `api.response.data`, as JSON |
 * | `userIdentity.arn`, `.principalId` | `actor.user.uuid`, `.uid` | `actor.user.uid`, `.uid_alt` |
 * | `userIdentity.type`, `.userName`, `.accountId` | `actor.user.type`, `.name`, `.account_uid` | `…account.uid` |
 * | `userIdentity.accessKeyId` | `actor.user.credential_uid` | the same |
 * | `userIdentity.invokedBy` | `actor.invoked_by` | the same |
 * | session: issuer, MFA, creation | `actor.session.issuer`, `.mfa`, `.created_time` | `.is_mfa` |
 * | `sourceIPAddress`, `userAgent` | `src_endpoint.ip` or `.domain`, `http_request.user_agent` | the same |
 * | `awsRegion`, `recipientAccountId` | `cloud.region`, `unmapped` or `cloud.account_uid` | `cloud.account.uid` |
 * | everything else | `unmapped`, as paths | the same |
 *
 * https://docs.aws.amazon.com/security-lake/latest/userguide/open-cybersecurity-schema-framework.html
 */
export function toCloudTrail(record: JsonObject, time: number): JsonObject {
  const rest = unflatten(objectOf(record['unmapped']) ?? {});
  const identity = asObject(rest['userIdentity']) ?? {};
  const text = (...paths: readonly string[]) => firstText(record, ...paths) ?? undefined;
  return {
    ...rest,
    ...present({
      eventVersion: text('metadata.product.version') ?? '1.08',
      eventID: text('metadata.uid'),
      eventTime: new Date(time).toISOString().replace(/\.000Z$/, 'Z'),
      eventName: text('api.operation'),
      eventSource: text('api.service.name', 'dst_endpoint.svc_name'),
      eventType: text('metadata.event_code') ?? rest['eventType'],
      eventCategory: text('metadata.product.feature.name') ?? rest['eventCategory'],
      awsRegion: text('cloud.region'),
      sourceIPAddress: text('src_endpoint.ip', 'src_endpoint.domain', 'src_endpoint.svc_name'),
      userAgent: text('http_request.user_agent'),
      errorCode: text('api.response.error'),
      errorMessage: text('api.response.message', 'api.response.error_message'),
      requestID: text('api.request.uid'),
      apiVersion: text('api.version'),
      recipientAccountId: rest['recipientAccountId'] ?? text('cloud.account.uid', 'cloud.account_uid'),
      requestParameters: objectOf(valueAt(record, 'api', 'request', 'data')) ?? rest['requestParameters'] ?? null,
      responseElements: objectOf(valueAt(record, 'api', 'response', 'data')) ?? rest['responseElements'] ?? null,
      managementEvent: truth(rest['managementEvent']),
      readOnly: truth(rest['readOnly']),
      resources: resourcesOf(record),
      userIdentity: present({ ...identity, ...identityOf(record, text), sessionContext: sessionOf(record, identity) }),
    }),
  };
}

function identityOf(
  record: JsonObject,
  text: (...paths: readonly string[]) => string | undefined,
): { readonly [name: string]: Json | undefined } {
  // In 1.0 the ARN is the `uuid` and the principal's id the `uid`; since then the ARN is the `uid`.
  const uid = text('actor.user.uid');
  const arn = [text('actor.user.uuid'), uid].find((one) => one?.startsWith('arn:'));
  const principalId = text('actor.user.uid_alt') ?? (uid?.startsWith('arn:') ? undefined : uid);
  const type = text('actor.user.type');
  return present({
    type: type === undefined || textAt(record, 'actor', 'user', 'type') === 'Unknown' ? undefined : type,
    arn,
    principalId,
    accountId: text('actor.user.account.uid', 'actor.user.account_uid'),
    userName: text('actor.user.name'),
    accessKeyId: text('actor.user.credential_uid', 'actor.session.credential_uid'),
    invokedBy: text('actor.invoked_by'),
  });
}

function sessionOf(record: JsonObject, identity: JsonObject): Json | undefined {
  const known = asObject(identity['sessionContext']) ?? {};
  const issuer = firstText(record, 'actor.session.issuer', 'session.issuer');
  const mfa =
    valueAt(record, 'actor', 'session', 'is_mfa') ?? valueAt(record, 'actor', 'session', 'mfa') ?? valueAt(record, 'session', 'is_mfa');
  const created = valueAt(record, 'actor', 'session', 'created_time');
  const sessionIssuer = present({ ...asObject(known['sessionIssuer']), arn: issuer?.startsWith('arn:') ? issuer : undefined });
  const attributes = present({
    ...asObject(known['attributes']),
    mfaAuthenticated: typeof mfa === 'boolean' ? String(mfa) : undefined,
    creationDate:
      typeof created === 'number' && created > 0 && created < 253_402_300_799_999
        ? new Date(created).toISOString().replace(/\.000Z$/, 'Z')
        : undefined,
  });
  const session = {
    ...known,
    ...(Object.keys(sessionIssuer).length === 0 ? {} : { sessionIssuer }),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
  };
  return Object.keys(session).length === 0 ? undefined : session;
}

function resourcesOf(record: JsonObject): Json | undefined {
  const resources = listAt(record, 'resources').flatMap((item) => {
    const uid = textAt(item, 'uid');
    if (uid === null) return [];
    return [
      present({ ARN: uid, accountId: textAt(item, 'owner', 'account', 'uid') ?? textAt(item, 'account_uid'), type: textAt(item, 'type') }),
    ];
  });
  return resources.length === 0 ? undefined : resources;
}

/** `unmapped` holds texts only. */
function truth(value: Json | undefined): Json | undefined {
  return value === 'true' ? true : value === 'false' ? false : value;
}
