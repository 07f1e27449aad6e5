import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCampaign } from '../../core/model/campaign.ts';
import type { Event } from '../../core/model/event.ts';
import type { JsonObject } from '../../core/model/json.ts';
import { manyAccounts } from '../large/accounts.ts';
import { scheduleCampaigns } from '../large/schedule.ts';
import { openRange } from '../open-range.ts';
import { type ServicesReport, writeServices } from './write-services.ts';
import { endOf, filesIn, type ReadFile, readFiles } from './written.testing.ts';

const start = Date.UTC(2026, 0, 5);
const end = start + 24 * 3_600_000;
const attack = { attacker: true, techniques: ['T1190'] };
const injection = "/search?q=shoes%27%20union%20select%20<x>|%LABEL%'";
const campaigns = [
  parseCampaign(
    {
      id: 'front',
      title: 'Each way in once',
      description: 'Through the edge, the interface, the gateway and what is old.',
      traffic: [
        {
          id: 'counted',
          to: 'www',
          request: injection,
          waf: { action: 'COUNT', rule: 'sql' },
          forwardedFor: '127.0.0.1',
          userAgent: 'tool "x" é',
          peer: '192.0.2.0/30',
          perPeer: 2,
          times: 8,
          every: 1,
          ...attack,
        },
        {
          id: 'other-site',
          account: 'production-2',
          to: 'www',
          request: '/search?q=two',
          waf: { action: 'COUNT', rule: 'script' },
          peer: '192.0.2.9',
          ...attack,
        },
        { id: 'stopped', to: 'www', request: '/x', waf: { action: 'BLOCK', rule: 'bad-inputs' }, peer: '192.0.2.10', times: 3, ...attack },
        { id: 'limited', to: 'api', request: '/login', waf: { action: 'BLOCK', rule: 'rate' }, peer: '192.0.2.11', times: 2, ...attack },
        {
          id: 'carried-off',
          to: 'api',
          request: '/customers/%LABEL%?all=1',
          apiKey: 'harbour',
          label: { letters: '123', length: [4, 4] },
          peer: '192.0.2.12',
          times: 5,
          every: 1,
          ...attack,
        },
        { id: 'old', to: 'legacy', request: '/a"b\\c', status: 504, peer: '192.0.2.13', ...attack },
        { id: 'held', connection: 'served', tls: 'tlsv1', lasts: [300_000, 300_000], peer: '192.0.2.14', times: 4, every: 2, ...attack },
        { id: 'broken', connection: 'failed', alert: 48, received: [0, 0], sent: [0, 0], peer: '192.0.2.15', ...attack },
      ],
    },
    'front.yml',
  ),
];
const lines = { web: 0, eks: 0, s3Access: 0, databases: 0, signIns: 0, edge: 4000, api: 1500, nlb: 500, clb: 800 };

let folder: string;
let report: ServicesReport;
let files: readonly ReadFile[];
let events: readonly Event[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'range-front-'));
  report = await write('a');
  files = readFiles(filesIn(join(folder, 'a')));
  events = files.flatMap((file) => file.events);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, more: Partial<typeof lines> = {}): Promise<ServicesReport> {
  // The ninth and the tenth account are two more of the same kinds: two shops.
  const range = openRange({ seed: 'f', start, now: () => start, accounts: manyAccounts(10) });
  const runs = scheduleCampaigns(range, campaigns, start, end);
  return writeServices({ folder: join(folder, name), state: range.state, runs, start, end, lines: { ...lines, ...more } });
}

const of = (source: string) => events.filter((event) => event.source === source);
const step = (id: string) => report.traffic.filter((entry) => entry.step === id);
const headersOf = ({ raw }: Event) =>
  Object.fromEntries(
    ((raw['httpRequest'] as JsonObject)['headers'] as { name: string; value: string }[]).map(({ name, value }) => [name, value]),
  );

test('our own readers take every line, and there are as many as were asked for', () => {
  expect(files.flatMap(({ setAside }) => setAside)).toEqual([]);
  expect(events.length).toBe(report.lines);
  const count = (...sources: string[]) => sources.reduce((sum, source) => sum + of(source).length, 0);
  expect(Math.abs(count('aws.cloudfront', 'aws.waf', 'aws.alb', 'aws.api-gateway') - 5500)).toBeLessThan(90);
  expect(Math.abs(count('aws.nlb') - 500)).toBeLessThan(10);
  expect(Math.abs(count('aws.clb') - 800)).toBeLessThan(40);
});

test('every event says its account, and times lie in the run and not behind the names of their objects', () => {
  for (const { key, events: inside } of files) {
    const last = endOf(key) ?? end;
    for (const { time, words } of inside) {
      expect(words.account, key).toMatch(/^\d{12}$/);
      expect(time >= start && time < last, key).toBe(true);
    }
  }
});

test('objects are named as AWS names them', () => {
  const patterns = [
    /^AWSLogs\/\d{12}\/CloudFront\/E[A-Z2-7]{13}\.2026-01-05-\d\d\.[0-9a-f]{8}\.gz$/,
    /^cloudfront\/\d{12}\/E[A-Z2-7]{13}\.2026-01-05-\d\d\.[0-9a-f]{8}\.gz$/,
    /^AWSLogs\/(\d{12})\/WAFLogs\/(cloudfront|us-east-1)\/(shop-[a-z]+)\/2026\/01\/05\/(\d\d)\/(\d[05])\/\1_waflogs_\2_\3_20260105T\4\5Z_[0-9a-f]{8}\.log\.gz$/,
    /^api-gateway\/(\d{12})\/2026\/01\/0[56]\/\d\d\/api-gateway-\1-1-2026-01-0[56]-\d\d-\d\d-\d\d-[0-9a-f-]{36}$/,
    /^AWSLogs\/(\d{12})\/elasticloadbalancing\/us-east-1\/2026\/01\/0[56]\/\1_elasticloadbalancing_us-east-1_net\.devices\.[0-9a-f]{16}_2026010[56]T\d{4}Z_[a-z0-9]{8}\.log\.gz$/,
    /^AWSLogs\/(\d{12})\/elasticloadbalancing\/us-east-1\/2026\/01\/0[56]\/\1_elasticloadbalancing_us-east-1_(stock-and-invoices|app\.shop\.[0-9a-f]{16})_2026010[56]T\d{4}Z_198\.51\.100\.\d+_[a-z0-9]{8}\.log(\.gz)?$/,
  ];
  const used = new Set(files.map(({ key }) => patterns.findIndex((pattern) => pattern.test(key))));
  expect([...used].sort()).toEqual(patterns.map((_, i) => i));
});

describe('a request through CloudFront', () => {
  test('is told by the distribution, both web ACLs and the load balancer alike', () => {
    const from = (source: string) => of(source).filter(({ raw }) => String(raw['cs-uri-decoded']).startsWith("/search?q=shoes' union"));
    const [edge, acl, balancer] = [from('aws.cloudfront'), from('aws.waf'), from('aws.alb')];
    expect([edge.length, acl.length, balancer.length]).toEqual([8, 16, 8]);
    for (const asked of edge) {
      const decoded = asked.raw['cs-uri-decoded'];
      const judged = acl.filter(({ raw }) => raw['cs-uri-decoded'] === decoded);
      const [global, regional] = judged.toSorted((a, b) => (String(a.raw['httpSourceName']) < String(b.raw['httpSourceName']) ? 1 : -1));
      const answered = balancer.find(({ raw }) => raw['cs-uri-decoded'] === decoded);
      expect(asked.raw).toMatchObject({ 'c-ip': expect.stringMatching(/^192\.0\.2\.[0-3]$/), 'x-forwarded-for': '127.0.0.1' });
      for (const each of [global, regional, answered]) {
        expect(each?.words.userAgent).toBe('tool "x" é');
        expect(Math.floor((each?.time ?? 0) / 1000)).toBe(asked.time / 1000);
        expect(each?.raw['cs-host']).toBe('www.example.com');
      }
      expect(global?.raw).toMatchObject({
        httpSourceName: 'CF',
        action: 'ALLOW',
        'c-ip': asked.raw['c-ip'],
        httpRequest: { requestId: asked.raw['x-edge-request-id'] },
      });
      expect(JSON.stringify(global?.raw['ruleGroupList'])).toContain('"ruleId":"SQLi_QUERYARGUMENTS","action":"COUNT"');
      expect(regional?.raw['c-ip']).toMatch(/^203\.0\.113\.2[1-3]\d$/);
      expect(regional?.raw['c-ip']).toBe(answered?.raw['c-ip']);
      expect(regional === undefined ? {} : headersOf(regional)).toMatchObject({
        'X-Forwarded-For': `127.0.0.1, ${String(asked.raw['c-ip'])}`,
        'X-Amz-Cf-Id': asked.raw['x-edge-request-id'],
      });
      expect(answered?.raw).toMatchObject({ type: 'https', 'sc-status': '200', domain_name: 'www.example.com' });
    }
  });

  test('of another site is in its older logs, whose objects name the columns', () => {
    const [asked] = of('aws.cloudfront').filter(({ raw }) => raw['c-ip'] === '192.0.2.9');
    expect(asked?.raw).toMatchObject({ 'cs-uri-query': 'q=two', 'x-host-header': 'www-2.example.com' });
    expect(asked?.raw).not.toHaveProperty('DistributionId');
    expect(step('other-site').map(({ source, resource, lines: n }) => [source, resource, n])).toEqual([
      ['aws.cloudfront', 'www-2.example.com', 1],
      ['aws.waf', 'www-2.example.com', 2],
      ['aws.alb', 'www-2.example.com', 1],
    ]);
  });

  test('that the web ACL blocks is answered with 403 and goes no further', () => {
    const from = (source: string) => of(source).filter(({ words }) => words.ip === '192.0.2.10');
    expect(from('aws.cloudfront').map(({ raw }) => [raw['sc-status'], raw['x-edge-result-type']])).toEqual(Array(3).fill(['403', 'Error']));
    expect(from('aws.waf').map(({ raw }) => [raw['action'], raw['terminatingRuleId']])).toEqual(
      Array(3).fill(['BLOCK', 'AWS-AWSManagedRulesKnownBadInputsRuleSet']),
    );
    expect(step('stopped').map(({ source, peers }) => [source, peers])).toEqual([
      ['aws.cloudfront', ['192.0.2.10']],
      ['aws.waf', ['192.0.2.10']],
    ]);
  });

  test('of daily life comes from the cache, from the shop, or not past the ACL', () => {
    const results = Map.groupBy(of('aws.cloudfront'), ({ raw }) => String(raw['x-edge-result-type']));
    expect([...results.keys()].sort()).toEqual(['Error', 'Hit', 'Miss', 'Redirect']);
    const misses = results.get('Miss')?.length ?? 0;
    const errors = (results.get('Error') ?? []).filter(({ raw }) => raw['sc-status'] !== '403').length;
    expect(of('aws.alb').length).toBeGreaterThanOrEqual(misses + errors);
    const actions = new Set(of('aws.waf').map(({ raw }) => `${String(raw['httpSourceName'])} ${String(raw['action'])}`));
    expect([...actions].sort()).toEqual(['ALB ALLOW', 'APIGW BLOCK', 'CF ALLOW', 'CF BLOCK']);
  });
});

test('the interface tells who asked and with which key, and its web ACL what it stopped', () => {
  const calls = of('aws.api-gateway').filter(({ words }) => words.ip === '192.0.2.12');
  expect(calls).toHaveLength(5);
  for (const { raw } of calls)
    expect(raw).toMatchObject({
      path: expect.stringMatching(/^\/prod\/customers\/[123]{4}$/),
      resourcePath: '/customers/{id}',
      'cs-host': 'api.example.com',
      apiKeyId: step('carried-off')[0]?.principal,
    });
  expect(of('aws.api-gateway').filter(({ raw }) => raw['apiKeyId'] === step('carried-off')[0]?.principal).length).toBeGreaterThan(5);
  const [stopped, again] = of('aws.waf').filter(({ words }) => words.ip === '192.0.2.11');
  expect(again).toBeDefined();
  expect(stopped?.raw).toMatchObject({
    terminatingRuleType: 'RATE_BASED',
    rateBasedRuleList: [{ limitValue: '192.0.2.11' }],
    httpSourceName: 'APIGW',
  });
  const judged = (stopped?.raw['httpRequest'] ?? {}) as JsonObject;
  const answered = of('aws.api-gateway').find(({ raw }) => raw['requestId'] === judged['requestId']);
  expect(answered?.raw).toMatchObject({ 'sc-status': '403', 'c-ip': '192.0.2.11' });
});

test('connections are logged when they end, and failed ones name no machine behind', () => {
  const from = (ip: string) => of('aws.nlb').filter(({ words }) => words.ip === ip);
  for (const { raw, time } of from('192.0.2.14')) {
    expect(raw).toMatchObject({ tls_protocol_version: 'tlsv1', connection_time: '300000', domain_name: 'devices.example.com' });
    expect(Date.parse(`${String(raw['tls_connection_creation_time'])}Z`)).toBe(time - 300_000);
  }
  expect(from('192.0.2.14')).toHaveLength(4);
  expect(from('192.0.2.15')[0]?.words.error).toBe('TLS alert 48');
  expect(from('192.0.2.15')[0]?.raw).not.toHaveProperty('destination:port');
  const usual = of('aws.nlb').filter(({ raw }) => raw['domain_name'] !== undefined);
  expect(usual.length / of('aws.nlb').length).toBeGreaterThan(0.9);
});

test('the old application answers as it was asked', () => {
  const [asked] = of('aws.clb').filter(({ words }) => words.ip === '192.0.2.13');
  expect(asked?.raw).toMatchObject({ 'cs-uri-stem': '/a"b\\c', 'sc-status': '504', 'cs-host': 'stock.example.com' });
  expect(asked?.raw).not.toHaveProperty('backend:port');
});

test('the truth names every log that an entry left lines in', () => {
  expect(report.traffic.map(({ step: id, source, lines: n }) => [id, source, n])).toEqual([
    ['counted', 'aws.cloudfront', 8],
    ['counted', 'aws.waf', 16],
    ['counted', 'aws.alb', 8],
    ['other-site', 'aws.cloudfront', 1],
    ['other-site', 'aws.waf', 2],
    ['other-site', 'aws.alb', 1],
    ['stopped', 'aws.cloudfront', 3],
    ['stopped', 'aws.waf', 3],
    ['limited', 'aws.api-gateway', 2],
    ['limited', 'aws.waf', 2],
    ['carried-off', 'aws.api-gateway', 5],
    ['held', 'aws.nlb', 4],
    ['broken', 'aws.nlb', 1],
    ['old', 'aws.clb', 1],
  ]);
});

test('the same seed gives the same bytes, and one kind of log does not depend on another', async () => {
  expect(await write('b')).toEqual(report);
  expect(filesIn(join(folder, 'b'))).toEqual(filesIn(join(folder, 'a')));
  await write('api', { edge: 0, nlb: 0, clb: 0 });
  const alone = filesIn(join(folder, 'api'));
  expect(alone.length).toBeGreaterThan(100);
  expect(alone).toEqual(filesIn(join(folder, 'a')).filter(({ key }) => key.startsWith('api-gateway') || key.includes('shop-api')));
});

test('a block that is none is refused', () => {
  const of = (peer: string) => () =>
    parseCampaign({ id: 'x', title: 'x', description: 'x', traffic: [{ id: 'x', request: '/', peer }] }, 'x.yml');
  for (const wrong of ['192.0.2.0/33', '2001:db8::/64', 'shop/1']) expect(of(wrong), wrong).toThrow('a block of IPv4 addresses');
  for (const right of ['192.0.2.0/24', '2001:db8::1', '192.0.2.1']) expect(of(right), right).not.toThrow();
});

test.each([
  ['waf', { to: 'shop', waf: { action: 'COUNT', rule: 'sql' } }],
  ['apiKey', { to: 'www', apiKey: 'harbour' }],
  ['forwardedFor', { to: 'legacy', forwardedFor: '127.0.0.1' }],
])('%s belongs to the ways in that have it', (field, wrong) => {
  const traffic = [{ id: 'x', request: '/', peer: '192.0.2.1', ...wrong }];
  expect(() => parseCampaign({ id: 'x', title: 'x', description: 'x', traffic }, 'x.yml')).toThrow(
    expect.objectContaining({ message: expect.stringContaining('only requests to'), place: `x.yml: traffic.0.${field}` }),
  );
});
