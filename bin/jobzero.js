#!/usr/bin/env node
// Plain JavaScript for any Node: checks the version, finds a Node that can run the rest, or says what is missing.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
// By its members: a Node without one of them must still come to the sentence that says what is missing.
import nodeModule from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [major, minor] = process.versions.node.split('.').map(Number);
const source = join(root, 'src', 'cli', 'main.ts');
const built = join(root, 'dist', 'src', 'cli', 'main.js');
// Inside node_modules Node strips no types, so a packed package brings built JavaScript.
const main = existsSync(source) ? source : built;

if (process.platform === 'win32') {
  console.error('jobzero runs on Linux (glibc) and macOS; on Windows use WSL 2.');
  process.exit(78);
} else if (existsSync('/etc/alpine-release')) {
  console.error('jobzero needs glibc, which Alpine does not have: use Debian, Ubuntu, Amazon Linux or another Linux with glibc.');
  process.exit(78);
} else if (major > 22 || (major === 22 && minor >= 18)) {
  // Half of a start is compiling. A folder of this user's own: who can write there can run code as this user anyway.
  process.env.NODE_COMPILE_CACHE ??= join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'jobzero', 'compiled');
  nodeModule.enableCompileCache();
  await import(pathToFileURL(main).href);
} else {
  const local = join(root, 'node_modules', 'node', 'bin', 'node');
  if (!existsSync(local)) {
    console.error(
      `jobzero needs Node 22.18 or newer; this is ${process.versions.node}, and no newer one is in node_modules (run "npm ci").`,
    );
    process.exit(78);
  }
  const child = spawn(local, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal === null ? code : 128 + (signal === 'SIGINT' ? 2 : 15)));
}
