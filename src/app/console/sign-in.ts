import { randomBytes } from 'node:crypto';
import { sha256 } from '../../core/lib/hash.ts';
import { InputError } from '../../core/model/errors.ts';
import { sealPerson } from '../ledger/seals.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { failedSignIn, signInLeaf } from './sign-in-leaf.ts';

const linkMilliseconds = 15 * 60_000;
const sessionMilliseconds = 12 * 3_600_000;

export type SignInDeps = Pick<ConsoleDeps, 'signIns' | 'clock' | 'tenant' | 'store'>;

/** `all`: the console. `own`: only what this person is asked, and what they may mend of their own. */
export type Scope = 'all' | 'own';

export interface OpenSession {
  /** The hash of its secret. */
  readonly id: string;
  readonly who: string;
  readonly scope: Scope;
  readonly expiresAt: number;
}

/**
 * A new one-time link for this person, good for 15 minutes: `http://localhost:4747/sign-in#TOKEN`. The token is in the
 * fragment, which browsers do not send, so it is in no log; the page spends it by POST. Only its hash is stored. `by` is who has it made.
 * Throws InputError for a name that is empty or longer than 64 characters.
 */
export async function issueSignInLink(
  deps: SignInDeps,
  baseUrl: string,
  who: string,
  { by = who, scope = 'all' }: { readonly by?: string; readonly scope?: Scope } = {},
): Promise<string> {
  if (who === '' || who.length > 64) throw new InputError('a name has 1 to 64 characters', 'who');
  const token = secretOf(who, scope);
  const expiresAt = deps.clock.now() + linkMilliseconds;
  await deps.signIns.issue(sha256(token), expiresAt);
  await deps.store.within(deps.tenant, async (tx) =>
    signInLeaf(tx, 'link', sha256(token).slice(0, 32), deps.clock.now(), who, { bySeal: await sealPerson(tx, by), scope, expiresAt }),
  );
  return `${baseUrl}/sign-in#${token}`;
}

/** Spends a token and opens a session; null when the token is unknown, spent or too old. Leaves of the ledger say so. */
export async function signIn(deps: SignInDeps, token: string): Promise<(OpenSession & { readonly secret: string }) | null> {
  const named = readSecret(token);
  if (named !== null && (await deps.signIns.spend(sha256(token), deps.clock.now()))) return openSession(deps, named, 'link');
  await failedSignIn(deps, 'link');
  return null;
}

/** Opens a session for a person who has shown who they are, with its leaf. */
export async function openSession(
  deps: SignInDeps,
  { who, scope }: Named,
  by: 'link' | 'passkey',
): Promise<OpenSession & { readonly secret: string }> {
  const now = deps.clock.now();
  const secret = secretOf(who, scope);
  const id = sha256(secret);
  const expiresAt = now + sessionMilliseconds;
  await deps.signIns.openSession(id, expiresAt);
  await deps.store.within(deps.tenant, (tx) => signInLeaf(tx, 'session', id.slice(0, 32), now, who, { by, scope, expiresAt }));
  return { id, who, scope, expiresAt, secret };
}

/** The session behind a cookie, or null when there is none that is still good. */
export async function sessionOf(deps: SignInDeps, secret: string | undefined): Promise<OpenSession | null> {
  const named = secret === undefined ? null : readSecret(secret);
  if (secret === undefined || named === null) return null;
  const id = sha256(secret);
  const expiresAt = await deps.signIns.session(id, deps.clock.now());
  return expiresAt === null ? null : { id, ...named, expiresAt };
}

export async function signOut(deps: SignInDeps, secret: string | undefined): Promise<void> {
  const session = await sessionOf(deps, secret);
  if (session === null) return;
  await deps.signIns.closeSession(session.id);
  await deps.store.within(deps.tenant, (tx) => signInLeaf(tx, 'sign-out', session.id.slice(0, 32), deps.clock.now(), session.who));
}

interface Named {
  readonly who: string;
  readonly scope: Scope;
}

/** 256 random bits after the person's name and scope. The hash that is stored covers all, so nobody can put another name in front. */
function secretOf(who: string, scope: Scope): string {
  const name = Buffer.from(who).toString('base64url');
  return [name, ...(scope === 'own' ? ['own'] : []), randomBytes(32).toString('base64url')].join('.');
}

function readSecret(secret: string): Named | null {
  const [name, ...rest] = secret.split('.');
  if (name === undefined || secret.length > 400) return null;
  const who = Buffer.from(name, 'base64url').toString('utf8');
  if (rest.length === 1) return { who, scope: 'all' };
  return rest.length === 2 && rest[0] === 'own' ? { who, scope: 'own' } : null;
}
