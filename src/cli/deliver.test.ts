import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const bin = fileURLToPath(new URL('../../bin/jobzero.js', import.meta.url));
const records = ['StopLogging', 'DeleteTrail', 'GetTrailStatus'].map((eventName, n) => ({
  eventID: `00000000-0000-4000-8000-00000000000${n}`,
  eventTime: `2026-01-15T0${n}:00:00Z`,
  eventSource: 'cloudtrail.amazonaws.com',
  eventName,
  awsRegion: 'us-east-1',
  recipientAccountId: '111122223333',
  userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/alice', userName: 'alice', accountId: '111122223333' },
  requestParameters: { name: 'production-trail' },
}));
const whole = JSON.stringify({ Records: records });
let folder: string;

function cli(input: string | Buffer, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    cwd: folder,
    input,
    encoding: 'utf8',
    env: { ...process.env, JOBZERO_HOME: join(folder, 'home') },
  });
  return { code: status, out: stdout, err: stderr };
}

/** One installation from its first batch to its status: the tests are one walk, in their order. */
describe.skipIf(process.platform !== 'linux')('logs by a pipe', () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'jobzero-deliver-'));
    writeFileSync(join(folder, 'all.json'), whole);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('detect says of a pipe, plain or compressed, what it says of a file', () => {
    const args = ['--format', 'ocsf', '--workers', '2'];
    const file = cli('', 'detect', 'all.json', ...args);
    expect(file.out).toContain('StopLogging');
    for (const input of [gzipSync(whole), records.map((record) => JSON.stringify(record)).join('\n')])
      expect(cli(input, 'detect', '-', ...args).out).toBe(file.out);
    expect(cli(whole, 'detect', '-', 'all.json')).toMatchObject({ code: 2, err: expect.stringContaining('standard input is read alone') });
  });

  test('ingest takes a pipe in; the same events again, by a file, change nothing; the status shows them', () => {
    const first = JSON.parse(cli(gzipSync(whole), 'ingest', '-', '--format', 'json').out) as { events: number; findings: number };
    expect(first).toMatchObject({ objects: 1, known: 0, events: 3, setAside: 0, unread: { n: 0 }, digests: { checked: 0 } });
    expect(first.findings).toBeGreaterThanOrEqual(1);
    const second = JSON.parse(cli('', 'ingest', 'all.json', '--format', 'json').out) as object;
    expect(second).toMatchObject({ events: 3, findings: 0 });
    expect(JSON.parse(cli('', 'ingest', 'all.json', '--format', 'json').out)).toMatchObject({ objects: 1, known: 1, events: 0 });

    const status = cli('', 'ingest', 'status', '--format', 'json');
    expect(JSON.parse(status.out)).toMatchObject([
      {
        source: 'aws.cloudtrail',
        account: '111122223333',
        region: 'us-east-1',
        last: Date.UTC(2026, 0, 15, 2),
        silent: false,
        sampled: 2,
        trails: [],
      },
    ]);
    const table = cli('', 'ingest', 'status');
    expect(table.out).toMatch(/^SOURCE +ACCOUNT +REGION +LAST EVENT/);
    expect(table.out).toMatch(/aws\.cloudtrail +111122223333 +us-east-1 +2026-01-15 02:00:00Z .* unproven: no digests/);
    expect([table.code, table.err]).toEqual([0, '1 source, 0 silent, 0 trails with gaps\n']);
  });

  test.each([
    [['ingest', 's3:/x'], 2],
    [['ingest', 's3://example-logs/', '--role-arn', 'logs', '--endpoint-url', 'http://127.0.0.1:9'], 2],
    [['ingest', 'all.json', '--from', '2026-13-01'], 2],
    [['ingest', 'nowhere'], 2],
  ])('%j is refused in one sentence', (args, code) => {
    const { err, ...ran } = cli('', ...args);
    expect(ran).toEqual({ code, out: '' });
    expect(err).toMatch(/^(jobzero|error): /);
  });
});
