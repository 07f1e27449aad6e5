import { expect, test } from 'vitest';
import { ruleSet } from '../core/detect/rule-set.ts';
import { BrokenStream, type LogObject, type LogObjects, NotNow } from '../core/ports/log-objects.ts';
import { readSlices, type Slice, type UnreadObject } from './read-slices.ts';

const rules = ruleSet([]);
const record = (object: string, n: number, bytes: number) =>
  JSON.stringify({
    eventSource: 's3.amazonaws.com',
    eventName: 'GetObject',
    eventTime: '2026-01-05T10:00:00Z',
    eventID: `${object}-${n}`,
    recipientAccountId: '111122223333',
    note: 'x'.repeat(bytes),
  });

/** Objects of records, in pieces of a size; 'later' and 'broken' fail in the middle. */
function logs(records: number, bytes: number, piece: number): LogObjects {
  return {
    async *list() {},
    whole: async () => null,
    async *chunks({ name }) {
      for (let n = 0; n < records; n++) {
        const text = Buffer.from(`${record(name, n, bytes)}\n`);
        for (let at = 0; at < text.length; at += piece) yield text.subarray(at, at + piece);
        if (n === 1 && name === 'later') throw new NotNow('access denied');
        if (n === 1 && name === 'broken') throw new BrokenStream('cut off');
      }
    },
  };
}

const object = (name: string): LogObject => ({ name, size: 1, version: '1' });

async function read(from: LogObjects, names: readonly string[]): Promise<{ slices: Slice[]; unread: UnreadObject[] }> {
  const slices: Slice[] = [];
  const unread: UnreadObject[] = [];
  for await (const slice of readSlices({ tenant: 'default', logs: from, rules }, names.map(object), (item) => unread.push(item)))
    slices.push(slice);
  return { slices, unread };
}

test('what cannot be read now leaves nothing behind; what is broken leaves what was good of it', async () => {
  const { slices, unread } = await read(logs(3, 10, 50), ['a', 'later', 'broken', 'b']);
  expect(slices).toHaveLength(1);
  expect(slices[0]?.finished.map(({ name }) => name)).toEqual(['a', 'broken', 'b']);
  expect(slices[0]?.rows.map(({ key }) => key)).toEqual(
    ['a-0', 'a-1', 'a-2', 'broken-0', 'broken-1', 'b-0', 'b-1', 'b-2'].map((id) => `111122223333/${id}`),
  );
  expect(slices[0]?.setAside.map(({ place, reason }) => [place.object, reason])).toEqual([['broken', 'cut off']]);
  expect(unread.map(({ object, reason }) => [object.name, reason])).toEqual([['later', 'access denied']]);
});

test('after three in a row that cannot be read, the rest waits', async () => {
  const { slices, unread } = await read(logs(3, 10, 50), ['a', 'later', 'later', 'later', 'b']);
  expect(slices.flatMap(({ finished }) => finished.map(({ name }) => name))).toEqual(['a']);
  expect(unread).toHaveLength(4);
});

test('a large object comes in parts that end after the same records, however its bytes come', async () => {
  const cut = async (piece: number) =>
    (await read(logs(40, 1_000_000, piece), ['large', 'small'])).slices.map(({ part, rows, finished }) => [
      part?.object.name,
      part?.number,
      rows.length,
      finished.length,
    ]);
  const parts = await cut(1 << 18);
  expect(parts.length).toBeGreaterThan(2);
  expect(parts.reduce((sum, [, , rows]) => sum + Number(rows), 0)).toBe(80);
  expect(await cut(3_000_000)).toEqual(parts);
});
