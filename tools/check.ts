import { spawnSync } from 'node:child_process';

/** What CI runs, in this order; every step runs, and the end says which failed. */
const steps: readonly (readonly [name: string, command: string])[] = [
  ['gen', 'node tools/gen.ts --check'],
  ['typecheck', 'npm run -s typecheck'],
  ['lint', 'npm run -s lint'],
  ['arch', 'npm run -s arch'],
  ['dead', 'npm run -s dead'],
  ['test', 'npm test'],
];
const failed: string[] = [];
for (const [name, command] of steps) {
  const started = performance.now();
  console.log(`\n== ${name}: ${command}`);
  const { status } = spawnSync(command, { shell: true, stdio: 'inherit' });
  console.log(`== ${name}: ${status === 0 ? 'good' : 'FAILED'} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  if (status !== 0) failed.push(name);
}
console.log(failed.length === 0 ? '\nEverything holds.' : `\nFailed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
