import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Builds the console where its sources have changed since the last build, by the hash of their content: a checkout or a
 * copy changes times and nothing else. Says nothing when the build is fresh.
 */
const web = join(import.meta.dirname, '../web');
const stamp = join(web, 'dist/.sources');

const hash = sourcesHash();
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== hash) {
  const bin = join(dirname(fileURLToPath(import.meta.resolve('vite/package.json'))), 'bin/vite.js');
  // Its report goes to stderr: stdout belongs to the command that starts after this.
  execFileSync(process.execPath, [bin, 'build', '--logLevel', 'warn'], {
    cwd: web,
    stdio: ['ignore', 2, 2],
    // A test runner sets another one, which would put the development build of React into the console.
    env: { ...process.env, NODE_ENV: 'production' },
  });
  writeFileSync(stamp, hash);
}

function sourcesHash(): string {
  const sum = createHash('sha256');
  for (const path of [...listFiles('src'), ...listFiles('public'), 'index.html', 'vite.config.ts', 'package.json']) {
    sum
      .update(`${path}\0`)
      .update(readFileSync(join(web, path)))
      .update('\0');
  }
  return sum.digest('hex');
}

function listFiles(folder: string): readonly string[] {
  return readdirSync(join(web, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(web.length + 1))
    .sort();
}
