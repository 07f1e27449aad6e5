import { askedLists, type LoadedList, listsHash } from '../loaded-list.ts';
import type { UpEvent } from '../wires.ts';
import type { Env } from './home.ts';
import { keepOn } from './keep-on.ts';
import { builtIn, listSettings, listsFingerprint, listsOfHome, refreshLists } from './lists.ts';
import type { State } from './state.ts';

const everyMs = 30_000;
const readEveryMs = 60 * 60_000;

/**
 * Fetches the home's lists when their time has come, says once which are stale or cannot be had, and writes a leaf of
 * the ledger when their entries change. Collectors take what lies in the home. Returns the way to stop.
 */
export function keepLists(
  state: Pick<State, 'home' | 'clock' | 'store' | 'tenant'>,
  env: Env,
  tell: (event: Omit<UpEvent, 'at'>) => void,
  troubled: (error: unknown) => void,
): () => Promise<void> {
  const { home, clock } = state;
  const stop = new AbortController();
  let told = new Set<string>();
  let seen = '';
  let read = Number.NEGATIVE_INFINITY;

  function tellOnce(says: readonly string[]): void {
    for (const one of says) if (!told.has(one)) tell({ event: 'trouble', says: one });
    told = new Set(says);
  }

  async function round(): Promise<void> {
    const settings = await listSettings(home).catch((error: unknown) => {
      tellOnce([error instanceof Error ? error.message : String(error)]);
      return null;
    });
    if (settings === null) return;
    await refreshLists(home, settings, { env, now: clock.now, all: false });
    const fingerprint = await listsFingerprint(home);
    if (fingerprint === seen && clock.now() - read < readEveryMs) return;
    seen = fingerprint;
    read = clock.now();
    const lists = await listsOfHome(home, settings, read);
    tellOnce(troublesOf(lists));
    if (lists.some(({ sources }) => sources.some(({ at }) => at !== builtIn))) await record(state, lists);
  }

  const running = keepOn(round, everyMs, stop.signal, troubled);
  return async () => {
    stop.abort();
    await running;
  };
}

function troublesOf(lists: readonly LoadedList[]): readonly string[] {
  return lists.flatMap(({ name, sources }) =>
    sources.flatMap(({ at, stale, checkedAt, trouble }) => {
      const since = checkedAt === null ? 'was never had' : `was last had at ${new Date(checkedAt).toISOString()}`;
      if (stale) return [`List ${name}: ${at} ${since}${trouble === null ? '' : `: ${trouble}`}.`];
      return trouble === null ? [] : [`List ${name}: ${at} could not be had: ${trouble}. What was there before holds on.`];
    }),
  );
}

/** What the lists are, for who asks later why something was found. */
async function record({ store, tenant, clock }: Pick<State, 'clock' | 'store' | 'tenant'>, lists: readonly LoadedList[]): Promise<void> {
  const hash = listsHash(askedLists(lists));
  await store.within(tenant, async (tx) => {
    if ((await tx.settings.get('lists')) === hash) return;
    const at = clock.now();
    const entries = Object.fromEntries(lists.map((list) => [list.name, list.entries.length]));
    await tx.settings.set('lists', hash, at, 'lists.yml');
    await tx.ledger.append({ format: 'jobzero.ledger/1', type: 'setting', subject: 'lists', at, data: { hash, entries } });
  });
}
