import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventsOfText } from '../core/collect/log-reader.ts';
import { indexValues } from '../core/detect/index-values.ts';
import { joinRules } from '../core/detect/sigma/join-rules.ts';
import { loadRules } from '../core/detect/sigma/parse-rules.ts';
import type { Rule } from '../core/model/rule.ts';
import type { Lake, LakeFile } from '../core/ports/lake.ts';
import { openLake } from '../edge/duckdb/lake.ts';
import { fileSpill } from '../edge/files/file-spill.ts';
import { tryRules } from './try-rules.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobzero-try-rules-'));
let lake: Lake;
let files: readonly LakeFile[];
const start = Date.UTC(2026, 0, 5);
const day = 86_400_000;

/** On each of four days alice reads nine objects, and the backup one. */
beforeAll(async () => {
  lake = await openLake({ folder });
  const rows = Array.from({ length: 40 }, (_, n) => {
    const by = n % 10 === 9 ? 'role/backup' : 'user/alice';
    const text = JSON.stringify({
      eventVersion: '1.11',
      eventTime: new Date(start + Math.floor(n / 10) * day + n * 1_000).toISOString().replace('.000Z', 'Z'),
      eventSource: 's3.amazonaws.com',
      eventName: 'GetObject',
      eventID: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
      awsRegion: 'us-east-1',
      recipientAccountId: '111122223333',
      userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::111122223333:${by}` },
    });
    const [event] = eventsOfText(text, 'log');
    if (event === undefined) throw new Error('no event');
    const { account, region } = event.words;
    return {
      key: event.key,
      source: event.source,
      account,
      region,
      time: event.time,
      place: { object: 'log', offset: n },
      raw: text,
      index: indexValues(event),
    };
  });
  files = await lake.write('default', 'batch', rows);
});
afterAll(async () => {
  await lake.close();
  rmSync(folder, { recursive: true, force: true });
});

const read = `title: Object read
id: 5f0c1a9e-0000-4000-8000-000000000001
name: read
logsource: { product: aws, service: cloudtrail }
detection: { s: { eventName: GetObject }, condition: s }
level: low
`;
const many = `title: Many reads
id: 5f0c1a9e-0000-4000-8000-000000000002
correlation: { type: event_count, rules: [read], group-by: [userIdentity.arn], timespan: 1h, generate: true, condition: { gte: 5 } }
level: high
`;
const other = read.replace('000001', '000003').replaceAll('read', 'elsewhere').replace('GetObject', 'PutObject');
const without = (who: string) =>
  `title: F\nlogsource: { product: aws, service: cloudtrail }\nfilter: { rules: [read], s: { userIdentity.arn|endswith: ${who} }, condition: not s }`;

const ours: readonly Rule[] = loadRules([{ file: 'own.yml', text: [read, many, other].join('---\n') }]).rules;

async function tried(...texts: string[]) {
  const loaded = loadRules(
    texts.map((text, n) => ({ file: `${n}.yml`, text: text.replace('[read]', '[5f0c1a9e-0000-4000-8000-000000000001]') })),
  );
  const { rules: after, faults } = joinRules(ours, loaded, 'replace');
  expect(faults).toEqual([]);
  const spill = fileSpill();
  try {
    return await tryRules({ before: ours, after, tenant: 'default', files, from: 0, to: Number.MAX_SAFE_INTEGER }, { lake, spill });
  } finally {
    spill.close();
  }
}

test('with the same rules nothing is run', async () => {
  expect(await tried()).toMatchObject({ rules: [], events: 0, before: 0, after: 0 });
  expect(await tried(other)).toMatchObject({ rules: [] });
});

test('a filter takes its findings away, and what counts them is run too', async () => {
  const trial = await tried(without('/backup'));
  expect(trial.rules).toEqual([1, 2].map((n) => `5f0c1a9e-0000-4000-8000-00000000000${n}`));
  // Each day one finding for each of the two, and one of the nine in an hour.
  expect(trial).toMatchObject({ events: 40, before: 12, after: 8, foundN: 0, otherN: 0 });
  expect(trial.lost).toHaveLength(4);
  expect(await tried(without('/alice'))).toMatchObject({ before: 12, after: 4, foundN: 0 });
});

test('a rule under the same UUID takes the place of the one that is there', async () => {
  const wider = await tried(read.replace('GetObject', '[GetObject, PutObject]').replace('level: low', 'level: high'));
  expect(wider).toMatchObject({ before: 12, after: 12, lost: [], foundN: 0, otherN: 8 });
  expect(wider.other.map(({ severity }) => severity)).toEqual(Array.from({ length: 8 }, () => 'High'));
});

test('a new rule is run alone', async () => {
  const added = await tried(
    `title: By alice\nlogsource: { product: aws, service: cloudtrail }\ndetection: { s: { userIdentity.arn|endswith: /alice }, condition: s }\nlevel: medium`,
  );
  expect(added).toMatchObject({ rules: ['0'], before: 0, after: 4, foundN: 4, lost: [] });
  expect(added.found.map(({ count }) => count.n)).toEqual([9, 9, 9, 9]);
});
