import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseCampaign } from '../../core/model/campaign.ts';
import { manyAccounts } from '../large/accounts.ts';
import { scheduleCampaigns } from '../large/schedule.ts';
import { openRange } from '../open-range.ts';
import { hostsOf } from './hosts.ts';
import { type NetworkReport, writeNetwork } from './write-network.ts';

const start = Date.UTC(2026, 0, 5);
const end = start + 6 * 3_600_000;
const campaigns = [
  parseCampaign(
    {
      id: 'noise',
      title: 'Scans, a tunnel and mail',
      description: 'Each kind of traffic once.',
      traffic: [
        {
          id: 'ports',
          host: 'shop-1',
          direction: 'in',
          peer: '192.0.2.7',
          ports: { from: 440, to: 445 },
          times: 6,
          every: 1,
          attacker: true,
          techniques: ['T1046'],
        },
        {
          id: 'hosts',
          host: 'shop-1',
          direction: 'out',
          peer: '10.0.0.0/24',
          ports: [22],
          times: 20,
          every: 1,
          attacker: true,
          techniques: ['T1018'],
        },
        {
          id: 'tunnel',
          host: 'shop-2',
          query: '%LABEL%.t.example.net',
          label: { letters: 'ab2', length: [30, 40] },
          type: 'TXT',
          times: 50,
          every: 2,
          answer: '"ok"',
          attacker: true,
          techniques: ['T1071.004'],
        },
      ],
    },
    'noise.yml',
  ),
];

let folder: string;
let report: NetworkReport;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'range-network-'));
  report = await write('a');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function open() {
  return openRange({ seed: 'n', start, now: () => start, accounts: manyAccounts(4) });
}

function write(name: string): Promise<NetworkReport> {
  const range = open();
  const runs = scheduleCampaigns(range, campaigns, start, end);
  return writeNetwork({ folder: join(folder, name), state: range.state, runs, start, end, flows: 3000, queries: 1500 });
}

function filesIn(name: string, part: string): { readonly key: string; readonly lines: readonly string[] }[] {
  const root = join(folder, name);
  return (readdirSync(root, { recursive: true }) as string[])
    .filter((path) => path.includes(part) && statSync(join(root, path)).isFile())
    .sort()
    .map((key) => ({
      key,
      lines: gunzipSync(readFileSync(join(root, key)))
        .toString('utf8')
        .trimEnd()
        .split('\n'),
    }));
}

test('flow logs have a header that says the order, in the default format and in one of their own', () => {
  const headers = new Set<string>();
  let lines = 0;
  for (const {
    key,
    lines: [header = '', ...rest],
  } of filesIn('a', 'vpcflowlogs')) {
    expect(key).toMatch(
      /^AWSLogs\/(\d{12})\/vpcflowlogs\/([a-z0-9-]+)\/2026\/01\/05\/\1_vpcflowlogs_\2_fl-[0-9a-f]{17}_20260105T\d{4}Z_[0-9a-f]{8}\.log\.gz$/,
    );
    headers.add(header);
    const names = header.split(' ');
    for (const line of rest) {
      const fields = Object.fromEntries(line.split(' ').map((value, i) => [names[i], value]));
      expect(line.split(' ')).toHaveLength(names.length);
      expect([fields['account-id'], fields['log-status']]).toEqual([key.split('/')[1], expect.stringMatching(/^(OK|NODATA|SKIPDATA)$/)]);
      expect(Number(fields['end'])).toBeGreaterThan(Number(fields['start']));
      lines++;
    }
  }
  expect([...headers].map((header) => header.split(' ').length).sort()).toEqual([14, 23]);
  expect(lines).toBe(3000 + 26);
});

test('query logs are lines of JSON, below their network', () => {
  let lines = 0;
  for (const { key, lines: all } of filesIn('a', 'vpcdnsquerylogs')) {
    expect(key).toMatch(
      /^AWSLogs\/(\d{12})\/vpcdnsquerylogs\/(vpc-[0-9a-f]+)\/2026\/01\/05\/\2_vpcdnsquerylogs_\1_20260105T\d{4}Z_[0-9a-f]{8}\.log\.gz$/,
    );
    for (const line of all) {
      const query = JSON.parse(line) as { [name: string]: unknown };
      expect(query).toMatchObject({
        version: '1.100000',
        query_class: 'IN',
        vpc_id: key.split('/')[3],
        srcids: { instance: expect.stringMatching(/^i-/) },
      });
      expect(query['query_name']).toMatch(/\.$/);
      lines++;
    }
  }
  expect(lines).toBe(1500 + 50);
});

test('the truth names what campaigns left: host, peers and time', () => {
  const [ports, hosts, tunnel] = report.traffic;
  const [host] = hostsOf(open().state.accounts[ports?.account ?? ''] ?? fail());
  expect(ports).toMatchObject({
    campaign: 'noise',
    step: 'ports',
    source: 'aws.vpc-flow',
    lines: 6,
    peers: ['192.0.2.7'],
    interface: host?.networkInterface,
  });
  expect(hosts).toMatchObject({ lines: 20, peers: Array.from({ length: 20 }, (_, n) => `10.0.0.${n}`) });
  expect(tunnel).toMatchObject({ source: 'aws.route53-resolver', lines: 50, techniques: ['T1071.004'] });
  expect(new Set(tunnel?.peers.map((name) => /^[ab2]{30,40}\.t\.example\.net$/.test(name)))).toEqual(new Set([true]));
});

test('what comes in is let in by the security groups as they are, or refused', () => {
  const lines = filesIn('a', 'vpcflowlogs')
    .flatMap(({ lines: all }) => all)
    .filter((line) => line.includes(' 192.0.2.7 '));
  const actions = lines.map((line) => [/ (44\d) /.exec(line)?.[1], /ACCEPT|REJECT/.exec(line)?.[0]]);
  expect(actions.sort()).toEqual([440, 441, 442, 443, 444, 445].map((port) => [String(port), port === 443 ? 'ACCEPT' : 'REJECT']));
});

test('the same seed gives the same bytes', async () => {
  expect(await write('b')).toEqual(report);
  expect(filesIn('b', 'log.gz')).toEqual(filesIn('a', 'log.gz'));
});

test('a flood does not wait in the memory for the end of its five minutes: it is in several objects', async () => {
  const flood = parseCampaign(
    {
      id: 'flood',
      title: 'A flood',
      description: 'More than one object takes.',
      traffic: [{ id: 'all', host: 'shop-1', direction: 'in', peer: '192.0.2.0/24', ports: [443], protocol: 'udp', times: 45_000 }],
    },
    'flood.yml',
  );
  const range = open();
  const runs = scheduleCampaigns(range, [flood], start, end);
  await writeNetwork({ folder: join(folder, 'flood'), state: range.state, runs, start, end, flows: 0, queries: 0 });
  const objects = filesIn('flood', 'vpcflowlogs').map(({ lines: [header = '', ...lines] }) => [header.split(' ')[0], lines.length]);
  expect(objects.sort((a, b) => Number(a[1]) - Number(b[1]))).toEqual([
    ['version', 5000],
    ['version', 20_000],
    ['version', 20_000],
  ]);
});

function fail(): never {
  throw new Error('no account');
}
