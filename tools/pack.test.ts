import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HomeUnderTest } from '../src/app/wire/up-under-test.ts';

const root = join(import.meta.dirname, '..');

interface Manifest {
  readonly version: string;
  readonly dependencies: { readonly [name: string]: string };
}

/** The package as `npm pack` makes it, beside its dependencies and nothing else of this checkout. */
describe.skipIf(process.platform !== 'linux')('the packed package', () => {
  let place = '';
  let installed = '';
  let bin = '';
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

  beforeAll(() => {
    place = mkdtempSync(join(tmpdir(), 'jobzero-pack-'));
    // The Node of this test comes first: the scripts are TypeScript.
    const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}` };
    const told = execFileSync('npm', ['pack', '--json', '--loglevel', 'error', '--pack-destination', place], {
      cwd: root,
      env,
      encoding: 'utf8',
    });
    expect(told).toContain('"filename"');
    const [tarball = ''] = globSync('*.tgz', { cwd: place });
    installed = join(place, 'node_modules', 'jobzero');
    mkdirSync(installed, { recursive: true });
    execFileSync('tar', ['-xzf', join(place, tarball), '-C', installed, '--strip-components=1']);
    for (const name of Object.keys(manifest.dependencies)) {
      mkdirSync(dirname(join(place, 'node_modules', name)), { recursive: true });
      symlinkSync(join(root, 'node_modules', name), join(place, 'node_modules', name));
    }
    bin = join(installed, 'bin', 'jobzero.js');
  }, 120_000);

  afterAll(() => rmSync(place, { recursive: true, force: true }));

  const run = (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], { cwd: place, encoding: 'utf8' });
    return { code: status, out: stdout, err: stderr };
  };

  test('holds what it needs to run, and neither sources nor tests', () => {
    const files = globSync('**/*', { cwd: installed, exclude: (name) => name === 'node_modules' });
    expect(files.filter((file) => file.endsWith('.ts'))).toEqual([]);
    expect(files.filter((file) => /\.test\.|under-test|\/testing\.|\.contract\./.test(file))).toEqual([]);
    for (const file of ['bin/jobzero.js', 'LICENSE', 'README.md', 'web/dist/index.html'])
      expect([file, existsSync(join(installed, file))]).toEqual([file, true]);
    for (const pattern of ['src/edge/postgres/migrations/*.sql', 'content/campaigns/*.yml']) {
      const names = globSync(pattern, { cwd: root }).sort();
      expect(names.length).toBeGreaterThan(0);
      expect(globSync(pattern, { cwd: join(installed, 'dist') }).sort()).toEqual(names);
    }
  });

  test('says its version, and runs detect with threads, from built JavaScript', () => {
    expect(run('--version')).toMatchObject({ code: 0, out: expect.stringContaining(manifest.version) });
    const record = {
      eventVersion: '1.09',
      eventID: '00000000-0000-4000-8000-000000000001',
      eventTime: '2026-01-15T09:00:00Z',
      eventSource: 'cloudtrail.amazonaws.com',
      eventName: 'StopLogging',
      awsRegion: 'us-east-1',
      recipientAccountId: '111122223333',
      sourceIPAddress: '192.0.2.1',
      userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/alice', userName: 'alice', accountId: '111122223333' },
      requestParameters: { name: 'main' },
    };
    writeFileSync(join(place, 'one.json'), JSON.stringify({ Records: [record] }));
    const here = spawnSync(process.execPath, [join(root, 'bin', 'jobzero.js'), 'detect', 'one.json', '--format', 'ocsf'], {
      cwd: place,
      encoding: 'utf8',
    });
    expect(here.stdout).toContain('StopLogging');
    for (const workers of [[], ['--workers', '2']]) {
      expect(run('detect', 'one.json', '--format', 'ocsf', ...workers)).toMatchObject({ code: 0, out: here.stdout });
    }
  });

  test('runs the main job: state, workers, console, the attack contained, nothing left behind', async () => {
    const home = await HomeUnderTest.make({}, bin);
    try {
      const up = home.start(47_510, '--workers', '1');
      const { url = '' } = await up.until('the console', ({ event }) => event === 'ready');
      const page = await fetch(url);
      expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
      await up.until('a contained attack', ({ event, state }) => event === 'action' && state === 'verified');
      expect(JSON.parse((await home.run('replay', '--format', 'json')).out)).toMatchObject({ different: 0, expired: 0 });
      process.kill(up.child.pid ?? 0, 'SIGINT');
      expect(await up.ended).toBe(0);
      expect(await home.processes()).toEqual([]);
    } finally {
      await home.close();
    }
  }, 120_000);
});
