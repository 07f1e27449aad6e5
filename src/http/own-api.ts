import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { answerQuestion, listQuestions, readQuestion } from '../app/console/actor-questions.ts';
import { listFixes, readFix, startFix } from '../app/console/fixes.ts';
import { type Env, endpoint } from './endpoint.ts';
import type { HttpDeps } from './http-deps.ts';
import { HttpError } from './http-error.ts';
import { needStepUp } from './need-step-up.ts';
import { FixView, QuestionView } from './schemas.ts';

const byId = z.object({ id: z.string().min(1).max(200) });

const unknown = () => new HttpError(404, 'unknown', 'Nothing of this kind is asked of you.');

/** What is a person's own: "was this you?", and what they may mend. Nobody sees or answers what is somebody else's. */
export function addOwn(api: OpenAPIHono<Env>, deps: HttpDeps): void {
  endpoint(api, {
    method: 'get',
    path: '/questions',
    name: 'listQuestions',
    summary: 'What the person who is signed in is asked about what their credentials did: that which waits first.',
    answer: z.object({ items: z.array(QuestionView).readonly() }),
    handle: async (_, c) => ({ items: await listQuestions(deps, c.var.who) }),
  });
  endpoint(api, {
    method: 'get',
    path: '/questions/{id}',
    name: 'readQuestion',
    summary: 'One of these: what was done, when and from where, and what each answer starts.',
    params: byId,
    answer: QuestionView,
    handle: async ({ params }, c) => {
      const view = await readQuestion(deps, params.id, c.var.who);
      if (view === null) throw unknown();
      return view;
    },
  });
  endpoint(api, {
    method: 'post',
    path: '/questions/{id}/answer',
    name: 'answerQuestion',
    summary: 'Answers "was this you?". Only the person who is asked may; the first answer holds, here and in channels.',
    params: byId,
    body: z.object({ option: z.enum(['me', 'not-me']), revision: z.string().max(200) }),
    answer: QuestionView,
    handle: async ({ params, body }, c) => {
      const { who } = c.var;
      if ((await readQuestion(deps, params.id, who)) === null) throw unknown();
      await needStepUp(c, deps, 'answer-question', params.id, body.option, body.revision);
      const answered = await answerQuestion(deps, params.id, who, body.option, body.revision);
      if (answered === 'renewed') throw new HttpError(409, 'renewed', 'More has happened since you read it. Look again, then answer.');
      if (answered === 'too-late')
        throw new HttpError(409, 'too-late', 'This is no longer asked: it was answered, or the engineer was asked.');
      if (typeof answered === 'object') throw new HttpError(409, 'answered', `You have answered already: ${answered.answered}.`);
      const view = answered === 'unknown' ? null : await readQuestion(deps, params.id, who);
      if (view === null) throw unknown();
      return view;
    },
  });
  endpoint(api, {
    method: 'get',
    path: '/fixes',
    name: 'listFixes',
    summary: 'What is insecure of what the person who is signed in owns or does, and was told of.',
    answer: z.object({ items: z.array(FixView).readonly() }),
    handle: async (_, c) => ({ items: await listFixes(deps, c.var.who) }),
  });
  endpoint(api, {
    method: 'get',
    path: '/fixes/{id}',
    name: 'readFix',
    summary: 'One of these, with what a playbook would do about it, step by step, and how that is taken back.',
    params: byId,
    answer: FixView,
    handle: async ({ params }, c) => {
      const view = await readFix(deps, params.id, c.var.who);
      if (view === null) throw unknown();
      return view;
    },
  });
  endpoint(api, {
    method: 'post',
    path: '/fixes/{id}/start',
    name: 'startFix',
    summary: 'Starts it as the action of its owner, under all guardrails. Where two must agree, it becomes a question.',
    params: byId,
    body: z.object({ action: z.string().min(1).max(200), revision: z.string().max(200) }),
    answer: FixView,
    handle: async ({ params, body }, c) => {
      const { who } = c.var;
      if ((await readFix(deps, params.id, who)) === null) throw unknown();
      await needStepUp(c, deps, 'fix', params.id, body.revision, body.action);
      const { outcome } = await startFix(deps, params.id, who, body.revision, body.action);
      if (outcome !== 'planned' && outcome !== 'asked') throw new HttpError(409, outcome, notStarted[outcome]);
      const view = await readFix(deps, params.id, who);
      if (view === null) throw unknown();
      return view;
    },
  });
}

const notStarted = {
  unknown: 'Nothing of this kind is yours.',
  renewed: 'It has changed since you read it. Look again, then start it.',
  'not-possible': 'This is not proposed any more, or your tolerance forbids it meanwhile.',
  'not-yours': 'What it would change is not yours now.',
  stopped: 'The stop button is pressed: nothing is started.',
  'under-way': 'The same is under way already.',
  frozen: 'Changes are frozen at this time.',
  cap: 'As much as may be was done within this hour. Try again later.',
} as const;
