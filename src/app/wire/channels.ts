import { randomUUID } from 'node:crypto';
import { InputError } from '../../core/model/errors.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import { type ListedChannel, listChannels } from '../notify/list-channels.ts';
import { sendOne } from '../notify/send-notifications.ts';
import { type ChannelTest, testChannel as test } from '../notify/test-channel.ts';
import { openAwsCloud } from './cloud.ts';
import { type Env, homeOf, places, readRunning } from './home.ts';
import { channelsOfHome, openChannels } from './open-channels.ts';
import { openState } from './state.ts';

/** `jobzero channels`: those of the home's channels.yml, with how each does. */
export async function channels(env: Env): Promise<readonly ListedChannel[]> {
  const settings = await channelsOfHome(homeOf(env));
  const state = await openState(env);
  try {
    return await listChannels(state, settings);
  } finally {
    await state.close();
  }
}

const patienceMs = 30_000;

/** `jobzero channels test NAME`: by the workers that run, or by this process where none do. */
export async function testChannel({ name, to }: { readonly name: string; readonly to: string }, env: Env): Promise<ChannelTest> {
  const home = homeOf(env);
  const settings = await channelsOfHome(home);
  if (!settings.channels.some((one) => one.name === name)) throw new InputError(`there is no channel ${name}`, places(home).channels);
  const state = await openState(env);
  const opened: Cloud[] = [];
  const cloud = async (): Promise<Cloud> => {
    const [known] = opened;
    if (known !== undefined) return known;
    const made = await openAwsCloud({ profile: null, endpointUrl: null, regions: null });
    opened.push(made);
    return made;
  };
  try {
    const isRunning = (await readRunning(home)) !== null;
    const { tenant, store, clock } = state;
    const deps = { tenant, store, clock, worker: randomUUID(), channels: openChannels(home, env, cloud, () => undefined) };
    return await test(state, { channel: name, to, patienceMs }, isRunning ? null : (id) => sendOne(deps, id));
  } finally {
    for (const one of opened) await one.close();
    await state.close();
  }
}
