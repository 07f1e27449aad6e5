import { hashOf } from '../../core/lib/hash.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import type { Site } from '../../core/model/site.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import type { OpenSession } from '../console/sign-in.ts';
import { signInLeaf } from '../console/sign-in-leaf.ts';
import { sealValue } from '../ledger/seals.ts';
import { type AssertedBy, assertPasskey, newChallenge, type PasskeyDeps, type Purpose } from './assert-passkey.ts';
import { passkeysOf } from './passkey.ts';
import { wantsPasskey } from './wants-passkey.ts';

/** What wants more than a session: whoever has taken one over, or sits at an open screen, cannot do it. */
export const stepUpActions = [
  'answer-question',
  'approve',
  'start',
  'undo',
  'arm',
  'release-stop',
  'adopt',
  'fix',
  'add-passkey',
  'remove-passkey',
] as const;

/** The very thing that is confirmed: a confirmation of one is none of another. */
export interface Confirmed {
  readonly action: (typeof stepUpActions)[number];
  /** What it is about and how: ids, the revision that was read, the answer. */
  readonly subject: string;
}

/** So long a confirmation is good, for one use. */
const freshMs = 5 * 60_000;
/** Of one thing in one session. */
const mostWaiting = 20;

const purposeOf = ({ id }: OpenSession, { action, subject }: Confirmed): Purpose => ['step-up', id, action, subject];

/**
 * May the person of this session do this now? `confirm`: a passkey has to sign first. `register`: tolerance requires a passkey and there is
 * none. A confirmation is used up by asking.
 */
export async function stepUp(
  deps: Pick<ConsoleDeps, 'signIns' | 'clock' | 'tenant' | 'store'>,
  session: OpenSession,
  what: Confirmed,
): Promise<'go-on' | 'confirm' | 'register'> {
  const { store, tenant, signIns, clock } = deps;
  const wanted = await store.within(tenant, (tx) => wantsPasskey(tx, session.who));
  if (wanted !== 'signature') return wanted === 'registration' ? 'register' : 'go-on';
  return (await signIns.useConfirmed(hashOf(purposeOf(session, what)), clock.now())) ? 'go-on' : 'confirm';
}

export type Started =
  | { readonly outcome: 'started'; readonly options: JsonObject }
  /** `elsewhere`: the person's passkeys are of another address of this console. */
  | { readonly outcome: 'none' | 'elsewhere' | 'too-many' };

/** What the browser is to ask the person's passkeys to sign. */
export async function startStepUp(deps: PasskeyDeps, site: Site, session: OpenSession, what: Confirmed): Promise<Started> {
  const passkeys = await deps.store.within(deps.tenant, (tx) => passkeysOf(tx, session.who));
  const here = passkeys.filter((one) => one.site === site.id);
  if (here.length === 0) return { outcome: passkeys.length === 0 ? 'none' : 'elsewhere' };
  const challenge = await newChallenge(deps, purposeOf(session, what), mostWaiting);
  if (challenge === null) return { outcome: 'too-many' };
  return {
    outcome: 'started',
    options: await deps.webauthn.requestOptions(
      site,
      challenge,
      here.map(({ key }) => key),
    ),
  };
}

/** Takes what was signed: for five minutes the person may do this once, in this session. */
export async function finishStepUp(
  deps: PasskeyDeps,
  site: Site,
  session: OpenSession,
  what: Confirmed,
  response: Json,
): Promise<AssertedBy> {
  const purpose = purposeOf(session, what);
  const asserted = await assertPasskey(deps, site, purpose, response, session.who);
  if (asserted.outcome === 'refused') return asserted;
  const at = deps.clock.now();
  await deps.store.within(deps.tenant, async (tx) =>
    signInLeaf(tx, 'step-up', session.id.slice(0, 32), at, session.who, {
      passkey: asserted.passkey.id,
      action: what.action,
      subjectSeal: await sealValue(tx, what.subject),
    }),
  );
  await deps.signIns.confirm(hashOf(purpose), at + freshMs);
  return asserted;
}
