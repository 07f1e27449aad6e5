import { instantOf } from '../../core/decide/on-call/local-time.ts';
import { hashOf } from '../../core/lib/hash.ts';
import { asObject, textAt, valueAt } from '../../core/lib/json-at.ts';
import { InputError } from '../../core/model/errors.ts';
import type { OnCall, Override } from '../../core/model/on-call.ts';
import type { TimeZones } from '../../core/model/time-zones.ts';
import type { Tx } from '../../core/ports/store.ts';
import { timeZones } from '../generated/time-zones.ts';
import { failingChannels } from '../notify/automation-fault.ts';
import { readOnCall, usualBudget, usualShiftStart } from './read-on-call.ts';

/** What holds now. */
export interface OnCallNow {
  /** Null without `oncall.yml`: everybody is told. */
  readonly settings: OnCall | null;
  readonly zones: TimeZones;
  /** Hash of the settings with their overrides. */
  readonly hash: string;
  /** Names of channels that do not deliver. */
  readonly failing: ReadonlySet<string>;
}

/** The setting that holds the text of `oncall.yml`, and the beginning of those that hold overrides. */
export const onCallSetting = 'oncall';
export const overridePrefix = 'oncall-override/';

/** What is counted by where nothing is set. */
export const usualLoad = { zone: 'UTC', shiftStart: usualShiftStart, budget: usualBudget };

export function parseOnCall(text: string, file: string): OnCall | null {
  return readOnCall(text, file, timeZones, (zone, wall) => instantOf(timeZones, zone, wall));
}

/** The settings with the overrides that people have set, which count before those of the file. */
export async function onCallOf(tx: Tx): Promise<OnCallNow> {
  const text = await tx.settings.get(onCallSetting);
  const read = parsed(typeof text === 'string' ? text : '');
  const settings = read === null ? null : { ...read, overrides: [...read.overrides, ...(await overridesOf(tx))] };
  return { settings, zones: timeZones, hash: hashOf(settings), failing: await failingChannels(tx) };
}

/** The names of all who are on call, stand in, or are told when nobody answers, sorted. */
export async function operatorsOf(tx: Tx): Promise<readonly string[]> {
  const { settings } = await onCallOf(tx);
  if (settings === null) return [];
  const { rotations, overrides, backup, everyone } = settings;
  const all = [...rotations.flatMap(({ people }) => people), ...overrides.map(({ person }) => person), ...backup, ...everyone];
  return [...new Set(all)].sort();
}

/** What was good when it was taken may be refused later, as a zone that is no more: then everybody is told. */
function parsed(text: string): OnCall | null {
  try {
    return parseOnCall(text, 'oncall.yml');
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

export interface NamedOverride extends Override {
  readonly id: string;
  readonly reason: string;
  readonly setAt: number;
}

/** In the order in which they were set, without those that were taken back. */
export async function overridesOf(tx: Tx): Promise<readonly NamedOverride[]> {
  const rows = await tx.settings.list(overridePrefix);
  return rows
    .flatMap(({ name, value, at }) => {
      const [from, until] = [valueAt(value, 'from'), valueAt(value, 'until')];
      const person = textAt(value, 'person');
      if (asObject(value) === null || typeof from !== 'number' || typeof until !== 'number' || person === null) return [];
      if (valueAt(value, 'taken-back') === true) return [];
      return [{ id: name.slice(overridePrefix.length), from, until, person, reason: textAt(value, 'reason') ?? '', setAt: at }];
    })
    .sort((a, b) => a.setAt - b.setAt || (a.id < b.id ? -1 : 1));
}
