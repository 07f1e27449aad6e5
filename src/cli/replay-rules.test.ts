import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { databaseOf } from '../app/wire/state.ts';
import { wires } from '../app/wire.ts';
import type { PolicySummary } from '../app/wires.ts';
import { runCli } from './cli-under-test.ts';

/** An installation with rules of its own, on the real database and lake. */
const folder = mkdtempSync(join(tmpdir(), 'jobzero-replay-rules-'));
const home = join(folder, 'home');
const real = wires({ JOBZERO_HOME: home });
const logs = join(folder, 'logs.json');
const rule = (level: string, who = '') => `title: Bucket deleted by somebody
id: 00000000-0000-4000-8000-00000000abcd
logsource: { product: aws, service: cloudtrail }
detection: { s: { eventName: DeleteBucket${who === '' ? '' : `, userIdentity.userName: ${who}`} }, condition: s }
level: ${level}
`;

let stop: () => Promise<void> = async () => {};

beforeAll(async () => {
  // Each command attaches to the server that runs.
  ({ stop } = await databaseOf({ JOBZERO_HOME: home }));
  mkdirSync(join(home, 'rules'), { recursive: true });
  writeFileSync(join(home, 'rules', 'deleted.yml'), rule('low'));
  writeFileSync(join(home, 'rules', 'broken.yml'), 'title: B\nlogsource: { product: aws }\n');
  const records = ['alice', 'bob'].map((userName, n) => ({
    eventVersion: '1.11',
    eventTime: `2026-01-05T10:00:0${n}Z`,
    eventSource: 's3.amazonaws.com',
    eventName: 'DeleteBucket',
    eventID: `00000000-0000-4000-8000-00000000000${n}`,
    awsRegion: 'us-east-1',
    recipientAccountId: '111122223333',
    userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::111122223333:user/${userName}`, userName },
  }));
  writeFileSync(logs, JSON.stringify({ Records: records }));
  expect((await runCli(['ingest', logs], real)).code).toBe(0);
}, 120_000);
afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

const policy = async (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return replay(join(folder, name));
};
async function replay(path: string): Promise<PolicySummary & { readonly err: string }> {
  const { code, out, err } = await runCli(['replay', '--policy', path, '--format', 'json'], real);
  expect(err).toContain('Nothing was changed.');
  expect(code).toBe(0);
  return { ...(JSON.parse(out) as PolicySummary), err };
}

test('a rule of the home finds what is taken in', async () => {
  const { out } = await runCli(['findings'], real);
  expect(out.match(/Bucket deleted by somebody: (alice|bob)/g)).toHaveLength(2);
});

test('a filter in a file would take one of its findings away', async () => {
  const filter = `title: Not bob\nlogsource: { product: aws, service: cloudtrail }\nfilter: { rules: [00000000-0000-4000-8000-00000000abcd], b: { userIdentity.userName: bob }, condition: not b }`;
  const { rules, err } = await policy('filter.yml', filter);
  expect(rules).toMatchObject({ before: 2, after: 1, foundN: 0, faults: [] });
  expect(rules?.lost).toHaveLength(1);
  expect(err).toContain('1 rule other than now, on 2 events of the lake: 2 findings -> 1; 1 not found any more, 0 new');
});

test('a folder is what the home would be: its rules stand in place of those of now', async () => {
  const next = join(folder, 'next');
  mkdirSync(join(next, 'rules'), { recursive: true });
  writeFileSync(join(next, 'tolerance.yml'), 'default: { act: never }');
  writeFileSync(join(next, 'rules', 'deleted.yml'), rule('high', 'alice'));
  expect((await replay(next)).rules).toMatchObject({ before: 2, after: 1, otherN: 1, foundN: 0 });
  rmSync(join(next, 'rules', 'deleted.yml'));
  expect((await replay(next)).rules).toMatchObject({ before: 2, after: 0, foundN: 0 });
});

test('a tolerance has no rules, and what is no policy is said', async () => {
  expect((await policy('tolerance.yml', 'default: { act: never }')).rules).toBeNull();
  const { code, err } = await runCli(['replay', '--policy', join(folder, 'nowhere')], real);
  expect(code).not.toBe(0);
  expect(err).toContain('the policy cannot be read');
});
