import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { timeZones as zones } from '../../../app/generated/time-zones.ts';
import type { DailyWindow, OnCall, Rotation } from '../../model/on-call.ts';
import { onCallAt } from './on-call-at.ts';
import { quietUntil } from './quiet-until.ts';
import { shiftAt } from './shift-at.ts';
import { turnsBetween } from './turns-between.ts';

const hour = 3_600_000;
const day = 24 * hour;
const utc = (text: string) => Date.parse(`${text}Z`);

const week: Rotation = {
  name: 'week',
  zone: 'Europe/Berlin',
  start: utc('2026-01-05T09:00'),
  end: null,
  turnMs: 7 * day,
  people: ['alice', 'bob'],
  hours: null,
};
const settings: OnCall = {
  format: 'jobzero.on-call/1',
  zone: 'Europe/Berlin',
  rotations: [week],
  overrides: [],
  backup: ['carol'],
  everyone: ['alice', 'bob', 'carol'],
  patience: { engineerMs: 300_000, backupMs: 300_000 },
  quiet: [{ from: 22 * 60, until: 7 * 60, days: null }],
  shiftStart: 8 * 60,
  budget: 2,
  channels: null,
};

describe('who is on call', () => {
  const nights: Rotation = { ...week, name: 'nights', people: ['dora'], hours: { from: 22 * 60, until: 6 * 60, days: [5] } };
  test.each<[string, OnCall, string, string, string | null]>([
    ['the first turn', settings, '2026-01-05T08:00', 'alice', 'week'],
    ['the second', settings, '2026-01-12T08:00', 'bob', 'week'],
    ['a moment before it', settings, '2026-01-12T07:59:59.999', 'alice', 'week'],
    ['nine o’clock in summer is an hour earlier', settings, '2026-04-06T07:00', 'bob', 'week'],
    ['before the first turn, its person', settings, '2025-12-01T00:00', 'alice', 'week'],
    ['a later rotation in its hours', { ...settings, rotations: [week, nights] }, '2026-01-09T21:30', 'dora', 'nights'],
    ['over midnight', { ...settings, rotations: [week, nights] }, '2026-01-10T04:30', 'dora', 'nights'],
    ['not on another day', { ...settings, rotations: [week, nights] }, '2026-01-10T21:30', 'alice', 'week'],
    ['not before its start', { ...settings, rotations: [week, nights] }, '2026-01-02T21:30', 'alice', 'week'],
    [
      'not after its end',
      { ...settings, rotations: [week, { ...nights, end: utc('2026-01-09T23:00') }] },
      '2026-01-09T22:00',
      'alice',
      'week',
    ],
    [
      'an override before all, the last first',
      {
        ...settings,
        rotations: [week, nights],
        overrides: [
          { from: utc('2026-01-09T00:00'), until: utc('2026-01-11T00:00'), person: 'bob' },
          { from: utc('2026-01-09T21:00'), until: utc('2026-01-09T22:00'), person: 'erin' },
        ],
      },
      '2026-01-09T21:30',
      'erin',
      null,
    ],
  ])('%s', (_, given, at, person, by) => {
    expect(onCallAt(given, zones, utc(at))).toEqual({ person, by });
  });

  test('a week in turns', () => {
    const override = { from: utc('2026-01-11T10:00'), until: utc('2026-01-12T10:00'), person: 'bob' };
    expect(turnsBetween({ ...settings, overrides: [override] }, zones, utc('2026-01-10T00:00'), utc('2026-01-13T00:00'))).toEqual([
      { from: utc('2026-01-10T00:00'), until: override.from, person: 'alice', by: 'week' },
      { from: override.from, until: override.until, person: 'bob', by: null },
      { from: override.until, until: utc('2026-01-13T00:00'), person: 'bob', by: 'week' },
    ]);
  });
});

describe('laws of schedules', () => {
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Chatham');
  const someone = fc.constantFrom('alice', 'bob', 'carol', 'dora');
  const people = fc.tuple(someone, fc.array(someone, { maxLength: 3 })).map(([first, more]): Rotation['people'] => [first, ...more]);
  const minutes = fc.nat(1_439);
  const window = fc
    .record({ from: minutes, until: minutes, days: fc.option(fc.uniqueArray(fc.nat(6), { minLength: 1 })) })
    .filter(({ from, until }) => from !== until);
  const start = fc.integer({ min: utc('2026-01-01T00:00') / 60_000, max: utc('2026-12-31T00:00') / 60_000 }).map((n) => n * 60_000);
  const rotation = (hours: fc.Arbitrary<DailyWindow | null>, length: fc.Arbitrary<number | null>): fc.Arbitrary<Rotation> =>
    fc
      .record({ name: fc.constant('r'), zone, start, length, turnMs: fc.integer({ min: 1, max: 24 * 14 }), people, hours })
      .map(({ length: lasts, turnMs, ...rest }) => ({
        ...rest,
        turnMs: turnMs * hour,
        end: lasts === null ? null : rest.start + lasts * hour,
      }));
  const first = rotation(fc.constant(null), fc.constant(null));
  const layer = rotation(fc.option(window), fc.option(fc.integer({ min: 1, max: 24 * 60 })));
  const override = fc
    .tuple(start, fc.integer({ min: 1, max: 24 * 10 }), someone)
    .map(([from, hours, person]) => ({ from, until: from + hours * hour, person }));
  const all = fc
    .record({
      first,
      layers: fc.array(layer, { maxLength: 3 }),
      overrides: fc.array(override, { maxLength: 3 }),
      zone,
      shiftStart: minutes,
    })
    .map(({ first: base, layers, ...rest }): OnCall => ({ ...settings, ...rest, rotations: [base, ...layers] }));
  /** Around the days on which clocks are changed, too. */
  const instant = fc.oneof(
    start,
    fc
      .tuple(
        fc.constantFrom('2026-03-29T01:00', '2026-10-25T01:00', '2026-11-01T06:00', '2026-04-04T15:00'),
        fc.integer({ min: -180, max: 180 }),
      )
      .map(([text, more]) => utc(text) + more * 60_000),
  );

  test('turns have no gap and no overlap, and each instant has the person of its turn', () => {
    fc.assert(
      fc.property(
        all,
        instant,
        fc.integer({ min: 1, max: 24 * 40 }),
        fc.array(fc.nat(1_000), { maxLength: 20 }),
        (given, from, hours, marks) => {
          const until = from + hours * hour;
          const turns = turnsBetween(given, zones, from, until);
          expect(turns[0]?.from).toBe(from);
          expect(turns.at(-1)?.until).toBe(until);
          for (const [i, turn] of turns.entries()) {
            expect(turn.until).toBeGreaterThan(turn.from);
            if (i > 0) expect(turn.from).toBe(turns[i - 1]?.until);
          }
          for (const mark of marks) {
            const at = from + Math.floor(((until - from - 1) * mark) / 1_000);
            const [holding, ...more] = turns.filter((turn) => turn.from <= at && at < turn.until);
            expect(more).toEqual([]);
            expect(onCallAt(given, zones, at)).toEqual({ person: holding?.person, by: holding?.by });
          }
        },
      ),
    );
  });

  test('shifts cover all time, one after the other, of 12 hours but where clocks are changed', () => {
    fc.assert(
      fc.property(all, instant, (given, at) => {
        const shift = shiftAt(given, zones, at);
        expect(shift.from).toBeLessThanOrEqual(at);
        expect(shift.until).toBeGreaterThan(at);
        expect(shiftAt(given, zones, shift.until).from).toBe(shift.until);
        expect(shiftAt(given, zones, shift.from - 1).until).toBe(shift.from);
        expect(Math.abs(shift.until - shift.from - 12 * hour)).toBeLessThanOrEqual(hour);
      }),
    );
  });

  test('what waits for the end of quiet hours waits no longer then', () => {
    fc.assert(
      fc.property(zone, fc.array(window, { maxLength: 3 }), instant, (name, quiet, at) => {
        const end = quietUntil({ zone: name, quiet }, zones, at);
        expect(end).toBeGreaterThanOrEqual(at);
        if (end < at + 4 * day) expect(quietUntil({ zone: name, quiet }, zones, end)).toBe(end);
      }),
    );
  });

  test('settings that are quiet for ever hold nothing back for longer than four days', () => {
    const always = [0, 720].map((from) => ({ from, until: (from + 720) % 1_440, days: null }));
    const at = utc('2026-03-28T12:00');
    expect(quietUntil({ zone: 'Europe/Berlin', quiet: always }, zones, at)).toBe(at + 4 * day);
  });
});

test.each([
  ['in the evening', '2026-01-05T21:30', '2026-01-06T06:00'],
  ['at night', '2026-01-06T03:00', '2026-01-06T06:00'],
  ['by day', '2026-01-05T12:00', '2026-01-05T12:00'],
  ['the night on which clocks are set forward', '2026-03-28T23:00', '2026-03-29T05:00'],
  ['the night on which they are set back', '2026-10-24T23:00', '2026-10-25T06:00'],
])('quiet %s', (_, at, end) => {
  expect(quietUntil(settings, zones, utc(at))).toBe(utc(end));
});
