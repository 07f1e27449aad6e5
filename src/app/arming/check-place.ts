import { InputError } from '../../core/model/errors.ts';
import type { Playbook } from '../../core/model/plan.ts';

/** Throws InputError for a playbook that does not exist or an account that is none; `*` stands for all. */
export function checkPlace(playbooks: readonly Playbook[], playbook: string, account: string): void {
  if (!playbooks.some(({ id }) => id === playbook)) throw new InputError(`there is no playbook ${playbook}`, 'playbook');
  if (!/^(\d{12}|\*)$/.test(account)) throw new InputError('an account is 12 digits, or * for all', 'account');
}
