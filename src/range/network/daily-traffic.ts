import type { Dice } from '../dice.ts';
import type { Flow } from './flow-line.ts';
import type { Host } from './hosts.ts';
import type { Query } from './query-line.ts';

type Address = (dice: Dice) => string;

const customers: Address = (dice) => `198.${18 + dice.int(2)}.${dice.int(256)}.${1 + dice.int(254)}`;
/** AWS's own endpoints and what a company uses outside: few, and always the same. */
const outside: readonly string[] = Array.from({ length: 24 }, (_, n) => `198.51.100.${200 + n}`);
/** What the internet knocks at all day long. */
const knocked = [22, 23, 80, 445, 1433, 2323, 3306, 3389, 5060, 5555, 6379, 8080, 8443, 9200, 27_017] as const;
// biome-ignore format: a table
const names = [
  's3.us-east-1.amazonaws.com', 'sts.us-east-1.amazonaws.com', 'ssm.us-east-1.amazonaws.com', 'ec2messages.us-east-1.amazonaws.com',
  'logs.us-east-1.amazonaws.com', 'monitoring.us-east-1.amazonaws.com', 'kms.us-east-1.amazonaws.com', 'secretsmanager.us-east-1.amazonaws.com',
  'db.shop.internal', 'cache.shop.internal', 'queue.shop.internal', 'api.payments.example.com', 'hooks.chat.example.com', 'packages.example.org',
  'registry.example.org', 'time.example.net', 'd3f8a1c9e2b7k4.cdn.example.net', 'd1z9q4m7x2p5c8.cdn.example.net', 'telemetry-7f3a9c.example.com',
] as const;

/** A flow of daily life in the minute that begins at `start`, seconds since 1970. */
export function dailyFlow(host: Host, start: number, dice: Dice): Flow {
  const own = 32_768 + dice.int(28_000);
  const at = start + dice.int(50);
  const times = { start: at, end: at + 1 + dice.int(59) };
  const inward = (
    peer: string,
    port: number,
    protocol: 6 | 17,
    packets: number,
    bytes: number,
    action: Flow['action'] = 'ACCEPT',
  ): Flow => ({
    host,
    from: peer,
    to: host.address,
    fromPort: own,
    toPort: port,
    protocol,
    packets,
    bytes,
    ...times,
    action,
  });
  const outward = (peer: string, port: number, protocol: 6 | 17, packets: number, bytes: number): Flow => ({
    host,
    from: host.address,
    to: peer,
    fromPort: own,
    toPort: port,
    protocol,
    packets,
    bytes,
    ...times,
    action: 'ACCEPT',
  });
  const answered = (flow: Flow): Flow => ({
    ...flow,
    from: flow.to,
    to: flow.from,
    fromPort: flow.toPort,
    toPort: flow.fromPort,
    bytes: flow.bytes * 4,
  });
  const web = host.name.startsWith('shop');
  const packets = 4 + dice.int(40);
  switch (dice.int(12)) {
    case 0:
    case 1:
    case 2:
      return web
        ? inward(customers(dice), 443, 6, packets, packets * 130)
        : inward(`203.0.113.${4 + dice.int(6)}`, 22, 6, packets, packets * 90);
    case 3:
    case 4:
      return web
        ? answered(inward(customers(dice), 443, 6, packets, packets * 300))
        : answered(inward(`203.0.113.${4 + dice.int(6)}`, 22, 6, packets, packets * 120));
    case 5:
    case 6:
      return outward(neighbour(host, 200), 5432, 6, packets, packets * 210);
    case 7:
      return answered(outward(neighbour(host, 200), 5432, 6, packets, packets * 600));
    case 8:
    case 9:
      return outward(outside[dice.int(outside.length)] ?? '', 443, 6, packets, packets * (dice.int(60) === 0 ? 1400 * 30 : 180));
    case 10:
      return outward('169.254.169.123', 123, 17, 1, 76);
    default:
      return inward(customers(dice), knocked[dice.int(knocked.length)] ?? 23, 6, 1, 40 + dice.int(4) * 4, 'REJECT');
  }
}

/** A query of daily life in the minute that begins at `start`, seconds since 1970. */
export function dailyQuery(host: Host, start: number, dice: Dice): Query {
  const at = (start + dice.int(60)) * 1000;
  const port = 32_768 + dice.int(28_000);
  const name = names[dice.int(names.length)] ?? names[0];
  switch (dice.int(10)) {
    case 0:
      // The search list of the machine is tried first.
      return { host, at, port, name: `${name}.ec2.internal`, type: 'A', code: 'NXDOMAIN', answers: [] };
    case 1:
    case 2:
      return { host, at, port, name, type: 'AAAA', code: 'NOERROR', answers: [] };
    case 3:
      return {
        host,
        at,
        port,
        name: `${1 + dice.int(250)}.0.0.10.in-addr.arpa`,
        type: 'PTR',
        code: 'NOERROR',
        answers: ['ip-10-0-0-10.ec2.internal.'],
      };
    default:
      return { host, at, port, name, type: 'A', code: 'NOERROR', answers: [outside[dice.int(outside.length)] ?? ''] };
  }
}

/** The address of another machine in the network of a host. */
function neighbour({ address }: Host, last: number): string {
  return `${address.split('.').slice(0, 3).join('.')}.${last}`;
}
