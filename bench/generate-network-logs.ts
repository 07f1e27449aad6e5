import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Dice } from '../src/range/dice.ts';
import type { LogReport } from './generate-logs.ts';

export interface NetworkLogOptions {
  readonly folder: string;
  readonly seed: string;
  readonly lines: number;
}

const start = Date.UTC(2026, 0, 5, 6) / 1000;
const account = '111122223333';
/** Lines of one object: AWS writes one each five minutes, up to 75 MB. */
const flowsInObject = 120_000;
const queriesInObject = 40_000;
const servicePorts = [443, 443, 443, 443, 5432, 3306, 6379, 8080, 80, 9092, 2049, 389] as const;
const noisePorts = [22, 23, 80, 443, 445, 3389, 5060, 6379, 8080, 8443, 8728, 1433, 2375, 5555, 37215, 60001] as const;

/**
 * Flow logs in the default format with the later fields that most ask for, `.log.gz` with a header: both directions of
 * each conversation at the machine's interface, services inside, clients and services outside, and the noise of the
 * internet, which is refused (three lines of a hundred, at ports that many try and at any).
 */
export function writeFlowLogs({ folder, seed, lines }: NetworkLogOptions): LogReport {
  const dice = new Dice(seed);
  const machines = Array.from({ length: 400 }, (_, i) => ({
    address: `10.${i % 4}.${10 + (i >> 4)}.${10 + (i % 200)}`,
    eni: `eni-0${dice.hex(16)}`,
    port: servicePorts[i % servicePorts.length] ?? 443,
  }));
  const outside = Array.from({ length: 3_000 }, () => `${3 + dice.int(200)}.${dice.int(256)}.${dice.int(256)}.${1 + dice.int(254)}`);
  const machine = () => machines[Math.min(dice.int(400), dice.int(400))] ?? { address: '10.0.0.1', eni: 'eni-0', port: 443 };
  const foreign = () => outside[Math.min(dice.int(3_000), dice.int(3_000))] ?? '192.0.2.1';
  const header = 'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
  let n = 0;
  return writeObjects(folder, `${account}_vpcflowlogs_us-east-1_fl-0123456789abcdef0`, lines, flowsInObject, header, () => {
    const at = start + Math.floor((n++ * 3_600) / lines);
    const line = (eni: string, a: string, b: string, p: number, q: number, protocol: number, packets: number, action: string) =>
      `2 ${account} ${eni} ${a} ${b} ${p} ${q} ${protocol} ${packets} ${packets * (60 + dice.int(900))} ${at} ${at + 59} ${action} OK`;
    const us = machine();
    const kind = dice.int(50);
    // Every second of these has two lines.
    if (kind < 3)
      return [
        line(
          us.eni,
          `${3 + dice.int(200)}.${dice.int(256)}.${dice.int(256)}.${dice.int(256)}`,
          us.address,
          1_024 + dice.int(60_000),
          dice.int(5) < 3 ? dice.pick(noisePorts) : 1 + dice.int(65_535),
          6,
          1,
          'REJECT',
        ),
      ];
    const port = 32_768 + dice.int(28_000);
    const packets = 5 + dice.int(60);
    const other = kind < 26 ? machine().address : foreign();
    const [protocol, service] = kind === 49 ? [17, 123] : [6, kind < 26 ? us.port : 443];
    const [client, server] = kind < 36 ? [us.address, other] : [other, us.address];
    return [
      line(us.eni, client, server, port, service, protocol, packets, 'ACCEPT'),
      line(us.eni, server, client, service, port, protocol, packets, 'ACCEPT'),
    ];
  });
}

/** Query logs of Resolver, `.log.gz`, one JSON object a line: few names make most queries, every eighth is new. */
export function writeQueryLogs({ folder, seed, lines }: NetworkLogOptions): LogReport {
  const dice = new Dice(seed);
  const zones = Array.from(
    { length: 1_500 },
    (_, i) => `${words(dice)}${i}.${dice.pick(['com', 'net', 'org', 'io', 'co.uk', 'example.com'])}`,
  );
  const names = Array.from(
    { length: 6_000 },
    () => `${dice.pick(['www', 'api', 'cdn', 'login', 'static'])}.${zones[dice.int(1_500)] ?? ''}`,
  );
  let n = 0;
  return writeObjects(folder, `vpc-0123456789abcdef0_vpcdnsquerylogs_${account}`, lines, queriesInObject, null, () => {
    const stamp = new Date((start + Math.floor((n++ * 3_600) / lines)) * 1000).toISOString().replace('.000', '');
    const kind = dice.int(16);
    const name =
      kind < 2
        ? `${dice.hex(8)}.${zones[dice.int(1_500)] ?? ''}`
        : kind < 7
          ? `${dice.pick(['sqs', 's3', 'sts', 'logs', 'dynamodb', 'kms'])}.us-east-1.amazonaws.com`
          : (names[Math.min(dice.int(6_000), dice.int(6_000), dice.int(6_000))] ?? '');
    const missing = kind === 15;
    // A name has a few addresses, and new ones now and then.
    const base = name.length * 7919 + name.charCodeAt(0) * 104_729 + name.charCodeAt(5) * 1_299_709 + name.charCodeAt(9) * 15_485_863;
    const answers = Array.from({ length: missing ? 0 : 1 + dice.int(3) }, () => ({
      Rdata: `${3 + (base % 200)}.${((base >> 8) % 256) & 255}.${dice.int(12) === 0 ? dice.int(256) : (base >> 3) & 255}.${(base + dice.int(4)) & 255}`,
      Type: 'A',
      Class: 'IN',
    }));
    return [
      JSON.stringify({
        version: '1.100000',
        account_id: account,
        region: 'us-east-1',
        vpc_id: 'vpc-0123456789abcdef0',
        query_timestamp: stamp,
        query_name: `${name}.`,
        query_type: dice.int(4) === 0 ? 'AAAA' : 'A',
        query_class: 'IN',
        rcode: missing ? 'NXDOMAIN' : 'NOERROR',
        answers,
        srcaddr: `10.0.${dice.int(16)}.${dice.int(256)}`,
        srcport: String(1_024 + dice.int(60_000)),
        transport: 'UDP',
        srcids: { instance: `i-0${(dice.int(400) + 4_096).toString(16)}` },
      }),
    ];
  });
}

function words(dice: Dice): string {
  const parts = ['shop', 'cloud', 'data', 'mail', 'news', 'track', 'pay', 'soft', 'net', 'media', 'app', 'store'] as const;
  return dice.pick(parts) + dice.pick(parts);
}

function writeObjects(
  folder: string,
  name: string,
  lines: number,
  inObject: number,
  header: string | null,
  make: () => readonly string[],
): LogReport {
  mkdirSync(folder, { recursive: true });
  let done = 0;
  let files = 0;
  let bytes = 0;
  let stored = 0;
  for (; done < lines; files++) {
    const parts = header === null ? [] : [header];
    const until = Math.min(lines, done + inObject);
    while (done < until) {
      for (const line of make()) {
        parts.push(line);
        done++;
      }
    }
    const text = `${parts.join('\n')}\n`;
    const packed = gzipSync(text);
    writeFileSync(join(folder, `${name}_20260105T06${String(files).padStart(4, '0')}Z_0a1b2c3d.log.gz`), packed);
    bytes += text.length;
    stored += packed.length;
  }
  return { files, events: done, bytes, stored };
}
