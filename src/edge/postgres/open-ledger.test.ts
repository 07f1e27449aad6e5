import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkpointBody, checkpointNote, splitCheckpoints } from '../../core/lib/checkpoint.ts';
import { Frontier, leafHash } from '../../core/lib/merkle.ts';
import { ledgerContract } from '../../core/ports/ledger.contract.ts';
import type { LedgerFault } from '../../core/ports/ledger.ts';
import type { Signer } from '../../core/ports/signer.ts';
import type { Store } from '../../core/ports/store.ts';
import { withClient } from './connections.ts';
import { type OpenLedger, openLedger } from './open-ledger.ts';
import { openStore } from './open-store.ts';
import { openSigningKey } from './signing-key.ts';
import { type TestDatabase, testDatabase } from './testing.ts';

let db: TestDatabase;
let store: Store;
let folder = '';
let key: Signer;

beforeAll(async () => {
  db = await testDatabase();
  store = await openStore({ url: db.url });
  folder = await mkdtemp(join(tmpdir(), 'jobzero-ledger-'));
  key = await openSigningKey(join(folder, 'ledger.key'));
});
afterAll(async () => {
  await store.close();
  await db.close();
  await rm(folder, { recursive: true, force: true });
});

ledgerContract('postgres', async () => {
  const own = await testDatabase();
  const ownStore = await openStore({ url: own.url });
  const keys = await mkdtemp(join(tmpdir(), 'jobzero-ledger-'));
  const signer = await openSigningKey(join(keys, 'ledger.key'));
  const [ledger, second] = [await openLedger({ url: own.url, key: signer }), await openLedger({ url: own.url, key: signer })];
  return {
    store: ownStore,
    tenant: 'default',
    ledger,
    second,
    close: async () => {
      for (const one of [ledger, second, ownStore]) await one.close();
      await own.close();
      await rm(keys, { recursive: true, force: true });
    },
  };
});

let tenants = 0;

/** A log of its own with three checkpoints: 4, 8 and 12 leaves. */
async function planted(): Promise<{ tenant: string; ledger: OpenLedger; outside: string[]; append: (n: number) => Promise<void> }> {
  const tenant = `planted-${++tenants}`;
  const ledger = await openLedger({ url: db.url, key, tenant });
  const append = (n: number) =>
    store.within(tenant, async (tx) => {
      for (let i = 0; i < n; i++)
        await tx.ledger.append({ format: 'jobzero.ledger/1', type: 'finding', subject: `s${i}`, at: i, data: {} });
    });
  const outside: string[] = [];
  for (let round = 0; round < 3; round++) {
    await append(4);
    outside.push((await ledger.sequence(round))?.note ?? '');
  }
  return { tenant, ledger, outside, append };
}

/** As a superuser who has switched the triggers off: somebody who owns the machine. */
const tamper = (tenant: string, ...statements: string[]) =>
  withClient(db.adminUrl, async (client) => {
    await client.query('set session_replication_role = replica');
    for (const statement of statements) await client.query(statement.replaceAll('$T', `'${tenant}'`));
  });

/** Rewrites checkpoints and head to fit the leaves as they are now, signed by `signer`: what a thief of everything could do. */
async function resign(tenant: string, signer: Signer): Promise<void> {
  const origin = `jobzero/${tenant}`;
  const { rows } = await withClient(db.adminUrl, (client) =>
    client.query<{ bytes: string }>('select bytes from jobzero.ledger_leaves where tenant_id = $1 order by index', [tenant]),
  );
  const frontier = new Frontier();
  for (const row of rows) frontier.push(leafHash(row.bytes));
  const body = { origin, size: frontier.size, root: frontier.root().toString('base64') };
  const text = checkpointBody(body);
  const note = checkpointNote(text, { name: origin, publicKey: signer.publicKey }, await signer.sign(Buffer.from(text)));
  await tamper(
    tenant,
    'delete from jobzero.ledger_checkpoints where tenant_id = $T',
    `insert into jobzero.ledger_checkpoints values ($T, ${body.size}, '${body.root}', '${note}', 1)`,
    `update jobzero.ledger_leaves set hash = encode(sha256('\\x00'::bytea || convert_to(bytes, 'UTF8')), 'hex') where tenant_id = $T`,
    `update jobzero.ledger_heads set size = ${body.size}, frontier = '${frontier.hashes.map((hash) => hash.toString('hex')).join(' ')}' where tenant_id = $T`,
  );
}

const rehash = "hash = encode(sha256('\\x00'::bytea || convert_to(bytes, 'UTF8')), 'hex')";
const swap = `update jobzero.ledger_leaves set index = -index - 1 where tenant_id = $T and index in (5, 6);
  update jobzero.ledger_leaves set index = case index when -6 then 6 else 5 end where tenant_id = $T and index < 0`;
const noCheck = 'alter table jobzero.ledger_leaves drop constraint if exists ledger_leaves_index_check';

describe('what a superuser changes is found, with its place', () => {
  const cases: readonly (readonly [string, readonly string[], LedgerFault])[] = [
    [
      'an edited leaf',
      ["update jobzero.ledger_leaves set bytes = '{}' where tenant_id = $T and index = 5"],
      { fault: 'leaf-changed', index: 5 },
    ],
    [
      'an edited leaf whose hash was made to fit',
      [
        `update jobzero.ledger_leaves set bytes = '{}' where tenant_id = $T and index = 5`,
        `update jobzero.ledger_leaves set ${rehash} where tenant_id = $T`,
      ],
      { fault: 'root-differs', size: 8 },
    ],
    ['a deleted leaf', ['delete from jobzero.ledger_leaves where tenant_id = $T and index = 5'], { fault: 'leaf-missing', index: 5 }],
    [
      'a deleted leaf whose gap was closed',
      [
        'delete from jobzero.ledger_leaves where tenant_id = $T and index = 5',
        noCheck,
        'update jobzero.ledger_leaves set index = -index where tenant_id = $T and index > 5',
        'update jobzero.ledger_leaves set index = -index - 1 where tenant_id = $T and index < 0',
      ],
      { fault: 'root-differs', size: 8 },
    ],
    ['two reordered leaves', [noCheck, ...swap.split(';')], { fault: 'root-differs', size: 8 }],
    [
      'a truncated log',
      ['delete from jobzero.ledger_leaves where tenant_id = $T and index >= 9'],
      { fault: 'truncated', size: 9, expected: 12 },
    ],
    [
      'leaves and checkpoints cut off behind the second checkpoint',
      [
        'delete from jobzero.ledger_leaves where tenant_id = $T and index >= 8',
        'delete from jobzero.ledger_checkpoints where tenant_id = $T and size > 8',
      ],
      { fault: 'root-differs', size: 12 },
    ],
    [
      'an added leaf that no checkpoint covers',
      ["insert into jobzero.ledger_leaves select $T, 12, 999999, '{}', encode(sha256('\\x007b7d'::bytea), 'hex')"],
      { fault: 'root-differs', size: 13 },
    ],
    [
      'an edited checkpoint',
      ["update jobzero.ledger_checkpoints set note = replace(note, E'\\n8\\n', E'\\n7\\n') where tenant_id = $T"],
      { fault: 'bad-signature', size: 8 },
    ],
    [
      'a checkpoint whose column differs from its note',
      ["update jobzero.ledger_checkpoints set root = 'x' where tenant_id = $T and size = 8"],
      { fault: 'root-differs', size: 8 },
    ],
    ['no checkpoints at all', ['delete from jobzero.ledger_checkpoints where tenant_id = $T'], { fault: 'root-differs', size: 12 }],
    ['an edited head', ['update jobzero.ledger_heads set size = 11 where tenant_id = $T'], { fault: 'root-differs', size: 11 }],
  ];
  test.each(cases)('%s', async (_, statements, fault) => {
    const { tenant, ledger } = await planted();
    expect(await ledger.verify([])).toMatchObject({ ok: true, size: 12, faults: [] });
    await tamper(tenant, ...statements);
    const report = await ledger.verify([]);
    expect(report).toMatchObject({ ok: false, basis: 'inside-only' });
    expect(report.faults).toContainEqual(fault);
    await ledger.close();
  });

  test('a log that was wholly re-signed by another key, by that key', async () => {
    const { tenant, ledger } = await planted();
    await tamper(tenant, "update jobzero.ledger_leaves set bytes = '{}' where tenant_id = $T and index = 5");
    await resign(tenant, await openSigningKey(join(folder, 'thief.key')));
    expect((await ledger.verify([])).faults).toEqual([{ fault: 'unknown-key', size: 12 }]);
    await ledger.close();
  });

  test('a log that was wholly re-signed by our own key, only by a checkpoint kept outside', async () => {
    const { tenant, ledger, outside } = await planted();
    await tamper(tenant, "update jobzero.ledger_leaves set bytes = '{}' where tenant_id = $T and index = 5");
    await resign(tenant, key);
    expect(await ledger.verify([])).toMatchObject({ ok: true, basis: 'inside-only' });
    const report = await ledger.verify(outside);
    expect(report).toMatchObject({ ok: false, basis: 'outside-checkpoint', outsideSize: 12 });
    // The first checkpoint speaks of leaves before the edited one, so it still fits.
    expect(report.faults).toEqual([
      { fault: 'inconsistent-with-outside', size: 8 },
      { fault: 'inconsistent-with-outside', size: 12 },
    ]);
    await ledger.close();
  });

  test('a log that was cut and re-signed by our own key, only by a checkpoint kept outside', async () => {
    const { tenant, ledger, outside } = await planted();
    await tamper(tenant, 'delete from jobzero.ledger_leaves where tenant_id = $T and index >= 8');
    await resign(tenant, key);
    expect(await ledger.verify([])).toMatchObject({ ok: true, size: 8, basis: 'inside-only' });
    expect((await ledger.verify(outside)).faults).toEqual([{ fault: 'truncated', size: 8, expected: 12 }]);
    await ledger.close();
  });

  test('a log of which nothing is left, by a checkpoint kept outside', async () => {
    const { tenant, ledger, outside } = await planted();
    for (const table of ['leaves', 'checkpoints', 'heads', 'inbox'])
      await tamper(tenant, `delete from jobzero.ledger_${table} where tenant_id = $T`);
    expect((await ledger.verify(outside.slice(-1))).faults).toEqual([{ fault: 'truncated', size: 0, expected: 12 }]);
    await ledger.close();
  });
});

test('the sequencer does not sign over a head that somebody changed', async () => {
  const { tenant, ledger, append } = await planted();
  await tamper(tenant, `update jobzero.ledger_heads set frontier = reverse(frontier) where tenant_id = $T`);
  await append(1);
  await expect(ledger.sequence(9)).rejects.toThrow(/ledger verify/);
  expect(await ledger.latest()).toMatchObject({ size: 12 });
  await ledger.close();
});

describe('by ordinary statements nobody changes the log', () => {
  const statements = [
    "update jobzero.ledger_leaves set bytes = '{}'",
    'delete from jobzero.ledger_leaves',
    'truncate jobzero.ledger_leaves',
    "update jobzero.ledger_checkpoints set note = ''",
    'delete from jobzero.ledger_checkpoints',
    'truncate jobzero.ledger_checkpoints',
    "update jobzero.ledger_inbox set bytes = '{}'",
    'truncate jobzero.ledger_inbox',
    'delete from jobzero.ledger_inbox',
    "update jobzero.decisions set engine = ''",
    'delete from jobzero.receipts',
  ];
  beforeAll(async () => {
    const { ledger, append } = await planted();
    await append(1);
    await ledger.close();
  });

  test.each(statements)('app: %s', async (statement) => {
    const tenant = `planted-${tenants}`;
    const attempt = withClient(db.url, async (client) => {
      await client.query("select set_config('jobzero.tenant', $1, false)", [tenant]);
      await client.query(statement);
    });
    await expect(attempt).rejects.toMatchObject({ code: '42501' });
  });

  test.each(statements)('owner: %s', async (statement) => {
    await expect(withClient(db.ownerUrl, (client) => client.query(statement))).rejects.toMatchObject({ code: '42501' });
  });
});

describe('keys', () => {
  test('the key file is made once, is ours alone, and comes back', async () => {
    const path = join(folder, 'again.key');
    const signers = await Promise.all([1, 2, 3, 4].map(() => openSigningKey(path)));
    for (const signer of signers) expect(Buffer.from(signer.publicKey)).toEqual(Buffer.from(signers[0]?.publicKey ?? []));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test.each(['', 'nonsense', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'])('%j is no key', async (text) => {
    const path = join(folder, `bad-${text.length}.key`);
    await writeFile(path, text);
    await expect(openSigningKey(path)).rejects.toThrow(/not a private key/);
  });

  test('after a change of the key, checkpoints of the earlier one stay good where it is named', async () => {
    const { tenant, ledger } = await planted();
    const next = await openSigningKey(join(folder, 'next.key'));
    const alone = await openLedger({ url: db.url, key: next, tenant });
    expect((await alone.verify([])).faults).toContainEqual({ fault: 'unknown-key', size: 4 });
    const both = await openLedger({ url: db.url, key: next, tenant, earlierKeys: [ledger.verifierKey] });
    expect(await both.verify([])).toMatchObject({ ok: true, size: 12 });
    await store.within(tenant, (tx) => tx.ledger.append({ format: 'jobzero.ledger/1', type: 'setting', subject: 'x', at: 1, data: {} }));
    expect(await both.sequence(5)).toMatchObject({ size: 13 });
    expect(await both.verify([])).toMatchObject({ ok: true, size: 13 });
    for (const one of [ledger, alone, both]) await one.close();
  });
});

describe('the file outside', () => {
  test('has every checkpoint, also those that a crash kept from leaving and after a note that was cut off', async () => {
    const { tenant, ledger, outside, append } = await planted();
    const path = join(folder, 'checkpoints.log');
    const reopen = () => openLedger({ url: db.url, key, tenant, checkpointsFile: path });
    const first = await reopen();
    await first.sequence(1);
    expect(splitCheckpoints(await readFile(path, 'utf8'))).toEqual(outside);
    await first.close();
    await append(2);
    outside.push((await ledger.sequence(4))?.note ?? '');
    await appendFile(path, `\njobzero/${tenant}\n14\nAAA`);
    const second = await reopen();
    await append(1);
    outside.push((await second.sequence(5))?.note ?? '');
    const notes = splitCheckpoints(await readFile(path, 'utf8'));
    expect(notes).toEqual(outside);
    expect(await second.verify(notes)).toMatchObject({ ok: true, basis: 'outside-checkpoint', outsideSize: 15 });
    for (const one of [ledger, second]) await one.close();
  });
});

test('appending costs what is new, and not what is there: the frontier of a large log is a few hashes', async () => {
  const tenant = 'large';
  const ledger = await openLedger({ url: db.url, key, tenant });
  await store.within(tenant, async (tx) => {
    await tx.ledger.append({ format: 'jobzero.ledger/1', type: 'batch', subject: 'first', at: 1, data: {} });
  });
  await withClient(db.adminUrl, (client) =>
    client.query(
      "insert into jobzero.ledger_inbox (tenant_id, bytes) select 'large', json_build_object('n', n)::text from generate_series(1, 6000) n",
    ),
  );
  expect(await ledger.sequence(1)).toMatchObject({ size: 6001 });
  const { rows } = await withClient(db.adminUrl, (client) =>
    client.query<{ n: number }>(
      "select array_length(string_to_array(frontier, ' '), 1) as n from jobzero.ledger_heads where tenant_id = 'large'",
    ),
  );
  // 6001 = 1011101110001 in binary.
  expect(rows[0]?.n).toBe(8);
  expect(await ledger.verify([])).toMatchObject({ ok: true, size: 6001 });
  await ledger.close();
});
