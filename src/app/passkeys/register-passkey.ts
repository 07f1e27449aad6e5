import type { Json, JsonObject } from '../../core/model/json.ts';
import type { Site } from '../../core/model/site.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import type { OpenSession } from '../console/sign-in.ts';
import { signInLeaf } from '../console/sign-in-leaf.ts';
import { sealPerson } from '../ledger/seals.ts';
import { newChallenge, type PasskeyDeps, type Purpose, type Refused, takeSigned } from './assert-passkey.ts';
import { addPasskey, type Passkey, passkeyBy, passkeyId, passkeysOf, putPasskey } from './passkey.ts';

const mostWaiting = 20;
const mostOfOne = 20;

/** The first is registered by whoever is signed in; a further one was confirmed by one that is there. What was begun as the first does not end as a further one. */
const purposeOf = ({ id }: OpenSession, isFirst: boolean): Purpose => ['register', id, isFirst ? 'first' : 'further'];

/** What the browser is to ask a new passkey. Whether a further one is confirmed, the caller has seen. Null when there are too many. */
export async function startRegistration(deps: PasskeyDeps, site: Site, session: OpenSession): Promise<JsonObject | null> {
  const passkeys = await deps.store.within(deps.tenant, (tx) => passkeysOf(tx, session.who));
  if (passkeys.length >= mostOfOne) return null;
  const challenge = await newChallenge(deps, purposeOf(session, passkeys.length === 0), mostWaiting);
  if (challenge === null) return null;
  const here = passkeys.filter((one) => one.site === site.id);
  return deps.webauthn.createOptions(
    site,
    session.who,
    challenge,
    here.map(({ key }) => key),
  );
}

export type RegisteredPasskey = { readonly outcome: 'registered'; readonly passkey: Passkey } | Refused;

/** Registers what the browser has made, with its leaf. */
export async function finishRegistration(
  deps: PasskeyDeps,
  site: Site,
  session: OpenSession,
  name: string,
  response: Json,
): Promise<RegisteredPasskey> {
  const { store, tenant, clock, webauthn } = deps;
  const isFirst = (await store.within(tenant, (tx) => passkeysOf(tx, session.who))).length === 0;
  const checked = await takeSigned(deps, purposeOf(session, isFirst), response, (challenge) =>
    webauthn.checkCreated(site, challenge, response),
  );
  if (checked.outcome === 'refused') return checked;
  return store.within(tenant, async (tx): Promise<RegisteredPasskey> => {
    const at = clock.now();
    if (isFirst && (await passkeysOf(tx, session.who)).length > 0) return { outcome: 'refused', why: 'another' };
    const id = passkeyId(checked.key.id);
    const { who, scope } = session;
    const passkey = { id, who, name, site: site.id, scope, key: checked.key, registeredAt: at, usedAt: null };
    if (!(await addPasskey(tx, passkey, at))) return { outcome: 'refused', why: 'spent' };
    await signInLeaf(tx, 'passkey-registered', id, at, who, { isFirst, session: session.id.slice(0, 32) });
    return { outcome: 'registered', passkey };
  });
}

/** Removes a passkey, with its leaf: its person's own, or anybody's where `who` is null. False when there is none such. */
export function removePasskey(
  { store, tenant, clock }: Pick<ConsoleDeps, 'store' | 'tenant' | 'clock'>,
  id: string,
  who: string | null,
  by: string,
): Promise<boolean> {
  return store.within(tenant, async (tx) => {
    const passkey = await passkeyBy(tx, id);
    if (passkey === null || (who !== null && passkey.who !== who)) return false;
    const at = clock.now();
    if (!(await putPasskey(tx, passkey, 'removed', at))) return false;
    await signInLeaf(tx, 'passkey-removed', id, at, passkey.who, { bySeal: await sealPerson(tx, by) });
    return true;
  });
}
