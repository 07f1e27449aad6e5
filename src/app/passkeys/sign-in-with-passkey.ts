import type { Json, JsonObject } from '../../core/model/json.ts';
import type { Site } from '../../core/model/site.ts';
import { type OpenSession, openSession } from '../console/sign-in.ts';
import { assertPasskey, newChallenge, type PasskeyDeps, type Purpose, type Refusal } from './assert-passkey.ts';

const purpose: Purpose = ['sign-in'];
/** Anybody may ask for one, so that they are counted. */
const mostWaiting = 1_000;

/** What the browser is to ask of whichever passkey it has for this site; null while too many are signing in. */
export async function startSignIn(deps: PasskeyDeps, site: Site): Promise<JsonObject | null> {
  const challenge = await newChallenge(deps, purpose, mostWaiting);
  return challenge === null ? null : deps.webauthn.requestOptions(site, challenge, []);
}

/** Opens a session for the person whose passkey has signed, with what that passkey may. */
export async function finishSignIn(
  deps: PasskeyDeps,
  site: Site,
  response: Json,
): Promise<(OpenSession & { readonly secret: string }) | { readonly why: Refusal }> {
  const asserted = await assertPasskey(deps, site, purpose, response, null);
  return asserted.outcome === 'refused' ? { why: asserted.why } : openSession(deps, asserted.passkey, 'passkey');
}
