import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lake, LakeFile, LakeRow } from './lake.ts';

const hour = 3_600_000;
const start = 472_222 * hour;

function rowOf(row: Partial<LakeRow>): LakeRow {
  return {
    key: '111122223333/one',
    source: 'aws.cloudtrail',
    account: '111122223333',
    region: 'us-east-1',
    time: start,
    place: { object: 'AWSLogs/111122223333/a.json.gz', offset: 0 },
    raw: '{"eventID":"one"}',
    ...row,
  };
}

async function all(rows: AsyncIterable<LakeRow>): Promise<LakeRow[]> {
  const list: LakeRow[] = [];
  for await (const row of rows) list.push(row);
  return list;
}

const always = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

/** What every lake does. One lake serves all the tests: each writes batches of its own. */
export function lakeContract(name: string, open: () => Promise<{ readonly lake: Lake; readonly close: () => Promise<void> }>): void {
  describe(`lake: ${name}`, () => {
    let lake: Lake;
    let close: () => Promise<void>;
    let batches = 0;
    const batch = (): string => `batch-${++batches}`;

    beforeAll(async () => {
      ({ lake, close } = await open());
    });
    afterAll(async () => {
      await lake?.close();
      await close?.();
    });

    test('rows come back as they were, from one file per account, source and hour', async () => {
      const rows = [
        rowOf({ key: 'a', time: start + 1 }),
        rowOf({ key: 'b', time: start + hour, region: '' }),
        rowOf({ key: 'c', time: start, account: '444455556666', place: { object: 'other', offset: 2 ** 40 } }),
      ];
      const files = await lake.write('default', batch(), rows);
      expect(files.map(({ account, hour, rows, tenant, source }) => ({ account, hour, rows, tenant, source }))).toEqual([
        { account: '111122223333', hour: start, rows: 1, tenant: 'default', source: 'aws.cloudtrail' },
        { account: '111122223333', hour: start + hour, rows: 1, tenant: 'default', source: 'aws.cloudtrail' },
        { account: '444455556666', hour: start, rows: 1, tenant: 'default', source: 'aws.cloudtrail' },
      ]);
      expect(new Set(files.map(({ path }) => path)).size).toBe(3);
      expect(await all(lake.read(files, ...always))).toEqual([rows[2], rows[0], rows[1]]);
    });

    test('an async source of rows, no rows and no files', async () => {
      async function* rows(): AsyncGenerator<LakeRow> {
        yield rowOf({ key: 'x' });
      }
      const files = await lake.write('default', batch(), rows());
      expect(await all(lake.read(files, ...always))).toEqual([rowOf({ key: 'x' })]);
      expect(await lake.write('default', batch(), [])).toEqual([]);
      expect(await all(lake.read([], ...always))).toEqual([]);
    });

    test('the same batch gives the same files, another batch or tenant others', async () => {
      const rows = [rowOf({ key: 'a' }), rowOf({ key: 'b', time: start + 5 * hour })];
      const one = batch();
      const first = await lake.write('default', one, rows);
      const again = await lake.write('default', one, [...rows].reverse());
      expect(again.map(({ path }) => path)).toEqual(first.map(({ path }) => path));
      const others = [...(await lake.write('default', batch(), rows)), ...(await lake.write('second', one, rows))];
      expect(new Set([...first, ...others].map(({ path }) => path)).size).toBe(6);
      expect(await all(lake.read([...first, ...again, ...others], ...always))).toEqual(rows);
    });

    test.each([
      { from: start, to: start + hour, keys: ['first', 'last'] },
      { from: start + 1, to: start + hour - 1, keys: [] },
      { from: start + hour - 1, to: start + hour + 1, keys: ['last', 'next'] },
      { from: start + hour, to: start + hour, keys: [] },
      { from: start - hour, to: start, keys: ['before'] },
    ])('the range is half-open: $from to $to', async ({ from, to, keys }) => {
      const files = await lake.write('default', 'half-open', [
        rowOf({ key: 'before', time: start - 1 }),
        rowOf({ key: 'first', time: start }),
        rowOf({ key: 'last', time: start + hour - 1 }),
        rowOf({ key: 'next', time: start + hour }),
      ]);
      expect((await all(lake.read(files, from, to))).map(({ key }) => key)).toEqual(keys);
    });

    test('times before 1970 and far away keep their hour', async () => {
      const times = [-8.64e15, -1, 0, 8.64e15];
      const rows = times.map((time) => rowOf({ key: `${time}`, time }));
      const files = await lake.write('default', batch(), rows);
      expect(files.map((file) => file.hour).sort((a, b) => a - b)).toEqual([-8.64e15, -hour, 0, 8.64e15]);
      expect(await all(lake.read(files, ...always))).toEqual(rows);
    });

    test.each([Number.NaN, 0.5, 8.64e15 + 1, Number.POSITIVE_INFINITY])(
      'a time that is none is refused with the place: %s',
      async (time) => {
        const place = { object: 'odd.json.gz', offset: 77 };
        await expect(lake.write('default', batch(), [rowOf({ time, place })])).rejects.toThrow('odd.json.gz, byte 77');
      },
    );

    test('hostile values stay values', async () => {
      const hostile = [
        '',
        '..',
        '../../etc/passwd',
        '/',
        '\\',
        '\\u0000',
        '\0',
        "'; drop table x; --",
        '%2e%2e',
        '*',
        '?[a]',
        'a=b',
        '~',
        'é𐐷',
        '\ud800',
        '\udc00\ud800',
        'x'.repeat(5_000),
        `${'x'.repeat(5_000)}y`,
        'CON',
        '\n\r',
      ];
      const rows = hostile.map((value, n) =>
        rowOf({ key: `k/${value}`, account: value, region: value, raw: value, time: start + n, place: { object: value, offset: n } }),
      );
      const files = await lake.write('default', batch(), rows);
      expect(files).toHaveLength(hostile.length);
      expect(await all(lake.read(files, ...always))).toEqual(rows);
      for (const tenant of hostile) {
        const [file] = await lake.write(tenant, batch(), [rowOf({ key: 'of a tenant' })]);
        expect(file?.tenant).toBe(tenant);
        expect(await all(lake.read(file === undefined ? [] : [file], ...always))).toEqual([rowOf({ key: 'of a tenant' })]);
      }
    });

    test('a key with several times counts at its earliest in the range, and once', async () => {
      const early = rowOf({ key: 'moved', time: start, raw: 'early' });
      const late = rowOf({ key: 'moved', time: start + 1, raw: 'late' });
      const later = rowOf({ key: 'moved', time: start + 3 * hour, raw: 'later' });
      const files = [...(await lake.write('default', batch(), [later, late])), ...(await lake.write('default', batch(), [early]))];
      expect(await all(lake.read(files, ...always))).toEqual([early]);
      expect(await all(lake.read(files, start + 1, start + 2))).toEqual([late]);
      expect(await all(lake.read(files, start + 1, start + 9 * hour))).toEqual([late]);
      expect(await all(lake.read(files, start + hour, start + 9 * hour))).toEqual([later]);
    });

    test('however rows are cut into batches, shuffled and doubled: the same is read', async () => {
      const row = fc
        .record({
          key: fc.constantFrom('a', 'b', 'c', 'é', '𐐷', '\uffff', 'd', 'e'),
          time: fc.integer({ min: -2, max: 4 }).map((n) => start + n * (hour / 2)),
          account: fc.constantFrom('111122223333', '444455556666'),
          raw: fc.constantFrom('{"n":1}', '{"n":2}', '{"n":"\\ud800"}'),
          place: fc.record({ object: fc.constantFrom('x', 'y'), offset: fc.nat(3) }),
        })
        .map(rowOf);
      await fc.assert(
        fc.asyncProperty(fc.array(row, { maxLength: 12 }), fc.array(fc.nat(3), { minLength: 24, maxLength: 24 }), async (rows, cut) => {
          const once = await lake.write('default', batch(), rows);
          const expected = await all(lake.read(once, start - hour / 2, start + hour));
          expect(expected).toEqual(wanted(rows, start - hour / 2, start + hour));
          // Each row goes into two batches, its copies in the opposite order.
          const pieces = [0, 1, 2, 3].map((piece) => [
            ...rows.filter((_, n) => cut[n] === piece),
            ...rows.filter((_, n) => cut[n + 12] === piece).reverse(),
          ]);
          const files: LakeFile[] = [];
          for (const piece of pieces) files.push(...(await lake.write('default', batch(), piece)));
          expect(await all(lake.read(files.reverse(), start - hour / 2, start + hour))).toEqual(expected);
        }),
        { numRuns: 25 },
      );
    });

    test('any text comes back exactly', async () => {
      const text = fc.string({ unit: 'binary', maxLength: 40 });
      await fc.assert(
        fc.asyncProperty(fc.array(fc.record({ key: text, region: text, raw: text }), { minLength: 1, maxLength: 20 }), async (texts) => {
          const rows = texts.map((texts, n) => rowOf({ ...texts, key: `${n}/${texts.key}`, time: start + n }));
          const files = await lake.write('default', batch(), rows);
          expect(await all(lake.read(files, ...always))).toEqual(rows);
        }),
        { numRuns: 20 },
      );
    });
  });
}

/** The same answer from the definition: in the range, each key at its earliest, then its smallest text and place; by (time, key). */
function wanted(rows: readonly LakeRow[], from: number, to: number): LakeRow[] {
  const best = new Map<string, LakeRow>();
  const parts = ({ time, raw, account, place }: LakeRow): (number | string)[] => [time, raw, account, place.object, place.offset];
  const isBefore = (a: LakeRow, b: LakeRow): boolean => {
    const others = parts(b);
    for (const [n, part] of parts(a).entries()) {
      const other = others[n] ?? '';
      if (part !== other) return part < other;
    }
    return false;
  };
  for (const row of rows) {
    if (row.time < from || row.time >= to) continue;
    const known = best.get(row.key);
    if (known === undefined || isBefore(row, known)) best.set(row.key, row);
  }
  return [...best.values()].sort((a, b) => a.time - b.time || Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
}
