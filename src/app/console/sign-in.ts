import { randomBytes } from 'node:crypto';
import { sha256 } from '../../core/lib/hash.ts';
import { InputError } from '../../core/model/errors.ts';
import type { ConsoleDeps } from './console-deps.ts';

const linkMilliseconds = 15 * 60_000;
const sessionMilliseconds = 12 * 3_600_000;

type SignInDeps = Pick<ConsoleDeps, 'signIns' | 'clock' | 'tenant' | 'store'>;

export interface OpenSession {
  readonly who: string;
  readonly expiresAt: number;
}

/**
 * A new one-time link for this person, good for 15 minutes: `http://127.0.0.1:4747/sign-in#TOKEN`. The token is in the
 * fragment, which browsers do not send, so it is in no log; the page spends it by POST. Only its hash is stored.
 * Throws InputError for a name that is empty or longer than 64 characters.
 */
export async function issueSignInLink(deps: SignInDeps, baseUrl: string, who: string): Promise<string> {
  if (who === '' || who.length > 64) throw new InputError('a name has 1 to 64 characters', 'who');
  const token = secretOf(who);
  await deps.signIns.issue(sha256(token), deps.clock.now() + linkMilliseconds);
  return `${baseUrl}/sign-in#${token}`;
}

/** Spends a token and opens a session; null when the token is unknown, spent or too old. A leaf of the ledger says so. */
export async function signIn(deps: SignInDeps, token: string): Promise<(OpenSession & { readonly secret: string }) | null> {
  const now = deps.clock.now();
  const who = whoOf(token);
  if (who === null || !(await deps.signIns.spend(sha256(token), now))) return null;
  const secret = secretOf(who);
  const expiresAt = now + sessionMilliseconds;
  await deps.signIns.openSession(sha256(secret), expiresAt);
  await deps.store.within(deps.tenant, (tx) =>
    tx.ledger.append({
      format: 'jobzero.ledger/1',
      type: 'sign-in',
      subject: sha256(secret).slice(0, 32),
      at: now,
      data: { whoHash: sha256(who), expiresAt },
    }),
  );
  return { who, expiresAt, secret };
}

/** The session behind a cookie, or null when there is none that is still good. */
export async function sessionOf(deps: SignInDeps, secret: string | undefined): Promise<OpenSession | null> {
  const who = secret === undefined ? null : whoOf(secret);
  if (secret === undefined || who === null) return null;
  const expiresAt = await deps.signIns.session(sha256(secret), deps.clock.now());
  return expiresAt === null ? null : { who, expiresAt };
}

export async function signOut(deps: SignInDeps, secret: string | undefined): Promise<void> {
  if (secret !== undefined) await deps.signIns.closeSession(sha256(secret));
}

/** 256 random bits after the person's name. The hash that is stored covers both, so nobody can put another name in front. */
function secretOf(who: string): string {
  return `${Buffer.from(who).toString('base64url')}.${randomBytes(32).toString('base64url')}`;
}

function whoOf(secret: string): string | null {
  const [name, random, ...rest] = secret.split('.');
  if (name === undefined || random === undefined || rest.length > 0 || secret.length > 400) return null;
  return Buffer.from(name, 'base64url').toString('utf8');
}
