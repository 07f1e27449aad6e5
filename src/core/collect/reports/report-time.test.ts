import { expect, test } from 'vitest';
import { reportTime } from './report-time.ts';

const time = Date.UTC(2026, 0, 5, 22, 46, 15);

test.each<[unknown, number | null]>([
  ['2026-01-05T22:46:15Z', time],
  ['2026-01-05T22:46:15.250Z', time + 250],
  ['2026-01-05T22:46:15.250000+00:00', time + 250],
  ['Mon, 05 Jan 2026 22:46:15 GMT', time],
  ['Mon, 5 Jan 2026 22:46:15 GMT', time],
  ['Jan 5, 2026, 10:46:15 PM', time],
  ['Jan 5, 2026, 10:46:15\u202fPM', time],
  ['Jan 5, 2026, 12:00:01 AM', Date.UTC(2026, 0, 5, 0, 0, 1)],
  ['Jan 5, 2026, 12:00:01 PM', Date.UTC(2026, 0, 5, 12, 0, 1)],
  [time / 1000 + 0.5, time + 500],
  ['2026-01-05T22:46:15+02:00', null],
  ['Foo 5, 2026, 10:46:15 PM', null],
  ['Feb 31, 2026, 10:46:15 PM', null],
  ['yesterday', null],
  [-1, null],
  [Number.NaN, null],
  [time, null],
  [null, null],
])('%s', (value, wanted) => {
  expect(reportTime(value)).toBe(wanted);
});
