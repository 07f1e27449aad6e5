import { type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { setCookie } from 'hono/cookie';
import type { OpenSession } from '../app/console/sign-in.ts';
import type { PasskeyDeps, Refusal } from '../app/passkeys/assert-passkey.ts';
import { listPasskeys } from '../app/passkeys/list-passkeys.ts';
import { finishRegistration, removePasskey, startRegistration } from '../app/passkeys/register-passkey.ts';
import { finishSignIn, startSignIn } from '../app/passkeys/sign-in-with-passkey.ts';
import { finishStepUp, startStepUp, stepUp, stepUpActions } from '../app/passkeys/step-up.ts';
import type { Json } from '../core/model/json.ts';
import type { Site } from '../core/model/site.ts';
import { type Env, endpoint } from './endpoint.ts';
import { cookieName } from './guards.ts';
import type { HttpDeps } from './http-deps.ts';
import { HttpError } from './http-error.ts';
import { needStepUp } from './need-step-up.ts';
import { PasskeyView, Session } from './schemas.ts';
import { siteOf } from './site-of.ts';

const options = z.object({ options: z.record(z.string(), z.unknown()).openapi({ description: 'For navigator.credentials, as JSON.' }) });
const response = z
  .looseObject({ id: z.string().max(2_000) })
  .openapi({ type: 'object', description: 'What the browser answered, as JSON.' });
const what = { action: z.enum(stepUpActions), subject: z.string().min(1).max(1_000) };
const nothing = z.object({ ok: z.literal(true) });
const byId = z.object({ id: z.string().min(1).max(200) });

/** The cookie of a session that has been opened. */
export function rememberSession(c: Context, deps: HttpDeps, session: OpenSession & { readonly secret: string }, origin: string): void {
  setCookie(c, cookieName(c), session.secret, {
    httpOnly: true,
    sameSite: 'Strict',
    path: '/',
    maxAge: Math.floor((session.expiresAt - deps.clock.now()) / 1000),
    secure: origin.startsWith('https:'),
  });
}

/** Signing in by a passkey: open, as the link is. */
export function addPasskeySignIn(api: OpenAPIHono<Env>, deps: HttpDeps): void {
  endpoint(api, {
    method: 'post',
    path: '/session/passkey/options',
    name: 'startPasskeySignIn',
    summary: 'What a passkey is to sign, to sign in.',
    open: true,
    body: z.object({}),
    answer: options,
    handle: async (_, c) => {
      const started = await startSignIn(passkeyDeps(deps), await siteOf(c, deps));
      if (started === null) throw tooMany();
      return { options: started };
    },
  });
  endpoint(api, {
    method: 'post',
    path: '/session/passkey',
    name: 'finishPasskeySignIn',
    summary: 'Opens a session of 12 hours for the person whose passkey has signed.',
    open: true,
    body: z.object({ response }),
    answer: Session,
    handle: async ({ body }, c) => {
      const site = await siteOf(c, deps);
      const session = await finishSignIn(passkeyDeps(deps), site, body.response as Json);
      if ('why' in session) throw refusal(session.why);
      rememberSession(c, deps, session, site.origin);
      return { who: session.who, scope: session.scope, expiresAt: session.expiresAt };
    },
  });
}

/** A person's passkeys, and what they confirm with them. */
export function addPasskeys(api: OpenAPIHono<Env>, deps: HttpDeps): void {
  endpoint(api, {
    method: 'get',
    path: '/passkeys',
    name: 'listPasskeys',
    summary: 'The passkeys of the person who is signed in.',
    answer: z.object({ items: z.array(PasskeyView).readonly() }),
    handle: async (_, c) => ({ items: await listPasskeys(deps, c.var.who) }),
  });
  endpoint(api, {
    method: 'post',
    path: '/passkeys/options',
    name: 'startRegistration',
    summary: 'What a new passkey is to be made of. A further one is confirmed by one that is there.',
    body: z.object({}),
    answer: options,
    handle: async (_, c) => {
      const site = await siteOf(c, deps);
      const further = { action: 'add-passkey', subject: 'passkey' } as const;
      if ((await stepUp(deps, c.var.session, further)) === 'confirm')
        throw new HttpError(403, 'step-up', 'Confirm this with a passkey that you have.', further);
      const started = await startRegistration(passkeyDeps(deps), site, c.var.session);
      if (started === null) throw tooMany();
      return { options: started };
    },
  });
  endpoint(api, {
    method: 'post',
    path: '/passkeys',
    name: 'finishRegistration',
    summary: 'Registers a passkey.',
    body: z.object({ name: z.string().trim().min(1).max(60), response }),
    answer: nothing,
    handle: async ({ body }, c) => {
      const site = await siteOf(c, deps);
      const done = await finishRegistration(passkeyDeps(deps), site, c.var.session, body.name, body.response as Json);
      if (done.outcome === 'refused') throw refusal(done.why);
      return { ok: true as const };
    },
  });
  endpoint(api, {
    method: 'delete',
    path: '/passkeys/{id}',
    name: 'removePasskey',
    summary: 'Removes one of the own passkeys.',
    params: byId,
    answer: nothing,
    handle: async ({ params }, c) => {
      await needStepUp(c, deps, 'remove-passkey', params.id);
      const { who } = c.var;
      if (!(await removePasskey(deps, params.id, who, who))) throw new HttpError(404, 'unknown', 'There is no such passkey of yours.');
      return { ok: true as const };
    },
  });
  endpoint(api, {
    method: 'post',
    path: '/step-up/options',
    name: 'startStepUp',
    summary: 'What a passkey is to sign, so that one thing may be done once.',
    body: z.object(what),
    answer: options,
    handle: async ({ body }, c) => {
      const started = await startStepUp(passkeyDeps(deps), await siteOf(c, deps), c.var.session, body);
      switch (started.outcome) {
        case 'started':
          return { options: started.options };
        case 'none':
          throw new HttpError(409, 'no-passkey', 'You have no passkey. Register one on the page Passkeys.');
        case 'elsewhere':
          throw new HttpError(409, 'passkey-elsewhere', 'Your passkeys are of another address of this console. Open it there.');
        case 'too-many':
          throw tooMany();
        default:
          return started satisfies never;
      }
    },
  });
  endpoint(api, {
    method: 'post',
    path: '/step-up',
    name: 'finishStepUp',
    summary: 'Takes what a passkey has signed: for five minutes that one thing may be done once, in this session.',
    body: z.object({ ...what, response }),
    answer: nothing,
    handle: async ({ body: { response: signed, ...confirmed } }, c) => {
      const site: Site = await siteOf(c, deps);
      const done = await finishStepUp(passkeyDeps(deps), site, c.var.session, confirmed, signed as Json);
      if (done.outcome === 'refused') throw refusal(done.why);
      return { ok: true as const };
    },
  });
}

function passkeyDeps(deps: HttpDeps): PasskeyDeps {
  const { webauthn } = deps;
  if (webauthn === undefined) throw new HttpError(409, 'no-passkeys-here', 'This console takes no passkeys.');
  return { ...deps, webauthn };
}

const words: { readonly [why in Refusal]: string } = {
  malformed: 'The browser’s answer cannot be read.',
  'wrong-challenge': 'It was signed for something else. Try again.',
  'wrong-origin': 'It was signed for another site. Look at the address of this page.',
  'not-verified': 'The passkey did not ask who you are. Use one with a PIN, a finger or a face.',
  'bad-signature': 'The signature is not right.',
  unknown: 'This was not asked for here. Try again.',
  spent: 'This was used before. Try again.',
  expired: 'It took more than five minutes. Try again.',
  another: 'It was signed for something else, or in another session. Try again.',
  'unknown-passkey': 'This passkey is not registered for you here.',
  counter: 'There seems to be a copy of this passkey, so it is refused. Remove it, and register another.',
};

/** 403, since nobody is signed out by it. */
function refusal(why: Refusal): HttpError {
  return new HttpError(403, `passkey-${why}`, words[why]);
}

function tooMany(): HttpError {
  return new HttpError(409, 'too-many', 'There are too many. Wait five minutes, or remove passkeys that you do not use.');
}
