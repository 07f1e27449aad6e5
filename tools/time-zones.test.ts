import { expect, test } from 'vitest';
import { timeZones as committed } from '../src/app/generated/time-zones.ts';
import { timeZones } from './time-zones.ts';

const zones = ['Africa/Casablanca', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Europe/Berlin', 'Pacific/Chatham', 'UTC'];
const ruleIn = (table: typeof committed, zone: string) => table.rules[table.zones[zone] ?? -1];

test('clocks of Berlin are changed when everybody knows', () => {
  const [offset, spring, summer, autumn, winter] = ruleIn(timeZones(['Europe/Berlin']), 'Europe/Berlin') ?? [];
  expect([offset, summer, winter]).toEqual([60, 120, 60]);
  expect(spring).toBe(Date.UTC(2025, 2, 30, 1) / 60_000);
  expect(autumn).toBe(Date.UTC(2025, 9, 26, 1) / 60_000);
});

test('the table of the house is what this Node computes, where it has the same database', ({ skip }) => {
  const table = timeZones(zones);
  skip(table.version !== committed.version, `this Node has ${table.version}, the table ${committed.version}`);
  for (const zone of zones) expect(ruleIn(committed, zone), zone).toEqual(ruleIn(table, zone));
  expect([committed.from, committed.until]).toEqual([table.from, table.until]);
});

test('zones are named as people write them, and each has a rule', () => {
  expect(Object.keys(committed.zones)).toEqual(expect.arrayContaining(['Asia/Kolkata', 'Europe/Kyiv', 'Europe/London', 'UTC']));
  for (const place of Object.values(committed.zones)) expect(committed.rules[place]?.length).toBeGreaterThan(0);
});
