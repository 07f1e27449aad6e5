import { contains, parseAddress, parseBlock } from '../../core/lib/cidr.ts';
import type { Host } from './hosts.ts';

/** Do the security groups of a host let such traffic in, as they are now? `protocol` as rules name it. */
export function letsIn({ groups, state }: Host, peer: string, port: number, protocol: 'tcp' | 'udp'): boolean {
  const address = parseAddress(peer);
  if (address === null) return false;
  return groups.some((id) =>
    Object.values(state.securityGroups[id]?.rules ?? {}).some((rule) => {
      if (rule.egress || (rule.protocol !== '-1' && rule.protocol !== protocol)) return false;
      if (rule.from !== null && rule.to !== null && (port < rule.from || port > rule.to)) return false;
      if (rule.target.kind === 'group') return peer.startsWith('10.');
      const block = rule.target.kind === 'ipv4' ? parseBlock(rule.target.value) : null;
      return block !== null && contains(block, address);
    }),
  );
}
