import fc from 'fast-check';
import { expect, test } from 'vitest';
import { timeZones as zones } from '../../../app/generated/time-zones.ts';
import { loadOf, type PagePast, type PutAbout, type Tally } from './load-of.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const settings = { zone: 'UTC', shiftStart: 480 };
const start = Date.UTC(2026, 0, 6, 8);
const put = (at: number, change: Partial<PutAbout> = {}): PutAbout => ({
  at,
  to: 'engineer',
  apart: false,
  defect: false,
  rule: 'aws.x.y',
  guardrails: ['serves-production'],
  about: `${at}`,
  findings: 1,
  open: 0,
  ...change,
});
const page = (called: number, taken: number | null, ended: number | null): PagePast => ({ called, taken, ended });

test('each shift has what came in it, the latest first, and the whole has all', () => {
  const facts = {
    puts: [
      put(start + 1),
      put(start + 2, { about: 'same' }),
      put(start + 3, { defect: true, to: 'backup', about: 'same', findings: 3, open: 2 }),
      put(start + 4, { apart: true, rule: 'aws.z' }),
      put(start + 13 * hour, { about: 'same' }),
    ],
    pages: [
      page(start, start + 2 * minute, start + 12 * minute),
      page(start, start + 4 * minute, null),
      page(start + 13 * hour, null, null),
    ],
    tallies: [
      { at: start, events: 900_000, decided: 90 },
      { at: start + 3 * hour, events: 100_000, decided: 10 },
      { at: start + 13 * hour, events: 5, decided: 0 },
    ],
    // Three that nobody was asked about yet, two that somebody was, and one of before.
    open: [start - day, start, start + 1, start + 2, start + 3, start + 3, start + 13 * hour],
  };
  const { shifts, whole } = loadOf(settings, zones, { from: start, until: start + 14 * hour }, facts, start + 14 * hour);
  expect(shifts.map(({ shift }) => shift.from)).toEqual([start + 12 * hour, start]);
  expect(shifts[1]).toMatchObject({
    judgements: 3,
    beyond: 1,
    apart: 1,
    pages: 2,
    takenWithin: 2 * minute,
    worked: 10 * minute + hour,
    events: 1_000_000,
    decided: 100,
    asked: 6,
    open: 5,
    // Of 95 that are over a person was asked about four.
    alone: 91,
    repeats: 1,
    causes: [{ rule: 'aws.x.y', guardrails: ['serves-production'], n: 3 }],
  });
  expect(shifts[0]).toMatchObject({ judgements: 1, beyond: 0, repeats: 1, pages: 1, takenWithin: null, worked: 0, causes: [] });
  expect(whole).toMatchObject({
    judgements: 4,
    beyond: 1,
    apart: 1,
    pages: 3,
    events: 1_000_005,
    decided: 100,
    asked: 7,
    open: 6,
    alone: 89,
    repeats: 2,
  });
});

test('who answers at once has worked since the call; what was asked a month ago is no repeat', () => {
  const facts = {
    puts: [put(start - 31 * day, { about: 'old' }), put(start, { about: 'old' })],
    pages: [page(start, start + 7 * minute, start + 7 * minute)],
    tallies: [],
    open: [],
  };
  expect(loadOf(settings, zones, { from: start, until: start + 1 }, facts, start + day).whole).toMatchObject({
    worked: 7 * minute,
    repeats: 0,
  });
});

test('shifts lose nothing and count nothing twice', () => {
  const at = fc.nat(6 * 24 * 60).map((n) => Date.UTC(2026, 9, 22) + n * minute);
  const tallies: fc.Arbitrary<Tally> = fc.record({ at, events: fc.nat(1_000), decided: fc.nat(10) });
  fc.assert(
    fc.property(
      fc.array(
        at.map((time) => put(time)),
        { maxLength: 30 },
      ),
      fc.array(
        fc.tuple(at, fc.nat(120)).map(([called, more]) => page(called, called + more * minute, null)),
        { maxLength: 30 },
      ),
      fc.array(tallies, { maxLength: 30 }),
      fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York'),
      (puts, pages, hours, zone) => {
        const range = { from: Date.UTC(2026, 9, 22), until: Date.UTC(2026, 9, 29) };
        const { shifts, whole } = loadOf(
          { zone, shiftStart: 480 },
          zones,
          range,
          { puts, pages, tallies: hours, open: puts.map((one) => one.at) },
          range.until,
        );
        for (const name of ['judgements', 'pages', 'events', 'decided', 'open', 'asked', 'repeats', 'worked'] as const)
          expect(
            shifts.reduce((sum, shift) => sum + shift[name], 0),
            name,
          ).toBe(whole[name]);
        expect([whole.judgements, whole.pages]).toEqual([puts.length, pages.length]);
      },
    ),
  );
});
