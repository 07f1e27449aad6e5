import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { obligations } from '../../../../content/index.ts';
import { timeZones as zones } from '../../../app/generated/time-zones.ts';
import type { BusinessCalendar, Obligation } from '../../model/obligation.ts';
import { afterBusinessDays, isBusinessDay } from './business-days.ts';
import { deadline } from './deadline.ts';

const hour = 3_600_000;
const utc = (text: string) => Date.parse(`${text}Z`);
const all = new Map((await obligations()).map((one) => [one.id, one]));
const of = (id: string): Obligation =>
  all.get(id) ??
  (() => {
    throw new Error(id);
  })();
const end = (id: string, duty: string, moments: Record<string, number>) => {
  const { duties, calendar } = of(id);
  const found = duties.find((one) => one.id === duty);
  if (found === undefined) throw new Error(duty);
  const until = deadline(found, moments, calendar, zones);
  return until === null ? null : new Date(until.end).toISOString().slice(0, 16);
};
const sec = of('us.sec-8k').calendar as BusinessCalendar;

describe('a deadline', () => {
  test.each([
    ['eu.gdpr', 'authority', { aware: '2026-12-24T22:00' }, '2026-12-27T22:00'],
    ['eu.nis2', 'early-warning', { aware: '2026-03-01T10:00' }, '2026-03-02T10:00'],
    ['eu.nis2', 'notification', { aware: '2026-03-01T10:00' }, '2026-03-04T10:00'],
    ['eu.nis2', 'final-report', { aware: '2026-03-01T10:00' }, null],
    ['eu.nis2', 'final-report', { aware: '2026-03-01T10:00', 'met:notification': '2026-03-03T09:30' }, '2026-04-03T09:30'],
    ['eu.nis2', 'final-report', { 'met:notification': '2026-01-31T09:30' }, '2026-02-28T09:30'],
    ['eu.nis2', 'final-report', { 'met:notification': '2027-12-31T09:30' }, '2028-01-31T09:30'],
    ['eu.nis2', 'final-report', { 'met:notification': '2028-01-30T09:30' }, '2028-02-29T09:30'],
    ['eu.dora', 'initial', { aware: '2026-03-01T10:00' }, '2026-03-02T10:00'],
    ['eu.dora', 'initial', { aware: '2026-03-01T10:00', classified: '2026-03-01T12:00' }, '2026-03-01T16:00'],
    ['eu.dora', 'initial', { aware: '2026-03-01T10:00', classified: '2026-03-02T09:00' }, '2026-03-02T10:00'],
    // What becomes major after the 24 hours has four hours from then.
    ['eu.dora', 'initial', { aware: '2026-03-01T10:00', classified: '2026-03-02T10:01' }, '2026-03-02T14:01'],
    ['eu.dora', 'intermediate', { 'met:initial': '2026-03-01T15:00' }, '2026-03-04T15:00'],
    ['us.hipaa', 'individuals', { discovered: '2026-01-01T00:00' }, '2026-03-02T00:00'],
    ['us.nydfs', 'superintendent', { determined: '2026-01-01T00:00' }, '2026-01-04T00:00'],
    ['industry.pci-dss', 'acquirer', { aware: '2026-01-01T03:00' }, '2026-01-01T03:00'],
    // A Tuesday; an evening in New York that is Wednesday in UTC; a Saturday; over Thanksgiving; over New Year's Day.
    ['us.sec-8k', 'form-8k', { determined: '2026-03-03T15:00' }, '2026-03-09T21:30'],
    ['us.sec-8k', 'form-8k', { determined: '2026-03-04T03:00' }, '2026-03-09T21:30'],
    ['us.sec-8k', 'form-8k', { determined: '2026-05-09T12:00' }, '2026-05-14T21:30'],
    ['us.sec-8k', 'form-8k', { determined: '2026-11-24T15:00' }, '2026-12-01T22:30'],
    ['us.sec-8k', 'form-8k', { determined: '2027-12-29T15:00' }, '2028-01-05T22:30'],
  ])('of %s %s from %o is %s', (id, duty, moments, expected) => {
    const times = Object.fromEntries(
      Object.entries(moments).flatMap(([moment, text]) => (text === undefined ? [] : [[moment, utc(text)]])),
    );
    expect(end(id, duty, times)).toBe(expected);
  });

  test('is the earliest of what is known, and never earlier for a later moment', () => {
    const time = fc.integer({ min: utc('2026-01-01T00:00'), max: utc('2034-12-31T00:00') });
    const duties = [...all.values()].flatMap(({ duties: some, calendar }) => some.map((duty) => ({ duty, calendar })));
    fc.assert(
      fc.property(fc.constantFrom(...duties), time, fc.integer({ min: 0, max: 400 * 24 * hour }), ({ duty, calendar }, at, more) => {
        for (const { from } of duty.ends) {
          const first = deadline(duty, { [from]: at }, calendar, zones);
          const later = deadline(duty, { [from]: at + more }, calendar, zones);
          expect(first?.end).toBeGreaterThanOrEqual(at);
          expect(later?.end).toBeGreaterThanOrEqual(first?.end ?? 0);
          for (const other of duty.ends) {
            const both = deadline(duty, { [from]: at, [other.from]: at }, calendar, zones);
            expect(both?.end).toBeLessThanOrEqual(first?.end ?? 0);
          }
        }
      }),
    );
  });
});

describe('business days', () => {
  /** As the Office of Personnel Management publishes them, for 2026 and the ends of neighbouring years. */
  const holidays = [
    '2026-01-01',
    '2026-01-19',
    '2026-02-16',
    '2026-05-25',
    '2026-06-19',
    '2026-07-03',
    '2026-09-07',
    '2026-10-12',
    '2026-11-11',
    '2026-11-26',
    '2026-12-25',
    '2027-01-01',
    '2027-12-24',
    '2027-12-31',
  ];
  test('leave out weekends and the holidays of the year, where they are kept', () => {
    const year = Array.from({ length: 730 }, (_, i) => utc('2026-01-01T00:00') + i * 24 * hour);
    const off = year.filter((date) => ![0, 6].includes(new Date(date).getUTCDay()) && !isBusinessDay(sec, date));
    expect(off.map((date) => new Date(date).toISOString().slice(0, 10)).filter((date) => date < '2027-01-02' || date > '2027-12')).toEqual(
      holidays,
    );
  });

  test('end at the close of one, with as many of them between as were asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: utc('2026-01-01T00:00'), max: utc('2034-12-01T00:00') }), fc.integer({ min: 1, max: 12 }), (at, n) => {
        const until = afterBusinessDays(sec, zones, at, n);
        expect(until).toBeGreaterThan(at);
        const date = Math.floor((until - 4 * hour) / (24 * hour)) * 24 * hour;
        expect(isBusinessDay(sec, date)).toBe(true);
        expect([17 * 60 + 30]).toContain(Math.round(((until - date) / 60_000 - (until - date > 22 * hour ? 300 : 240)) % 1440));
        if (n > 1) expect(afterBusinessDays(sec, zones, at, n - 1)).toBeLessThan(until);
      }),
    );
  });
});
