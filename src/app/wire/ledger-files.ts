import { readFile } from 'node:fs/promises';
import { parseVerifierKey } from '../../core/lib/checkpoint.ts';
import { readPackedFile, writePackedFile } from '../../edge/files/packed-file.ts';
import { type AuditReport, auditExport } from '../ledger/audit-export.ts';
import { type Exported, exportLedger } from '../ledger/export-ledger.ts';
import { linesOf } from '../lines-of.ts';
import type { OnProgress } from '../on-progress.ts';
import type { Env } from './home.ts';
import { withConsole } from './state.ts';

/** Writes the whole ledger to a file for an auditor: gzip, as a whole or not at all. */
export function exportLedgerTo(file: string, onProgress: OnProgress, env: Env): Promise<Exported> {
  return withConsole(async ({ ledger }) => {
    const { result } = await writePackedFile(file, (write) =>
      exportLedger(
        ledger,
        ledger.verifierKey,
        (line) => write(Buffer.from(`${line}\n`, 'utf8')),
        (done, total) => onProgress({ done, total, doing: 'writing leaves' }),
      ),
    );
    return result;
  }, env);
}

/** Checks an export with public keys and checkpoints that the auditor has; needs no database. */
export async function auditLedgerFile(file: string, keys: readonly string[], checkpoints: readonly string[]): Promise<AuditReport> {
  return auditExport({
    lines: () => linesIn(file),
    keys: keys.map(parseVerifierKey),
    outside: await Promise.all(checkpoints.map((path) => readFile(path, 'utf8'))),
  });
}

async function* linesIn(file: string): AsyncGenerator<string> {
  for await (const line of linesOf(readPackedFile(file))) yield line.toString('utf8');
}
