import { severityIds } from '../../core/model/severity.ts';
import { checkDigests } from '../check-digests.ts';
import { checkSilence } from '../check-silence.ts';
import type { UpEvent, UpInput } from '../wires.ts';
import { digestSource } from './digest-source.ts';
import type { State } from './state.ts';

const day = 86_400_000;
/** CloudTrail writes a digest each hour. */
const digestsEveryMs = 20 * 60_000;
const silenceEveryMs = 60_000;
const toldAtOnce = 3;
/** The first look goes back so far, those after it two days. */
const firstDays = 30;

/** Checks CloudTrail's digests below the roots, and which sources went silent, now and again. Returns the way to stop, which waits for what is under way. */
export function keepProving(
  state: State,
  input: UpInput,
  tell: (event: Omit<UpEvent, 'at'>) => void,
  troubled: (error: unknown) => void,
): () => Promise<void> {
  let first = true;
  let told: ReadonlySet<string> = new Set();
  let stopped = false;
  const digests = async () => {
    if (input.logs.length === 0) return;
    const now = state.clock.now();
    const days = { first: now - (first ? firstDays : 2) * day, last: now + day };
    first = false;
    // That keys cannot be had is seen in the status: it is no news each time.
    const source = digestSource({ ...input, roots: input.logs, days, publicKeys: null }, () => {});
    const { refused } = await checkDigests(state.store, state.tenant, source);
    const fresh = refused.filter(({ name }) => !told.has(name));
    for (const { name, reason } of fresh.slice(0, toldAtOnce)) tell({ event: 'trouble', says: `${name} proves nothing: ${reason}` });
    if (fresh.length > toldAtOnce)
      tell({ event: 'trouble', says: `${fresh.length - toldAtOnce} more digest files or keys prove nothing.` });
    // What is not refused any more is told anew if it is again.
    told = new Set(refused.map(({ name }) => name));
  };
  const silence = async () => {
    for (const { id, message, severity } of await checkSilence(state))
      if (severityIds[severity] >= severityIds.Medium) tell({ event: 'finding', says: message, finding: id, severity });
  };
  const rounds = [
    { work: digests, everyMs: digestsEveryMs },
    { work: silence, everyMs: silenceEveryMs },
  ].map(({ work, everyMs }) => {
    let running = Promise.resolve();
    const round = () => {
      running = running.then(() => (stopped ? undefined : work())).catch(troubled);
    };
    const timer = setInterval(round, everyMs);
    round();
    return async () => {
      clearInterval(timer);
      await running;
    };
  });
  return async () => {
    stopped = true;
    await Promise.all(rounds.map((stop) => stop()));
  };
}
