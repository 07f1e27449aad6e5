import { parseClfTime } from '../../lib/clf-time.ts';
import { parseEventTime } from '../../lib/event-time.ts';
import { asObject } from '../../lib/json-at.ts';
import type { Event } from '../../model/event.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { layoutOf } from '../layout.ts';
import type { JsonFormat, LineFormat, Surroundings } from '../log-format.ts';
import { targetOf, webEvent } from '../web/web-event.ts';

/**
 * Access logs of API Gateway have the members that their owner chose, mostly named as the variables of `$context`; case,
 * points and a leading `context` or `identity` make no difference.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
 */
const names = {
  id: ['extendedrequestid', 'requestid'],
  ip: ['sourceip', 'ip', 'clientip'],
  method: ['httpmethod', 'method'],
  path: ['path', 'resourcepath', 'requestpath', 'uri'],
  route: ['routekey'],
  query: ['querystring', 'query'],
  status: ['status', 'statuscode', 'responsestatus'],
  agent: ['useragent'],
  host: ['domainname', 'host'],
  epoch: ['requesttimeepoch'],
  time: ['requesttime', 'time', 'timestamp'],
  api: ['apiid', 'api'],
  account: ['accountid'],
} as const satisfies { readonly [word: string]: readonly string[] };

type Values = ReadonlyMap<string, string>;

export const apiGateway: JsonFormat = {
  source: 'aws.api-gateway',
  recognises(record) {
    if (record['requestId'] === undefined && record['extendedRequestId'] === undefined) return false;
    const values = valuesOf(record);
    const has = (word: keyof typeof names) => names[word].some((name) => values.has(name));
    return has('status') && (has('method') || has('route')) && (has('ip') || has('time') || has('epoch'));
  },
  event: (record, from) => eventOf(record, valuesOf(record), from),
};

const entry =
  /^([^ ]{1,64}) ([^ ]{1,255}) ([^ ]{1,255}) \[([^\]]{20,32})\] ?"([A-Z-]{1,16}) ([^" ]{0,8192}) ([^" ]{1,16})" (\d{3}|-) (\d{1,12}|-) ([0-9a-fA-F-]{36}|[A-Za-z0-9_=-]{12,44})$/;

/** Lines in the common log format as API Gateway proposes it, which end with the request's id. */
export const apiGatewayLines: LineFormat = {
  source: 'aws.api-gateway',
  recognises: (line) => entry.test(line),
  isHeader: () => false,
  open: (_, from) => (line) => {
    const match = entry.exec(line);
    if (match === null) return 'not in the common log format with a request id at its end';
    const [
      ,
      ip = '',
      caller = '',
      user = '',
      requestTime = '',
      httpMethod = '',
      path = '',
      protocol = '',
      status = '',
      length = '',
      requestId = '',
    ] = match;
    const record = { ip, caller, user, requestTime, httpMethod, path, protocol, status, responseLength: length, requestId };
    return eventOf(record, valuesOf(record), from);
  },
};

function eventOf(record: JsonObject, values: Values, from: Surroundings): Event | string {
  const text = (word: keyof typeof names): string => {
    for (const name of names[word]) {
      const value = values.get(name);
      if (value !== undefined) return value;
    }
    return '';
  };
  const time = timeOf(text('epoch'), text('time')) ?? from.received ?? null;
  if (time === null) return 'requestTime is missing or no time';
  // A route of an HTTP API is `GET /pets/{id}`; a path is more, where there is one.
  const [routeMethod = '', routePath = ''] = text('route').split(' ');
  const target = targetOf(text('path') || routePath);
  const request = {
    method: text('method') || routeMethod,
    path: target.path,
    query: text('query') || target.query,
    host: text('host'),
    ip: text('ip'),
    status: text('status'),
    userAgent: text('agent'),
    referer: '',
  };
  const layout = layoutOf(from);
  const account = text('account') || layout.account;
  const name = text('api') || (from.logGroup ?? '');
  return webEvent('aws.api-gateway', record, request, time, {
    ...layout,
    ...(account === undefined ? {} : { account }),
    service: 'apigateway.amazonaws.com',
    resource: name === '' ? null : { type: 'AWS::ApiGateway::RestApi', name },
  });
}

/** Every text and number, by its last name in small letters and digits; of two with the same the first. */
function valuesOf(record: JsonObject): Values {
  const values = new Map<string, string>();
  const take = (name: string, value: Json) => {
    const key = name
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '')
      .replace(/^context/, '')
      .replace(/^identity/, '');
    const text = typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
    if (text !== '' && text !== '-' && !values.has(key)) values.set(key, text);
  };
  for (const [name, value] of Object.entries(record)) {
    const inner = name === 'identity' || name === 'context' ? asObject(value) : null;
    if (inner === null) take(name, value);
    else for (const [below, nested] of Object.entries(inner)) take(below, nested);
  }
  return values;
}

function timeOf(epoch: string, text: string): number | null {
  if (/^\d{13}$/.test(epoch)) return Number(epoch);
  return parseClfTime(text) ?? parseEventTime(text) ?? (/^\d{13}$/.test(text) ? Number(text) : null);
}
