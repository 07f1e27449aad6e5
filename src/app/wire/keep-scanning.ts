import { setTimeout as sleep } from 'node:timers/promises';
import { controls } from '../../../content/index.ts';
import { severityIds } from '../../core/model/severity.ts';
import { scan } from '../scan.ts';
import type { UpEvent } from '../wires.ts';
import { type CloudChoice, openCloud } from './cloud.ts';
import type { State } from './state.ts';

const everyMs = 15 * 60_000;

/** Judges the settings of all accounts now and every quarter of an hour. Returns the way to stop. */
export async function keepScanning(
  state: State,
  choice: CloudChoice,
  tell: (event: Omit<UpEvent, 'at'>) => void,
  troubled: (error: unknown) => void,
): Promise<() => Promise<void>> {
  const { tenant, store, clock } = state;
  const cloud = await openCloud(choice);
  const stop = new AbortController();
  const judged = await controls();

  async function round(): Promise<void> {
    const { raised, unread } = await scan({ tenant, store, clock, cloud, controls: judged });
    for (const { id, message, severity } of raised)
      if (severityIds[severity] >= severityIds.High) tell({ event: 'finding', says: message, finding: id, severity });
    if (unread > 0)
      tell({ event: 'trouble', says: `${unread} settings could not be read; "jobzero assess" names the permissions that are missing.` });
  }

  const running = (async () => {
    while (!stop.signal.aborted) {
      await round().catch(troubled);
      await sleep(everyMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  })();
  return async () => {
    stop.abort();
    await running;
    await cloud.close();
  };
}
