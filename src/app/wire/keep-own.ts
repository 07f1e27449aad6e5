import { setTimeout as sleep } from 'node:timers/promises';
import type { Cloud } from '../../core/ports/cloud.ts';
import { ownHost } from '../../edge/aws/own-host.ts';
import { jobzeroPath, jobzeroRoles } from '../../range/build-organisation.ts';
import { type Own, type OwnSettings, ownThings } from '../own/own-things.ts';
import { type CloudChoice, rolesOf } from './cloud.ts';
import type { Env } from './home.ts';

const againAfterMs = 30_000;

export interface KeptOwn {
  /** What is known by now. */
  now(): Own;
  stop(): Promise<void>;
}

/**
 * What jobzero itself needs, so that nothing is done against it: by its settings at once, and by who it is and on which machine it runs as soon as AWS has
 * said so. Until then nothing can be called in AWS either, and it is asked again.
 */
export async function keepOwn(choice: CloudChoice, cloud: Cloud, env: Env, troubled: (error: unknown) => void): Promise<KeptOwn> {
  const named = ownSettings(choice, env);
  let own = ownThings(named);
  if (choice.kind === 'range') return { now: () => own, stop: async () => {} };
  const stop = new AbortController();
  const host = choice.endpointUrl === null ? await ownHost(env) : null;
  own = ownThings({ ...named, host });
  const look = async (): Promise<boolean> => {
    try {
      own = ownThings({ ...named, host, self: await cloud.self() });
      return true;
    } catch (error) {
      troubled(error);
      return false;
    }
  };
  const later = async () => {
    do await sleep(againAfterMs, undefined, { signal: stop.signal }).catch(() => undefined);
    while (!stop.signal.aborted && !(await look()));
  };
  const looking = (await look()) ? Promise.resolve() : later();
  return {
    now: () => own,
    stop: async () => {
      stop.abort();
      await looking;
    },
  };
}

/** What the settings name. `JOBZERO_OWN`: more ARN patterns, with spaces or commas between them. */
export function ownSettings(choice: CloudChoice, env: Env): OwnSettings {
  const texts = (name: string) => (env[name] ?? '').split(/[\s,]+/).filter((text) => text !== '');
  const roles = choice.kind === 'range' ? Object.values(jobzeroRoles).map((name) => `${jobzeroPath}${name}`) : Object.values(rolesOf(env));
  return {
    roles,
    logs: listIn(env['JOBZERO_LOGS']),
    queues: listIn(env['JOBZERO_QUEUES'], 'queues'),
    checkpoints: env['JOBZERO_CHECKPOINTS'] ?? '',
    databaseUrl: env['JOBZERO_DATABASE_URL'] ?? '',
    others: texts('JOBZERO_OWN').filter((text) => text.startsWith('arn:')),
  };
}

/** What `up` handed to a worker as JSON: a list, or one in a member. */
function listIn(text: string | undefined, member?: string): readonly string[] {
  const value = JSON.parse(text === undefined || text === '' ? 'null' : text) as { readonly [name: string]: unknown } | null;
  const list = member === undefined ? value : value?.[member];
  return Array.isArray(list) ? list.filter((one): one is string => typeof one === 'string') : [];
}
