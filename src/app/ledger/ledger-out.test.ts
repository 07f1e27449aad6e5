import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkSignatures, type NoteKey, parseCheckpoint, parseVerifierKey } from '../../core/lib/checkpoint.ts';
import { leafHash, verifyConsistency, verifyInclusion } from '../../core/lib/merkle.ts';
import type { LedgerEntry, Store } from '../../core/ports/store.ts';
import { type OpenLedger, openLedger } from '../../edge/postgres/open-ledger.ts';
import { openStore } from '../../edge/postgres/open-store.ts';
import { openSigningKey } from '../../edge/postgres/signing-key.ts';
import { type TestDatabase, testDatabase } from '../../edge/postgres/testing.ts';
import { auditExport } from './audit-export.ts';
import { exportLedger } from './export-ledger.ts';
import { proveConsistency, proveInclusion } from './prove.ts';

const tenant = 'default';
let db: TestDatabase;
let store: Store;
let ledger: OpenLedger;
let folder = '';
let key: NoteKey;
/** The checkpoint over the first 5 of 12 leaves. */
let early = '';
let lines: readonly string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jobzero-ledger-out-'));
  db = await testDatabase();
  store = await openStore({ url: db.url });
  ledger = await openLedger({ url: db.url, key: await openSigningKey(join(folder, 'ledger.key')) });
  key = parseVerifierKey(ledger.verifierKey);
  await append(0, 5);
  early = (await ledger.sequence(1))?.note ?? '';
  await append(5, 12);
  await ledger.sequence(2);
  lines = await exported();
});
afterAll(async () => {
  await ledger.close();
  await store.close();
  await db.close();
  await rm(folder, { recursive: true, force: true });
});

async function append(from: number, to: number): Promise<void> {
  await store.within(tenant, async (tx) => {
    for (let i = from; i < to; i++) {
      const type: LedgerEntry['type'] = i % 2 === 0 ? 'finding' : 'decision';
      await tx.ledger.append({ format: 'jobzero.ledger/1', type, subject: `s${i}`, at: i, data: {} });
    }
  });
}

async function exported(): Promise<readonly string[]> {
  const all: string[] = [];
  await exportLedger(ledger, ledger.verifierKey, async (line) => void all.push(line));
  return all;
}

async function* each(all: readonly string[]): AsyncGenerator<string> {
  yield* all;
}

const audit = (all: readonly string[], outside: readonly string[] = [], keys: readonly NoteKey[] = [key]) =>
  auditExport({ lines: () => each(all), keysFor: () => keys, outside });
const bytes = (hashes: readonly string[]) => hashes.map((hash) => Buffer.from(hash, 'base64'));

test('each leaf can be proven to somebody who has the public key alone', async () => {
  for (let index = 0; index < 12; index++) {
    const { leaf, hashes, checkpoint } = await proveInclusion(ledger, index);
    const signed = parseCheckpoint(checkpoint);
    expect(checkSignatures(signed, [key])).toBe('good');
    expect(verifyInclusion(leafHash(leaf), index, signed.size, bytes(hashes), Buffer.from(signed.root, 'base64'))).toBe(true);
    expect(JSON.parse(leaf)).toMatchObject({ subject: `s${index}` });
  }
  await expect(proveInclusion(ledger, 12)).rejects.toThrow('leaves 0 to 11');
  const changed = async (from: number, limit: number) =>
    (await ledger.entries(from, limit)).map((leaf) => (leaf.index === 4 ? { ...leaf, bytes: leaf.bytes.replace('s4', 'sX') } : leaf));
  for (const index of [3, 4, 11]) await expect(proveInclusion({ ...ledger, entries: changed }, index)).rejects.toThrow('ledger verify');
});

test('that the ledger continues an earlier checkpoint can be proven, and not for a forged one', async () => {
  const { hashes, checkpoint } = await proveConsistency(ledger, early);
  const [first, second] = [early, checkpoint].map((note) => {
    const { size, root } = parseCheckpoint(note);
    return { size, root: Buffer.from(root, 'base64') };
  });
  if (first === undefined || second === undefined) throw new Error('no checkpoints');
  expect([first.size, second.size]).toEqual([5, 12]);
  expect(verifyConsistency(first, second, bytes(hashes))).toBe(true);
  const forged = early.replace(/\n5\n.*\n/, `\n5\n${Buffer.alloc(32).toString('base64')}\n`);
  await expect(proveConsistency(ledger, forged)).rejects.toThrow('does not continue');
  await expect(proveConsistency(ledger, early.replace('\n5\n', '\n99\n'))).rejects.toThrow('cut off');
  await expect(proveConsistency(ledger, early.replace('jobzero/default', 'jobzero/other'))).rejects.toThrow('jobzero/other');
});

describe('an export', () => {
  test('is checked with the public key alone', async () => {
    const report = await audit(lines, [early]);
    expect(report).toMatchObject({ ok: true, size: 12, checkpoints: 2, basis: 'outside-checkpoint', outsideSize: 5 });
    expect(report.types).toEqual({ decision: 6, finding: 6 });
  });

  test('it says what it rests on', async () => {
    expect(await audit(lines)).toMatchObject({ ok: true, basis: 'inside-only', outsideSize: null });
  });

  const leafAt = (all: readonly string[], index: number) => all.findIndex((line) => line.startsWith(`["leaf",${index},`));
  test.each<[string, (all: readonly string[]) => readonly string[], object]>([
    ['a changed leaf', (all) => all.map((line) => line.replace('s3', 'sX')), { fault: 'root-differs', size: 5 }],
    ['a leaf left out', (all) => all.toSpliced(leafAt(all, 7), 1), { fault: 'leaf-missing', index: 7 }],
    ['two leaves in the other order', (all) => swapped(all, leafAt(all, 2), leafAt(all, 3)), { fault: 'leaf-missing', index: 2 }],
    [
      'the last leaves cut off',
      (all) => all.filter((line) => !/^\["leaf",1[01],/.test(line)),
      { fault: 'truncated', size: 10, expected: 12 },
    ],
    [
      'the last checkpoint left out',
      (all) => all.filter((line) => !line.startsWith('["checkpoint"') || line.includes('\\n5\\n')),
      { fault: 'root-differs', size: 12 },
    ],
    [
      'a checkpoint that somebody else signed',
      (all) => all.map((line) => (line.startsWith('["checkpoint"') ? line.replace('\\n12\\n', '\\n11\\n') : line)),
      { fault: 'bad-signature', size: 11 },
    ],
  ])('with %s is found out', async (_, change, fault) => {
    const report = await audit(change(lines));
    expect(report.ok).toBe(false);
    expect(report.faults).toContainEqual(fault);
  });

  test('of a ledger that was written anew as a whole is found out by a checkpoint from before', async () => {
    const other = await testDatabase();
    const otherStore = await openStore({ url: other.url });
    const otherLedger = await openLedger({ url: other.url, key: await openSigningKey(join(folder, 'ledger.key')) });
    try {
      await otherStore.within(tenant, async (tx) => {
        for (let i = 0; i < 12; i++)
          await tx.ledger.append({ format: 'jobzero.ledger/1', type: 'finding', subject: `other ${i}`, at: i, data: {} });
      });
      await otherLedger.sequence(1);
      const all: string[] = [];
      await exportLedger(otherLedger, otherLedger.verifierKey, async (line) => void all.push(line));
      expect((await audit(all)).ok).toBe(true);
      expect((await audit(all, [early])).faults).toEqual([{ fault: 'inconsistent-with-outside', size: 5 }]);
    } finally {
      await otherLedger.close();
      await otherStore.close();
      await other.close();
    }
  });

  test('under a key that nobody trusts does not verify', async () => {
    expect((await audit(lines, [], [])).faults).toEqual([
      { fault: 'unknown-key', size: 5 },
      { fault: 'unknown-key', size: 12 },
    ]);
  });

  test.each<[string, readonly string[], string]>([
    ['nothing', [], 'the file is empty'],
    ['another file', ['{"a":1}'], 'this is no export of a ledger'],
    ['no JSON', ['{"a'], 'not JSON'],
  ])('that is %s is refused with its line', async (_, all, says) => {
    await expect(audit(all)).rejects.toThrow(says);
  });

  test('that was cut off is refused', async () => {
    await expect(audit(lines.slice(0, -1))).rejects.toThrow('the export is cut off');
  });
});

function swapped(all: readonly string[], a: number, b: number): readonly string[] {
  const [x = '', y = ''] = [all[a], all[b]];
  return all.with(a, y).with(b, x);
}
