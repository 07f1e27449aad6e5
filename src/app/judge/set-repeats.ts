import { repeatDue } from '../../core/decide/repeat-due.ts';
import { idOf } from '../../core/lib/hash.ts';
import type { Playbook } from '../../core/model/plan.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Store, Tx } from '../../core/ports/store.ts';
import { historyOf } from '../exercise/drills.ts';
import { exerciseTx } from '../exercise/exercise-tx.ts';
import { setExercise } from '../exercise/take-exercise.ts';
import { cardOfCase } from './card-of-case.ts';
import { caseKind, caseOf } from './cases.ts';

export interface RepeatDeps {
  readonly store: Store;
  readonly tenant: string;
  readonly clock: Clock;
  readonly playbooks: readonly Playbook[];
}

const mostCases = 20_000;
const mostTries = 5;
const week = 7 * 86_400_000;

/**
 * Brings old cases before those who judged them, in disguise, now and then: does the same person say the same again? Returns how many. Any
 * number of workers may do it at once.
 */
export async function setRepeats({ store, tenant, clock, playbooks }: RepeatDeps): Promise<number> {
  const at = clock.now();
  const judged = await store.within(tenant, judgedBy);
  let set = 0;
  for (const [who, cases] of judged)
    set += await store.within(tenant, async (tx) => {
      const exercises = exerciseTx(tx);
      const history = await historyOf(exercises, who);
      if (history.some(({ state }) => state === 'wanted' || state === 'waiting' || state === 'judged')) return 0;
      const repeated = history.flatMap(({ exercise: { kind, of, askedAt } }) =>
        kind === 'repeat' && of !== null && 'case' in of ? [{ of: of.case, at: askedAt }] : [],
      );
      let left = cases;
      for (let tries = 0; tries < mostTries; tries++) {
        const due = repeatDue(left, repeated, at, idOf(tenant, who, Math.floor(at / week)));
        if (due === null) return 0;
        const id = idOf(tenant, 'repeat', who, due);
        const card = await cardOfCase(tx, playbooks, due, id, at);
        if (card !== null)
          return (await setExercise(exercises, id, { kind: 'repeat', for: who, of: { case: due }, truth: null, card }, at)) ? 1 : 0;
        // What was read then is gone: another one.
        left = left.filter((one) => one.id !== due);
      }
      return 0;
    });
  return set;
}

/** By person, what that person has judged without the recommendation in sight. */
async function judgedBy(tx: Tx): Promise<ReadonlyMap<string, readonly { readonly id: string; readonly at: number }[]>> {
  const judged = new Map<string, { readonly id: string; readonly at: number }[]>();
  // An investigation had no card.
  for (const item of await tx.items.list({ kind: caseKind, limit: mostCases }))
    for (const { by, at, afterAdvice } of caseOf(item).opinions)
      if (!afterAdvice && caseOf(item).answer !== 'judged') judged.set(by, [...(judged.get(by) ?? []), { id: item.id, at }]);
  return judged;
}
