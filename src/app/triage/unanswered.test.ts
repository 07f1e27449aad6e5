import { expect, test } from 'vitest';
import { findingUnderTest } from '../../core/lib/finding-under-test.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { dueAgain } from './decide-again.ts';
import { noteUnanswered, unansweredOf } from './unanswered.ts';

const of = (lastTime: number) => findingUnderTest({ tenant: 'default', lastTime });

test('that somebody has said nothing holds for what they were asked about, and for no later revision', async () => {
  await memoryStore().within('default', async (tx) => {
    await tx.findings.put(of(1), 0);
    await noteUnanswered(tx, of(1), 'alice', 5);
    expect((await dueAgain(tx, 5)).map(({ id }) => id)).toEqual([of(1).id]);
    expect(await unansweredOf(tx, of(1))).toEqual({ unanswered: { person: 'alice' } });
    expect(await unansweredOf(tx, of(2))).toEqual({});
    await noteUnanswered(tx, of(2), 'bob', 6);
    expect([await unansweredOf(tx, of(1)), await unansweredOf(tx, of(2))]).toEqual([{}, { unanswered: { person: 'bob' } }]);
  });
});
