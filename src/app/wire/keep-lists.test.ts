import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { withClient } from '../../edge/postgres/connections.ts';
import { openStore } from '../../edge/postgres/open-store.ts';
import { type TestDatabase, testDatabase } from '../../edge/postgres/testing.ts';
import { keepLists } from './keep-lists.ts';

const tenant = 'lists';
const clock = { now: () => Date.UTC(2026, 0, 15) };
let database: TestDatabase;
let home = '';
beforeAll(async () => {
  database = await testDatabase();
  home = await mkdtemp(join(tmpdir(), 'jobzero-keep-lists-'));
});
afterAll(async () => {
  await database?.close();
  await rm(home, { recursive: true, force: true });
});

test('what changes is a leaf of the ledger, once; what is wrong is told', async () => {
  const store = await openStore({ url: database.url });
  const says: string[] = [];
  const run = async (until: () => unknown) => {
    const stop = keepLists(
      { home, clock, store, tenant },
      {},
      (event) => says.push(event.says),
      (error) => says.push(String(error)),
    );
    await vi.waitFor(until, { timeout: 10_000, interval: 20 });
    await stop();
  };
  const leaves = () =>
    withClient(database.adminUrl, async (client) => {
      const { rows } = await client.query(`select bytes from jobzero.ledger_inbox where tenant_id = '${tenant}' order by position`);
      return (rows as { readonly bytes: string }[]).map(({ bytes }) => JSON.parse(bytes) as { readonly data: object });
    });
  try {
    await writeFile(
      join(home, 'lists.yml'),
      'lists:\n  own-addresses:\n    sources: [{ file: own.txt }, { url: "https://127.0.0.1:1/a" }]\n',
    );
    await writeFile(join(home, 'own.txt'), '1.2.3.4\n');
    const written = async (n: number) => expect(await leaves()).toHaveLength(n);
    await run(() => written(1));
    expect((await leaves())[0]).toMatchObject({
      type: 'setting',
      subject: 'lists',
      data: { hash: expect.stringMatching(/^[0-9a-f]{64}$/), entries: { 'own-addresses': 1 } },
    });
    expect(says).toEqual([
      expect.stringMatching(/^List own-addresses: https:\/\/127\.0\.0\.1:1\/a was never had: .* is a private address/),
    ]);

    // Another start finds nothing new; a change is a leaf more.
    await run(() => expect(says).toHaveLength(2));
    await written(1);
    await writeFile(join(home, 'own.txt'), '1.2.3.4\n5.6.7.8\n');
    await run(() => written(2));

    await writeFile(join(home, 'lists.yml'), 'lists:\n  a: 1\n');
    await run(() => expect(says.at(-1)).toContain('lists.yml:2'));
    await written(2);
  } finally {
    await store.close();
  }
});
