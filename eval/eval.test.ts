import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { readCampaigns } from '../src/app/wire/load-campaigns.ts';
import { natureOf } from '../src/core/model/campaign.ts';
import type { Finding } from '../src/core/model/finding.ts';
import { measureCorpus } from './corpus.ts';
import { keeper, scoreRange, type Truth } from './range.ts';
import { linesOf, reportText } from './report.ts';
import { stripLabels } from './strip-labels.ts';
import { expectedOf, sameTechnique } from './techniques.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobzero-eval-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(['campaigns', 'campaigns-second'])('%s, that no rule was written for, are campaigns, attacks and ordinary work', async (name) => {
  const { campaigns, faults } = await readCampaigns(join(import.meta.dirname, name));
  expect(faults).toEqual([]);
  expect(campaigns.filter((one) => natureOf(one).incident).length).toBeGreaterThan(20);
  expect(campaigns.filter((one) => !natureOf(one).incident).length).toBeGreaterThan(10);
});

test('nothing gives the label away, and equal names stay equal', () => {
  const record = (name: string) =>
    JSON.stringify({
      userAgent: 'stratus-red-team_0b7c',
      userIdentity: { arn: `arn:aws:sts::111122223333:assumed-role/${name}/session` },
      requestParameters: { roleName: name, policyDocument: `{"Resource":"arn:aws:iam::111122223333:role/${name}"}`, other: 'my-role' },
    });
  const first = stripLabels(record('stratus-red-team-role-x'));
  expect(first).not.toMatch(/stratus/i);
  const parsed = JSON.parse(first) as { userAgent: string; requestParameters: { roleName: string; policyDocument: string; other: string } };
  const { roleName, policyDocument, other } = parsed.requestParameters;
  expect(parsed.userAgent).toMatch(/^aws-sdk-go/);
  expect(policyDocument).toContain(`role/${roleName}"`);
  expect(first).toContain(`assumed-role/${roleName}/session`);
  expect(other).toBe('my-role');
  expect(stripLabels('"Stratus-Red-Team-Role-X"')).toBe(`"${roleName}"`);
  expect(stripLabels(record('stratus-red-team-role-y'))).not.toContain(roleName);
});

test.each([
  ['aws.persistence.iam-backdoor-user.json.gz', ['T1098.001']],
  ['aws.impact.something-new.json.gz', null],
])('%s means %j', (file, expected) => {
  expect(expectedOf(file)?.techniques ?? null).toEqual(expected);
});

test.each(['administration.json.gz', 'aws.json.gz', 'gcp.persistence.x.json.gz'])('%s is no recorded attack', (file) => {
  expect(expectedOf(file)).toBeNull();
});

test.each([
  ['T1098', 'T1098.001', true],
  ['T1098.001', 'T1098', true],
  ['T1098.001', 'T1098.003', false],
  ['T109', 'T1098', false],
])('%s and %s are the same technique: %j', (a, b, same) => {
  expect(sameTechnique(a, b)).toBe(same);
});

const stopLogging = {
  eventVersion: '1.08',
  eventTime: '2026-01-05T10:00:00Z',
  eventSource: 'cloudtrail.amazonaws.com',
  eventName: 'StopLogging',
  awsRegion: 'us-east-1',
  sourceIPAddress: '203.0.113.7',
  userAgent: 'stratus-red-team_1',
  eventID: '00000000-0000-4000-8000-000000000001',
  recipientAccountId: '111122223333',
  userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/alice', accountId: '111122223333', userName: 'alice' },
  requestParameters: { name: 'arn:aws:cloudtrail:us-east-1:111122223333:trail/main' },
};

test('a corpus with a good, an unknown, a missed and a broken file is measured to its end', async () => {
  const write = (name: string, text: string) => writeFileSync(join(folder, name), gzipSync(text));
  const quiet = { ...stopLogging, eventName: 'DescribeTrails', eventID: '00000000-0000-4000-8000-000000000002' };
  write('aws.defense-evasion.cloudtrail-stop.json.gz', JSON.stringify({ Records: [stopLogging] }));
  write('aws.defense-evasion.cloudtrail-delete.json.gz', JSON.stringify({ Records: [quiet] }));
  write('aws.impact.something-new.json.gz', JSON.stringify({ Records: [stopLogging] }));
  writeFileSync(join(folder, 'aws.impact.broken.json.gz'), 'no gzip');
  write('administration.json.gz', JSON.stringify({ Records: [quiet] }));
  write(
    'benign-tasks.jsonl.gz',
    `${JSON.stringify({ task: 'look', Records: [quiet] })}\n${JSON.stringify({ task: 'stop', Records: [stopLogging] })}\n`,
  );
  write('rule-cases.jsonl.gz', `${JSON.stringify({ rule: 'Other.Stopped', expected: true, event: stopLogging })}\n`);
  const result = await measureCorpus(folder, () => {});
  expect(Object.fromEntries(result.techniques.map(({ file, verdict }) => [file.split('.')[2], verdict]))).toEqual({
    'cloudtrail-stop': 'found',
    'cloudtrail-delete': 'missed',
    'something-new': 'unknown',
    broken: 'failed',
  });
  expect(result.techniques.find(({ file }) => file.includes('something-new'))?.rules).toContain('aws.cloudtrail.trail-logging-stopped');
  expect(result.ordinary.find(({ name }) => name === 'administration')).toMatchObject({ events: 1, pages: 0, error: null });
  expect(result.ordinary.find(({ name }) => name === 'task stop')?.pages).toBe(1);
  expect(result.cases).toEqual([{ rule: 'Other.Stopped', expected: 1, found: 1, loud: 1, others: 0, loudOthers: 0 }]);
  expect(linesOf(result, []).map(({ met }) => met)).toEqual([false, false]);
  const report = { format: 'jobzero.eval/1', rules: 1, corpus: result, ranges: [], errors: [], lines: [] } as const;
  const better = { ...result, techniques: result.techniques.map((one) => ({ ...one, verdict: 'found' as const })) };
  expect(reportText(report, { ...report, corpus: better })).toContain('missed (found)');
});

const truth: Truth = {
  campaigns: [
    { id: 'one', campaign: 'one', incident: true },
    { id: 'two', campaign: 'two', incident: true },
    { id: 'drill', campaign: 'drill', incident: false },
  ],
  events: [
    { eventID: 'a1', campaign: 'one', techniques: ['T1098'] },
    { eventID: 'a2', campaign: 'one', techniques: ['T1685.002'] },
    { eventID: 'b1', campaign: 'two', techniques: ['T1098'] },
    { eventID: 'd1', campaign: 'drill', techniques: [] },
  ],
  traffic: [
    {
      campaign: 'two',
      techniques: ['T1496.001'],
      account: '111122223333',
      interface: 'eni-0123456789abcdef0',
      firstTime: '2026-01-05T10:00:00Z',
      lastTime: '2026-01-05T11:00:00Z',
    },
  ],
};

const keep = keeper(truth);
const kept = (id: string, techniques: readonly string[], events: readonly string[], more: object = {}) =>
  keep({
    id,
    severity: 'High',
    rule: { id: 'r', techniques },
    evidence: events.map((event) => ({ id: event, rule: 'r', time: Date.UTC(2026, 0, 5, 10, 30) })),
    group: {},
    resources: [],
    ...more,
  } as unknown as Finding);
const incidentOf = (pages: boolean, ...findings: readonly string[]) => ({
  pages,
  title: 't',
  why: ['because'],
  members: findings.map((finding) => ({ finding, revision: '' })),
});
const attacks = new Map(['a1', 'a2', 'b1'].map((id, n) => [id, { time: n * 1_000_000, delivered: n * 1_000_000 + 300_000 }]));

test('the range is scored by campaign and technique; a page on a drill or on daily life is one for nothing', () => {
  const findings = [kept('f1', ['T1685.002'], ['a2', 'x']), kept('f2', ['T1098'], ['y']), kept('f3', ['T1098'], ['d1'])];
  const incidents = [incidentOf(true, 'f1', 'f2'), incidentOf(true, 'f3'), incidentOf(false, 'f2')];
  const result = scoreRange({ name: 'n', events: 1000, days: 2, truth, attacks, delays: [300], findings, incidents });
  expect(result.campaigns.map(({ campaign, seen, severity, pages, firstPage }) => [campaign, seen, severity, pages, firstPage])).toEqual([
    ['one', 1, 'High', 1, 1300],
    ['two', 0, null, 0, null],
  ]);
  expect(result.techniques).toEqual([
    { technique: 'T1098', campaigns: 2, found: 0 },
    { technique: 'T1496.001', campaigns: 1, found: 0 },
    { technique: 'T1685.002', campaigns: 1, found: 1 },
  ]);
  expect(result.falsePages).toEqual([{ title: 't', why: 'because', campaign: 'drill' }]);
  expect([result.falsePagesADay, result.benign.High]).toEqual([0.5, 2]);
  expect(linesOf(null, [result]).map(({ value, met }) => [value, met])).toEqual([
    ['0.50 (1 in all)', true],
    ['1 of 2', false],
  ]);
});

test.each([
  ['its interface, in its time', { group: { interface: 'eni-0123456789abcdef0' } }, 'two'],
  ['another interface', { group: { interface: 'eni-0fffffffffffffff0' } }, undefined],
])('a finding on lines of traffic belongs to a campaign by %s', (_, more, campaign) => {
  expect(kept('f', ['T1496'], ['z'], more).on[0]?.campaign).toBe(campaign);
});
