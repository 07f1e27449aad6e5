import type { Json, JsonObject } from '../model/json.ts';
import type { Call, Kept, Once, Step } from '../model/plan.ts';

/** A step that changes one part of what one call reads. */
export interface SettingChange {
  readonly name: string;
  readonly on: readonly string[];
  readonly region?: string;
  readonly read: Call & { readonly keep: string };
  /** The part of the answer that is changed: equal for the same state, whatever else is in the answer. */
  readonly part: (answer: Json) => Json;
  /** Is the part as wanted? */
  readonly wanted: (part: Json) => boolean;
  /** What `wanted` looks for, as a clause. */
  readonly says: string;
  readonly do: Call & { readonly fill?: (kept: Kept) => JsonObject };
  readonly once?: Once;
  /** Default: a minute. */
  readonly withinSeconds?: number;
  /** The calls that bring the earlier part back. */
  readonly back: (part: Json, kept: Kept, output: Json) => readonly Call[] | 'irreversible';
}

/** The step that reads a setting, changes it, and sees by the same call that it is changed. */
export function changeSetting({ name, on, region, read, part, wanted, says, do: call, once, withinSeconds, back }: SettingChange): Step {
  return {
    name,
    on,
    ...(region === undefined ? {} : { region }),
    read,
    captures: part,
    do: { ...call, once: once ?? 'sets-state' },
    verify: { action: read.action, input: read.input, expect: (answer) => wanted(part(answer)), says, withinSeconds: withinSeconds ?? 60 },
    undo: (kept, output) => back(part(kept[read.keep] ?? null), kept, output),
  };
}
