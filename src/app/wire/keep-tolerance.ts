import { readFile, stat, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { InputError } from '../../core/model/errors.ts';
import { type ReviewMode, takeTolerance } from '../policy/take-policy.ts';
import { readTolerance } from '../read-tolerance.ts';
import type { UpEvent } from '../wires.ts';
import { type Env, places } from './home.ts';
import { type State, whoami } from './state.ts';

const everyMs = 2_000;

/** What a new home gets: every line says what holds anyway, so that it can be changed where it stands. */
export const carefulFile = `# What automation may do here, and what it must ask for. Read again whenever it changes.
# All keys and their meaning: docs/reference/tolerance.md
default:
  act: alone              # alone, ask or never; nothing acts before it is armed ("jobzero arm")
  decideFrom: Medium      # findings below are recorded and watched
  askFrom: High           # attacks from this severity on are put to a person
  acceptLegitimateUse: [] # playbooks that may close what somebody may be using, when an attacker opened it
  acceptProductionUse: [] # playbooks that may touch what may serve production, when an attacker uses it
caps: { perRun: 10, perHour: 20, perAccountHour: 5 }
closeAfterDays: 7
protected: []             # ARNs, * allowed: never acted against, such as break-glass roles
freezes: []               # { from, until, reason, account }
exemptions: []            # { rule, account, resource, owner, reason, expires }
`;

/**
 * Takes the home's tolerance file into the settings, now and whenever it changes, with a leaf in the ledger. A file that
 * cannot be read is told with its line, and what held before goes on holding; so does it where a looser text waits for a second person.
 */
export async function keepTolerance(
  state: State,
  whenMissing: string,
  tell: (event: Omit<UpEvent, 'at'>) => void,
  review: ReviewMode = 'when-two',
): Promise<() => Promise<void>> {
  const path = places(state.home).tolerance;
  await writeFile(path, whenMissing, { flag: 'wx', mode: 0o600 }).catch(() => undefined);
  const stop = new AbortController();
  let seen: string | null = null;

  async function look(): Promise<void> {
    const text = await readFile(path, 'utf8');
    if (text === seen) return;
    seen = text;
    readTolerance(text, path);
    const by = await ownerOf(path);
    const taken = await state.store.within(state.tenant, (tx) => takeTolerance(tx, { text, by, at: state.clock.now(), review }));
    if (taken === 'waits')
      tell({
        event: 'trouble',
        says: 'tolerance.yml lets automation do or accept more than before: it waits for a second person. See "jobzero policy review".',
      });
  }

  const looked = () =>
    look().catch((error: unknown) => tell({ event: 'trouble', says: error instanceof Error ? error.message : String(error) }));
  await looked();
  const running = (async () => {
    while (!stop.signal.aborted) {
      await sleep(everyMs, undefined, { signal: stop.signal }).catch(() => undefined);
      if (!stop.signal.aborted) await looked();
    }
  })();
  return async () => {
    stop.abort();
    await running;
  };
}

/** The account that owns the file: the nearest to who has changed it. */
export async function ownerOf(path: string): Promise<string> {
  const { uid } = await stat(path);
  return uid === process.getuid?.() ? whoami() : `uid-${uid}`;
}

/** JOBZERO_POLICY_REVIEW: `always`, or `when-two` persons are known, the usual. Throws InputError for anything else. */
export function reviewModeOf(env: Env): ReviewMode {
  const mode = env['JOBZERO_POLICY_REVIEW'] ?? '';
  if (mode === '' || mode === 'when-two') return 'when-two';
  if (mode === 'always') return mode;
  throw new InputError('"always" or "when-two" is wanted', 'JOBZERO_POLICY_REVIEW');
}
