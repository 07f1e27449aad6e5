import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from '@hono/zod-openapi';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { narrowWorldOpenIngress } from '../../content/playbooks/aws/ec2/narrow-world-open-ingress.ts';
import { memoryLedger, memorySignIns } from '../../tools/console-memory.ts';
import { issueSignInLink, type Scope } from '../app/console/sign-in.ts';
import { groupTarget, offerToNarrow, putDecided } from '../app/decided-under-test.ts';
import { keepReport } from '../app/doctor/doctor-report.ts';
import { cardOfJudgement } from '../app/exercise/card-of-judgement.ts';
import { exerciseTx } from '../app/exercise/exercise-tx.ts';
import { setExercise } from '../app/exercise/take-exercise.ts';
import { joinIncidents } from '../app/join-incidents.ts';
import { addPasskey } from '../app/passkeys/passkey.ts';
import { readTolerance } from '../app/read-tolerance.ts';
import { canonicalJson } from '../core/lib/canonical-json.ts';
import { findingUnderTest } from '../core/lib/finding-under-test.ts';
import { idOf } from '../core/lib/hash.ts';
import type { Offer } from '../core/model/decide-context.ts';
import type { Judgement } from '../core/model/decision.ts';
import type { Finding } from '../core/model/finding.ts';
import type { Incident, IncidentMember } from '../core/model/incident.ts';
import type { Action, Playbook, Receipt } from '../core/model/plan.ts';
import { severities } from '../core/model/severity.ts';
import { memoryStore } from '../core/ports/store.memory.ts';
import type { Store } from '../core/ports/store.ts';
import { createHttp } from './create-http.ts';
import { openApiDocument } from './open-api-document.ts';
import { Risks } from './risk-schemas.ts';
import {
  ActionDetail,
  FindingDetail,
  FindingPage,
  IncidentDetail,
  IncidentPage,
  JudgementView,
  LedgerReport,
  Overview,
  Settings,
  ShadowView,
  Status,
} from './schemas.ts';
import { serveHttp } from './serve-http.ts';

const tenant = 'default';
const host = '127.0.0.1:4747';
const account = '111122223333';
const target = groupTarget(account, 'sg-0a1b2c3d');

interface Call {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: { readonly [name: string]: string };
  readonly cookie?: string | null;
}

function open(more: { readonly store?: Store; readonly webFolder?: string; readonly playbooks?: readonly Playbook[] } = {}) {
  let now = Date.UTC(2026, 0, 15, 9);
  const memory = memoryStore();
  const store = more.store ?? memory;
  const signIns = memorySignIns();
  const logged: string[] = [];
  const clock = { now: () => now };
  const { app, close } = createHttp({
    tenant,
    store,
    ledger: memoryLedger(() => memory.entries(tenant).map((entry) => canonicalJson(entry))),
    clock,
    signIns,
    playbooks: more.playbooks ?? [narrowWorldOpenIngress],
    webFolder: more.webFolder ?? null,
    log: (message, context) => logged.push(`${message} ${JSON.stringify(context)}`),
  });
  let cookie = '';
  const call = (path: string, options: Call = {}) => {
    const method = options.method ?? (options.body === undefined ? 'GET' : 'POST');
    const sent = options.cookie === undefined ? cookie : options.cookie;
    return app.request(`http://${host}${path}`, {
      method,
      headers: {
        host,
        ...(method === 'GET' ? {} : { origin: `http://${host}` }),
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(sent === null || sent === '' ? {} : { cookie: sent }),
        ...options.headers,
      },
      ...(options.body === undefined ? {} : { body: typeof options.body === 'string' ? options.body : JSON.stringify(options.body) }),
    });
  };
  const link = (who = 'alice', scope: Scope = 'all') =>
    issueSignInLink({ signIns, clock, tenant, store: memory }, `http://${host}`, who, { scope });
  return {
    call,
    app,
    store: memory,
    logged,
    close,
    link,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    async read<S extends z.ZodType>(schema: S, path: string): Promise<z.output<S>> {
      const response = await call(path);
      expect(response.status, path).toBe(200);
      return schema.parse(await response.json());
    },
    async signIn(who = 'alice', scope: Scope = 'all'): Promise<string> {
      const response = await call('/api/v1/session', { body: { token: (await link(who, scope)).split('#')[1] }, cookie: null });
      expect(response.status).toBe(200);
      cookie = (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
      return response.headers.get('set-cookie') ?? '';
    },
  };
}

type World = ReturnType<typeof open>;

const findingOf = (n: number, more: Partial<Omit<Finding, 'revision'>> = {}): Finding =>
  findingUnderTest({
    tenant,
    id: idOf('finding', n),
    rule: {
      id: `aws.ec2.rule-${n % 3}`,
      title: 'A rule',
      description: 'Why.',
      techniques: ['T1686.001'],
      tactics: ['defense-impairment'],
    },
    severity: severities[n % severities.length] ?? 'Low',
    account,
    at: 1000 + n,
    message: `Finding ${n}`,
    ...more,
  });

async function ask(world: World, finding: Finding, more: Partial<Judgement> = {}): Promise<Judgement> {
  const judgement: Judgement = {
    id: idOf(tenant, finding.id),
    tenant,
    finding: finding.id,
    revision: finding.revision,
    question: 'Close it?',
    options: [{ playbook: narrowWorldOpenIngress.id, version: 1, target, blastRadius: 'b', inverse: 'i', approvals: 1, mode: 'live' }],
    guardrails: ['legitimate-use-unknown'],
    recommendation: 'approve',
    because: 'It is open.',
    state: 'waiting',
    askedAt: 2000,
    answeredAt: null,
    answeredBy: [],
    approvalsNeeded: 1,
    ...more,
  };
  await world.store.within(tenant, async (tx) => {
    await tx.findings.put(finding, 1500);
    await tx.judgements.ask(judgement);
  });
  return judgement;
}

/** What a person takes a question for, said over the wire before anything is answered. */
const say = (world: World, { id, revision }: Pick<Judgement, 'id' | 'revision'>, nature = 'true-positive', confidence = 80) =>
  world.call(`/api/v1/judgements/${id}/opinion`, { body: { nature, confidence, revision } });

async function verified(world: World, finding: Finding, undo: Receipt['undo']): Promise<Action> {
  const action: Action = {
    id: idOf('action', finding.id),
    tenant,
    finding: finding.id,
    revision: finding.revision,
    playbook: narrowWorldOpenIngress.id,
    playbookVersion: 1,
    target,
    state: 'planned',
    by: 'automation',
    plannedAt: 3000,
    finishedAt: null,
    reason: '',
  };
  await world.store.within(tenant, async (tx) => {
    await tx.findings.put(finding, 1500);
    await tx.actions.plan(action);
    await tx.actions.move(action.id, ['planned'], 'running', 3100, '');
    const call = { action: 'ec2:ModifySecurityGroupRules', input: { GroupId: 'sg-0a1b2c3d' } };
    await tx.actions.receipt(
      {
        format: 'jobzero.receipt/1',
        action: action.id,
        step: 0,
        name: 'Narrow',
        call,
        before: ['0.0.0.0/0'],
        output: {},
        left: ['10.0.0.0/16'],
        verified: true,
        undo,
        read: call,
        alreadySo: false,
      },
      3200,
    );
    await tx.actions.move(action.id, ['running'], 'verified', 5000, 'Done.');
  });
  return action;
}

const toleranceText = (more: string) => `default: { act: alone }\n${more}`;

/** A setting that stands, watched with one action proposed: decided as triage does, with its context stored. */
async function watched(world: World, offered: Partial<Offer> = {}): Promise<Finding> {
  const finding = findingOf(7, {
    kind: 'compliance',
    severity: 'High',
    resources: [{ uid: target.uid, type: 'AWS::EC2::SecurityGroup', name: 'sg-0a1b2c3d', account, region: 'us-east-1' }],
  });
  await world.store.within(tenant, async (tx) => {
    await tx.settings.set('tolerance', toleranceText(''), 1, 'owner');
    await putDecided(tx, finding, offerToNarrow(target, offered), readTolerance(toleranceText(''), 'tolerance'), 1500);
  });
  return finding;
}

describe('sign-in', () => {
  test('a link opens one session, whose cookie no script and no other site gets', async () => {
    const world = open();
    const link = await world.link('alice');
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:4747\/sign-in#[\w-]+\.[\w-]{43}$/);
    const first = await world.call('/api/v1/session', { body: { token: link.split('#')[1] } });
    expect(first.status).toBe(200);
    const cookie = first.headers.get('set-cookie') ?? '';
    for (const part of ['HttpOnly', 'SameSite=Strict', 'Path=/', 'Max-Age=43200']) expect(cookie).toContain(part);
    const again = await world.call('/api/v1/session', { body: { token: link.split('#')[1] } });
    expect(again.status).toBe(401);
    const session = await world.call('/api/v1/session', { cookie: cookie.split(';')[0] ?? '' });
    expect(await session.json()).toMatchObject({ who: 'alice' });
    const leaves = world.store.entries(tenant).filter((entry) => entry.type === 'sign-in');
    expect(leaves.map(({ data }) => data['what'])).toEqual(['link', 'session', 'failed']);
    expect(JSON.stringify(leaves)).not.toContain('alice');
  });

  test('a link of 15 minutes ago and a session of 12 hours ago open nothing', async () => {
    const world = open();
    const token = (await world.link()).split('#')[1];
    world.pass(15 * 60_000);
    expect((await world.call('/api/v1/session', { body: { token } })).status).toBe(401);
    await world.signIn();
    expect((await world.call('/api/v1/status')).status).toBe(200);
    world.pass(12 * 3_600_000);
    expect((await world.call('/api/v1/status')).status).toBe(401);
  });

  test('nobody can put another name in front of a link or of a session', async () => {
    const world = open();
    const other = Buffer.from('mallory').toString('base64url');
    const [, random] = ((await world.link('alice')).split('#')[1] ?? '').split('.');
    expect((await world.call('/api/v1/session', { body: { token: `${other}.${random ?? ''}` } })).status).toBe(401);
    const [name, secret] = (await world.signIn('alice')).split(';')[0]?.split('=') ?? [];
    const forged = `${name ?? ''}=${other}.${(secret ?? '').split('.')[1] ?? ''}`;
    expect((await world.call('/api/v1/status', { cookie: forged })).status).toBe(401);
  });

  test('signing out ends the session', async () => {
    const world = open();
    await world.signIn();
    expect((await world.call('/api/v1/session', { method: 'DELETE' })).status).toBe(200);
    expect((await world.call('/api/v1/status')).status).toBe(401);
  });
});

describe('a passkey confirms what is grave', () => {
  async function withPasskey(who = 'alice') {
    const world = open();
    await world.signIn(who);
    const key = { id: 'k', publicKey: '', counter: 0, transports: [] };
    const passkey = { id: 'k', who, name: 'laptop', site: 'localhost', scope: 'all', key, registeredAt: 1, usedAt: null } as const;
    await world.store.within(tenant, (tx) => addPasskey(tx, passkey, 1));
    const wanted = async (path: string, method: string, body?: object) => {
      const response = await world.call(`/api/v1${path}`, { method, ...(body === undefined ? {} : { body }) });
      const { error, stepUp } = (await response.json()) as { error?: string; stepUp?: { action: string; subject: string } };
      return response.status === 403 ? [error, stepUp?.action, stepUp?.subject] : response.status;
    };
    return { world, wanted };
  }

  test('what needs no state', async () => {
    const { wanted } = await withPasskey();
    const armed = { playbook: narrowWorldOpenIngress.id, account, armed: true, list: 'a' };
    expect(await wanted('/settings/armed', 'PUT', armed)).toEqual(['step-up', 'arm', `${armed.playbook}/${account}/a`]);
    expect(await wanted('/settings/armed', 'PUT', { ...armed, armed: false })).toBe(200);
    expect(await wanted('/settings/stop', 'PUT', { on: false })).toEqual(['step-up', 'release-stop', 'stop']);
    // Whoever sees something burn stops it.
    expect(await wanted('/settings/stop', 'PUT', { on: true })).toBe(200);
    expect(await wanted('/proposals/p/review', 'POST', { adopt: true })).toEqual(['step-up', 'adopt', 'p']);
    expect(await wanted('/proposals/p/review', 'POST', { adopt: false })).toBe(404);
    expect(await wanted('/passkeys/k', 'DELETE')).toEqual(['step-up', 'remove-passkey', 'k']);
  });

  test('an approval that two must give, and none that one may', async () => {
    const { world, wanted } = await withPasskey();
    const two = await ask(world, findingOf(1), { approvalsNeeded: 2 });
    await say(world, two);
    const answer = { verdict: 'approve', revision: two.revision };
    expect(await wanted(`/judgements/${two.id}/answer`, 'POST', answer)).toEqual(['step-up', 'approve', `${two.id}/${two.revision}`]);
    expect((await world.store.within(tenant, (tx) => tx.judgements.get(two.id)))?.answeredBy).toEqual([]);
    expect(await wanted(`/judgements/${two.id}/answer`, 'POST', { ...answer, verdict: 'deny' })).toBe(200);
    const one = await ask(world, findingOf(2));
    await say(world, one);
    expect(await wanted(`/judgements/${one.id}/answer`, 'POST', { verdict: 'approve', revision: one.revision })).toBe(200);
  });

  test('what is started and cannot be undone, and an undo that two must ask for', async () => {
    const { world, wanted } = await withPasskey();
    const finding = await watched(world, { reversible: false });
    const id = idOf(tenant, finding.id, narrowWorldOpenIngress.id, target);
    const body = { action: id, revision: finding.revision };
    expect(await wanted(`/findings/${finding.id}/start`, 'POST', body)).toEqual([
      'step-up',
      'start',
      `${finding.id}/${finding.revision}/${id}`,
    ]);
    const action = await verified(world, findingOf(1, { severity: 'High' }), []);
    expect(await wanted(`/actions/${action.id}/undo`, 'POST', {})).toEqual(['step-up', 'undo', `${action.id}/false`]);
  });

  test('where tolerance requires one, who has none does nothing of it, and may register one', async () => {
    const world = open();
    await world.signIn('kim');
    await world.store.within(tenant, (tx) => tx.settings.set('tolerance', 'stepUp: required', 1, 'owner'));
    const released = await world.call('/api/v1/settings/stop', { method: 'PUT', body: { on: false } });
    expect([released.status, await released.json()]).toEqual([403, expect.objectContaining({ error: 'passkey-required' })]);
    expect((await world.call('/api/v1/passkeys/options', { body: {} })).status).toBe(409);
  });
});

test('a session for what is a person’s own reaches nothing else of the API', async () => {
  const world = open();
  await world.signIn('dana', 'own');
  const own = /^\/api\/v1\/(session|passkeys|step-up|questions|fixes)\b/;
  let refused = 0;
  for (const [path, methods] of Object.entries(openApiDocument().paths ?? {}))
    for (const method of Object.keys(methods)) {
      if (path === '/api/v1/session' && method === 'delete') continue;
      const response = await world.call(path.replaceAll(/\{\w+\}/g, 'x'), {
        method: method.toUpperCase(),
        ...(method === 'get' ? {} : { body: {} }),
      });
      expect([path, own.test(path) || response.status === 403]).toEqual([path, true]);
      if (response.status === 403) refused++;
    }
  expect(refused).toBeGreaterThan(50);
  for (const path of ['/api/v1/events', `/api/v1/declared/x/reviews/${'0'.repeat(64)}.md`, '/api/v1/passkeys-of-others'])
    expect((await world.call(path)).status).toBe(403);
  expect((await world.call('/api/v1/questions')).status).toBe(200);
  expect((await world.call('/api/v1/fixes')).status).toBe(200);
});

describe('guards', () => {
  const operations = Object.entries(openApiDocument().paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, { security?: readonly unknown[] }>).map(
      ([method, operation]) => [method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'x'), operation.security?.length === 0] as const,
    ),
  );

  test('the document names every operation', () => expect(operations.length).toBeGreaterThan(15));

  test.each(operations.filter(([, , isOpen]) => !isOpen))('%s %s needs a session', async (method, path) => {
    const world = open();
    const response = await world.call(path, { method, ...(method === 'GET' ? {} : { body: {} }) });
    expect(response.status).toBe(401);
  });

  test('events need a session', async () => expect((await open().call('/api/v1/events')).status).toBe(401));

  test.each(operations.filter(([method]) => method !== 'GET'))('%s %s refuses other sites', async (method, path) => {
    const world = open();
    await world.signIn();
    for (const headers of [
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { origin: 'http://127.0.0.1:9999' },
      { origin: '' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
    ]) {
      const response = await world.call(path, { method, body: {}, headers });
      expect(response.status, JSON.stringify(headers)).toBe(403);
    }
    expect(world.store.entries(tenant).filter((entry) => entry.type !== 'sign-in')).toEqual([]);
  });

  test.each(['evil.example', 'evil.example:4747', '127.0.0.1.evil.example', 'localhost.evil.example:80'])(
    'a page rebound to us as %s gets nothing',
    async (name) => {
      const world = open();
      await world.signIn();
      for (const path of ['/api/v1/status', '/', '/api/v1/openapi.json'])
        expect((await world.call(path, { headers: { host: name } })).status).toBe(421);
    },
  );

  test('answers are not kept, not framed, and allow nothing inline', async () => {
    const world = open();
    await world.signIn();
    for (const path of ['/api/v1/status', '/api/v1/unknown', '/']) {
      const { headers } = await world.call(path);
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('content-security-policy')).not.toContain('unsafe');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
    expect((await world.call('/api/v1/status')).headers.get('cache-control')).toBe('no-store');
  });

  test('an error says nothing of our inside', async () => {
    const broken = memoryStore();
    const world = open({
      store: {
        ...broken,
        within: (name, work) =>
          world.broken ? Promise.reject(new Error('password=hunter2 at /srv/secret.ts')) : broken.within(name, work),
      },
    }) as World & { broken?: boolean };
    await world.signIn();
    world.broken = true;
    const response = await world.call('/api/v1/status');
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(text).not.toMatch(/hunter2|secret\.ts/);
    const incident = /names it (\w+)/.exec(text)?.[1] ?? 'missing';
    expect(world.logged.join()).toContain(incident);
  });
});

describe('bad input', () => {
  test.each([
    ['GET', '/api/v1/findings?severity=Grave', undefined, 400, /query\.severity/],
    ['GET', '/api/v1/findings?limit=0', undefined, 400, /query\.limit/],
    ['GET', '/api/v1/findings/none', undefined, 404, /no such finding/],
    ['GET', '/api/v1/incidents?open=perhaps', undefined, 400, /query\.open/],
    ['GET', '/api/v1/incidents/none', undefined, 404, /no such incident/],
    ['GET', '/api/v1/actions/none', undefined, 404, /no such action/],
    ['GET', '/api/v1/nowhere', undefined, 404, /no such address/],
    ['POST', '/api/v1/judgements/none/answer', { verdict: 'approve', revision: 'r' }, 404, /no such judgement/],
    ['POST', '/api/v1/judgements/none/answer', { verdict: 'perhaps', revision: 'r' }, 400, /body\.verdict/],
    ['POST', '/api/v1/actions/none/undo', {}, 404, /no such action/],
    ['POST', '/api/v1/ledger/verify', '{', 400, /not JSON/],
    ['PUT', '/api/v1/settings/armed', { playbook: 'nope', account, armed: true }, 400, /no playbook/],
    ['PUT', '/api/v1/settings/armed', { playbook: narrowWorldOpenIngress.id, account: '12', armed: true }, 400, /12 digits/],
    ['PUT', '/api/v1/settings/stop', `{"on":true,"reason":"${'x'.repeat(300_000)}"}`, 413, /too large/],
  ])('%s %s', async (method, path, body, status, message) => {
    const world = open();
    await world.signIn();
    const response = await world.call(path, { method, ...(body === undefined ? {} : { body }) });
    expect(response.status).toBe(status);
    expect(((await response.json()) as { message: string }).message).toMatch(message);
  });

  test('a form of another site is not JSON', async () => {
    const world = open();
    await world.signIn();
    const response = await world.call('/api/v1/settings/stop', {
      method: 'PUT',
      body: '{"on":true}',
      headers: { 'content-type': 'text/plain' },
    });
    expect(response.status).toBe(415);
  });
});

describe('judgements', () => {
  test('an approval plans its action once, with leaves, and a second answer comes too late', async () => {
    const world = open();
    await world.signIn('alice');
    const judgement = await ask(world, findingOf(1));
    const path = `/api/v1/judgements/${judgement.id}/answer`;
    await say(world, judgement);
    const response = await world.call(path, { body: { verdict: 'approve', revision: judgement.revision } });
    const { state, actions } = (await response.json()) as { state: string; actions: readonly string[] };
    expect([response.status, state, actions.length]).toEqual([200, 'approved', 1]);
    const planned = await world.store.within(tenant, (tx) => tx.actions.list({ limit: 10 }));
    expect(planned).toMatchObject([{ id: actions[0], by: 'alice', state: 'planned', playbook: narrowWorldOpenIngress.id }]);
    expect(world.store.entries(tenant).map((entry) => entry.type)).toEqual([
      'sign-in',
      'sign-in',
      'opinion',
      'answer',
      'proposal',
      'action',
    ]);
    for (const verdict of ['approve', 'deny']) {
      const late = await world.call(path, { body: { verdict, revision: judgement.revision } });
      expect([late.status, await late.json()]).toMatchObject([409, { error: 'answered' }]);
    }
    expect(await world.store.within(tenant, (tx) => tx.actions.list({ limit: 10 }))).toHaveLength(1);
  });

  test('a denial plans nothing', async () => {
    const world = open();
    await world.signIn();
    const judgement = await ask(world, findingOf(1));
    await say(world, judgement, 'benign');
    const response = await world.call(`/api/v1/judgements/${judgement.id}/answer`, {
      body: { verdict: 'deny', revision: judgement.revision },
    });
    expect(await response.json()).toEqual({ state: 'denied', actions: [], exercise: null });
  });

  test('what has changed since it was read is not answered', async () => {
    const world = open();
    await world.signIn();
    const judgement = await ask(world, findingOf(1));
    const renewed = findingOf(1, { message: 'It is worse.' });
    await ask(world, renewed);
    const response = await world.call(`/api/v1/judgements/${judgement.id}/answer`, {
      body: { verdict: 'approve', revision: judgement.revision },
    });
    expect([response.status, await response.json()]).toMatchObject([409, { error: 'renewed' }]);
    expect(await world.store.within(tenant, (tx) => tx.actions.list({ limit: 10 }))).toEqual([]);
  });

  test('a question about what was done before stands on the page of its finding, before one that was answered', async () => {
    const world = open();
    await world.signIn();
    const finding = findingOf(1);
    const first = await ask(world, finding);
    await say(world, first);
    await world.call(`/api/v1/judgements/${first.id}/answer`, { body: { verdict: 'deny', revision: first.revision } });
    const second = await ask(world, finding, { id: idOf('review'), options: [], guardrails: [] });
    expect((await world.read(FindingDetail, `/api/v1/findings/${finding.id}`)).judgement?.judgement.id).toBe(second.id);
  });

  test('two approvals are two persons', async () => {
    const world = open();
    const judgement = await ask(world, findingOf(1), { approvalsNeeded: 2 });
    const answer = async () =>
      (
        await world.call(`/api/v1/judgements/${judgement.id}/answer`, { body: { verdict: 'approve', revision: judgement.revision } })
      ).json();
    await world.signIn('alice');
    await say(world, judgement);
    expect(await answer()).toEqual({ state: 'waiting', actions: [], exercise: null });
    expect(await answer()).toEqual({ state: 'waiting', actions: [], exercise: null });
    await world.signIn('bob');
    expect(await answer()).toMatchObject({ error: 'opinion-first' });
    await say(world, judgement);
    expect(await answer()).toMatchObject({ state: 'approved' });
    expect(await world.store.within(tenant, (tx) => tx.actions.list({ limit: 10 }))).toMatchObject([{ by: 'alice, bob' }]);
  });

  test('nothing on the wire says what is recommended before the person who reads has said what it is', async () => {
    const world = open();
    const judgement = await ask(world, findingOf(1), { because: 'RECOMMENDED-BECAUSE' });
    const everywhere = async () => {
      const paths = [
        '/overview',
        '/judgements',
        '/judgements?state=waiting',
        `/judgements/${judgement.id}`,
        `/findings/${judgement.finding}`,
      ];
      const texts: string[] = [];
      for (const path of paths) texts.push(await (await world.call(`/api/v1${path}`)).text());
      return texts;
    };
    const tells = (text: string) => /RECOMMENDED-BECAUSE|"recommendation"|"advice":\{/.test(text);
    await world.signIn('alice');
    const first = await everywhere();
    expect(first.every((text) => text.includes(judgement.question))).toBe(true);
    expect(first.map(tells)).toEqual([false, false, false, false, false]);
    const early = await world.call(`/api/v1/judgements/${judgement.id}/answer`, {
      body: { verdict: 'approve', revision: judgement.revision },
    });
    expect([early.status, tells(await early.text())]).toEqual([409, false]);
    const said = JudgementView.parse(await (await say(world, judgement, 'benign', 70)).json());
    expect([said.opinion, said.advice]).toMatchObject([{ nature: 'benign', confidence: 70 }, { because: 'RECOMMENDED-BECAUSE' }]);
    expect((await everywhere()).map(tells)).toEqual([true, true, true, true, true]);
    // The first word holds, and what one person has said opens nothing for another.
    expect(JudgementView.parse(await (await say(world, judgement, 'true-positive', 99)).json()).opinion?.confidence).toBe(70);
    await world.signIn('bob');
    expect((await everywhere()).map(tells)).toEqual([false, false, false, false, false]);
  });

  test('while an intruder is active it is shown at once, and may be followed at once', async () => {
    const world = open();
    await world.signIn();
    const finding = findingOf(4);
    const judgement = await ask(world, finding, { because: 'RECOMMENDED-BECAUSE' });
    await world.store.within(tenant, async (tx) => {
      await tx.incidents.putMembers([{ finding: finding.id, revision: finding.revision, links: [] } as unknown as IncidentMember]);
      await tx.incidents.assign([{ finding: finding.id, incident: finding.id }]);
      await tx.incidents.put({ tenant, id: finding.id, revision: 'r', pages: true, members: [] } as unknown as Incident, 1);
    });
    const view = await world.read(JudgementView, `/api/v1/judgements/${judgement.id}`);
    expect([view.intruder, view.advice?.because, view.waiting.within]).toEqual([true, 'RECOMMENDED-BECAUSE', 'minutes']);
    const answered = await world.call(`/api/v1/judgements/${judgement.id}/answer`, {
      body: { verdict: 'approve', revision: judgement.revision },
    });
    expect(answered.status).toBe(200);
  });

  test.each([49, 100, 70.5])('%s per cent is no confidence', async (confidence) => {
    const world = open();
    await world.signIn();
    const judgement = await ask(world, findingOf(1));
    expect((await say(world, judgement, 'benign', confidence)).status).toBe(400);
  });

  test('an exercise goes over the wire as a question does, to its trainee alone, and is told after the answer', async () => {
    const world = open();
    await world.signIn('alice');
    const finding = findingOf(9, { actor: { type: 'IAMUser', uid: `arn:aws:iam::${account}:user/al`, name: 'al', account } });
    const card = cardOfJudgement(
      { question: 'Deny it?', guardrails: ['serves-production'], options: [], recommendation: 'deny', because: 'RECOMMENDED-BECAUSE' },
      finding,
      () => '',
    );
    const id = idOf('an-exercise');
    const exercise = { kind: 'drill', for: 'alice', of: { campaign: 'c', title: 'A thief' }, truth: 'true-positive', card } as const;
    await world.store.within(tenant, (tx) => setExercise(exerciseTx(tx), id, exercise, 5_000));
    const overview = await world.read(Overview, '/api/v1/overview');
    expect([overview.judgement?.judgement.id, overview.status.waiting]).toEqual([id, 1]);
    expect((await world.read(Status, '/api/v1/status')).waiting).toBe(1);
    const texts: string[] = [];
    for (const path of ['/overview', '/judgements?state=waiting', `/judgements/${id}`, `/findings/${finding.id}`, '/drills'])
      texts.push(await (await world.call(`/api/v1${path}`)).text());
    expect(texts.filter((text) => /RECOMMENDED-BECAUSE|drill|exercise|campaign|A thief/.test(text))).toEqual([]);
    const answer = (verdict: string) => world.call(`/api/v1/judgements/${id}/answer`, { body: { verdict, revision: finding.revision } });
    expect((await answer('approve')).status).toBe(409);
    expect(JudgementView.parse(await (await say(world, { id, revision: finding.revision })).json()).advice?.because).toBe(
      'RECOMMENDED-BECAUSE',
    );
    expect(await (await answer('approve')).json()).toMatchObject({ actions: [], exercise: { kind: 'drill', truth: 'true-positive' } });
    expect(await world.store.within(tenant, (tx) => tx.actions.list({ limit: 9 }))).toEqual([]);
    const { items } = (await (await world.call('/api/v1/drills')).json()) as { items: readonly object[] };
    expect(items).toMatchObject([{ id, opinion: { confidence: 80 } }]);
    await world.signIn('bob');
    expect((await world.call(`/api/v1/judgements/${id}`)).status).toBe(404);
    expect((await world.call(`/api/v1/findings/${finding.id}`)).status).toBe(404);
    expect(await (await world.call('/api/v1/drills')).json()).toEqual({ items: [] });
  });

  test('what an answer proposes is reviewed by another person after the shift; scores are private; cases are told without opinions', async () => {
    const world = open();
    await world.signIn('alice');
    const judgement = await ask(world, findingOf(1));
    await say(world, judgement, 'benign', 75);
    await world.call(`/api/v1/judgements/${judgement.id}/answer`, { body: { verdict: 'deny', revision: judgement.revision } });
    const proposals = async () =>
      ((await (await world.call('/api/v1/proposals')).json()) as { items: readonly { id: string; own: boolean }[] }).items;
    const [own] = await proposals();
    const review = async (adopt: boolean) => {
      const response = await world.call(`/api/v1/proposals/${own?.id ?? ''}/review`, { body: { adopt } });
      const { error, state } = (await response.json()) as { error?: string; state?: string };
      return [response.status, error ?? state];
    };
    expect([own?.own, await review(true)]).toEqual([true, [409, 'judged-it']]);
    const written = async (text: string) => {
      const response = await world.call(`/api/v1/proposals/${own?.id ?? ''}/rules`, { body: { text } });
      return [response.status, await response.json()];
    };
    expect(await written('title: T')).toEqual([
      400,
      expect.objectContaining({ error: 'refused', message: 'Line 1: "logsource" is missing.' }),
    ]);
    const rule = 'title: T\nlogsource: { product: aws, service: cloudtrail }\ndetection: { s: { a: b }, condition: s }\n';
    expect(await written(rule)).toEqual([200, { rules: 1, filters: 0 }]);
    expect(await (await world.call(`/api/v1/proposals/${own?.id ?? ''}/draft`)).json()).toEqual({ text: rule });
    expect(await (await world.call(`/api/v1/proposals/${own?.id ?? ''}/playbooks`)).json()).toEqual({ items: [] });
    const assigned = await world.call(`/api/v1/proposals/${own?.id ?? ''}/assign`, { body: { playbook: narrowWorldOpenIngress.id } });
    expect([assigned.status, ((await assigned.json()) as { error?: string }).error]).toEqual([409, 'no-attack']);
    expect((await world.call(`/api/v1/cases/${judgement.id}/outcome`, { body: { nature: 'benign' } })).status).toBe(409);
    await world.signIn('bob');
    expect([(await proposals())[0]?.own, await review(true)]).toEqual([false, [409, 'too-early']]);
    world.pass(13 * 3_600_000);
    await world.signIn('bob');
    expect(await review(true)).toEqual([409, 'not-tried']);
    expect(await review(false)).toEqual([200, 'rejected']);
    const cases = await (await world.call('/api/v1/cases')).text();
    expect([cases.includes(judgement.question), /75|alice|opinion/.test(cases)]).toEqual([true, false]);
    expect((await world.call(`/api/v1/cases/${judgement.id}/outcome`, { body: { nature: 'benign' } })).status).toBe(200);
    expect(await (await world.call('/api/v1/scores')).text()).not.toContain('alice');
    await world.signIn('alice');
    const scores = async () => (await (await world.call('/api/v1/scores')).json()) as { own: { score: { n: number; squares: number } } };
    expect((await scores()).own.score).toMatchObject({ n: 1, squares: 625 });
    await world.call('/api/v1/scores/shared', { method: 'PUT', body: { shared: true } });
    await world.signIn('bob');
    expect(await (await world.call('/api/v1/scores')).text()).toContain('alice');
    expect(await (await world.call('/api/v1/tolerance')).json()).toEqual({
      exemptions: [],
      grants: [],
      assignments: [],
      changedAt: null,
    });
    expect(await (await world.call('/api/v1/audit')).json()).toMatchObject({ closed: 0, judged: 0 });
  });

  test('home shows the oldest question, and the counts', async () => {
    const world = open();
    await world.signIn();
    await ask(world, findingOf(1), { askedAt: 3000 });
    const older = await ask(world, findingOf(2), { askedAt: 2000 });
    await verified(world, findingOf(3), []);
    const overview = await world.read(Overview, '/api/v1/overview');
    expect(overview.judgement?.judgement.id).toBe(older.id);
    expect(overview.judgement?.guardrails[0]?.words).toMatch(/No log says/);
    expect(overview.status).toMatchObject({ automation: 'working', found: 3, containedAlone: 1, waiting: 2 });
    expect(overview.timeline).toMatchObject([{ alone: true, title: narrowWorldOpenIngress.title }]);
  });
});

describe('incidents', () => {
  test('what belongs together is one, page by page, and its old ids lead to it', async () => {
    const world = open();
    await world.signIn();
    const actor = (name: string) => ({ type: 'IAMUser', uid: `arn:aws:iam::${account}:user/${name}`, name, account });
    const join = (findings: readonly Finding[]) =>
      world.store.within(tenant, async (tx) => {
        for (const finding of findings) await tx.findings.put(finding, 1500);
        await joinIncidents(
          tx,
          findings.map((finding) => ({ type: 'raised', finding, supersedes: null })),
          [],
          1500,
        );
      });
    const far = (n: number, hours: number, name: string) => {
      const time = 1_768_000_000_000 + hours * 3_600_000;
      const { evidence } = findingOf(n);
      return findingOf(n, {
        severity: 'High',
        kind: 'detection',
        actor: actor(name),
        resources: [],
        firstTime: time,
        lastTime: time,
        evidence: evidence.map((one) => ({ ...one, actor: actor(name), ip: '10.0.0.1' })),
      });
    };
    const [first, last, between, other] = [far(1, 0, 'ann'), far(2, 90, 'ann'), far(3, 45, 'ann'), far(4, 0, 'ben')];
    await join([first, last, other]);
    expect((await world.read(Status, '/api/v1/status')).incidents).toEqual({ open: 3, paging: 3 });
    await join([between]);
    const page = await world.read(IncidentPage, '/api/v1/incidents?limit=1&pages=true&open=true');
    const rest = await world.read(IncidentPage, `/api/v1/incidents?limit=1&after=${page.next ?? ''}`);
    expect([page.items.length, rest.items.length, rest.next]).toEqual([1, 1, null]);
    for (const one of [first, last, between]) {
      const { incident } = await world.read(FindingDetail, `/api/v1/findings/${one.id}`);
      expect(incident?.id).toBe([first, last, between].map((item) => item.id).sort()[0]);
    }
    for (const old of [first, last]) {
      const { incident, isOpen } = await world.read(IncidentDetail, `/api/v1/incidents/${old.id}`);
      expect([incident.members.length, incident.pages, isOpen]).toEqual([3, true, true]);
    }
    expect((await world.read(IncidentPage, '/api/v1/incidents?pages=false')).items).toEqual([]);
  });
});

test('the risk register goes over the wire, of one account or all, and needs a session', async () => {
  const world = open();
  expect((await world.call('/api/v1/risks')).status).toBe(401);
  await world.signIn();
  await world.store.within(tenant, (tx) => tx.findings.put(findingOf(1), 1));
  const all = await world.read(Risks, '/api/v1/risks?days=2');
  expect(all.risks).toMatchObject([{ account, findings: 1, treatment: 'open' }]);
  expect(all.trend).toHaveLength(2);
  expect((await world.read(Risks, '/api/v1/risks?account=999988887777')).risks).toEqual([]);
  expect((await world.call('/api/v1/risks?days=0')).status).toBe(400);
});

describe('findings', () => {
  test('pages hold every finding once, whatever their size', async () => {
    const world = open();
    await world.signIn();
    const all = Array.from({ length: 23 }, (_, n) => findingOf(n));
    await world.store.within(tenant, async (tx) => {
      for (const finding of all) await tx.findings.put(finding, 1500);
    });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 30 }), fc.constantFrom('', ...severities), async (limit, severity) => {
        const seen: string[] = [];
        for (let after: string | null = ''; after !== null; ) {
          const query = `limit=${limit}${severity === '' ? '' : `&severity=${severity}`}${after === '' ? '' : `&after=${after}`}`;
          const page: z.output<typeof FindingPage> = await world.read(FindingPage, `/api/v1/findings?${query}`);
          expect(page.items.length).toBeLessThanOrEqual(limit);
          seen.push(...page.items.map((item) => item.finding.id));
          after = page.next;
        }
        const wanted = all.filter((finding) => severity === '' || finding.severity === severity).map((finding) => finding.id);
        expect(seen).toEqual(wanted.sort());
      }),
      { numRuns: 40 },
    );
  });

  test('the way goes as far as the finding has gone', async () => {
    const world = open();
    await world.signIn();
    const finding = findingOf(1);
    const states = async () =>
      Object.fromEntries(
        (await world.read(FindingDetail, `/api/v1/findings/${finding.id}`)).way.map((station) => [station.name, station.state]),
      );
    await world.store.within(tenant, (tx) => tx.findings.put(finding, 1500));
    expect(await states()).toMatchObject({ event: 'done', finding: 'done', decision: 'now', action: 'ahead', verified: 'ahead' });
    await verified(world, finding, []);
    expect(await states()).toMatchObject({ action: 'done', verified: 'done' });
  });
});

describe('what a person starts', () => {
  const possibleOf = async (world: World, finding: Finding) => (await world.read(FindingDetail, `/api/v1/findings/${finding.id}`)).possible;
  const start = async (world: World, finding: Finding, action: string, revision = finding.revision) => {
    const response = await world.call(`/api/v1/findings/${finding.id}/start`, { body: { action, revision } });
    return [response.status, (await response.json()) as { error?: string; action?: string; judgement?: string }] as const;
  };
  const actions = (world: World) => world.store.within(tenant, (tx) => tx.actions.list({ limit: 10 }));

  test('what was only watched is proposed, and is planned once as an action of whoever starts it', async () => {
    const world = open();
    await world.signIn('alice');
    const finding = await watched(world);
    const [possible] = await possibleOf(world, finding);
    expect(possible).toMatchObject({
      title: narrowWorldOpenIngress.title,
      asks: narrowWorldOpenIngress.asks(target),
      option: { approvals: 1, blastRadius: 'What comes from outside is refused.', inverse: 'The rule comes back.' },
    });
    const id = possible?.id ?? '';
    expect(await start(world, finding, id)).toEqual([200, { action: id, judgement: null }]);
    expect(await actions(world)).toMatchObject([{ id, by: 'alice', state: 'planned', finding: finding.id, target }]);
    const leaves = world.store.entries(tenant);
    expect(leaves.map((entry) => entry.type)).toEqual(['sign-in', 'sign-in', 'action', 'answer']);
    expect(JSON.stringify(leaves)).not.toContain('alice');
    expect(await possibleOf(world, finding)).toEqual([]);
    expect(await start(world, finding, id)).toMatchObject([409, { error: 'not-possible' }]);
    expect(await actions(world)).toHaveLength(1);
  });

  test.each<readonly [string, string]>([
    ['forbids it', 'accounts: { "111122223333": { act: never } }'],
    ['protects its target', `protected: ["${target.uid}"]`],
    ['exempts it', `exemptions: [{ rule: aws.ec2.rule-1, owner: owner, reason: known, expires: 2026-12-31 }]`],
  ])('what tolerance %s meanwhile is not started', async (_, more) => {
    const world = open();
    await world.signIn();
    const finding = await watched(world);
    const [possible] = await possibleOf(world, finding);
    await world.store.within(tenant, (tx) => tx.settings.set('tolerance', toleranceText(more), 2, 'owner'));
    expect(await start(world, finding, possible?.id ?? '')).toMatchObject([409, { error: 'not-possible' }]);
    expect(await actions(world)).toEqual([]);
  });

  test('neither the stop button, nor another revision, nor an action of somebody else’s making starts anything', async () => {
    const world = open();
    await world.signIn();
    const finding = await watched(world);
    const id = (await possibleOf(world, finding))[0]?.id ?? '';
    expect(await start(world, finding, id, 'older')).toMatchObject([409, { error: 'renewed' }]);
    expect(await start(world, finding, idOf('another'))).toMatchObject([409, { error: 'not-possible' }]);
    await world.call('/api/v1/settings/stop', { method: 'PUT', body: { on: true } });
    expect(await start(world, finding, id)).toMatchObject([409, { error: 'stopped' }]);
    expect(await actions(world)).toEqual([]);
  });

  test('a question that was denied can still be carried out, by whoever starts it', async () => {
    const world = open();
    await world.signIn('alice');
    const finding = await watched(world);
    const [possible] = await possibleOf(world, finding);
    const judgement = await ask(world, finding);
    // While the question waits it is answered, and nothing is started beside it.
    expect(await possibleOf(world, finding)).toEqual([]);
    await say(world, judgement, 'benign');
    await world.call(`/api/v1/judgements/${judgement.id}/answer`, { body: { verdict: 'deny', revision: finding.revision } });
    expect((await start(world, finding, possible?.id ?? ''))[0]).toBe(200);
    expect(await actions(world)).toMatchObject([{ by: 'alice' }]);
  });

  test('what needs two persons becomes a question that the first has approved', async () => {
    const world = open();
    await world.signIn('alice');
    const finding = await watched(world, { approval: 'two-persons' });
    const [possible] = await possibleOf(world, finding);
    const [status, answer] = await start(world, finding, possible?.id ?? '');
    expect([status, answer.action]).toEqual([200, null]);
    const waiting = await world.read(Overview, '/api/v1/overview');
    expect(waiting.judgement?.judgement).toMatchObject({
      id: answer.judgement,
      answeredBy: ['alice'],
      approvalsNeeded: 2,
      state: 'waiting',
    });
    expect(await actions(world)).toEqual([]);
    expect(await possibleOf(world, finding)).toEqual([]);
    await world.signIn('bob');
    const path = `/api/v1/judgements/${answer.judgement ?? ''}/answer`;
    await say(world, { id: answer.judgement ?? '', revision: finding.revision });
    await world.call(path, { body: { verdict: 'approve', revision: finding.revision } });
    expect(await actions(world)).toMatchObject([{ by: 'alice, bob', state: 'planned' }]);
    const items = z.object({ items: z.array(JudgementView) });
    expect((await world.read(items, '/api/v1/judgements?state=answered')).items).toMatchObject([
      { judgement: { state: 'approved', answeredBy: ['alice', 'bob'] } },
    ]);
    expect((await world.read(items, '/api/v1/judgements?state=waiting')).items).toEqual([]);
  });
});

describe('the life of a finding', () => {
  test('is what people say of it, in order, with leaves that name nobody', async () => {
    const world = open();
    await world.signIn('alice');
    const finding = findingOf(1);
    await world.store.within(tenant, (tx) => tx.findings.put(finding, 1500));
    const live = async (event: string, note = '') => {
      const response = await world.call(`/api/v1/findings/${finding.id}/life`, { body: { event, note } });
      const answer = (await response.json()) as { state?: string; error?: string };
      return [response.status, answer.state ?? answer.error];
    };
    expect(await live('reopened')).toEqual([409, 'not-now']);
    expect(await live('acknowledged')).toEqual([200, 'acknowledged']);
    expect(await live('acknowledged')).toEqual([409, 'not-now']);
    expect(await live('resolved', '  ')).toEqual([400, 'bad-input']);
    expect(await live('resolved', 'the owner has closed it')).toEqual([200, 'resolved']);
    expect(await live('suppressed', 'quiet')).toEqual([409, 'not-now']);
    expect(await live('reopened')).toEqual([200, 'open']);
    expect(await live('suppressed', 'a drill')).toEqual([200, 'suppressed']);
    expect(await live('retracted')).toEqual([400, 'bad-input']);
    const { life } = await world.read(FindingDetail, `/api/v1/findings/${finding.id}`);
    expect(life.slice(1).map(({ event, by, note }) => [event, by, note])).toEqual([
      ['acknowledged', 'alice', ''],
      ['resolved', 'alice', 'the owner has closed it'],
      ['reopened', 'alice', ''],
      ['suppressed', 'alice', 'a drill'],
    ]);
    const leaves = world.store.entries(tenant).filter((entry) => entry.type === 'finding');
    expect(leaves.map((entry) => entry.data['life'])).toEqual(['acknowledged', 'resolved', 'reopened', 'suppressed']);
    expect(JSON.stringify(leaves)).not.toMatch(/alice|drill/);
  });
});

describe('an action whose playbook does not say what it does', () => {
  const unreadOf = async (playbooks: readonly Playbook[]) => {
    const world = open({ playbooks });
    const action = await verified(world, findingOf(1), 'irreversible');
    await world.signIn('alice');
    return (await world.read(ActionDetail, `/api/v1/actions/${action.id}`)).unread;
  };

  test.each<[string, readonly Playbook[], string | null]>([
    ['as it was', [narrowWorldOpenIngress], null],
    ['of another version', [{ ...narrowWorldOpenIngress, version: 2 }], 'this version of the playbook is not there any more'],
    [
      'that does not understand the target',
      [
        {
          ...narrowWorldOpenIngress,
          plan: () => {
            throw new TypeError('no group in the target');
          },
        },
      ],
      'no group in the target',
    ],
  ])('%s', async (_, playbooks, reason) => {
    expect(await unreadOf(playbooks)).toBe(reason === null ? null : `What the playbook says of this action could not be read: ${reason}.`);
  });
});

describe('undo', () => {
  const back = [{ action: 'ec2:ModifySecurityGroupRules', input: { GroupId: 'sg-0a1b2c3d' } }];

  test('is asked for, shows its calls, and takes the persons that a grave attack wants', async () => {
    const world = open();
    const action = await verified(world, findingOf(1, { severity: 'High' }), back);
    const undo = async () => (await world.call(`/api/v1/actions/${action.id}/undo`, { body: {} })).json();
    await world.signIn('alice');
    expect(await undo()).toEqual({ persons: ['alice'], needed: 2 });
    await world.signIn('bob');
    expect(await undo()).toEqual({ persons: ['alice', 'bob'], needed: 2 });
    const detail = await world.read(ActionDetail, `/api/v1/actions/${action.id}`);
    expect(detail.undo).toMatchObject({ can: true, calls: back, needed: 2, requested: { persons: ['alice', 'bob'] } });
    expect(world.store.entries(tenant).filter((entry) => entry.type === 'undo')).toHaveLength(2);
  });

  test('that asks is closed by keeping what stands, by one person and once', async () => {
    const world = open();
    await world.signIn('alice');
    const action = await verified(world, findingOf(1, { severity: 'High' }), back);
    const keep = async () => {
      const response = await world.call(`/api/v1/actions/${action.id}/keep`, { body: {} });
      return [response.status, ((await response.json()) as { error?: string }).error];
    };
    expect(await keep()).toEqual([409, 'not-now']);
    await world.store.within(tenant, async (tx) => {
      await tx.actions.move(action.id, ['verified'], 'undoing', 6000, '');
      await tx.actions.move(action.id, ['undoing'], 'undo-asks', 6100, 'Somebody else has changed it.');
    });
    expect((await world.read(Overview, '/api/v1/overview')).status.troubled).toBe(1);
    expect(await keep()).toEqual([200, undefined]);
    expect(await keep()).toEqual([409, 'not-now']);
    const detail = await world.read(ActionDetail, `/api/v1/actions/${action.id}`);
    expect(detail.action).toMatchObject({ state: 'undone', reason: expect.stringContaining('alice keeps what stands now') });
    expect(detail.undo.can).toBe(false);
    expect((await world.read(Overview, '/api/v1/overview')).status.troubled).toBe(0);
    const leaves = world.store.entries(tenant).filter((entry) => entry.type === 'undo');
    expect(leaves).toMatchObject([{ subject: action.id, data: { state: 'undone', kept: true } }]);
    expect(JSON.stringify(leaves)).not.toContain('alice');
  });

  test('of what cannot be undone is refused', async () => {
    const world = open();
    await world.signIn();
    const action = await verified(world, findingOf(1), 'irreversible');
    const response = await world.call(`/api/v1/actions/${action.id}/undo`, { body: {} });
    expect([response.status, await response.json()]).toMatchObject([409, { error: 'irreversible' }]);
    expect((await world.read(ActionDetail, `/api/v1/actions/${action.id}`)).undo.can).toBe(false);
  });
});

describe('settings', () => {
  test('the stop button is pressed with a reason, seen, and released', async () => {
    const world = open();
    await world.signIn('alice');
    await world.call('/api/v1/settings/stop', { method: 'PUT', body: { on: true, reason: 'a drill' } });
    expect(await world.read(Status, '/api/v1/status')).toMatchObject({ automation: 'stopped', stop: { by: 'alice', reason: 'a drill' } });
    await world.call('/api/v1/settings/stop', { method: 'PUT', body: { on: false } });
    expect(await world.read(Status, '/api/v1/status')).toMatchObject({ automation: 'working', stop: null });
    expect(world.store.entries(tenant).filter((entry) => entry.type === 'setting')).toHaveLength(2);
  });

  test('a playbook is armed and disarmed', async () => {
    const world = open();
    await world.signIn('alice');
    const asked = `/api/v1/shadow?playbook=${narrowWorldOpenIngress.id}&account=${account}`;
    const tooEarly = await world.read(ShadowView, asked);
    expect(tooEarly.missing.length).toBeGreaterThan(1);
    const body = { playbook: narrowWorldOpenIngress.id, account, armed: true, list: tooEarly.list };
    const refused = await world.call('/api/v1/settings/armed', { method: 'PUT', body });
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('days of shadow')]);
    await world.store.within(tenant, async (tx) => {
      await tx.settings.set('tolerance', 'shadowDays: 0', 1, 'tolerance.yml');
      await keepReport(tx, { format: 'jobzero.doctor/1', at: Date.UTC(2026, 0, 15, 9), checks: [] });
    });
    for (const armed of [true, false]) {
      const { list } = await world.read(ShadowView, asked);
      await world.call('/api/v1/settings/armed', {
        method: 'PUT',
        body: { playbook: narrowWorldOpenIngress.id, account, armed, ...(armed ? { list } : {}) },
      });
      expect((await world.read(Settings, '/api/v1/settings')).armed).toMatchObject([
        { playbook: narrowWorldOpenIngress.id, account, armed, signedBy: 'alice' },
      ]);
    }
  });
});

test('the ledger is verified against a checkpoint that was kept outside', async () => {
  const world = open();
  await world.signIn();
  const { checkpoint } = (await (await world.call('/api/v1/ledger')).json()) as { checkpoint: { note: string } };
  const verify = async (outside: readonly string[]) =>
    LedgerReport.parse(await (await world.call('/api/v1/ledger/verify', { body: { outside } })).json());
  expect(await verify([checkpoint.note])).toMatchObject({ ok: true, basis: 'outside-checkpoint' });
  expect(await verify([])).toMatchObject({ ok: true, basis: 'inside-only' });
  expect(await verify([checkpoint.note.replace(/^(.{40})./, '$1!').replace(/\n[^\n]+\n$/, '\nAAAA\n')])).toMatchObject({ ok: false });
});

test('a change reaches the event stream', async () => {
  const world = open();
  await world.signIn();
  const response = await world.call('/api/v1/events');
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const until = async (wanted: string) => {
    while (!text.includes(wanted)) text += (await reader?.read())?.value ?? '';
  };
  await until('event: hello');
  await world.store.within(tenant, (tx) => tx.findings.put(findingOf(1), 1500));
  await until('data: ["findings"]');
  expect(text).not.toContain('Finding 1');
  await reader?.cancel();
  await world.close();
});

describe('the console’s files', () => {
  const folder = () => {
    const made = mkdtempSync(join(tmpdir(), 'jobzero-web-'));
    mkdirSync(join(made, 'assets'));
    writeFileSync(join(made, 'index.html'), '<p>console</p>');
    writeFileSync(join(made, 'assets', 'index-1a2b.js'), 'console');
    return made;
  };

  test('every address is the page, hashed files are kept, and nothing else is served', async () => {
    const webFolder = folder();
    const world = open({ webFolder });
    for (const path of ['/', '/sign-in', '/findings/0a1b', '/ledger?x=1']) {
      const response = await world.call(path);
      expect([path, await response.text(), response.headers.get('cache-control')]).toEqual([path, '<p>console</p>', 'no-cache']);
    }
    const script = await world.call('/assets/index-1a2b.js');
    expect(script.headers.get('cache-control')).toContain('immutable');
    expect(script.headers.get('content-type')).toContain('text/javascript');
    const etag = script.headers.get('etag') ?? '';
    expect((await world.call('/assets/index-1a2b.js', { headers: { 'if-none-match': etag } })).status).toBe(304);
    for (const path of ['/assets/none.js', '/..%2f..%2fetc/passwd.txt', '/assets/../../package.json']) {
      const response = await world.call(path);
      expect([path, response.status]).toEqual([path, 404]);
    }
    rmSync(webFolder, { recursive: true });
  });

  test('without a build it says how to build', async () => {
    const response = await open().call('/');
    expect([response.status, await response.text()]).toEqual([503, expect.stringContaining('npm run build -w web')]);
  });
});

test('a busy port takes the next', async () => {
  const busy: Server = createServer();
  await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
  const { port } = busy.address() as { port: number };
  const served = await serveHttp(open(), { port });
  expect(served.port).toBeGreaterThan(port);
  expect((await fetch(`${served.url}/api/v1/status`)).status).toBe(401);
  await served.close();
  await expect(fetch(`${served.url}/api/v1/status`)).rejects.toThrow();
  await new Promise((resolve) => busy.close(resolve));
});
