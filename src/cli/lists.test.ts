import { describe, expect, test } from 'vitest';
import type { LoadedList } from '../app/loaded-list.ts';
import { runCli } from './cli-under-test.ts';

const fresh: LoadedList = {
  name: 'mining-domains',
  entries: ['pool.example.com'],
  sources: [{ at: 'built in', entries: 1, aside: [], checkedAt: null, stale: false, trouble: null }],
};
const stale: LoadedList = {
  name: 'threat-addresses',
  entries: ['1.2.3.4', '5.6.7.8'],
  sources: [
    {
      at: 'https://lists.example.com/a.txt',
      entries: 2,
      aside: [{ reason: 'holds private addresses', n: 3, place: 'line 7', entry: '10.0.0.1\u001b[2J' }],
      checkedAt: Date.UTC(2026, 0, 15, 9),
      stale: true,
      trouble: 'lists.example.com answered with status 500',
    },
  ],
};
const run = (args: readonly string[], lists: readonly LoadedList[]) => runCli(['lists', ...args], { lists: async () => lists });

describe('lists', () => {
  test('the table has each source, and what is wrong is told', async () => {
    const { code, out, err } = await run([], [fresh, stale]);
    expect(code).toBe(0);
    expect(out).toContain('threat-addresses        2          3  2026-01-15 09:00:00Z stale  https://lists.example.com/a.txt');
    expect(err).toContain('line 7 and 2 more places: 10.0.0.1');
    expect(err).not.toContain('\u001b[2J');
    expect(err).toContain('status 500');
    expect(err).toContain('2 lists, 2 sources, 1 stale or in trouble');
  });

  test.each([
    [[], [fresh, stale], 0],
    [['--strict'], [fresh, stale], 1],
    [['--strict'], [fresh], 0],
  ] as const)('%j exits with what it found', async (args, lists, code) => {
    expect((await run(args, lists)).code).toBe(code);
  });

  test('JSON has the counts and no entries', async () => {
    const { out } = await run(['--format', 'json'], [stale]);
    expect(JSON.parse(out)).toEqual([{ name: 'threat-addresses', entries: 2, sources: stale.sources }]);
  });

  test('--refresh reaches the use case', async () => {
    let seen: unknown;
    await runCli(['lists', '--refresh'], {
      lists: async (input) => {
        seen = input;
        return [];
      },
    });
    expect(seen).toEqual({ refresh: true });
  });
});
