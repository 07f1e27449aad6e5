import { expect, test } from 'vitest';
import type { ArrivalKey, Deliveries, TrailDigestRow } from './deliveries.ts';
import type { Tx } from './store.ts';

/** What a store must do for the part `deliveries`, within a tenant that `within` makes anew. */
export function deliveriesContract(fresh: () => <T>(work: (tx: Tx) => Promise<T>) => Promise<T>): void {
  const day = 86_400_000;
  const key = (account: string, at: number): ArrivalKey => ({ source: 'aws.cloudtrail', account, region: 'eu-west-1', day: at });
  const digest = (object: string, account: string, end: number, n: number): TrailDigestRow => ({
    object,
    account,
    region: 'eu-west-1',
    trail: 'a_b',
    end,
    doc: { n, text: '\u0000 \ud83d\ude00' },
  });

  test('arrivals: found by key and by day, the last that was put stands', async () => {
    const within = fresh();
    expect(await within((tx) => tx.deliveries.latestDay())).toBeNull();
    await within((tx) =>
      tx.deliveries.putArrivals([
        { ...key('b', day), state: { n: 1 } },
        { ...key('a', 2 * day), state: { n: 2 } },
        { ...key('a', 0), state: { n: 3 } },
      ]),
    );
    await within((tx) => tx.deliveries.putArrivals([{ ...key('b', day), state: { n: 9 } }]));
    expect(await within((tx) => tx.deliveries.lockArrivals([key('b', day), key('none', 0), key('a', 0)]))).toEqual([
      { ...key('a', 0), state: { n: 3 } },
      { ...key('b', day), state: { n: 9 } },
    ]);
    expect((await within((tx) => tx.deliveries.arrivalsSince(day))).map(({ account, day: at }) => [account, at])).toEqual([
      ['a', 2 * day],
      ['b', day],
    ]);
    expect(await within((tx) => tx.deliveries.latestDay())).toBe(2 * day);
    expect(await within((tx) => tx.deliveries.lockArrivals([]))).toEqual([]);
  });

  test('hashes: a set of pairs', async () => {
    const within = fresh();
    const put = (rows: Parameters<Deliveries['putHashes']>[0]) => within((tx) => tx.deliveries.putHashes(rows));
    await put([]);
    await put([
      { object: 's3://b/x/2', hash: 'h2' },
      { object: 's3://b/x/1', hash: 'h1' },
      { object: 's3://b/x/1', hash: 'h1' },
    ]);
    await put([
      { object: 's3://b/x/1', hash: 'h0' },
      { object: 's3://b/y%_/1', hash: 'h3' },
      { object: 's3://b/x/2', hash: 'h2' },
    ]);
    expect(await within((tx) => tx.deliveries.hashesOf(['s3://b/x/2', 's3://b/x/1', 'none']))).toEqual([
      { object: 's3://b/x/1', hash: 'h0' },
      { object: 's3://b/x/1', hash: 'h1' },
      { object: 's3://b/x/2', hash: 'h2' },
    ]);
    expect(await within((tx) => tx.deliveries.objectsBelow('s3://b/x/'))).toEqual(['s3://b/x/1', 's3://b/x/2']);
    expect(await within((tx) => tx.deliveries.objectsBelow('s3://b/y%_'))).toEqual(['s3://b/y%_/1']);
    expect(await within((tx) => tx.deliveries.objectsBelow('s3://b/_/'))).toEqual([]);
  });

  test('digest files: in order, the last reading stands', async () => {
    const within = fresh();
    await within(async (tx) => {
      await tx.deliveries.putDigest(digest('o3', 'b', 5, 1));
      await tx.deliveries.putDigest(digest('o1', 'a', 9, 2));
      await tx.deliveries.putDigest(digest('o2', 'a', 7, 3));
      await tx.deliveries.putDigest(digest('o2', 'a', 7, 4));
    });
    const found = await within((tx) => tx.deliveries.digestsSince(5));
    expect(found.map(({ object }) => object)).toEqual(['o2', 'o1']);
    expect(found[0]?.doc).toEqual({ n: 4, text: '\u0000 \ud83d\ude00' });
    expect((await within((tx) => tx.deliveries.digestsSince(0))).length).toBe(3);
  });
}
