import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { detect } from '../src/app/wire/detect.ts';
import type { Finding } from '../src/core/model/finding.ts';
import type { Incident } from '../src/core/model/incident.ts';

/** What the engine says of some logs; `T` is what is kept of a finding. */
export interface Judged<T> {
  readonly findings: readonly T[];
  readonly incidents: readonly Incident[];
  readonly events: number;
  readonly setAside: number;
}

/** Findings and incidents of all logs below a folder, by our own rules: what `jobzero detect` prints. `lists`: files and folders of lists. */
export async function detectFolder<T>(
  folder: string,
  keep: (finding: Finding) => T,
  workers: number | null = 0,
  lists: readonly string[] = [],
): Promise<Judged<T>> {
  const found = await detect({ paths: [folder], lists, rules: [], builtin: true, incidents: true, workers, onProgress: () => {} });
  try {
    const findings: T[] = [];
    for (const finding of found.findings) findings.push(keep(finding.read()));
    const incidents = found.incidents();
    const { events, setAside } = found.summary();
    return { findings, incidents, events, setAside };
  } finally {
    found.close();
  }
}

/** Findings of some log texts, judged together. */
export async function detectTexts(texts: readonly string[]): Promise<Judged<Finding>> {
  const folder = mkdtempSync(join(tmpdir(), 'jobzero-eval-'));
  try {
    for (const [n, text] of texts.entries()) writeFileSync(join(folder, `${String(n).padStart(5, '0')}.json`), text);
    return await detectFolder(folder, (finding) => finding);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
