import { randomBytes } from 'node:crypto';
import { sha256 } from '../../core/lib/hash.ts';
import type { ConsoleDeps } from './console-deps.ts';

const linkMilliseconds = 15 * 60_000;
const sessionMilliseconds = 12 * 3_600_000;

/** Who signs in by a local link: whoever may read the terminal, so one name for all of them. */
const localEngineer = 'engineer';

type SignInDeps = Pick<ConsoleDeps, 'signIns' | 'clock' | 'tenant' | 'store'>;

export interface OpenSession {
  readonly who: string;
  readonly expiresAt: number;
}

/**
 * A new one-time link, good for 15 minutes. Its token is in the fragment, which browsers do not send, so it is in no
 * log; the page spends it by POST. Only the token's hash is stored.
 */
export async function issueSignInLink(deps: SignInDeps, baseUrl: string): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await deps.signIns.issue(sha256(token), deps.clock.now() + linkMilliseconds);
  return `${baseUrl}/sign-in#${token}`;
}

/** Spends a token and opens a session; null when the token is unknown, spent or too old. A leaf of the ledger says so. */
export async function signIn(deps: SignInDeps, token: string): Promise<(OpenSession & { readonly secret: string }) | null> {
  const now = deps.clock.now();
  if (!(await deps.signIns.spend(sha256(token), now))) return null;
  const secret = randomBytes(32).toString('base64url');
  const expiresAt = now + sessionMilliseconds;
  await deps.signIns.openSession(sha256(secret), expiresAt);
  await deps.store.within(deps.tenant, (tx) =>
    tx.ledger.append({ format: 'jobzero.ledger/1', type: 'sign-in', subject: sha256(secret).slice(0, 32), at: now, data: { expiresAt } }),
  );
  return { who: localEngineer, expiresAt, secret };
}

/** The session behind a cookie, or null when there is none that is still good. */
export async function sessionOf(deps: SignInDeps, secret: string | undefined): Promise<OpenSession | null> {
  if (secret === undefined || secret === '') return null;
  const expiresAt = await deps.signIns.session(sha256(secret), deps.clock.now());
  return expiresAt === null ? null : { who: localEngineer, expiresAt };
}

export async function signOut(deps: SignInDeps, secret: string | undefined): Promise<void> {
  if (secret !== undefined) await deps.signIns.closeSession(sha256(secret));
}
