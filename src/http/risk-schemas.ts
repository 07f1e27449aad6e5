import { z } from '@hono/zod-openapi';
import { losses, treatments } from '../core/model/risk.ts';
import { list, Severity, time } from './schemas.ts';

const Acceptance = z
  .object({ rule: z.string(), owner: z.string(), reason: z.string(), expires: time })
  .openapi('Acceptance', { description: 'Who accepts findings of a rule, and until when.' });

const count = z.number().int();

const RiskRow = z
  .object({
    id: z.string(),
    unit: z.string().nullable().openapi({ description: 'The part of the business, as the tolerance names it; null for none.' }),
    account: z.string(),
    loss: z.enum(losses),
    likelihood: count.openapi({ description: '0 to 10, of its gravest finding that nobody accepts.' }),
    impact: count.openapi({ description: '1 to 100, of the same finding.' }),
    risk: count.openapi({ description: '0 to 1000.' }),
    severity: Severity,
    gravest: z.object({ finding: z.string(), title: z.string() }),
    findings: count,
    treatments: z.object({ open: count, waiting: count, accepted: count, mitigated: count }),
    treatment: z.enum(treatments).openapi({ description: 'That of the finding that is least treated.' }),
    owners: list(z.string()),
    since: time,
    accepted: list(Acceptance),
  })
  .openapi('RiskRow');

const TrendDay = z
  .object({
    day: time,
    open: z.object({ Critical: count, High: count, Medium: count, Low: count, Informational: count }),
    units: list(z.object({ unit: z.string().nullable(), open: count })),
  })
  .openapi('TrendDay', { description: 'How many findings were open when the day ended, in UTC; of the last day, now.' });

export const Risks = z.object({ at: time, risks: list(RiskRow), trend: list(TrendDay), units: list(z.string()) }).openapi('Risks');
