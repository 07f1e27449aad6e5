import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import attack from '../../src/core/model/attack-v19.json' with { type: 'json' };
import { allSteps, parseCampaign } from '../../src/core/model/campaign.ts';
import { openRange } from '../../src/range/open-range.ts';
import { runCampaign } from '../../src/range/run-campaign.ts';

const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.yml'));
const start = Date.UTC(2026, 0, 15, 9);

test('there are campaigns', () => {
  expect(files.length).toBeGreaterThanOrEqual(3);
});

describe.each(files)('%s', (file) => {
  const campaign = parseCampaign(parse(readFileSync(`${import.meta.dirname}/${file}`, 'utf8')), file);
  const steps = allSteps(campaign);

  test('its id is its name', () => {
    expect(`${campaign.id}.yml`).toBe(file);
  });

  test('attackers and only attackers have techniques, and these exist', () => {
    for (const step of steps) {
      expect(step.techniques.length > 0, step.id).toBe(campaign.actors[step.actor]?.attacker === true);
      for (const technique of step.techniques) expect(attack.techniques, step.id).toHaveProperty([technique]);
    }
  });

  test.each([
    ['an organisation of three accounts', undefined],
    ['one account', [{ id: '111122223333', name: 'alone' }]],
  ])('every step finds what it refers to, in %s', (_name, accounts) => {
    const range = openRange({ seed: file, start, now: () => start, ...(accounts === undefined ? {} : { accounts }) });
    const calls = runCampaign(range, [campaign], start, start + 7_200_000);
    expect(new Set(calls.map((call) => call.step))).toEqual(new Set(steps.map((step) => step.id)));
    expect(calls.filter((call) => call.errorCode === 'NothingToUse' || call.errorCode === 'UnsupportedAction')).toEqual([]);
  });
});
