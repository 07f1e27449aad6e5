import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wires } from '../app/wire.ts';
import type { BacktestSummary } from '../app/wires.ts';
import { runCli } from './cli-under-test.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobzero-backtest-cli-'));
const logs = join(folder, 'logs.json');
const rule = join(folder, 'rule.yml');
const start = Date.UTC(2026, 0, 5);
const real = wires({ JOBZERO_HOME: join(folder, 'home') });

beforeAll(() => {
  const records = Array.from({ length: 40 }, (_, n) => ({
    eventVersion: '1.11',
    eventTime: new Date(start + n * 3_600_000).toISOString().replace('.000Z', 'Z'),
    eventSource: 's3.amazonaws.com',
    eventName: n % 4 === 0 ? 'DeleteBucket' : 'GetObject',
    eventID: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    awsRegion: 'us-east-1',
    recipientAccountId: n < 24 ? '111122223333' : '444455556666',
    userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/alice', userName: 'alice' },
    requestParameters: { bucketName: 'reports' },
  }));
  writeFileSync(logs, JSON.stringify({ Records: records }));
  writeFileSync(
    rule,
    `title: bucket deleted
id: 00000000-0000-4000-8000-00000000abcd
logsource: { product: aws, service: cloudtrail }
detection: { s: { eventName: DeleteBucket }, condition: s }
level: medium
`,
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('jobzero backtest', () => {
  test('findings by day and account, and how little was looked at', async () => {
    const { code, out, err } = await runCli(['backtest', rule, '--logs', logs, '--format', 'json'], real);
    expect(err).toMatch(/^1 rule on 40 events \(10 looked at\): 2 findings \(2 Medium\)/);
    expect(code).toBe(0);
    const summary = JSON.parse(out) as BacktestSummary;
    expect(summary.byDay).toEqual([
      { name: '2026-01-05', findings: 1 },
      { name: '2026-01-06', findings: 1 },
    ]);
    expect(summary.byAccount.map(({ name }) => name)).toEqual(['111122223333', '444455556666']);
    expect(summary.examples.map(({ count }) => count.n)).toEqual([6, 4]);
  });

  test('a range of time cuts it', async () => {
    const range = ['--from', '2026-01-05T00:00:00Z', '--to', '2026-01-05T05:00:00Z'];
    const { out } = await runCli(['backtest', rule, '--logs', logs, ...range, '--format', 'json'], real);
    expect((JSON.parse(out) as BacktestSummary).examples.map(({ count }) => count.n)).toEqual([2]);
  });

  test('tables for people', async () => {
    const { out } = await runCli(['backtest', rule, '--logs', logs], real, { columns: 160 });
    expect(out).toMatch(/^DAY +FINDINGS\n2026-01-05 +1\n2026-01-06 +1\n\nACCOUNT +FINDINGS\n/);
    expect(out).toMatch(/Medium +2026-01-05 20:00:00Z +111122223333/);
  });

  test('one of our own rules, by its id, brings the rules that it refers to', async () => {
    const { code, err } = await runCli(['backtest', 'aws.account.permissions-probed', '--logs', logs], real);
    expect([code, err.split(':')[0]]).toEqual([0, '1 rule on 40 events (40 looked at)']);
  });

  test.each([
    ['a rule that does not exist', ['backtest', 'aws.no.such-rule', '--logs', logs], 2, 'neither a file of rules nor the id'],
    ['logs that are not there', ['backtest', rule, '--logs', join(folder, 'none')], 2, 'none'],
    ['no time', ['backtest', rule, '--from', 'yesterday'], 2, 'It must be a day or a time in UTC'],
  ])('%s is said', async (_, args, exit, says) => {
    const { code, err } = await runCli(args, real);
    expect(err).toContain(says);
    expect(code).toBe(exit);
  });

  test('an empty lake finds nothing', { timeout: 120_000 }, async () => {
    const { code, err } = await runCli(['backtest', rule], real);
    expect([code, err.split(',')[0]]).toEqual([0, '1 rule on 0 events (0 looked at): 0 findings']);
  });
});
