import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { acknowledgePage } from '../app/on-call/acknowledge-page.ts';
import { readDuty } from '../app/on-call/read-duty.ts';
import { type Health, readHealth } from '../app/on-call/read-health.ts';
import { readLoad } from '../app/on-call/read-load.ts';
import { readQueue } from '../app/on-call/read-queue.ts';
import { setOverride, takeBackOverride } from '../app/on-call/set-override.ts';
import { type Env, endpoint } from './endpoint.ts';
import type { HttpDeps } from './http-deps.ts';
import { HttpError } from './http-error.ts';
import { AccountHealth, Duty, HealthOverview, LoadReport, QueueEntry } from './on-call-schemas.ts';

const day = 86_400_000;
const nothing = z.object({ ok: z.literal(true) });

/** Who is on call, what waits for the engineer, and how everything does. */
export function addOnCall(api: OpenAPIHono<Env>, deps: HttpDeps): void {
  endpoint(api, {
    method: 'get',
    path: '/duty',
    name: 'readDuty',
    summary: 'Who is on call now and next, and what the shift has brought.',
    query: z.object({ days: z.coerce.number().int().min(1).max(366).default(14) }),
    answer: Duty,
    handle: ({ query }) => readDuty(deps, query.days * day),
  });
  endpoint(api, {
    method: 'get',
    path: '/queue',
    name: 'readQueue',
    summary: 'What waits for the engineer: faults of the automation, then judgements, then incidents.',
    answer: z.object({ items: z.array(QueueEntry).readonly() }),
    handle: async () => ({ items: await readQueue(deps) }),
  });
  endpoint(api, {
    method: 'post',
    path: '/pages/{id}/acknowledge',
    name: 'acknowledgePage',
    summary: 'Takes a page: nobody else is told of it any more.',
    params: z.object({ id: z.string().min(1).max(200) }),
    body: z.object({}),
    answer: nothing,
    handle: async ({ params }, c) => {
      const done = await acknowledgePage(deps, params.id, c.var.who, 'console');
      if (done.outcome === 'unknown') throw new HttpError(404, 'unknown', 'There is no such page.');
      if (done.outcome === 'too-late') throw new HttpError(409, 'too-late', 'Somebody has taken it already, or it is over.');
      return { ok: true as const };
    },
  });
  endpoint(api, {
    method: 'post',
    path: '/overrides',
    name: 'setOverride',
    summary: 'Somebody stands in for who would be on call.',
    body: z.object({
      from: z.string().max(40).openapi({ description: 'By the clocks of the schedule: 2026-12-24T18:00; with a Z at its end in UTC.' }),
      until: z.string().max(40),
      person: z.string().min(1).max(200),
      reason: z.string().max(500).default(''),
    }),
    answer: z.object({ id: z.string() }),
    handle: async ({ body }, c) => ({ id: (await setOverride(deps, c.var.who, body)).id }),
  });
  endpoint(api, {
    method: 'delete',
    path: '/overrides/{id}',
    name: 'takeBackOverride',
    summary: 'Takes an override back.',
    params: z.object({ id: z.string().min(1).max(64) }),
    answer: nothing,
    handle: async ({ params }, c) => {
      await takeBackOverride(deps, c.var.who, params.id);
      return { ok: true as const };
    },
  });
  endpoint(api, {
    method: 'get',
    path: '/health',
    name: 'readHealth',
    summary: 'Each account with its sources, and how many pairs of source and playbook are working, blind or disarmed.',
    answer: HealthOverview,
    handle: async () => overviewOf(await readHealth(deps, null)),
  });
  endpoint(api, {
    method: 'get',
    path: '/health/{account}',
    name: 'readAccountHealth',
    summary: 'Each source and playbook of one account as working, blind or disarmed, with the reason.',
    params: z.object({ account: z.string().min(1).max(20) }),
    answer: AccountHealth,
    handle: async ({ params }) => {
      const [account] = (await readHealth(deps, params.account)).accounts;
      if (account === undefined) throw new HttpError(404, 'unknown', 'Nothing is known of this account.');
      return account;
    },
  });
  endpoint(api, {
    method: 'get',
    path: '/load',
    name: 'readLoad',
    summary: 'What each shift brought to people, the latest first, and what asked where it was beyond the budget.',
    query: z.object({ days: z.coerce.number().int().min(1).max(366).default(14) }),
    answer: LoadReport,
    handle: ({ query }) => readLoad(deps, query.days * day),
  });
}

function overviewOf({ at, accounts }: Health): z.input<typeof HealthOverview> {
  return {
    at,
    accounts: accounts.map(({ account, counts, sources, playbooks }) => ({
      account,
      counts,
      sources,
      reasons: [
        ...Map.groupBy(
          playbooks.filter(({ reason }) => reason !== ''),
          ({ state, reason }) => JSON.stringify([state, reason]),
        ).values(),
      ]
        .flatMap((group) => group.slice(0, 1).map(({ state, reason }) => ({ state, reason, n: group.length })))
        .sort((a, b) => b.n - a.n || (a.reason < b.reason ? -1 : 1)),
    })),
  };
}
