import { expect, test } from 'vitest';
import { openRange } from '../open-range.ts';
import { manyAccounts } from './accounts.ts';
import { openBackground } from './background.ts';

const start = Date.UTC(2026, 0, 5, 9);
const hour = 3_600_000;

test('work that begins in the last second is not recorded behind the end of the logs', () => {
  const { state } = openRange({ seed: 'b', start, now: () => start, accounts: manyAccounts(9) });
  const background = openBackground({ state, start, hours: 1 });
  const taken: { readonly at: number; readonly text: string }[] = [];
  background.work(start + hour - 1000, 1000, 400, (_account, _region, at, text) => taken.push({ at, text }) > 0);
  expect(taken).toHaveLength(400);
  for (const { at, text } of taken) {
    expect(at).toBeLessThan(start + hour);
    expect(text).toContain(`"eventTime":"${new Date(at).toISOString().slice(0, 19)}Z"`);
  }
});
