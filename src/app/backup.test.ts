import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPackedFile, writePackedFile } from '../edge/files/packed-file.ts';
import { withClient } from '../edge/postgres/connections.ts';
import { openArchive } from '../edge/postgres/open-archive.ts';
import { openDatabase } from '../edge/postgres/open-database.ts';
import { openLedger } from '../edge/postgres/open-ledger.ts';
import { openStore } from '../edge/postgres/open-store.ts';
import { openSigningKey } from '../edge/postgres/signing-key.ts';
import { emptyTestDatabase, type TestDatabase, testDatabase } from '../edge/postgres/testing.ts';
import { backup } from './backup.ts';
import { BackupPrinter, parseBackup } from './backup-format.ts';
import { sealedPersons, sealPerson } from './ledger/seals.ts';
import { restore } from './restore.ts';

let db: TestDatabase;
let folder = '';
let file = '';
let sealed = '';
let checkpoint = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jobzero-backup-'));
  file = join(folder, 'jobzero.backup');
  db = await testDatabase();
  const store = await openStore({ url: db.url });
  for (const tenant of ['default', 'other']) {
    await store.within(tenant, async (tx) => {
      for (let i = 0; i < 700; i++) {
        await tx.ledger.append({
          format: 'jobzero.ledger/1',
          type: 'setting',
          subject: `${i}`,
          at: i,
          data: { text: '\u2028 "\\ \ud83d\ude00' },
        });
      }
      await tx.documents.put('context', 'zero \0 and\nline \u2028 breaks');
      await tx.settings.set('large', { n: '9007199254740993', text: 'x'.repeat(100_000) }, 1, 'ann');
      await tx.digests.put([{ key: 'k', rule: 'r', bucket: 9_007_199_254_740_991, state: { '': [] } }]);
    });
  }
  const ledger = await openLedger({ url: db.url, key: await key() });
  checkpoint = (await ledger.sequence(1))?.note ?? '';
  await ledger.close();
  await store.within('default', (tx) =>
    tx.ledger.append({ format: 'jobzero.ledger/1', type: 'setting', subject: 'waits', at: 1, data: {} }),
  );
  sealed = await store.within('default', (tx) => sealPerson(tx, 'ann'));
  await store.close();
  await take(file);
});
afterAll(async () => {
  await db.close();
  await rm(folder, { recursive: true, force: true });
});

const key = () => openSigningKey(join(folder, 'ledger.key'));

async function take(path: string) {
  const archive = await openArchive({ url: db.adminUrl });
  try {
    return await writePackedFile(path, (write) => backup({ archive, takenAt: 1, write }));
  } finally {
    await archive.close();
  }
}

/** Restores into a database without any schema, and hands it over. */
async function intoEmpty<T>(path: string, check: (url: string, failure: unknown) => Promise<T>): Promise<T> {
  const { server, adminUrl, name } = await emptyTestDatabase();
  const archive = await openArchive({ url: adminUrl });
  try {
    const failure = await restore({ archive, read: () => readPackedFile(path) }).then(
      () => null,
      (error: unknown) => error,
    );
    return await check(adminUrl, failure);
  } finally {
    await archive.close();
    await withClient(server.url, (client) => client.query(`drop database ${name} with (force)`));
    await server.stop();
  }
}

const linesOf = async (path: string) =>
  gunzipSync(await readFile(path))
    .toString('utf8')
    .split('\n');

test('what is restored is what was backed up, its ledger verifies and goes on', async () => {
  await intoEmpty(file, async (url, failure) => {
    expect(failure).toBeNull();
    const again = join(folder, 'again.backup');
    const archive = await openArchive({ url });
    await writePackedFile(again, (write) => backup({ archive, takenAt: 1, write }));
    await archive.close();
    expect(await linesOf(again)).toEqual(await linesOf(file));
    const restored = await openDatabase({ url });
    const ledger = await openLedger({ url: restored.url, key: await key() });
    expect(await ledger.verify([checkpoint])).toMatchObject({ ok: true, size: 700, waiting: 1, basis: 'outside-checkpoint' });
    const store = await openStore({ url: restored.url });
    await store.within('default', (tx) =>
      tx.ledger.append({ format: 'jobzero.ledger/1', type: 'setting', subject: 'new', at: 2, data: {} }),
    );
    expect(await ledger.sequence(2)).toMatchObject({ size: 702 });
    expect(await ledger.verify([checkpoint])).toMatchObject({ ok: true, size: 702 });
    expect(await store.within('other', (tx) => tx.settings.get('large'))).toEqual({ n: '9007199254740993', text: 'x'.repeat(100_000) });
    // What leaves mean is known after a restore, too.
    expect((await store.within('default', sealedPersons)).get(sealed)).toBe('ann');
    await ledger.close();
    await store.close();
  });
});

test('the file is ours alone, has every table but sign-ins, and is not written over', async () => {
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const header = JSON.parse((await linesOf(file))[0] ?? '') as { tables: { name: string; rows: number }[] };
  const counts = new Map(header.tables.map((table) => [table.name, table.rows]));
  expect([counts.get('ledger_leaves'), counts.get('ledger_inbox'), counts.get('settings')]).toEqual([700, 701, 2]);
  expect([...counts.keys()].filter((name) => name.startsWith('sign_in'))).toEqual([]);
  await expect(take(file)).rejects.toThrow(/already/);
  expect(await readdir(folder)).not.toContain('jobzero.backup.partial');
});

test('a database that holds something is refused', async () => {
  const archive = await openArchive({ url: db.adminUrl });
  await expect(restore({ archive, read: () => readPackedFile(file) })).rejects.toThrow(/not empty \(/);
  await archive.close();
});

test('a database that was only made ready is empty', async () => {
  const ready = await testDatabase();
  const archive = await openArchive({ url: ready.adminUrl });
  const { rows } = await restore({ archive, read: () => readPackedFile(file) });
  await archive.close();
  const { rows: counted } = await withClient(ready.adminUrl, (client) => client.query('select count(*) as n from jobzero.ledger_leaves'));
  expect(rows).toBeGreaterThan(1400);
  expect(counted).toEqual([{ n: 700 }]);
  await ready.close();
});

describe('a damaged backup is refused with its place, and nothing is written', () => {
  const bytes = async (change: (text: string) => string) => gzipSync(change(gunzipSync(await readFile(file)).toString('utf8')));
  const cases: readonly (readonly [string, () => Promise<Buffer>, RegExp])[] = [
    ['cut packed data', async () => (await readFile(file)).subarray(0, -20), /cut off \(after \d+ unpacked bytes\)/],
    ['a flipped bit', async () => (await readFile(file)).map((byte, i) => (i === 3000 ? byte ^ 1 : byte)) as Buffer, /damaged|line/],
    [
      'cut between lines',
      () => bytes((text) => text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1)),
      /after line \d+: the backup is cut off/,
    ],
    ['cut inside a line', () => bytes((text) => text.slice(0, -10)), /cut off/],
    ['an edited row', () => bytes((text) => text.replace('"ann"', '"eve"')), /lines \d+ to \d+: .*checksum differs/],
    ['two rows that changed places', () => bytes(swapped), /checksum differs/],
    ['a row less', () => bytes((text) => text.replace(/\["ledger_leaves",[^\n]*\n/, '')), /checksum differs|expected here/],
    [
      'a row of another table',
      () => bytes((text) => text.replace('["ledger_leaves",', '["findings",')),
      /line \d+: not the row that is expected/,
    ],
    ['something behind the end', () => bytes((text) => `${text}{}\n`), /goes on after its end/],
    ['an unknown format', () => bytes((text) => text.replace('jobzero.backup/1', 'jobzero.backup/9')), /line 1: not the header/],
    ['no JSON', () => bytes((text) => text.replace('["settings",', '["settings"')), /line \d+: not a line of JSON/],
    ['no gzip', async () => Buffer.from('nonsense'), /damaged/],
    ['nothing', async () => gzipSync(''), /after line 0/],
  ];

  test.each(cases)('%s', async (name, make, why) => {
    const path = join(folder, `${name}.backup`);
    await writeFile(path, await make());
    await intoEmpty(path, async (url, failure) => {
      expect(String(failure)).toMatch(why);
      expect(failure).toMatchObject({ name: 'InputError' });
      const { rows } = await withClient(url, (client) => client.query("select to_regnamespace('jobzero') as schema"));
      expect(rows).toEqual([{ schema: null }]);
    });
  });

  test('a missing file', async () => {
    await intoEmpty(join(folder, 'none'), async (_, failure) => expect(String(failure)).toMatch(/no such file/));
  });

  test('a backup of a newer version', async () => {
    const path = join(folder, 'newer.backup');
    const printer = new BackupPrinter();
    await writeFile(path, gzipSync(printer.header({ version: 999, takenAt: 1, tables: [] }) + printer.end()));
    await intoEmpty(path, async (_, failure) => expect(String(failure)).toMatch(/install a newer jobzero/));
  });

  function swapped(text: string): string {
    const lines = text.split('\n');
    const at = lines.findIndex((line) => line.startsWith('["ledger_leaves"'));
    return lines
      .with(at, lines[at + 1] ?? '')
      .with(at + 1, lines[at] ?? '')
      .join('\n');
  }
});

test('lines end where the printer ended them, however the bytes are cut', async () => {
  const printer = new BackupPrinter();
  const rows = Array.from({ length: 1201 }, (_, i) => JSON.stringify({ i, text: '\u2028\r\u{1f600}' }));
  const text = Buffer.from(
    printer.header({ version: 1, takenAt: 1, tables: [{ name: 't', rows: rows.length }] }) + printer.rows('t', rows) + printer.end(),
  );
  for (const size of [7, 1000, text.length]) {
    const parts = [];
    const chunks = async function* () {
      for (let at = 0; at < text.length; at += size) yield text.subarray(at, at + size);
    };
    for await (const part of parseBackup(chunks())) if (part.part === 'row') parts.push(part.row);
    expect(parts).toEqual(rows);
  }
});
