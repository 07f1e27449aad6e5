import { z } from 'zod';
import { InputError } from './errors.ts';

/** A moment from which a duty runs. When it was, people say: no log knows when a company became aware of something. */
export const moments = {
  aware: 'when it was known with reasonable certainty that it had happened',
  discovered: 'the first day on which it was known, or would have been with ordinary care',
  classified: 'when it was classified as major',
  determined: 'when it was determined to be material, or to be an event that has to be reported',
} as const;

export type Moment = keyof typeof moments;

/** `met:ID`: when another duty of the same obligation was done. */
export type RunsFrom = Moment | `met:${string}`;

export interface Within {
  readonly n: number;
  readonly unit: 'hours' | 'days' | 'months' | 'business-days';
}

/** Something that has to be told to somebody in time. With several ends, the earliest counts. */
export interface Duty {
  readonly id: string;
  readonly what: string;
  readonly to: string;
  /** What it has to contain. */
  readonly says: string;
  readonly ends: readonly End[];
}

export interface End {
  readonly from: RunsFrom;
  readonly within: Within;
  /** Where this moment comes after it, it counts no more. */
  readonly unless: Moment | null;
}

/** Which days are counted, and when a day's business is over. */
export interface BusinessCalendar {
  readonly name: string;
  readonly zone: string;
  /** Minutes of the day, wall time of the zone. */
  readonly closes: number;
  /** Days of the week that are none, 0 for Sunday. */
  readonly weekend: readonly number[];
  readonly holidays: readonly Holiday[];
  /** Is a holiday on a Saturday kept on the Friday before, and one on a Sunday on the Monday after? */
  readonly observed: boolean;
}

/** A day of each year, or the n-th such weekday of a month; -1 is the last. Months from 1. */
export type Holiday =
  | { readonly month: number; readonly day: number }
  | { readonly month: number; readonly nth: number; readonly weekday: number };

/** What a law, a rule or a contract asks for after something has happened. A help to keep time by, and no legal advice. */
export interface Obligation {
  /** The path below `content/obligations` with dots, or `contract.` and a name. */
  readonly id: string;
  readonly title: string;
  /** Whom it binds. */
  readonly binds: string;
  readonly source: { readonly cites: string; readonly url: string };
  /** From which moment it runs, and what is known of that; one to three sentences. */
  readonly runs: string;
  /** What is easily overlooked. */
  readonly care: string;
  readonly duties: readonly Duty[];
  readonly calendar: BusinessCalendar | null;
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const units = { h: 'hours', d: 'days', mo: 'months', bd: 'business-days' } as const;
const text = z.string().min(1).max(1_000);
const weekday = z.enum(weekdays).transform((name) => weekdays.indexOf(name));

const within = z
  .string()
  .regex(/^(0|[1-9]\d{0,3})(h|d|mo|bd)$/, 'a number and h, d, mo or bd, as 72h; 0h for at once')
  .transform((written): Within => {
    const unit = written.replace(/^\d+/, '') as keyof typeof units;
    return { n: Number.parseInt(written, 10), unit: units[unit] };
  });

const runsFrom = z
  .string()
  .refine((from): from is RunsFrom => Object.hasOwn(moments, from) || /^met:[a-z0-9-]+$/.test(from), 'no moment, and no met:DUTY')
  .transform((from) => from as RunsFrom);

const end = z.strictObject({
  from: runsFrom,
  within,
  unless: z
    .enum(Object.keys(moments) as [Moment, ...Moment[]])
    .optional()
    .transform((moment): Moment | null => moment ?? null),
});

const holiday = z.union([
  z.strictObject({ month: z.int().min(1).max(12), day: z.int().min(1).max(31) }),
  z.strictObject({ month: z.int().min(1).max(12), nth: z.union([z.int().min(1).max(4), z.literal(-1)]), weekday }),
]);

const calendar = z.strictObject({
  name: text,
  zone: z.string().min(1),
  closes: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of the day, as 17:30')
    .transform((written) => Number(written.slice(0, 2)) * 60 + Number(written.slice(3))),
  weekend: z.array(weekday).max(6),
  observed: z.boolean().default(false),
  holidays: z.array(holiday),
});

/** The schema of a file in `content/obligations`. */
export const ObligationSchema = z
  .strictObject({
    title: text,
    binds: text,
    source: z.strictObject({ cites: text, url: z.url({ protocol: /^https$/ }) }),
    runs: text,
    care: text,
    duties: z
      .array(
        z.strictObject({
          id: z.string().regex(/^[a-z0-9-]{1,40}$/),
          what: text,
          to: text,
          says: text,
          ends: z.array(end).min(1).max(4),
        }),
      )
      .min(1)
      .max(10),
    calendar: calendar.optional(),
  })
  .refine(({ duties }) => new Set(duties.map(({ id }) => id)).size === duties.length, 'two duties have one id')
  .refine(
    ({ duties }) =>
      // A duty that waits for one after it could wait for itself.
      duties.every(({ ends }, i) =>
        ends.every(({ from }) => !from.startsWith('met:') || duties.slice(0, i).some(({ id }) => from === `met:${id}`)),
      ),
    'a duty runs from another that stands before it',
  )
  .refine(
    ({ duties, calendar: days }) =>
      days !== undefined || duties.every(({ ends }) => ends.every((end) => end.within.unit !== 'business-days')),
    'business days need a calendar',
  );

/** An obligation of a parsed file. Throws InputError with the place of the first fault. */
export function parseObligation(id: string, value: unknown, file: string): Obligation {
  const result = ObligationSchema.safeParse(value);
  if (!result.success) {
    const [first] = result.error.issues;
    throw new InputError(first?.message ?? 'not an obligation', [file, ...(first?.path ?? []).map(String)].join('.'));
  }
  return { id, ...result.data, calendar: result.data.calendar ?? null };
}
