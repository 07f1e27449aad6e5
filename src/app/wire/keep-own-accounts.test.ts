import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CloudError } from '../../core/model/errors.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import { openRange } from '../../range/open-range.ts';
import { fillOwnAccounts } from './keep-own-accounts.ts';
import { listSettings, listsOfHome } from './lists.ts';
import { watchedRules } from './watched-rules.ts';

const start = Date.UTC(2026, 0, 15);
const day = 86_400_000;
let home = '';
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'jobzero-own-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

async function ownAccounts(now: number) {
  const lists = await listsOfHome(home, await listSettings(home), now);
  return lists.find(({ name }) => name === 'own-accounts');
}

const refusing = (error: Error): Pick<Cloud, 'members'> => ({ members: () => Promise.reject(error) });

test('the organisation fills the list of own accounts beside what is there by hand, and rules are made anew', async () => {
  const range = openRange({ seed: 'own', start, now: () => start });
  const ids = Object.keys(range.state.accounts).sort();
  const watched = watchedRules(home, { now: () => start });
  const before = await watched.now();

  // Who may not list them knows nothing, and nobody is told of a list.
  await fillOwnAccounts(home, { members: async () => null }, start);
  expect(await ownAccounts(start)).toMatchObject({ entries: [], sources: [{ at: 'built in' }] });

  await fillOwnAccounts(home, range.cloud, start);
  expect(await ownAccounts(start)).toMatchObject({ entries: ids, sources: [{}, { at: 'AWS Organizations', stale: false, trouble: null }] });
  const after = await watchedRules(home, { now: () => start }).now();
  expect(after.listsHash).not.toBe(before.listsHash);

  // By hand, also with the name behind, and as the console writes it.
  await writeFile(join(home, 'lists.yml'), 'lists:\n  own-accounts:\n    sources: [{ file: own.txt }]\n');
  await writeFile(join(home, 'own.txt'), '# ours, of another organisation\n123456789012 payments\n2345-6789-0123\n192.0.2.7\n');
  const both = await ownAccounts(start);
  expect(both?.entries).toEqual([...ids, '123456789012', '234567890123'].sort());
  expect(both?.sources.find(({ at }) => at === 'own.txt')?.aside).toMatchObject([{ n: 1, place: 'line 4', entry: '192.0.2.7' }]);
  await rm(join(home, 'lists.yml'));

  // An account that was invited counts when it has been there for a while.
  const [last] = Object.values(range.state.accounts).slice(-1);
  if (last !== undefined) last.joinsAt = start + day;
  await fillOwnAccounts(home, range.cloud, start + 2 * day);
  expect((await ownAccounts(start + 2 * day))?.entries).toEqual(ids.filter((id) => id !== last?.id));

  // What fails keeps what was there, and says so; who may not list them any more knows nothing of them.
  const failed = refusing(new CloudError('unavailable', 'ServiceUnavailable', 'organizations:ListAccounts', 'away'));
  await expect(fillOwnAccounts(home, failed, start + 4 * day)).rejects.toThrow('away');
  expect(await ownAccounts(start + 4 * day)).toMatchObject({
    entries: { length: ids.length - 1 },
    sources: [{}, { stale: true, trouble: 'away' }],
  });
  await fillOwnAccounts(home, { members: async () => null }, start + 5 * day);
  expect((await ownAccounts(start + 5 * day))?.entries).toEqual([]);
});
