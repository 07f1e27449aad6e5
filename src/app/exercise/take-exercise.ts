import { hashOf } from '../../core/lib/hash.ts';
import type { Opinion } from '../../core/model/judging.ts';
import type { Exercise, ExerciseCard } from './exercise.ts';
import type { ExerciseItem, ExerciseTx } from './exercise-tx.ts';

const most = 1_000;

/** The exercises that wait for this person, the oldest first; none while an incident that wakes people is open. */
export async function exercisesFor(tx: ExerciseTx, who: string): Promise<readonly ExerciseItem[]> {
  if (who === '') return [];
  const mine = (await tx.list(['waiting', 'judged'], most)).filter(({ exercise }) => exercise.for === who && exercise.card !== null);
  return mine.length > 0 && (await tx.isQuiet()) ? mine : [];
}

/** The exercise of this id when it is this person's. */
export async function exerciseOf(tx: ExerciseTx, id: string, who: string): Promise<ExerciseItem | null> {
  const found = await tx.get(id);
  return found !== null && found.exercise.for === who && found.exercise.card !== null ? found : null;
}

/** This person's exercise that shows this finding. */
export async function exerciseAbout(tx: ExerciseTx, finding: string, who: string): Promise<ExerciseItem | null> {
  const mine = (await tx.list(['waiting', 'judged', 'answered'], most)).filter(({ exercise }) => exercise.for === who);
  return mine.find(({ exercise }) => exercise.card?.finding.id === finding) ?? null;
}

/** Takes down what the person takes it for; the first opinion holds. False when it is no exercise of this person, or not open. */
export async function judgeExercise(tx: ExerciseTx, id: string, who: string, opinion: Opinion, at: number): Promise<boolean> {
  const found = await exerciseOf(tx, id, who);
  if (found === null || !(await tx.isQuiet())) return false;
  if (found.state === 'judged') return true;
  const { nature, confidence } = opinion;
  if (!(await tx.move(id, ['waiting'], 'judged', { ...found.exercise, opinion: { nature, confidence, at } }, at))) return false;
  await tx.leaf(id, at, { state: 'judged', nature, confidence, bySeal: await tx.sealPerson(who) });
  return true;
}

/** Takes down what the person would do. Nothing is done: there is nothing here by which anything could be. */
export async function answerExercise(
  tx: ExerciseTx,
  id: string,
  who: string,
  verdict: 'approve' | 'deny',
  at: number,
): Promise<Exercise | null> {
  const found = await exerciseOf(tx, id, who);
  if (found === null || found.state !== 'judged' || !(await tx.isQuiet())) return null;
  const exercise: Exercise = { ...found.exercise, answer: { verdict, at } };
  if (!(await tx.move(id, ['judged'], 'answered', exercise, at))) return null;
  await tx.leaf(id, at, { state: 'answered', verdict, bySeal: await tx.sealPerson(who) });
  return exercise;
}

/** Puts a card before a person; false while an incident that wakes people is open, and where there is one of this id. */
export async function setExercise(
  tx: ExerciseTx,
  id: string,
  exercise: Omit<Exercise, 'opinion' | 'answer' | 'askedAt' | 'card'> & { readonly card: ExerciseCard },
  at: number,
): Promise<boolean> {
  if (!(await tx.isQuiet())) return false;
  const set: Exercise = { ...exercise, askedAt: at, opinion: null, answer: null };
  const added = (await tx.add(id, 'waiting', set, at)) || (await tx.move(id, ['wanted'], 'waiting', set, at));
  if (added)
    await tx.leaf(id, at, {
      state: 'waiting',
      kind: exercise.kind,
      card: hashOf(exercise.card),
      forSeal: await tx.sealPerson(exercise.for),
    });
  return added;
}
