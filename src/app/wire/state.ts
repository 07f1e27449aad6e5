import { mkdir, readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { obligations as allObligations, playbooks as allPlaybooks, answers, rules } from '../../../content/index.ts';
import { splitCheckpoints } from '../../core/lib/checkpoint.ts';
import { InputError } from '../../core/model/errors.ts';
import type { Playbook } from '../../core/model/plan.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { type OpenDatabase, openDatabase } from '../../edge/postgres/open-database.ts';
import { type OpenLedger, openLedger } from '../../edge/postgres/open-ledger.ts';
import { openSignIns } from '../../edge/postgres/open-sign-ins.ts';
import { openStore } from '../../edge/postgres/open-store.ts';
import { openSigningKey } from '../../edge/postgres/signing-key.ts';
import { startEmbedded } from '../../edge/postgres/start-embedded.ts';
import { openWebAuthn } from '../../edge/webauthn/open-webauthn.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { issueSignInLink, type Scope } from '../console/sign-in.ts';
import { type Env, homeOf, places, readRunning } from './home.ts';
import { inboundOf } from './open-channels.ts';

export const tenant = 'default';
export const clock: Clock = { now: () => Date.now() };

/** The state of this installation, open. */
export interface State extends ConsoleDeps {
  readonly home: string;
  readonly database: OpenDatabase;
  readonly ledger: OpenLedger;
  close(): Promise<void>;
}

/** The database of JOBZERO_DATABASE_URL, or the embedded one of the home, which is started when it does not run. */
export async function databaseOf(env: Env): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const given = env['JOBZERO_DATABASE_URL'];
  if (given !== undefined && given !== '') return { url: given, stop: async () => {} };
  const home = homeOf(env);
  await mkdir(home, { recursive: true, mode: 0o700 });
  return startEmbedded({ home, onLog: () => {} });
}

/** Opens the state: database (migrated), store, ledger, sign-ins. */
export async function openState(env: Env): Promise<State> {
  const home = homeOf(env);
  const server = await databaseOf(env);
  try {
    const database = await openDatabase({ url: server.url });
    const store = await openStore({ url: database.url });
    const signIns = await openSignIns({ url: database.url, tenant });
    const ledger = await openLedger({
      url: database.url,
      tenant,
      key: await openSigningKey(places(home).ledgerKey),
      checkpointsFile: places(home).checkpoints,
    });
    const playbooks: readonly Playbook[] = await allPlaybooks();
    return {
      home,
      tenant,
      clock,
      database,
      store,
      ledger,
      signIns,
      webauthn: openWebAuthn(),
      playbooks,
      rules,
      answers,
      obligations: await allObligations(),
      inbound: inboundOf(home, env),
      questions: async () => (await import('./load-questions.ts')).readyQuestions(),
      outsideCheckpoints: async () => splitCheckpoints(await readFile(places(home).checkpoints, 'utf8').catch(() => '')),
      close: async () => {
        await Promise.allSettled([store.close(), ledger.close(), signIns.close()]);
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Opens the state for one piece of work, and closes it after. */
export async function withConsole<T>(work: (deps: ConsoleDeps) => Promise<T>, env: Env): Promise<T> {
  const state = await openState(env);
  try {
    return await work(state);
  } finally {
    await state.close();
  }
}

/** A one-time link that signs a person in at the console that runs here: to all of it, or only to what is that person's own. */
export async function signInLink({ who, scope }: { readonly who: string; readonly scope: Scope }, env: Env): Promise<string> {
  const running = await readRunning(homeOf(env));
  if (running === null) throw new InputError('no console runs with this home: start it with "jobzero up"', homeOf(env));
  return withConsole((deps) => issueSignInLink(deps, running.url, who, { by: whoami(), scope }), env);
}

/** The person at this terminal; a container may run under a number without a name. */
export function whoami(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
