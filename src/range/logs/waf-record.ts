import type { RequestVerdict } from '../../core/model/campaign-traffic.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import type { Dice } from '../dice.ts';
import type { WebRequest } from './alb-line.ts';

/** A web ACL and what it protects. */
export interface WebAcl {
  readonly account: string;
  /** `us-east-1`; the ACL of a distribution is global and kept there. */
  readonly scope: 'global' | 'regional';
  readonly name: string;
  readonly id: string;
  /** CloudFront's distribution, load balancer or stage, as records name it. */
  readonly of: { readonly name: 'CF' | 'ALB' | 'APIGW'; readonly id: string };
}

interface ManagedRule {
  readonly group: string;
  readonly rule: string;
  readonly label: string;
  /** What matched and where, of rules that tell it. */
  readonly match: { readonly conditionType: string; readonly location: string } | null;
}

/** https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html */
const managed: { readonly [rule in Exclude<RequestVerdict['rule'], 'rate'>]: ManagedRule } = {
  sql: {
    group: 'AWSManagedRulesSQLiRuleSet',
    rule: 'SQLi_QUERYARGUMENTS',
    label: 'awswaf:managed:aws:sql-database:SQLi_QueryArguments',
    match: { conditionType: 'SQL_INJECTION', location: 'ALL_QUERY_ARGS' },
  },
  script: {
    group: 'AWSManagedRulesCommonRuleSet',
    rule: 'CrossSiteScripting_QUERYARGUMENTS',
    label: 'awswaf:managed:aws:core-rule-set:CrossSiteScripting_QueryArguments',
    match: { conditionType: 'XSS', location: 'ALL_QUERY_ARGS' },
  },
  files: {
    group: 'AWSManagedRulesCommonRuleSet',
    rule: 'GenericLFI_QUERYARGUMENTS',
    label: 'awswaf:managed:aws:core-rule-set:GenericLFI_QueryArguments',
    match: null,
  },
  'bad-inputs': {
    group: 'AWSManagedRulesKnownBadInputsRuleSet',
    rule: 'ExploitablePaths_URIPATH',
    label: 'awswaf:managed:aws:known-bad-inputs:ExploitablePaths_URIPath',
    match: null,
  },
  agent: {
    group: 'AWSManagedRulesCommonRuleSet',
    rule: 'NoUserAgent_HEADER',
    label: 'awswaf:managed:aws:core-rule-set:NoUserAgent_Header',
    match: null,
  },
  reputation: {
    group: 'AWSManagedRulesAmazonIpReputationList',
    rule: 'AWSManagedIPReputationList',
    label: 'awswaf:managed:aws:amazon-ip-list:AWSManagedIPReputationList',
    match: null,
  },
};

/** In the order in which the ACL asks them. */
const groups = [
  'AWSManagedRulesAmazonIpReputationList',
  'AWSManagedRulesCommonRuleSet',
  'AWSManagedRulesKnownBadInputsRuleSet',
  'AWSManagedRulesSQLiRuleSet',
] as const;
const limit = 'limit-by-address';
const countries = ['DE', 'FR', 'US', 'GB', 'NL', 'PL'] as const;

export interface JudgedRequest {
  readonly request: WebRequest;
  readonly verdict: RequestVerdict | null;
  readonly host: string;
  /** Of the request, as the service behind the ACL knows it. */
  readonly requestId: string;
  /** Headers beside Host and User-Agent. */
  readonly headers: readonly (readonly [string, string])[];
}

/** https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html */
export function wafRecord(acl: WebAcl, { request, verdict, host, requestId, headers }: JudgedRequest, dice: Dice): JsonObject {
  const { at, ip, method, path, userAgent, plain = false, olderHttp = plain, sent = 0 } = request;
  const question = path.indexOf('?');
  const args = question < 0 ? '' : path.slice(question + 1);
  const rule = verdict === null || verdict.rule === 'rate' ? null : managed[verdict.rule];
  const blocked = verdict?.action === 'BLOCK';
  const limited = verdict?.rule === 'rate';
  const details: Json = rule?.match == null ? null : [{ ...rule.match, sensitivityLevel: 'LOW', matchedData: matchedIn(args) }];
  const arn = arnOf(acl);
  const all = [['Host', host] as const, ...(userAgent === '-' ? [] : [['User-Agent', userAgent] as const]), ...headers];
  return {
    timestamp: Math.floor(at),
    formatVersion: 1,
    webaclId: arn,
    terminatingRuleId: !blocked ? 'Default_Action' : rule === null ? limit : `AWS-${rule.group}`,
    terminatingRuleType: !blocked ? 'REGULAR' : rule === null ? 'RATE_BASED' : 'MANAGED_RULE_GROUP',
    action: blocked ? 'BLOCK' : 'ALLOW',
    terminatingRuleMatchDetails: [],
    httpSourceName: acl.of.name,
    httpSourceId: acl.of.id,
    ruleGroupList: groups.map((group) => groupRecord(group, rule, blocked, details)),
    rateBasedRuleList: limited
      ? [
          {
            rateBasedRuleId: `${arn}/rule/${limit}`,
            rateBasedRuleName: limit,
            limitKey: 'IP',
            maxRateAllowed: 2000,
            evaluationWindowSec: '300',
            limitValue: ip,
          },
        ]
      : [],
    nonTerminatingMatchingRules: limited && !blocked ? [{ ruleId: limit, action: 'COUNT', ruleMatchDetails: [] }] : [],
    requestHeadersInserted: null,
    responseCodeSent: null,
    httpRequest: {
      clientIp: ip,
      country: countryOf(ip),
      headers: all.map(([name, value]) => ({ name, value })),
      uri: question < 0 ? path : path.slice(0, question),
      args,
      httpVersion: olderHttp ? 'HTTP/1.1' : 'HTTP/2.0',
      httpMethod: method,
      requestId,
      fragment: '',
      scheme: plain ? 'http' : 'https',
      host,
    },
    ...(rule === null ? {} : { labels: [{ name: rule.label }] }),
    ja3Fingerprint: dice.hex(32),
    ...(sent === 0 ? {} : { requestBodySize: sent, requestBodySizeInspectedByWAF: sent }),
  };
}

function groupRecord(group: string, rule: ManagedRule | null, blocked: boolean, details: Json): JsonObject {
  const matches = rule?.group === group;
  return {
    ruleGroupId: `AWS#${group}`,
    terminatingRule: matches && blocked ? { ruleId: rule.rule, action: 'BLOCK', ruleMatchDetails: details } : null,
    nonTerminatingMatchingRules:
      matches && !blocked ? [{ ruleId: rule.rule, action: 'COUNT', overriddenAction: 'BLOCK', ruleMatchDetails: details ?? [] }] : [],
    excludedRules: null,
    customerConfig: null,
  };
}

/** The record shows some words of what matched. */
function matchedIn(args: string): readonly string[] {
  return args
    .split(/[&=+]|%20|%27|\/\*+\//)
    .filter((word) => word !== '')
    .slice(-3)
    .map((word) => word.slice(0, 32));
}

export function arnOf({ account, scope, name, id }: WebAcl): string {
  return `arn:aws:wafv2:us-east-1:${account}:${scope}/webacl/${name}/${id}`;
}

/** An address is always of the same country. */
export function countryOf(ip: string): string {
  const sum = [...ip].reduce((all, letter) => all + letter.charCodeAt(0), 0);
  return countries[sum % countries.length] ?? 'DE';
}

/** Key of an object of an ACL: https://docs.aws.amazon.com/waf/latest/developerguide/logging-s3.html */
export function wafObject({ account, scope, name }: WebAcl): (end: number, dice: Dice) => string {
  const where = scope === 'global' ? 'cloudfront' : 'us-east-1';
  return (end, dice) => {
    // The five minutes in which the requests were.
    const stamp = new Date(Math.floor((end - 1) / 300_000) * 300_000).toISOString();
    const day = stamp.slice(0, 10);
    const [hour, minute] = [stamp.slice(11, 13), stamp.slice(14, 16)];
    return `AWSLogs/${account}/WAFLogs/${where}/${name}/${day.replaceAll('-', '/')}/${hour}/${minute}/${account}_waflogs_${where}_${name}_${day.replaceAll('-', '')}T${hour}${minute}Z_${dice.hex(8)}.log.gz`;
  };
}
