import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { deleteCookie, getCookie } from 'hono/cookie';
import { readShadow } from '../app/arming/read-shadow.ts';
import { signShadow } from '../app/arming/sign-shadow.ts';
import { listArmed, setArmed } from '../app/console/armed.ts';
import { askUndo, keepAsItStands, undoNeeds } from '../app/console/ask-undo.ts';
import { listActions } from '../app/console/list-actions.ts';
import { listFindings } from '../app/console/list-findings.ts';
import { listIncidents } from '../app/console/list-incidents.ts';
import { liveFinding } from '../app/console/live-finding.ts';
import { readAction } from '../app/console/read-action.ts';
import { readFinding } from '../app/console/read-finding.ts';
import { readIncident } from '../app/console/read-incident.ts';
import { listLeaves, readLedger, verifyLedger } from '../app/console/read-ledger.ts';
import { readOverview } from '../app/console/read-overview.ts';
import { readStatus } from '../app/console/read-status.ts';
import { type OpenSession, sessionOf, signIn, signOut } from '../app/console/sign-in.ts';
import { startAction, startNeedsTwo } from '../app/console/start-action.ts';
import { pressStop, readStop } from '../app/console/stop-button.ts';
import { readDoctor } from '../app/doctor/ask-doctor.ts';
import { troublesIn } from '../app/doctor/doctor-report.ts';
import { sourceCoverage } from '../app/source-coverage.ts';
import { findingKinds } from '../core/model/finding.ts';
import type { ChangeHub } from './change-hub.ts';
import { type Env, endpoint } from './endpoint.ts';
import { streamEvents } from './events.ts';
import { cookieName } from './guards.ts';
import type { HttpDeps } from './http-deps.ts';
import { HttpError } from './http-error.ts';
import { addIncidentMode } from './incident-api.ts';
import { addJudgements } from './judgement-api.ts';
import { addLearning } from './learning-api.ts';
import { needStepUp } from './need-step-up.ts';
import { addOnCall } from './on-call-api.ts';
import { addOwn } from './own-api.ts';
import { addPasskeySignIn, addPasskeys, rememberSession } from './passkeys-api.ts';
import { addRisks } from './risk-api.ts';
import {
  ActionDetail,
  ActionState,
  ActionView,
  Armed,
  Checkpoint,
  CoverageRow,
  DoctorReport,
  FindingDetail,
  FindingPage,
  FindingState,
  IncidentDetail,
  IncidentPage,
  LeafView,
  LedgerReport,
  Overview,
  orNull,
  Session,
  Settings,
  Severity,
  ShadowView,
  Status,
  Stop,
} from './schemas.ts';
import { originOf } from './site-of.ts';

const byId = z.object({ id: z.string().min(1).max(200) });
const limit = (largest: number, usual: number) => z.coerce.number().int().min(1).max(largest).default(usual);
const flag = z.enum(['true', 'false']);
const nothing = z.object({ ok: z.literal(true) });

/** Everything below /api/v1. What is registered before the session check is open; all else needs a session. */
export function addApi(api: OpenAPIHono<Env>, deps: HttpDeps, hub: ChangeHub): void {
  api.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: 'jobzero-PORT',
    description: 'Set by POST /session.',
  });
  addSignIn(api, deps);
  addPasskeySignIn(api, deps);
  api.use(async (c, next) => {
    if (c.req.path.endsWith('/api/v1/openapi.json')) return next();
    const session = await sessionOf(deps, getCookie(c, cookieName(c)));
    if (session === null) throw new HttpError(401, 'not-signed-in', 'Sign in with a one-time link.');
    if (session.scope === 'own' && !isOwn(c.req.path))
      throw new HttpError(403, 'not-yours', 'You are signed in for what is your own only.');
    c.set('who', session.who);
    c.set('session', session);
    return next();
  });
  addReads(api, deps);
  addIntents(api, deps);
  addIncidentMode(api, deps);
  addJudgements(api, deps);
  addLearning(api, deps);
  addLedger(api, deps);
  addOnCall(api, deps);
  addPasskeys(api, deps);
  addOwn(api, deps);
  addRisks(api, deps);
  api.get('/events', (c) => streamEvents(c, hub, async () => (await sessionOf(deps, getCookie(c, cookieName(c)))) !== null));
}

/** What a session of scope `own` reaches: of all else nothing, whatever is added later. */
function isOwn(path: string): boolean {
  return /^\/api\/v1\/(session|passkeys|step-up|questions|fixes)(\/|$)/.test(path);
}

function addSignIn(api: OpenAPIHono<Env>, deps: HttpDeps): void {
  endpoint(api, {
    method: 'post',
    path: '/session',
    name: 'signIn',
    summary: 'Spends a one-time token and opens a session of 12 hours.',
    open: true,
    body: z.object({ token: z.string().min(20).max(400) }),
    answer: Session,
    handle: async ({ body }, c) => {
      const session = await signIn(deps, body.token);
      if (session === null)
        throw new HttpError(401, 'link-spent', 'This link has been used or has expired. Ask for a new one: jobzero sign-in');
      rememberSession(c, deps, session, await originOf(c, deps));
      return viewOf(session);
    },
  });
}

const viewOf = ({ who, scope, expiresAt }: OpenSession) => ({ who, scope, expiresAt });

function addReads(api: OpenAPIHono<Env>, deps: HttpDeps): void {
  endpoint(api, {
    method: 'get',
    path: '/session',
    name: 'readSession',
    summary: 'Who is signed in.',
    answer: Session,
    handle: (_, c) => viewOf(c.var.session),
  });
  endpoint(api, {
    method: 'get',
    path: '/status',
    name: 'readStatus',
    summary: 'Whether automation works, and how much it has found and contained.',
    answer: Status,
    handle: (_, c) => readStatus(deps, c.var.who),
  });
  endpoint(api, {
    method: 'get',
    path: '/overview',
    name: 'readOverview',
    summary: 'The home page: status, the one question that waits longest, and what automation did last.',
    answer: Overview,
    handle: (_, c) => readOverview(deps, c.var.who),
  });
  endpoint(api, {
    method: 'get',
    path: '/findings',
    name: 'listFindings',
    summary: 'Findings, page by page, in id order or the gravest first.',
    query: z.object({
      state: FindingState.optional(),
      severity: Severity.optional(),
      rule: z.string().max(300).optional(),
      account: z.string().max(20).optional(),
      kind: z.enum(findingKinds).optional(),
      order: z.enum(['id', 'gravest']).optional(),
      after: z.string().max(200).optional(),
      limit: limit(500, 200),
    }),
    answer: FindingPage,
    handle: ({ query }) => {
      const { state, severity, rule, account, kind, order, after } = query;
      return listFindings(deps, {
        limit: query.limit,
        ...(state === undefined ? {} : { state }),
        ...(severity === undefined ? {} : { severities: [severity] }),
        // Who names a rule of another service wants to see its findings, also those that are shown under ours.
        ...(rule === undefined ? { leads: true as const } : { rule }),
        ...(account === undefined ? {} : { account }),
        ...(kind === undefined ? {} : { kind }),
        ...(order === undefined ? {} : { order }),
        ...(after === undefined ? {} : { after }),
      });
    },
  });
  endpoint(api, {
    method: 'get',
    path: '/findings/{id}',
    name: 'readFinding',
    summary: 'A finding with its evidence, life, decisions, judgement, actions and way.',
    params: byId,
    answer: FindingDetail,
    handle: async ({ params }, c) => found(await readFinding(deps, params.id, c.var.who), 'finding'),
  });
  endpoint(api, {
    method: 'get',
    path: '/incidents',
    name: 'listIncidents',
    summary: 'Findings joined into incidents, page by page: those that page somebody first, then the gravest.',
    query: z.object({
      pages: flag.optional(),
      open: flag.optional(),
      after: z.string().max(200).optional(),
      limit: limit(500, 200),
    }),
    answer: IncidentPage,
    handle: ({ query: { pages, open, after, limit: most } }) =>
      listIncidents(deps, {
        limit: most,
        ...(pages === undefined ? {} : { pages: pages === 'true' }),
        ...(open === undefined ? {} : { isOpen: open === 'true' }),
        ...(after === undefined ? {} : { after }),
      }),
  });
  endpoint(api, {
    method: 'get',
    path: '/incidents/{id}',
    name: 'readIncident',
    summary: 'An incident with its timeline, and what was done about its findings. The id of one that was joined with another leads there.',
    params: byId,
    answer: IncidentDetail,
    handle: async ({ params }) => found(await readIncident(deps, params.id), 'incident'),
  });
  endpoint(api, {
    method: 'get',
    path: '/actions',
    name: 'listActions',
    summary: 'Actions, the newest first.',
    query: z.object({ state: ActionState.optional(), finding: z.string().max(200).optional(), limit: limit(1000, 200) }),
    answer: z.object({ items: z.array(ActionView).readonly() }),
    handle: async ({ query }) => ({
      items: await listActions(deps, {
        limit: query.limit,
        ...(query.state === undefined ? {} : { state: query.state }),
        ...(query.finding === undefined ? {} : { finding: query.finding }),
      }),
    }),
  });
  endpoint(api, {
    method: 'get',
    path: '/actions/{id}',
    name: 'readAction',
    summary: 'An action with its plan, receipts, and what undo would bring back.',
    params: byId,
    answer: ActionDetail,
    handle: async ({ params }) => found(await readAction(deps, params.id), 'action'),
  });
  endpoint(api, {
    method: 'get',
    path: '/doctor',
    name: 'readDoctor',
    summary: 'Whether jobzero itself is well. Nothing is armed while it is not.',
    answer: z.object({ troubles: z.array(z.string()).readonly(), report: orNull(DoctorReport) }),
    handle: async () => {
      const report = await readDoctor(deps);
      return { troubles: troublesIn(report, deps.clock.now()), report };
    },
  });
  endpoint(api, {
    method: 'get',
    path: '/shadow',
    name: 'readShadow',
    summary: 'What a playbook would have done in an account while it was not armed, and what is missing before it may be.',
    query: z.object({ playbook: z.string().min(1).max(200), account: z.string().min(1).max(12) }),
    answer: ShadowView,
    handle: async ({ query }) => readShadow(deps, query.playbook, query.account),
  });
  endpoint(api, {
    method: 'get',
    path: '/settings',
    name: 'readSettings',
    summary: 'The stop button, and which playbooks may act where.',
    answer: Settings,
    handle: async () => ({
      stop: await deps.store.within(deps.tenant, readStop),
      armed: await listArmed(deps),
      playbooks: deps.playbooks.map(({ id, title, why, approval }) => ({ id, title, why, approval })),
    }),
  });
}

function addIntents(api: OpenAPIHono<Env>, deps: HttpDeps): void {
  endpoint(api, {
    method: 'delete',
    path: '/session',
    name: 'signOut',
    summary: 'Ends the session.',
    answer: nothing,
    handle: async (_, c) => {
      await signOut(deps, getCookie(c, cookieName(c)));
      deleteCookie(c, cookieName(c), { path: '/' });
      return { ok: true as const };
    },
  });
  endpoint(api, {
    method: 'post',
    path: '/actions/{id}/undo',
    name: 'askUndo',
    summary: 'Asks for an action to be undone; a worker does it.',
    params: byId,
    body: z.object({
      overwrite: z.boolean().default(false).openapi({ description: 'Restore although somebody else has changed the state since.' }),
    }),
    answer: z.object({ persons: z.array(z.string()).readonly(), needed: z.number() }),
    handle: async ({ params, body }, c) => {
      if ((await undoNeeds(deps, params.id)) > 1) await needStepUp(c, deps, 'undo', params.id, String(body.overwrite));
      const asked = await askUndo(deps, params.id, c.var.who, body.overwrite);
      switch (asked.outcome) {
        case 'unknown':
          throw new HttpError(404, 'unknown', 'There is no such action.');
        case 'not-now':
          throw new HttpError(409, 'not-now', `An action that is ${asked.state} has nothing to undo.`);
        case 'irreversible':
          throw new HttpError(409, 'irreversible', 'This action cannot be undone.');
        case 'asked':
          return { persons: asked.persons, needed: asked.needed };
        default:
          return asked satisfies never;
      }
    },
  });
  endpoint(api, {
    method: 'post',
    path: '/actions/{id}/keep',
    name: 'keepAsItStands',
    summary: 'Answers an undo that asks: what somebody else made of it stays, and the undo is closed.',
    params: byId,
    body: z.object({}),
    answer: nothing,
    handle: async ({ params }, c) => {
      const kept = await keepAsItStands(deps, params.id, c.var.who);
      if (kept === 'unknown') throw new HttpError(404, 'unknown', 'There is no such action.');
      if (kept !== 'kept') throw new HttpError(409, 'not-now', `An action that is ${kept.state} does not ask.`);
      return { ok: true as const };
    },
  });
  endpoint(api, {
    method: 'post',
    path: '/findings/{id}/life',
    name: 'liveFinding',
    summary: 'Acknowledges, suppresses, resolves or reopens a finding.',
    params: byId,
    body: z.object({
      event: z.enum(['acknowledged', 'suppressed', 'resolved', 'reopened']),
      note: z.string().max(500).default('').openapi({ description: 'Why; needed to suppress and to resolve.' }),
    }),
    answer: z.object({ state: FindingState }),
    handle: async ({ params, body }, c) => {
      const lived = await liveFinding(deps, params.id, c.var.who, body.event, body.note);
      switch (lived.outcome) {
        case 'unknown':
          throw new HttpError(404, 'unknown', 'There is no such finding.');
        case 'not-now':
          throw new HttpError(409, 'not-now', `A finding that is ${lived.state} cannot be ${body.event}.`);
        case 'why':
          throw new HttpError(400, 'bad-input', 'body.note: say why it goes out of sight');
        case 'recorded':
          return { state: lived.state };
        default:
          return lived satisfies never;
      }
    },
  });
  endpoint(api, {
    method: 'post',
    path: '/findings/{id}/start',
    name: 'startAction',
    summary: 'Starts what a decision proposed, as an action of the person who is signed in. Where two must agree, it becomes a question.',
    params: byId,
    body: z.object({
      action: z.string().min(1).max(200).openapi({ description: 'The id of one of the finding’s possible actions.' }),
      revision: z.string().max(200).openapi({ description: 'The revision that was read.' }),
    }),
    answer: z.object({ action: z.string().nullable(), judgement: z.string().nullable() }),
    handle: async ({ params, body }, c) => {
      if (await startNeedsTwo(deps, params.id, body.action)) await needStepUp(c, deps, 'start', params.id, body.revision, body.action);
      const started = await startAction(deps, params.id, c.var.who, body.revision, body.action);
      switch (started.outcome) {
        case 'unknown':
          throw new HttpError(404, 'unknown', 'There is no such finding.');
        case 'renewed':
          throw new HttpError(409, 'renewed', 'The finding has changed since you read it. Look again, then start it.');
        case 'stopped':
          throw new HttpError(409, 'stopped', 'The stop button is pressed: nothing is started.');
        case 'under-way':
          throw new HttpError(409, 'under-way', 'The same is under way already.');
        case 'not-possible':
          throw new HttpError(409, 'not-possible', 'This is not proposed any more, or your tolerance forbids it meanwhile.');
        case 'planned':
          return { action: started.action, judgement: null };
        case 'asked':
          return { action: null, judgement: started.judgement };
        default:
          return started satisfies never;
      }
    },
  });
  endpoint(api, {
    method: 'put',
    path: '/settings/stop',
    name: 'pressStop',
    summary: 'Presses or releases the stop button: while it is pressed, automation acts on nothing.',
    body: z.object({ on: z.boolean(), reason: z.string().max(500).default('') }),
    answer: z.object({ stop: orNull(Stop) }),
    handle: async ({ body }, c) => {
      if (!body.on) await needStepUp(c, deps, 'release-stop', 'stop');
      return { stop: await pressStop(deps, c.var.who, body.on, body.reason) };
    },
  });
  endpoint(api, {
    method: 'put',
    path: '/settings/armed',
    name: 'setArmed',
    summary: 'Lets a playbook act in an account, or takes that back.',
    body: z.object({
      playbook: z.string().min(1).max(200),
      account: z.string().min(1).max(12),
      armed: z.boolean(),
      /** The hash of the list of what it would have done, which is signed with it. */
      list: z.string().max(64).optional(),
    }),
    answer: z.object({ armed: z.array(Armed).readonly() }),
    handle: async ({ body }, c) => {
      if (body.armed) await needStepUp(c, deps, 'arm', body.playbook, body.account, body.list ?? '');
      if (body.armed && body.list !== undefined) await signShadow(deps, c.var.who, body.playbook, body.account, body.list);
      await setArmed(deps, c.var.who, body.playbook, body.account, body.armed);
      return { armed: await listArmed(deps) };
    },
  });
}

function addLedger(api: OpenAPIHono<Env>, deps: HttpDeps): void {
  endpoint(api, {
    method: 'get',
    path: '/coverage',
    name: 'readCoverage',
    summary: "What AWS's own services found in each account, and what of that our own rules and controls did.",
    answer: z.object({ items: z.array(CoverageRow).readonly() }),
    handle: async () => ({ items: await sourceCoverage(deps) }),
  });
  endpoint(api, {
    method: 'get',
    path: '/ledger',
    name: 'readLedger',
    summary: 'The last signed checkpoint.',
    answer: z.object({ checkpoint: orNull(Checkpoint) }),
    handle: async () => ({ checkpoint: await readLedger(deps) }),
  });
  endpoint(api, {
    method: 'get',
    path: '/ledger/entries',
    name: 'listLeaves',
    summary: 'Leaves of the ledger from an index on; without one, the last.',
    query: z.object({ from: z.coerce.number().int().min(0).optional().openapi({ type: 'integer' }), limit: limit(500, 50) }),
    answer: z.object({ items: z.array(LeafView).readonly() }),
    handle: async ({ query }) => ({ items: await listLeaves(deps, query.from, query.limit) }),
  });
  endpoint(api, {
    method: 'post',
    path: '/ledger/verify',
    name: 'verifyLedger',
    summary: 'Recomputes the ledger from its leaves, against checkpoints kept outside.',
    body: z.object({ outside: z.array(z.string().max(10_000)).max(10).default([]) }),
    answer: LedgerReport,
    handle: ({ body }) => verifyLedger(deps, body.outside),
  });
}

function found<T>(value: T | null, what: string): T {
  if (value === null) throw new HttpError(404, 'unknown', `There is no such ${what}.`);
  return value;
}
