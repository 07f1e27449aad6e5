import { z } from '@hono/zod-openapi';
import { Nature, orNull } from './schemas.ts';

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
    answer: z.enum(['approved', 'denied']),
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
    against: z.object({ person: count, recommendation: count }),
    months: list(z.object({ month: z.string(), n: count, squares: count }).readonly()),
  })
  .openapi('PersonScore');

export const Scores = z.object({ own: PersonScore, others: list(PersonScore), recommendation: Score }).openapi('Scores');
