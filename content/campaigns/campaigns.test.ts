import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import attack from '../../src/core/model/attack-v19.json' with { type: 'json' };
import { allSteps, natureOf, parseCampaign } from '../../src/core/model/campaign.ts';
import { isOfNetwork } from '../../src/core/model/campaign-traffic.ts';
import { type RangeAccount, threeAccounts } from '../../src/range/build-organisation.ts';
import { Dice } from '../../src/range/dice.ts';
import { manyAccounts } from '../../src/range/large/accounts.ts';
import { serviceLogs } from '../../src/range/logs/write-services.ts';
import { trafficOf } from '../../src/range/network/campaign-traffic.ts';
import { openRange } from '../../src/range/open-range.ts';
import { placeCampaign } from '../../src/range/place-campaign.ts';
import { runCampaign } from '../../src/range/run-campaign.ts';

const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.yml'));
const start = Date.UTC(2026, 0, 15, 9);
const day = 86_400_000;
/** What the small organisation shows when jobzero starts without AWS credentials: it goes on for ever. */
const shown = ['ordinary-day.yml', 'stolen-deploy-key.yml', 'stolen-workload-session.yml'];
const campaigns = files.map((file) => [file, parseCampaign(parse(readFileSync(`${import.meta.dirname}/${file}`, 'utf8')), file)] as const);

test('there are attacks, and at least as much that is benign', () => {
  const kinds = campaigns.map(([, campaign]) => natureOf(campaign).kind);
  expect(kinds.filter((kind) => kind === 'attack').length).toBeGreaterThanOrEqual(10);
  expect(kinds.filter((kind) => kind === 'benign').length).toBeGreaterThanOrEqual(10);
});

describe.each(campaigns)('%s', (file, campaign) => {
  const steps = allSteps(campaign);

  test('its id is its name', () => {
    expect(`${campaign.id}.yml`).toBe(file);
  });

  test('attackers and only attackers have techniques, and these exist', () => {
    const traffic = campaign.traffic.map(({ id, techniques, attacker }) => ({ id, techniques, attacker }));
    const calls = steps.map(({ id, techniques, actor }) => ({ id, techniques, attacker: campaign.actors[actor]?.attacker === true }));
    for (const { id, techniques, attacker } of [...calls, ...traffic]) {
      expect(techniques.length > 0, id).toBe(attacker);
      for (const technique of techniques) expect(attack.techniques, id).toHaveProperty([technique]);
    }
  });

  test('its traffic finds its hosts', () => {
    const { state } = openRange({ seed: file, start, now: () => start, accounts: manyAccounts(12) });
    const placed = placeCampaign(state, campaign);
    const seen = new Set([...trafficOf(state, placed, start)].map(({ entry }) => entry.id));
    expect(seen).toEqual(new Set(campaign.traffic.map(({ id }) => id)));
  });

  test('its traffic is written by some log of a service, or is of the network', () => {
    const { state } = openRange({ seed: file, start, now: () => start, accounts: manyAccounts(12) });
    const placed = placeCampaign(state, campaign);
    const logs = serviceLogs(state);
    for (const entry of placed.traffic) {
      const lines = logs.map((log) => log.lines(entry, start, 0, new Dice('x'), placed.people)).filter((each) => each.length > 0);
      expect(lines.length, entry.id).toBe(isOfNetwork(entry) ? 0 : 1);
      for (const { text, account } of lines.flat()) {
        expect(text, entry.id).not.toMatch(/\$\{|%LABEL%|system:anonymous.*example\.com/);
        expect(account, entry.id).toBe(entry.account);
      }
    }
  });

  test('an attack has an objective', () => {
    if (natureOf(campaign).kind === 'attack') expect(campaign.objective).toBeDefined();
  });

  const organisations: readonly (readonly [string, readonly RangeAccount[], number])[] = [
    ['many accounts', manyAccounts(12), shown.includes(file) ? day / 12 : 30 * day],
    ['three accounts', threeAccounts, day / 12],
    ['one account', [{ id: '111122223333', name: 'alone' }], day / 12],
  ];
  test.each(organisations.slice(0, shown.includes(file) ? 3 : 1))(
    'every step finds what it refers to, in an organisation of %s',
    (_name, accounts, lasts) => {
      const range = openRange({ seed: file, start, now: () => start, accounts });
      const calls = runCampaign(range, [campaign], start, start + lasts);
      expect(new Set(calls.map((call) => call.step))).toEqual(new Set(steps.map((step) => step.id)));
      expect(calls.filter((call) => call.errorCode === 'NothingToUse' || call.errorCode === 'UnsupportedAction')).toEqual([]);
    },
  );
});
