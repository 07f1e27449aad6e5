import { z } from '@hono/zod-openapi';
import { ActionView, Finding, FindingState, Nature, Opinion, orNull, Reveal } from './schemas.ts';

/** The shapes of what is learnt from judgements: cases, how they turned out, and scores. */

const list = <T extends z.ZodType>(item: T) => z.array(item).readonly();
const time = z.number().int().openapi({ description: 'Milliseconds since 1970.' });
const count = z.number().int();

const Outcome = z
  .object({ nature: Nature, source: z.enum(['review', 'undo-review', 'retracted', 'incident', 'known']), by: z.string(), at: time })
  .openapi('Outcome');

export const CaseView = z
  .object({
    id: z.string(),
    finding: z.string(),
    rule: z.string(),
    account: z.string(),
    question: z.string(),
    answer: z.enum(['approved', 'denied', 'judged']),
    answeredAt: time,
    outcome: orNull(Outcome),
    own: z.boolean().openapi({ description: 'The person who is signed in has judged it, and so does not say how it turned out.' }),
  })
  .openapi('CaseView');

const share = z.number().int().openapi({ description: 'In ten-thousandths.' });
const Bin = z.object({ from: count, to: count, n: count, sure: count, right: count, low: share, high: share }).openapi('CalibrationBin', {
  description: 'Opinions of one confidence: how many were right, and between what the true share lies, 95 of 100 times.',
});
export const Score = z
  .object({
    n: count,
    squares: count.openapi({ description: "The sum of squared misses; by 10,000 n it is Brier's score." }),
    right: count,
    bins: list(Bin),
  })
  .openapi('Score');

const PersonScore = z
  .object({
    person: z.string(),
    shared: z.boolean(),
    score: Score,
    open: count,
    afterAdvice: count,
    drills: Score,
    repeats: z.object({ n: count, same: count, apart: count }).openapi({ description: 'Cases that came again in disguise.' }),
    against: z.object({ person: count, recommendation: count }),
    months: list(z.object({ month: z.string(), n: count, squares: count }).readonly()),
  })
  .openapi('PersonScore');

export const Scores = z.object({ own: PersonScore, others: list(PersonScore), recommendation: Score }).openapi('Scores');

const exemption = {
  rule: z.string(),
  account: z.string().optional(),
  resource: z.string().optional(),
  actor: z.string().optional(),
  resources: list(z.string()).optional(),
  owner: z.string(),
  reason: z.string(),
  expires: time,
};
const grant = {
  rule: z.string(),
  account: z.string(),
  playbook: z.string(),
  despite: list(z.enum(['legitimate-use', 'legitimate-use-unknown', 'serves-production', 'tolerance-asks'])),
  owner: z.string(),
  reason: z.string(),
  expires: time,
};
const assignment = {
  rule: z.string(),
  account: z.string(),
  playbook: z.string(),
  owner: z.string(),
  reason: z.string(),
  expires: time,
};

const ProposedChange = z
  .union([
    z.object({ kind: z.literal('exemption'), exemption: z.object(exemption).openapi('Exemption') }),
    z.object({ kind: z.literal('grant'), grant: z.object(grant).openapi('Grant') }),
    z.object({ kind: z.literal('assignment'), assignment: z.object(assignment).openapi('Assignment') }),
    z.object({ kind: z.enum(['rule', 'playbook']), says: z.string() }),
  ])
  .openapi('ProposedChange', {
    description: 'An exemption, a guardrail that is lifted, a playbook that is offered, or work for who writes rules and playbooks.',
  });

const Backtest = z
  .object({
    at: time,
    decisions: count,
    expired: count,
    closes: count,
    acts: count,
    offers: count.optional(),
    asks: count.optional(),
    tooWide: z.boolean(),
    attacks: count,
    findings: list(z.string()),
    rules: z
      .object({
        rules: list(z.string()),
        days: count,
        events: count,
        before: count,
        after: count,
        lost: count,
        attacks: count,
        found: count,
      })
      .readonly()
      .optional(),
  })
  .openapi('ProposalBacktest', { description: 'What it would have closed, done and offered over the last 90 days.' });

export const ProposalView = z
  .object({
    id: z.string(),
    state: z.enum(['new', 'testing', 'proposed', 'adopted', 'rejected', 'lapsed', 'revoked']),
    own: z.boolean(),
    says: list(z.string()),
    case: z.string(),
    question: z.string(),
    nature: Nature,
    by: list(z.string()),
    changes: list(ProposedChange),
    actors: list(z.string()),
    proposedAt: time,
    reviewFrom: time,
    backtest: orNull(Backtest),
    reviews: list(z.object({ by: z.string(), at: time, verdict: z.enum(['adopted', 'rejected', 'revoked']), note: z.string() }).readonly()),
    written: z.object({ text: z.string(), by: z.string(), at: time, narrows: z.boolean() }).readonly().optional(),
    toldAt: time.optional(),
  })
  .openapi('ProposalView');

export const ToleranceView = z
  .object({
    exemptions: list(z.object({ ...exemption, proposal: z.string().nullable() }).readonly()),
    grants: list(z.object({ ...grant, proposal: z.string() }).readonly()),
    assignments: list(z.object({ ...assignment, proposal: z.string() }).readonly()),
    changedAt: time.nullable(),
  })
  .openapi('ToleranceView');

export const Candidate = z
  .object({ id: z.string(), title: z.string(), asks: z.string(), blastRadius: z.string() })
  .openapi('Candidate', { description: 'A playbook that was not made for what was judged and names something in it.' });

export const TakenExercise = z
  .object({ id: z.string(), question: z.string(), answeredAt: time, opinion: orNull(Opinion), reveal: Reveal })
  .openapi('TakenExercise', { description: 'An exercise that was answered: only then anybody knows that it was one.' });

const investigation = {
  id: z.string(),
  state: z.enum(['open', 'closed']),
  hunch: z.object({ kind: z.enum(['arn', 'key', 'address']), value: z.string() }),
  says: z.string(),
  by: z.string(),
  openedAt: time,
  opinion: z.object({ nature: Nature, confidence: count, by: z.string(), at: time }).nullable(),
};
export const InvestigationView = z.object(investigation).openapi('InvestigationView');

export const InvestigationDetail = z
  .object({
    ...investigation,
    findings: list(
      z.object({ finding: Finding, state: FindingState, verdict: z.string().nullable(), reason: z.string().nullable() }).readonly(),
    ),
    looked: z.object({ n: count, all: z.boolean() }),
    actions: list(ActionView),
    queries: list(z.object({ question: z.string(), title: z.string(), parameters: z.record(z.string(), z.string()) }).readonly()),
  })
  .openapi('InvestigationDetail');

export const AuditReport = z
  .object({
    strata: list(z.object({ stratum: z.string(), closed: count, judged: count, wrong: count, atMost: share }).readonly()),
    closed: count,
    judged: count,
    wrong: count,
    atMost: share,
    waiting: count,
    findings: list(z.string()),
  })
  .openapi('AuditReport', { description: 'Wrong closures by stratum; `atMost` holds 95 of 100 times.' });
