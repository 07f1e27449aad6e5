import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';

/** Holds the import table, and that the checker saw the code: one that finds no modules finds no faults either. */
const run = spawnSync('depcruise', ['src', 'content', '--config', '.dependency-cruiser.cjs', '-T', 'json'], {
  encoding: 'utf8',
  maxBuffer: 1 << 28,
});
const report = JSON.parse(run.stdout) as {
  readonly summary: {
    readonly totalCruised: number;
    readonly violations: readonly { readonly from: string; readonly to: string; readonly rule: { readonly name: string } }[];
  };
};
const { totalCruised, violations } = report.summary;
for (const { from, to, rule } of violations) console.error(`${rule.name}: ${from} -> ${to}`);
const files = globSync(['src/**/*.ts', 'content/**/*.ts']).length;
if (totalCruised < files) console.error(`the checker saw ${totalCruised} modules, and there are ${files} files`);
console.log(`${totalCruised} modules, ${violations.length} violations of the import table`);
process.exitCode = violations.length > 0 || totalCruised < files ? 1 : 0;
