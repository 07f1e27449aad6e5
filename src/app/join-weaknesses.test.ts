import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { answers, controls } from '../../content/index.ts';
import { findingOf } from '../core/assess/finding-of.ts';
import { eventsOfText } from '../core/collect/log-reader.ts';
import { accessAnalyzerExample, configExample, hubControlExample, macieExample } from '../core/collect/reports/examples.ts';
import { answeredBy } from '../core/findings/imported/answered-by.ts';
import { CopiesById } from '../core/findings/imported/copies-lines.ts';
import type { Finding } from '../core/model/finding.ts';
import type { JsonObject } from '../core/model/json.ts';
import { memoryStore } from '../core/ports/store.memory.ts';
import { liveFinding } from './console/live-finding.ts';
import { disagreement, toldBy } from './console/told-by.ts';
import { endFinding } from './end-finding.ts';
import { importFindings } from './import-findings.ts';
import { joinStoredWeaknesses, joinWeaknesses, ledBy } from './join-weaknesses.ts';

const tenant = 'default';
const account = '111122223333';
const region = 'us-east-1';
const bucket = { uid: 'arn:aws:s3:::reports-example', type: 'AWS::S3::Bucket', name: 'reports-example', account, region };
const table = answeredBy(await answers());
const control = (await controls()).find(({ id }) => id === 'aws.s3.bucket-not-public');
if (control === undefined) throw new Error('no control');
const ours = findingOf(tenant, control, { ...bucket, tags: {}, props: {}, unread: {} }, { status: 'Fail', reason: 'It is public.' });

const config = (state = 'NON_COMPLIANT', at = '2026-01-05T08:12:01.405Z'): JsonObject => {
  const record = configExample(1, { resourceId: bucket.name }, state);
  return { ...record, newEvaluationResult: { ...(record['newEvaluationResult'] as JsonObject), resultRecordedTime: at } };
};
const hub = (more: JsonObject = {}): JsonObject => hubControlExample(1, more);
const passed = { Compliance: { Status: 'PASSED', SecurityControlId: 'S3.2' }, UpdatedAt: '2026-01-06T08:00:00.000Z' };

let store: ReturnType<typeof memoryStore>;
let now = Date.UTC(2026, 0, 7);
beforeEach(() => {
  store = memoryStore();
  now = Date.UTC(2026, 0, 7);
});

async function tell(into: typeof store, ...records: readonly JsonObject[]): Promise<readonly string[]> {
  const copies = new CopiesById(tenant);
  for (const record of records)
    for (const { report } of eventsOfText(JSON.stringify(record), 'x')) if (report !== undefined) copies.add(report);
  const drained = copies.drain();
  await into.within(tenant, (tx) => importFindings(tx, drained, table, now));
  return drained.map(([id]) => id);
}
const fails = (into = store, finding: Finding = ours) =>
  into.within(tenant, async (tx) => {
    if (!(await tx.findings.put(finding, now))) await tx.findings.live(finding.id, 'reopened', now, 'automation', '');
    await joinWeaknesses(tx, [finding], now);
  });
const passes = (into = store) =>
  into.within(tenant, async (tx) => {
    await tx.findings.live(ours.id, 'resolved', now, 'automation', 'the control passes');
    await joinWeaknesses(tx, [ours], now);
  });
const shown = (into = store) =>
  into.within(tenant, async (tx) =>
    (await tx.findings.list({ leads: true, limit: 50 })).filter(({ state }) => state === 'open').map(({ finding }) => finding.id),
  );
const leads = (into = store) =>
  into.within(tenant, async (tx) => {
    const rows = await tx.findings.list({ limit: 50 });
    return Promise.all(rows.map(async ({ finding, state }) => [finding.id, state, await ledBy(tx, finding.id)]));
  });
const told = () => store.within(tenant, (tx) => toldBy(tx, ours));
const one = (ids: readonly string[]) => ids[0] ?? '';

describe('one weakness is one case', () => {
  test('what four services and our control say of one bucket is shown as ours', async () => {
    await tell(store, config(), hub(), accessAnalyzerExample(), macieExample());
    expect(await shown()).toHaveLength(1);
    await fails();
    expect(await shown()).toEqual([ours.id]);
    expect((await told()).map(({ source, type }) => `${source} ${type}`).sort()).toEqual([
      'access-analyzer PublicAccess:S3/Bucket',
      'config s3-bucket-public-read-prohibited',
      'jobzero aws.s3.bucket-not-public',
      'macie Policy:IAMUser/S3BucketPublic',
      'security-hub S3.2',
    ]);
    expect(disagreement(await told())).toBeNull();
    expect(await store.within(tenant, (tx) => tx.findings.counts())).toMatchObject([{ state: 'open', n: 1 }]);
  });

  test.each([
    ['by its identifier', 'S3_BUCKET_PUBLIC_READ_PROHIBITED'],
    ['of a conformance pack', 's3-bucket-public-read-prohibited-conformance-pack-a1b2c3d4e'],
    ['of Control Tower', 'AWSControlTower_AWS-GR_S3_BUCKET_PUBLIC_READ_PROHIBITED'],
  ])('a managed rule %s', async (_, configRuleName) => {
    await fails();
    await tell(store, { ...config(), configRuleName });
    expect(await shown()).toEqual([ours.id]);
  });

  test.each<[string, JsonObject]>([
    ['of another bucket', configExample(7)],
    ['of a rule that ours does not answer', { ...config(), configRuleName: 's3-bucket-logging-enabled' }],
    ["of a product of the account's own", hub({ ProductArn: `arn:aws:securityhub:${region}:${account}:product/${account}/default` })],
  ])('what is said %s stands for itself', async (_, record) => {
    await fails();
    const id = one(await tell(store, record));
    expect([...(await shown())].sort()).toEqual([ours.id, id].sort());
  });
});

describe('nobody hides what another says', () => {
  test('that AWS passes it ends nothing of ours, and is said', async () => {
    await fails();
    await tell(store, hub());
    await tell(store, hub(passed));
    expect(await shown()).toContain(ours.id);
    expect(disagreement(await told())).toBe('Security Hub says that it is in order, and our own control that it is not.');
  });

  test('that ours passes hides nothing that AWS says, which is decided for itself', async () => {
    await fails();
    const id = one(await tell(store, hub()));
    await store.within(tenant, async (tx) => {
      const row = await tx.findings.get(id);
      if (row !== null) await decidedBefore(tx, row.finding);
      expect((await tx.findings.undecided(9)).map((finding) => finding.id)).not.toContain(id);
    });
    await passes();
    expect(await shown()).toEqual([id]);
    expect(disagreement(await told())).toBe('Our own control is content, and Security Hub says that it still fails.');
    await store.within(tenant, async (tx) => expect((await tx.findings.undecided(9)).map((finding) => finding.id)).toContain(id));
  });

  test('nor does what automation closes: AWS says for itself when it is content', async () => {
    await fails();
    const id = one(await tell(store, hub()));
    await store.within(tenant, (tx) => endFinding(tx, ours, 'resolved', now, 'automation', 'gone'));
    expect(await shown()).toEqual([id]);
  });

  test('what a person accepted covers what was there, and not what AWS finds later', async () => {
    await fails();
    await tell(store, hub());
    const live = (word: 'suppressed' | 'reopened') =>
      liveFinding({ store, tenant, clock: { now: () => now } }, ours.id, 'ann', word, 'a website');
    await live('suppressed');
    expect(await shown()).toEqual([]);
    const later = one(await tell(store, config()));
    expect(await shown()).toEqual([later]);
    now += 1;
    await live('reopened');
    expect(await shown()).toEqual([ours.id]);
    expect((await leads()).filter(([, state]) => state === 'open')).toHaveLength(3);
    expect(store.entries(tenant).filter(({ data }) => Array.isArray(data['also']))).toHaveLength(2);
  });
});

/** As triage does. */
async function decidedBefore(tx: Parameters<Parameters<typeof store.within>[1]>[0], finding: Finding): Promise<void> {
  await tx.decisions.put({
    id: `d-${finding.id}`,
    finding: finding.id,
    revision: finding.revision,
    at: now,
    findingHash: 'f',
    contextHash: 'c',
    toleranceHash: 't',
    engine: 'e',
    decisionHash: 'h',
    decision: {
      format: 'jobzero.decision/1',
      finding: finding.id,
      revision: finding.revision,
      verdict: 'watch',
      guardrails: ['duplicate'],
      reason: '',
      actions: [],
      risk: 1,
    },
  });
}

test('a store of before is joined as one that heard all of it', async () => {
  await store.within(tenant, (tx) => tx.findings.put(ours, now));
  await tell(store, hub(), config());
  await store.within(tenant, async (tx) => {
    for (const { finding } of await tx.findings.list({ limit: 9 })) {
      const item = await tx.items.get('led-finding', finding.id);
      if (item !== null) await tx.items.move({ ...item, state: 'leads', doc: { weakness: null, by: null } }, ['led', 'leads']);
    }
  });
  await joinStoredWeaknesses(store, tenant, now);
  expect(await shown()).toEqual([ours.id]);
});

test('in whatever order, however often and in whatever portions it is told: the same is shown under the same', async () => {
  const records = [
    config(),
    config('COMPLIANT', '2026-01-06T08:12:01.405Z'),
    hub(),
    hub(passed),
    hub({ Id: 'another', Severity: { Label: 'LOW' } }),
    accessAnalyzerExample(),
    macieExample(),
    configExample(7),
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.subarray(records, { minLength: 1 }),
      fc.boolean(),
      fc.infiniteStream(fc.nat()),
      fc.nat({ max: 9 }),
      async (chosen, weFind, order, portion) => {
        const shuffle = <T>(list: readonly T[]) =>
          list
            .map((item) => [order.next().value as number, item] as const)
            .sort(([a], [b]) => a - b)
            .map(([, item]) => item);
        const steps: readonly (JsonObject | 'ours')[] = shuffle([...chosen, ...chosen, ...(weFind ? ['ours' as const] : [])]);
        const [a, b] = [memoryStore(), memoryStore()];
        if (weFind) await fails(a);
        await tell(a, ...chosen);
        for (let at = 0; at < steps.length; at += portion + 1) {
          const part = steps.slice(at, at + portion + 1);
          await tell(b, ...part.filter((step) => step !== 'ours'));
          if (part.includes('ours')) await fails(b);
        }
        // What never was open there is none, whichever copy came first.
        expect(await leads(b)).toEqual(await leads(a));
      },
    ),
    { numRuns: 60 },
  );
});
