import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { need } from '../../tools/require.ts';
import { guardDutyArn, guardDutyInHub, hubControlExample } from '../core/collect/reports/examples.ts';
import type { JsonObject } from '../core/model/json.ts';
import type { Cloud } from '../core/ports/cloud.ts';
import { memoryStore } from '../core/ports/store.memory.ts';
import { type MotoServer, startMoto } from '../edge/aws/moto-server.ts';
import { openAws } from '../edge/aws/open-aws.ts';
import { unpaced } from '../edge/aws/pacer.ts';
import { type ReadSourcesDeps, readSources, sourceReadings } from './read-sources.ts';
import { sourceCoverage } from './source-coverage.ts';
import { askTheSource } from './triage/ask-the-source.ts';

const account = '111122223333';
const region = 'us-east-1';
const tenant = 'default';

describe.skipIf(!need('moto'))('findings of the emulated Security Hub', () => {
  let moto: MotoServer;
  let cloud: Cloud;
  let deps: ReadSourcesDeps;
  let now = Date.UTC(2026, 0, 6);
  const store = memoryStore();
  const put = (...Findings: readonly JsonObject[]) =>
    cloud.call({ account, region, action: 'securityhub:BatchImportFindings', input: { Findings }, role: 'actor' });
  const read = () => readSources(deps, account, region, { isFirst: true });

  beforeAll(async () => {
    moto = await startMoto(account);
    cloud = openAws({
      endpointUrl: moto.url,
      regions: [region],
      credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'example' },
      actAsSelf: true,
      pacer: unpaced,
    });
    deps = { tenant, store, cloud, clock: { now: () => now } };
  });
  afterAll(async () => {
    await cloud?.close();
    await moto?.stop();
  });

  test('are read and imported, each once; what cannot be read is told and holds up nothing', async () => {
    await put(guardDutyInHub(1), hubControlExample(2));
    const first = await read();
    expect(first.find(({ source }) => source === 'security-hub')).toMatchObject({ outcome: { read: true }, told: 2, setAside: 0 });
    expect(first.flatMap(({ changed }) => changed)).toHaveLength(2);
    expect(first.find(({ source }) => source === 'access-analyzer')?.outcome).toMatchObject({ read: false });
    now += 60_000;
    expect((await read()).flatMap(({ changed }) => changed)).toEqual([]);
    const leaves = store.entries(tenant).filter(({ type }) => type === 'batch');
    expect(leaves).toMatchObject([{ data: { from: `security-hub ${account} ${region}` } }]);
  });

  test('are what AWS says when it is asked', async () => {
    const rows = await store.within(tenant, (tx) => tx.findings.list({ limit: 10 }));
    const finding = rows.map((row) => row.finding).find(({ imported }) => imported?.uid === guardDutyArn(1));
    if (finding?.imported === undefined) throw new Error('not imported');
    expect(await askTheSource(deps, finding, finding.imported)).toMatchObject({ evidence: 'validated' });
    const forged = { ...finding, account: '444455556666' };
    expect(await askTheSource(deps, forged, finding.imported)).toMatchObject({ evidence: 'unvalidated' });
  });

  test('are counted, with when they were read and what was not', async () => {
    const rows = await sourceCoverage({ tenant, store });
    expect(rows.map(({ source, seen, readAt }) => [source, seen, readAt !== null])).toEqual(
      expect.arrayContaining([
        ['guardduty', 1, expect.any(Boolean)],
        ['security-hub', 1, true],
      ]),
    );
    // The emulator has only one edition of it.
    expect(rows.find(({ source }) => source === 'security-hub')?.unread).toEqual([]);
    const outcome = { read: false, kind: 'denied', code: 'AccessDenied', action: 'securityhub:GetFindings' };
    const doc = { source: 'security-hub', account, region: 'eu-west-1', readAt: null, outcome };
    await store.within(tenant, (tx) => tx.items.add({ kind: sourceReadings, id: 'eu', state: 'unread', dueAt: null, at: now, doc }));
    const after = await sourceCoverage({ tenant, store });
    expect(after.find(({ source }) => source === 'security-hub')?.unread).toEqual([
      'Security Hub may not be read: securityhub:GetFindings was refused (AccessDenied).',
    ]);
  });
});
