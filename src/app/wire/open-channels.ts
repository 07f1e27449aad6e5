import { readFile } from 'node:fs/promises';
import type { Channels, SecretRef } from '../../core/model/channel.ts';
import type { Channel } from '../../core/ports/channel.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import { openChannel } from '../../edge/notify/open-channel.ts';
import { readSecret } from '../../edge/notify/read-secret.ts';
import type { Inbound } from '../notify/inbound.ts';
import type { OpenChannels } from '../notify/open-channels.ts';
import { noChannels, readChannels } from '../notify/read-channels.ts';
import { type Env, places } from './home.ts';

/** The text of channels.yml; empty without the file. */
export async function channelsText(home: string): Promise<string> {
  return readFile(places(home).channels, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
}

/** The settings of the home. Throws InputError with the line. */
export async function channelsOfHome(home: string): Promise<Channels> {
  return readChannels(await channelsText(home), places(home).channels);
}

/**
 * The channels of the home, read again when the file changes. A file that cannot be read is told once, and what held before
 * goes on holding.
 */
export function openChannels(
  home: string,
  env: Env,
  cloud: () => Promise<Cloud>,
  troubled: (error: unknown) => void,
): () => Promise<OpenChannels> {
  const deps = { cloud, secret: (ref: SecretRef) => readSecret(ref, home, env) };
  let seen: string | null = null;
  let told = '';
  let settings = noChannels;
  let open: ReadonlyMap<string, Channel> = new Map();
  return async () => {
    try {
      const text = await channelsText(home);
      if (text !== seen) {
        seen = text;
        settings = readChannels(text, places(home).channels);
        open = new Map(settings.channels.map((one) => [one.name, openChannel(one, deps)]));
      }
    } catch (error) {
      if (String(error) !== told) troubled(error);
      told = String(error);
    }
    const [now, channels] = [settings, open];
    return {
      settings: now,
      channel(name) {
        const one = now.channels.find((known) => known.name === name);
        const channel = channels.get(name);
        return one === undefined || channel === undefined ? null : { settings: one, channel };
      },
    };
  };
}

/** What hears answers: the settings as they are now, and the secrets that they name. */
export function inboundOf(home: string, env: Env): Inbound {
  const now = openChannels(home, env, noCloud, () => undefined);
  return { channels: async () => (await now()).settings, secret: (ref) => readSecret(ref, home, env) };
}

function noCloud(): Promise<Cloud> {
  return Promise.reject(new Error('answers need no cloud'));
}
