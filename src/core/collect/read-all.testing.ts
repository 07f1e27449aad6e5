import { Buffer } from 'node:buffer';
import type { Event, SetAside } from '../model/event.ts';
import { readWhole } from './log-reader.ts';

export interface ReadAll {
  readonly events: readonly Event[];
  readonly texts: readonly (string | null)[];
  readonly setAsides: readonly SetAside[];
}

/** All that the reader makes of an object. */
export function readAll(text: string | Uint8Array, object = 'logs/object'): ReadAll {
  const events: Event[] = [];
  const texts: (string | null)[] = [];
  const setAsides: SetAside[] = [];
  readWhole(Buffer.from(text), {
    object,
    onEvent: (event, own) => {
      events.push(event);
      texts.push(own);
    },
    onSetAside: (one) => setAsides.push(one),
  });
  return { events, texts, setAsides };
}
