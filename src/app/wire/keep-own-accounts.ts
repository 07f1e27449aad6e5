import { setTimeout as sleep } from 'node:timers/promises';
import { ownAccountsOf } from '../../core/collect/inventory/own-accounts.ts';
import { listAt } from '../../core/lib/json-at.ts';
import type { Cloud, Member } from '../../core/ports/cloud.ts';
import { listStore } from '../../edge/lists/list-store.ts';
import { organisationSetting } from '../on-call/seen-accounts.ts';
import { type CloudChoice, openCloud } from './cloud.ts';
import { places } from './home.ts';
import { keepOn } from './keep-on.ts';
import { organisationSource } from './lists.ts';
import type { State } from './state.ts';

/** Each time, all lists are looked at again. */
const everyMs = 60 * 60_000;

/**
 * Fills the list of own accounts from the organisation, before it resolves for the first time, and every hour. Returns the way to
 * stop.
 */
export async function keepOwnAccounts(
  { home, clock, store, tenant }: Pick<State, 'home' | 'clock' | 'store' | 'tenant'>,
  choice: CloudChoice,
  troubled: (error: unknown) => void,
): Promise<() => Promise<void>> {
  const cloud = await openCloud(choice);
  const stop = new AbortController();
  const fill = async (): Promise<void> => {
    const members = await fillOwnAccounts(home, cloud, clock.now());
    const accounts = (members ?? [])
      .filter(({ active }) => active)
      .map(({ id }) => id)
      .sort();
    await store.within(tenant, async (tx) => {
      const before = listAt((await tx.settings.get(organisationSetting)) ?? undefined, 'accounts');
      if (JSON.stringify(before) === JSON.stringify(accounts)) return;
      await tx.settings.set(organisationSetting, { accounts }, clock.now(), 'automation');
    });
  };
  await fill().catch(troubled);
  const running = sleep(everyMs, undefined, { signal: stop.signal }).then(
    () => keepOn(fill, everyMs, stop.signal, troubled),
    () => undefined,
  );
  return async () => {
    stop.abort();
    await running;
    await cloud.close();
  };
}

/**
 * Asks for the organisation's accounts and puts them beside the lists that were fetched. Who may not list them any more knows nothing of
 * them; what fails otherwise keeps what was there before, with the reason, and is thrown. Returns the accounts;
 * null where they may not be listed.
 */
export async function fillOwnAccounts(home: string, cloud: Pick<Cloud, 'members'>, now: number): Promise<readonly Member[] | null> {
  const store = listStore(places(home).fetchedLists);
  const before = await store.meta(organisationSource);
  const known = { etag: null, lastModified: null, addedAfter: null, triedAt: now };
  try {
    const members = await cloud.members();
    // Nobody is told of a list that there never was.
    if (members === null && before === null) return null;
    const body = ownAccountsOf(members ?? [], now).join('\n');
    await store.put(organisationSource, { ...known, fetchedAt: now, checkedAt: now, trouble: null }, body);
    return members;
  } catch (error) {
    const trouble = error instanceof Error ? error.message : String(error);
    const { fetchedAt = null, checkedAt = null } = before ?? {};
    if (before !== null) await store.put(organisationSource, { ...known, fetchedAt, checkedAt, trouble }, null);
    throw error;
  }
}
