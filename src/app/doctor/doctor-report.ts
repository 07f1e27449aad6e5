import { type DoctorReport, illStates, isWell } from '../../core/model/doctor.ts';
import type { Tx } from '../../core/ports/store.ts';

const name = 'doctor';
/** An older report says nothing of now: what examines itself every few minutes has stopped. */
const staleMs = 20 * 60_000;

/** The last report; null where none was ever made. */
export async function lastReport(tx: Tx): Promise<DoctorReport | null> {
  return (await tx.settings.get(name)) as DoctorReport | null;
}

/** Keeps a report; a leaf of the ledger says when health turns, and what is wrong. */
export async function keepReport(tx: Tx, report: DoctorReport): Promise<void> {
  const before = await lastReport(tx);
  await tx.settings.set(name, JSON.parse(JSON.stringify(report)), report.at, 'automation');
  const wrong = wrongIn(report);
  if (before !== null && JSON.stringify(wrongIn(before)) === JSON.stringify(wrong)) return;
  const data = { well: isWell(report), wrong };
  await tx.ledger.append({ format: 'jobzero.ledger/1', type: 'setting', subject: name, at: report.at, data });
}

/** What is wrong by this report; empty when all is well. With `forAll` only what keeps every playbook from being armed, not what concerns some. */
export function troublesIn(
  report: DoctorReport | null,
  at: number,
  { forAll = false }: { readonly forAll?: boolean } = {},
): readonly string[] {
  if (report === null) return ['jobzero has not examined itself yet: start it with "jobzero up".'];
  if (at - report.at > staleMs) return ['jobzero has not examined itself for 20 minutes: is "jobzero up" running? See "jobzero doctor".'];
  const wrong = wrongIn(forAll ? { ...report, checks: report.checks.filter((check) => check.for === undefined) } : report);
  return wrong.length === 0 ? [] : [`jobzero is not well (${wrong.join(', ')}): see "jobzero doctor".`];
}

function wrongIn({ checks }: DoctorReport): string[] {
  return checks.filter(({ state }) => illStates.has(state)).map(({ id }) => id);
}
