import { permissionOf } from '../core/act/permission.ts';
import { closingCalls } from '../core/collect/reports/closing-calls.ts';
import { listAt } from '../core/lib/json-at.ts';
import { CloudError } from '../core/model/errors.ts';
import type { Json } from '../core/model/json.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Cloud } from '../core/ports/cloud.ts';
import type { Item } from '../core/ports/items.ts';
import type { Store, Tx } from '../core/ports/store.ts';
import { type Closing, closesAtSource, closings } from './end-finding.ts';
import { inHand } from './incident-in-hand.ts';
import { waitAfter } from './notify/back-off.ts';
import { isStopped } from './settings.ts';
import { askTheSource } from './triage/ask-the-source.ts';
import { partsOf } from './triage/question-of.ts';

export interface CloseDeps {
  readonly tenant: string;
  readonly store: Store;
  readonly cloud: Cloud;
  readonly clock: Clock;
  /** Tells this worker from all others, also from one before it. */
  readonly worker: string;
}

/** Longer than a call of AWS with its repetitions: who has one longer is dead. */
const leaseMs = 10 * 60_000;
const atOnce = 50;
const triedForMs = 72 * 3_600_000;
/** While the stop button is on, it is looked again after so long. */
const stoppedMs = 60_000;
const mostWaiting = 500;

interface Taken extends Closing {
  readonly worker: string;
  readonly attempts: number;
  /** When it was tried first, in milliseconds since 1970. */
  readonly since: number;
}

/**
 * Puts away at their source what ended here, in accounts where somebody has allowed it; returns how many were. Any number of workers may
 * do this at once: each is taken with a lease, and what became of it is written with its leaf. The calls set a state, so one that a dead
 * worker may have made is made again. What a person has yet to look at is left alone, and so is what AWS does not say itself.
 */
export async function closeAtSource(deps: CloseDeps): Promise<number> {
  const due = await within(deps, (tx) =>
    tx.items.list({ kind: closings, state: ['waiting', 'sending'], dueBy: deps.clock.now(), limit: atOnce }),
  );
  let done = 0;
  for (const { id } of due) if ((await closeOne(deps, id)) === 'done') done++;
  return done;
}

async function closeOne(deps: CloseDeps, id: string): Promise<'done' | 'later' | 'failed' | 'left' | null> {
  const taken = await within(deps, (tx) => take(deps, tx, id));
  if (taken === null || typeof taken === 'string') return taken;
  const { calls, mine, finding, imported } = taken;
  // Who can write to a queue must not have a true finding put away by telling it otherwise.
  const asked = await askTheSource(deps, finding, imported);
  if (asked.later) return note(deps, id, mine, { outcome: 'later', reason: 'AWS did not say what it knows of the finding' });
  if (asked.evidence !== 'validated') return note(deps, id, mine, { outcome: 'refused', reason: 'AWS says something else of the finding' });
  try {
    for (const { account, region, action, input, on, failures } of calls) {
      const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: permissionOf(action), Resource: on }] };
      const session = { policy, name: `close-${id}`.slice(0, 64) };
      const answer = await deps.cloud.call({ account, region, action, input, role: 'actor', session });
      const refused = failures === '' ? [] : listAt(answer, failures);
      if (refused.length > 0) return note(deps, id, mine, { outcome: 'refused', reason: `${action}: not done` });
    }
    return note(deps, id, mine, { outcome: 'done', reason: '' });
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    const passes = error.kind === 'throttled' || error.kind === 'unavailable';
    return note(deps, id, mine, { outcome: passes ? 'later' : 'refused', reason: `${error.action}: ${error.code}` });
  }
}

/** What is to be called, when this is ours to do; or what became of it without a call. */
async function take({ clock, worker }: CloseDeps, tx: Tx, id: string) {
  const now = clock.now();
  const item = await tx.items.get(closings, id);
  if (item === null || (item.state !== 'waiting' && item.state !== 'sending') || item.dueAt === null || item.dueAt > now) return null;
  const closing = item.doc as unknown as Closing & Partial<Taken>;
  if (await isStopped(tx)) {
    await tx.items.move({ ...item, state: 'waiting', dueAt: now + stoppedMs }, [item.state]);
    return 'later' as const;
  }
  const row = await tx.findings.get(closing.finding);
  const imported = row?.finding.imported;
  const isOver = row?.state === closing.as && imported?.state === 'active';
  if (
    row === null ||
    imported === undefined ||
    !isOver ||
    !(await closesAtSource(tx, closing.account)) ||
    (await isForAPerson(tx, closing.finding))
  ) {
    await tx.items.move({ ...item, state: 'left', at: now, dueAt: null }, [item.state]);
    return 'left' as const;
  }
  const isMended = (await tx.actions.list({ finding: closing.finding, state: ['verified'], limit: 1 })).length > 0;
  const calls = closingCalls(imported.source, imported.refs, closing.as, isMended);
  const mine: Taken = { ...closing, worker, attempts: (closing.attempts ?? 0) + 1, since: closing.since ?? now };
  const doc = mine as unknown as Json;
  const next: Item =
    calls.length === 0
      ? { ...item, state: 'left', at: now, dueAt: null }
      : { ...item, state: 'sending', at: now, dueAt: now + leaseMs, doc };
  if (!(await tx.items.move(next, [item.state]))) return null;
  return calls.length === 0 ? ('left' as const) : { calls, mine, finding: row.finding, imported };
}

/** Does a question wait for a person about the finding, or does its incident wake somebody who has not judged it yet? */
async function isForAPerson(tx: Tx, finding: string): Promise<boolean> {
  const waiting = await tx.judgements.list({ state: 'waiting', limit: mostWaiting });
  if (waiting.some((judgement) => partsOf(judgement).some((part) => part.finding === finding))) return true;
  const [member] = await tx.incidents.members([finding]);
  const incident = member?.incident == null ? null : await tx.incidents.get(member.incident);
  if (incident === null || !incident.incident.pages || !incident.isOpen) return false;
  return (await inHand(tx, incident.incident.id)) === null;
}

/** Writes what became of a try, unless somebody else has it meanwhile. */
function note(
  deps: CloseDeps,
  id: string,
  mine: Taken,
  { outcome, reason }: { readonly outcome: 'done' | 'later' | 'refused'; readonly reason: string },
): Promise<'done' | 'later' | 'failed' | null> {
  return within(deps, async (tx) => {
    const now = deps.clock.now();
    const item = await tx.items.get(closings, id);
    const held = item?.doc as unknown as Taken | undefined;
    if (item?.state !== 'sending' || held?.worker !== mine.worker || held.attempts !== mine.attempts) return null;
    const wait = waitAfter(mine.attempts, { id, kind: 'finding' });
    const isLater = outcome === 'later' && now + wait - mine.since <= triedForMs;
    const state = isLater ? 'waiting' : outcome === 'done' ? 'done' : 'failed';
    const doc = { ...mine, reason } as unknown as Json;
    await tx.items.move({ ...item, state, at: now, dueAt: isLater ? now + wait : null, doc }, ['sending']);
    if (isLater) return 'later';
    await tx.ledger.append({
      format: 'jobzero.ledger/1',
      type: 'notification',
      subject: id,
      at: now,
      data: { outcome: state, kind: closings, about: { kind: 'finding', id: mine.finding }, as: mine.as, attempts: mine.attempts },
    });
    return outcome === 'done' ? 'done' : 'failed';
  });
}

function within<T>({ store, tenant }: CloseDeps, work: (tx: Tx) => Promise<T>): Promise<T> {
  return store.within(tenant, work);
}
