import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { sha256 } from '../../core/lib/hash.ts';
import { readTolerance } from '../read-tolerance.ts';
import type { UpEvent } from '../wires.ts';
import { places } from './home.ts';
import type { State } from './state.ts';

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
 * cannot be read is told with its line, and what held before goes on holding.
 */
export async function keepTolerance(
  state: State,
  whenMissing: string,
  tell: (event: Omit<UpEvent, 'at'>) => void,
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
    await state.store.within(state.tenant, async (tx) => {
      if ((await tx.settings.get('tolerance')) === text) return;
      const at = state.clock.now();
      await tx.settings.set('tolerance', text, at, 'tolerance.yml');
      await tx.ledger.append({ format: 'jobzero.ledger/1', type: 'setting', subject: 'tolerance', at, data: { hash: sha256(text) } });
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
