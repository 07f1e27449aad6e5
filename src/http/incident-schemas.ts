import { z } from '@hono/zod-openapi';
import { orNull, Severity } from './schemas.ts';

/** The shapes of declared incidents. */

const list = <T extends z.ZodType>(item: T) => z.array(item).readonly();
const time = z.number().int().openapi({ description: 'Milliseconds since 1970.' });
const count = z.number().int();
const text = z.string();
const moments = z.record(z.string(), time).openapi({ description: 'When each moment was that something runs from.' });

const Said = z.object({ at: time, by: text, note: text }).openapi('Said');
const Address = z.object({ channel: text, to: text }).openapi('Address');

const Holiday = z.union([z.object({ month: count, day: count }), z.object({ month: count, nth: count, weekday: count })]);
export const Obligation = z
  .object({
    id: text,
    title: text,
    binds: text,
    source: z.object({ cites: text, url: text }),
    runs: text,
    care: text,
    duties: list(
      z.object({
        id: text,
        what: text,
        to: text,
        says: text,
        ends: list(
          z.object({
            from: text,
            within: z.object({ n: count, unit: z.enum(['hours', 'days', 'months', 'business-days']) }),
            unless: orNull(z.enum(['aware', 'discovered', 'classified', 'determined'])),
          }),
        ),
      }),
    ),
    calendar: orNull(
      z.object({ name: text, zone: text, closes: count, weekend: list(count), holidays: list(Holiday), observed: z.boolean() }),
    ),
  })
  .openapi('Obligation', { description: 'What a law, a rule or a contract asks for. A help to keep time by, and no legal advice.' });

const Objective = z.object({ id: text, text, state: z.enum(['open', 'reached', 'given-up']), ended: orNull(Said) }).openapi('Objective');
const Task = z
  .object({
    id: text,
    text,
    draft: text.nullable(),
    path: text.nullable(),
    state: z.enum(['open', 'done', 'dropped']),
    claimer: text.nullable(),
    ended: orNull(Said),
  })
  .openapi('Task');
const clock = {
  id: text,
  duty: text,
  end: time.nullable(),
  from: time.nullable(),
  keeper: text.nullable(),
  met: orNull(z.object({ at: time, by: text, note: text, time })),
  waived: orNull(Said),
};
const ClockView = z
  .object({
    ...clock,
    title: text,
    to: text,
    says: text,
    state: z.enum(['running', 'over', 'waiting', 'met', 'met-late', 'waived']),
    source: z.object({ cites: text, url: text }),
    runs: text,
    care: text,
  })
  .openapi('ClockView');

export const DeclaredIncident = z
  .object({
    format: z.literal('jobzero.declared-incident/1'),
    id: text,
    state: z.enum(['proposed', 'open', 'closed', 'dismissed', 'lapsed']),
    title: text,
    severity: Severity,
    incidents: list(text),
    commander: text.nullable(),
    responders: list(z.object({ person: text, joinedAt: time, leftAt: time.nullable() }).openapi('Responder')),
    objectives: list(Objective),
    tasks: list(Task),
    duties: list(z.object({ obligation: Obligation, moments, clocks: list(z.object(clock)) })),
    contained: orNull(Said),
    lessons: list(z.object({ id: text, text, by: text, tickets: list(Address) })),
    declaredAt: time.nullable(),
    closed: orNull(z.object({ at: time, by: text, note: text, of: count })),
    version: count,
    lastAt: time,
  })
  .openapi('DeclaredIncident');

export const DeclaredRow = z.object({ incident: DeclaredIncident, nextEnd: time.nullable(), openTasks: count }).openapi('DeclaredRow');

const Line = z
  .object({
    at: time,
    who: z.enum(['evidence', 'automation', 'person']),
    by: text,
    what: text,
    path: text.nullable(),
    evidence: list(text),
    subject: text.nullable(),
    n: count.nullable(),
  })
  .openapi('ChronicleLine');

const LogEntry = z
  .object({ n: count, at: time, by: text, type: text, says: text, sent: list(z.object({ channel: text, to: text, state: text })) })
  .openapi('LogEntry');

export const DeclaredView = z
  .object({
    incident: DeclaredIncident,
    about: list(z.object({ id: text, title: text, severity: Severity, isOpen: z.boolean() })),
    conditions: list(
      z
        .object({ id: z.enum(['contained', 'findings', 'actions', 'objectives', 'tasks', 'clocks']), met: z.boolean(), says: text })
        .openapi('Condition'),
    ),
    clocks: list(ClockView),
    log: list(LogEntry),
    lines: list(Line),
    drafts: list(z.object({ draft: text, text, path: text.nullable(), because: text }).openapi('DraftedTask')),
    channels: list(z.object({ name: text, kind: text, to: text })),
  })
  .openapi('DeclaredView');

const words = z.string().max(4_000);
const name = z.string().min(1).max(64);
const id = z.string().min(1).max(200);
const addresses = z.array(z.object({ channel: z.string().min(1).max(100), to: z.string().max(320) })).max(20);

/** What a person wants to happen. */
export const IncidentWish = z
  .discriminatedUnion('do', [
    z.object({ do: z.literal('dismiss'), note: words }),
    z.object({ do: z.enum(['join', 'leave']) }),
    z.object({ do: z.literal('hand-over'), to: name, note: words }),
    z.object({ do: z.enum(['attach', 'detach']), incident: id, note: words }),
    z.object({ do: z.literal('aim'), text: words }),
    z.object({ do: z.enum(['reach', 'give-up']), objective: id, note: words }),
    z.object({ do: z.literal('add-task'), text: words, draft: id.nullable(), path: z.string().max(400).regex(/^\//).nullable() }),
    z.object({ do: z.enum(['claim', 'release']), task: id }),
    z.object({ do: z.enum(['finish', 'drop']), task: id, note: words }),
    z.object({ do: z.literal('say'), text: words }),
    z.object({ do: z.literal('tell'), audience: z.string().min(1).max(200), text: words, means: z.string().min(1).max(200), addresses }),
    z.object({
      do: z.literal('start-clocks'),
      obligation: id.nullable(),
      contract: orNull(z.object({ name: z.string().min(1).max(200), to: z.string().max(200), hours: z.number().int().min(0).max(8_784) })),
      moments: z.record(z.string().max(60), z.number().int()),
    }),
    z.object({ do: z.literal('set-moment'), obligation: id, moment: z.string().max(60), time: z.number().int() }),
    z.object({
      do: z.literal('meet'),
      clock: id,
      time: z.number().int().nullable().openapi({ description: 'When it was, in milliseconds since 1970; null: now.' }),
      note: words,
    }),
    z.object({ do: z.literal('waive'), clock: id, note: words }),
    z.object({ do: z.literal('keep'), clock: id, keeper: name }),
    z.object({ do: z.enum(['contain', 'uncontain']), note: words }),
    z.object({ do: z.literal('learn'), text: words, addresses }),
    z.object({ do: z.literal('close'), note: words, of: z.number().int() }),
  ])
  .openapi('IncidentWish');
