import { worldOpenPorts } from '../../../../src/core/lib/network/world-open-ports.ts';
import { unread } from '../../../../src/core/lib/unread.ts';
import type { Control } from '../../../../src/core/model/control.ts';
import type { Json } from '../../../../src/core/model/json.ts';

const reads = 'ec2:DescribeSecurityGroups';
const rule = (
  source: string,
  from: number | null,
  to: number | null,
  protocol = 'tcp',
  kind = source.includes(':') ? 'ipv6' : 'ipv4',
): Json => ({
  protocol,
  fromPort: from,
  toPort: to,
  kind,
  source,
  ruleId: 'sgr-0a1b2c3d',
});
const group = (...ingress: readonly Json[]): { readonly ingress: readonly Json[]; readonly prefixLists: Json } => ({
  ingress,
  prefixLists: { 'pl-0a1b': ['0.0.0.0/0'] },
});

/**
 * The world: the union of the sources that reach one port has 2^28 public IPv4 addresses or more, or a /12 of public IPv6 (see
 * core/lib/network/coverage.ts), however it is written: as halves, in pieces over several rules, by a prefix list. The ports: those of
 * administration, databases and file shares. Websites on 80 and 443 pass.
 */
export const noWorldOpenIngress: Control = {
  id: 'aws.ec2.no-world-open-ingress',
  title: 'No ingress from the whole world to administration and data ports',
  why: 'Anyone can reach the port and try: passwords, known vulnerabilities, the next one. Scanners find a new one within minutes.',
  severity: 'High',
  type: 'AWS::EC2::SecurityGroup',
  reads: [reads, 'ec2:DescribeSecurityGroupRules', 'ec2:GetManagedPrefixListEntries'],
  remediation: 'Sign in through Session Manager or a VPN, and name the networks that need the port.',
  exposes: true,
  assess: (resource) => {
    const { ingress, prefixLists } = resource.props;
    if (!Array.isArray(ingress)) return unread(resource, 'ingress', reads);
    const found = worldOpenPorts(ingress, prefixLists);
    const [first] = found.open;
    if (first !== undefined) {
      const ports = found.open.map(({ name }) => name);
      const sources = [...new Set(found.open.flatMap((one) => one.rules.map(({ source }) => source)))];
      const shown = (list: readonly string[]) =>
        list.length > 4 ? `${list.slice(0, 4).join(', ')} and ${list.length - 4} more` : list.join(', ');
      const rules = found.open
        .flatMap((one) => one.rules)
        .filter((one, i, all) => all.findIndex((other) => other.index === one.index) === i);
      return {
        status: 'Fail',
        reason: `Security group ${resource.name} lets ${shown(sources)} reach ${found.all ? 'all ports' : shown(ports)}.`,
        facts: {
          groupId: resource.props['groupId'] ?? null,
          ports,
          rules: rules.map(({ index }) => ingress[index] ?? null),
        },
      };
    }
    if (found.unknown === 'prefix-list') return unread(resource, 'prefixLists', 'ec2:GetManagedPrefixListEntries');
    if (found.unknown === 'rule')
      return { status: 'Unknown', missing: reads, reason: `A rule of security group ${resource.name} cannot be understood.` };
    return { status: 'Pass', reason: `Security group ${resource.name} keeps administration and data ports from the world.` };
  },
  examples: [
    { name: 'SSH from everywhere', resource: { props: group(rule('0.0.0.0/0', 22, 22)) }, expect: 'Fail' },
    {
      name: 'RDP from two halves of the world',
      resource: { props: group(rule('0.0.0.0/1', 3389, 3389), rule('128.0.0.0/1', 3389, 3389)) },
      expect: 'Fail',
    },
    {
      name: 'halves in rules of different ports that meet',
      resource: { props: group(rule('0.0.0.0/1', 20, 22), rule('128.0.0.0/1', null, null, '-1')) },
      expect: 'Fail',
    },
    { name: 'SSH from IPv6', resource: { props: group(rule('::/0', 22, 22)) }, expect: 'Fail' },
    { name: 'SSH from IPv6 in halves', resource: { props: group(rule('8000::/1', 22, 22), rule('::/1', 22, 22)) }, expect: 'Fail' },
    { name: 'everything', resource: { props: group(rule('0.0.0.0/0', null, null, '-1')) }, expect: 'Fail' },
    { name: 'all ports of TCP by number', resource: { props: group(rule('0.0.0.0/0', 0, 65535, '6')) }, expect: 'Fail' },
    { name: 'a prefix list with the world', resource: { props: group(rule('pl-0a1b', 22, 22, 'tcp', 'prefix-list')) }, expect: 'Fail' },
    { name: 'a website', resource: { props: group(rule('0.0.0.0/0', 443, 443), rule('::/0', 80, 80)) }, expect: 'Pass' },
    {
      name: 'SSH from an office and the own networks',
      resource: { props: group(rule('192.0.2.0/24', 22, 22), rule('10.0.0.0/8', 22, 22), rule('2001:db8::/32', 22, 22)) },
      expect: 'Pass',
    },
    {
      name: 'halves that do not meet',
      resource: { props: group(rule('0.0.0.0/0', 443, 443), rule('198.51.100.0/24', 22, 22)) },
      expect: 'Pass',
    },
    { name: 'another group', resource: { props: group(rule('sg-0a1b', 22, 22, 'tcp', 'group')) }, expect: 'Pass' },
    { name: 'ping', resource: { props: group(rule('0.0.0.0/0', -1, -1, 'icmp')) }, expect: 'Pass' },
    { name: 'no ingress', resource: { props: group() }, expect: 'Pass' },
    {
      name: 'a prefix list that was not read',
      resource: {
        props: { ingress: [rule('pl-0a1b', 22, 22, 'tcp', 'prefix-list')] },
        unread: { prefixLists: 'ec2:GetManagedPrefixListEntries' },
      },
      expect: 'Unknown',
    },
    { name: 'an address that is none', resource: { props: group(rule('office', 22, 22, 'tcp', 'ipv4')) }, expect: 'Unknown' },
    { name: 'not read', resource: { props: {}, unread: { ingress: reads } }, expect: 'Unknown' },
  ],
};
