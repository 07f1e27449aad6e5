import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTolerance } from '../../app/read-tolerance.ts';
import type { Leave, Tolerance, ToleranceScope } from '../model/tolerance.ts';
import { looserWays } from './looser.ts';

const read = (text: string) => readTolerance(text, 'tolerance.yml');
const ways = (before: string, after: string) => looserWays(read(before), read(after));

describe('an edit', () => {
  test.each<[string, string, readonly string[]]>([
    ['', '', []],
    ['default: { act: ask }', 'default: { act: alone }', ['default.act']],
    ['default: { act: alone }', 'default: { act: never }', []],
    ['', 'default: { askFrom: Critical }', ['default.askFrom']],
    ['', 'default: { askFrom: Low }', []],
    // Lower: automation decides more; higher: more is only watched.
    ['', 'default: { decideFrom: Low }', ['default.decideFrom']],
    ['', 'default: { decideFrom: High }', ['default.decideFrom']],
    ['', 'default: { acceptProductionUse: [a.b.c] }', ['default.acceptProductionUse']],
    ['default: { acceptProductionUse: [a.b.c] }', '', []],
    ['default: { impact: 10 }', 'default: { impact: 5 }', ['default.impact']],
    ['', 'default: { playbooks: { a.b.c: alone } }', ['default.playbooks']],
    ['', 'default: { playbooks: { a.b.c: ask } }', []],
    ['default: { playbooks: { a.b.c: never } }', '', ['default.playbooks']],
    ['default: { playbooks: { a.b.c: alone } }', '', []],
    ['', 'default: { onSilence: contain }', ['default.onSilence']],
    ['default: { onSilence: contain }', '', []],
    ['', 'default: { onSilence: ask }', []],
    ['', 'accounts: { "111122223333": { onSilence: contain } }', ['accounts.111122223333.onSilence']],
    [
      'default: { onSilence: contain }\naccounts: { "111122223333": { onSilence: ask } }',
      'default: { onSilence: contain }',
      ['accounts.111122223333.onSilence'],
    ],
    ['', 'caps: { perHour: 21 }', ['caps.perHour']],
    ['', 'caps: { perHour: 3 }', []],
    ['', 'closeAfterDays: 3', ['closeAfterDays']],
    ['', 'closeAfterDays: 0', []],
    ['closeAfterDays: 0', '', ['closeAfterDays']],
    ['', 'shadowDays: 0', ['shadowDays']],
    ['stepUp: required', '', ['stepUp']],
    ['', 'stepUp: required', []],
    ['protected: [ "arn:aws:iam::111122223333:role/a" ]', '', ['protected']],
    ['', 'protected: [ "arn:aws:iam::111122223333:role/a" ]', []],
    ['', 'exemptions: [{ rule: a.b.c, owner: ann, reason: x, expires: 2027-01-01 }]', ['exemptions']],
    ['exemptions: [{ rule: a.b.c, owner: ann, reason: x, expires: 2027-01-01 }]', '', []],
    ['freezes: [{ from: 2026-12-20, until: 2027-01-02, reason: x }]', '', ['freezes']],
    ['', 'people: { ann: [ "arn:aws:iam::111122223333:user/ann" ] }', ['people.ann']],
    ['people: { ann: [ "arn:aws:iam::111122223333:user/ann" ] }', '', []],
    ['', 'accountOwners: { "111122223333": ann }', ['accountOwners.111122223333']],
    ['', 'remindOwnersAfter: 0', ['remindOwnersAfter']],
    ['', 'ownerTags: [boss]', ['ownerTags']],
    ['', 'accounts: { "111122223333": { act: never } }', []],
    ['default: { act: never }', 'default: { act: never }\naccounts: { "111122223333": { act: ask } }', ['accounts.111122223333.act']],
    ['units: [{ name: a, act: ask }, { name: b, act: never }]', 'units: [{ name: b, act: never }, { name: a, act: ask }]', ['units']],
    ['units: [{ name: a, act: never }]', 'units: [{ name: a, act: never, accounts: ["111122223333"] }]', ['units.["a",null,null].act']],
  ])('from %j to %j is looser in %j', (before, after, expected) => {
    expect(ways(before, after)).toEqual(expected);
  });

  test('that takes away what hid something looser is looser, although the default is as tight', () => {
    const unit = 'default: { act: never }\nunits: [{ name: a, act: alone }]\n';
    expect(ways(`${unit}accounts: { "111122223333": { act: never } }`, unit)).toEqual(['accounts.111122223333.act']);
  });

  test('of a key that nobody knows here is looser', () => {
    const before = read('');
    expect(looserWays(before, { ...before, surprise: 1 } as Tolerance)).toEqual(['surprise']);
    expect(looserWays(before, { ...before, default: { ...before.default, surprise: 1 } } as Tolerance)).toEqual(['default.surprise']);
  });
});

const account = '111122223333';
const playbooks = ['a.b.c', 'd.e.f'];
const leave = fc.constantFrom<Leave>('alone', 'ask', 'never');
const scope: fc.Arbitrary<ToleranceScope> = fc.record(
  {
    act: leave,
    playbooks: fc.dictionary(fc.constantFrom(...playbooks), leave, { maxKeys: 2, noNullPrototype: true }),
    impact: fc.integer({ min: -5, max: 5 }),
  },
  { requiredKeys: [] },
);
const tolerance: fc.Arbitrary<Tolerance> = fc
  .record({
    first: fc.record({ act: leave, playbooks: fc.dictionary(fc.constantFrom(...playbooks), leave, { maxKeys: 2, noNullPrototype: true }) }),
    units: fc.array(fc.tuple(fc.constantFrom('u', 'v'), scope), { maxLength: 2 }),
    accounts: fc.option(scope),
  })
  .map(({ first, units, accounts }) => ({
    ...read(''),
    default: { ...read('').default, ...first },
    units: units.map(([name, one]) => ({ name, tags: { team: name }, ...one })),
    accounts: accounts === null ? {} : { [account]: accounts },
  }));

/** How much is left to automation, as `decide` lays scopes over each other: 3 where the playbook is named, too. */
function left({ default: first, units, accounts }: Tolerance, of: string, teams: readonly string[], playbook: string): readonly number[] {
  let all: ToleranceScope = first;
  for (const next of [...units.filter((unit) => teams.includes(unit.name)), accounts[of] ?? {}])
    all = { ...all, ...next, playbooks: { ...all.playbooks, ...next.playbooks } };
  const [named, rank] = [all.playbooks?.[playbook], { never: 0, ask: 1, alone: 2 }];
  return [named === 'alone' ? 3 : rank[named ?? all.act ?? 'alone'], -(all.impact ?? 0)];
}

test('what is not looser leaves automation no more, for whatever account, part of the business and playbook', () => {
  let tight = 0;
  fc.assert(
    fc.property(tolerance, tolerance, (before, after) => {
      if (looserWays(before, after).length > 0) return;
      tight++;
      for (const where of [account, '444455556666'])
        for (const teams of [[], ['u'], ['v'], ['u', 'v']])
          for (const playbook of [...playbooks, 'g.h.i']) {
            const [was, is] = [left(before, where, teams, playbook), left(after, where, teams, playbook)];
            for (const [i, value] of is.entries()) expect(value).toBeLessThanOrEqual(was[i] ?? 0);
          }
    }),
    { numRuns: 5_000 },
  );
  expect(tight).toBeGreaterThan(20);
});

test('no edit is no looser edit', () => {
  fc.assert(
    fc.property(tolerance, (one) => {
      if (new Set(one.units.map(({ name }) => name)).size === one.units.length) expect(looserWays(one, one)).toEqual([]);
    }),
  );
});
