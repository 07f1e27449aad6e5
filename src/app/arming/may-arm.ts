import type { Playbook } from '../../core/model/plan.ts';
import type { Tx } from '../../core/ports/store.ts';
import { lastReport, troublesIn } from '../doctor/doctor-report.ts';
import { permissionsMissing } from '../doctor/role-permissions.ts';
import { readTolerance } from '../read-tolerance.ts';
import { shadowList, shadowSince } from './shadow-list.ts';
import { type ShadowSignature, shadowSignature } from './sign-shadow.ts';

const day = 86_400_000;
/** What was signed so long ago says nothing of today. */
const signatureDays = 30;

export interface MayArm {
  /** Why it may not be armed, each with what to do; empty when it may. */
  readonly missing: readonly string[];
  readonly signature: ShadowSignature | null;
  /** So many whole days the account is watched; null when no inventory was taken. */
  readonly watchedDays: number | null;
  readonly shadowDays: number;
  /** How many actions are in the list, and its hash. */
  readonly actions: number;
  readonly list: string;
}

/**
 * May a playbook be armed in an account (`*`: everywhere)? Only while `jobzero doctor` finds nothing bad, where its roles may do what it needs, after the days of shadow that tolerance names, and
 * when the list of what it would have done is signed as it is now.
 */
export async function mayArm(tx: Tx, playbooks: readonly Playbook[], playbook: string, account: string, at: number): Promise<MayArm> {
  const text = await tx.settings.get('tolerance');
  const { shadowDays } = readTolerance(typeof text === 'string' ? text : '', 'tolerance');
  const since = await shadowSince(tx, account);
  const watchedDays = since === null ? null : Math.floor((at - since) / day);
  const { list, hash } = await shadowList(tx, playbooks, playbook, account);
  const signature = await shadowSignature(tx, playbook, account);
  const missing = [...troublesIn(await lastReport(tx), at, { forAll: true })];
  const known = playbooks.find(({ id }) => id === playbook);
  missing.push(...(await permissionsMissing(tx, known, account)));
  if (shadowDays > 0 && (watchedDays === null || watchedDays < shadowDays))
    missing.push(`It is watched for ${watchedDays ?? 0} of ${shadowDays} days of shadow: wait, or lower shadowDays in the tolerance.`);
  const sign = `jobzero shadow ${playbook} --account "${account}" shows it`;
  if (signature === null) missing.push(`Nobody has signed the list of what it would have done: ${sign}.`);
  else if (signature.list !== hash) missing.push(`What it would have done since the list was signed is not in it: ${sign}.`);
  else if (at - signature.at > signatureDays * day) missing.push(`The list was signed more than ${signatureDays} days ago: ${sign}.`);
  return { missing, signature, watchedDays, shadowDays, actions: list.actions.length, list: hash };
}
