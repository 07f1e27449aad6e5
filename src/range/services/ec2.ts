import { parseBlock } from '../../core/lib/cidr.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import {
  fault,
  isObject,
  lowerFirst,
  type Operation,
  type OperationContext,
  type OperationTable,
  objects,
  optionalText,
  tagList,
  tagsOf,
  text,
  texts,
} from '../operation.ts';
import type { RegionState, RuleState, RuleTarget, SecurityGroupState } from '../state.ts';

type Context = OperationContext;

/** `ec2:` operations on Regions, networks, security groups and instances. */
export const ec2: OperationTable = {
  'ec2:DescribeRegions': read('DescribeRegions', ({ account }) => ({
    Regions: Object.keys(account.regions).map((RegionName) => ({
      RegionName,
      Endpoint: `ec2.${RegionName}.amazonaws.com`,
      OptInStatus: 'opt-in-not-required',
    })),
  })),
  'ec2:DescribeVpcs': read('DescribeVpcs', (context) => ({
    Vpcs: select(context, 'VpcIds', 'VpcId', 'InvalidVpcID.NotFound', Object.values(here(context).vpcs)),
  })),
  'ec2:DescribeInstances': read('DescribeInstances', (context) => ({
    Reservations: select(context, 'InstanceIds', 'InstanceId', 'InvalidInstanceID.NotFound', Object.values(here(context).instances)).map(
      (instance) => ({
        ReservationId: `r-${String(instance['InstanceId']).slice(2)}`,
        OwnerId: context.account.id,
        Instances: [instance],
      }),
    ),
  })),
  'ec2:DescribeNetworkInterfaces': read('DescribeNetworkInterfaces', (context) => ({
    NetworkInterfaces: select(
      context,
      'NetworkInterfaceIds',
      'NetworkInterfaceId',
      'InvalidNetworkInterfaceID.NotFound',
      Object.values(here(context).networkInterfaces),
    ),
  })),
  'ec2:DescribeSnapshots': read('DescribeSnapshots', (context) => ({
    Snapshots: select(context, 'SnapshotIds', 'SnapshotId', 'InvalidSnapshot.NotFound', Object.values(here(context).snapshots)),
  })),
  'ec2:DescribeImages': read('DescribeImages', () => ({ Images: [] })),
  'ec2:DescribeFlowLogs': read('DescribeFlowLogs', () => ({ FlowLogs: [] })),
  'ec2:ModifyInstanceMetadataOptions': {
    ...write(
      'ModifyInstanceMetadataOptions',
      (context) => [arn(context, 'instance', text(context, 'InstanceId'))],
      (context) => {
        const id = text(context, 'InstanceId');
        const { instances } = here(context);
        const instance = instances[id];
        if (instance === undefined) throw fault(context, 'InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
        const { InstanceId: _id, ...wanted } = context.input;
        const options = { ...(instance['MetadataOptions'] as JsonObject), ...wanted };
        instances[id] = { ...instance, MetadataOptions: options };
        return { InstanceId: id, InstanceMetadataOptions: options };
      },
    ),
    request: ({ input }) => ({ ModifyInstanceMetadataOptionsRequest: input }),
  },
  'ec2:CreateTags': write(
    'CreateTags',
    (context) => texts(context, 'Resources').map((id) => arn(context, id.startsWith('sg-') ? 'security-group' : 'instance', id)),
    (context) => {
      const { securityGroups, instances } = here(context);
      const tags = tagsOf(context.input['Tags']);
      for (const id of texts(context, 'Resources')) {
        const group = securityGroups[id];
        const instance = instances[id];
        if (group !== undefined) Object.assign(group.tags, tags);
        else if (instance !== undefined) instances[id] = { ...instance, Tags: tagList({ ...tagsOf(instance['Tags']), ...tags }) };
        else throw fault(context, 'InvalidID', `The ID '${id}' is not valid`);
      }
      return { Return: true };
    },
  ),
  'ec2:DescribeSecurityGroups': read('DescribeSecurityGroups', (context) => ({
    SecurityGroups: select(
      context,
      'GroupIds',
      'GroupId',
      'InvalidGroup.NotFound',
      Object.values(here(context).securityGroups).map((group) => groupOutput(context, group)),
    ),
  })),
  'ec2:DescribeSecurityGroupRules': read('DescribeSecurityGroupRules', (context) => ({
    SecurityGroupRules: select(
      context,
      'SecurityGroupRuleIds',
      'SecurityGroupRuleId',
      'InvalidSecurityGroupRuleId.NotFound',
      Object.values(here(context).securityGroups).flatMap((group) =>
        Object.values(group.rules).map((rule) => ruleOutput(context, group, rule)),
      ),
    ),
  })),

  'ec2:CreateSecurityGroup': write(
    'CreateSecurityGroup',
    (context) => [arn(context, 'security-group', '*')],
    (context) => {
      const name = text(context, 'GroupName');
      const region = here(context);
      const vpc = optionalText(context, 'VpcId') ?? Object.keys(region.vpcs)[0] ?? '';
      if (region.vpcs[vpc] === undefined) throw fault(context, 'InvalidVpcID.NotFound', `The vpc ID '${vpc}' does not exist`);
      if (Object.values(region.securityGroups).some((group) => group.name === name && group.vpc === vpc)) {
        throw fault(context, 'InvalidGroup.Duplicate', `The security group '${name}' already exists for VPC '${vpc}'`);
      }
      const tags = objects(context.input['TagSpecifications']).flatMap((each) => Object.entries(tagsOf(each['Tags'])));
      const group: SecurityGroupState = {
        id: `sg-${context.dice.hex(17)}`,
        name,
        description: text(context, 'Description'),
        vpc,
        tags: Object.fromEntries(tags),
        rules: {},
      };
      const egress: RuleState = {
        id: `sgr-${context.dice.hex(17)}`,
        egress: true,
        protocol: '-1',
        from: null,
        to: null,
        target: { kind: 'ipv4', value: '0.0.0.0/0' },
        description: null,
        tags: {},
      };
      group.rules[egress.id] = egress;
      region.securityGroups[group.id] = group;
      return { GroupId: group.id, SecurityGroupArn: arn(context, 'security-group', group.id), Tags: tagList(group.tags) };
    },
    (output) => ({ groupId: output['GroupId'] ?? null }),
  ),
  'ec2:DeleteSecurityGroup': write('DeleteSecurityGroup', onGroup, (context) => {
    const group = groupOf(context);
    const used = Object.values(here(context).networkInterfaces).some((each) =>
      objects(each['Groups']).some((member) => member['GroupId'] === group.id),
    );
    if (used) throw fault(context, 'DependencyViolation', `resource ${group.id} has a dependent object`);
    delete here(context).securityGroups[group.id];
    return { Return: true, GroupId: group.id };
  }),
  'ec2:AuthorizeSecurityGroupIngress': write(
    'AuthorizeSecurityGroupIngress',
    onGroup,
    (context) => authorize(context, false),
    (output) => rulesResponse(output),
  ),
  'ec2:AuthorizeSecurityGroupEgress': write(
    'AuthorizeSecurityGroupEgress',
    onGroup,
    (context) => authorize(context, true),
    (output) => rulesResponse(output),
  ),
  'ec2:RevokeSecurityGroupIngress': write('RevokeSecurityGroupIngress', onGroup, (context) => revoke(context, false)),
  'ec2:RevokeSecurityGroupEgress': write('RevokeSecurityGroupEgress', onGroup, (context) => revoke(context, true)),
  'ec2:ModifySecurityGroupRules': write('ModifySecurityGroupRules', onGroup, (context) => {
    const group = groupOf(context);
    const updates = objects(context.input['SecurityGroupRules']).map((update) => {
      const id = String(update['SecurityGroupRuleId'] ?? '');
      const rule = Object.hasOwn(group.rules, id) ? group.rules[id] : undefined;
      if (rule === undefined)
        throw fault(context, 'InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${id}' does not exist`);
      const wanted = update['SecurityGroupRule'];
      if (!isObject(wanted)) throw fault(context, 'MissingParameter', 'The request must contain the parameter SecurityGroupRule');
      return { rule, wanted: ruleOfRequest(context, wanted) };
    });
    // All of them are checked before any is changed: the real call is atomic too.
    for (const { rule, wanted } of updates) {
      if (rule.target.kind !== wanted.target.kind) {
        throw fault(context, 'InvalidParameterValue', 'The source or destination type of a rule cannot be changed');
      }
      const twin = Object.values(group.rules).find((other) => other.id !== rule.id && same(other, { ...wanted, egress: rule.egress }));
      if (twin !== undefined) throw duplicate(context, wanted);
    }
    for (const { rule, wanted } of updates) {
      rule.protocol = wanted.protocol;
      rule.from = wanted.from;
      rule.to = wanted.to;
      rule.target = wanted.target;
      rule.description = wanted.description;
    }
    return { Return: true };
  }),
};

function read(event: string, run: Operation['run']): Operation {
  return { source: 'ec2.amazonaws.com', event, readOnly: true, run, request: ({ input }) => requestOf(input) };
}

function write(
  event: string,
  on: (context: Context) => readonly string[],
  run: Operation['run'],
  response?: (output: JsonObject) => JsonObject,
): Operation {
  return {
    source: 'ec2.amazonaws.com',
    event,
    readOnly: false,
    on,
    run,
    request: ({ input }) => requestOf(input),
    response: (output) => response?.(output) ?? { _return: output['Return'] ?? true },
  };
}

/** How CloudTrail names a list parameter of EC2: the API's own names, and every list is `{ items: [...] }`. */
const listNames: { readonly [input: string]: readonly [name: string, member: string | null] } = {
  GroupIds: ['securityGroupIdSet', 'groupId'],
  GroupNames: ['securityGroupSet', 'groupName'],
  SecurityGroupRuleIds: ['securityGroupRuleIdSet', 'securityGroupRuleId'],
  InstanceIds: ['instancesSet', 'instanceId'],
  VpcIds: ['vpcSet', 'vpcId'],
  SnapshotIds: ['snapshotSet', 'snapshotId'],
  NetworkInterfaceIds: ['networkInterfaceIdSet', 'networkInterfaceId'],
  RegionNames: ['regionSet', 'regionName'],
  Filters: ['filterSet', null],
  Values: ['valueSet', 'value'],
  UserIdGroupPairs: ['groups', null],
  IpPermissions: ['ipPermissions', null],
  IpRanges: ['ipRanges', null],
  Ipv6Ranges: ['ipv6Ranges', null],
  PrefixListIds: ['prefixListIds', null],
  TagSpecifications: ['tagSpecificationSet', null],
};

function requestOf(input: JsonObject): JsonObject {
  const members: [string, Json][] = Object.entries(input).map(([key, value]) => {
    const [name, member] = listNames[key] ?? [lowerFirst(key), null];
    return [name, requestValue(value, member, key === 'IpPermissions')];
  });
  return Object.fromEntries(members);
}

function requestValue(value: Json, member: string | null, permissions: boolean): Json {
  if (Array.isArray(value)) {
    if (value.length === 0) return {};
    return {
      items: value.map((item: Json): Json => {
        if (!isObject(item)) return member === null ? item : { [member]: item };
        const empty = permissions ? { groups: {}, ipRanges: {}, ipv6Ranges: {}, prefixListIds: {} } : {};
        return { ...empty, ...requestOf(item) };
      }),
    };
  }
  return isObject(value) ? requestOf(value) : value;
}

function rulesResponse(output: JsonObject): JsonObject {
  return {
    _return: true,
    securityGroupRuleSet: {
      items: objects(output['SecurityGroupRules']).map((rule) => {
        const { Tags: _tags, ...rest } = rule;
        return requestOf(rest);
      }),
    },
  };
}

function here(context: Context): RegionState {
  const region = context.account.regions[context.region];
  if (region === undefined)
    throw fault(context, 'AuthFailure', `The Region ${context.region} is not enabled in account ${context.account.id}`);
  return region;
}

function arn(context: Context, type: string, id: string): string {
  return `arn:aws:ec2:${context.region}:${context.account.id}:${type}/${id}`;
}

function onGroup(context: Context): readonly string[] {
  return [arn(context, 'security-group', optionalText(context, 'GroupId') ?? '*')];
}

function groupOf(context: Context): SecurityGroupState {
  const id = text(context, 'GroupId');
  const group = here(context).securityGroups[id];
  if (group === undefined) throw fault(context, 'InvalidGroup.NotFound', `The security group '${id}' does not exist`);
  return group;
}

/** Those that the ids and filters of a Describe call select; a named one that does not exist is an error. */
function select(context: Context, ids: string, idName: string, notFound: string, all: readonly JsonObject[]): readonly JsonObject[] {
  const wanted = texts(context, ids);
  for (const id of wanted) {
    if (!all.some((each) => each[idName] === id)) throw fault(context, notFound, `The ID '${id}' does not exist`);
  }
  const filters = objects(context.input['Filters']).map((filter) => {
    const values = filter['Values'];
    return {
      name: String(filter['Name'] ?? ''),
      values: Array.isArray(values) ? values.map(String) : [],
    };
  });
  return all.filter(
    (each) =>
      (wanted.length === 0 || wanted.includes(String(each[idName]))) &&
      filters.every(({ name, values }) => filterValues(context, each, name).some((value) => values.includes(value))),
  );
}

/** The values of a resource that a filter compares. */
function filterValues(context: Context, of: JsonObject, name: string): readonly string[] {
  if (name.startsWith('tag:')) {
    return objects(of['Tags']).flatMap((tag) => (tag['Key'] === name.slice(4) ? [String(tag['Value'])] : []));
  }
  switch (name) {
    case 'group-id':
    case 'instance.group-id':
      return [...objects(of['Groups']), ...objects(of['SecurityGroups']), of].flatMap((each) =>
        typeof each['GroupId'] === 'string' ? [each['GroupId']] : [],
      );
    case 'group-name':
      return typeof of['GroupName'] === 'string' ? [of['GroupName']] : [];
    case 'instance-state-name':
      return isObject(of['State']) ? [String(of['State']['Name'])] : [];
    case 'attachment.instance-id':
      return isObject(of['Attachment']) ? [String(of['Attachment']['InstanceId'])] : [];
    case 'vpc-id':
    case 'instance-id':
    case 'security-group-rule-id':
    case 'network-interface-id':
    case 'owner-id':
    case 'snapshot-id': {
      const key = name
        .split('-')
        .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
        .join('');
      return typeof of[key] === 'string' ? [of[key]] : [];
    }
    default:
      throw fault(context, 'InvalidParameterValue', `The filter '${name}' is invalid`);
  }
}

function groupOutput(context: Context, group: SecurityGroupState): JsonObject {
  const rules = Object.values(group.rules);
  return {
    GroupId: group.id,
    GroupName: group.name,
    Description: group.description,
    OwnerId: context.account.id,
    VpcId: group.vpc,
    SecurityGroupArn: arn(context, 'security-group', group.id),
    IpPermissions: permissions(
      context,
      rules.filter((rule) => !rule.egress),
    ),
    IpPermissionsEgress: permissions(
      context,
      rules.filter((rule) => rule.egress),
    ),
    Tags: tagList(group.tags),
  };
}

/** Rules with the same protocol and ports are one permission, as EC2 shows them. */
function permissions(context: Context, rules: readonly RuleState[]): readonly JsonObject[] {
  const lists = { ipv4: 'IpRanges', ipv6: 'Ipv6Ranges', group: 'UserIdGroupPairs', 'prefix-list': 'PrefixListIds' } as const;
  const byPorts = new Map<string, RuleState[]>();
  for (const rule of rules) {
    const key = `${rule.protocol} ${rule.from} ${rule.to}`;
    byPorts.set(key, [...(byPorts.get(key) ?? []), rule]);
  }
  return [...byPorts.values()].map((same) => {
    const [head] = same;
    const output: Record<string, Json> = {
      IpProtocol: head?.protocol ?? '-1',
      ...(head === undefined || head.from === null ? {} : { FromPort: head.from }),
      ...(head === undefined || head.to === null ? {} : { ToPort: head.to }),
    };
    for (const [kind, list] of Object.entries(lists)) {
      output[list] = same
        .filter((rule) => rule.target.kind === kind)
        .map((rule) => ({
          ...targetMember(context, rule.target),
          ...(rule.description === null ? {} : { Description: rule.description }),
        }));
    }
    return output;
  });
}

function targetMember(context: Context, target: RuleTarget): JsonObject {
  switch (target.kind) {
    case 'ipv4':
      return { CidrIp: target.value };
    case 'ipv6':
      return { CidrIpv6: target.value };
    case 'group':
      return { GroupId: target.value, UserId: context.account.id };
    case 'prefix-list':
      return { PrefixListId: target.value };
  }
}

function ruleOutput(context: Context, group: SecurityGroupState, rule: RuleState): JsonObject {
  const target: JsonObject =
    rule.target.kind === 'ipv4'
      ? { CidrIpv4: rule.target.value }
      : rule.target.kind === 'ipv6'
        ? { CidrIpv6: rule.target.value }
        : rule.target.kind === 'group'
          ? { ReferencedGroupInfo: { GroupId: rule.target.value, UserId: context.account.id } }
          : { PrefixListId: rule.target.value };
  return {
    SecurityGroupRuleId: rule.id,
    GroupId: group.id,
    GroupOwnerId: context.account.id,
    IsEgress: rule.egress,
    IpProtocol: rule.protocol,
    // Protocol -1 has no ports; EC2 writes -1.
    FromPort: rule.from ?? -1,
    ToPort: rule.to ?? -1,
    ...target,
    ...(rule.description === null ? {} : { Description: rule.description }),
    Tags: tagList(rule.tags),
  };
}

type NewRule = Omit<RuleState, 'id' | 'egress' | 'tags'>;

/** One rule for each source of each permission; also the short form with CidrIp at the top of the input. */
function rulesOfRequest(context: Context): readonly NewRule[] {
  const listed = objects(context.input['IpPermissions']);
  const short = optionalText(context, 'CidrIp');
  const all: readonly JsonObject[] =
    listed.length > 0
      ? listed
      : short === null
        ? []
        : [
            {
              IpProtocol: context.input['IpProtocol'] ?? '-1',
              FromPort: context.input['FromPort'] ?? null,
              ToPort: context.input['ToPort'] ?? null,
              IpRanges: [{ CidrIp: short }],
            },
          ];
  const rules = all.flatMap((permission) => {
    const head = ports(permission);
    const of = (list: string, member: string, kind: RuleTarget['kind']): NewRule[] =>
      objects(permission[list]).map((each) => ({
        ...head,
        target: checked(context, { kind, value: String(each[member] ?? '') }),
        description: typeof each['Description'] === 'string' ? each['Description'] : null,
      }));
    return [
      ...of('IpRanges', 'CidrIp', 'ipv4'),
      ...of('Ipv6Ranges', 'CidrIpv6', 'ipv6'),
      ...of('UserIdGroupPairs', 'GroupId', 'group'),
      ...of('PrefixListIds', 'PrefixListId', 'prefix-list'),
    ];
  });
  if (rules.length === 0) throw fault(context, 'MissingParameter', 'The request must contain the parameter ipPermissions');
  return rules;
}

function ruleOfRequest(context: Context, wanted: JsonObject): NewRule {
  const kinds = [
    ['CidrIpv4', 'ipv4'],
    ['CidrIpv6', 'ipv6'],
    ['ReferencedGroupId', 'group'],
    ['PrefixListId', 'prefix-list'],
  ] as const;
  const named = kinds.filter(([name]) => typeof wanted[name] === 'string');
  const [only] = named;
  if (only === undefined || named.length > 1)
    throw fault(context, 'InvalidParameterValue', 'A rule needs exactly one source or destination');
  const [name, kind] = only;
  return {
    ...ports(wanted),
    target: checked(context, { kind, value: String(wanted[name]) }),
    description: typeof wanted['Description'] === 'string' ? wanted['Description'] : null,
  };
}

function ports(of: JsonObject): { protocol: string; from: number | null; to: number | null } {
  const protocol = String(of['IpProtocol'] ?? '-1');
  const port = (name: string) => (protocol === '-1' || typeof of[name] !== 'number' || of[name] === -1 ? null : of[name]);
  return { protocol, from: port('FromPort'), to: port('ToPort') };
}

function checked(context: Context, target: RuleTarget): RuleTarget {
  const family = target.kind === 'ipv4' ? 4 : target.kind === 'ipv6' ? 6 : null;
  if (family !== null && (!target.value.includes('/') || parseBlock(target.value)?.address.family !== family)) {
    throw fault(context, 'InvalidParameterValue', `CIDR block ${target.value} is malformed`);
  }
  return target;
}

function same(rule: RuleState, other: NewRule & { readonly egress: boolean }): boolean {
  return (
    rule.egress === other.egress &&
    rule.protocol === other.protocol &&
    rule.from === other.from &&
    rule.to === other.to &&
    rule.target.kind === other.target.kind &&
    rule.target.value === other.target.value
  );
}

function duplicate(context: Context, rule: NewRule): Error {
  return fault(
    context,
    'InvalidPermission.Duplicate',
    `the specified rule "peer: ${rule.target.value}, ${rule.protocol.toUpperCase()}, from port: ${rule.from}, to port: ${rule.to}, ALLOW" already exists`,
  );
}

function authorize(context: Context, egress: boolean): JsonObject {
  const group = groupOf(context);
  const wanted = rulesOfRequest(context);
  for (const rule of wanted) {
    if (Object.values(group.rules).some((each) => same(each, { ...rule, egress }))) throw duplicate(context, rule);
  }
  const added = wanted.map((rule): RuleState => ({ ...rule, id: `sgr-${context.dice.hex(17)}`, egress, tags: {} }));
  for (const rule of added) group.rules[rule.id] = rule;
  return { Return: true, SecurityGroupRules: added.map((rule) => ruleOutput(context, group, rule)) };
}

function revoke(context: Context, egress: boolean): JsonObject {
  const group = groupOf(context);
  const ids = texts(context, 'SecurityGroupRuleIds');
  const doomed =
    ids.length > 0
      ? ids.map((id) => {
          const rule = group.rules[id];
          if (rule === undefined || rule.egress !== egress) {
            throw fault(context, 'InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${id}' does not exist`);
          }
          return rule;
        })
      : rulesOfRequest(context).map((wanted) => {
          const rule = Object.values(group.rules).find((each) => same(each, { ...wanted, egress }));
          if (rule === undefined)
            throw fault(context, 'InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
          return rule;
        });
  for (const rule of doomed) delete group.rules[rule.id];
  return { Return: true, RevokedSecurityGroupRules: doomed.map((rule) => ({ ...ruleOutput(context, group, rule) })) };
}
