import { readFile, stat } from 'node:fs/promises';
import type { NoteKey } from '../../core/lib/checkpoint.ts';
import { InputError } from '../../core/model/errors.ts';
import { readPackedFile, writePackedFile } from '../../edge/files/packed-file.ts';
import { type AuditReport, auditExport } from '../ledger/audit-export.ts';
import { checkProof, type ProofReport } from '../ledger/check-proof.ts';
import { type Exported, exportLedger } from '../ledger/export-ledger.ts';
import { trustedKey } from '../ledger/trusted-keys.ts';
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
    keysFor: await keysOf(keys),
    outside: await textsOf(checkpoints),
  });
}

/** Checks a proof, of a file, in the same way; needs no database. `origin` null: of any log that these keys signed. */
export async function checkProofFile(
  file: string,
  keys: readonly string[],
  checkpoints: readonly string[],
  origin: string | null,
): Promise<ProofReport> {
  const { size } = await stat(file);
  if (size > largestProof) throw new InputError('larger than any proof', file);
  return checkProof({
    proof: await readFile(file, 'utf8'),
    keysFor: await keysOf(keys),
    origin,
    outside: await textsOf(checkpoints),
  });
}

const largestProof = 64 * 1024 * 1024;

/** Each as `ledger key` prints it, or a file that holds it, or a file of PEM. */
async function keysOf(keys: readonly string[]): Promise<(origin: string) => readonly NoteKey[]> {
  const trusted = await Promise.all(
    keys.map(async (key) => trustedKey(/^[^\s+]+\+[0-9a-f]{8}\+/.test(key) ? key : await readFile(key, 'utf8'))),
  );
  return (origin) => trusted.map((keyFor) => keyFor(origin));
}

function textsOf(files: readonly string[]): Promise<readonly string[]> {
  return Promise.all(files.map((path) => readFile(path, 'utf8')));
}

async function* linesIn(file: string): AsyncGenerator<string> {
  for await (const line of linesOf(readPackedFile(file))) yield line.toString('utf8');
}
