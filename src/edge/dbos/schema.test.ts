import { afterAll, beforeAll, expect, test } from 'vitest';
import { withClient } from '../postgres/connections.ts';
import { openDatabase } from '../postgres/open-database.ts';
import { emptyTestDatabase } from '../postgres/testing.ts';
import { prepareSchema } from './schema.ts';

let place: Awaited<ReturnType<typeof emptyTestDatabase>>;

beforeAll(async () => {
  place = await emptyTestDatabase();
});

afterAll(async () => {
  await withClient(place.server.url, (client) => client.query(`drop database if exists ${place.name} with (force)`));
  await place.server.stop();
});

test('workers and commands that start at once on a fresh database do not trip over each other', async () => {
  const start = async (): Promise<void> => {
    const { url, dbosUrl } = await openDatabase({ url: place.adminUrl });
    await prepareSchema({ url, systemUrl: dbosUrl }, async () => {});
  };
  for (let round = 0; round < 3; round++) {
    const ends = await Promise.allSettled(Array.from({ length: 6 }, start));
    expect(ends.flatMap((end) => (end.status === 'rejected' ? [String(end.reason)] : []))).toEqual([]);
  }
});
