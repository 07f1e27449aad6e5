import { expect, test } from 'vitest';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { openLedger } from '../../edge/postgres/open-ledger.ts';
import { openStore } from '../../edge/postgres/open-store.ts';
import { testDatabase } from '../../edge/postgres/testing.ts';
import { readLeaf } from '../console/find-leaf.ts';
import { type ContentNow, recordContent } from './record-content.ts';

const clock = { now: () => 1_000 };
const tenant = 'default';
const first: ContentNow = {
  version: '1.0.0',
  engine: 'e1',
  kinds: { rules: { hash: 'r1', count: 3 }, playbooks: { hash: 'p1', count: 2 } },
};
const after = { version: '1.0.0', engine: 'e1', hashes: { rules: 'r1', playbooks: 'p1' }, counts: { rules: 3, playbooks: 2 } };

test('what is new is one leaf with what was before; the same, also of another version, is none', async () => {
  const store = memoryStore();
  const record = (now: ContentNow) => recordContent({ store, tenant, clock }, now);
  const leaves = () => store.entries(tenant).map(({ type, subject, data }) => ({ type, subject, data }));
  expect(await record(first)).toBe(true);
  expect(await record(first)).toBe(false);
  expect(await record({ ...first, version: '1.0.1' })).toBe(false);
  expect(leaves()).toEqual([{ type: 'content-changed', subject: 'content', data: { before: null, after } }]);
  expect(await record({ ...first, engine: 'e2', version: '1.1.0' })).toBe(true);
  const changed = { ...after, engine: 'e2', version: '1.1.0' };
  expect(leaves()[1]?.data).toEqual({ before: after, after: changed });
  expect(await record({ version: '1.1.0', engine: 'e2', kinds: { ...first.kinds, rules: { hash: 'r2', count: 3 } } })).toBe(true);
  expect(await record({ version: '1.1.0', engine: 'e2', kinds: { ...first.kinds } })).toBe(true);
  expect(leaves()).toHaveLength(4);
});

test('of workers that start at once one writes it', async () => {
  const db = await testDatabase();
  const stores = await Promise.all(Array.from({ length: 4 }, () => openStore({ url: db.url })));
  const key = { publicKey: new Uint8Array(32), sign: async () => new Uint8Array(64) };
  const ledger = await openLedger({ url: db.url, key });
  try {
    for (const content of [first, { ...first, engine: 'e2' }]) {
      const wrote = await Promise.all(stores.map((store) => recordContent({ store, tenant, clock }, content)));
      expect(wrote.filter(Boolean)).toHaveLength(1);
    }
    await ledger.sequence(1);
    const leaves = (await ledger.entries(0, 10)).map(({ bytes }) => readLeaf(bytes));
    expect(leaves.map((leaf) => [leaf?.type, (leaf?.data['before'] as { engine?: string } | null)?.engine ?? null])).toEqual([
      ['content-changed', null],
      ['content-changed', 'e1'],
    ]);
  } finally {
    await Promise.all([...stores.map((store) => store.close()), ledger.close()]);
    await db.close();
  }
});
