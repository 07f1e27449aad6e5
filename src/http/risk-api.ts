import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { readRisks } from '../app/risk/read-risks.ts';
import { type Env, endpoint } from './endpoint.ts';
import type { HttpDeps } from './http-deps.ts';
import { Risks } from './risk-schemas.ts';

/** The risk register. */
export function addRisks(api: OpenAPIHono<Env>, deps: HttpDeps): void {
  endpoint(api, {
    method: 'get',
    path: '/risks',
    name: 'readRisks',
    summary:
      'The risk register: open findings by part of the business, account and kind of loss, and how many were open at the end of each day.',
    query: z.object({
      account: z.string().min(1).max(20).optional(),
      unit: z.string().min(1).max(200).optional(),
      days: z.coerce.number().int().min(1).max(366).default(90),
    }),
    answer: Risks,
    handle: ({ query: { account, unit, days } }) =>
      readRisks(deps, { days, ...(account === undefined ? {} : { account }), ...(unit === undefined ? {} : { unit }) }),
  });
}
