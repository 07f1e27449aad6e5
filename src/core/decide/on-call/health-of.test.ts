import { expect, test } from 'vitest';
import { type AccountFacts, healthOf } from './health-of.ts';

const now = Date.UTC(2026, 0, 15, 9);
const hour = 3_600_000;
const well: AccountFacts = {
  account: '111122223333',
  settingsAt: now - hour,
  unread: [],
  readerDenied: null,
  actorDenied: null,
  arrived: new Set(['aws.cloudtrail']),
  silent: new Map(),
  armed: new Set(['p']),
  failing: new Set(),
};
const answers = [{ playbook: 'p', sources: ['aws.cloudtrail', 'aws.vpc-flow', 'settings'] as const }];
const states = (change: Partial<AccountFacts>, stopped = false) =>
  healthOf({ ...well, ...change }, ['settings', 'aws.cloudtrail', 'aws.vpc-flow'], answers, stopped, now).playbooks.map(
    ({ state, reason }) => [state, reason],
  );

test.each<[string, Partial<AccountFacts>, boolean, readonly (readonly [string, string])[]]>([
  [
    'all is well but for a log that does not come',
    {},
    false,
    [
      ['working', ''],
      ['blind', 'nothing comes from it'],
      ['working', ''],
    ],
  ],
  [
    'not armed',
    { armed: new Set() },
    false,
    [
      ['disarmed', 'not armed'],
      ['blind', 'nothing comes from it'],
      ['disarmed', 'not armed'],
    ],
  ],
  [
    'stopped',
    {},
    true,
    [
      ['disarmed', 'the stop button is pressed'],
      ['blind', 'nothing comes from it'],
      ['disarmed', 'the stop button is pressed'],
    ],
  ],
  [
    'a log that went silent, and settings that are old',
    { silent: new Map([['aws.cloudtrail', 'silent in us-east-1 since 2026-01-14T00:00:00.000Z']]), settingsAt: now - 7 * hour },
    false,
    [
      ['blind', 'silent in us-east-1 since 2026-01-14T00:00:00.000Z'],
      ['blind', 'nothing comes from it'],
      ['blind', 'its settings were read last at 2026-01-15T02:00:00.000Z'],
    ],
  ],
  [
    'permissions that are missing',
    { unread: ['a:A', 'b:B', 'c:C', 'd:D'], arrived: new Set(['aws.cloudtrail', 'aws.vpc-flow']) },
    false,
    [
      ['working', ''],
      ['working', ''],
      ['blind', 'of its settings a:A, b:B, c:C and 1 more could not be read'],
    ],
  ],
  [
    'roles that are gone',
    { readerDenied: 'AccessDenied', actorDenied: 'AccessDenied' },
    false,
    [
      ['disarmed', 'the role that acts is denied (AccessDenied)'],
      ['blind', 'nothing comes from it'],
      ['blind', 'the role that reads is denied (AccessDenied)'],
    ],
  ],
  [
    'an action that did not hold, in an account that was never read',
    { failing: new Set(['p']), settingsAt: null },
    false,
    [
      ['disarmed', 'armed, and its last action here did not hold'],
      ['blind', 'nothing comes from it'],
      ['blind', 'its settings were never read'],
    ],
  ],
])('%s', (_, change, stopped, expected) => {
  expect(states(change, stopped)).toEqual(expected);
});

test('a source that no playbook answers is judged all the same, or blind', () => {
  const { playbooks } = healthOf(well, ['aws.cloudtrail', 'aws.rds'], [], true, now);
  expect(playbooks).toEqual([
    { source: 'aws.cloudtrail', playbook: null, state: 'working', reason: '' },
    { source: 'aws.rds', playbook: null, state: 'blind', reason: 'nothing comes from it' },
  ]);
});
