import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadCampaigns } from '../../src/app/wire/load-campaigns.ts';
import { type Campaign, parseCampaign } from '../../src/core/model/campaign.ts';
import { type TestDatabase, testDatabase } from '../../src/edge/postgres/testing.ts';
import { chooseCampaigns } from './choose-campaigns.ts';
import { barsOf } from './report.ts';
import { type MonthFacts, runMonth } from './run-month.ts';
import { type MonthScore, scoreMonth } from './score.ts';
import { storiesOf } from './stories.ts';

const tolerance = readFileSync(join(import.meta.dirname, 'tolerance.yml'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'jobzero-month-test-'));
let database: TestDatabase;
let campaigns: readonly Campaign[];
let runs = 0;

beforeAll(async () => {
  database = await testDatabase();
  const wanted = ['stolen-deploy-key', 'blinded-detectors', 'keys-rotated'];
  const own = (await loadCampaigns()).filter(({ id }) => wanted.includes(id));
  ({ campaigns } = chooseCampaigns(own, 'test', 30, 2));
});
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Change {
  readonly campaigns?: readonly Campaign[];
  readonly tolerance?: string;
}

async function someHours(change: Change): Promise<MonthScore> {
  return scoreMonth(await factsOfHours(change));
}

/** Ten hours of four accounts. Each run has a ledger of its own. */
function factsOfHours(change: Change): Promise<MonthFacts> {
  const run = ++runs;
  return runMonth({
    seed: 'test',
    tenant: `month-${run}`,
    accounts: 4,
    days: 0.4,
    eventsADay: 100,
    campaigns,
    fast: true,
    tolerance,
    databaseUrl: database.url,
    folder: mkdtempSync(join(folder, 'run-')),
    ...change,
  });
}

const endOf = (score: MonthScore, run: string) => score.campaigns.find((one) => one.run === run);
const wrongs = (score: MonthScore, what: string) => score.wrong.filter((one) => one.what === what).length;

describe('an organisation that is watched', () => {
  let facts: MonthFacts;
  let score: MonthScore;
  beforeAll(async () => {
    facts = await factsOfHours({});
    score = scoreMonth(facts);
  });

  test('the story of an attack tells what was called, found, done and how it ended, in its order', () => {
    const story = storiesOf(facts, ['stolen-deploy-key']).split('\n');
    expect(story[0]).toBe('== stolen-deploy-key');
    const at = (what: RegExp) => story.findIndex((line) => what.test(line));
    const begun = [/ who-am-i: sts:GetCallerIdentity by /, /FOUND .*ci-deployer: act/, /ACTION aws.iam.contain-access-key .*verified/].map(
      at,
    );
    const order = [...begun, story.findLastIndex((line) => line.includes(' failed '))];
    expect(order.every((line) => line > 0)).toBe(true);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(story.slice(1)).toEqual(
      story.slice(1).toSorted((a, b) => (a.slice(0, 11) < b.slice(0, 11) ? -1 : a.slice(0, 11) > b.slice(0, 11) ? 1 : 0)),
    );
  });

  test('a stolen key is cut off by automation, and every later call of the thief fails', () => {
    const thief = endOf(score, 'stolen-deploy-key');
    expect(thief).toMatchObject({ end: 'contained' });
    expect(thief?.succeeded).toBeGreaterThan(10);
    expect(thief?.failedAfter).toBeGreaterThan(20);
    expect(thief?.playbooks).toContain('aws.iam.contain-access-key');
    expect(score.automaticActions).toBeGreaterThan(0);
  });

  test('a person of Identity Center whose session was stolen says so, and is denied', () => {
    expect(endOf(score, 'blinded-detectors')).toMatchObject({ end: 'contained' });
    expect(endOf(score, 'blinded-detectors')?.playbooks).toContain('aws.organizations.deny-person (approved)');
    expect(score.askedActors).toBeGreaterThan(0);
  });

  test('nothing benign was touched, nothing true was closed unhandled, and nothing was missed', () => {
    expect([score.wrongAutomaticActions, score.wrongClosures, score.missed.Critical + score.missed.High]).toEqual([0, 0, 0]);
    expect(score.closures).toBeGreaterThan(0);
  });

  test('every decision replays to its bytes, and the ledger verifies against its checkpoints outside', () => {
    expect(score.replay.of).toBeGreaterThan(20);
    expect(score.replay.same).toBe(score.replay.of);
    expect(score.ledger).toMatchObject({ ok: true, basis: 'outside-checkpoint' });
    expect(score.ledger.size).toBeGreaterThan(score.replay.of);
  });
});

describe('what goes wrong is counted', () => {
  test('automation that may not act: the attack goes on, and the bar is missed', async () => {
    const score = await someHours({ tolerance: `${tolerance}accounts: {}\n`.replace('act: alone', 'act: never') });
    expect(score.automaticActions).toBe(0);
    expect(endOf(score, 'stolen-deploy-key')?.end).toBe('told');
    expect(endOf(score, 'stolen-deploy-key')?.failedAfter).toBe(0);
  });

  test('an exemption that covers an attack: closed wrongly, and missed', async () => {
    const oneKey = parseCampaign(
      {
        id: 'one-key',
        title: 'One key',
        description: 'Who has the key of the deployment user makes one for somebody else, and no noise.',
        actors: { thief: { signs: { user: 'ci-deployer' }, ip: '198.51.100.77', attacker: true } },
        steps: [{ id: 'make', actor: 'thief', action: 'iam:CreateAccessKey', input: { UserName: 'alice' }, techniques: ['T1098.001'] }],
      },
      'one-key',
    );
    const rule = 'aws.iam.access-key-created-for-other-user';
    const score = await someHours({
      campaigns: chooseCampaigns([oneKey], 'test', 1, 1).campaigns,
      tolerance: `${tolerance}exemptions:\n  - { rule: ${rule}, owner: mallory, reason: trust me, expires: "2027-01-01" }\n`,
    });
    expect([score.wrongClosures, wrongs(score, 'wrong closure')]).toEqual([1, 1]);
    expect(score.missed.High).toBe(1);
    const missed = barsOf(score).flatMap(({ name, met }) => (met ? [] : [name]));
    expect(missed).toEqual(expect.arrayContaining(['missed attacks, high or above', 'wrong closures']));
  });

  test('an action on what the truth calls benign', async () => {
    const score = await someHours({ campaigns: campaigns.map((one) => ({ ...one, kind: 'benign', incident: false })) });
    expect(score.campaigns).toEqual([]);
    expect(score.wrongAutomaticActions).toBe(score.automaticActions);
    expect(wrongs(score, 'wrong automatic action')).toBeGreaterThan(0);
    expect(score.falsePages).toBeGreaterThan(0);
    expect(barsOf(score).find(({ name }) => name === 'wrong automatic actions')?.met).toBe(false);
  });
});
