import type { RequestVerdict } from '../../core/model/campaign-traffic.ts';
import { Dice } from '../dice.ts';
import type { RangeState } from '../state.ts';
import type { Shop, WebRequest } from './alb-line.ts';
import { campaignRequest } from './campaign-request.ts';
import { cloudFrontLine, cloudFrontObject, type Distribution, type EdgeAnswer, legacyHead } from './cloudfront-line.ts';
import type { PlacedLine, Stream } from './line-writer.ts';
import type { CampaignLine, ServiceLog } from './service-log.ts';
import { browse } from './shop-visitors.ts';
import { nthText } from './turns.ts';
import { usualVerdict } from './usual-verdict.ts';
import { type WebAcl, wafObject, wafRecord } from './waf-record.ts';
import { openShops, shopsOf } from './web-logs.ts';

/** The shop of an account behind CloudFront: the same load balancer, by another name. */
interface Front {
  readonly shop: Shop;
  readonly distribution: Distribution;
  /** Before the distribution, and before the load balancer; of the second only what it counts is logged. */
  readonly acl: WebAcl;
  readonly originAcl: WebAcl;
  readonly requests: Stream;
  readonly judged: Stream;
  readonly judgedAtOrigin: Stream;
}

const locations = ['FRA56-P4', 'AMS1-P1', 'LHR61-P2', 'CDG55-P1', 'IAD89-P3', 'DFW57-P2'] as const;
/** Addresses of CloudFront towards origins: 203.0.113.210 and the next ones. */
const edges = 30;

/**
 * Requests to the shop through CloudFront, each in the logs that know of it: the distribution's standard logs, those of its web ACL,
 * and, unless the cache or the ACL answered, those of the load balancer, whose client is CloudFront.
 */
export function edgeLogs(state: RangeState): ServiceLog {
  const fronts = shopsOf(state).map((shop, i) => frontOf(state, shop, i));
  const byAccount = new Map(fronts.map((front) => [front.shop.account, front]));
  const atBalancer = openShops();

  const linesOf = (
    front: Front,
    asked: WebRequest,
    verdict: RequestVerdict | null,
    forwardedFor: string | null,
    dice: Dice,
  ): readonly CampaignLine[] => {
    const { shop, distribution, acl, originAcl } = front;
    const { account } = shop;
    const resource = distribution.host;
    const blocked = verdict?.action === 'BLOCK';
    const request = blocked ? { ...asked, status: 403, bytes: 919 } : asked;
    const answer = answerOf(request, blocked, forwardedFor, dice);
    const headers = forwardedFor === null ? [] : [['X-Forwarded-For', forwardedFor] as const];
    const edge = `203.0.113.${210 + dice.int(edges)}`;
    const about = { account, resource, peer: request.ip, at: request.at };
    const judged = { request, verdict, host: resource, requestId: answer.requestId, headers };
    const lines: CampaignLine[] = [
      {
        ...about,
        source: 'aws.cloudfront',
        stream: front.requests,
        text: cloudFrontLine(distribution, request, answer, dice),
      },
      { ...about, source: 'aws.waf', stream: front.judged, text: JSON.stringify(wafRecord(acl, judged, dice)) },
    ];
    if (blocked || answer.result === 'Hit' || answer.result === 'Redirect') return lines;
    const forwarded: WebRequest = { ...request, ip: edge, olderHttp: true };
    if (verdict !== null) {
      const added = [
        ['X-Forwarded-For', [...(forwardedFor === null ? [] : [forwardedFor]), request.ip].join(', ')],
        ['Via', `2.0 ${new Dice(answer.location).hex(32)}.cloudfront.net (CloudFront)`],
        ['X-Amz-Cf-Id', answer.requestId],
      ] as const;
      const requestId = `1-${Math.floor(request.at / 1000).toString(16)}-${dice.hex(24)}`;
      const record = wafRecord(originAcl, { ...judged, request: forwarded, requestId, headers: added }, dice);
      lines.push({ ...about, source: 'aws.waf', stream: front.judgedAtOrigin, text: JSON.stringify(record) });
    }
    lines.push({ ...about, source: 'aws.alb', peer: edge, ...atBalancer({ ...shop, host: resource }, forwarded, dice) });
    return lines;
  };

  return {
    daily: (from, span, dice): readonly PlacedLine[] => {
      const front = fronts[dice.int(fronts.length)];
      if (front === undefined) return [];
      return browse(from, span, dice).flatMap((request) => {
        // Some come through the proxy of a company, which says for whom it asks.
        const proxied = dice.int(40) === 0 ? `10.20.${dice.int(9)}.${1 + dice.int(254)}` : null;
        return linesOf(front, request, usualVerdict(request), proxied, dice);
      });
    },
    lines: (entry, at, n, dice) => {
      const front = byAccount.get(entry.account) ?? fronts[0];
      if (!('request' in entry) || entry.to !== 'www' || front === undefined) return [];
      const request = campaignRequest(entry, at, n, dice);
      const forwardedFor = entry.forwardedFor === undefined ? null : nthText(entry.forwardedFor, n, entry.label, dice);
      return linesOf(front, request, entry.waf ?? null, forwardedFor, dice);
    },
  };
}

/** Pictures, scripts and styles are in the cache, mostly; what is moved to HTTPS is answered at the edge. */
function answerOf(request: WebRequest, blocked: boolean, forwardedFor: string | null, dice: Dice): EdgeAnswer {
  const { path, status, plain = false, took = 0.02 + dice.int(180) / 1000 } = request;
  const cached = /^\/(?:static|images)\//.test(path) && dice.int(10) < 8;
  const result = plain ? 'Redirect' : blocked || status >= 400 ? 'Error' : cached ? 'Hit' : 'Miss';
  return {
    requestId: `${dice.mixed(54)}==`,
    location: locations[dice.int(locations.length)] ?? locations[0],
    result,
    took: result === 'Miss' || (result === 'Error' && !blocked) ? took + 0.01 : 0.001,
    forwardedFor,
  };
}

function frontOf(state: RangeState, shop: Shop, i: number): Front {
  const { account, balancer, host } = shop;
  const dice = new Dice(`${state.seed}/front/${account}`);
  const distribution: Distribution = {
    account,
    id: dice.id('E', 13),
    domain: `d${dice.hex(13)}.cloudfront.net`,
    host: host.replace(/^shop/, 'www'),
    version: i % 2 === 0 ? 'v2' : 'legacy',
  };
  const acl: WebAcl = { account, scope: 'global', name: 'shop-edge', id: dice.uuid(), of: { name: 'CF', id: distribution.id } };
  const originAcl: WebAcl = {
    account,
    scope: 'regional',
    name: 'shop-origin',
    id: dice.uuid(),
    of: { name: 'ALB', id: `${account}-${balancer}` },
  };
  const streamOf = (of: WebAcl): Stream => ({ key: of.id, account, frame: 'gzip', name: wafObject(of) });
  return {
    shop,
    distribution,
    acl,
    originAcl,
    requests: {
      key: distribution.id,
      account,
      frame: 'gzip',
      name: cloudFrontObject(distribution),
      ...(distribution.version === 'legacy' ? { head: legacyHead } : {}),
    },
    judged: streamOf(acl),
    judgedAtOrigin: streamOf(originAcl),
  };
}
