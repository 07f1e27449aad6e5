import { expect, test } from 'vitest';
import { rulesOf } from './backtest.ts';

test('one of our own correlations over correlations comes with all that is below it, which raises nothing', async () => {
  const { rules, faults } = await rulesOf(['aws.signin.signed-in-after-guessing']);
  expect(faults).toEqual([]);
  const below = ['came-in', 'failed', 'guessed'].map((name) => `aws.signin.signed-in-after-guessing.signed-in-after-guessing-${name}`);
  expect(rules.map(({ id, raises }) => [id, raises]).sort()).toEqual([
    ['aws.signin.signed-in-after-guessing', true],
    ...below.map((id) => [id, false]),
  ]);
});
