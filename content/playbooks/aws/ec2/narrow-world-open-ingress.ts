import { parseArn } from '../../../../src/core/lib/arn.ts';
import { canonicalJson } from '../../../../src/core/lib/canonical-json.ts';
import { parseBlock } from '../../../../src/core/lib/cidr.ts';
import { listAt, textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import type { Finding } from '../../../../src/core/model/finding.ts';
import type { Json, JsonObject } from '../../../../src/core/model/json.ts';
import type { Kept, Playbook, Precondition, Target } from '../../../../src/core/model/plan.ts';

/** Unique local addresses, RFC 4193: the source of an IPv6 rule where the VPC has no IPv6 block of its own. */
const uniqueLocal = 'fd00::/8';

/**
 * Gives every world-open source of a security group's ingress rules the VPC's own block instead, in place: ids,
 * descriptions and tags stay. The type of a rule cannot change, so IPv4 stays IPv4, and two equal rules are refused, so a
 * second rule for the same ports gets the half of the block, the third the quarter.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRuleRequest.html
 */
export const narrowWorldOpenIngress: Playbook = {
  id: 'aws.ec2.narrow-world-open-ingress',
  version: 1,
  title: 'Narrow an ingress that is open to the world',
  why: 'Anybody on the internet can try what listens behind the group. Narrowing the source to the block of the VPC keeps traffic from inside and closes the rest. Connections that are open already are tracked and live on: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html',
  handles: ['aws.ec2.security-group-opened-to-world', 'aws.ec2.no-world-open-ingress'],
  reported: ['config/restricted-ssh', 'security-hub/EC2.13', 'security-hub/EC2.19'],
  approval: 'none',
  risks: ['legitimate-use', 'workload'],
  asks: ({ params }) => `Close the group ${String(params['groupId'])} to the internet, down to its VPC`,
  blastRadius: ({ params }) =>
    `New connections from outside the VPC to what uses the group ${String(params['groupId'])} are refused on the narrowed ports: websites, remote sign-in and partners among them.`,
  inverse: ({ params }) => `The narrowed rules of ${String(params['groupId'])} get their exact earlier sources back.`,
  targets: (finding) => {
    const group = groupOf(finding);
    if (group === null) return [];
    const ruleIds = [...new Set(finding.evidence.flatMap(({ kept }) => ruleIdsIn(kept)))].sort();
    return [{ ...group, params: { ...group.params, ...(ruleIds.length === 0 ? {} : { ruleIds }) } }];
  },
  requires: (target) => [vpcIsKnown(target)],
  plan: (target) => {
    const groupId = String(target.params['groupId']);
    const list = {
      action: 'ec2:DescribeSecurityGroupRules',
      input: { Filters: [{ Name: 'group-id', Values: [groupId] }] },
    };
    const modify = (rules: readonly JsonObject[]) => ({ GroupId: groupId, SecurityGroupRules: rules });
    return [
      {
        name: 'Narrow the world-open sources to the VPC',
        on: [target.uid, ...ruleArns(target)],
        read: { ...list, keep: 'rules' },
        captures: (answer) => inScope(answer, target).map(asCaptured),
        do: {
          action: 'ec2:ModifySecurityGroupRules',
          input: { GroupId: groupId },
          once: 'sets-state',
          fill: (kept) => modify(narrowed(kept, target)),
        },
        verify: {
          ...list,
          expect: (answer) => answer !== null && inScope(answer, target).every((rule) => !isWide(rule)),
          says: 'no rule in scope has a source wider than a /8, or a /16 of IPv6',
          withinSeconds: 60,
        },
        undo: (kept) => {
          const earlier = inScope(valueAt(kept, 'rules'), target).filter(isWide);
          return earlier.length === 0
            ? []
            : [{ action: 'ec2:ModifySecurityGroupRules', input: modify(earlier.map((rule) => requestFor(rule, sourceOf(rule)))) }];
        },
      },
    ];
  },
  undoes: ['ec2:ModifySecurityGroupRules'],
  examples: [
    {
      name: 'one rule',
      target: exampleTarget({ groupId: 'sg-0a1b2c3d4e5f60718', ruleIds: ['sgr-0a1b2c3d4e5f60718'] }),
      does: ['ec2:ModifySecurityGroupRules'],
    },
    { name: 'every rule of the group', target: exampleTarget({ groupId: 'sg-0a1b2c3d4e5f60718' }), does: ['ec2:ModifySecurityGroupRules'] },
  ],
};

function vpcIsKnown(target: Target): Precondition {
  const groupId = String(target.params['groupId']);
  return {
    name: 'The VPC of the group and its block',
    on: [target.uid],
    read: { action: 'ec2:DescribeSecurityGroups', input: { GroupIds: [groupId] }, keep: 'network' },
    follow: {
      action: 'ec2:DescribeVpcs',
      inputs: (answer) => {
        const vpc = textAt(answer, 'SecurityGroups', 0, 'VpcId');
        return vpc === null ? [] : [{ VpcIds: [vpc] }];
      },
    },
    expect: (_, followed) => parseBlock(textAt(followed[0], 'Vpcs', 0, 'CidrBlock') ?? '') !== null,
    says: `The group ${groupId} is gone, or the block of its VPC could not be read, so there is nothing to narrow it to.`,
  };
}

/**
 * The ingress rules that the target names, or those of its group that are not for the web; sorted by id. Only rules
 * with a block of addresses: others name groups or lists.
 */
function inScope(answer: Json, { params }: Target): readonly Json[] {
  const ids = listAt(params, 'ruleIds');
  return listAt(answer, 'SecurityGroupRules')
    .filter((rule) => valueAt(rule, 'IsEgress') !== true && sourceOf(rule) !== '')
    .filter((rule) => (ids.length === 0 ? !isWeb(rule) : ids.includes(idIn(rule))))
    .toSorted((a, b) => (idIn(a) < idIn(b) ? -1 : idIn(a) > idIn(b) ? 1 : 0));
}

/**
 * Wider than any block that an organisation has: a rule for the whole world may also be written as halves or quarters of
 * it. Unique local IPv6 addresses are nobody's world.
 */
function isWide(rule: Json): boolean {
  const block = parseBlock(sourceOf(rule));
  if (block === null) return false;
  if (block.address.family === 4) return block.prefix < 8;
  const isUniqueLocal = block.prefix >= 7 && ((block.address.groups[0] ?? 0) & 0xfe00) === 0xfc00;
  return block.prefix < 16 && !isUniqueLocal;
}

/** A web port that is open to the world is what web sites need: it is closed only where the evidence names its rule. */
function isWeb(rule: Json): boolean {
  const port = valueAt(rule, 'FromPort');
  return valueAt(rule, 'IpProtocol') === 'tcp' && (port === 80 || port === 443) && valueAt(rule, 'ToPort') === port;
}

/** The modifications, each with the widest part of the VPC's block that no equal rule has yet. */
function narrowed(kept: Kept, target: Target): readonly JsonObject[] {
  const rules = valueAt(kept, 'rules');
  const taken = new Set(listAt(rules, 'SecurityGroupRules').map((rule) => sameness(rule, sourceOf(rule))));
  return inScope(rules, target)
    .filter(isWide)
    .map((rule) => {
      const [base = '', prefix = ''] = blockFor(rule, kept).split('/');
      const longest = base.includes(':') ? 128 : 32;
      let length = Number(prefix);
      while (taken.has(sameness(rule, `${base}/${length}`)) && length < longest) length++;
      const source = `${base}/${length}`;
      taken.add(sameness(rule, source));
      return requestFor(rule, source);
    });
}

function blockFor(rule: Json, kept: Kept): string {
  const vpc = valueAt(kept, 'network', 'followed', 0, 'Vpcs', 0);
  if (textAt(rule, 'CidrIpv6') === null) return textAt(vpc, 'CidrBlock') ?? '';
  const own = listAt(vpc, 'Ipv6CidrBlockAssociationSet').find((one) => textAt(one, 'Ipv6CidrBlockState', 'State') === 'associated');
  return textAt(own, 'Ipv6CidrBlock') ?? uniqueLocal;
}

function sameness(rule: Json, source: string): string {
  return canonicalJson([
    valueAt(rule, 'IsEgress') === true,
    valueAt(rule, 'IpProtocol'),
    valueAt(rule, 'FromPort'),
    valueAt(rule, 'ToPort'),
    source,
  ]);
}

/** A rule must be said whole: what is left out is not kept. */
function requestFor(rule: Json, source: string): JsonObject {
  const description = textAt(rule, 'Description');
  return {
    SecurityGroupRuleId: idIn(rule),
    SecurityGroupRule: {
      IpProtocol: valueAt(rule, 'IpProtocol'),
      ...(typeof valueAt(rule, 'FromPort') === 'number' ? { FromPort: valueAt(rule, 'FromPort') } : {}),
      ...(typeof valueAt(rule, 'ToPort') === 'number' ? { ToPort: valueAt(rule, 'ToPort') } : {}),
      ...(textAt(rule, 'CidrIpv6') === null ? { CidrIpv4: source } : { CidrIpv6: source }),
      ...(description === null ? {} : { Description: description }),
    },
  };
}

function asCaptured(rule: Json): JsonObject {
  return {
    id: idIn(rule),
    protocol: valueAt(rule, 'IpProtocol'),
    from: valueAt(rule, 'FromPort'),
    to: valueAt(rule, 'ToPort'),
    source: sourceOf(rule),
    description: textAt(rule, 'Description') ?? '',
  };
}

function idIn(rule: Json): string {
  return textAt(rule, 'SecurityGroupRuleId') ?? '';
}

function sourceOf(rule: Json): string {
  return textAt(rule, 'CidrIpv4') ?? textAt(rule, 'CidrIpv6') ?? '';
}

function ruleArns({ account, region, uid, params }: Target): readonly string[] {
  const stem = `arn:${parseArn(uid)?.partition ?? 'aws'}:ec2:${region}:${account}:security-group-rule`;
  const ids = listAt(params, 'ruleIds');
  // The call needs the group's ARN as well, so this is no wider than the group; and many ARNs would not fit a session policy.
  return ids.length === 0 || ids.length > 10 ? [`${stem}/*`] : ids.map((id) => `${stem}/${String(id)}`);
}

function groupOf(finding: Finding): Target | null {
  const uids = [...finding.resources.map(({ uid }) => uid), ...finding.evidence.flatMap(({ resource }) => resource?.uid ?? [])];
  for (const uid of uids) {
    const arn = parseArn(uid);
    const groupId = /^security-group\/(sg-[0-9a-f]{8,17})$/.exec(arn?.resource ?? '')?.[1];
    if (arn !== null && groupId !== undefined && arn.service === 'ec2' && arn.account === finding.account)
      return { account: arn.account, region: arn.region, uid, params: { groupId } };
  }
  return null;
}

/** Rule ids anywhere in what the rule or the control kept, whatever they call it. */
function ruleIdsIn(kept: Json | undefined): readonly string[] {
  if (typeof kept === 'string') return /^sgr-[0-9a-f]{8,17}$/.test(kept) ? [kept] : [];
  if (Array.isArray(kept)) return kept.flatMap(ruleIdsIn);
  if (typeof kept === 'object' && kept !== null) return Object.values(kept).flatMap(ruleIdsIn);
  return [];
}

function exampleTarget(params: JsonObject): Target {
  return {
    account: '111122223333',
    region: 'eu-central-1',
    uid: 'arn:aws:ec2:eu-central-1:111122223333:security-group/sg-0a1b2c3d4e5f60718',
    params,
  };
}
