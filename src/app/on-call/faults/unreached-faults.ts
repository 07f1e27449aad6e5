import type { Channels } from '../../../core/model/channel.ts';
import type { OnCall } from '../../../core/model/on-call.ts';
import type { Fault } from '../../notify/automation-fault.ts';
import { reachOf } from '../reach.ts';

/** People of the schedule and of the teams to whom no channel leads. */
export function unreachedFaults(settings: OnCall | null, channels: Channels): readonly Fault[] {
  if (settings === null) return [];
  const reach = reachOf(channels, settings.channels);
  const wanted = new Set([...settings.rotations.flatMap(({ people }) => people), ...settings.backup, ...settings.everyone]);
  return [...wanted]
    .filter((person) => !reach.has(person))
    .sort()
    .map((name) => ({ what: 'unreached', name, reason: 'oncall.yml names the person, and no channel that pages go by does' }));
}
