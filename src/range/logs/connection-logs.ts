import type { ConnectionTraffic } from '../../core/model/campaign-traffic.ts';
import { Dice } from '../dice.ts';
import { hostsOf } from '../network/hosts.ts';
import type { RangeState } from '../state.ts';
import { accountsOf } from './accounts-of.ts';
import { balancerObject } from './balancer-object.ts';
import type { PlacedLine, Stream } from './line-writer.ts';
import type { ServiceLog } from './service-log.ts';
import { between, nthPeer } from './turns.ts';

/** The Network Load Balancer of an account to which the tills and scanners in its shops connect. */
interface Gateway {
  readonly account: string;
  /** `net/devices/c6e77e28c25b2234` */
  readonly balancer: string;
  readonly listener: string;
  readonly certificate: string;
  readonly host: string;
  readonly targets: readonly string[];
  readonly stream: Stream;
}

interface Connection {
  /** When it ended and was logged, in milliseconds since 1970. */
  readonly at: number;
  readonly ip: string;
  readonly served: boolean;
  readonly tls: ConnectionTraffic['tls'];
  /** Milliseconds. */
  readonly lasted: number;
  readonly received: number;
  readonly sent: number;
  readonly alert: number | null;
}

const region = 'us-east-1';
const devices = 900;
const ciphers: { readonly [version in ConnectionTraffic['tls']]: string } = {
  tlsv13: 'TLS_AES_128_GCM_SHA256',
  tlsv12: 'ECDHE-RSA-AES128-GCM-SHA256',
  tlsv11: 'ECDHE-RSA-AES128-SHA',
  tlsv1: 'ECDHE-RSA-AES128-SHA',
};

/** Access logs of the Network Load Balancer of each production account: the connections to its TLS listener. */
export function connectionLogs(state: RangeState): ServiceLog {
  const gateways = gatewaysOf(state);
  const byAccount = new Map(gateways.map((gateway) => [gateway.account, gateway]));
  const place = (gateway: Gateway, connection: Connection, dice: Dice): PlacedLine => ({
    stream: gateway.stream,
    at: connection.at,
    text: connectionLine(gateway, connection, dice),
  });
  return {
    daily: (from, span, dice) => {
      const gateway = gateways[dice.int(gateways.length)];
      return gateway === undefined ? [] : [place(gateway, usual(from + dice.int(span), dice), dice)];
    },
    lines: (entry, at, n, dice) => {
      const gateway = byAccount.get(entry.account) ?? gateways[0];
      if (!('connection' in entry) || gateway === undefined) return [];
      const ip = nthPeer(entry, n);
      const connection: Connection = {
        at,
        ip,
        served: entry.connection === 'served',
        tls: entry.tls,
        lasted: between(entry.lasts, dice),
        received: between(entry.received, dice),
        sent: between(entry.sent, dice),
        alert: entry.alert ?? null,
      };
      const about = { source: 'aws.nlb' as const, account: gateway.account, resource: gateway.balancer, peer: ip };
      return [{ ...place(gateway, connection, dice), ...about }];
    },
  };
}

/** Devices send what was sold and stay for minutes or hours; some are old; others knock and do not speak TLS. */
function usual(at: number, dice: Dice): Connection {
  const n = dice.int(devices);
  const about = { at, alert: null };
  if (dice.int(20) === 0) {
    const lasted = 20 + dice.int(9000);
    const ip = `198.51.100.${1 + dice.int(190)}`;
    return { ...about, ip, served: false, tls: 'tlsv12', lasted, received: dice.int(300), sent: 0, alert: dice.int(3) === 0 ? 48 : null };
  }
  const [minutes, sales] = [1 + dice.int(90), 1 + dice.int(40)];
  return {
    ...about,
    ip: `198.19.${n >> 6}.${10 + (n & 63)}`,
    served: true,
    tls: n % 7 === 0 ? 'tlsv12' : 'tlsv13',
    lasted: minutes * 60_000 + dice.int(60_000),
    received: 600 + sales * 420,
    sent: 900 + sales * 180,
  };
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html#access-log-entry-format */
function connectionLine(gateway: Gateway, connection: Connection, dice: Dice): string {
  const { at, ip, served, tls, lasted, received, sent, alert } = connection;
  const iso = (time: number) => new Date(time).toISOString().slice(0, 19);
  const target = served ? `${gateway.targets[dice.int(gateway.targets.length)] ?? '10.0.0.10'}:8883` : '-';
  const own = served
    ? `${gateway.certificate} - ${ciphers[tls]} ${tls} ${tls === 'tlsv13' ? 'x25519' : '-'} ${gateway.host} - - -`
    : '- - - - - - - - -';
  return [
    `tls 2.0 ${iso(at)} ${gateway.balancer} ${gateway.listener} ${ip}:${1024 + dice.int(64_000)} ${target}`,
    `${lasted} ${served ? 2 + dice.int(60) : '-'} ${received} ${sent} ${alert ?? '-'} ${own} ${iso(at - lasted)}`,
  ].join(' ');
}

function gatewaysOf(state: RangeState): readonly Gateway[] {
  return accountsOf(state, ['production']).map((account, i): Gateway => {
    const dice = new Dice(`${state.seed}/gateway/${account.id}`);
    const balancer = `net/devices/${dice.hex(16)}`;
    return {
      account: account.id,
      balancer,
      listener: dice.hex(16),
      certificate: `arn:aws:acm:${region}:${account.id}:certificate/${dice.uuid()}`,
      host: i === 0 ? 'devices.example.com' : `devices-${i + 1}.example.com`,
      targets: hostsOf(account)
        .filter(({ name }) => name.startsWith('shop'))
        .map(({ address }) => address),
      stream: {
        key: balancer,
        account: account.id,
        frame: 'gzip',
        name: balancerObject({ account: account.id, region, balancer }, null, 'log.gz'),
      },
    };
  });
}
