import { listAt, textAt, valueAt } from '../../lib/json-at.ts';
import type { Event, Words } from '../../model/event.ts';
import type { Actor } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import { cloudTrailEvent } from '../cloudtrail/cloudtrail-event.ts';
import { eksAuditEvent } from '../eks-audit/eks-audit-event.ts';
import { layoutOf } from '../layout.ts';
import type { JsonFormat, Surroundings } from '../log-format.ts';
import { recordEvent } from '../record-event.ts';
import { route53Resolver } from '../route53-resolver/route53-resolver.ts';
import { flowEvent } from '../vpc-flow/flow-event.ts';
import { targetOf, webEvent } from '../web/web-event.ts';
import { firstText, productOf, timeOf } from './members.ts';
import { toCloudTrail } from './to-cloudtrail.ts';
import { toAudit, toFlow, toQuery } from './to-logs.ts';

/**
 * Events of OCSF 1.0 to 1.6, as Security Lake stores them (rows of its Parquet files come as objects) and as other
 * products send them: https://schema.ocsf.io/. What Security Lake made of a log of AWS becomes that log's record again, as far as
 * it kept it, so that the log's own rules ask it. The rest stays as it is; HTTP Activity gets the words that all web logs
 * share. Findings (category 2) are no events.
 */
export const ocsf: JsonFormat = {
  source: 'ocsf',
  recognises: (record) =>
    typeof record['class_uid'] === 'number' &&
    typeof record['metadata'] === 'object' &&
    record['metadata'] !== null &&
    Math.floor(record['class_uid'] / 1000) !== 2,
  event: ocsfEvent,
};

function ocsfEvent(record: JsonObject, from: Surroundings): Event | string | null {
  const time = timeOf(record);
  if (time === null) return 'time is missing or no number of milliseconds';
  const product = productOf(record);
  const kind = record['class_uid'];
  if (product === 'cloudtrail' && textAt(record, 'api', 'operation') !== null) return cloudTrailEvent(toCloudTrail(record, time));
  if (product.endsWith('eks') && textAt(record, 'api', 'operation') !== null) return eksAuditEvent(toAudit(record, time), from);
  if (product === 'amazon vpc' && kind === 4001) return flowEvent(toFlow(record), layoutOf(from));
  if (product.startsWith('route 53') && kind === 4003) return route53Resolver.event(toQuery(record, time), from);
  return kind === 4002 ? httpEvent(record, time) : recordEvent('ocsf', record, time, wordsOf);
}

/** https://schema.ocsf.io/1.6.0/classes/http_activity */
function httpEvent(record: JsonObject, time: number): Event {
  const text = (...paths: readonly string[]) => firstText(record, ...paths) ?? '';
  const url = targetOf(text('http_request.url.url_string'));
  const account = text('cloud.account.uid', 'cloud.account_uid');
  const name = text('dst_endpoint.name', 'dst_endpoint.hostname', 'dst_endpoint.uid', 'metadata.product.name');
  const query = text('http_request.url.query_string', 'http_request.args') || url.query;
  return webEvent(
    'ocsf',
    record,
    {
      method: text('http_request.http_method').toUpperCase(),
      path: text('http_request.url.path') || url.path,
      query: query.startsWith('?') ? query.slice(1) : query,
      host: text('http_request.url.hostname') || headerOf(record, 'host') || url.host,
      ip: text('src_endpoint.ip'),
      status: text('http_response.code', 'http_status'),
      userAgent: text('http_request.user_agent') || headerOf(record, 'user-agent'),
      referer: text('http_request.referrer') || headerOf(record, 'referer'),
    },
    time,
    {
      ...(account === '' ? {} : { account }),
      region: text('cloud.region'),
      service: text('metadata.product.name'),
      resource: name === '' ? null : { type: '', name },
    },
  );
}

function headerOf(record: JsonObject, name: string): string {
  for (const header of listAt(record, 'http_request', 'http_headers'))
    if (textAt(header, 'name')?.toLowerCase() === name) return textAt(header, 'value') ?? '';
  return '';
}

function wordsOf(record: JsonObject): Words {
  const text = (...paths: readonly string[]) => firstText(record, ...paths);
  const account = text('cloud.account.uid', 'cloud.account_uid', 'actor.user.account.uid', 'user.account.uid') ?? '';
  const ip = text('src_endpoint.ip', 'device.ip');
  const userAgent = text('http_request.user_agent');
  const failed = valueAt(record, 'status_id') === 2;
  const actor = actorOf(text);
  return {
    operation: text('activity_name', 'api.operation', 'type_name') ?? `activity ${text('activity_id') ?? '0'}`,
    service: text('service.name', 'api.service.name', 'metadata.product.name') ?? 'ocsf',
    account,
    region: text('cloud.region') ?? '',
    ...(ip === null ? {} : { ip }),
    ...(userAgent === null ? {} : { userAgent }),
    ...(failed ? { error: text('status_detail', 'status_code', 'status') ?? 'Failure' } : {}),
    ...(actor === null ? {} : { actor }),
  };
}

/** Of a sign-in the `user` is whom it is about, and nobody stands in `actor`. */
function actorOf(text: (...paths: readonly string[]) => string | null): Actor | null {
  const uid = text('user.uid', 'user.email_addr', 'user.name', 'actor.user.uid', 'actor.user.email_addr', 'actor.user.name');
  if (uid === null) return null;
  return {
    name: text('user.name', 'user.email_addr', 'actor.user.name') ?? uid,
    type: text('user.type', 'actor.user.type') ?? 'User',
    uid,
  };
}
