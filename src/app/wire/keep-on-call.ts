import { readFile } from 'node:fs/promises';
import { sha256 } from '../../core/lib/hash.ts';
import { InputError } from '../../core/model/errors.ts';
import { closeFault, openFault } from '../notify/automation-fault.ts';
import { onCallSetting, parseOnCall } from '../on-call/on-call-settings.ts';
import type { UpEvent } from '../wires.ts';
import { places } from './home.ts';
import { keepOn } from './keep-on.ts';
import type { State } from './state.ts';

const everyMs = 2_000;

/**
 * Takes oncall.yml into the settings, now and whenever it changes, with a leaf in the ledger, so that all workers hold the same. A file
 * that cannot be read is a fault, and what held before goes on holding. Returns the way to stop.
 */
export function keepOnCall(
  { home, store, tenant, clock }: Pick<State, 'home' | 'store' | 'tenant' | 'clock'>,
  tell: (event: Omit<UpEvent, 'at'>) => void,
  troubled: (error: unknown) => void,
): () => Promise<void> {
  const path = places(home).onCall;
  const stop = new AbortController();
  let seen: string | null = null;

  async function look(): Promise<void> {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    if (text === seen) return;
    await take(text);
    seen = text;
  }

  async function take(text: string): Promise<void> {
    try {
      parseOnCall(text, path);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      tell({ event: 'trouble', says: error.message });
      const fault = { what: 'on-call-file', name: 'oncall.yml', reason: error.message } as const;
      await store.within(tenant, (tx) => openFault(tx, fault, [], clock.now()));
      return;
    }
    await store.within(tenant, async (tx) => {
      const at = clock.now();
      await closeFault(tx, 'on-call-file', 'oncall.yml', at);
      const before = await tx.settings.get(onCallSetting);
      if (before === text || (before === null && text === '')) return;
      await tx.settings.set(onCallSetting, text, at, 'oncall.yml');
      await tx.ledger.append({ format: 'jobzero.ledger/1', type: 'setting', subject: onCallSetting, at, data: { hash: sha256(text) } });
    });
  }

  const running = keepOn(look, everyMs, stop.signal, troubled);
  return async () => {
    stop.abort();
    await running;
  };
}
