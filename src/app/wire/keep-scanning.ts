import { controls as allControls } from '../../../content/index.ts';
import { severityIds } from '../../core/model/severity.ts';
import { takeSnapshot } from '../take-snapshot.ts';
import type { UpEvent } from '../wires.ts';
import { type CloudChoice, openCloud } from './cloud.ts';
import { keepOn } from './keep-on.ts';
import type { State } from './state.ts';

const everyMs = 15 * 60_000;

/** Judges the settings of all accounts now and every quarter of an hour. Returns the way to stop, which waits for the account under way. */
export async function keepScanning(
  state: State,
  choice: CloudChoice,
  tell: (event: Omit<UpEvent, 'at'>) => void,
  troubled: (error: unknown) => void,
): Promise<() => Promise<void>> {
  const { tenant, store, clock } = state;
  const cloud = await openCloud(choice);
  const controls = await allControls();
  const stop = new AbortController();

  async function scan(account: string): Promise<void> {
    const { raised, unread } = await takeSnapshot({ tenant, store, clock, cloud, controls }, account, await cloud.regions(account));
    if (unread > 0)
      tell({
        event: 'trouble',
        says: `${unread} lists of account ${account} could not be read; "jobzero assess" names the permissions that are missing.`,
      });
    for (const id of raised) {
      const finding = (await store.within(tenant, (tx) => tx.findings.get(id)))?.finding;
      if (finding === undefined || severityIds[finding.severity] < severityIds.High) continue;
      tell({ event: 'finding', says: finding.message, finding: id, severity: finding.severity });
    }
  }

  async function round(): Promise<void> {
    for (const { id } of await cloud.accounts()) {
      if (stop.signal.aborted) return;
      await scan(id).catch(troubled);
    }
  }

  const running = keepOn(round, everyMs, stop.signal, troubled);
  return async () => {
    stop.abort();
    await running;
    await cloud.close();
  };
}
