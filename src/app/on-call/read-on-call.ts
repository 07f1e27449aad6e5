import { z } from 'zod';
import { parseEventTime } from '../../core/lib/event-time.ts';
import { InputError } from '../../core/model/errors.ts';
import type { DailyWindow, OnCall, Rotation } from '../../core/model/on-call.ts';
import type { TimeZones } from '../../core/model/time-zones.ts';
import { readYaml } from '../read-yaml.ts';

const hour = 3_600_000;
const units = { h: hour, d: 24 * hour, w: 7 * 24 * hour } as const;
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

const person = z.string().min(1).max(200);
const wall = z.string().transform((text, context): number => {
  const time = /^\d{4}-\d\d-\d\d \d\d:\d\d$/.test(text) ? parseEventTime(`${text}:00`) : null;
  if (time === null) context.addIssue({ code: 'custom', message: `"${text}" is no local time such as 2026-01-05 09:00` });
  return time ?? 0;
});
const turn = z.string().transform((text, context): number => {
  const [, n = '', unit = ''] = /^([1-9]\d{0,2})([hdw])$/.exec(text) ?? [];
  const length = Number(n) * units[unit as keyof typeof units];
  if (!(length >= hour && length <= 52 * units.w))
    context.addIssue({ code: 'custom', message: `"${text}" is no length such as 12h, 1d or 1w` });
  return length || hour;
});
const minutes = z.string().transform((text, context): number => {
  const [, n = ''] = /^([1-9]\d{0,2})m$/.exec(text) ?? [];
  if (n === '' || Number(n) > 240) context.addIssue({ code: 'custom', message: `"${text}" is no wait such as 5m, 240m at most` });
  return Number(n) * 60_000;
});
const clock = z.string().transform((text, context): number => {
  const minute = minuteOf(text);
  if (minute === null) context.addIssue({ code: 'custom', message: `"${text}" is no time of the day such as 08:00` });
  return minute ?? 0;
});
const hours = z.string().transform((text, context): Omit<DailyWindow, 'days'> => {
  const [from = null, until = null, ...more] = text.split('-').map((part) => minuteOf(part.trim()));
  const good = from !== null && until !== null && more.length === 0 && from !== until;
  if (!good) context.addIssue({ code: 'custom', message: `"${text}" are no hours of the day such as 22:00-07:00` });
  return { from: from ?? 0, until: until ?? 1 };
});
const days = z
  .array(z.enum(weekdays))
  .min(1)
  .transform((names) => names.map((name) => weekdays.indexOf(name)));

const rotation = z.strictObject({
  name: z.string().min(1).max(100).optional(),
  people: z.tuple([person], person),
  from: wall,
  until: wall.optional(),
  turn,
  zone: z.string().optional(),
  hours: hours.optional(),
  days: days.optional(),
});

/** `oncall.yml` in the home: docs/reference/on-call.md. */
const schema = z.strictObject({
  zone: z.string(),
  engineer: z.tuple([rotation], rotation),
  backup: z.array(person).optional(),
  everyone: z.array(person).min(1).optional(),
  patience: z.strictObject({ engineer: minutes.optional(), backup: minutes.optional() }).optional(),
  quiet: z.array(z.strictObject({ hours, days: days.optional() })).optional(),
  shift: clock.optional(),
  budget: z.int().min(0).max(20).optional(),
  channels: z.array(z.string().min(1)).min(1).optional(),
  overrides: z.array(z.strictObject({ from: wall, until: wall, person })).optional(),
});

/** Five minutes: issue and DESIGN ask for them. */
const usualMs = 5 * 60_000;
export const usualShiftStart = 8 * 60;
export const usualBudget = 2;

/**
 * Reads `oncall.yml`. Throws an InputError that names the line and what is wanted there. `toInstant` tells the instant of a wall time in the
 * zone of the file. Null for a file that says nothing: then everybody is told.
 */
export function readOnCall(
  text: string,
  file: string,
  zones: Pick<TimeZones, 'zones'>,
  toInstant: (zone: string, wall: number) => number,
): OnCall | null {
  if (text.trim() === '') return null;
  const read = readYaml(text, file, schema);
  const check = (zone: string, where: string): void => {
    if (!Object.hasOwn(zones.zones, zone)) throw new InputError(`${where}: there is no time zone ${zone}, such as Europe/Berlin`, file);
  };
  check(read.zone, 'zone');
  const [first, ...later] = read.engineer;
  if (first.until !== undefined || first.hours !== undefined || first.days !== undefined)
    throw new InputError('engineer.0: the first rotation covers all time: until, hours and days are for those after it', file);
  const rotationOf = (one: typeof first, i: number): Rotation => {
    const zone = one.zone ?? read.zone;
    check(zone, `engineer.${i}.zone`);
    if (one.until !== undefined && one.until <= one.from) throw new InputError(`engineer.${i}: it ends before it begins`, file);
    const window = one.hours ?? (one.days === undefined ? null : { from: 0, until: 0 });
    return {
      name: one.name ?? `rotation ${i + 1}`,
      zone,
      start: one.from,
      end: one.until ?? null,
      turnMs: one.turn,
      people: one.people,
      hours: window === null ? null : { ...window, days: one.days ?? null },
    };
  };
  const rotations: OnCall['rotations'] = [rotationOf(first, 0), ...later.map((one, i) => rotationOf(one, i + 1))];
  const names = rotations.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new InputError(`engineer: two rotations are called ${twice}`, file);
  const overrides = (read.overrides ?? []).map(({ from, until, person: who }, i) => {
    if (until <= from) throw new InputError(`overrides.${i}: it ends before it begins`, file);
    return { from: toInstant(read.zone, from), until: toInstant(read.zone, until), person: who };
  });
  const backup = read.backup ?? [];
  const named = [...rotations.flatMap(({ people }) => people), ...overrides.map((one) => one.person), ...backup];
  return {
    format: 'jobzero.on-call/1',
    zone: read.zone,
    rotations,
    overrides,
    backup,
    everyone: read.everyone ?? [...new Set(named)].sort(),
    patience: { engineerMs: read.patience?.engineer ?? usualMs, backupMs: read.patience?.backup ?? usualMs },
    quiet: (read.quiet ?? []).map((window) => ({ ...window.hours, days: window.days ?? null })),
    shiftStart: read.shift ?? usualShiftStart,
    budget: read.budget ?? usualBudget,
    channels: read.channels ?? null,
  };
}

function minuteOf(text: string): number | null {
  const [, hh = '', mm = ''] = /^(\d\d):(\d\d)$/.exec(text) ?? [];
  return hh === '' || Number(hh) > 23 || Number(mm) > 59 ? null : Number(hh) * 60 + Number(mm);
}
