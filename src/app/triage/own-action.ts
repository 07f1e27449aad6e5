import { meetsWildcard } from '../../core/lib/wildcard.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Receipt } from '../../core/model/plan.ts';
import type { Tx } from '../../core/ports/store.ts';

/**
 * The action by which jobzero did what was found, or null. The session's name is the action's id, but whoever has stolen
 * the role can take that name too: so every event must be a call that the action's receipts tell, in its account.
 */
export async function ownActionOf(tx: Tx, finding: Finding, own: readonly string[]): Promise<string | null> {
  const ids = new Set(finding.evidence.map(({ actor }) => sessionNameOf(actor?.uid ?? '')));
  const [id] = ids;
  if (ids.size !== 1 || id === undefined || id === '') return null;
  if (
    !finding.evidence.every(({ actor }) => actor?.issuer !== undefined && own.some((pattern) => meetsWildcard(pattern, actor.issuer ?? '')))
  )
    return null;
  const action = await tx.actions.get(id);
  if (action === null) return null;
  const calls = new Set((await tx.actions.receipts(id)).flatMap(callsOf));
  const ours = finding.evidence.every(({ account, operation }) => account === action.target.account && calls.has(operation));
  return ours ? id : null;
}

/** `arn:aws:sts::111122223333:assumed-role/ROLE/SESSION` */
function sessionNameOf(arn: string): string {
  return /:assumed-role\/.+\/([^/]+)$/.exec(arn)?.[1] ?? '';
}

/** The API operations of what a step did and of its undo: `iam:PutUserPolicy` is recorded as `PutUserPolicy`. */
function callsOf(receipt: Receipt): readonly string[] {
  const undo = receipt.undo === 'irreversible' ? [] : receipt.undo;
  return [receipt.call, ...undo].map(({ action }) => action.slice(action.indexOf(':') + 1));
}
