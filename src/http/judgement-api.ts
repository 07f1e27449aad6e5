import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { listJudgements } from '../app/console/list-judgements.ts';
import { readJudgement } from '../app/console/read-judgement.ts';
import { answerCard } from '../app/judge/answer-card.ts';
import { giveOpinion, readOpinion } from '../app/judge/give-opinion.ts';
import { type Env, endpoint } from './endpoint.ts';
import type { HttpDeps } from './http-deps.ts';
import { HttpError } from './http-error.ts';
import { needStepUp } from './need-step-up.ts';
import { JudgementState, JudgementView, Nature, orNull, Reveal } from './schemas.ts';

const byId = z.object({ id: z.string().min(1).max(200) });
const revision = z.string().max(200).openapi({ description: 'The revision that was read.' });

const unknown = () => new HttpError(404, 'unknown', 'There is no such judgement.');
const renewed = () => new HttpError(409, 'renewed', 'The finding has changed since you read it. Look again, then answer.');

/** Of an exercise the same as of what it looks like. What cannot be undone wants two persons. */
async function approvalsFor(deps: HttpDeps, id: string, who: string): Promise<number> {
  return (await readJudgement(deps, id, who))?.judgement.approvalsNeeded ?? 0;
}

/** Questions for people, and what they say to them. What is recommended comes only after what the person takes it for. */
export function addJudgements(api: OpenAPIHono<Env>, deps: HttpDeps): void {
  endpoint(api, {
    method: 'get',
    path: '/judgements',
    name: 'listJudgements',
    summary: 'Questions for the engineer.',
    query: z.object({
      state: z
        .union([JudgementState, z.literal('answered')])
        .optional()
        .openapi({ type: 'string', description: '`answered`: all that wait no more, the latest answer first.' }),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
    answer: z.object({ items: z.array(JudgementView).readonly() }),
    handle: async ({ query }, c) => ({ items: await listJudgements(deps, query.state, query.limit, c.var.who) }),
  });
  endpoint(api, {
    method: 'get',
    path: '/judgements/{id}',
    name: 'readJudgement',
    summary: 'One question with its evidence by hash, its options, what waiting costs, and cases like it.',
    params: byId,
    answer: JudgementView,
    handle: async ({ params }, c) => {
      const view = await readJudgement(deps, params.id, c.var.who);
      if (view === null) throw unknown();
      return view;
    },
  });
  endpoint(api, {
    method: 'post',
    path: '/judgements/{id}/opinion',
    name: 'giveOpinion',
    summary: 'Says what it is and how surely, before anything is recommended. The first opinion holds.',
    params: byId,
    body: z.object({ nature: Nature, confidence: z.number().int().min(50).max(99), revision }),
    answer: JudgementView,
    handle: async ({ params, body }, c) => {
      const given = await giveOpinion(deps, params.id, c.var.who, readOpinion(body.nature, body.confidence), body.revision);
      if (given.outcome === 'renewed') throw renewed();
      if (given.outcome === 'too-late') throw new HttpError(409, 'answered', 'This question is no longer open.');
      const view = await readJudgement(deps, params.id, c.var.who);
      if (view === null) throw unknown();
      return view;
    },
  });
  endpoint(api, {
    method: 'post',
    path: '/judgements/{id}/answer',
    name: 'answerJudgement',
    summary: 'Approves or denies, after the opinion. An approval that is complete plans its actions.',
    params: byId,
    body: z.object({ verdict: z.enum(['approve', 'deny']), revision }),
    answer: z.object({ state: JudgementState, actions: z.array(z.string()).readonly(), exercise: orNull(Reveal) }),
    handle: async ({ params, body }, c) => {
      if (body.verdict === 'approve' && (await approvalsFor(deps, params.id, c.var.who)) > 1)
        await needStepUp(c, deps, 'approve', params.id, body.revision);
      const answered = await answerCard(deps, params.id, c.var.who, body.verdict, { revision: body.revision });
      switch (answered.outcome) {
        case 'unknown':
          throw unknown();
        case 'opinion-first':
          throw new HttpError(409, 'opinion-first', 'Say first what you take it for, and how sure you are.');
        case 'too-late':
          throw new HttpError(409, 'answered', `This question is no longer open: it was ${answered.judgement.state}.`);
        case 'renewed':
          throw renewed();
        case 'recorded':
          return { state: answered.judgement.state, actions: answered.actions, exercise: null };
        case 'exercised':
          return { state: answered.state, actions: [], exercise: answered.reveal };
        default:
          return answered satisfies never;
      }
    },
  });
}
