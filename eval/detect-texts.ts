import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { detect } from '../src/app/wire/detect.ts';
import type { Finding } from '../src/core/model/finding.ts';

/** What the engine says of some logs. */
export interface Judged {
  readonly findings: readonly Finding[];
  readonly events: number;
  readonly setAside: number;
}

/** Findings of all logs below a folder, by our own rules: what `jobzero detect` prints. */
export async function detectFolder(folder: string, workers: number | null = 0): Promise<Judged> {
  const found = await detect({ paths: [folder], rules: [], builtin: true, workers, onProgress: () => {} });
  try {
    return { findings: [...found.findings], events: found.summary().events, setAside: found.summary().setAside };
  } finally {
    found.close();
  }
}

/** Findings of some log texts, judged together. */
export async function detectTexts(texts: readonly string[]): Promise<Judged> {
  const folder = mkdtempSync(join(tmpdir(), 'jobzero-eval-'));
  try {
    mkdirSync(folder, { recursive: true });
    for (const [n, text] of texts.entries()) writeFileSync(join(folder, `${String(n).padStart(5, '0')}.json`), text);
    return await detectFolder(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
