import type { Json, JsonObject } from '../../model/json.ts';
import { type Block, parseBlock } from '../cidr.ts';
import { asObject } from '../json-at.ts';
import { isWorld, publicAddresses } from './coverage.ts';

/**
 * Ports that nobody offers to the world: administration, databases, caches, file shares, consoles. Those of FSBP EC2.19
 * (https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-19), and others of the same kinds.
 */
const tcp: readonly number[] = [
  ...[20, 21, 22, 23, 25, 110, 111, 135, 137, 138, 139, 143, 389, 445, 512, 513, 514, 636, 873, 1433, 1434, 1521, 2049, 2181, 2375, 2376],
  ...[2379, 2380, 3000, 3306, 3389, 4333, 5000, 5432, 5500, 5601, 5672, 5900, 5984, 5985, 5986, 6379, 6443, 7001, 8020, 8080, 8088, 8888],
  ...[9042, 9092, 9200, 9300, 10250, 10255, 11211, 15672, 27017, 27018, 50070],
];
const udp: readonly number[] = [69, 111, 137, 138, 161, 389, 1434, 2049, 3389, 11211];

export interface OpenPort {
  /** `22`, `udp 161`. */
  readonly name: string;
  /** The rules that let the world in: without them what is left is not the world. Widest first. */
  readonly rules: readonly { readonly index: number; readonly source: string }[];
}

export interface WorldOpen {
  readonly open: readonly OpenPort[];
  /** Every port of a protocol is open. */
  readonly all: boolean;
  /** A source that decides could not be read or understood. */
  readonly unknown: 'prefix-list' | 'rule' | null;
}

interface Rule {
  readonly index: number;
  readonly protocol: 'tcp' | 'udp' | 'all' | 'other';
  readonly from: number;
  readonly to: number;
  readonly source: string;
  readonly blocks: readonly Block[];
}

/**
 * Which of those ports the world can reach through a security group's ingress: `{ protocol, fromPort, toPort, kind, source }`
 * each. Sources of all rules that speak of a port count together, so that the world in pieces is the world.
 * `prefixLists` is id -> blocks.
 */
export function worldOpenPorts(ingress: readonly Json[], prefixLists: Json | undefined): WorldOpen {
  let unknown: WorldOpen['unknown'] = null;
  const rules: Rule[] = [];
  for (const [index, entry] of ingress.entries()) {
    const rule = ruleOf(entry, index, prefixLists);
    if (typeof rule === 'string') unknown = unknown ?? rule;
    else if (rule !== null) rules.push(rule);
  }
  const open: OpenPort[] = [];
  // Many ports are reached by the same rules: each set of rules is measured once.
  const measured = new Map<string, OpenPort['rules']>();
  for (const [protocol, ports] of [['tcp', tcp] as const, ['udp', udp] as const]) {
    for (const port of ports) {
      const reaching = rules.filter(
        (rule) => (rule.protocol === protocol || rule.protocol === 'all') && rule.from <= port && port <= rule.to,
      );
      const key = reaching.map(({ index }) => index).join(' ');
      let letting = measured.get(key);
      if (letting === undefined) {
        letting = worldOf(reaching);
        measured.set(key, letting);
      }
      if (letting.length > 0) open.push({ name: protocol === 'tcp' ? String(port) : `udp ${port}`, rules: letting });
    }
  }
  return { open, all: open.filter(({ name }) => !name.startsWith('udp')).length === tcp.length, unknown };
}

/** The rules without which it would not be the world; none when it is not. */
function worldOf(rules: readonly Rule[]): OpenPort['rules'] {
  if (!isWorld(rules.flatMap(({ blocks }) => blocks))) return [];
  const widest = [...rules].sort((a, b) => compare(widthOf(b), widthOf(a)) || a.index - b.index);
  // What is left only shrinks, so the first count without which it is not the world is found by halving.
  let [too, enough] = [0, widest.length];
  while (enough - too > 1) {
    const n = Math.floor((too + enough) / 2);
    if (isWorld(widest.slice(n).flatMap(({ blocks }) => blocks))) too = n;
    else enough = n;
  }
  return widest.slice(0, enough).map(({ index, source }) => ({ index, source }));
}

/** IPv6 has so many addresses that both families are measured by the share of their own. */
function widthOf({ blocks }: Rule): bigint {
  const v4 = publicAddresses(blocks, 4) << 93n;
  const v6 = publicAddresses(blocks, 6);
  return v4 > v6 ? v4 : v6;
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Null for a rule whose source is a group; a text where it cannot be understood. */
function ruleOf(given: Json, index: number, prefixLists: Json | undefined): Rule | 'prefix-list' | 'rule' | null {
  const entry = asObject(given);
  if (entry === null) return 'rule';
  const { kind, source } = entry;
  const protocol = protocolOf(entry['protocol']);
  if (kind === 'group' || protocol === 'other') return null;
  const [from, to] = portsOf(entry, protocol);
  // No port of ours is in reach, so its sources do not matter.
  if (![...tcp, ...udp].some((port) => from <= port && port <= to)) return null;
  if (typeof source !== 'string') return 'rule';
  if (kind !== 'prefix-list') {
    const block = parseBlock(source);
    return block === null ? 'rule' : { index, protocol, from, to, source, blocks: [block] };
  }
  const lists = asObject(prefixLists) ?? {};
  const list = Object.hasOwn(lists, source) ? lists[source] : undefined;
  if (!Array.isArray(list)) return 'prefix-list';
  const blocks = list.map((cidr: Json) => (typeof cidr === 'string' ? parseBlock(cidr) : null));
  return blocks.every((block) => block !== null) ? { index, protocol, from, to, source, blocks } : 'rule';
}

/** Names, and the numbers of https://www.iana.org/assignments/protocol-numbers; -1 is every protocol. */
function protocolOf(value: Json | undefined): Rule['protocol'] {
  const text = String(value).toLowerCase();
  if (text === 'tcp' || text === '6') return 'tcp';
  if (text === 'udp' || text === '17') return 'udp';
  return text === '-1' || text === 'all' ? 'all' : 'other';
}

/** With every protocol, ports do not count; without ports, all of them are meant. */
function portsOf(entry: JsonObject, protocol: Rule['protocol']): readonly [number, number] {
  const { fromPort, toPort } = entry;
  if (protocol === 'all' || typeof fromPort !== 'number' || fromPort < 0) return [0, 65535];
  return [fromPort, typeof toPort === 'number' && toPort >= 0 ? toPort : fromPort];
}
