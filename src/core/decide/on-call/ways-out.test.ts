import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { causeOf, tellsMore } from './one-cause.ts';
import { graveOfFaults, reachedNow, type WaysOut } from './ways-out.ts';

const ways = new Map([
  ['alice', ['chat', 'pager']],
  ['bob', ['chat']],
  ['carol', ['mail']],
]);
const out = (failing: readonly string[], fallback: { readonly [channel: string]: readonly string[] } = {}): WaysOut => ({
  ways,
  failing: new Set(failing),
  fallback: new Map(Object.entries(fallback)),
});
const others = ['bob', 'carol'];

describe('who is reached while channels fail', () => {
  test.each<[string, WaysOut, readonly string[], 'unreachable' | null]>([
    ['all work', out([]), ['alice', 'bob', 'carol'], null],
    ['one of two ways', out(['pager']), ['alice', 'bob', 'carol'], null],
    ['both ways: somebody else is told', out(['chat', 'pager']), ['carol'], 'unreachable'],
    ['both ways, and something stands in', out(['chat', 'pager'], { chat: ['mail'] }), ['alice', 'bob', 'carol'], 'unreachable'],
    ['both ways, and what stands in fails, too', out(['chat', 'pager'], { chat: ['pager'] }), ['carol'], 'unreachable'],
    ['the ways of others', out(['mail']), ['alice', 'bob'], null],
    ['nothing works: it waits for what works again', out(['chat', 'pager', 'mail']), ['alice', 'bob', 'carol'], null],
  ])('%s', (_, given, reached, grave) => {
    expect([[...reachedNow(given)].sort(), graveOfFaults(given, 'alice', others)]).toEqual([reached, grave]);
  });

  test('whom no channel would reach is missed by nothing that fails', () => {
    expect(graveOfFaults(out(['chat', 'pager']), 'dora', others)).toBeNull();
  });

  const names = ['chat', 'pager', 'mail', 'teams'];
  const given = fc.record({
    ways: fc
      .array(fc.tuple(fc.constantFrom('alice', 'bob', 'carol'), fc.subarray(names, { minLength: 1 })), { maxLength: 3 })
      .map((list) => new Map(list)),
    failing: fc.subarray(names).map((list) => new Set(list)),
    fallback: fc.array(fc.tuple(fc.constantFrom(...names), fc.subarray(names)), { maxLength: 4 }).map((list) => new Map(list)),
  });

  test('a channel that works again takes nobody out, and a person whose own channel works is never passed over', () => {
    fc.assert(
      fc.property(given, fc.constantFrom(...names), (one, back) => {
        const better = { ...one, failing: new Set([...one.failing].filter((channel) => channel !== back)) };
        const own = ({ failing }: WaysOut) => [...one.ways].filter(([, list]) => list.some((channel) => !failing.has(channel)));
        for (const [person] of own(one)) expect(reachedNow(one)).toContain(person);
        for (const [person] of own(better)) expect(reachedNow(better)).toContain(person);
        // Somebody is always called, where anybody would be.
        expect(reachedNow(one).size > 0).toBe(one.ways.size > 0);
      }),
    );
  });

  test('quiet hours are broken only when the person on call has no way of their own left, and somebody has one who can be told', () => {
    fc.assert(
      fc.property(given, fc.constantFrom('alice', 'bob', 'carol'), (one, person) => {
        if (graveOfFaults(one, person, ['alice', 'bob', 'carol']) === null) return;
        const own = one.ways.get(person) ?? [];
        expect(own.length > 0 && own.every((channel) => one.failing.has(channel))).toBe(true);
        const works = (channel: string) => !one.failing.has(channel);
        const told = own.flatMap((channel) => one.fallback.get(channel) ?? []).some(works) || [...one.ways.values()].flat().some(works);
        expect(told).toBe(true);
      }),
    );
  });
});

describe('faults of one cause', () => {
  test.each([
    [['channel/chat', 'channel/mail', 'heartbeat/heartbeat'], 1],
    [['role/111122223333/actor', 'role/444455556666/undoer'], 1],
    [['playbook/a', 'playbook/b', 'channels-file/channels.yml', 'channel/chat'], 4],
  ])('%j are told as %i', (faults, n) => {
    expect(new Set(faults.map(causeOf)).size).toBe(n);
  });

  test('what begins with the others is theirs; what begins long after somebody took them is told anew', () => {
    const minute = 60_000;
    const fault = (since: number) => [
      { id: 'channel/chat', since },
      { id: 'channel/mail', since: 0 },
    ];
    expect(tellsMore(['channel/mail'], fault(14 * minute), 0)).toBe(false);
    expect(tellsMore(['channel/mail'], fault(15 * minute), 0)).toBe(true);
    expect(tellsMore(['channel/mail', 'channel/chat'], fault(15 * minute), 0)).toBe(false);
  });
});
