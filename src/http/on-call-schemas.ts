import { z } from '@hono/zod-openapi';
import { sources } from '../core/model/source.ts';
import { list, orNull, Severity, time } from './schemas.ts';

/** The shapes of the API of on-call, health and load. */

const Moment = z
  .object({ at: time, local: z.string().openapi({ description: 'What the clocks of the schedule show: 2026-12-24 18:00.' }) })
  .openapi('Moment');
const span = { from: Moment, until: Moment };
const OverrideView = z.object({ ...span, id: z.string(), person: z.string(), reason: z.string() }).openapi('OverrideView');

export const Duty = z
  .object({
    now: Moment,
    isSet: z.boolean().openapi({ description: 'False without oncall.yml: then everybody is told of everything.' }),
    zone: z.string(),
    turns: list(z.object({ ...span, person: z.string(), by: z.string().nullable() })),
    backup: list(z.string()),
    everyone: list(z.string()),
    quietUntil: orNull(Moment),
    shift: z.object(span),
    budget: z.number(),
    load: z.object({ judgements: z.number(), beyond: z.number(), apart: z.number() }),
    overrides: list(OverrideView),
    zones: z.string(),
  })
  .openapi('Duty');

const PageView = z
  .object({
    id: z.string(),
    state: z.enum(['held', 'quiet', 'calling', 'acknowledged', 'closed']),
    begins: time.nullable(),
    by: z.string().nullable(),
  })
  .openapi('PageView');

export const QueueEntry = z
  .object({
    kind: z.enum(['automation', 'judgement', 'incident']),
    id: z.string(),
    severity: Severity,
    title: z.string(),
    reason: z.string(),
    fix: z.string().nullable(),
    path: z.string(),
    since: time,
    page: orNull(PageView),
  })
  .openapi('QueueEntry');

const HealthSource = z.enum(['settings', ...sources]);
const SourceHealth = z.object({ source: HealthSource, state: z.enum(['working', 'blind']), reason: z.string() }).openapi('SourceHealth');
export const HealthState = z.enum(['working', 'blind', 'disarmed']).openapi('HealthState');
const PlaybookHealth = z
  .object({ source: HealthSource, playbook: z.string().nullable(), state: HealthState, reason: z.string() })
  .openapi('PlaybookHealth');
const counts = z.object({ working: z.number(), blind: z.number(), disarmed: z.number() });

export const AccountHealth = z
  .object({ account: z.string(), counts, sources: list(SourceHealth), playbooks: list(PlaybookHealth) })
  .openapi('AccountHealth');

export const HealthOverview = z
  .object({
    at: time,
    accounts: list(
      z.object({
        account: z.string(),
        counts,
        sources: list(SourceHealth),
        reasons: list(z.object({ state: HealthState, reason: z.string(), n: z.number() })).openapi({
          description: 'Why pairs of source and playbook do not work, the most frequent first.',
        }),
      }),
    ),
  })
  .openapi('HealthOverview');

const load = {
  judgements: z.number(),
  beyond: z.number(),
  apart: z.number(),
  pages: z.number(),
  takenWithin: z.number().nullable().openapi({ description: 'Milliseconds in which half of the pages were taken.' }),
  worked: z.number().openapi({ description: 'Milliseconds of people’s time.' }),
  events: z.number(),
  decided: z.number().openapi({ description: 'Findings that were decided about for the first time.' }),
  open: z.number().openapi({ description: 'Findings that came then and are not over.' }),
  asked: z.number().openapi({ description: 'Findings that a person was asked about.' }),
  alone: z.number().openapi({ description: 'Findings that were decided about and are over, and no person was asked about them.' }),
  repeats: z.number().openapi({ description: 'Questions about the same as one within thirty days before.' }),
};

export const LoadReport = z
  .object({
    from: time,
    until: time,
    zone: z.string(),
    budget: z.number(),
    whole: z.object(load),
    shifts: list(
      z.object({
        ...load,
        shift: z.object({ from: time, until: time }),
        causes: list(z.object({ rule: z.string(), guardrails: list(z.string()), n: z.number() })),
      }),
    ),
  })
  .openapi('LoadReport');
