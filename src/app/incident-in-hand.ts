import { textAt } from '../core/lib/json-at.ts';
import type { Judgement } from '../core/model/decision.ts';
import type { Item } from '../core/ports/items.ts';
import type { Tx } from '../core/ports/store.ts';

const kind = 'incident-in-hand';

/** A person has judged an incident. */
export interface InHand {
  /** Id of the judgement; null where none is known. */
  readonly judgement: string | null;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Has a person judged the incident of this id, and which judgement was the last? Null for no. */
export async function inHand(tx: Tx, incident: string): Promise<InHand | null> {
  const item = await tx.items.get(kind, incident);
  return item === null ? null : { judgement: textAt(item.doc, 'judgement'), at: item.at };
}

/** Remembers that a person has judged an incident. */
export async function takeInHand(tx: Tx, judgement: Judgement, at: number): Promise<void> {
  const { incident } = judgement;
  if (incident === undefined || incident === null) return;
  const id = (await tx.incidents.get(incident))?.incident.id ?? incident;
  await put(tx, { kind, id, state: judgement.state, dueAt: null, at, doc: { judgement: judgement.id } });
}

/** The id of an incident leads to another from now on: who has judged the one has judged the other. The last judgement stands. */
export async function leadInHand(tx: Tx, from: string, into: string): Promise<void> {
  const item = await tx.items.get(kind, from);
  const there = item === null ? null : await tx.items.get(kind, into);
  if (item !== null && (there === null || there.at < item.at)) await put(tx, { ...item, id: into });
}

async function put(tx: Tx, item: Item): Promise<void> {
  if (!(await tx.items.add(item))) await tx.items.move(item, ['approved', 'denied']);
}
