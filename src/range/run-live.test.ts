import { glob, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CampaignCall, parseCampaign } from '../core/model/campaign.ts';
import type { JsonObject } from '../core/model/json.ts';
import { writeLogObjects } from './log-objects.ts';
import { openRange } from './open-range.ts';
import { loadRange, saveRange } from './range-file.ts';
import { runLive } from './run-live.ts';

const start = Date.UTC(2026, 0, 15, 9);
const beat = parseCampaign(
  {
    id: 'beat',
    title: 'A beat',
    description: 'One call, and one that comes again',
    actors: { alice: { signs: { user: 'alice' }, attacker: true } },
    steps: [{ id: 'first', actor: 'alice', action: 'iam:ListUsers', wait: 1, techniques: ['T1087.004'] }],
    persists: { every: 2, steps: [{ id: 'again', actor: 'alice', action: 'iam:ListRoles', techniques: ['T1087.004'] }] },
    routines: [{ name: 'look', every: 3, steps: [{ id: 'look', actor: 'alice', action: 'ec2:DescribeInstances' }] }],
  },
  'beat.yml',
);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'range-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function eventIds(): Promise<string[]> {
  const ids: string[] = [];
  for await (const file of glob('**/*.json.gz', { cwd: folder })) {
    const { Records } = JSON.parse(gunzipSync(await readFile(join(folder, file))).toString('utf8')) as { Records: JsonObject[] };
    ids.push(...Records.map((record) => String(record['eventID'])));
  }
  return ids;
}

/** A clock that only sleeping moves. */
function sleeper(from: number, until: number) {
  const stop = new AbortController();
  let time = from;
  return {
    signal: stop.signal,
    now: () => time,
    sleep: async (milliseconds: number) => {
      time += milliseconds;
      if (time >= until) stop.abort();
    },
  };
}

test('lives: every call is delivered by both trails, and a saved range goes on', async () => {
  const calls: CampaignCall[] = [];
  const home = join(folder, 'home', 'range.json');
  const live = async (from: number, until: number) => {
    const clock = sleeper(from, until);
    const range = await loadRange(home, { seed: 'live', start, now: clock.now });
    await runLive(range, [beat], { ...clock, deliver: (objects) => writeLogObjects(folder, objects), onCall: (call) => calls.push(call) });
    await saveRange(range, home);
  };
  await live(start, start + 10_000);
  const before = calls.length;
  await live(start + 60_000, start + 70_000);
  expect(calls.filter((call) => call.step === 'first')).toHaveLength(1);
  expect(before).toBeGreaterThan(6);
  expect(calls.length).toBeGreaterThan(before + 6);
  expect(calls.slice(before).every((call) => call.at >= start + 60_000)).toBe(true);
  const ids = await eventIds();
  expect([...new Set(ids)].sort()).toEqual(calls.map((call) => String(call.eventId)).sort());
  expect(ids).toHaveLength(calls.length * 2);
});

test('after a crash the range goes on from the last save and gives no id twice', async () => {
  const path = join(folder, 'range.json');
  const live = async (from: number, until: number) => {
    const calls: CampaignCall[] = [];
    const clock = sleeper(from, until);
    const range = await loadRange(path, { seed: 'crash', start, now: clock.now });
    if (from === start) await saveRange(range, path);
    await runLive(range, [beat], { ...clock, deliver: async () => {}, onCall: (call) => calls.push(call) });
    return calls.map((call) => call.eventId);
  };
  const lost = await live(start, start + 10_000);
  const again = await live(start + 20_000, start + 30_000);
  expect(again.filter((id) => lost.includes(id))).toEqual([]);
  expect(new Set([...lost, ...again]).size).toBe(lost.length + again.length);
});

test('saves that overlap leave the newest state', async () => {
  const path = join(folder, 'range.json');
  const range = openRange({ seed: 'saves', start, now: () => start });
  const call = { account: '444455556666', region: 'us-east-1', input: { Name: 'production-trail' } } as const;
  const session = { policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }, name: 'a1' };
  const saves = [saveRange(range, path)];
  await range.cloud.call({ ...call, action: 'cloudtrail:StopLogging', role: 'undoer', session });
  saves.push(saveRange(range, path), saveRange(range, path));
  await Promise.all(saves);
  const restored = await loadRange(path, { seed: 'saves', start, now: () => start });
  expect(await restored.cloud.call({ ...call, action: 'cloudtrail:GetTrailStatus', role: 'reader' })).toMatchObject({ IsLogging: false });
});

test('a file that is no range is refused', () => {
  expect(() => openRange({ seed: 'x', start, now: () => start, accounts: [] })).toThrow('needs an account');
  return expect(writeFileThenLoad('{"format":"other"}')).rejects.toThrow('not a snapshot of a range');
});

async function writeFileThenLoad(text: string): Promise<unknown> {
  const path = join(folder, 'range.json');
  await writeFile(path, text);
  return loadRange(path, { seed: 'x', start, now: () => start });
}
