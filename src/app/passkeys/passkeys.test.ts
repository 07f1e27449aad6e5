import { beforeEach, describe, expect, test } from 'vitest';
import { memorySignIns } from '../../../tools/console-memory.ts';
import type { JsonObject } from '../../core/model/json.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { openWebAuthn } from '../../edge/webauthn/open-webauthn.ts';
import { issueSignInLink, type OpenSession, signIn, signOut } from '../console/sign-in.ts';
import { sealPerson } from '../ledger/seals.ts';
import { authenticatorUnderTest, type Deceit } from './authenticator-under-test.ts';
import { listPasskeys } from './list-passkeys.ts';
import { finishRegistration, removePasskey, startRegistration } from './register-passkey.ts';
import { finishSignIn, startSignIn } from './sign-in-with-passkey.ts';
import { finishStepUp, startStepUp, stepUp } from './step-up.ts';

const tenant = 'default';
const site = { id: 'localhost', origin: 'http://localhost:7070' };
const minute = 60_000;
const approve = { action: 'approve', subject: 'judgement/revision' } as const;

let now = 0;
let store: ReturnType<typeof memoryStore>;
let deps: Parameters<typeof startStepUp>[0];
beforeEach(() => {
  now = Date.UTC(2026, 0, 15, 9);
  store = memoryStore();
  deps = { store, tenant, clock: { now: () => now }, signIns: memorySignIns(), webauthn: openWebAuthn() };
});

const link = (who: string, scope: 'all' | 'own' = 'all') => issueSignInLink(deps, site.origin, who, { scope });
async function sessionOf(who: string, scope: 'all' | 'own' = 'all'): Promise<OpenSession & { readonly secret: string }> {
  const session = await signIn(deps, (await link(who, scope)).split('#')[1] ?? '');
  if (session === null) throw new Error('not signed in');
  return session;
}

type Authenticator = ReturnType<typeof authenticatorUnderTest>;

async function register(session: OpenSession, authenticator: Authenticator, deceit: Deceit = {}) {
  const options = await startRegistration(deps, site, session);
  return finishRegistration(deps, site, session, 'laptop', authenticator.create(options ?? {}, deceit));
}

async function withPasskey(who = 'alice') {
  const session = await sessionOf(who);
  const authenticator = authenticatorUnderTest(site);
  expect(await register(session, authenticator)).toMatchObject({ outcome: 'registered' });
  return { session, authenticator };
}

async function optionsFor(session: OpenSession, what: Parameters<typeof startStepUp>[3] = approve): Promise<JsonObject> {
  const started = await startStepUp(deps, site, session, what);
  if (started.outcome !== 'started') throw new Error(started.outcome);
  return started.options;
}

const leaves = (...whats: readonly string[]) =>
  store
    .entries(tenant)
    .filter(({ type }) => type === 'sign-in')
    .map(({ data }) => data)
    .filter((data) => whats.length === 0 || whats.includes(String(data['what'])));

describe('a passkey', () => {
  test('confirms one thing, in one session, once, within five minutes', async () => {
    const { session, authenticator } = await withPasskey();
    expect(await stepUp(deps, session, approve)).toBe('confirm');
    const signed = authenticator.get(await optionsFor(session));
    expect(await finishStepUp(deps, site, session, approve, signed)).toMatchObject({ outcome: 'verified' });
    expect(await stepUp(deps, session, { ...approve, subject: 'judgement/later' })).toBe('confirm');
    expect(await stepUp(deps, session, { action: 'undo', subject: approve.subject })).toBe('confirm');
    expect(await stepUp(deps, await sessionOf('alice'), approve)).toBe('confirm');
    expect(await stepUp(deps, session, approve)).toBe('go-on');
    expect(await stepUp(deps, session, approve)).toBe('confirm');

    await finishStepUp(deps, site, session, approve, authenticator.get(await optionsFor(session)));
    now += 5 * minute;
    expect(await stepUp(deps, session, approve)).toBe('confirm');
  });

  const wrong: readonly (readonly [what: string, why: string, deceit: Deceit])[] = [
    ['for another origin', 'wrong-origin', { origin: 'http://localhost:9999' }],
    ['without having asked who it is', 'not-verified', { isVerified: false }],
    ['with a wrong signature', 'bad-signature', { breaksSignature: true }],
    ['for a challenge that nobody made', 'unknown', { challenge: 'AAAA' }],
  ];
  test.each(wrong)('that signs %s confirms nothing', async (_, why, deceit) => {
    const { session, authenticator } = await withPasskey();
    const signed = authenticator.get(await optionsFor(session), deceit);
    expect(await finishStepUp(deps, site, session, approve, signed)).toEqual({ outcome: 'refused', why });
    expect(await stepUp(deps, session, approve)).toBe('confirm');
    expect(leaves('failed')).toEqual([{ what: 'failed', reason: why }]);
  });

  test('of which the answer comes a second time, too late, from another session or for another thing, confirms nothing', async () => {
    const { session, authenticator } = await withPasskey();
    const other = await sessionOf('alice');
    const why = async (signed: JsonObject, at: OpenSession, what: Parameters<typeof startStepUp>[3] = approve) =>
      finishStepUp(deps, site, at, what, signed).then((done) => (done.outcome === 'refused' ? done.why : done.outcome));
    const signed = authenticator.get(await optionsFor(session));
    expect(await why(signed, other)).toBe('another');
    expect(await why(signed, session, { ...approve, subject: 'judgement/later' })).toBe('another');
    // Who tries it elsewhere does not spend it.
    expect(await why(signed, session)).toBe('verified');
    expect(await why(signed, session)).toBe('spent');
    const late = authenticator.get(await optionsFor(session));
    now += 5 * minute;
    expect(await why(late, session)).toBe('expired');
    const ofSignIn = authenticator.get((await startSignIn(deps, site)) ?? {});
    expect(await why(ofSignIn, session)).toBe('another');
  });

  test('of somebody else, or one that was removed, confirms nothing', async () => {
    const { session } = await withPasskey();
    const { authenticator, session: bobs } = await withPasskey('bob');
    const refused = { outcome: 'refused', why: 'unknown-passkey' };
    expect(await finishStepUp(deps, site, session, approve, authenticator.get(await optionsFor(session)))).toEqual(refused);
    const options = await optionsFor(bobs);
    const [one] = await listPasskeys(deps, 'bob');
    expect(await removePasskey(deps, one?.id ?? '', 'alice', 'alice')).toBe(false);
    expect(await removePasskey(deps, one?.id ?? '', 'bob', 'bob')).toBe(true);
    expect(await finishStepUp(deps, site, bobs, approve, authenticator.get(options))).toEqual(refused);
  });

  test('that has signed less often than before is a copy, and refused with a leaf', async () => {
    const { session, authenticator } = await withPasskey();
    const signed = async (counter: number) =>
      finishStepUp(deps, site, session, approve, authenticator.get(await optionsFor(session), { counter }));
    expect(await signed(7)).toMatchObject({ outcome: 'verified' });
    expect(await signed(7)).toEqual({ outcome: 'refused', why: 'counter' });
    expect(await signed(3)).toEqual({ outcome: 'refused', why: 'counter' });
    const whoSeal = await store.within(tenant, (tx) => sealPerson(tx, 'alice'));
    expect(leaves('passkey-refused')).toEqual([
      { what: 'passkey-refused', whoSeal, counter: 7, before: 7 },
      { what: 'passkey-refused', whoSeal, counter: 3, before: 7 },
    ]);
    // Who cannot sign with it cannot make it look like a copy.
    const forged = authenticator.get(await optionsFor(session), { counter: 1, breaksSignature: true });
    expect(await finishStepUp(deps, site, session, approve, forged)).toEqual({ outcome: 'refused', why: 'bad-signature' });
    expect(leaves('passkey-refused')).toHaveLength(2);
  });

  test('that is a further one is not registered by what was begun as the first', async () => {
    const session = await sessionOf('alice');
    const options = (await startRegistration(deps, site, session)) ?? {};
    const [mine, theirs] = [authenticatorUnderTest(site), authenticatorUnderTest(site)];
    expect(
      await finishRegistration(deps, site, session, 'mine', mine.create((await startRegistration(deps, site, session)) ?? {})),
    ).toMatchObject({
      outcome: 'registered',
    });
    expect(await finishRegistration(deps, site, session, 'theirs', theirs.create(options))).toEqual({ outcome: 'refused', why: 'another' });
    expect(await stepUp(deps, session, { action: 'add-passkey', subject: 'passkey' })).toBe('confirm');
  });

  test.each(wrong.filter(([, why]) => why !== 'bad-signature'))('is not registered %s', async (_, why, deceit) => {
    const session = await sessionOf('alice');
    expect(await register(session, authenticatorUnderTest(site), deceit)).toEqual({ outcome: 'refused', why });
    expect(await listPasskeys(deps)).toEqual([]);
  });

  test('signs its person in with what its session might do, and nobody else', async () => {
    const session = await sessionOf('dana', 'own');
    const authenticator = authenticatorUnderTest(site);
    await register(session, authenticator);
    const options = (await startSignIn(deps, site)) ?? {};
    const entered = await finishSignIn(deps, site, authenticator.get(options));
    expect(entered).toMatchObject({ who: 'dana', scope: 'own' });
    expect(await finishSignIn(deps, site, authenticator.get(options))).toEqual({ why: 'spent' });
    const stranger = authenticatorUnderTest(site);
    expect(await finishSignIn(deps, site, stranger.get((await startSignIn(deps, site)) ?? {}))).toEqual({ why: 'unknown-passkey' });
  });
});

test('who has no passkey may go on, unless tolerance requires one', async () => {
  const session = await sessionOf('alice');
  expect(await stepUp(deps, session, approve)).toBe('go-on');
  await store.within(tenant, (tx) => tx.settings.set('tolerance', 'stepUp: required', now, 'owner'));
  expect(await stepUp(deps, session, approve)).toBe('register');
});

test('sign-ins of all kinds are leaves without names, failed ones at most one a minute for each reason', async () => {
  const { session, authenticator } = await withPasskey();
  await finishStepUp(deps, site, session, approve, authenticator.get(await optionsFor(session)));
  for (let n = 0; n < 50; n++) expect(await signIn(deps, `YWxpY2U.guess-${n}`)).toBeNull();
  now += minute;
  await signIn(deps, 'nonsense');
  await signOut(deps, session.secret);
  await signOut(deps, session.secret);
  expect(leaves().map(({ what }) => what)).toEqual(['link', 'session', 'passkey-registered', 'step-up', 'failed', 'failed', 'sign-out']);
  expect(JSON.stringify(store.entries(tenant))).not.toContain('alice');
});
