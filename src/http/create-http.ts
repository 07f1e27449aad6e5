import { randomBytes } from 'node:crypto';
import { OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { InputError } from '../core/model/errors.ts';
import { addApi } from './api.ts';
import { ChangeHub } from './change-hub.ts';
import type { Env } from './endpoint.ts';
import { checkHost, checkOrigin, noStore, secureHeaders } from './guards.ts';
import { hooks } from './hooks.ts';
import type { HttpDeps } from './http-deps.ts';
import { HttpError } from './http-error.ts';
import { openApiInfo } from './open-api-info.ts';
import { consoleHost } from './site-of.ts';
import { staticFiles } from './static-files.ts';

export interface Http {
  readonly app: OpenAPIHono<Env>;
  close(): Promise<void>;
}

const largestBody = 256 * 1024;

/** The HTTP door: the API below /api/v1 and the console at every other address. */
export function createHttp(deps: HttpDeps): Http {
  const app = new OpenAPIHono<Env>();
  const hub = new ChangeHub(deps.store);
  app.use(secureHeaders);
  app.route('/hooks', hooks(deps));
  app.use(checkHost(async () => [...(deps.hosts ?? []), ...(await consoleHost(deps))]));

  const api = new OpenAPIHono<Env>();
  api.use(noStore);
  api.use(checkOrigin);
  api.use(
    bodyLimit({
      maxSize: largestBody,
      onError: () => {
        throw new HttpError(413, 'too-large', 'The body is too large.');
      },
    }),
  );
  addApi(api, deps, hub);
  api.get('/openapi.json', (c) => c.json(openApiDocument(api)));
  api.all('*', () => {
    throw new HttpError(404, 'unknown', 'There is no such address in the API.');
  });
  app.route('/api/v1', api);
  app.all('/api/*', () => {
    throw new HttpError(404, 'unknown', 'There is no such address in the API.');
  });
  app.use(staticFiles(deps.webFolder));

  app.onError((cause, c) => {
    c.header('cache-control', 'no-store');
    if (cause instanceof HttpError) return c.json(problemOf(cause), cause.status);
    if (cause instanceof InputError) return c.json({ error: 'bad-input', message: cause.message }, 400);
    const incident = randomBytes(6).toString('hex');
    deps.log('a request failed', { incident, path: c.req.routePath, error: cause.stack ?? String(cause) });
    return c.json({ error: 'internal', message: `Something went wrong here. The log names it ${incident}.` }, 500);
  });
  return { app, close: () => hub.close() };
}

function problemOf({ error, message, stepUp }: HttpError) {
  return { error, message, ...(stepUp === undefined ? {} : { stepUp }) };
}

/** The OpenAPI 3.1 document of an API with its endpoints. */
function openApiDocument(api: OpenAPIHono<Env>) {
  return api.getOpenAPI31Document(openApiInfo);
}
