import { silenceRule } from '../../../core/collect/arrivals/silence.ts';
import type { FindingState } from '../../../core/model/finding.ts';
import type { Tx } from '../../../core/ports/store.ts';
import type { LoadedList } from '../../loaded-list.ts';
import type { Fault } from '../../notify/automation-fault.ts';

const most = 500;

/** Log sources that went silent, and lists that are stale or could not be had. */
export async function feedFaults(tx: Tx, lists: readonly Pick<LoadedList, 'name' | 'sources'>[]): Promise<readonly Fault[]> {
  const faults: Fault[] = lists.flatMap(({ name, sources }) => {
    const stale = sources.filter((source) => source.stale).length;
    const missed = sources.filter(({ trouble }) => trouble !== null).length;
    if (stale === 0 && missed === 0) return [];
    const says =
      stale > 0 ? `${stale} of its ${sources.length} sources are stale` : `${missed} of its ${sources.length} sources could not be had`;
    return [{ what: 'feed', name: `list/${name}`, reason: says }];
  });
  for (const state of ['open', 'acknowledged'] as const satisfies readonly FindingState[])
    for (const { finding } of await tx.findings.list({ rule: silenceRule, state, limit: most })) {
      const { source = '', account = '', region = '' } = finding.group as { readonly [key: string]: string };
      faults.push({
        what: 'feed',
        name: `log/${[source, account, region].filter((part) => part !== '').join('/')}`,
        reason: `No event has come since ${new Date(finding.lastTime).toISOString()}`,
      });
    }
  return faults;
}
