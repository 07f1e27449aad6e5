import type { OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { OpenSession } from '../app/console/sign-in.ts';
import { HttpError } from './http-error.ts';
import { Problem } from './schemas.ts';

/** What the guards have put aside for handlers: who is signed in, and in which session. */
export interface Env {
  Variables: { who: string; session: OpenSession };
}

type Fields = z.ZodObject;
type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

export interface Endpoint<P extends Fields | undefined, Q extends Fields | undefined, B extends Fields | undefined, A extends z.ZodType> {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** Below /api/v1, with `{name}` for a part. */
  readonly path: string;
  readonly name: string;
  readonly summary: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly answer: A;
  /** True for the few that need no session. */
  readonly open?: boolean;
  readonly handle: (
    input: { readonly params: Parsed<P>; readonly query: Parsed<Q>; readonly body: Parsed<B> },
    c: Context<Env>,
  ) => Promise<z.input<A>> | z.input<A>;
}

/**
 * Registers an endpoint: its entry in the OpenAPI document and its handler come from one definition, and the handler's
 * answer must have the documented shape to compile.
 */
export function endpoint<
  A extends z.ZodType,
  P extends Fields | undefined = undefined,
  Q extends Fields | undefined = undefined,
  B extends Fields | undefined = undefined,
>(api: OpenAPIHono<Env>, definition: Endpoint<P, Q, B, A>): void {
  const { method, path, params, query, body } = definition;
  api.openAPIRegistry.registerPath({
    method,
    path: `/api/v1${path}`,
    operationId: definition.name,
    summary: definition.summary,
    security: definition.open === true ? [] : [{ session: [] }],
    request: {
      ...(params === undefined ? {} : { params }),
      ...(query === undefined ? {} : { query }),
      ...(body === undefined ? {} : { body: { required: true, content: { 'application/json': { schema: body } } } }),
    },
    responses: {
      200: { description: 'Done.', content: { 'application/json': { schema: definition.answer } } },
      default: { description: 'What went wrong.', content: { 'application/json': { schema: Problem } } },
    },
  });
  api.on(method.toUpperCase(), path.replaceAll(/\{(\w+)\}/g, ':$1'), async (c) => {
    const input = {
      params: parse(params, c.req.param(), 'path') as Parsed<P>,
      query: parse(query, c.req.query(), 'query') as Parsed<Q>,
      body: (body === undefined ? undefined : parse(body, await jsonOf(c), 'body')) as Parsed<B>,
    };
    const answer = await definition.handle(input, c);
    return c.body(JSON.stringify(answer), 200, { 'content-type': 'application/json; charset=utf-8' });
  });
}

function parse(schema: z.ZodType | undefined, value: unknown, where: string): unknown {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const place = [where, ...(issue?.path ?? []).map(String)].join('.');
  throw new HttpError(400, 'bad-input', `${place}: ${issue?.message ?? 'not as documented'}`);
}

async function jsonOf(c: Context<Env>): Promise<unknown> {
  const type = c.req.header('content-type') ?? '';
  if (!/^application\/json(;|$)/i.test(type)) throw new HttpError(415, 'not-json', 'The body must be application/json.');
  try {
    return await c.req.json();
  } catch {
    throw new HttpError(400, 'bad-input', 'body: not JSON');
  }
}
