import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { listCases, reviewCase } from '../app/judge/list-cases.ts';
import { readScores, shareScores } from '../app/judge/scores.ts';
import { type Env, endpoint } from './endpoint.ts';
import type { HttpDeps } from './http-deps.ts';
import { HttpError } from './http-error.ts';
import { CaseView, Scores } from './learning-schemas.ts';
import { Nature } from './schemas.ts';

const byId = z.object({ id: z.string().min(1).max(200) });

/** What is learnt from judgements: how cases turned out, and how well they were judged. */
export function addLearning(api: OpenAPIHono<Env>, deps: HttpDeps): void {
  endpoint(api, {
    method: 'get',
    path: '/cases',
    name: 'listCases',
    summary: 'Questions that were answered; `unresolved`, those of which nobody knows yet how they turned out.',
    query: z.object({
      state: z.enum(['unresolved', 'all']).default('unresolved'),
      limit: z.coerce.number().int().min(1).max(500).default(100),
    }),
    answer: z.object({ items: z.array(CaseView).readonly() }),
    handle: async ({ query }, c) => ({ items: await listCases(deps, c.var.who, query.state === 'unresolved', query.limit) }),
  });
  endpoint(api, {
    method: 'post',
    path: '/cases/{id}/outcome',
    name: 'reviewCase',
    summary: 'Says how a case turned out. A person who judged it cannot.',
    params: byId,
    body: z.object({ nature: Nature }),
    answer: z.object({ recorded: z.boolean() }),
    handle: async ({ params, body }, c) => {
      const resolved = await reviewCase(deps, params.id, c.var.who, body.nature);
      if (resolved === 'unknown') throw new HttpError(404, 'unknown', 'There is no such case.');
      if (resolved === 'own') throw new HttpError(409, 'own', 'You have judged it. Another person says how it turned out.');
      return { recorded: resolved === 'recorded' };
    },
  });
  endpoint(api, {
    method: 'get',
    path: '/scores',
    name: 'readScores',
    summary: 'How well cases were judged: by the person who is signed in, by others who share theirs, and by the recommendation.',
    answer: Scores,
    handle: (_, c) => readScores(deps, c.var.who),
  });
  endpoint(api, {
    method: 'put',
    path: '/scores/shared',
    name: 'shareScores',
    summary: 'Shows the own scores to others, or to nobody else any more.',
    body: z.object({ shared: z.boolean() }),
    answer: Scores,
    handle: async ({ body }, c) => {
      await shareScores(deps, c.var.who, body.shared);
      return readScores(deps, c.var.who);
    },
  });
}
