import type { Json, JsonObject } from '../../core/model/json.ts';
import type { Item } from '../../core/ports/items.ts';
import type { Tx } from '../../core/ports/store.ts';
import { isDeclared } from '../incident-mode/declared.ts';
import { sealPerson } from '../ledger/seals.ts';
import type { Exercise } from './exercise.ts';

/** An exercise with its state. */
export interface ExerciseItem {
  readonly id: string;
  readonly state: ExerciseState;
  readonly at: number;
  readonly exercise: Exercise;
}

export type ExerciseState = 'wanted' | 'waiting' | 'judged' | 'answered' | 'withdrawn';

/**
 * All of the store that exercises can reach: exercises themselves, and their leaves. No action can be planned through it, no notification
 * queued, no question asked and no finding touched, whatever the code that holds it does.
 */
export interface ExerciseTx {
  readonly tenant: string;
  get(id: string): Promise<ExerciseItem | null>;
  list(states: readonly ExerciseState[], limit: number): Promise<readonly ExerciseItem[]>;
  add(id: string, state: ExerciseState, exercise: Exercise, at: number): Promise<boolean>;
  move(id: string, from: readonly ExerciseState[], to: ExerciseState, exercise: Exercise, at: number): Promise<boolean>;
  /** No incident that wakes people is open, and none is declared. */
  isQuiet(): Promise<boolean>;
  /** What stands for a person in a leaf. */
  sealPerson(name: string): Promise<string>;
  leaf(subject: string, at: number, data: JsonObject): Promise<void>;
}

const kind = 'exercise';

const read = (item: Item): ExerciseItem => ({
  id: item.id,
  state: item.state as ExerciseState,
  at: item.at,
  exercise: item.doc as unknown as Exercise,
});

/** What of a transaction exercises may use. */
export function exerciseTx(tx: Pick<Tx, 'tenant' | 'items' | 'incidents' | 'ledger'>): ExerciseTx {
  const item = (id: string, state: ExerciseState, exercise: Exercise, at: number): Item => ({
    kind,
    id,
    state,
    dueAt: null,
    at,
    doc: exercise as unknown as Json,
  });
  return {
    tenant: tx.tenant,
    get: async (id) => {
      const found = await tx.items.get(kind, id);
      return found === null ? null : read(found);
    },
    list: async (state, limit) => (await tx.items.list({ kind, state, limit })).map(read),
    add: (id, state, exercise, at) => tx.items.add(item(id, state, exercise, at)),
    move: (id, from, to, exercise, at) => tx.items.move(item(id, to, exercise, at), from),
    isQuiet: async () => (await tx.incidents.list({ pages: true, isOpen: true, limit: 1 })).length === 0 && !(await isDeclared(tx)),
    sealPerson: (name) => sealPerson(tx, name),
    leaf: (subject, at, data) => tx.ledger.append({ format: 'jobzero.ledger/1', type: 'drill', subject, at, data }),
  };
}
