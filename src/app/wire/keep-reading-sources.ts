import { severityIds } from '../../core/model/severity.ts';
import type { UpEvent } from '../wires.ts';
import { type CloudChoice, openCloud } from './cloud.ts';
import { keepOn } from './keep-on.ts';
import { everySource, sourcesDeps } from './read-sources.ts';
import type { State } from './state.ts';

const everyMs = 15 * 60_000;

/**
 * Reads the findings of AWS's own services from their APIs now and every quarter of an hour: what EventBridge did not bring, and what was
 * put away there. Nothing for the simulated organisation, which has none. Returns the way to stop, which waits for the Region under way.
 */
export async function keepReadingSources(
  state: State,
  choice: CloudChoice,
  tell: (event: Omit<UpEvent, 'at'>) => void,
  troubled: (error: unknown) => void,
): Promise<() => Promise<void>> {
  if (choice.kind === 'range') return async () => {};
  const cloud = await openCloud(choice);
  const deps = await sourcesDeps(state, cloud);
  const stop = new AbortController();

  async function round(): Promise<void> {
    for await (const read of everySource(deps, null)) {
      if (stop.signal.aborted) return;
      for (const id of read.flatMap(({ changed }) => changed)) {
        const finding = (await state.store.within(state.tenant, (tx) => tx.findings.get(id)))?.finding;
        if (finding === undefined || severityIds[finding.severity] < severityIds.High) continue;
        tell({ event: 'finding', says: finding.message, finding: id, severity: finding.severity });
      }
    }
  }

  const running = keepOn(round, everyMs, stop.signal, troubled);
  return async () => {
    stop.abort();
    await running;
    await cloud.close();
  };
}
