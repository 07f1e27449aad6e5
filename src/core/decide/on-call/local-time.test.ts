import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { timeZones as zones } from '../../../app/generated/time-zones.ts';
import { InvariantError } from '../../model/errors.ts';
import { instantOf, wallAt } from './local-time.ts';

const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Africa/Casablanca', 'Pacific/Chatham');
const at = fc.integer({ min: Date.UTC(2025, 0, 2), max: Date.UTC(2040, 0, 1) });
const utc = (text: string) => Date.parse(`${text}Z`);

describe('clocks in Berlin', () => {
  test.each([
    ['in winter', '2026-01-05T08:00', '2026-01-05T09:00'],
    ['in summer', '2026-07-05T08:00', '2026-07-05T10:00'],
    ['the last moment of winter', '2026-03-29T00:59:59.999', '2026-03-29T01:59:59.999'],
    ['set forward', '2026-03-29T01:00', '2026-03-29T03:00'],
    ['the first of two', '2026-10-25T00:30', '2026-10-25T02:30'],
    ['the second of two', '2026-10-25T01:30', '2026-10-25T02:30'],
  ])('%s', (_, instant, wall) => {
    expect(wallAt(zones, 'Europe/Berlin', utc(instant))).toBe(utc(wall));
  });

  test.each([
    ['a time that there is once', '2026-07-05T10:00', '2026-07-05T08:00'],
    ['a time that there is not: when clocks are set forward over it', '2026-03-29T02:30', '2026-03-29T01:00'],
    ['a time that there is twice: the first', '2026-10-25T02:30', '2026-10-25T00:30'],
  ])('%s', (_, wall, instant) => {
    expect(instantOf(zones, 'Europe/Berlin', utc(wall))).toBe(utc(instant));
  });
});

test('a later wall time is never an earlier instant, and one that there is comes back', () => {
  fc.assert(
    fc.property(zone, at, fc.nat(3 * 86_400_000), (name, wall, more) => {
      const instant = instantOf(zones, name, wall);
      expect(instantOf(zones, name, wall + more)).toBeGreaterThanOrEqual(instant);
      expect(wallAt(zones, name, instant)).toBeGreaterThanOrEqual(wall);
      expect(instantOf(zones, name, wallAt(zones, name, instant))).toBeLessThanOrEqual(instant);
    }),
  );
});

test('every instant is found by its wall time, but for the second of two', () => {
  fc.assert(
    fc.property(zone, at, (name, instant) => {
      const wall = wallAt(zones, name, instant);
      expect(wallAt(zones, name, instantOf(zones, name, wall))).toBe(wall);
    }),
  );
});

test('it is what Node says, whose database it is of', () => {
  fc.assert(
    fc.property(zone, at, (name, instant) => {
      const parts = new Intl.DateTimeFormat('sv-SE', { timeZone: name, dateStyle: 'short', timeStyle: 'medium' }).format(instant);
      expect(new Date(wallAt(zones, name, instant)).toISOString().slice(0, 19).replace('T', ' ')).toBe(parts);
    }),
  );
});

test('an unknown zone is a fault of ours', () => {
  for (const name of ['Mars/Olympus', '__proto__', 'toString']) expect(() => wallAt(zones, name, 0)).toThrow(InvariantError);
});
