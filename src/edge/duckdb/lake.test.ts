import { mkdir, mkdtemp, readdir, readFile, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { InputError } from '../../core/model/errors.ts';
import { lakeContract } from '../../core/ports/lake.contract.ts';
import type { Lake, LakeFile, LakeRow } from '../../core/ports/lake.ts';
import { openLake } from './lake.ts';

const start = 472_222 * 3_600_000;
const everything = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

let parent = '';
let folder = '';
let lake: Lake;

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'jobzero-lake-'));
  folder = join(parent, 'lake');
  lake = await openLake({ folder });
});

afterAll(async () => {
  await lake?.close();
  await rm(parent, { recursive: true, force: true });
});

lakeContract('DuckDB', async () => {
  // A name that means something to a shell, to SQL and to a pattern.
  const home = await mkdtemp(join(tmpdir(), "jobzero-lake 'odd' [x]{y}*é?"));
  return { lake: await openLake({ folder: join(home, 'in side') }), close: () => rm(home, { recursive: true }) };
});

const rows = (count: number, raw = 'x'.repeat(200)): LakeRow[] =>
  Array.from({ length: count }, (_, n) => ({
    key: `111122223333/${n}`,
    source: 'aws.cloudtrail',
    account: '111122223333',
    region: 'us-east-1',
    time: start + n,
    place: { object: 'a.json.gz', offset: n },
    raw: `${n} ${raw}`,
  }));

async function count(files: readonly LakeFile[]): Promise<number> {
  let n = 0;
  for await (const _ of lake.read(files, ...everything)) n++;
  return n;
}

/** Files of the lake, without what is unfinished. */
async function names(): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.parquet'));
}

async function one(batch: string): Promise<{ readonly file: LakeFile; readonly path: string }> {
  const [file] = await lake.write('default', batch, rows(3_000));
  if (file === undefined) throw new Error('nothing was written');
  return { file, path: join(folder, file.path) };
}

test('the folder is in the form that other engines read', async () => {
  const { file, path } = await one('form');
  expect(file.path).toMatch(/^tenant=default\/account=111122223333\/source=aws\.cloudtrail\/hour=2023-11-14T22\/[0-9a-f]{32}\.parquet$/);
  const bytes = await readFile(path);
  expect([bytes.subarray(0, 4).toString(), bytes.subarray(-4).toString()]).toEqual(['PAR1', 'PAR1']);
  expect(bytes.length).toBe(file.bytes);
});

test('a scan gives the texts as they are, from short to long and of any letters', async () => {
  const letters = fc.string({ unit: 'binary', maxLength: 30 });
  const texts = fc.array(
    fc.oneof(
      letters,
      fc.tuple(letters, fc.nat(3_000)).map(([text, n]) => text + 'x'.repeat(n)),
    ),
    { maxLength: 60 },
  );
  await fc.assert(
    fc.asyncProperty(texts, fc.array(fc.constantFrom(null, 'a', 'b', '\ud800'), { minLength: 60, maxLength: 60 }), async (raws, names) => {
      const [row] = rows(1);
      if (row === undefined) throw new Error('no row');
      const all = raws.map((raw, n): LakeRow => ({ ...row, key: `${n}`, raw, index: ['source', names[n] ?? null] }));
      const files = await lake.write('default', `scan ${scans++}`, all);
      const wanted = { pairs: [['source', 'b'] as const], unknown: true };
      const isWanted = ({ index }: LakeRow) => index?.[1] === 'b' || index?.[1] === null;
      expect(await scanned(files, 'all')).toEqual(all.map(({ raw }) => bytesOf(raw)).sort());
      expect(await scanned(files, wanted)).toEqual(
        all
          .filter(isWanted)
          .map(({ raw }) => bytesOf(raw))
          .sort(),
      );
      const known = [...new Set(all.flatMap(({ index }) => index?.[1] ?? []))].map((name) => ['source', name]);
      const pairs = await lake.indexPairs(files, ...everything, 10);
      expect(pairs?.pairs.toSorted()).toEqual(known.toSorted());
      expect(pairs?.unknown).toBe(all.some(({ index }) => index?.[1] === null));
    }),
    { numRuns: 15 },
  );
});

let scans = 0;
const bytesOf = (text: string): string => Buffer.from(text).toString('latin1');

async function scanned(files: readonly LakeFile[], wanted: Parameters<Lake['scan']>[3]): Promise<string[]> {
  const texts: string[] = [];
  for await (const { count, bytes, bounds, objectOf } of lake.scan(files, ...everything, wanted)) {
    const own = Array.from({ length: count }, (_, n) => bytes.toString('latin1', bounds[2 * n], bounds[2 * n + 1]));
    expect(bytes.toString('latin1')).toBe(`{"Records":[${own.join(',')}]}`);
    expect(own.map((_, n) => objectOf(n))).toEqual(own.map(() => 'a.json.gz'));
    texts.push(...own);
  }
  return texts.sort();
}

test('rows of one call lie together, and the same rows give the same bytes', async () => {
  const calls = ['GetObject', 'PutObject', 'DeleteBucket'];
  const mixed = rows(4_000).map((row, n): LakeRow => ({ ...row, index: ['s3.amazonaws.com', calls[n % 3] ?? null] }));
  const [first] = await lake.write('default', 'grouped', mixed);
  const bytes = await readFile(join(folder, first?.path ?? ''));
  for (let n = 0; n < 20; n++) {
    const [again] = await lake.write('default', 'grouped', mixed);
    expect((await readFile(join(folder, again?.path ?? ''))).equals(bytes)).toBe(true);
    expect(again).toEqual(first);
  }
  // A group of rows per call: the name of each stands in its statistics.
  for (const call of calls) expect(bytes.toString('latin1').split(call).length).toBeGreaterThan(2);
  const wanted = { pairs: [['s3.amazonaws.com', 'DeleteBucket'] as const], unknown: false };
  expect(await scanned(first === undefined ? [] : [first], wanted)).toHaveLength(1_333);
});

test('hostile accounts stay inside the folder', async () => {
  const accounts = ['../../../../tmp/x', '..', '/etc', 'a/b', '\0', '\\..\\x', '~', "'"];
  const files = await lake.write(
    'default',
    'hostile',
    accounts.map((account, n) => ({ ...(rows(1)[0] as LakeRow), key: `${n}`, account })),
  );
  expect(await readdir(parent)).toEqual(['lake']);
  expect((await names()).sort()).toEqual(expect.arrayContaining(files.map(({ path }) => path)));
  for (const { path } of files)
    expect(path).toMatch(/^tenant=default\/account=[\w%.~-]+\/source=aws\.cloudtrail\/hour=[\dT-]+\/[0-9a-f]{32}\.parquet$/);
});

test.each<readonly [string, (path: string, file: LakeFile) => Promise<LakeFile | undefined>]>([
  ['missing', async (path) => void (await unlink(path))],
  ['cut off', async (path, file) => void (await truncate(path, file.bytes - 100))],
  ['cut off, and the manifest with it', (path, file) => truncate(path, 500).then(() => ({ ...file, bytes: 500 }))],
  ['something else', async (path, file) => void (await writeFile(path, Buffer.alloc(file.bytes, 'no Parquet')))],
])('a file that is %s is an error with its path', async (what, damage) => {
  const { file: good } = await one(`good ${what}`);
  const { file, path } = await one(`bad ${what}`);
  const read = (await damage(path, file)) ?? file;
  const error: unknown = await count([good, read]).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(InputError);
  expect((error as InputError).place).toBe(file.path);
  expect(await count([good])).toBe(3_000);
});

test('a changed byte of a record is found, wherever it is', async () => {
  const { file, path } = await one('flipped');
  const bytes = await readFile(path);
  let found = 0;
  let unharmed = 0;
  for (let at = 4; at < bytes.length - 8; at += Math.ceil(bytes.length / 60)) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 0x10;
    await writeFile(path, changed);
    const texts: string[] = [];
    try {
      for await (const row of lake.read([file], ...everything)) texts.push(row.raw);
      unharmed++;
      expect(new Set(texts)).toEqual(new Set(rows(3_000).map(({ raw }) => raw)));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      expect(error.place).toBe(file.path);
      found++;
    }
  }
  expect(found).toBeGreaterThan(unharmed);
});

test.each([
  ['outside', (file: LakeFile) => ({ ...file, path: `../${file.path}` })],
  ['absolute', (file: LakeFile) => ({ ...file, path: '/etc/passwd' })],
  ['a pattern', (file: LakeFile) => ({ ...file, path: file.path.replace(/[0-9a-f]{32}/, '*') })],
  ['of another tenant', (file: LakeFile) => ({ ...file, tenant: 'second' })],
  ['climbing', (file: LakeFile) => ({ ...file, path: file.path.replace(/\/([0-9a-f]{32})/, '/../x/$1') })],
])('the manifest cannot lead to a file that is %s', async (_, change) => {
  const { file } = await one('manifest');
  await expect(count([change(file)])).rejects.toThrow('is not a file of the lake');
});

test('a batch that fails leaves nothing behind', async () => {
  const before = await names();
  const broken = function* (): Generator<LakeRow> {
    yield* rows(10);
    throw new Error('the object broke off');
  };
  await expect(lake.write('default', 'broken', broken())).rejects.toThrow('the object broke off');
  expect(await names()).toEqual(before);
});

test('what a killed process left unfinished goes when the lake is opened again', async () => {
  const left = join(folder, '.unfinished', '999999999-gone');
  await mkdir(left);
  await writeFile(join(left, 'x.parquet'), 'half');
  const second = await openLake({ folder });
  expect((await readdir(join(folder, '.unfinished'))).every((name) => name.startsWith(`${process.pid}-`))).toBe(true);
  await second.close();
  expect(await count((await lake.write('default', 'after', rows(5))) ?? [])).toBe(5);
});

test('more than the memory limit passes through', async () => {
  const small = await openLake({ folder: join(parent, 'small'), memory: 128 });
  const padding = Array.from({ length: 150 }, (_, n) => ((n * 7919) % 9973).toString(36)).join('');
  const files = await small.write(
    'default',
    'large',
    (function* () {
      for (let n = 0; n < 120_000; n++) {
        yield {
          ...(rows(1)[0] as LakeRow),
          key: `${(n * 7_919) % 120_000}`,
          time: start + ((n * 31) % 3_600) * 1_000,
          raw: `${n} ${padding}${padding}`,
        };
      }
    })(),
  );
  let seen = 0;
  let last = 0;
  for await (const row of small.read(files, ...everything)) {
    expect(row.time).toBeGreaterThanOrEqual(last);
    last = row.time;
    seen++;
  }
  await small.close();
  expect(seen).toBe(120_000);
});
