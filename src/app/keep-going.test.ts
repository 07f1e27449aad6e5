import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Store, Topic } from '../core/ports/store.ts';
import { keepGoing } from './keep-going.ts';

/** A store that only tells of changes. */
function watched() {
  const hear = new Set<(topic: Topic) => void>();
  const store = {
    watch: async (onChange: (topic: Topic) => void) => {
      hear.add(onChange);
      return async () => void hear.delete(onChange);
    },
  } as unknown as Store;
  const change = (topic: Topic) => {
    for (const one of hear) one(topic);
  };
  return { store, change, listeners: () => hear.size };
}

const never = () => {
  throw new Error('no trouble was expected');
};

test('the first round is now, the next when a topic of its own changes, at once where none was lately', async () => {
  const { store, change } = watched();
  let rounds = 0;
  const stop = await keepGoing(store, ['items'], 60_000, async () => void rounds++, never);
  await sleep(10);
  expect(rounds).toBe(1);
  await sleep(300);
  change('findings');
  await sleep(10);
  expect(rounds).toBe(1);
  change('items');
  await sleep(10);
  expect(rounds).toBe(2);
  await stop();
});

test.each<[string, Topic, Topic, boolean]>([
  ['one kind of items, of its own', 'items/page', 'items/page', true],
  ['one kind of items, of another', 'items/page', 'items/question', false],
  ['one kind of items, when nobody knows which', 'items/page', 'items', true],
  ['all items, of a kind', 'items', 'items/page', true],
  ['a kind whose name begins alike', 'items/page', 'items/page-put', false],
])('who follows %s', async (_, follows, changes, woken) => {
  const { store, change } = watched();
  let rounds = 0;
  const stop = await keepGoing(store, [follows], 60_000, async () => void rounds++, never, 0);
  await sleep(5);
  change(changes);
  await sleep(10);
  expect(rounds).toBe(woken ? 2 : 1);
  await stop();
});

test('a crowd of changes is one round more, and none is lost: what changed in a round makes another', async () => {
  const { store, change } = watched();
  let rounds = 0;
  let seen = 0;
  let latest = 0;
  const work = async () => {
    rounds++;
    seen = latest;
  };
  const stop = await keepGoing(store, ['items'], 60_000, work, never);
  for (latest = 1; latest < 100; latest++) {
    change('items');
    await sleep(1);
  }
  change('items');
  while (seen < 100) await sleep(5);
  expect(rounds).toBeLessThan(20);
  await stop();
});

test('a failure is told and the next round goes on; whoever stops it waits for what is under way, and nothing follows', async () => {
  const { store, change, listeners } = watched();
  const told: unknown[] = [];
  let rounds = 0;
  let ended = 0;
  const work = async () => {
    rounds++;
    if (rounds === 1) throw new Error('no answer');
    await sleep(50);
    ended++;
  };
  const stop = await keepGoing(store, ['items'], 60_000, work, (error) => told.push(error));
  change('items');
  while (rounds < 2) await sleep(5);
  change('items');
  await stop();
  expect([rounds, ended, told, listeners()]).toEqual([2, 1, [new Error('no answer')], 0]);
  await sleep(300);
  expect(rounds).toBe(2);
});
