import { idOf, sha256 } from '../../core/lib/hash.ts';
import type { Nature } from '../../core/model/judging.ts';
import type { Exercise, ExerciseCard, ExerciseKind } from './exercise.ts';
import type { ExerciseItem, ExerciseTx } from './exercise-tx.ts';
import { setExercise } from './take-exercise.ts';

/** A drill that was made up: what is asked, and what is true of it. */
export interface MadeDrill {
  readonly card: ExerciseCard;
  readonly truth: Nature;
  readonly of: NonNullable<Exercise['of']>;
}

/** What drills can be made of: `id` of a campaign or a case, and whether it is an attack. */
export interface DrillSource {
  readonly id: string;
  readonly from: 'campaign' | 'case';
  readonly nature: Nature;
}

/** Makes one: null where this source gives no question. `salt` is its disguise. */
export type MakeDrill = (source: DrillSource, salt: string, at: number) => Promise<MadeDrill | null>;

export type Wanted = 'wanted' | 'not-now' | 'one-waits';

const most = 10_000;
/** Sources that are tried for one drill; some give no question. */
const mostTries = 6;

/** A person wants a drill, of a certain source or of any. One at a time, and none while an incident that wakes people is open. */
export async function wantDrill(tx: ExerciseTx, who: string, source: string | null, at: number): Promise<Wanted> {
  if (!(await tx.isQuiet())) return 'not-now';
  const open = (await tx.list(['wanted', 'waiting', 'judged'], most)).filter(({ exercise }) => exercise.for === who);
  if (open.length > 0) return 'one-waits';
  const wanted: Exercise = {
    kind: 'drill',
    for: who,
    of: source === null ? null : { campaign: source, title: '' },
    truth: null,
    card: null,
    askedAt: at,
    opinion: null,
    answer: null,
  };
  await tx.add(idOf(tx.tenant, 'drill', who, at), 'wanted', wanted, at);
  return 'wanted';
}

/** All exercises of a person, whatever became of them. */
export async function historyOf(tx: ExerciseTx, who: string): Promise<readonly ExerciseItem[]> {
  return (await tx.list(['wanted', 'waiting', 'judged', 'answered', 'withdrawn'], most)).filter(({ exercise }) => exercise.for === who);
}

/**
 * The order in which sources are tried for a drill: those that the person has not had, as often attacks as not, in an order that the salt
 * decides.
 */
export function orderSources(sources: readonly DrillSource[], had: ReadonlySet<string>, salt: string): readonly DrillSource[] {
  const hash = (id: string) => sha256(`${salt} ${id}`);
  const first: Nature = Number.parseInt(sha256(salt).slice(0, 2), 16) % 2 === 0 ? 'benign' : 'true-positive';
  return sources
    .filter(({ id }) => !had.has(id))
    .map((source) => ({ source, order: `${source.nature === first ? 0 : 1} ${hash(source.id)}` }))
    .sort((a, b) => (a.order < b.order ? -1 : 1))
    .map(({ source }) => source);
}

export interface DrillDeps {
  /** One unit of work on exercises alone. */
  readonly within: <T>(work: (tx: ExerciseTx) => Promise<T>) => Promise<T>;
  readonly clock: { now(): number };
  /** What this person has not judged itself. */
  readonly sources: (who: string) => Promise<readonly DrillSource[]>;
  readonly make: MakeDrill;
}

/** Makes the drills that persons want. Returns how many were set before them. Two workers may make the same one: it is set once. */
export async function makeDrills({ within, clock, sources, make }: DrillDeps): Promise<number> {
  const wanted = await within((tx) => tx.list(['wanted'], most));
  let set = 0;
  for (const { id, exercise } of wanted) {
    const at = clock.now();
    const had = await within(
      async (tx) =>
        new Set((await historyOf(tx, exercise.for)).flatMap(({ id: other, exercise: one }) => (other === id ? [] : sourceOf(one)))),
    );
    const asked = sourceOf(exercise)[0];
    const all = await sources(exercise.for);
    const tried = asked === undefined ? orderSources(all, had, id).slice(0, mostTries) : all.filter((source) => source.id === asked);
    const made = await firstMade(tried, make, id, at);
    if (made === null) {
      await within((tx) => tx.move(id, ['wanted'], 'withdrawn', exercise, at));
      continue;
    }
    const kind: ExerciseKind = 'drill';
    if (await within((tx) => setExercise(tx, id, { kind, for: exercise.for, ...made }, clock.now()))) set++;
  }
  return set;
}

async function firstMade(sources: readonly DrillSource[], make: MakeDrill, salt: string, at: number): Promise<MadeDrill | null> {
  for (const source of sources) {
    const made = await make(source, salt, at);
    if (made !== null) return made;
  }
  return null;
}

function sourceOf({ of }: Exercise): readonly string[] {
  if (of === null) return [];
  return 'campaign' in of ? [of.campaign] : 'case' in of ? [of.case] : [];
}
