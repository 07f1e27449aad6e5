import { limitAddressRate } from '../../../content/playbooks/aws/wafv2/limit-address-rate.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import { account, all, as, detectionOf, documents, type Organisation, type Scenario } from './scenario-under-test.ts';

const region = 'us-east-1';
const balancer = 'app/shop/50dc6c495c0c9188';
const ResourceArn = `arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/${balancer}`;
const visible = (MetricName: string) => ({ SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName });
const blocks = (Name: string, Priority: number) => ({
  Name,
  Priority,
  Statement: { GeoMatchStatement: { CountryCodes: ['AQ'] } },
  Action: { Block: {} },
  VisibilityConfig: visible(Name),
});
const web: JsonObject = {
  Name: 'shop',
  Scope: 'REGIONAL',
  Description: 'Before the shop',
  DefaultAction: { Allow: {} },
  VisibilityConfig: visible('shop'),
  Rules: [blocks('first', 0)],
};

const aclOf = (organisation: Organisation): JsonObject => Object.values(documents(organisation, `wafv2/web-acl/${region}`))[0] ?? {};
const arnOf = (organisation: Organisation) =>
  `arn:aws:wafv2:${region}:${account}:regional/webacl/shop/${String(aclOf(organisation)['Id'])}`;
const flood = (): Finding =>
  detectionOf(
    'web.flood.requests-by-one-address',
    [
      {
        operation: 'GET /search',
        resource: { uid: balancer, type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', name: 'shop' },
      },
    ],
    Date.UTC(2026, 0, 15, 9),
  );
const associate = (organisation: Organisation) =>
  void organisation.root.call('wafv2:AssociateWebACL', { ResourceArn, WebACLArn: arnOf(organisation) });
const writes =
  (Rules: readonly JsonObject[]) =>
  (organisation: Organisation): void => {
    const { Id } = aclOf(organisation) as { readonly Id: string };
    const { LockToken } = organisation.root.call('wafv2:GetWebACL', { Name: 'shop', Scope: 'REGIONAL', Id });
    organisation.root.call('wafv2:UpdateWebACL', { ...web, Id, Rules, LockToken: LockToken as Json } as JsonObject);
  };

export const webScenarios: readonly Scenario[] = [
  {
    name: 'limits what one address may ask of a load balancer',
    playbook: limitAddressRate,
    finding: flood,
    prepare: all(as('root', 'wafv2:CreateWebACL', web), associate),
    attack: () => {},
    view: aclOf,
    meddle: writes([blocks('other', 7)]),
    inTheWay: true,
    does: ['wafv2:UpdateWebACL'],
    undoes: ['wafv2:UpdateWebACL'],
    refused: {
      when: writes([{ ...blocks('jobzero-limit-address-rate', 3) }]),
      says: /limits addresses already/,
    },
  },
];
