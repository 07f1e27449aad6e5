import { randomBytes } from 'node:crypto';
import { hashOf, sha256 } from '../../core/lib/hash.ts';
import { textAt } from '../../core/lib/json-at.ts';
import type { Json } from '../../core/model/json.ts';
import type { Site } from '../../core/model/site.ts';
import type { Asserted, PasskeyFault, WebAuthn } from '../../core/ports/webauthn.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { failedSignIn, signInLeaf } from '../console/sign-in-leaf.ts';
import { type Passkey, passkeyBy, passkeyId, putPasskey } from './passkey.ts';

export type PasskeyDeps = Pick<ConsoleDeps, 'signIns' | 'clock' | 'tenant' | 'store'> & { readonly webauthn: WebAuthn };

/** Why what was signed is not taken: in itself, or for what its challenge was made. `counter`: there seems to be a copy of the passkey. */
export type Refusal = PasskeyFault | 'unknown' | 'spent' | 'expired' | 'another' | 'unknown-passkey' | 'counter';

const challengeMs = 5 * 60_000;

/** A new challenge for a purpose, base64url: a hash over it and 256 random bits. Null while too many of this purpose wait. */
export async function newChallenge({ signIns, clock }: PasskeyDeps, purpose: Purpose, most: number): Promise<string | null> {
  const challenge = Buffer.from(hashOf([purpose, randomBytes(32).toString('base64url')]), 'hex').toString('base64url');
  const now = clock.now();
  const made = { hash: sha256(challenge), purpose: hashOf(purpose), expiresAt: now + challengeMs };
  return (await signIns.challenge(made, now, most)) ? challenge : null;
}

/** What a challenge is for, in words that only the server says: `step-up`, session, action, subject. */
export type Purpose = readonly [kind: 'sign-in' | 'register' | 'step-up', ...rest: readonly string[]];

export interface Refused {
  readonly outcome: 'refused';
  readonly why: Refusal;
}

/** Spends the challenge that a response says it signed, then checks the response with it. What is refused is a leaf. */
export async function takeSigned<Checked extends { readonly outcome: 'verified' } | Refused>(
  deps: PasskeyDeps,
  purpose: Purpose,
  response: Json,
  check: (challenge: string) => Promise<Checked>,
): Promise<Checked | Refused> {
  const challenge = deps.webauthn.challengeIn(response);
  let taken: Checked | Refused = { outcome: 'refused', why: 'malformed' };
  if (challenge !== null) {
    const met = await deps.signIns.meet(sha256(challenge), hashOf(purpose), deps.clock.now());
    taken = met === 'met' ? await check(challenge) : { outcome: 'refused', why: met };
  }
  if (taken.outcome === 'refused') await failedSignIn(deps, taken.why);
  return taken;
}

export type AssertedBy = { readonly outcome: 'verified'; readonly passkey: Passkey } | Refused;

/**
 * Takes what a passkey has signed for a purpose, once: of this person, or of whoever it is. The counter of the passkey goes on with it; one that
 * does not go on is refused, since the same passkey is in two places then. What is refused is a leaf.
 */
export async function assertPasskey(
  deps: PasskeyDeps,
  site: Site,
  purpose: Purpose,
  response: Json,
  who: string | null,
): Promise<AssertedBy> {
  const { store, tenant, clock, webauthn } = deps;
  const id = passkeyId(textAt(response, 'id') ?? '');
  const asserted = await takeSigned(deps, purpose, response, async (challenge): Promise<Asserted | Refused> => {
    const passkey = await store.within(tenant, (tx) => passkeyBy(tx, id));
    return passkey === null || (who !== null && passkey.who !== who)
      ? { outcome: 'refused', why: 'unknown-passkey' }
      : webauthn.checkAsserted(site, challenge, response, passkey.key);
  });
  if (asserted.outcome === 'refused') return asserted;
  const { counter } = asserted;
  return store.within(tenant, async (tx): Promise<AssertedBy> => {
    const at = clock.now();
    const known = await passkeyBy(tx, id);
    if (known === null) return { outcome: 'refused', why: 'unknown-passkey' };
    // https://www.w3.org/TR/webauthn-3/#sctn-sign-counter: passkeys that do not count say 0 each time.
    if ((counter > 0 || known.key.counter > 0) && counter <= known.key.counter) {
      await signInLeaf(tx, 'passkey-refused', id, at, known.who, { counter, before: known.key.counter });
      return { outcome: 'refused', why: 'counter' };
    }
    const used = { ...known, key: { ...known.key, counter }, usedAt: at };
    await putPasskey(tx, used, 'in-use', at);
    return { outcome: 'verified', passkey: used };
  });
}
