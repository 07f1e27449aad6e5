import { readFile } from 'node:fs/promises';
import { parseVerifierKey } from '../../core/lib/checkpoint.ts';
import { linesOfFile, writeLines } from '../../edge/files/ledger-file.ts';
import { type AuditReport, auditExport } from '../ledger/audit-export.ts';
import { type Exported, exportLedger } from '../ledger/export-ledger.ts';
import type { OnProgress } from '../on-progress.ts';
import type { Env } from './home.ts';
import { withConsole } from './state.ts';

/** Writes the whole ledger to a file for an auditor. */
export function exportLedgerTo(file: string, onProgress: OnProgress, env: Env): Promise<Exported> {
  return withConsole(
    ({ ledger }) =>
      writeLines(file, (write) =>
        exportLedger(ledger, ledger.verifierKey, write, (done, total) => onProgress({ done, total, doing: 'writing leaves' })),
      ),
    env,
  );
}

/** Checks an export with public keys and checkpoints that the auditor has; needs no database. */
export async function auditLedgerFile(file: string, keys: readonly string[], checkpoints: readonly string[]): Promise<AuditReport> {
  return auditExport({
    lines: () => linesOfFile(file),
    keys: keys.map(parseVerifierKey),
    outside: await Promise.all(checkpoints.map((path) => readFile(path, 'utf8'))),
  });
}
