import { type Source, sourceKinds, sources } from '../../../core/model/source.ts';
import type { Fault } from '../../notify/automation-fault.ts';

/** Logs that rules ask and that nobody delivers: those rules are silent. While nothing arrives at all, that is not said of each log. */
export function ruleFaults(ruleSources: ReadonlyMap<string, readonly Source[]>, arrived: ReadonlySet<Source>): readonly Fault[] {
  if (arrived.size === 0) return [];
  return sources.flatMap((source) => {
    // Another form in which logs come.
    if (source === 'ocsf') return [];
    const silent = [...ruleSources.values()].filter((asked) => asked.includes(source) && !asked.some((one) => arrived.has(one))).length;
    if (silent === 0) return [];
    return [{ what: 'rules', name: source, reason: `${silent} rules ask ${sourceKinds[source].name}, and no account delivers it` }];
  });
}
