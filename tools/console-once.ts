import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Builds the console before the tests begin: several look at it, and two that build it at once would find it half there. */
export function setup(): void {
  execFileSync(process.execPath, [join(import.meta.dirname, 'build-web.ts')], { stdio: ['ignore', 2, 2] });
}
