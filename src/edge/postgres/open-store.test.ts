import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { splitCheckpoints } from '../../core/lib/checkpoint.ts';
import { storeContract } from '../../core/ports/store.contract.ts';
import type { Store, Topic, Tx } from '../../core/ports/store.ts';
import { withClient } from './connections.ts';
import { openDatabase } from './open-database.ts';
import { openLedger } from './open-ledger.ts';
import { openStore } from './open-store.ts';
import { openSigningKey } from './signing-key.ts';
import { type EmbeddedPostgres, startEmbedded } from './start-embedded.ts';
import { type TestDatabase, testDatabase } from './testing.ts';

storeContract('postgres', async () => {
  const db = await testDatabase();
  const store = await openStore({ url: db.url });
  return {
    store,
    close: async () => {
      await store.close();
      await db.close();
    },
  };
});

describe('the database itself keeps tenants apart', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await testDatabase();
    const store = await openStore({ url: db.url });
    await store.within('mine', (tx) => tx.settings.set('secret', 1, 1, 'ann'));
    await store.within('mine', (tx) => tx.documents.put('context', 'secret'));
    await store.close();
  });
  afterAll(() => db.close());

  const asTenant = (tenant: string | null, statement: string) =>
    withClient(db.url, async (client) => {
      if (tenant !== null) await client.query("select set_config('jobzero.tenant', $1, false)", [tenant]);
      const { rows, rowCount } = await client.query(statement);
      return { rows: rows as unknown[], rowCount };
    });

  test('the tenant itself sees its row', async () => {
    expect((await asTenant('mine', 'select name from jobzero.settings')).rows).toEqual([{ name: 'secret' }]);
  });

  test.each([
    'select * from jobzero.settings',
    "select * from jobzero.settings where tenant_id = 'mine'",
    'select * from jobzero.documents',
    "update jobzero.settings set value = '2' where name = 'secret' returning *",
    'with s as (select * from jobzero.settings) select * from s union all select * from s',
  ])('another tenant gets no row of: %s', async (statement) => {
    expect((await asTenant('eve', statement)).rowCount).toBe(0);
  });

  test.each([
    ["insert into jobzero.settings values ('mine', 'x', '1', 1, 'eve')", /row-level security/],
    [
      "update jobzero.settings set tenant_id = 'mine' where false; insert into jobzero.documents values ('mine', 'h', 'k', 'x')",
      /row-level security/,
    ],
    ['alter table jobzero.settings disable row level security', /must be owner/],
    ['drop policy one_tenant on jobzero.settings', /must be owner/],
    ['set row_security = off; select * from jobzero.settings', /row-level security/],
    ['delete from jobzero.documents', /permission denied/],
    ['truncate jobzero.settings', /permission denied/],
    ['set role jobzero_owner', /permission denied/],
    ['delete from jobzero.decisions', /permission denied/],
  ])('another tenant is refused: %s', async (statement, why) => {
    await expect(asTenant('eve', statement)).rejects.toThrow(why);
  });

  test('without a tenant nothing is answered', async () => {
    await expect(asTenant(null, 'select * from jobzero.settings')).rejects.toThrow(/jobzero.tenant/);
  });

  test('a login that row-level security does not hold is refused', async () => {
    await expect(openStore({ url: db.adminUrl })).rejects.toThrow(/row-level security does not hold/);
  });
});

describe('a unit of work', () => {
  let db: TestDatabase;
  let store: Store;
  beforeAll(async () => {
    db = await testDatabase();
    store = await openStore({ url: db.url });
  });
  afterAll(async () => {
    await store.close();
    await db.close();
  });

  const leaf = { format: 'jobzero.ledger/1', type: 'finding', subject: 's', at: 1, data: {} } as const;
  test.each<[string, number, (tx: Tx) => Promise<unknown>]>([
    ['that inserts', 1, (tx) => tx.settings.set('x', 1, 1, 'ann')],
    ['that inserts by hand', 1, (tx) => tx.ledger.append(leaf)],
    ['that moves what there is', 1, (tx) => tx.items.move({ kind: 'k', id: 'i', state: 'b', dueAt: null, at: 2, doc: {} }, ['a'])],
    ['that moves what there is not', 0, (tx) => tx.items.move({ kind: 'k', id: 'none', state: 'b', dueAt: null, at: 2, doc: {} }, ['a'])],
    ['that reads', 0, (tx) => tx.settings.get('x')],
    ['that does nothing', 0, async () => {}],
  ])('%s leaves %i marks by which a lost commit is asked for', async (what, marks, work) => {
    const tenant = what.replaceAll(' ', '-');
    await store.within(tenant, (tx) => tx.items.add({ kind: 'k', id: 'i', state: 'a', dueAt: null, at: 1, doc: {} }));
    const count = () =>
      withClient(db.adminUrl, async (client) => {
        const { rows } = await client.query('select count(*)::int as n from jobzero.units where tenant_id = $1', [tenant]);
        return (rows[0] as { n: number }).n;
      });
    const before = await count();
    await store.within(tenant, work);
    expect((await count()) - before).toBe(marks);
  });

  test.each(["o'hara", 'back\\slash', "x', true); drop table jobzero.settings cascade; --"])(
    'of a tenant called %s writes nothing and breaks nothing',
    async (tenant) => {
      await expect(store.within(tenant, (tx) => tx.settings.set('name', 1, 1, 'eve'))).rejects.toThrow(/tenant_id_check/);
      await store.within('mine', (tx) => tx.settings.set('name', 2, 2, 'ann'));
      expect(await store.within('mine', (tx) => tx.settings.get('name'))).toBe(2);
    },
  );
});

describe('a server that is killed', () => {
  let home = '';
  let url = '';
  let server: EmbeddedPostgres;
  let store: Store;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'jobzero-store-'));
    server = await startEmbedded({ home, onLog: () => {} });
    url = (await openDatabase({ url: server.url })).url;
    store = await openStore({ url });
  });
  afterAll(async () => {
    await store.close();
    await server.stop();
    await rm(home, { recursive: true, force: true });
  });

  test('units of work go on, each happens exactly once, and the ledger verifies', async () => {
    const heard = new Set<Topic>();
    const stop = await store.watch((topic) => heard.add(topic));
    const entries = 240;
    let next = 0;
    // The work itself is not repeatable without harm: a second run after a commit would append twice.
    const worker = async () => {
      while (next < entries) {
        const i = next++;
        await store.within('default', (tx) =>
          tx.ledger.append({ format: 'jobzero.ledger/1', type: 'finding', subject: String(i), at: i, data: {} }),
        );
      }
    };
    const killer = async () => {
      for (const at of [40, 120]) {
        while (next < at) await sleep(1);
        const pid = server.pid();
        process.kill(pid, 'SIGKILL');
        while (server.pid() === pid) await sleep(10);
      }
    };
    const path = join(home, 'checkpoints.log');
    const ledger = await openLedger({ url, key: await openSigningKey(join(home, 'ledger.key')), checkpointsFile: path });
    let writing = true;
    const sequencer = async () => {
      for (let at = 0; writing; at++) {
        await ledger.sequence(at);
        await sleep(5);
      }
    };
    const sequencing = sequencer();
    await Promise.all([worker(), worker(), worker(), worker(), killer()]);
    writing = false;
    await sequencing;
    await ledger.sequence(1000);
    const outside = await readFile(path, 'utf8');
    expect(splitCheckpoints(outside).length).toBeGreaterThan(2);
    expect(await ledger.verify([outside])).toMatchObject({ ok: true, size: entries, waiting: 0, outsideSize: entries });
    await ledger.close();
    const { rows } = await withClient(server.url, (client) =>
      client.query("select count(*) as n, count(distinct (bytes::json)->>'subject') as d from jobzero.ledger_leaves"),
    );
    expect(rows).toEqual([{ n: entries, d: entries }]);
    for (let i = 0; i < 200 && !heard.has('settings'); i++) await sleep(20);
    heard.clear();
    await store.within('default', (tx) => tx.settings.set('after', 1, 1, 'a'));
    for (let i = 0; i < 200 && !heard.has('settings'); i++) await sleep(20);
    await stop();
    expect([...heard]).toContain('settings');
  });
});
