import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { type Need, need, needs } from './require.ts';

const hints: { readonly [what in Need]: string } = {
  browser: 'Debian\'s "chromium" in /usr/bin (or JOBZERO_CHROMIUM)',
  moto: '"moto_server" on the PATH (pip install moto[server])',
  corpus: 'JOBZERO_CORPUS names a folder with recorded logs',
};

/** At the end of a run: which tests did not run, and what they would need. A skipped test is never silent. */
export default class SkippedReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows = modules.flatMap((module) => {
      const skipped = [...module.children.allTests()].filter((test: TestCase) => test.result().state === 'skipped');
      return skipped.length === 0 ? [] : [{ file: module.relativeModuleId, tests: skipped.length }];
    });
    if (rows.length === 0) return;
    const width = Math.max(...rows.map(({ file }) => file.length));
    console.log('\nSkipped tests');
    for (const { file, tests } of rows) console.log(`  ${file.padEnd(width)}  ${tests}`);
    const missing = needs.filter((what) => !need(what));
    for (const what of missing) console.log(`  Missing here: ${what}: ${hints[what]}`);
    console.log('');
  }
}
