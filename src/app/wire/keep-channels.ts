import { sha256 } from '../../core/lib/hash.ts';
import type { Channels } from '../../core/model/channel.ts';
import { InputError } from '../../core/model/errors.ts';
import { beat } from '../../edge/notify/beat.ts';
import { readSecret } from '../../edge/notify/read-secret.ts';
import { closeFault, openFault } from '../notify/automation-fault.ts';
import { type Cursor, followExports } from '../notify/follow-exports.ts';
import { heartbeat } from '../notify/heartbeat.ts';
import { queueFindings } from '../notify/queue-findings.ts';
import { noChannels, readChannels } from '../notify/read-channels.ts';
import type { UpEvent } from '../wires.ts';
import { type Env, places } from './home.ts';
import { keepOn } from './keep-on.ts';
import { channelsText } from './open-channels.ts';
import type { State } from './state.ts';

const lookEveryMs = 2_000;
const noHeartbeatMs = 60_000;

/**
 * Reads channels.yml now and whenever it changes, with a leaf in the ledger; a file that cannot be read is a fault, and what
 * held before goes on holding. Queues findings for the systems that want them, and sends the heartbeat to the outside.
 * Returns the way to stop.
 */
export function keepChannels(
  state: Pick<State, 'home' | 'tenant' | 'store' | 'clock'>,
  env: Env,
  tell: (event: Omit<UpEvent, 'at'>) => void,
  troubled: (error: unknown) => void,
): () => Promise<void> {
  const { home, tenant, store, clock } = state;
  const since = clock.now();
  const stop = new AbortController();
  const seenDecisions = new Set<string>();
  const exportsSeen: Cursor = new Map();
  let settings: Channels = noChannels;
  let seen: string | null = null;
  let failures = 0;

  async function look(): Promise<void> {
    const text = await channelsText(home);
    if (text !== seen) {
      await take(text);
      seen = text;
    }
    while ((await queueFindings({ tenant, store, clock }, settings, seenDecisions)) && !stop.signal.aborted);
    const sinks = settings.channels.flatMap((one) => ('findings' in one && one.findings !== null ? [one.name] : []));
    if (sinks.length > 0) await followExports({ tenant, store, clock }, new Set(sinks), exportsSeen);
  }

  async function take(text: string): Promise<void> {
    try {
      settings = readChannels(text, places(home).channels);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      tell({ event: 'trouble', says: error.message });
      const fault = { what: 'channels-file', name: 'channels.yml', reason: error.message } as const;
      await store.within(tenant, (tx) => openFault(tx, fault, [], clock.now()));
      return;
    }
    const hash = sha256(text);
    await store.within(tenant, async (tx) => {
      const at = clock.now();
      await closeFault(tx, 'channels-file', 'channels.yml', at);
      const before = await tx.settings.get('channels');
      if (before === hash || (before === null && text === '')) return;
      await tx.settings.set('channels', hash, at, 'channels.yml');
      const data = { hash, channels: Object.fromEntries(settings.channels.map(({ name, kind }) => [name, kind])) };
      await tx.ledger.append({ format: 'jobzero.ledger/1', type: 'setting', subject: 'channels', at, data });
    });
  }

  async function beats(): Promise<void> {
    failures = await heartbeat(
      {
        tenant,
        store,
        clock,
        since,
        beat: async ({ url, method }) => {
          try {
            return await beat(typeof url === 'string' ? url : await readSecret(url, home, env), method);
          } catch (error) {
            return error instanceof Error ? error.message : String(error);
          }
        },
      },
      settings.heartbeat,
      failures,
    );
  }

  const running = (async () => {
    await look().catch(troubled);
    await Promise.all([keepOn(look, lookEveryMs, stop.signal, troubled), keepBeating()]);
  })();

  /** By the clock, not by how long a beat takes, and soon after a heartbeat was asked for. */
  async function keepBeating(): Promise<void> {
    let next = clock.now();
    await keepOn(
      async () => {
        if (clock.now() < next) return;
        next = clock.now() + (settings.heartbeat?.everyMs ?? noHeartbeatMs);
        await beats();
      },
      1_000,
      stop.signal,
      troubled,
    );
  }

  return async () => {
    stop.abort();
    await running;
  };
}
