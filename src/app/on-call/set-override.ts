import { instantOf } from '../../core/decide/on-call/local-time.ts';
import { parseEventTime } from '../../core/lib/event-time.ts';
import { InputError } from '../../core/model/errors.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { sealPerson, sealValue } from '../ledger/seals.ts';
import { type NamedOverride, onCallOf, overridePrefix, overridesOf } from './on-call-settings.ts';

type OverrideDeps = Pick<ConsoleDeps, 'store' | 'tenant' | 'clock' | 'inbound'>;

export interface WantedOverride {
  /** `2026-12-24T18:00` by the clocks of the zone in `oncall.yml`, or with a Z at its end in UTC. */
  readonly from: string;
  readonly until: string;
  readonly person: string;
  readonly reason: string;
}

/** Somebody stands in for who would be on call. Throws InputError for what cannot be. A leaf of the ledger says so. */
export async function setOverride(deps: OverrideDeps, by: string, { from, until, person, reason }: WantedOverride): Promise<NamedOverride> {
  const channels = await deps.inbound?.channels();
  return deps.store.within(deps.tenant, async (tx) => {
    const { settings, zones } = await onCallOf(tx);
    if (settings === null) throw new InputError('there is no schedule to override: write oncall.yml first', 'oncall.yml');
    const instant = (text: string, where: string): number => {
      const time = parseEventTime(text.replace(/^(.{10}[T ]\d\d:\d\d)(Z?)$/, '$1:00$2'));
      if (time === null) throw new InputError('it must be a time such as 2026-12-24T18:00, or with a Z in UTC', where);
      return text.endsWith('Z') ? time : instantOf(zones, settings.zone, time);
    };
    const span = { from: instant(from, 'from'), until: instant(until, 'until') };
    if (span.until <= span.from) throw new InputError('it ends before it begins', 'until');
    const at = deps.clock.now();
    if (span.until <= at) throw new InputError('it is over already', 'until');
    const known = new Set([
      ...settings.everyone,
      ...settings.backup,
      ...settings.rotations.flatMap(({ people }) => people),
      ...Object.keys(channels?.people ?? {}),
    ]);
    if (!known.has(person)) throw new InputError('nobody of this name is in oncall.yml or channels.yml', person);
    const id = (await sealValue(tx, [span, person, at])).slice(0, 12);
    await tx.settings.set(overridePrefix + id, { ...span, person, reason }, at, by);
    const data = { ...span, personSeal: await sealPerson(tx, person), bySeal: await sealPerson(tx, by) };
    await tx.ledger.append({ format: 'jobzero.ledger/1', type: 'setting', subject: overridePrefix + id, at, data });
    return { id, ...span, person, reason, setAt: at };
  });
}

/** Takes an override back. Throws InputError where there is none of this id. */
export function takeBackOverride(deps: Omit<OverrideDeps, 'inbound'>, by: string, id: string): Promise<NamedOverride> {
  return deps.store.within(deps.tenant, async (tx) => {
    const override = (await overridesOf(tx)).find((one) => one.id === id);
    if (override === undefined) throw new InputError('there is no override of this id', id);
    const at = deps.clock.now();
    const { from, until, person, reason } = override;
    await tx.settings.set(overridePrefix + id, { from, until, person, reason, 'taken-back': true }, at, by);
    const data = { takenBack: true, bySeal: await sealPerson(tx, by) };
    await tx.ledger.append({ format: 'jobzero.ledger/1', type: 'setting', subject: overridePrefix + id, at, data });
    return override;
  });
}
