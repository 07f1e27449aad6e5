import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCampaign } from '../../core/model/campaign.ts';
import type { Event } from '../../core/model/event.ts';
import { manyAccounts } from '../large/accounts.ts';
import { scheduleCampaigns } from '../large/schedule.ts';
import { openRange } from '../open-range.ts';
import { type ServiceLines, type ServicesReport, writeServices } from './write-services.ts';
import { endOf, filesIn as filesBelow, type ReadFile, readFiles } from './written.testing.ts';

const start = Date.UTC(2026, 0, 5);
const end = start + 24 * 3_600_000;
const attack = { attacker: true, techniques: ['T1190'] };
const campaigns = [
  parseCampaign(
    {
      id: 'everything',
      title: 'Each kind of log once',
      description: 'Something in each of them.',
      lists: { word: ['union'] },
      traffic: [
        {
          id: 'injected',
          // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference
          request: ["/search?q=1'%20${pick.word}%20select%20%LABEL%", '/a"b\\c'],
          method: 'POST',
          status: [200, 500],
          userAgent: 'tool "x"',
          peer: '192.0.2.0/30',
          perPeer: 2,
          times: 10,
          every: 1,
          ...attack,
        },
        {
          id: 'pod',
          kubernetes: 'create',
          resource: 'pods',
          namespace: 'shop',
          name: 'miner-%LABEL%',
          // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference
          body: { spec: { hostPID: true, containers: [{ image: '${account}/x' }] } },
          as: { person: 'thief' },
          peer: '192.0.2.77',
          ...attack,
        },
        {
          id: 'refused',
          kubernetes: 'get',
          path: '/api',
          as: { anonymous: true },
          code: 403,
          peer: '192.0.2.78',
          times: 3,
          every: 5,
          ...attack,
        },
        {
          id: 'emptied',
          object: 'REST.GET.OBJECT',
          // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference
          bucket: 'example-customer-data-${account}',
          key: 'a b/%LABEL%.csv',
          label: { letters: '🙂', length: [2, 2] },
          parameters: 'x="1"\nversions',
          userAgent: 'a\r\n"b" c',
          peer: '192.0.2.79',
          times: 2,
          ...attack,
        },
        { id: 'guessed', database: 'wrong-password', user: ['postgres', 'app'], peer: '192.0.2.80', times: 4, every: 1, ...attack },
        { id: 'read', account: 'data', database: 'statement', user: 'app', text: "select 'it''s' from a", peer: '192.0.2.81', ...attack },
        {
          id: 'stuffed',
          signIn: 'SignIn',
          user: 'anna',
          outcome: 'Fail',
          leaked: true,
          risk: 'Block',
          peer: '192.0.2.82',
          times: 3,
          ...attack,
        },
      ],
    },
    'everything.yml',
  ),
];
const none: ServiceLines = { web: 0, eks: 0, s3Access: 0, databases: 0, signIns: 0, edge: 0, api: 0, nlb: 0, clb: 0 };
const usual: ServiceLines = { ...none, web: 3000, eks: 3000, s3Access: 1000, databases: 2000, signIns: 1000 };

let folder: string;
let report: ServicesReport;
let files: readonly ReadFile[];
let events: readonly Event[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'range-services-'));
  report = await write('a', usual);
  files = readFiles(filesIn('a'));
  events = files.flatMap((file) => file.events);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, lines: ServiceLines): Promise<ServicesReport> {
  const range = openRange({ seed: 's', start, now: () => start, accounts: manyAccounts(5) });
  const runs = scheduleCampaigns(range, campaigns, start, end);
  return writeServices({ folder: join(folder, name), state: range.state, runs, start, end, lines });
}

const filesIn = (name: string) => filesBelow(join(folder, name));
const of = (source: string) => events.filter((event) => event.source === source);

test('our own readers take every line, and there are as many as were asked for', () => {
  expect(files.flatMap(({ setAside }) => setAside)).toEqual([]);
  expect(events.length).toBe(report.lines);
  const wanted = { 'aws.alb': 3000, 'aws.eks-audit': 3000, 'aws.s3-access': 1000, 'aws.rds': 2000, 'aws.cognito': 1000 };
  for (const [source, n] of Object.entries(wanted)) expect(Math.abs(of(source).length - n), source).toBeLessThan(50);
});

test('a log that was not asked for is not written', async () => {
  const only = await write('web', { ...none, web: 500 });
  expect(new Set(only.traffic.map(({ source }) => source))).toEqual(new Set(['aws.alb']));
  expect(new Set(filesIn('web').map(({ key }) => key.split('/')[2]))).toEqual(new Set(['elasticloadbalancing']));
});

test('objects are named as AWS names them, and hold nothing later than their names', () => {
  for (const { key, events: inside } of files) {
    const end = endOf(key);
    if (end !== null) for (const { time } of inside) expect(time, key).toBeLessThan(end);
    expect(key).toMatch(
      /^AWSLogs\/(\d{12})\/elasticloadbalancing\/us-east-1\/2026\/01\/0[56]\/\1_elasticloadbalancing_us-east-1_app\.shop\.[0-9a-f]{16}_2026010[56]T\d{4}Z_198\.51\.100\.\d+_[a-z0-9]{8}\.log\.gz$|^eks-audit\/(\d{12})\/2026\/01\/0[56]\/\d\d\/eks-audit-\2-1-2026-01-0[56]-\d\d-\d\d-\d\d-[0-9a-f-]{36}$|^(rds|cognito)\/(\d{12})\/2026\/01\/0[56]\/\d\d\/\3-\4-1-2026-01-0[56]-\d\d-\d\d-\d\d-[0-9a-f-]{36}$|^s3-access\/\d{12}\/us-east-1\/(example-[a-z-]+-\d{12})\/2026\/01\/0[56]\/2026-01-0[56]-\d\d-\d\d-\d\d-[0-9A-F]{16}$/,
    );
  }
});

test('every event says its account, and times lie in the run', () => {
  for (const event of events) {
    expect(event.words.account).toMatch(/^\d{12}$/);
    expect(event.time >= start && event.time < end).toBe(true);
  }
});

describe('daily life', () => {
  test('of a shop: browsers, an app, crawlers and knocking, answered in all ways', () => {
    const raw = of('aws.alb').map((event) => event.raw);
    const statuses = new Set(raw.map((each) => each['elb_status_code']));
    for (const status of ['200', '201', '301', '302', '304', '401', '404']) expect(statuses).toContain(status);
    expect(new Set(raw.map((each) => each['user_agent'])).size).toBeGreaterThan(12);
    const hours = Map.groupBy(of('aws.alb'), ({ time }) => new Date(time).getUTCHours());
    expect(hours.get(18)?.length ?? 0).toBeGreaterThan(2 * (hours.get(2)?.length ?? 0));
  });

  test('of a cluster: nodes, controllers, what runs in it, a pipeline and people', () => {
    const users = new Set(of('aws.eks-audit').map(({ raw }) => (raw['user'] as { username: string }).username));
    for (const name of [
      'github-deploy',
      'system:anonymous',
      'system:kube-scheduler',
      'system:serviceaccount:argocd:argocd-application-controller',
    ])
      expect(users).toContain(name);
    expect([...users].some((name) => name.startsWith('system:node:'))).toBe(true);
    expect([...users].some((name) => /assumed-role\/AWSReservedSSO_\w+\/[a-z.0-9]+@example\.com$/.test(name))).toBe(true);
  });
});

describe('campaigns', () => {
  test('the truth names what they left', () => {
    expect(report.traffic.map(({ step, source, lines, peers, resource }) => ({ step, source, lines, peers, resource }))).toEqual([
      {
        step: 'injected',
        source: 'aws.alb',
        lines: 10,
        peers: ['192.0.2.0', '192.0.2.1', '192.0.2.2', '192.0.2.3'],
        resource: 'shop.example.com',
      },
      { step: 'pod', source: 'aws.eks-audit', lines: 1, peers: ['192.0.2.77'], resource: 'shop' },
      { step: 'refused', source: 'aws.eks-audit', lines: 3, peers: ['192.0.2.78'], resource: 'shop' },
      {
        step: 'emptied',
        source: 'aws.s3-access',
        lines: 2,
        peers: ['192.0.2.79'],
        resource: expect.stringMatching(/^example-customer-data-\d{12}$/),
      },
      { step: 'guessed', source: 'aws.rds', lines: 4, peers: ['192.0.2.80'], resource: 'shop-db' },
      { step: 'read', source: 'aws.rds', lines: 1, peers: ['192.0.2.81'], resource: 'warehouse' },
      { step: 'stuffed', source: 'aws.cognito', lines: 3, peers: ['192.0.2.82'], resource: expect.stringMatching(/^us-east-1_\w{9}$/) },
    ]);
    expect(report.traffic[1]?.principal).toMatch(
      /^arn:aws:iam::\d{12}:role\/aws-reserved\/sso\.amazonaws\.com\/AWSReservedSSO_AdministratorAccess_/,
    );
  });

  test('a request arrives as it was sent, from one address after the other', () => {
    const asked = of('aws.alb').filter(({ raw }) => String(raw['c-ip']).startsWith('192.0.2.'));
    const counted = Map.groupBy(asked, ({ raw }) => String(raw['c-ip']));
    expect([...counted].map(([ip, all]) => [ip, all.length]).sort()).toEqual([
      ['192.0.2.0', 4],
      ['192.0.2.1', 2],
      ['192.0.2.2', 2],
      ['192.0.2.3', 2],
    ]);
    expect(new Set(asked.map(({ raw }) => raw['cs-uri-stem']))).toEqual(new Set(['/search', '/a"b\\c']));
    expect(asked.find(({ raw }) => raw['cs-uri-stem'] === '/search')?.raw).toMatchObject({
      'cs-method': 'POST',
      'cs-uri-decoded': expect.stringMatching(/^\/search\?q=1' union select [a-z]{8,16}$/),
      'cs-user-agent': 'tool "x"',
      'sc-status': '200',
    });
  });

  test('a request to a cluster has its object, its caller and its answer', () => {
    const pod = of('aws.eks-audit').find(({ raw }) => raw['sourceIP'] === '192.0.2.77');
    expect(pod?.raw).toMatchObject({
      verb: 'create',
      cluster: 'shop',
      objectRef: { resource: 'pods', namespace: 'shop', name: expect.stringMatching(/^miner-[a-z]{8,16}$/) },
      requestObject: { spec: { hostPID: true, containers: [{ image: `${pod?.words.account}/x` }] } },
      responseStatus: { code: 201 },
    });
    expect(pod?.words.actor).toMatchObject({ type: 'AssumedRole', account: pod?.words.account });
    expect(
      of('aws.eks-audit')
        .filter(({ raw }) => raw['sourceIP'] === '192.0.2.78')
        .map(({ words }) => words.error),
    ).toEqual(Array(3).fill('Forbidden'));
  });
});

describe('campaigns in other logs', () => {
  const from = (ip: string) => events.filter(({ words }) => words.ip === ip);

  test('a bucket, a database of each engine, and a user pool say what was done and by whom', () => {
    expect(from('192.0.2.79').map(({ raw }) => [raw['operation'], raw['http_status'], raw['requester'] ?? null])).toEqual(
      Array(2).fill(['REST.GET.OBJECT', '200', null]),
    );
    expect(from('192.0.2.79')[0]?.raw).toMatchObject({
      request_uri: 'GET /a%20b/%F0%9F%99%82%F0%9F%99%82.csv?x=%221%22%0Aversions HTTP/1.1',
      user_agent: 'a%0D%0A%22b%22 c',
    });
    expect(from('192.0.2.80').map(({ raw }) => [raw['engine'], raw['event'], raw['user'], raw['instance']])).toEqual([
      ['postgres', 'failed-login', 'postgres', 'shop-db'],
      ['postgres', 'failed-login', 'app', 'shop-db'],
      ['postgres', 'failed-login', 'postgres', 'shop-db'],
      ['postgres', 'failed-login', 'app', 'shop-db'],
    ]);
    expect(from('192.0.2.81').map(({ raw }) => [raw['engine'], raw['event'], raw['statement']])).toEqual([
      ['mysql', 'query', "select 'it''s' from a"],
    ]);
    expect(from('192.0.2.82')[0]?.raw).toMatchObject({
      eventType: 'SignIn',
      eventResponse: 'Fail',
      userName: 'anna',
      riskDecision: 'Block',
    });
  });
});

test('the same seed gives the same bytes', async () => {
  expect(await write('b', usual)).toEqual(report);
  expect(filesIn('b')).toEqual(filesIn('a'));
});
