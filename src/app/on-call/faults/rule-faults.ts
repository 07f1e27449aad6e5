import { type Source, sourceKinds, sources } from '../../../core/model/source.ts';
import type { Fault } from '../../notify/automation-fault.ts';

/** Rules that ask logs which nobody delivers: they are silent. While nothing arrives at all, that is not said of each log. */
export function ruleFaults(ruleSources: ReadonlyMap<string, readonly Source[]>, arrived: ReadonlySet<Source>): readonly Fault[] {
  if (arrived.size === 0) return [];
  const silent = [...ruleSources.values()].filter((asked) => asked.length > 0 && !asked.some((one) => arrived.has(one)));
  if (silent.length === 0) return [];
  const missing = sources.flatMap((source) => {
    const rules = silent.filter((asked) => asked.includes(source)).length;
    // OCSF is another form in which logs come.
    return rules === 0 || source === 'ocsf' ? [] : [`${sourceKinds[source].name} (${rules})`];
  });
  return [{ what: 'rules', name: 'logs', reason: `${silent.length} rules ask logs that no account delivers: ${missing.join(', ')}` }];
}
