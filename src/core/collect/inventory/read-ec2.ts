import { asObject, textAt, valueAt } from '../../lib/json-at.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { number, objects, sorted, tagsOf } from './answer.ts';
import { type Read, type Reader, type Reading, resourceOf } from './reading.ts';

/** Security groups with their ingress: one entry per source, as rules are changed one by one. */
export const readSecurityGroups: Reader = {
  action: 'ec2:DescribeSecurityGroups',
  types: ['AWS::EC2::SecurityGroup'],
  per: 'region',
  calls: ['ec2:DescribeSecurityGroups', 'ec2:DescribeSecurityGroupRules', 'ec2:GetManagedPrefixListEntries'],
  async read(reading) {
    const groups = objects(await reading.call('ec2:DescribeSecurityGroups'), 'SecurityGroups');
    if (groups.length === 0) return [];
    const rules = await reading.property('ec2:DescribeSecurityGroupRules', {}, (answer) => valueAt(answer, 'SecurityGroupRules') ?? []);
    const ids = 'value' in rules ? ruleIds(rules.value) : new Map<string, string>();
    const listed = new Set(
      groups.flatMap((group) =>
        objects(group, 'IpPermissions').flatMap((permission) =>
          objects(permission, 'PrefixListIds').map((one) => textAt(one, 'PrefixListId')),
        ),
      ),
    );
    const prefixLists = new Map<string, Read>();
    await reading.each([...listed], async (id) => {
      if (id === null) return;
      const entries = await reading.property('ec2:GetManagedPrefixListEntries', { PrefixListId: id }, (answer) =>
        sorted(objects(answer, 'Entries').map((entry) => textAt(entry, 'Cidr'))),
      );
      prefixLists.set(id, entries);
    });
    return groups.map((group) => groupOf(reading, group, ids, rules, prefixLists));
  },
};

function groupOf(
  { account, partition, region }: Reading,
  group: JsonObject,
  ids: ReadonlyMap<string, string>,
  rules: Read,
  prefixLists: ReadonlyMap<string, Read>,
): Resource {
  const id = textAt(group, 'GroupId') ?? '';
  const ingress = sorted(
    objects(group, 'IpPermissions').flatMap((permission): JsonObject[] => {
      const protocol = textAt(permission, 'IpProtocol');
      const ports = { protocol, fromPort: number(permission, 'FromPort'), toPort: number(permission, 'ToPort') };
      const sources = (list: string, key: string, kind: string) =>
        objects(permission, list).map((source): JsonObject => {
          const from = textAt(source, key);
          const rule = ids.get(ruleKey(id, protocol, ports.fromPort, ports.toPort, from));
          return {
            ...ports,
            kind,
            source: from,
            description: textAt(source, 'Description'),
            ...(rule === undefined ? {} : { ruleId: rule }),
          };
        });
      return [
        ...sources('IpRanges', 'CidrIp', 'ipv4'),
        ...sources('Ipv6Ranges', 'CidrIpv6', 'ipv6'),
        ...sources('PrefixListIds', 'PrefixListId', 'prefix-list'),
        ...sources('UserIdGroupPairs', 'GroupId', 'group'),
      ];
    }),
  );
  const mine = new Set(ingress.flatMap(({ kind, source }) => (kind === 'prefix-list' && typeof source === 'string' ? [source] : [])));
  const lists: { [id: string]: Json } = {};
  let failed: Read | null = null;
  for (const list of [...mine].sort()) {
    const read = prefixLists.get(list);
    if (read !== undefined && 'value' in read) lists[list] = read.value;
    else failed = read ?? { failed: 'ec2:GetManagedPrefixListEntries' };
  }
  return resourceOf(
    {
      uid: `arn:${partition}:ec2:${region}:${account}:security-group/${id}`,
      type: 'AWS::EC2::SecurityGroup',
      name: textAt(group, 'GroupName') ?? id,
      account,
      region,
      tags: tagsOf(group),
    },
    { groupId: id, vpcId: textAt(group, 'VpcId'), description: textAt(group, 'Description'), ingress },
    { prefixLists: failed ?? { value: lists }, ...('value' in rules ? {} : { ruleIds: rules }) },
  );
}

function ruleIds(rules: Json): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  for (const rule of Array.isArray(rules) ? rules : []) {
    const id = textAt(rule, 'SecurityGroupRuleId');
    if (id === null || rule['IsEgress'] === true) continue;
    const source =
      textAt(rule, 'CidrIpv4') ??
      textAt(rule, 'CidrIpv6') ??
      textAt(rule, 'PrefixListId') ??
      textAt(valueAt(rule, 'ReferencedGroupInfo'), 'GroupId');
    ids.set(
      ruleKey(textAt(rule, 'GroupId') ?? '', textAt(rule, 'IpProtocol'), number(rule, 'FromPort'), number(rule, 'ToPort'), source),
      id,
    );
  }
  return ids;
}

/** All ports are -1 in the one answer and absent in the other. */
function ruleKey(group: string, protocol: string | null, from: number | null, to: number | null, source: string | null): string {
  return [group, protocol, from ?? -1, to ?? -1, source].join(' ');
}

/** Instances that are not terminated, with what decides how they can be reached and misused. */
export const readInstances: Reader = {
  action: 'ec2:DescribeInstances',
  types: ['AWS::EC2::Instance'],
  per: 'region',
  calls: ['ec2:DescribeInstances'],
  async read({ account, partition, region, call }) {
    const instances = objects(await call('ec2:DescribeInstances'), 'Reservations').flatMap((reservation) =>
      objects(reservation, 'Instances'),
    );
    return instances
      .filter((instance) => textAt(valueAt(instance, 'State'), 'Name') !== 'terminated')
      .map((instance) => {
        const id = textAt(instance, 'InstanceId') ?? '';
        const tags = tagsOf(instance);
        const metadata = valueAt(instance, 'MetadataOptions');
        return resourceOf(
          {
            uid: `arn:${partition}:ec2:${region}:${account}:instance/${id}`,
            type: 'AWS::EC2::Instance',
            name: tags['Name'] ?? id,
            account,
            region,
            tags,
          },
          {
            instanceId: id,
            state: textAt(valueAt(instance, 'State'), 'Name'),
            imageId: textAt(instance, 'ImageId'),
            launchedAt: textAt(instance, 'LaunchTime'),
            vpcId: textAt(instance, 'VpcId'),
            subnetId: textAt(instance, 'SubnetId'),
            publicIp: textAt(instance, 'PublicIpAddress'),
            profile: textAt(valueAt(instance, 'IamInstanceProfile'), 'Arn'),
            securityGroups: sorted(objects(instance, 'SecurityGroups').map((group) => textAt(group, 'GroupId'))),
            metadata:
              asObject(metadata) !== null
                ? {
                    endpoint: textAt(metadata, 'HttpEndpoint'),
                    tokens: textAt(metadata, 'HttpTokens'),
                    hops: number(metadata, 'HttpPutResponseHopLimit'),
                  }
                : null,
          },
        );
      });
  },
};
