import type { Json, JsonObject } from '../../model/json.ts';
import type { Call, Filled, Kept, Step } from '../../model/plan.ts';
import { canonicalJson } from '../canonical-json.ts';
import { valueAt } from '../json-at.ts';

/** Things that AWS takes away one a call, of which nobody knows before the read how many there are. */
export interface OneByOne {
  readonly name: string;
  readonly on: readonly string[];
  readonly read: Call & Filled;
  /** What is to go, as far as it can be brought back: no ids that a new one would not have. */
  readonly items: (answer: Json) => readonly JsonObject[];
  /** The call that takes one away. `idOf` finds in the answer what `items` left out. */
  readonly remove: {
    readonly action: string;
    readonly input: JsonObject;
    readonly for: (item: JsonObject, answer: Json, kept: Kept) => JsonObject;
  };
  readonly bringBack: ((item: JsonObject) => readonly Call[]) | 'irreversible';
  /** What undo compares and restores. Default: what is to go. */
  readonly captures?: (answer: Json) => Json;
  readonly says: string;
  readonly withinSeconds?: number;
  /** The most there can be. */
  readonly most: number;
  readonly permits?: readonly string[];
}

/**
 * As many steps as there can be things; each takes the first one away that is left, and calls nothing while there are
 * fewer than its place in the row. So every call has a receipt of its own, and undo brings them back in turn.
 */
export function oneByOne(of: OneByOne): readonly Step[] {
  const sorted = (answer: Json) => of.items(answer).toSorted((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1));
  return Array.from({ length: of.most }, (_, i): Step => {
    const keep = `${of.name} ${i + 1}`;
    const first = (kept: Kept) => sorted(valueAt(kept, keep))[0];
    return {
      name: of.most === 1 ? of.name : `${of.name} (${i + 1} of at most ${of.most})`,
      on: of.on,
      ...(of.permits === undefined ? {} : { permits: of.permits }),
      read: { ...of.read, keep },
      captures: of.captures ?? sorted,
      do: {
        action: of.remove.action,
        input: of.remove.input,
        once: 'sets-state',
        fill: (kept) => {
          const item = first(kept);
          return item === undefined ? of.remove.input : { ...of.remove.input, ...of.remove.for(item, valueAt(kept, keep), kept) };
        },
      },
      verify: {
        ...of.read,
        expect: (answer) => sorted(answer).length <= of.most - 1 - i,
        says: of.says,
        withinSeconds: of.withinSeconds ?? 60,
      },
      undo: (kept) => {
        const item = first(kept);
        return of.bringBack === 'irreversible' ? of.bringBack : item === undefined ? [] : of.bringBack(item);
      },
    };
  });
}
