import { expect, test } from 'vitest';
import { parseCampaign } from '../../core/model/campaign.ts';
import { openRange } from '../open-range.ts';
import { manyAccounts } from './accounts.ts';
import { scheduleCampaigns } from './schedule.ts';

const start = Date.UTC(2026, 0, 5);
const hour = 3_600_000;

test.each([
  ['a loop over a list', { each: 'name' }, 40],
  ['the first ones of a list', { each: 'name', most: 20 }, 20],
  ['a loop over accounts', { each: 'accounts' }, 10],
])('an attack with %s begins early enough to come to its end', (_, loop, members) => {
  const range = openRange({ seed: 'x', start, now: () => start, accounts: manyAccounts(10) });
  for (let n = 0; n < 20; n++) {
    const campaign = parseCampaign(
      {
        id: `attack-${n}`,
        title: 'x',
        description: 'x',
        lists: { name: Array.from({ length: 40 }, (_each, i) => `name-${i}`) },
        actors: { thief: { signs: { user: 'alice' }, attacker: true } },
        steps: [{ ...loop, steps: [{ id: 'call', actor: 'thief', action: 'iam:ListUsers', wait: 600, techniques: ['T1087.004'] }] }],
      },
      'x.yml',
    );
    const [scheduled] = scheduleCampaigns(range, [campaign], start, start + 24 * hour);
    expect((scheduled?.run.startedAt ?? 0) + members * 600_000).toBeLessThan(start + 24 * hour);
  }
});
