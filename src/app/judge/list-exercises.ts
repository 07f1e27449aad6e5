import type { ConsoleDeps } from '../console/console-deps.ts';
import { historyOf, type Wanted, wantDrill } from '../exercise/drills.ts';
import { exerciseTx } from '../exercise/exercise-tx.ts';
import { type Reveal, revealOf } from './reveal.ts';

type Deps = Pick<ConsoleDeps, 'store' | 'tenant' | 'clock'>;

/** An exercise that was answered: only then anybody knows that it was one. */
export interface TakenExercise {
  readonly id: string;
  readonly question: string;
  readonly answeredAt: number;
  readonly opinion: { readonly nature: 'true-positive' | 'benign'; readonly confidence: number } | null;
  readonly reveal: Reveal;
}

/** A person's own exercises that were answered, the latest first. */
export function listExercises(deps: Deps, who: string, limit: number): Promise<readonly TakenExercise[]> {
  return deps.store.within(deps.tenant, async (tx) => {
    const taken: TakenExercise[] = [];
    for (const { id, exercise } of await historyOf(exerciseTx(tx), who)) {
      const { card, answer, opinion } = exercise;
      if (card === null || answer === null) continue;
      taken.push({
        id,
        question: card.question,
        answeredAt: answer.at,
        opinion: opinion === null ? null : { nature: opinion.nature, confidence: opinion.confidence },
        reveal: await revealOf(tx, exercise),
      });
    }
    return taken.toSorted((a, b) => b.answeredAt - a.answeredAt || (a.id < b.id ? -1 : 1)).slice(0, limit);
  });
}

/** A person wants a drill; a worker makes it. */
export function askForDrill(deps: Deps, who: string, campaign: string | null): Promise<Wanted> {
  return deps.store.within(deps.tenant, (tx) => wantDrill(exerciseTx(tx), who, campaign, deps.clock.now()));
}

/** Is a drill wanted that nobody has made? */
export function wantsDrill({ store, tenant }: Pick<Deps, 'store' | 'tenant'>): Promise<boolean> {
  return store.within(tenant, async (tx) => (await exerciseTx(tx).list(['wanted'], 1)).length > 0);
}
