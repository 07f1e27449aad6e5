import type { Nature, Opinion } from '../../core/model/judging.ts';
import type { Tx } from '../../core/ports/store.ts';
import type { Exercise, ExerciseKind } from '../exercise/exercise.ts';
import { caseKind, caseOf } from './cases.ts';

/** What an exercise was, told after the answer. */
export interface Reveal {
  readonly kind: ExerciseKind;
  /** How it turned out; null where nobody knows. */
  readonly truth: Nature | null;
  /** What the same person said of the same case before; null for one that is new. */
  readonly before: Opinion | null;
  /** A sentence. */
  readonly says: string;
}

/** What is told of an exercise that was answered. */
export async function revealOf(tx: Tx, exercise: Exercise): Promise<Reveal> {
  const { kind, of } = exercise;
  const item = of !== null && 'case' in of ? await tx.items.get(caseKind, of.case) : null;
  const one = item === null ? null : caseOf(item);
  const before = kind === 'repeat' ? (one?.opinions.find(({ by }) => by === exercise.for) ?? null) : null;
  const truth = exercise.truth ?? one?.outcomes.at(-1)?.nature ?? null;
  const end = truth === null ? '' : truth === 'benign' ? ' It was benign.' : ' It was an attack.';
  const words =
    before !== null
      ? `You have judged this before, as ${before.nature === 'benign' ? 'benign' : 'an attack'}, ${before.confidence} % sure.`
      : kind === 'sample'
        ? 'This was a sample of what automation closed.'
        : of !== null && 'campaign' in of
          ? `This was a drill: ${of.title}.`
          : 'This was a drill, from a case of before.';
  return {
    kind,
    truth,
    before: before === null ? null : { nature: before.nature, confidence: before.confidence },
    says: `${words}${end} Nothing was done.`,
  };
}
