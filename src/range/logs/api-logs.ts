import type { RequestVerdict } from '../../core/model/campaign-traffic.ts';
import type { JsonObject } from '../../core/model/json.ts';
import { Dice } from '../dice.ts';
import type { RangeState } from '../state.ts';
import { accountsOf } from './accounts-of.ts';
import type { WebRequest } from './alb-line.ts';
import { campaignRequest } from './campaign-request.ts';
import { clfTime } from './clf-time.ts';
import { firehoseName, type Stream } from './line-writer.ts';
import type { CampaignLine, ServiceLog } from './service-log.ts';
import { callApi, knocking, within } from './shop-visitors.ts';
import { usualVerdict } from './usual-verdict.ts';
import { type WebAcl, wafObject, wafRecord } from './waf-record.ts';

/** The interface of an account for its app and for partners, on API Gateway. */
interface Api {
  readonly account: string;
  readonly id: string;
  readonly host: string;
  readonly acl: WebAcl;
  readonly calls: Stream;
  readonly judged: Stream;
}

const stage = 'prod';
const partners = ['harbour', 'meadow', 'quarry'] as const;
/** Of the app that asks the token first, and of partners. */
const routes = ['/home', '/token', '/products/{id}', '/cart', '/orders', '/orders/{id}', '/customers/{id}', '/login'] as const;

/** Access logs of the interface of each production account, and what its web ACL blocks or counts: nothing else is logged of that. */
export function apiLogs(state: RangeState): ServiceLog {
  const apis = accountsOf(state, ['production']).map((account, i) => apiOf(state, account.id, i));
  const byAccount = new Map(apis.map((api) => [api.account, api]));

  const linesOf = (
    api: Api,
    asked: WebRequest,
    partner: string | null,
    verdict: RequestVerdict | null,
    dice: Dice,
  ): readonly CampaignLine[] => {
    const blocked = verdict?.action === 'BLOCK';
    const request = blocked ? { ...asked, status: 403, bytes: 23 } : asked;
    const key = partner === null ? null : apiKeyId(api, partner);
    const requestId = dice.uuid();
    const about = {
      account: api.account,
      resource: api.host,
      peer: request.ip,
      at: request.at,
      ...(key === null ? {} : { principal: key }),
    };
    const call = JSON.stringify(callRecord(api, request, requestId, key, blocked, dice));
    const lines: CampaignLine[] = [{ ...about, source: 'aws.api-gateway', stream: api.calls, text: call }];
    if (verdict !== null) {
      const headers = [
        ['X-Forwarded-For', request.ip],
        ['X-Amzn-Trace-Id', `Root=1-${Math.floor(request.at / 1000).toString(16)}-${dice.hex(24)}`],
      ] as const;
      const record = wafRecord(api.acl, { request, verdict, host: api.host, requestId, headers }, dice);
      lines.push({ ...about, source: 'aws.waf', stream: api.judged, text: JSON.stringify(record) });
    }
    return lines;
  };

  return {
    daily: (from, span, dice) => {
      const api = apis[dice.int(apis.length)];
      if (api === undefined) return [];
      if (dice.int(25) === 0)
        return knocking(within(from, span, dice), dice).flatMap((request) =>
          // There is no such route: "Missing Authentication Token".
          linesOf(api, { ...request, status: 403, bytes: 42 }, null, usualVerdict(request), dice),
        );
      return callApi(from, span, dice).flatMap((request) => {
        const last = Number(request.ip.slice(request.ip.lastIndexOf('.') + 1));
        const partner = request.path.endsWith('/orders') ? (partners[last % partners.length] ?? partners[0]) : null;
        return linesOf(api, { ...request, path: request.path.replace(/^\/api\/v2/, '') }, partner, null, dice);
      });
    },
    lines: (entry, at, n, dice) => {
      const api = byAccount.get(entry.account) ?? apis[0];
      if (!('request' in entry) || entry.to !== 'api' || api === undefined) return [];
      return linesOf(api, campaignRequest(entry, at, n, dice), entry.apiKey ?? null, entry.waf ?? null, dice);
    },
  };
}

function apiOf(state: RangeState, account: string, i: number): Api {
  const dice = new Dice(`${state.seed}/api/${account}`);
  const id = dice.mixed(10).toLowerCase();
  const acl: WebAcl = {
    account,
    scope: 'regional',
    name: 'shop-api',
    id: dice.uuid(),
    of: { name: 'APIGW', id: `${account}:${id}:${stage}` },
  };
  return {
    account,
    id,
    host: i === 0 ? 'api.example.com' : `api-${i + 1}.example.com`,
    acl,
    calls: {
      key: id,
      account,
      frame: { logGroup: `/aws/apigateway/shop-api/${stage}`, logStream: dice.hex(32) },
      name: firehoseName(`api-gateway/${account}`, `api-gateway-${account}`),
    },
    judged: { key: acl.id, account, frame: 'gzip', name: wafObject(acl) },
  };
}

function apiKeyId(api: Api, partner: string): string {
  return new Dice(`${api.id}/${partner}`).mixed(10).toLowerCase();
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html: query strings are in no variable. */
function callRecord(api: Api, request: WebRequest, requestId: string, key: string | null, blocked: boolean, dice: Dice): JsonObject {
  const { at, ip, method, status, userAgent, bytes } = request;
  const [path = '/'] = request.path.split('?');
  const took = blocked ? 1 : Math.round((request.took ?? 0.01 + dice.int(180) / 1000) * 1000);
  return {
    requestId,
    extendedRequestId: `${dice.mixed(14)}=`,
    ip,
    caller: '-',
    user: '-',
    requestTime: clfTime(at),
    requestTimeEpoch: String(Math.floor(at)),
    httpMethod: method,
    resourcePath: routeOf(path),
    path: `/${stage}${path}`,
    status: String(status),
    protocol: 'HTTP/1.1',
    responseLength: String(bytes),
    responseLatency: String(took + 2),
    integrationStatus: blocked || (status === 403 && key === null) ? '-' : String(status),
    userAgent,
    domainName: api.host,
    apiId: api.id,
    stage,
    accountId: api.account,
    apiKeyId: key ?? '-',
  };
}

function routeOf(path: string): string {
  const [, first = '', rest] = path.split('/');
  const wanted = rest === undefined ? `/${first}` : `/${first}/{id}`;
  return routes.find((route) => route === wanted) ?? '-';
}
