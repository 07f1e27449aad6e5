import { execFileSync } from 'node:child_process';
import { cpSync, globSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Builds what the packed package runs: JavaScript in `dist`, since Node strips no types inside `node_modules`, and beside
 * it the files that are read at run time.
 */
const root = join(import.meta.dirname, '..');
const read = ['src/edge/postgres/migrations/*.sql', 'content/campaigns/*.yml', 'content/questions/**/*.yml'];

// What an earlier build left must not be packed.
rmSync(join(root, 'dist'), { recursive: true, force: true });
const tsc = join(dirname(fileURLToPath(import.meta.resolve('typescript/package.json'))), 'bin/tsc');
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: ['ignore', 2, 2] });
for (const file of globSync(read, { cwd: root })) cpSync(join(root, file), join(root, 'dist', file));
