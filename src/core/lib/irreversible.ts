import { CloudError } from '../model/errors.ts';
import { irreversibleCalls } from './generated/irreversible-calls.ts';

/** What is lost for good by a call of AWS, named as IAM or our plans name it; null where another call brings it back. */
export function lostBy(action: string): string | null {
  return irreversibleCalls.get(action) ?? null;
}

/**
 * Null where the call may be made, else the refusal: what cannot be undone needs two different persons who approved it, whatever
 * the playbook says that wants it. Every implementation of port `Cloud` asks this first.
 */
export function refusedAlone({
  action,
  approvedBy = [],
}: {
  readonly action: string;
  readonly approvedBy?: readonly string[];
}): CloudError | null {
  const lost = lostBy(action);
  if (lost === null || new Set(approvedBy).size >= 2) return null;
  return new CloudError('denied', 'TwoPersonsNeeded', action, `it cannot be undone (lost: ${lost}), and two persons have not approved it`);
}
