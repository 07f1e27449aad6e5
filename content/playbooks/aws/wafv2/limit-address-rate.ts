import { partitionOf } from '../../../../src/core/lib/arn.ts';
import { listAt, textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { distinctTargets } from '../../../../src/core/lib/plans/distinct-targets.ts';
import type { Evidence, Finding } from '../../../../src/core/model/finding.ts';
import type { Json, JsonObject } from '../../../../src/core/model/json.ts';
import type { Kept, Playbook, Target } from '../../../../src/core/model/plan.ts';

const ruleName = 'jobzero-limit-address-rate';
/** Requests a minute of one address; what is beyond is answered with 429. */
const limit = 300;
/** Web ACL capacity units: https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html */
const [ofRule, ofWebAcl] = [2, 5_000];

const balancerOf = ({ params }: Target) => String(params['balancer']);

/**
 * A rate-based rule in the web ACL of a load balancer: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html
 * UpdateWebACL replaces all of a web ACL, so all that was read is written again, under the token that AWS gave with it: who has changed it meanwhile is not
 * overwritten. https://docs.aws.amazon.com/waf/latest/APIReference/API_UpdateWebACL.html
 */
export const limitAddressRate: Playbook = {
  id: 'aws.wafv2.limit-address-rate',
  version: 1,
  title: 'Limit what one address may ask of a load balancer',
  why: `One address, or a few, ask so often that others are not served. The web ACL of the load balancer gets one rule: an address that asks more than ${limit} times in a minute is answered with 429 until it asks less. Whoever comes by many addresses is not held back by it; that takes Shield or a person.`,
  handles: ['web.flood.requests-by-one-address'],
  approval: 'none',
  risks: ['legitimate-use', 'workload'],
  asks: (target) => `Limit each address to ${limit} requests a minute at the load balancer ${balancerOf(target)}`,
  blastRadius: (target) =>
    `An address that asks ${balancerOf(target)} more than ${limit} times in a minute is turned away meanwhile: offices and carriers behind one address, monitors and partners among them. It holds for all that share the web ACL.`,
  inverse: (target) => `The web ACL of ${balancerOf(target)} has its earlier rules, and no others.`,
  targets: (finding) => distinctTargets(finding.evidence.flatMap((one) => targetOf(finding, one))),
  partial: true,
  requires: (target) => [
    {
      name: 'It has a web ACL with room',
      on: arnsOf(target),
      read: { action: 'wafv2:GetWebACLForResource', input: { ResourceArn: target.uid }, keep: 'found' },
      expect: (answer) => {
        const acl = valueAt(answer, 'WebACL');
        return (
          textAt(acl, 'Id') !== null &&
          Number(valueAt(acl, 'Capacity') ?? ofWebAcl) + ofRule <= ofWebAcl &&
          valueAt(acl, 'ManagedByFirewallManager') !== true &&
          // A pattern of bytes that are no text would not come back as it was.
          !JSON.stringify(valueAt(acl, 'Rules') ?? []).includes('\ufffd') &&
          !rulesOf(answer).some((rule) => textAt(rule, 'Name') === ruleName)
        );
      },
      says: `The load balancer ${balancerOf(target)} has no web ACL, or one that is full, is managed by Firewall Manager, holds patterns that are no text, or limits addresses already: a person looks at it.`,
    },
  ],
  plan: (target) => [
    {
      name: 'Limit each address',
      on: arnsOf(target),
      read: { action: 'wafv2:GetWebACL', input: { Scope: 'REGIONAL' }, fill: named, keep: 'acl' },
      captures: (answer) => (answer === null ? null : rulesOf(answer)),
      do: {
        action: 'wafv2:UpdateWebACL',
        input: { Scope: 'REGIONAL' },
        once: 'sets-state',
        fill: (kept) =>
          withRules(kept['acl'], textAt(kept['acl'] ?? null, 'LockToken'), [...rulesOf(kept['acl']), rule(rulesOf(kept['acl']))]),
      },
      verify: {
        action: 'wafv2:GetWebACL',
        input: { Scope: 'REGIONAL' },
        fill: named,
        expect: (answer) => rulesOf(answer).some((one) => textAt(one, 'Name') === ruleName),
        says: 'the web ACL limits each address',
        withinSeconds: 120,
      },
      undo: (kept, output) => {
        // The token that AWS gave with the change; where that answer was lost, that of the look after it.
        const token = textAt(output, 'NextLockToken') ?? textAt(kept['acl.after'] ?? null, 'LockToken');
        return [{ action: 'wafv2:UpdateWebACL', input: withRules(kept['acl'], token, rulesOf(kept['acl'])) }];
      },
    },
  ],
  undoes: ['wafv2:UpdateWebACL'],
  examples: [
    {
      name: 'a load balancer',
      target: {
        account: '111122223333',
        region: 'us-east-1',
        uid: 'arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/shop/50dc6c495c0c9188',
        params: { balancer: 'shop' },
      },
      does: ['wafv2:UpdateWebACL'],
    },
  ],
};

/** Load balancers of the account itself; their log names them without an ARN. */
function targetOf(finding: Finding, { resource, account, region }: Evidence): readonly Target[] {
  const name = /^app\/([A-Za-z0-9-]{1,32})\/[0-9a-f]{16}$/.exec(resource?.uid ?? '')?.[1];
  if (resource?.type !== 'AWS::ElasticLoadBalancingV2::LoadBalancer' || name === undefined || account !== finding.account) return [];
  if (!/^\d{12}$/.test(account) || !/^[a-z]+(-[a-z]+)+-\d+$/.test(region)) return [];
  const uid = `arn:${partitionOf(region)}:elasticloadbalancing:${region}:${account}:loadbalancer/${resource.uid}`;
  return [{ account, region, uid, params: { balancer: name } }];
}

/**
 * The balancer, and what a web ACL of the Region may consist of, all of which AWS asks the permission for:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_wafv2.html
 */
function arnsOf({ uid, region, account }: Target): readonly string[] {
  const parts = ['webacl', 'ipset', 'regexpatternset', 'rulegroup', 'managedruleset'];
  return [uid, ...parts.map((part) => `arn:${partitionOf(region)}:wafv2:${region}:${account}:regional/${part}/*`)];
}

/** The web ACL that the balancer was found to have. */
function named(kept: Kept): JsonObject {
  const acl = valueAt(kept['found'] ?? null, 'WebACL');
  return { Name: textAt(acl, 'Name') ?? '', Scope: 'REGIONAL', Id: textAt(acl, 'Id') ?? '' };
}

function rulesOf(answer: Json | undefined): readonly Json[] {
  return listAt(answer ?? null, 'WebACL', 'Rules');
}

/** What UpdateWebACL takes of what GetWebACL says. */
const written = [
  'Name',
  'Id',
  'DefaultAction',
  'Description',
  'VisibilityConfig',
  'DataProtectionConfig',
  'CustomResponseBodies',
  'CaptchaConfig',
  'ChallengeConfig',
  'TokenDomains',
  'AssociationConfig',
  'OnSourceDDoSProtectionConfig',
];

/** The web ACL as it was, with these rules, where nobody has changed it since the token was given. */
function withRules(acl: Json | undefined, token: string | null, Rules: readonly Json[]): JsonObject {
  const same = written.flatMap((part) => {
    const value = valueAt(acl ?? null, 'WebACL', part);
    return value === null || value === '' ? [] : [[part, value] as const];
  });
  return { ...Object.fromEntries(same), Scope: 'REGIONAL', Rules, LockToken: token ?? '' };
}

/** At the first priority that is free, so that as little as may be is let through before it. */
function rule(others: readonly Json[]): JsonObject {
  const taken = new Set(others.map((one) => valueAt(one, 'Priority')));
  let Priority = 0;
  while (taken.has(Priority)) Priority++;
  return {
    Name: ruleName,
    Priority,
    Statement: { RateBasedStatement: { Limit: limit, EvaluationWindowSec: 60, AggregateKeyType: 'IP' } },
    Action: { Block: { CustomResponse: { ResponseCode: 429 } } },
    VisibilityConfig: { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: ruleName },
  };
}
