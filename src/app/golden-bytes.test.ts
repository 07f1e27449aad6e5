import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { sha256 } from '../core/lib/hash.ts';
import { engineLoader } from '../edge/engine/load-engine.ts';
import { engineBundle, engineVersion } from './generated/decide-bundle.ts';

const folder = mkdtempSync(join(tmpdir(), 'jobzero-golden-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Names that other locales fold, sort or print otherwise. */
const names = ['İstanbul', 'ISTANBUL', 'ıstanbul', 'Ångström', 'zebra', 'Äpfel', 'ﬀ', '\ud800lone', 'naïve\u0301'];

function writeLogs(): string {
  const records = names.flatMap((name, i) =>
    ['AttachUserPolicy', 'CreateAccessKey', 'StopLogging'].map((eventName, j) => ({
      eventVersion: '1.11',
      eventID: `00000000-0000-4000-8000-00000000${String(i).padStart(2, '0')}${String(j).padStart(2, '0')}`,
      // Around midnight and a change of daylight saving in several zones.
      eventTime: `2026-03-${28 + (i % 3)}T${j === 0 ? '23:59:59' : '01:30:00'}Z`,
      eventSource: j === 2 ? 'cloudtrail.amazonaws.com' : 'iam.amazonaws.com',
      eventName,
      awsRegion: 'us-east-1',
      sourceIPAddress: '192.0.2.9',
      userAgent: `agent ${name}`,
      userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::111122223333:user/${name}`, accountId: '111122223333', userName: name },
      requestParameters: { userName: `other-${name}`, name: `trail-${name}`, policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
      recipientAccountId: '111122223333',
      readOnly: false,
    })),
  );
  const path = join(folder, 'records.json');
  writeFileSync(path, JSON.stringify({ Records: records }));
  return path;
}

function detect(path: string, env: { readonly [name: string]: string }): string {
  const run = spawnSync(process.execPath, ['bin/jobzero.js', 'detect', path, '--format', 'ocsf'], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...env },
  });
  expect(run.stderr).toContain('27 events');
  return run.stdout;
}

test('findings have the same bytes in every locale and time zone', () => {
  const path = writeLogs();
  const here = detect(path, { LC_ALL: 'C', TZ: 'UTC' });
  expect(here.split('\n').length).toBeGreaterThan(20);
  for (const [LC_ALL, TZ] of [
    ['tr_TR.UTF-8', 'Asia/Tokyo'],
    ['de_DE.UTF-8', 'America/New_York'],
    ['sv_SE.UTF-8', 'Pacific/Apia'],
  ] as const) {
    expect(detect(path, { LC_ALL, LANG: LC_ALL, TZ })).toBe(here);
  }
});

test('the bundle has the hash by which decisions name it, and decides from bytes alone', () => {
  expect(sha256(engineBundle)).toBe(engineVersion);
  expect(() => engineLoader().load(engineBundle)('{}', '{}', '{}')).toThrow();
});
