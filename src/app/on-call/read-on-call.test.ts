import { expect, test } from 'vitest';
import { onCallAt } from '../../core/decide/on-call/on-call-at.ts';
import { timeZones } from '../generated/time-zones.ts';
import { parseOnCall } from './on-call-settings.ts';

const least = `zone: Europe/Berlin
engineer:
  - { people: [alice, bob], from: 2026-01-05 09:00, turn: 1w }
`;

test('a file with all there is', () => {
  const text = `zone: Europe/Berlin
engineer:
  - { people: [alice, bob], from: 2026-01-05 09:00, turn: 7d }
  - { name: far away, people: [erin], from: 2026-02-01 00:00, until: 2026-12-01 00:00, turn: 12h, zone: America/New_York, hours: 20:00-08:00, days: [Fri, Sat] }
  - { name: sundays, people: [bob], from: 2026-02-01 00:00, turn: 1d, days: [Sun] }
backup: [carol]
patience: { engineer: 3m }
quiet:
  - { hours: 22:00-07:00 }
shift: 06:30
budget: 1
channels: [pager]
overrides:
  - { from: 2026-12-24 18:00, until: 2026-12-26 09:00, person: dora }
`;
  expect(parseOnCall(text, 'oncall.yml')).toEqual({
    format: 'jobzero.on-call/1',
    zone: 'Europe/Berlin',
    rotations: [
      {
        name: 'rotation 1',
        zone: 'Europe/Berlin',
        start: Date.UTC(2026, 0, 5, 9),
        end: null,
        turnMs: 7 * 86_400_000,
        people: ['alice', 'bob'],
        hours: null,
      },
      {
        name: 'far away',
        zone: 'America/New_York',
        start: Date.UTC(2026, 1, 1),
        end: Date.UTC(2026, 11, 1),
        turnMs: 43_200_000,
        people: ['erin'],
        hours: { from: 1_200, until: 480, days: [5, 6] },
      },
      {
        name: 'sundays',
        zone: 'Europe/Berlin',
        start: Date.UTC(2026, 1, 1),
        end: null,
        turnMs: 86_400_000,
        people: ['bob'],
        hours: { from: 0, until: 0, days: [0] },
      },
    ],
    overrides: [{ from: Date.UTC(2026, 11, 24, 17), until: Date.UTC(2026, 11, 26, 8), person: 'dora' }],
    backup: ['carol'],
    everyone: ['alice', 'bob', 'carol', 'dora', 'erin'],
    patience: { engineerMs: 180_000, backupMs: 300_000 },
    quiet: [{ from: 1_320, until: 420, days: null }],
    shiftStart: 390,
    budget: 1,
    channels: ['pager'],
  });
});

test('the least that there can be, and nothing', () => {
  const settings = parseOnCall(least, 'oncall.yml');
  expect(settings).toMatchObject({ budget: 2, shiftStart: 480, quiet: [], backup: [], everyone: ['alice', 'bob'], channels: null });
  if (settings !== null) expect(onCallAt(settings, timeZones, Date.UTC(2026, 0, 12, 8)).person).toBe('bob');
  expect(parseOnCall('', 'oncall.yml')).toBeNull();
});

test.each([
  ['zone: Mars/Olympus\nengineer:\n  - { people: [a], from: 2026-01-05 09:00, turn: 1w }\n', /there is no time zone Mars\/Olympus/],
  ['zone: UTC\n', /oncall\.yml:1: engineer/],
  ['zone: UTC\nengineer: []\n', /oncall\.yml:2: engineer/],
  ['zone: UTC\nengineer:\n  - { people: [], from: 2026-01-05 09:00, turn: 1w }\n', /oncall\.yml:3: engineer\.0\.people/],
  [least.replace('2026-01-05 09:00', '2026-02-31 09:00'), /oncall\.yml:3: .*is no local time/],
  [least.replace('1w', '30m'), /oncall\.yml:3: .*is no length/],
  [least.replace('1w', '99w'), /oncall\.yml:3: .*is no length/],
  [least.replace('turn: 1w', 'turn: 1w, hours: 08:00-20:00'), /the first rotation covers all time/],
  [`${least}  - { people: [c], from: 2026-01-05 09:00, turn: 1w, hours: 08:00-08:00 }\n`, /oncall\.yml:4: .*are no hours/],
  [`${least}  - { people: [c], from: 2026-01-05 09:00, turn: 1w, hours: 8-24 }\n`, /are no hours/],
  [`${least}  - { people: [c], from: 2026-01-05 09:00, until: 2026-01-05 09:00, turn: 1w }\n`, /engineer\.1: it ends before it begins/],
  [`${least}  - { name: rotation 1, people: [c], from: 2026-01-05 09:00, turn: 1w }\n`, /two rotations are called rotation 1/],
  [`${least}budget: 2.5\n`, /oncall\.yml:4: budget/],
  [`${least}shift: 25:00\n`, /is no time of the day/],
  [`${least}patience: { engineer: 0m }\n`, /is no wait/],
  [`${least}backups: [c]\n`, /backups/],
  [`${least}overrides:\n  - { from: 2026-01-06 00:00, until: 2026-01-05 00:00, person: c }\n`, /overrides\.0: it ends before it begins/],
])('%# is refused with its place', (text, says) => {
  expect(() => parseOnCall(text, 'oncall.yml')).toThrow(says);
});
