import { expect, test } from 'vitest';
import type { Channels } from '../../core/model/channel.ts';
import { raisePages } from '../on-call/raise-pages.ts';
import { readQueue } from '../on-call/read-queue.ts';
import { findingOf, judgingWorld, tenant } from './judge-under-test.ts';

/** What wakes somebody, and the list of what waits, must not tell what is recommended before the person has judged. */
test.each([true, false])('neither pages nor the queue tell what is recommended (finding known: %s)', async (known) => {
  const world = judgingWorld();
  const finding = findingOf('a');
  const id = await world.asked(finding);
  const asked = await world.store.within(tenant, (tx) => tx.judgements.get(id));
  expect(asked).toMatchObject({ because: expect.stringContaining('If it was wrong, undo brings back what was before.') });
  const channels = { people: {}, channels: [{ name: 'mail', kind: 'email', fallback: [] }], pages: [] } as unknown as Channels;
  if (!known) {
    await world.store.within(tenant, (tx) => tx.judgements.withdraw(id, 1, ''));
    await world.store.within(tenant, (tx) =>
      tx.judgements.ask({ ...(asked ?? ({} as never)), id: 'gone', finding: 'none', revision: 'x' }),
    );
  }
  const deps = { ...world.deps, channels: async () => channels };
  await raisePages(deps);
  const written = await world.store.within(tenant, (tx) => tx.items.list({ kind: 'page', limit: 9 }));
  expect(written.length).toBe(1);
  const queue = await readQueue(world.deps);
  expect(queue.map(({ kind, title }) => [kind, title])).toEqual([['judgement', asked?.question]]);
  expect(JSON.stringify([written, queue])).not.toMatch(/If it was wrong|recommend/);
});
