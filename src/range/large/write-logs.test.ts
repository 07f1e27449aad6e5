import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCampaign } from '../../core/model/campaign.ts';
import type { JsonObject } from '../../core/model/json.ts';
import { type WriteReport, writeLogs } from './write-logs.ts';

const start = Date.UTC(2026, 0, 5);
const campaigns = [
  parseCampaign(
    {
      id: 'key',
      title: 'A key',
      description: 'Somebody looks around, stops the trail of the account and looks again.',
      actors: { thief: { signs: { user: 'ci-deployer' }, ip: '192.0.2.9', attacker: true } },
      steps: [
        { id: 'look', actor: 'thief', action: 'iam:ListUsers', times: 30, every: 60, techniques: ['T1087.004'] },
        {
          id: 'stop',
          actor: 'thief',
          action: 'cloudtrail:StopLogging',
          wait: 1200,
          input: { Name: 'production-trail' },
          techniques: ['T1685.002'],
        },
        { id: 'again', actor: 'thief', action: 's3:ListAllMyBuckets', wait: 1200, times: 10, every: 60, techniques: ['T1580'] },
      ],
    },
    'key.yml',
  ),
  parseCampaign(
    {
      id: 'drill',
      title: 'A drill',
      description: 'Announced.',
      kind: 'benign',
      repeat: { days: 0.25 },
      actors: { red: { account: 'any', signs: { person: 'red' } } },
      steps: [{ id: 'drill', actor: 'red', action: 'iam:ListRoles' }],
    },
    'drill.yml',
  ),
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'range-large-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, seed: string): Promise<WriteReport> {
  return writeLogs({ folder: join(folder, name), seed, accounts: 10, events: 3000, days: 1, start, campaigns, merger: true });
}

function objectsIn(name: string): { readonly key: string; readonly bytes: Buffer }[] {
  const root = join(folder, name);
  return (readdirSync(root, { recursive: true }) as string[])
    .filter((path) => statSync(join(root, path)).isFile())
    .sort()
    .map((key) => ({ key, bytes: readFileSync(join(root, key)) }));
}

function recordsOf({ bytes }: { readonly bytes: Buffer }): readonly JsonObject[] {
  return (JSON.parse(gunzipSync(bytes).toString('utf8')) as { Records: JsonObject[] }).Records;
}

describe('logs of a large organisation', () => {
  let report: WriteReport;
  let objects: ReturnType<typeof objectsIn>;
  let records: readonly JsonObject[];
  beforeAll(async () => {
    report = await write('a', 's');
    objects = objectsIn('a');
    records = objects.flatMap(recordsOf);
  });

  test('have as many events as were asked for, some of them in two trails', () => {
    const ids = new Set(records.map((record) => record['eventID']));
    expect(ids.size).toBe(report.events);
    expect(Math.abs(ids.size - 3000)).toBeLessThan(30);
    expect(records.length).toBe(report.copies);
    expect(records.length).toBeGreaterThan(ids.size);
    expect(objects.length).toBe(report.objects);
  });

  test('lie where CloudTrail puts them, each object of one account and Region, gathered before it is named', () => {
    for (const object of objects) {
      const [, account, region, stamp] =
        /^AWSLogs\/(?:o-[a-z0-9]{10}\/)?(\d{12})\/CloudTrail\/([a-z0-9-]+)\/2026\/01\/0[56]\/\1_CloudTrail_\2_(\d{8}T\d{4})Z_[A-Za-z0-9]{16}\.json\.gz$/.exec(
          object.key,
        ) ?? [];
      expect(account, object.key).toBeDefined();
      for (const record of recordsOf(object)) {
        expect([record['recipientAccountId'], record['awsRegion']]).toEqual([account, region]);
        expect(String(record['eventTime']).replace(/[-:]/g, '').slice(0, 13) <= String(stamp)).toBe(true);
        expect(Date.parse(String(record['eventTime']))).toBeLessThan(start + 86_400_000);
      }
    }
  });

  test('are what CloudTrail writes: no slot is left open, callers of all kinds', () => {
    const types = new Set(records.map((record) => (record['userIdentity'] as JsonObject)['type']));
    expect([...types]).toEqual(
      expect.arrayContaining(['AssumedRole', 'AWSService', 'IAMUser', 'SAMLUser', 'WebIdentityUser', 'AWSAccount']),
    );
    expect(records.filter((record) => /%[A-Z0-9]+%/.test(JSON.stringify(record)))).toEqual([]);
    expect(records.filter(({ eventSource }) => !/^[a-z0-9-]+\.amazonaws\.com$/.test(String(eventSource)))).toEqual([]);
    const sessionsFor = new Set(records.filter(({ eventSource }) => eventSource === 'sts.amazonaws.com').map(({ eventName }) => eventName));
    for (const name of ['AssumeRole', 'AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity']) expect(sessionsFor).toContain(name);
    expect(new Set(records.map((record) => record['eventVersion']))).toEqual(new Set(['1.11']));
  });

  test('keep hours: people at night are rare, and nobody knows an account before it joins', () => {
    const signIns = records.filter((record) => record['eventName'] === 'ConsoleLogin');
    expect(signIns.length).toBeGreaterThan(3);
    const joined = records.filter((record) => record['recipientAccountId'] === report.truth.accounts.at(-1)?.id);
    expect(joined.length).toBeGreaterThan(0);
    for (const record of joined) expect(String(record['eventTime']) >= '2026-01-05T12').toBe(true);
  });

  test('have a ground truth: every event of a campaign that is in them, and of each run who and where', () => {
    const ids = new Set(records.map((record) => record['eventID']));
    const { truth } = report;
    expect(truth.events.filter(({ eventID }) => !ids.has(eventID))).toEqual([]);
    expect(truth.campaigns.map(({ id, kind, incident, events }) => ({ id, kind, incident, events }))).toEqual([
      { id: 'key', kind: 'attack', incident: true, events: 41 },
      ...['drill', 'drill#2', 'drill#3', 'drill#4'].map((id) => ({ id, kind: 'benign', incident: false, events: 1 })),
    ]);
    expect(truth.campaigns[0]).toMatchObject({
      techniques: ['T1087.004', 'T1580', 'T1685.002'],
      principals: [expect.stringContaining(':user/ci-deployer')],
    });
    expect(truth.events.find(({ step }) => step === 'stop')).toMatchObject({ campaign: 'key', techniques: ['T1685.002'], errorCode: null });
  });

  test('end in the own trail when an attacker stops it, and go on in the trail of the organisation', () => {
    const [account = ''] = report.truth.campaigns[0]?.accounts ?? [];
    const again = new Set(report.truth.events.filter(({ step }) => step === 'again').map(({ eventID }) => eventID));
    const holding = objects.filter((object) => recordsOf(object).some((record) => again.has(String(record['eventID']))));
    expect(holding.length).toBeGreaterThan(0);
    expect(holding.filter(({ key }) => key.startsWith(`AWSLogs/${account}/`))).toEqual([]);
  });

  test('are the same bytes for a seed and others for another one', async () => {
    const again = await write('b', 's');
    const other = await write('c', 't');
    expect(again).toEqual(report);
    expect(objectsIn('b')).toEqual(objects);
    expect(other.truth.events).not.toEqual(report.truth.events);
  });
});
