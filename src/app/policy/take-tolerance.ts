import { looserWays } from '../../core/decide/looser.ts';
import { sha256 } from '../../core/lib/hash.ts';
import { InputError } from '../../core/model/errors.ts';
import type { Json } from '../../core/model/json.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Store, Tx } from '../../core/ports/store.ts';
import { sealPerson } from '../ledger/seals.ts';
import { closeFault, openFault } from '../notify/automation-fault.ts';
import { operatorsOf } from '../on-call/on-call-settings.ts';
import { readTolerance } from '../read-tolerance.ts';

/** The text that holds, as the settings have it. */
export const toleranceSetting = 'tolerance';
const waitingSetting = 'tolerance/waiting';
const fault = { what: 'policy-review', name: 'tolerance.yml' } as const;

/** When a looser text waits for a second person: always, or where two or more persons are known. */
export type ReviewMode = 'always' | 'when-two';

/** A text of the file that does not hold. */
export interface WaitingTolerance {
  readonly text: string;
  readonly hash: string;
  /** When it was seen, in milliseconds since 1970, and who owned the file then. */
  readonly at: number;
  readonly by: string;
  /** In which ways it is looser than what holds. */
  readonly looser: readonly string[];
  /** Who turned it down. */
  readonly rejectedBy?: string;
}

/** Who could review: those of the tolerance that holds, and of `oncall.yml`. Sorted. */
export async function knownPersons(tx: Tx): Promise<readonly string[]> {
  const text = await tx.settings.get(toleranceSetting);
  const { people, accountOwners = {} } = readTolerance(typeof text === 'string' ? text : '', 'tolerance');
  return [...new Set([...Object.keys(people), ...Object.values(accountOwners), ...(await operatorsOf(tx))])].sort();
}

export async function waitingTolerance(tx: Tx): Promise<WaitingTolerance | null> {
  return (await tx.settings.get(waitingSetting)) as unknown as WaitingTolerance | null;
}

/**
 * Takes the file's text in. What is as tight as what holds, or tighter, holds at once. What is looser in some way waits for a second person
 * where that is asked for, and what held before goes on holding. The first text of an installation holds. Throws InputError for a text that
 * is no tolerance.
 */
export async function takeTolerance(
  tx: Tx,
  { text, by, at, review }: { readonly text: string; readonly by: string; readonly at: number; readonly review: ReviewMode },
): Promise<'same' | 'holds' | 'waits'> {
  const after = readTolerance(text, 'tolerance.yml');
  const [held, waiting] = [await tx.settings.get(toleranceSetting), await waitingTolerance(tx)];
  if (held === text) {
    if (waiting !== null) await leave(tx, { withdrawn: waiting.hash }, by, at);
    return 'same';
  }
  const isAsked = typeof held === 'string' && (review === 'always' || (await knownPersons(tx)).length > 1);
  const looser = isAsked ? looserWays(readTolerance(held, 'tolerance'), after) : [];
  if (looser.length === 0) {
    await hold(tx, text, by, at, {});
    return 'holds';
  }
  if (waiting?.text === text) return 'waits';
  const hash = sha256(text);
  await tx.settings.set(waitingSetting, { text, hash, at, by, looser } satisfies WaitingTolerance as unknown as Json, at, by);
  await append(tx, { waits: hash, looser: looser.length }, by, at);
  const reason = `What was changed lets automation do or accept more (${looser.slice(0, 5).join(', ')}${looser.length > 5 ? ', ...' : ''}); what held before goes on holding`;
  await openFault(tx, { ...fault, reason }, [], at);
  return 'waits';
}

/**
 * A second person lets the waiting text hold, or turns it down. `hash` is the beginning of the text's hash, so that nobody reviews another
 * text than the one that they read. Throws InputError where nothing of this hash waits, the person changed it, or is not known.
 */
export function reviewTolerance(
  { store, tenant, clock }: { readonly store: Store; readonly tenant: string; readonly clock: Clock },
  { hash, by, accept }: { readonly hash: string; readonly by: string; readonly accept: boolean },
): Promise<WaitingTolerance> {
  return store.within(tenant, async (tx) => {
    const waiting = await waitingTolerance(tx);
    if (waiting === null || hash.length < 8 || !waiting.hash.startsWith(hash))
      throw new InputError('no text of this hash waits for a review; "jobzero policy review" shows what does', hash);
    if (waiting.by === by) throw new InputError('another person than the one who changed it reviews it', by);
    const known = await knownPersons(tx);
    if (known.length > 0 && !known.includes(by))
      throw new InputError('nobody of this name is in oncall.yml or in the tolerance that holds', by);
    const at = clock.now();
    if (accept) await hold(tx, waiting.text, waiting.by, at, { reviewedBySeal: await sealPerson(tx, by) });
    else {
      await tx.settings.set(waitingSetting, { ...waiting, rejectedBy: by } as unknown as Json, at, by);
      await append(tx, { rejected: waiting.hash }, by, at);
      await openFault(tx, { ...fault, reason: `What was changed in the file was turned down by ${by} and does not hold` }, [], at);
    }
    return waiting;
  });
}

async function hold(tx: Tx, text: string, by: string, at: number, more: { readonly reviewedBySeal?: string }): Promise<void> {
  await tx.settings.set(toleranceSetting, text, at, by);
  await leave(tx, { hash: sha256(text), ...more }, by, at);
}

/** Nothing waits any more. */
async function leave(tx: Tx, data: { readonly [key: string]: string }, by: string, at: number): Promise<void> {
  if ((await waitingTolerance(tx)) !== null) await tx.settings.set(waitingSetting, null, at, by);
  await append(tx, data, by, at);
  await closeFault(tx, fault.what, fault.name, at);
}

async function append(tx: Tx, data: { readonly [key: string]: string | number }, by: string, at: number): Promise<void> {
  const bySeal = await sealPerson(tx, by);
  await tx.ledger.append({ format: 'jobzero.ledger/1', type: 'setting', subject: toleranceSetting, at, data: { ...data, bySeal } });
}
