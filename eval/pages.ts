import type { Finding } from '../src/core/model/finding.ts';
import { severityIds } from '../src/core/model/severity.ts';

export interface Pages {
  /** How often somebody is woken. */
  readonly pages: number;
  /** What woke, by ids of findings: one list a page. */
  readonly behind: readonly (readonly string[])[];
}

/** Who is woken by these findings: each of severity High and above is a page. */
export function pagesOf(findings: readonly Finding[]): Pages {
  const behind = findings.filter(({ severity }) => severityIds[severity] >= severityIds.High).map(({ id }) => [id]);
  return { pages: behind.length, behind };
}
