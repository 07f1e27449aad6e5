import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { rangeInput } from '../../../tools/range-input.ts';
import type { Truth } from '../../range/large/truth.ts';
import type { RangeInput } from '../wires.ts';
import { range } from './range.ts';

let folder: string;
let faults: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wire-range-'));
  faults = [];
  await mkdir(join(folder, 'campaigns', 'below'), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const look = (id: string, action = 'iam:ListUsers') => `id: ${id}
title: A look
description: Somebody looks.
objective: To see.
actors: { thief: { signs: { user: alice }, attacker: true } }
steps: [{ id: look, actor: thief, action: "${action}", techniques: [T1087.004] }]
`;

function put(name: string, text: string): Promise<void> {
  return writeFile(join(folder, 'campaigns', name), text);
}

async function write(more: Partial<RangeInput>): Promise<{ readonly truth: Truth; readonly campaigns: number }> {
  const out = join(folder, 'out');
  const summary = await range(
    rangeInput({
      out,
      accounts: 3,
      events: 400,
      days: 1,
      seed: 5,
      campaignFolders: [join(folder, 'campaigns')],
      ownCampaigns: false,
      onFault: (message) => faults.push(message),
      ...more,
    }),
  );
  return { truth: JSON.parse(await readFile(`${out}.truth.json`, 'utf8')) as Truth, campaigns: summary.campaigns };
}

describe('foreign campaigns', () => {
  test('run, those of folders below too; what is none is told with file and place', async () => {
    await put('good.yml', look('good'));
    await put('below/other.yaml', look('other'));
    await put('wrong.yml', look('wrong', 'ListUsers'));
    await put('broken.yml', 'id: [');
    await put('twice.yml', look('good'));
    await put('notes.txt', 'no campaign');
    const { truth } = await write({});
    expect(truth.campaigns.map(({ id, kind, incident, objective }) => ({ id, kind, incident, objective }))).toEqual(
      ['other', 'good'].map((id) => ({ id, kind: 'attack', incident: true, objective: 'To see.' })),
    );
    const at = (name: string) => expect.stringContaining(join(folder, 'campaigns', name));
    expect(faults).toEqual([at('broken.yml'), at('twice.yml'), at('wrong.yml')]);
    expect(faults[2]).toContain('steps.0.action: service:Action');
  });

  test('replace our own of the same id, and go beside the others', async () => {
    await put('noisy-key.yml', look('noisy-key'));
    const { truth } = await write({ ownCampaigns: true, campaigns: ['noisy-key', 'coin-miners'] });
    expect(truth.campaigns.map(({ id, title }) => ({ id, title }))).toEqual([
      { id: 'noisy-key', title: 'A look' },
      { id: 'coin-miners', title: 'Miners in Regions that nobody uses' },
    ]);
  });

  test('a folder that is not there and a campaign that is not there are refused', async () => {
    await expect(write({ campaignFolders: [join(folder, 'nowhere')] })).rejects.toThrow('no such folder');
    await expect(write({ campaigns: ['nothing'] })).rejects.toThrow('there is no campaign "nothing"');
  });
});

test('without chaos nothing benign runs but what repairs, with chaos all of it', async () => {
  const kinds = async (chaos: boolean) => {
    const { truth } = await write({ ownCampaigns: true, chaos });
    return new Set(truth.campaigns.filter(({ kind }) => kind === 'benign').map(({ campaign }) => campaign));
  };
  expect(await kinds(false)).toEqual(new Set(['drift-corrected']));
  expect((await kinds(true)).size).toBeGreaterThan(10);
});

test('an interrupt ends it', async () => {
  const stop = new AbortController();
  const onProgress = () => stop.abort(new Error('interrupted'));
  await expect(write({ signal: stop.signal, onProgress })).rejects.toThrow('interrupted');
});

test.each([
  ['events', {}],
  ['flows', { flows: 4000 }],
  ['lines of services', { api: 4000 }],
])('an interrupt from outside is heard while %s are written', async (_, logs) => {
  const stop = new AbortController();
  let calls = 0;
  // Nothing but a turn of the event loop lets it happen, as with a signal of the system.
  const from = Object.keys(logs).length === 0 ? 1 : 25;
  const onProgress = () => {
    if (++calls === from) setImmediate(() => stop.abort(new Error('interrupted')));
  };
  await expect(write({ signal: stop.signal, onProgress, days: 1, ...logs })).rejects.toThrow('interrupted');
});
