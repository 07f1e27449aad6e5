import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const bin = fileURLToPath(new URL('../../bin/jobzero.js', import.meta.url));
const names = ['StopLogging', 'DeleteTrail', 'ConsoleLogin', 'CreateAccessKey', 'CreateUser', 'AttachUserPolicy'];

/** Records that several rules and correlations match, over hours and users. */
const records = Array.from({ length: 400 }, (_, i) => {
  const name = names[i % names.length] ?? '';
  const user = `user-${i % 7}`;
  return {
    eventVersion: '1.09',
    eventID: `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`,
    eventTime: new Date(Date.UTC(2026, 0, 15, 9) + i * 60_000).toISOString().replace('.000Z', 'Z'),
    eventSource:
      name.endsWith('Logging') || name.endsWith('Trail')
        ? 'cloudtrail.amazonaws.com'
        : name === 'ConsoleLogin'
          ? 'signin.amazonaws.com'
          : 'iam.amazonaws.com',
    eventName: name,
    eventType: name === 'ConsoleLogin' ? 'AwsConsoleSignIn' : 'AwsApiCall',
    awsRegion: 'us-east-1',
    sourceIPAddress: `192.0.2.${i % 250}`,
    userAgent: '\u001b[2Jaws-cli/2.31.0',
    recipientAccountId: '111122223333',
    userIdentity: {
      type: 'IAMUser',
      arn: `arn:aws:iam::111122223333:user/${user}`,
      userName: user,
      accountId: '111122223333',
      principalId: 'AIDAEXAMPLE',
    },
    requestParameters: { name: 'trail', userName: `other-${i % 5}`, policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
    responseElements: name === 'ConsoleLogin' ? { ConsoleLogin: 'Failure' } : null,
    ...(name === 'ConsoleLogin' ? { errorMessage: 'Failed authentication' } : {}),
  };
});

let folder: string;

function cli(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 });
  return { code: status, out: stdout, err: stderr };
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jobzero-process-'));
  for (const name of ['whole', 'cut', 'twice']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'whole', 'all.json.gz'), gzipSync(JSON.stringify({ Records: records })));
  // Cut elsewhere, in other forms, in another order.
  const turned = records.toReversed();
  writeFileSync(join(folder, 'cut', 'a.json'), JSON.stringify({ Records: turned.slice(0, 33) }));
  writeFileSync(
    join(folder, 'cut', 'b.jsonl'),
    turned
      .slice(33, 250)
      .map((record) => `${JSON.stringify(record)}\n`)
      .join(''),
  );
  writeFileSync(join(folder, 'cut', 'c.json.gz'), gzipSync(JSON.stringify({ Records: turned.slice(250) })));
  writeFileSync(join(folder, 'twice', '1.json.gz'), gzipSync(JSON.stringify({ Records: [...records, ...turned] })));
  writeFileSync(join(folder, 'twice', '2.json'), JSON.stringify({ Records: records.slice(100, 200) }));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the process', () => {
  test('asks the lists of files, in as many threads as it has, and the evidence keeps the entry', () => {
    mkdirSync(join(folder, 'lists'));
    writeFileSync(join(folder, 'lists', 'example-addresses.txt'), '# kind: texts\n192.0.2.0/30\n');
    writeFileSync(join(folder, 'lists', 'example-names.csv'), 'value\nc2.example.com\n10.0.0.1\n');
    writeFileSync(
      join(folder, 'listed.yml'),
      `title: Call from a listed address
id: 5f0c0000-0000-4000-8000-000000000001
logsource: { product: aws, service: cloudtrail }
detection:
  listed: { sourceIPAddress|cidr|expand: '%example-addresses%' }
  named: { userAgent|endswith|expand: '%example-names%' }
  condition: listed or named
level: high
`,
    );
    const run = (...args: readonly string[]) =>
      cli('detect', 'cut', '--no-builtin', '--rules', 'listed.yml', '--format', 'ocsf', '--lists', 'lists', ...args);
    const alone = run('--workers', '1');
    expect(alone.code).toBe(0);
    expect(alone.out).toContain('192.0.2.0/30');
    expect(alone.err).toContain('example-names, lists/example-names.csv, line 3: 10.0.0.1: holds private addresses');
    expect(run('--workers', '2').out).toBe(alone.out);
    expect(run('--strict').code).toBe(3);
    expect(cli('detect', 'cut', '--no-builtin', '--rules', 'listed.yml').err).toContain('no list is named "example-addresses"');
  });

  test('prints the same bytes however the events are cut, ordered, doubled or spread', () => {
    const whole = cli('detect', 'whole', '--format', 'ocsf');
    expect(whole.code).toBe(0);
    const lines = whole.out.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(20);
    // More than a pipe holds, so that the test of the closed pipe meets one.
    expect(whole.out.length).toBeGreaterThan(200_000);
    const ids = lines.map((line) => JSON.parse(line).finding_info.uid as string);
    expect(ids).toEqual(ids.toSorted());
    for (const args of [['cut'], ['twice'], ['whole', 'cut', 'twice', '--workers', '2']]) {
      expect(cli('detect', ...args, '--format', 'ocsf').out).toBe(whole.out);
    }
  });

  test('results and summary go different ways', () => {
    const { code, out, err } = cli('detect', 'whole', '--fail-on', 'Low');
    expect(code).toBe(1);
    expect(out).toMatch(/^SEVERITY /);
    expect(err).toMatch(/^400 events in 1 object, \d+ rules, [\d.]+ s: \d+ findings \(.+\), 0 set aside\n$/);
    expect(out + err).not.toContain('\u001b');
  });

  test('a closed pipe ends it quietly', () => {
    const { stdout, stderr } = spawnSync(
      'sh',
      ['-c', `"$0" "$1" detect whole cut twice --format ocsf | head -n 1; wait`, process.execPath, bin],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );
    expect(stdout.split('\n')).toHaveLength(2);
    expect(stderr).toBe('');
  });

  test('an error in the middle leaves no files of its own behind', () => {
    const temporary = join(folder, 'temporary');
    mkdirSync(temporary);
    const { status, stderr } = spawnSync(process.execPath, [bin, 'detect', 'whole', 'nowhere', '--workers', '2'], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, TMPDIR: temporary },
      timeout: 60_000,
    });
    expect([status, stderr]).toEqual([2, expect.stringContaining('nowhere')]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('a wrong path is told in one sentence', () => {
    const { code, out, err } = cli('detect', 'nowhere');
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^jobzero: .*nowhere.*\n$/);
    expect(err.split('\n')).toHaveLength(2);
  });
});
