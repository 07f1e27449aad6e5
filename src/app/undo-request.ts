import { undoPersons } from '../core/act/undo-persons.ts';
import { lostBy } from '../core/lib/irreversible.ts';
import { asObject, listAt } from '../core/lib/json-at.ts';
import type { Json } from '../core/model/json.ts';
import type { Action, ActionState } from '../core/model/plan.ts';
import type { Tx } from '../core/ports/store.ts';
import { sealPerson } from './ledger/seals.ts';

/** The setting `undo-request/<action>`. `by` and `at` are of the latest asker; `persons` are all who asked for the same. */
export interface UndoRequest {
  readonly by: string;
  readonly at: number;
  readonly persons: readonly string[];
  /** Bring back what was before although somebody else has changed it since. */
  readonly overwrite: boolean;
}

/** The states in which something was left behind that can be brought back. */
export const undoableStates: readonly ActionState[] = ['verified', 'unverified', 'failed', 'undo-asks', 'undo-failed'];

/** Reads a request; null for what is none. */
export function readUndoRequest(value: Json): UndoRequest | null {
  const object = asObject(value);
  const by = object?.['by'];
  const at = object?.['at'];
  if (object === null || typeof by !== 'string' || by === '' || typeof at !== 'number') return null;
  const persons = listAt(object, 'persons').filter((person): person is string => typeof person === 'string' && person !== '');
  return { by, at, persons: [...new Set([...persons, by])].sort(), overwrite: object['overwrite'] === true };
}

/**
 * The request after one more person has asked. Who asked for the one (bring back what we left) has not asked for the
 * other (overwrite what somebody else did), so a change of `overwrite` starts anew.
 */
export function addUndoRequest(previous: Json, by: string, at: number, overwrite: boolean): { readonly [key in keyof UndoRequest]: Json } {
  const earlier = readUndoRequest(previous);
  const persons = earlier !== null && earlier.overwrite === overwrite ? earlier.persons : [];
  return { by, at, persons: [...new Set([...persons, by])].sort(), overwrite };
}

/**
 * How many persons must ask before this action is undone: see `undoPersons`. The setting `undo-persons` is 1 where a
 * business has only one person who could; what cannot be undone in its turn takes two all the same.
 */
export async function undoPersonsNeeded(tx: Tx, action: Action): Promise<1 | 2> {
  const row = await tx.findings.get(action.finding);
  const receipts = await tx.actions.receipts(action.id);
  if (receipts.some(({ undo }) => undo !== 'irreversible' && undo.some((call) => lostBy(call.action) !== null))) return 2;
  const atMost = (await tx.settings.get('undo-persons')) === 1 ? 1 : 2;
  return undoPersons(row?.finding ?? null, row?.state ?? null, atMost);
}

/** One person's request to undo an action, with its leaf; a worker does it once enough persons have asked. Returns who has. */
export async function requestUndo(tx: Tx, action: string, by: string, at: number, overwrite: boolean): Promise<readonly string[]> {
  const name = `undo-request/${action}`;
  const request = addUndoRequest(await tx.settings.get(name), by, at, overwrite);
  await tx.settings.set(name, request, at, by);
  await tx.ledger.append({
    format: 'jobzero.ledger/1',
    type: 'undo',
    subject: action,
    at,
    data: { asked: true, overwrite, bySeal: await sealPerson(tx, by) },
  });
  return Array.isArray(request.persons) ? request.persons.map(String) : [by];
}
