import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const bin = fileURLToPath(new URL('../../bin/jobzero.js', import.meta.url));

/** A Node that is too old to run the rest, where the PATH has one. */
function olderNode(): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, 'node');
    const { status, stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
    if (status === 0 && Number(/^v(\d+)/.exec(stdout)?.[1]) < 22) return path;
  }
  return null;
}

const older = olderNode();

test.skipIf(older === null)('an older Node starts the one that npm brought', () => {
  const { status, stdout, stderr } = spawnSync(older ?? '', [bin, '--version'], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
