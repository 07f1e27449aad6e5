import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { type AssignedTo, assignPlaybook, candidatesFor } from '../app/judge/assign-playbook.ts';
import { readAudit } from '../app/judge/audit-samples.ts';
import { readOpinion } from '../app/judge/give-opinion.ts';
import { closeInvestigation, listInvestigations, openInvestigation, readInvestigation } from '../app/judge/investigations.ts';
import { listCases, reviewCase } from '../app/judge/list-cases.ts';
import { askForDrill, listExercises } from '../app/judge/list-exercises.ts';
import { listProposals, readHoles } from '../app/judge/list-proposals.ts';
import { type Reviewed, reviewProposal, revokeProposal } from '../app/judge/review-proposal.ts';
import { readScores, shareScores } from '../app/judge/scores.ts';
import { draftRules, type Written, writeRules } from '../app/judge/write-rules.ts';
import { type Env, endpoint } from './endpoint.ts';
import type { HttpDeps } from './http-deps.ts';
import { HttpError } from './http-error.ts';
import {
  AuditReport,
  Candidate,
  CaseView,
  InvestigationDetail,
  InvestigationView,
  ProposalView,
  Scores,
  TakenExercise,
  ToleranceView,
} from './learning-schemas.ts';
import { needStepUp } from './need-step-up.ts';
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
  addProposals(api, deps);
  addDrills(api, deps);
  addInvestigations(api, deps);
  endpoint(api, {
    method: 'get',
    path: '/audit',
    name: 'readAudit',
    summary: 'How much of what automation closed was closed wrongly, as far as blind samples tell.',
    answer: AuditReport,
    handle: () => readAudit(deps),
  });
}

const reviewed = z.object({ state: z.string() });
const note = z.string().max(500).default('');

/** What judgements would change, and the second person's word on it. */
function addProposals(api: OpenAPIHono<Env>, deps: HttpDeps): void {
  endpoint(api, {
    method: 'get',
    path: '/proposals',
    name: 'listProposals',
    summary: 'What judgements would change: `open`, what waits for a review.',
    query: z.object({ state: z.enum(['open', 'all']).default('open'), limit: z.coerce.number().int().min(1).max(500).default(100) }),
    answer: z.object({ items: z.array(ProposalView).readonly() }),
    handle: async ({ query }, c) => ({ items: await listProposals(deps, c.var.who, query.state === 'all', query.limit) }),
  });
  endpoint(api, {
    method: 'post',
    path: '/proposals/{id}/review',
    name: 'reviewProposal',
    summary: 'Adopts or rejects a proposal. Never by who judged it or did it, and not in the same shift.',
    params: byId,
    body: z.object({ adopt: z.boolean(), note }),
    answer: reviewed,
    handle: async ({ params, body }, c) => {
      if (body.adopt) await needStepUp(c, deps, 'adopt', params.id);
      return stateOf(await reviewProposal(deps, params.id, c.var.who, body.adopt, body.note));
    },
  });
  endpoint(api, {
    method: 'post',
    path: '/proposals/{id}/revoke',
    name: 'revokeProposal',
    summary: 'Takes back what was adopted. Anybody may.',
    params: byId,
    body: z.object({ note }),
    answer: reviewed,
    handle: async ({ params, body }, c) => stateOf(await revokeProposal(deps, params.id, c.var.who, body.note)),
  });
  endpoint(api, {
    method: 'get',
    path: '/proposals/{id}/draft',
    name: 'draftRules',
    summary: 'Sigma to begin with: what was written for a proposal, or what can be made of the case. Null where neither is there.',
    params: byId,
    answer: z.object({ text: z.string().nullable() }),
    handle: async ({ params }) => ({ text: await draftRules(deps, params.id) }),
  });
  endpoint(api, {
    method: 'post',
    path: '/proposals/{id}/rules',
    name: 'writeRules',
    summary: 'Puts Sigma rules or filters to a proposal: they are tried on history, and another person reviews them.',
    params: byId,
    body: z.object({ text: z.string().max(50_000) }),
    answer: z.object({ rules: z.int(), filters: z.int() }),
    handle: async ({ params, body }, c) => writtenOf(await writeRules(deps, params.id, c.var.who, body.text)),
  });
  endpoint(api, {
    method: 'get',
    path: '/proposals/{id}/playbooks',
    name: 'listCandidates',
    summary: 'Playbooks that could be offered about what was judged to be an attack, and are not.',
    params: byId,
    answer: z.object({ items: z.array(Candidate).readonly() }),
    handle: async ({ params }) => ({ items: await candidatesFor(deps, params.id) }),
  });
  endpoint(api, {
    method: 'post',
    path: '/proposals/{id}/assign',
    name: 'assignPlaybook',
    summary: 'Proposes to offer a playbook about what was judged: it is tried on history, and another person reviews it.',
    params: byId,
    body: z.object({ playbook: z.string().max(100) }),
    answer: z.object({ assigned: z.string() }),
    handle: async ({ params, body }, c) => {
      assignedOf(await assignPlaybook(deps, params.id, c.var.who, body.playbook));
      return { assigned: body.playbook };
    },
  });
  endpoint(api, {
    method: 'get',
    path: '/tolerance',
    name: 'readHoles',
    summary:
      'The exemptions of the tolerance file and those adopted from judgements, and what automation was let do alone, and playbooks that are offered beside their own rules.',
    answer: ToleranceView,
    handle: () => readHoles(deps),
  });
}

function writtenOf(outcome: Written): { readonly rules: number; readonly filters: number } {
  switch (outcome.outcome) {
    case 'written':
      return { rules: outcome.rules, filters: outcome.filters };
    case 'unknown':
      throw new HttpError(404, 'unknown', 'There is no such proposal.');
    case 'not-now':
      throw new HttpError(409, 'not-now', `A proposal that is ${outcome.state} cannot be changed so.`);
    case 'refused':
      throw new HttpError(400, 'refused', outcome.faults.map(({ line, reason }) => `Line ${line}: ${reason}.`).join(' '));
    default:
      return outcome satisfies never;
  }
}

function assignedOf(outcome: AssignedTo): void {
  switch (outcome.outcome) {
    case 'assigned':
      return;
    case 'unknown':
      throw new HttpError(404, 'unknown', 'There is no such proposal, or no such playbook.');
    case 'not-now':
      throw new HttpError(409, 'not-now', `A proposal that is ${outcome.state} cannot be changed so.`);
    case 'no-attack':
      throw new HttpError(409, 'no-attack', 'It was no attack that a finding tells of.');
    case 'names-nothing':
      throw new HttpError(400, 'names-nothing', 'The playbook answers it already, or finds nothing in it to work on.');
    default:
      return outcome satisfies never;
  }
}

function stateOf(outcome: Reviewed): z.infer<typeof reviewed> {
  switch (outcome.outcome) {
    case 'recorded':
      return { state: outcome.state };
    case 'unknown':
      throw new HttpError(404, 'unknown', 'There is no such proposal.');
    case 'judged-it':
      throw new HttpError(409, 'judged-it', 'You have judged it. Another person reviews what follows from it.');
    case 'did-it':
      throw new HttpError(409, 'did-it', 'It is about what you did. Another person reviews it.');
    case 'too-early':
      throw new HttpError(409, 'too-early', 'It is reviewed after the shift in which it was judged.');
    case 'not-tried':
      throw new HttpError(409, 'not-tried', 'It has not been tried on history yet.');
    case 'too-wide':
      throw new HttpError(409, 'too-wide', 'It would change more than was looked at. Narrow it in the tolerance file instead.');
    case 'was-an-attack':
      throw new HttpError(409, 'was-an-attack', 'It would have closed an attack.');
    case 'not-now':
      throw new HttpError(409, 'not-now', `A proposal that is ${outcome.state} cannot be changed so.`);
    default:
      return outcome satisfies never;
  }
}

/** Exercises of the person who is signed in. */
function addDrills(api: OpenAPIHono<Env>, deps: HttpDeps): void {
  endpoint(api, {
    method: 'get',
    path: '/drills',
    name: 'listDrills',
    summary: 'Exercises that the person who is signed in has answered.',
    answer: z.object({ items: z.array(TakenExercise).readonly() }),
    handle: async (_, c) => ({ items: await listExercises(deps, c.var.who, 200) }),
  });
  endpoint(api, {
    method: 'post',
    path: '/drills',
    name: 'startDrill',
    summary: 'Wants a drill: a worker puts one among the questions of the person who is signed in.',
    body: z.object({}),
    answer: z.object({ wanted: z.literal(true) }),
    handle: async (_, c) => {
      const wanted = await askForDrill(deps, c.var.who, null);
      if (wanted === 'not-now') throw new HttpError(409, 'not-now', 'There is no drill while an incident that pages is open.');
      if (wanted === 'one-waits') throw new HttpError(409, 'one-waits', 'One waits for you already.');
      return { wanted: true as const };
    },
  });
}

/** What persons look into without being asked. */
function addInvestigations(api: OpenAPIHono<Env>, deps: HttpDeps): void {
  endpoint(api, {
    method: 'get',
    path: '/investigations',
    name: 'listInvestigations',
    summary: 'What persons look into on a hunch, the latest first.',
    answer: z.object({ items: z.array(InvestigationView).readonly() }),
    handle: async () => ({ items: await listInvestigations(deps, 200) }),
  });
  endpoint(api, {
    method: 'post',
    path: '/investigations',
    name: 'openInvestigation',
    summary: 'Looks into an ARN, an access key or an address, on a hunch alone.',
    body: z.object({ about: z.string().min(1).max(2048), says: z.string().min(1).max(2000) }),
    answer: z.object({ id: z.string() }),
    handle: async ({ body }, c) => ({ id: await openInvestigation(deps, c.var.who, body.about, body.says) }),
  });
  endpoint(api, {
    method: 'get',
    path: '/investigations/{id}',
    name: 'readInvestigation',
    summary: 'Its findings, decisions and actions, and what can be asked of the lake about it.',
    params: byId,
    answer: InvestigationDetail,
    handle: async ({ params }) => {
      const found = await readInvestigation(deps, params.id);
      if (found === null) throw new HttpError(404, 'unknown', 'There is no such investigation.');
      return found;
    },
  });
  endpoint(api, {
    method: 'post',
    path: '/investigations/{id}/opinion',
    name: 'closeInvestigation',
    summary: 'Ends it with what it is taken for, and how surely. It is scored as a judgement is.',
    params: byId,
    body: z.object({ nature: Nature, confidence: z.number().int().min(50).max(99) }),
    answer: z.object({ closed: z.literal(true) }),
    handle: async ({ params, body }, c) => {
      const closed = await closeInvestigation(deps, params.id, c.var.who, readOpinion(body.nature, body.confidence));
      if (closed === 'unknown') throw new HttpError(404, 'unknown', 'There is no such investigation.');
      if (closed === 'closed-before') throw new HttpError(409, 'closed', 'It is closed already.');
      return { closed: true as const };
    },
  });
}
