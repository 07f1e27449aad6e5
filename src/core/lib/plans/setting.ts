import type { Json, JsonObject } from '../../model/json.ts';
import type { Call, Step } from '../../model/plan.ts';
import { canonicalJson } from '../canonical-json.ts';
import { valueAt } from '../json-at.ts';

/** One setting of a resource: how it is read, what it should be, and how it is written. */
export interface Setting {
  readonly name: string;
  /** ARNs, as in a step. */
  readonly on: readonly string[];
  readonly region?: string;
  readonly read: Call;
  /** The name under which the answer is kept: each step of a plan needs its own. Default `state`. */
  readonly keep?: string;
  /** The part of the answer that is written, and nothing else: undo compares and restores it. */
  readonly state: (answer: Json) => Json;
  /** What it should be, given what it is: the same again where it is so already, which is how that is known. */
  readonly want: (state: Json) => Json;
  /** The call that writes a state; `input` is what does not depend on it, `answer` what was read. */
  readonly write: Call & { readonly with: (state: Json, answer: Json) => JsonObject };
  /** The calls that bring an earlier state back. Default: the same call with it. */
  readonly back?: (state: Json) => readonly Call[];
  /** Is it fine where AWS knows no such resource or configuration? Default: then it is not as wanted. */
  readonly noneIsFine?: boolean;
  readonly permits?: readonly string[];
  readonly says: string;
  /** Default 60. */
  readonly withinSeconds?: number;
}

/** The step that sets it. What is written depends on what was read, so that all else of the setting stays. */
export function setting(of: Setting): Step {
  const { name, on, region, read, keep = 'state', state, want, write, back, noneIsFine = false, permits, says, withinSeconds = 60 } = of;
  const inputFor = (value: Json, answer: Json): JsonObject => ({ ...write.input, ...write.with(value, answer) });
  return {
    name,
    on,
    ...(region === undefined ? {} : { region }),
    ...(permits === undefined ? {} : { permits }),
    read: { ...read, keep },
    captures: state,
    do: {
      action: write.action,
      input: write.input,
      once: 'sets-state',
      fill: (kept) => inputFor(want(state(valueAt(kept, keep))), valueAt(kept, keep)),
    },
    verify: { ...read, expect: (answer) => (answer === null ? noneIsFine : isSo(state(answer), want)), says, withinSeconds },
    undo: (kept) => {
      const earlier = state(valueAt(kept, keep));
      return back === undefined ? [{ action: write.action, input: inputFor(earlier, valueAt(kept, keep)) }] : back(earlier);
    },
  };
}

function isSo(state: Json, want: Setting['want']): boolean {
  return canonicalJson(want(state)) === canonicalJson(state);
}
