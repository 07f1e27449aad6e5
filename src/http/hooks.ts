import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { type Heard, type HookRequest, hearPagerDuty, hearSlack, hearWebhook } from '../app/notify/hear-answer.ts';
import type { HttpDeps } from './http-deps.ts';
import { HttpError } from './http-error.ts';

const largestBody = 256 * 1024;

/**
 * Where answers come in from Slack, PagerDuty and programs, below /hooks. Their right is their signature: they have no
 * session, no origin, and come by whatever name the outside knows us.
 */
export function hooks(deps: HttpDeps): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    c.header('cache-control', 'no-store');
    await next();
  });
  app.use(
    bodyLimit({
      maxSize: largestBody,
      onError: () => {
        throw new HttpError(413, 'too-large', 'The body is too large.');
      },
    }),
  );
  app.post('/slack/:channel', async (c) => answer(c, await hearSlack(deps, await requestOf(c))));
  app.post('/webhook/:channel', async (c) => answer(c, await hearWebhook(deps, await requestOf(c))));
  // PagerDuty sends again what is not answered with success, and gives up a hook that refuses too often.
  app.post('/pagerduty/:channel', async (c) => {
    const heard = await hearPagerDuty(deps, await requestOf(c));
    return heard.outcome === 'unknown-channel' || heard.outcome === 'bad-signature' || heard.outcome === 'not-understood'
      ? answer(c, heard)
      : c.json({ outcome: heard.outcome }, 200);
  });
  app.all('*', () => {
    throw new HttpError(404, 'unknown', 'There is no such hook.');
  });
  return app;
}

async function requestOf(c: Context): Promise<HookRequest> {
  return { channel: c.req.param('channel') ?? '', header: (name) => c.req.header(name), body: await c.req.text() };
}

function answer(c: Context, heard: Heard): Response {
  switch (heard.outcome) {
    case 'recorded':
    case 'answered':
      return c.json({ outcome: heard.outcome }, 200);
    case 'to-confirm':
      return c.json({ outcome: heard.outcome, link: heard.link }, 200);
    case 'ignored':
      return c.body('', 200);
    case 'unknown-channel':
      throw new HttpError(404, 'unknown', 'There is no such hook.');
    case 'bad-signature':
      throw new HttpError(401, 'bad-signature', 'The signature is not right.');
    case 'too-old':
      throw new HttpError(401, 'too-old', 'The request was signed more than five minutes ago, or in the future.');
    case 'replayed':
      throw new HttpError(409, 'replayed', 'This request was taken before.');
    case 'not-understood':
    case 'unknown-option':
      throw new HttpError(400, heard.outcome, 'This is no answer that was offered.');
    case 'unknown-notification':
      throw new HttpError(404, 'unknown', 'There is no such notification in this channel.');
    case 'unknown-person':
      throw new HttpError(403, 'unknown-person', 'Nobody is known by this name here.');
    default:
      return heard satisfies never;
  }
}
