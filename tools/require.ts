import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What a test may need that is not on every machine. */
export type Need = 'browser' | 'moto' | 'corpus';

export const needs = ['browser', 'moto', 'corpus'] as const satisfies readonly Need[];

const present: Record<Need, () => boolean> = {
  browser: () => existsSync(process.env['JOBZERO_CHROMIUM'] ?? '/usr/bin/chromium'),
  moto: () => (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'moto_server'))),
  corpus: () => existsSync(join(process.env['JOBZERO_CORPUS'] ?? 'absent', 'cloudtrail')),
};

/** What `JOBZERO_REQUIRE` (a list with commas) names must be there: then a missing one is a failure, not a skip. */
function required(): readonly string[] {
  return (process.env['JOBZERO_REQUIRE'] ?? '').split(',').filter((name) => name !== '');
}

/** Is it here? Throws where it is required and missing. Skipped needs are listed at the end of the run. */
export function need(what: Need): boolean {
  if (present[what]()) return true;
  if (required().includes(what)) throw new Error(`JOBZERO_REQUIRE names "${what}", and it is not here`);
  return false;
}
