import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashOf, sha256 } from '../../core/lib/hash.ts';
import { seal } from '../../core/lib/seal.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import type { Store, Tx } from '../../core/ports/store.ts';
import { openStore } from '../../edge/postgres/open-store.ts';
import { testDatabase } from '../../edge/postgres/testing.ts';
import { forgetPerson, sealedId, sealedPersons, sealPerson, sealPersons, sealValue } from './seals.ts';

const within = <T>(store: Store, work: (tx: Tx) => Promise<T>, tenant = 'default') => store.within(tenant, work);

test('one person has one seal, two have two, and who has the secret reads them', async () => {
  const store = memoryStore();
  const names = ['alice', 'bob', '', ' ', 'values', '__proto__', 'Zoë', '\ud800'];
  const seals = await within(store, (tx) => sealPersons(tx, names));
  expect(await within(store, (tx) => sealPersons(tx, names))).toEqual(seals);
  expect(new Set(seals).size).toBe(names.length);
  const read = await within(store, sealedPersons);
  expect(seals.map((one) => read.get(one))).toEqual(names);
});

test('without the secret no guess fits: not the name, not its hash, not the seal of another tenant', async () => {
  const [store, other] = [memoryStore(), memoryStore()];
  await fc.assert(
    fc.asyncProperty(fc.string(), async (name) => {
      const sealed = await within(store, (tx) => sealPerson(tx, name));
      const guesses = [name, sha256(name), hashOf(name), seal('', name), seal(sha256(name), name)];
      guesses.push(await within(store, (tx) => sealPerson(tx, name), 'other'), await within(other, (tx) => sealPerson(tx, name)));
      guesses.push(await within(store, (tx) => sealValue(tx, name)));
      expect(guesses).not.toContain(sealed);
    }),
    { numRuns: 50 },
  );
});

test('who is forgotten is read no more, also when they come back; others are', async () => {
  const store = memoryStore();
  const [alice = '', bob = ''] = await within(store, (tx) => sealPersons(tx, ['alice', 'bob']));
  expect(await within(store, (tx) => forgetPerson(tx, 'carol', 1))).toBe(false);
  expect(await within(store, (tx) => forgetPerson(tx, 'alice', 1))).toBe(true);
  expect(await within(store, (tx) => forgetPerson(tx, 'alice', 2))).toBe(false);
  const items = await within(store, (tx) => tx.items.list({ kind: 'ledger-secret', state: ['forgotten'], limit: 9 }));
  expect(items.map(({ doc }) => doc)).toEqual([{}]);
  const again = await within(store, (tx) => sealPerson(tx, 'alice'));
  expect(again).not.toBe(alice);
  const read = await within(store, sealedPersons);
  expect([read.get(alice), read.get(again), read.get(bob)]).toEqual([undefined, 'alice', 'bob']);
});

test('an id that is sealed is 32 hexadecimal digits, and the same each time', async () => {
  const store = memoryStore();
  const id = await within(store, (tx) => sealedId(tx, 'n1'));
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(await within(store, (tx) => sealedId(tx, 'n1'))).toBe(id);
});

test('of workers that make a secret at once one does', async () => {
  const db = await testDatabase();
  const stores = await Promise.all([1, 2, 3].map(() => openStore({ url: db.url })));
  try {
    const seals = await Promise.all(stores.flatMap((store) => [1, 2].map(() => within(store, (tx) => sealPerson(tx, 'alice')))));
    expect(new Set(seals).size).toBe(1);
  } finally {
    await Promise.all(stores.map((store) => store.close()));
    await db.close();
  }
});

/** What is hashed plainly into a leaf, and could be no person and nothing short: settings, lists, cards, files of a batch. */
const plainly = ['filesHash: hashOf(files.map((file) => file.path).sort())'];

test('nothing is hashed into a leaf without a secret where it is written', () => {
  const root = new URL('../', import.meta.url);
  const found = (readdirSync(root, { recursive: true }) as string[])
    .filter((path) => path.endsWith('.ts') && !path.includes('test') && !path.includes('generated'))
    .map((path) => readFileSync(new URL(path, root), 'utf8'))
    .filter((text) => text.includes('ledger.append'))
    .flatMap((text) => text.match(/\w+Hash: (?:hashOf|sha256|idOf)\(.*\)/g) ?? []);
  expect(found).toEqual(plainly);
});
