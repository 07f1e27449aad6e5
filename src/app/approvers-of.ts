import { idOf } from '../core/lib/hash.ts';
import { textAt } from '../core/lib/json-at.ts';
import type { Json } from '../core/model/json.ts';
import type { Action } from '../core/model/plan.ts';
import type { Tx } from '../core/ports/store.ts';
import { partsOf } from './triage/question-of.ts';

const name = (action: string) => `approved/${action}`;

/** Remembers by which question an action was approved. It is a pointer only: what counts is what the question says. */
export async function rememberApproval(tx: Tx, action: string, judgement: string, at: number, by: string): Promise<void> {
  const approval: Json = { judgement };
  await tx.settings.set(name(action), approval, at, by);
}

/** The different persons who approved exactly this action: nobody where no approved question offers it. */
export async function approversOf(tx: Tx, action: Action): Promise<readonly string[]> {
  const judgement = await tx.judgements.get(textAt(await tx.settings.get(name(action.id)), 'judgement') ?? '');
  if (judgement?.state !== 'approved') return [];
  const offers = partsOf(judgement).some(({ finding, options }) =>
    options.some(({ playbook, target }) => idOf(tx.tenant, finding, playbook, target) === action.id),
  );
  return offers ? [...new Set(judgement.answeredBy)] : [];
}
