import { OpenAPIHono } from '@hono/zod-openapi';
import { addApi } from './api.ts';
import type { ChangeHub } from './change-hub.ts';
import type { Env } from './endpoint.ts';
import type { HttpDeps } from './http-deps.ts';
import { openApiInfo } from './open-api-info.ts';

/** The OpenAPI 3.1 document, made without anything running: registering an endpoint touches none of its dependencies. */
export function openApiDocument() {
  const untouched = new Proxy(
    {},
    {
      get: (_, name) => {
        throw new Error(`registering the API read ${String(name)}`);
      },
    },
  );
  const api = new OpenAPIHono<Env>();
  addApi(api, untouched as HttpDeps, untouched as ChangeHub);
  return api.getOpenAPI31Document(openApiInfo);
}
