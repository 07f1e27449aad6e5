import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rules as ownRules } from '../../content/index.ts';
import { findingId } from '../core/detect/entry.ts';
import { canonicalJson } from '../core/lib/canonical-json.ts';
import { sealFinding } from '../core/lib/seal-finding.ts';
import type { Finding } from '../core/model/finding.ts';
import type { JsonObject } from '../core/model/json.ts';
import type { Rule } from '../core/model/rule.ts';
import { fileLogs } from '../edge/files/file-logs.ts';
import { fileSpill } from '../edge/files/file-spill.ts';
import { openScanner } from '../edge/scanner/open-scanner.ts';
import { detect } from './detect.ts';
import { detect as detectWired } from './wire/detect.ts';
import { attackedOrganisation } from './wire/triage-under-test.ts';

const bin = fileURLToPath(new URL('../../bin/jobzero.js', import.meta.url));
let folder = '';
let records: readonly JsonObject[] = [];
let rules: readonly Rule[] = [];

const names = ['StopLogging', 'DeleteTrail', 'CreateAccessKey', 'CreateUser', 'AttachUserPolicy', 'GetSecretValue', 'ListBuckets'];
const sources = ['cloudtrail', 'cloudtrail', 'iam', 'iam', 'iam', 'secretsmanager', 's3'];

/** Calls of some users over days, of which rules and correlations find many things. */
const synthetic: readonly JsonObject[] = Array.from({ length: 1_200 }, (_, i) => ({
  eventVersion: '1.09',
  eventID: `10000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
  eventTime: new Date(Date.UTC(2026, 0, 10) + i * 97_000).toISOString().replace('.000Z', 'Z'),
  eventSource: `${sources[i % sources.length]}.amazonaws.com`,
  eventName: names[i % names.length] ?? '',
  awsRegion: 'us-east-1',
  sourceIPAddress: `192.0.2.${i % 250}`,
  recipientAccountId: '111122223333',
  userIdentity: {
    type: 'IAMUser',
    arn: `arn:aws:iam::111122223333:user/user-${i % 13}`,
    userName: `user-${i % 13}`,
    accountId: '111122223333',
    accessKeyId: `AKIAEXAMPLE${i % 13}`,
  },
  requestParameters: {
    name: 'trail',
    userName: `other-${i % 5}`,
    policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
    secretId: `s-${i % 40}`,
  },
  responseElements: null,
  ...(i % 3 === 0 ? { errorCode: 'AccessDenied' } : {}),
  eventType: 'AwsApiCall',
}));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jobzero-detect-test-'));
  records = [...(await attackedOrganisation()).records, ...synthetic];
  rules = await ownRules();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const whole = (list: readonly JsonObject[]) => JSON.stringify({ Records: list });
const lines = (list: readonly JsonObject[]) => list.map((record) => `${JSON.stringify(record)}\n`).join('');
const bridge = (list: readonly JsonObject[]) =>
  lines(
    list.map((record, i) => ({
      version: '0',
      id: `event-${i}`,
      'detail-type': 'AWS API Call via CloudTrail',
      source: 'aws.iam',
      account: record['recipientAccountId'] ?? '',
      time: record['eventTime'] ?? '',
      region: record['awsRegion'] ?? '',
      resources: [],
      detail: record,
    })),
  );
const lookup = (list: readonly JsonObject[]) =>
  JSON.stringify({ Events: list.map((record) => ({ EventId: record['eventID'] ?? null, CloudTrailEvent: JSON.stringify(record) })) });

/** The same events, laid out in other ways. */
const layouts: { readonly [name: string]: () => { readonly [file: string]: string | Buffer } } = {
  'one object': () => ({ 'all.json.gz': gzipSync(whole(records)) }),
  'many objects in folders, the newest first': () =>
    Object.fromEntries(
      Array.from({ length: 40 }, (_, n) => {
        const part = records.toReversed().filter((_record, i) => i % 40 === n);
        return [`${n % 7}/${n}.json${n % 2 === 0 ? '.gz' : ''}`, n % 2 === 0 ? gzipSync(whole(part)) : whole(part)];
      }),
    ),
  'four formats': () => {
    const quarter = (n: number) => records.filter((_, i) => i % 4 === n);
    return {
      'a.json': whole(quarter(0)),
      'b.ndjson': lines(quarter(1)),
      'c.jsonl.gz': gzipSync(bridge(quarter(2))),
      'd.json': lookup(quarter(3)),
    };
  },
  'each event twice, differently cut': () => ({
    'a.json': whole(records.slice(0, 900)),
    'b.ndjson': lines([...records.slice(700), ...records.slice(0, 100)]),
    'c.json.gz': gzipSync(bridge(records.toReversed())),
  }),
};

async function laidOut(name: string): Promise<string> {
  const root = join(folder, name.replaceAll(/\W+/g, '-'));
  for (const [file, bytes] of Object.entries(layouts[name]?.() ?? {})) {
    await mkdir(join(root, file, '..'), { recursive: true });
    await writeFile(join(root, file), bytes);
  }
  return root;
}

/** Findings and counts, as bytes. */
async function found(path: string, workers: number) {
  const result = await detectWired({ paths: [path], rules: [], builtin: true, workers, incidents: true, onProgress: () => {} });
  try {
    const bytes = [...result.findings].map((finding) => canonicalJson(finding.read()));
    return { bytes, incidents: result.incidents().map((incident) => canonicalJson(incident)), events: result.summary().events };
  } finally {
    result.close();
  }
}

function cli(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, 'detect', ...args], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return { code: status, out: stdout, err: stderr };
}

describe('law 1: however the events are laid out, and however many threads read them', () => {
  test('the same findings, to the byte', async () => {
    const paths = await Promise.all(Object.keys(layouts).map(laidOut));
    const reference = await found(paths[0] ?? '', 0);
    expect(reference.bytes.length).toBeGreaterThan(100);
    expect(reference.events).toBe(records.length);
    const ids = reference.bytes.map((text) => (JSON.parse(text) as { id: string }).id);
    expect(ids).toEqual(ids.toSorted());
    const [, many = '', formats = '', twice = ''] = paths;
    expect(reference.incidents.length).toBeGreaterThan(0);
    for (const path of [many, formats, twice]) {
      const other = await found(path, 0);
      expect(other.bytes).toEqual(reference.bytes);
      expect(other.incidents).toEqual(reference.incidents);
    }
    for (const [path, workers] of [
      [formats, 1],
      [twice, 2],
      [many, 8],
    ] as const)
      expect((await found(path, workers)).bytes).toEqual(reference.bytes);
  });

  test('the command prints the same OCSF', async () => {
    const paths = await Promise.all(Object.keys(layouts).map(laidOut));
    const [first, ...others] = paths.map((path, i) => cli(path, '--format', 'ocsf', ...(i === 0 ? [] : ['--workers', String(i)])));
    expect(first?.code).toBe(0);
    expect(first?.out.split('\n').length).toBeGreaterThan(100);
    for (const { out } of others) expect(out).toBe(first?.out);
  });

  test.each(['default', 'another'])(
    'ids are made of tenant, rule, group and bucket, and revisions of all the rest: tenant %s',
    async (of) => {
      const spill = fileSpill(folder);
      try {
        const path = await laidOut('four formats');
        const logs = fileLogs();
        const found = [
          ...(await detect({ roots: [path], rules, tenant: of, workers: 0 }, { logs, spill, scanner: openScanner })).findings,
        ].map((one) => one.read());
        expect(new Set(found.map(({ rule }) => rules.find(({ id }) => id === rule.id)?.kind))).toEqual(new Set(['event', 'correlation']));
        for (const { revision, ...finding } of found) {
          expect([finding.tenant, finding.id]).toEqual([of, findingId(of, finding.rule, finding.group, finding.bucket)]);
          expect(sealFinding(finding).revision).toBe(revision);
        }
      } finally {
        spill.close();
      }
    },
  );

  test.each([
    [1, 1],
    [50, 7],
    [1_000, 3],
  ])('what is put aside after %i matches and %i findings comes back the same', async (matches, findings) => {
    const path = await laidOut('four formats');
    const reference = await found(path, 0);
    const spill = fileSpill(folder);
    let runs = 0;
    const counting = {
      ...spill,
      write: (text: Iterable<string>) => {
        runs++;
        return spill.write(text);
      },
    };
    try {
      const result = await detect(
        { roots: [path], rules, tenant: 'default', workers: 0, held: { matches, findings } },
        { logs: fileLogs(), spill: counting },
      );
      expect([...result.findings].map((finding) => canonicalJson(finding.read()))).toEqual(reference.bytes);
      // Findings of stateless rules are made one by one; those of correlations are sorted, and put aside.
      const correlations = new Set(rules.filter((rule) => rule.kind === 'correlation').map((rule) => rule.id));
      const correlated = reference.bytes.filter((text) => correlations.has((JSON.parse(text) as Finding).rule.id));
      expect(correlated.length).toBeGreaterThan(findings);
      expect(runs).toBeGreaterThan(correlated.length / findings - 1);
    } finally {
      spill.close();
    }
  });
});

describe('bad input', () => {
  const good = (n: number, change: JsonObject = {}): JsonObject => ({ ...(synthetic[n] ?? {}), errorCode: null, ...change });
  const text = (n: number, change: JsonObject = {}) => JSON.stringify(good(n, change));

  test('is set aside with its place and reason, or read; all else is processed, and the counts add up', async () => {
    const root = join(folder, 'bad');
    await mkdir(root);
    // Random, so that the compressed bytes are long and what comes before the cut is more than nothing.
    const many = Array.from({ length: 300 }, (_, n) => good(n, { note: String(Math.sin(n + 1)).repeat(3) }));
    const stored = gzipSync(whole(many));
    await writeFile(join(root, '1-truncated.json.gz'), stored.subarray(0, Math.floor(stored.length * 0.6)));
    const broken = `{"Records":[${text(400)},{"eventName": nothing},${text(401)}]}`;
    await writeFile(join(root, '2-broken.json'), broken);
    const long = `${text(402)}\n${JSON.stringify({ ...good(403), filler: 'x'.repeat(17 * 1024 * 1024) })}\n${text(404)}\n`;
    await writeFile(join(root, '3-long.ndjson'), long);
    const twice = text(407).replace('{', '{"eventName":"DescribeTrails",');
    await writeFile(
      join(root, '4-odd.ndjson'),
      Buffer.concat([
        Buffer.from(`${text(405, { requestParameters: null })}\n${text(406, { sourceIPAddress: '999.1.2.3::' })}\n${twice}\n`),
        Buffer.from(text(408, { userAgent: '~' })).subarray(0, -1),
        Buffer.from(',"more":"'),
        Buffer.from([0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80]),
        Buffer.from('"}\n'),
      ]),
    );
    const foreign = `{"Records":[${text(409)},{"eventName":"OnlyAName"},${text(410)},7]}`;
    await writeFile(join(root, '5-foreign.json'), foreign);
    await writeFile(join(root, '6-not-json.log'), 'hello\n');
    await writeFile(join(root, '7-empty.json'), '');
    await writeFile(join(root, '8-not-gzip.json.gz'), Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.from('no gzip at all')]));
    const hostile = join(folder, 'hostile.yml');
    await writeFile(
      hostile,
      `title: an expression made to backtrack\nid: hostile\nlogsource: { product: aws, service: cloudtrail }\ndetection: { s: { requestParameters.name|re: '^(a+)+$' }, condition: s }\nlevel: high\n`,
    );
    await writeFile(
      join(root, '9-backtrack.ndjson'),
      `${text(411, { requestParameters: { name: `${'a'.repeat(50_000)}!` } })}\n${text(412, { requestParameters: { name: 'a'.repeat(50_000) } })}\n`,
    );

    for (const workers of [[], ['--workers', '2']]) {
      const ran = cli('bad', '--rules', hostile, '--format', 'ocsf', '--summary', join(folder, 'summary.json'), ...workers);
      expect(ran.code === 0 ? '' : ran.err).toBe('');
      const summary = JSON.parse(await readFile(join(folder, 'summary.json'), 'utf8')) as {
        objects: number;
        events: number;
        setAside: number;
        setAsides: readonly { object: string; offset: number; reason: string }[];
        faults: readonly unknown[];
      };
      expect(summary.faults).toEqual([]);
      expect(summary.objects).toBe(9);
      const byFile = new Map<string, { offset: number; reason: string }[]>();
      for (const { object, offset, reason } of summary.setAsides) {
        const file = object.split('/').at(-1) ?? '';
        byFile.set(file, [...(byFile.get(file) ?? []), { offset, reason }]);
        expect(reason).not.toBe('');
      }
      expect(summary.setAside).toBe(summary.setAsides.length);
      const places = (file: string) => byFile.get(file)?.map(({ offset }) => offset);
      expect(byFile.get('1-truncated.json.gz')).toEqual([{ offset: expect.any(Number), reason: 'the gzip stream is cut off' }]);
      expect(places('1-truncated.json.gz')?.[0]).toBeGreaterThan(1_000);
      expect(places('2-broken.json')).toEqual([broken.indexOf('{"eventName": nothing')]);
      expect(places('3-long.ndjson')).toEqual([text(402).length + 1]);
      expect(places('4-odd.ndjson')).toBeUndefined();
      expect(places('5-foreign.json')?.[0]).toBe(foreign.indexOf('{"eventName":"OnlyAName"}'));
      expect(places('6-not-json.log')).toEqual([0]);
      expect(places('8-not-gzip.json.gz')).toEqual([0]);
      expect(places('9-backtrack.ndjson')).toBeUndefined();

      // Of the truncated object all but the records after the cut, of the others all that is good.
      const beforeTheCut = summary.events - (2 + 2 + 4 + 2 + 2);
      expect(beforeTheCut).toBeGreaterThan(50);
      expect(beforeTheCut).toBeLessThan(300);
      const hits = ran.out.split('\n').filter((line) => line.includes('an expression made to backtrack'));
      expect(hits.length).toBe(1);
    }
    expect(cli('bad', '--strict').code).toBe(3);
  });
});
