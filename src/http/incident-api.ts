import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { declareIncident } from '../app/incident-mode/declare-incident.ts';
import { listDeclaredIncidents, readDeclaredIncident } from '../app/incident-mode/read-declared-incident.ts';
import { draftReview, readReview } from '../app/incident-mode/review/draft-review.ts';
import { printMarkdown } from '../app/incident-mode/review/print-markdown.ts';
import { printPdf } from '../app/incident-mode/review/print-pdf.ts';
import { takeWish } from '../app/incident-mode/take-wish.ts';
import { type Env, endpoint } from './endpoint.ts';
import type { HttpDeps } from './http-deps.ts';
import { HttpError } from './http-error.ts';
import { DeclaredIncident, DeclaredRow, DeclaredView, IncidentWish, Obligation } from './incident-schemas.ts';
import { Severity } from './schemas.ts';

const byId = z.object({ id: z.string().min(1).max(200) });

/** Incident mode: what was declared, and what people command in it. */
export function addIncidentMode(api: OpenAPIHono<Env>, deps: HttpDeps): void {
  endpoint(api, {
    method: 'get',
    path: '/declared',
    name: 'listDeclared',
    summary: 'The incidents that are declared, and those that automation proposes to declare; `all`: also those that are over.',
    query: z.object({ all: z.enum(['true', 'false']).optional() }),
    answer: z.object({ items: z.array(DeclaredRow).readonly() }),
    handle: async ({ query }) => ({ items: await listDeclaredIncidents(deps, query.all === 'true') }),
  });
  endpoint(api, {
    method: 'post',
    path: '/declared',
    name: 'declareIncident',
    summary: 'Declares an incident: one that was found, or what only people know of. What is declared already is not declared again.',
    body: z.object({
      title: z.string().max(300).default('').openapi({ description: 'That of the incident when it is left out.' }),
      severity: Severity.default('Critical'),
      incident: z.string().max(200).nullable().default(null),
      commander: z.string().max(64).default('').openapi({ description: 'Who is signed in when it is left out.' }),
    }),
    answer: z.object({ id: z.string(), isNew: z.boolean() }),
    handle: async ({ body }, c) => {
      const done = await declareIncident(deps, c.var.who, body);
      switch (done.outcome) {
        case 'unknown':
          throw new HttpError(404, 'unknown', 'There is no such incident.');
        case 'refused':
          throw new HttpError(409, done.refusal.refused, done.refusal.says);
        case 'covered':
          return { id: done.incident.id, isNew: false };
        case 'done':
          return { id: done.incident.id, isNew: true };
        default:
          return done satisfies never;
      }
    },
  });
  endpoint(api, {
    method: 'get',
    path: '/declared/{id}',
    name: 'readDeclared',
    summary: 'The war room: commander, clocks, tasks, whom was told what, what happened, and what has to be so before it is closed.',
    params: byId,
    answer: DeclaredView,
    handle: async ({ params }) => {
      const view = await readDeclaredIncident(deps, params.id);
      if (view === null) throw new HttpError(404, 'unknown', 'There is no such declared incident.');
      return view;
    },
  });
  endpoint(api, {
    method: 'post',
    path: '/declared/{id}/commands',
    name: 'commandDeclared',
    summary: 'What the person who is signed in wants to happen. It happens, or it is refused with the reason; of two at once one is first.',
    params: byId,
    body: z.object({ wish: IncidentWish }),
    answer: DeclaredIncident,
    handle: async ({ params, body }, c) => {
      const done = await takeWish(deps, params.id, c.var.who, body.wish);
      if (done.outcome === 'done') return done.incident;
      if (done.incident === null) throw new HttpError(404, 'unknown', 'There is no such declared incident.');
      throw new HttpError(409, done.refusal.refused, done.refusal.says);
    },
  });
  endpoint(api, {
    method: 'post',
    path: '/declared/{id}/reviews',
    name: 'draftReview',
    summary:
      'Drafts the review from the ledger and what is stored, and keeps it; its hash names it below this address, as HASH.md and HASH.pdf.',
    params: byId,
    body: z.object({}),
    answer: z.object({ hash: z.string() }),
    handle: async ({ params }, c) => {
      const drafted = await draftReview(deps, params.id, c.var.who);
      if (drafted === null) throw new HttpError(404, 'unknown', 'There is no such declared incident.');
      return { hash: drafted.hash };
    },
  });
  api.get('/declared/:id/reviews/:file', async (c) => {
    const [, hash = '', form = ''] = /^([0-9a-f]{64})\.(md|pdf)$/.exec(c.req.param('file')) ?? [];
    const document = hash === '' ? null : await readReview(deps, c.req.param('id'), hash);
    if (document === null) throw new HttpError(404, 'unknown', 'There is no such review.');
    c.header('content-disposition', `attachment; filename="review-${hash.slice(0, 8)}.${form}"`);
    if (form === 'md') return c.body(printMarkdown(document), 200, { 'content-type': 'text/markdown; charset=utf-8' });
    return c.body(new Uint8Array(await printPdf(document)), 200, { 'content-type': 'application/pdf' });
  });
  endpoint(api, {
    method: 'get',
    path: '/obligations',
    name: 'listObligations',
    summary: 'The obligations whose clocks can be started. A help to keep time by, and no legal advice.',
    answer: z.object({ items: z.array(Obligation).readonly() }),
    handle: async () => ({ items: deps.obligations ?? [] }),
  });
}
