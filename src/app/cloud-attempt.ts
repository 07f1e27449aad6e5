import { CloudError, type CloudErrorKind } from '../core/model/errors.ts';
import type { Json } from '../core/model/json.ts';
import type { Cloud, CloudCall } from '../core/ports/cloud.ts';
import type { DurableContext } from '../core/ports/durable.ts';

/** What came of a call: a value, because a refusal is something that we expect. */
export type Attempt =
  | { readonly ok: true; readonly answer: Json }
  | { readonly ok: false; readonly kind: CloudErrorKind; readonly code: string; readonly message: string };

/** Pauses between repeated attempts of a call that was throttled or not answered: 63 seconds in all. */
const backOff: readonly number[] = [1000, 2000, 4000, 8000, 16_000, 32_000];

/** Calls once. Whatever is thrown that is no CloudError is a fault of the adapter, told like an invalid call. */
export async function attempt(cloud: Cloud, call: CloudCall): Promise<Attempt> {
  try {
    return { ok: true, answer: (await cloud.call(call)) ?? null };
  } catch (error) {
    if (error instanceof CloudError) return { ok: false, kind: error.kind, code: error.code, message: error.message };
    return { ok: false, kind: 'invalid', code: 'AdapterError', message: error instanceof Error ? error.message : String(error) };
  }
}

/** A read where "there is none" is an answer: `null`. */
export async function attemptRead(cloud: Cloud, call: CloudCall): Promise<Attempt> {
  const got = await attempt(cloud, call);
  return !got.ok && got.kind === 'not-found' ? { ok: true, answer: null } : got;
}

/**
 * Does the work in a durable step, and again with growing durable pauses while it is throttled or not answered. The
 * work may have happened even when it was not answered, so it must bear being done twice.
 */
export async function persist(context: DurableContext, name: string, work: () => Promise<Attempt>): Promise<Attempt> {
  for (let tries = 0; ; tries++) {
    const got = await context.step(tries === 0 ? name : `${name} (${tries + 1})`, work);
    const pause = backOff[tries];
    if (got.ok || pause === undefined || (got.kind !== 'throttled' && got.kind !== 'unavailable')) return got;
    await context.sleep(pause);
  }
}

/** One sentence on a failed call. */
export function saysOf(action: string, failed: Extract<Attempt, { ok: false }>): string {
  return `${action} failed (${failed.kind}, ${failed.code}): ${failed.message}`;
}

/**
 * Polls until `done` says so or the seconds are over, counted in the pauses, so that a resumed workflow counts the same.
 * The first look is at once. Returns the last answer.
 */
export async function poll(
  context: DurableContext,
  name: string,
  withinSeconds: number,
  look: () => Promise<Attempt>,
  done: (answer: Json) => boolean,
): Promise<{ readonly done: boolean; readonly last: Attempt }> {
  let waited = 0;
  for (let pause = 1; ; pause = Math.min(pause * 2, 15)) {
    const last = await persist(context, `${name} after ${waited}s`, look);
    if (!last.ok) return { done: false, last };
    if (done(last.answer)) return { done: true, last };
    if (waited >= withinSeconds) return { done: false, last };
    const wait = Math.min(pause, withinSeconds - waited);
    await context.sleep(wait * 1000);
    waited += wait;
  }
}
