import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../core/model/json.ts';
import type { Notification } from '../../core/model/notification.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { engineLoader } from '../../edge/engine/load-engine.ts';
import { type Receiver, receiver } from '../../edge/notify/receiver-under-test.ts';
import { signedHeaders } from '../../edge/notify/webhook.ts';
import { answerQuestion, readQuestion } from '../console/actor-questions.ts';
import { hearWebhook } from '../notify/hear-answer.ts';
import { notificationSender } from '../notify/send-notifications.ts';
import { addPasskey } from '../passkeys/passkey.ts';
import { replay } from '../replay.ts';
import { followQuestions } from '../triage/follow-questions.ts';
import { triage } from '../triage.ts';
import { inboundOf, openChannels } from './open-channels.ts';
import { reachableBy } from './reachable.ts';
import { attackedOrganisation, findingsIn, readyToTriage, tenant } from './triage-under-test.ts';

/** From `channels.yml` to what follows from an answer, over the wire: what the workers join. */
let home = '';
let vendor: Receiver;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'jobzero-actor-'));
  vendor = await receiver();
});
afterEach(async () => {
  await vendor.close();
  await rm(home, { recursive: true, force: true });
});

const env = { OUT: 'what-we-sign-with', BACK: 'what-answers-are-signed-with' };
const asks = 'act: ask';
/** What silence brings is chosen, and that keys may be stopped though something may work with them. */
const contains = 'act: ask, onSilence: contain, acceptProductionUse: [aws.iam.contain-access-key]';
const people = 'people: { dana: ["arn:aws:iam::*:user/ci-deployer"] }';

/** A key made for somebody else by the deployer, whose person is asked; `when` is 2026-01-15 09:02 and so many minutes. */
async function asked(
  channels: string,
  passkeyFor = '',
  { tactics = [] as readonly string[], more = '', scope = asks, forged = false } = {},
) {
  await writeFile(join(home, 'channels.yml'), channels);
  const world = await attackedOrganisation();
  let now = world.now;
  const made = world.records.find((one) => one['eventName'] === 'CreateAccessKey' && one['errorCode'] === undefined) as JsonObject;
  const store = memoryStore();
  // One that is not in AWS's own event history, some of whose time has gone by: AWS would show it by now.
  const lie = forged ? { eventID: '00000000-0000-4000-8000-000000000000', eventTime: '2026-01-15T08:30:00Z' } : {};
  const findings = (await findingsIn([{ ...made, userAgent: 'aws-cli/2.17.0', ...lie }])).map((one) => ({
    ...one,
    severity: 'High' as const,
    rule: tactics.length === 0 ? one.rule : { ...one.rule, tactics },
  }));
  const deps = await readyToTriage(store, findings, world.range.cloud, () => now);
  const tolerate = (text: string) =>
    store.within(tenant, (tx) => tx.settings.set('tolerance', `default: { ${text} }\n${people}\n${more}`, now, 'owner'));
  await tolerate(scope);
  const key = { id: 'k', publicKey: '', counter: 0, transports: [] };
  const passkey = { id: 'k', who: 'dana', name: 'phone', site: passkeyFor, scope: 'own', key, registeredAt: now, usedAt: null } as const;
  if (passkeyFor !== '') await store.within(tenant, (tx) => addPasskey(tx, passkey, now));
  const open = openChannels(
    home,
    env,
    () => Promise.reject(new Error('no cloud')),
    (error) => {
      throw error;
    },
  );
  const reachable = () => reachableBy(open, { store, tenant });
  const done = await triage({ ...deps, reachable });
  const sender = notificationSender({ tenant, store, clock: deps.clock, worker: 'w', channels: open }, (error) => {
    throw error;
  });
  await sender.round();
  await sender.idle();
  const hear = (by: string, option: string) => {
    const sent = JSON.parse(vendor.requests[0]?.body ?? '{}') as Pick<Notification, 'id'>;
    const body = JSON.stringify({ notification: sent.id, option, by });
    const headers: { readonly [name: string]: string } = signedHeaders(env.BACK, `answer-${by}-${option}`, now, body);
    const inbound = inboundOf(home, env);
    return hearWebhook({ tenant, store, clock: deps.clock, inbound }, { channel: 'chat', header: (name) => headers[name], body });
  };
  const see = async (who: string, message = 0) => {
    const { about, link } = JSON.parse(vendor.requests[message]?.body ?? '{}') as { about: { id: string }; link: string };
    return { link, id: about.id, view: await readQuestion(deps, about.id, who) };
  };
  const inConsole = async (who: string, option: 'me' | 'not-me', message = 0) => {
    const { id, ...seen } = await see(who, message);
    return { ...seen, answered: await answerQuestion(deps, id, who, option, seen.view?.revision ?? '') };
  };
  return {
    done,
    store,
    tolerate,
    decideAgain: () => triage({ ...deps, reachable }),
    hear,
    see,
    inConsole,
    follow: (minutes: number) => {
      now = world.now + minutes * 60_000;
      return followQuestions({ ...deps, reachable });
    },
    send: async () => {
      await sender.round();
      await sender.idle();
    },
    states: () => store.within(tenant, async (tx) => (await tx.findings.list({ limit: 9 })).map(({ state }) => state)),
    questions: () => store.within(tenant, async (tx) => (await tx.judgements.list({ state: 'waiting', limit: 9 })).length),
    actions: () => store.within(tenant, async (tx) => (await tx.actions.list({ limit: 9 })).map(({ by }) => by)),
  };
}

const answerable = `, signing: "\${BACK}"`;
const chat = (signing: string) => `
channels:
  chat: { kind: webhook, url: "${vendor.url}/chat", secret: "\${OUT}"${signing} }
people: { dana: { chat: D1 } }
`;

test('who did it is asked by the channel that brings an answer back, and "me" ends it', async () => {
  const { done, hear, follow, states, questions } = await asked(chat(answerable));
  expect(done.map(({ decision }) => [decision.verdict, decision.first])).toEqual([['ask', { person: 'dana', minutes: 15 }]]);
  expect(JSON.parse(vendor.requests[0]?.body ?? '{}')).toMatchObject({ to: 'D1', title: expect.stringMatching(/^Was this you\?/) });
  expect(await hear('D1', 'me')).toMatchObject({ outcome: 'recorded', by: 'dana' });
  expect(await follow(1)).toBe(1);
  expect([await states(), await questions()]).toEqual([['resolved'], 0]);
});

test('"not me" cuts off at once what the credentials made and what they are, and nobody is asked whom the incident woke', async () => {
  const { hear, follow, states, questions, actions } = await asked(chat(answerable));
  await hear('D1', 'not-me');
  expect(await follow(1)).toBe(1);
  expect([await states(), await questions(), await actions()]).toEqual([['acknowledged'], 0, ['dana', 'dana']]);
});

test('somebody else who answers is not heard', async () => {
  const { hear, follow, states } = await asked(chat(answerable));
  expect(await hear('M1', 'me')).toMatchObject({ outcome: 'unknown-person' });
  expect(await follow(1)).toBe(0);
  expect(await states()).toEqual(['open']);
});

test('without a channel that brings an answer back the engineer is asked at once', async () => {
  const { done, questions } = await asked(chat(''));
  expect(done.map(({ decision }) => decision.first)).toEqual([undefined]);
  expect([vendor.requests.length, await questions()]).toEqual([0, 1]);
});

const mailOnly = () => `console: https://jobzero.example.com\n${chat('')}`;

test('who has a passkey for the console is asked by a channel that brings nothing back, and answers there as in a channel', async () => {
  const { done, inConsole, follow, states, questions, actions } = await asked(mailOnly(), 'jobzero.example.com');
  expect(done.map(({ decision }) => decision.first)).toEqual([{ person: 'dana', minutes: 15 }]);
  const { link, view, answered } = await inConsole('dana', 'not-me');
  expect(link).toBe(`https://jobzero.example.com/questions/${view?.id}`);
  expect(view).toMatchObject({
    state: 'waiting',
    as: 'actor',
    saidBy: null,
    afterYes: 'over',
    finding: { account: expect.any(String), evidence: [{ operation: 'CreateAccessKey' }] },
  });
  expect(view?.starts.map(({ title }) => title)).toContain('Contain a stolen access key');
  expect(answered).toBe('recorded');
  expect((await inConsole('dana', 'me')).answered).toEqual({ answered: 'not-me' });
  expect(await follow(1)).toBe(1);
  expect([await states(), await questions(), await actions()]).toEqual([['acknowledged'], 0, ['dana', 'dana']]);
  expect((await inConsole('dana', 'me')).answered).toBe('too-late');
});

test('nobody sees or answers in the console what somebody else is asked, and the first answer holds, wherever it was given', async () => {
  const { inConsole, hear, follow, states } = await asked(chat(answerable));
  expect(await inConsole('mallory', 'me')).toMatchObject({ view: null, answered: 'unknown' });
  expect(await follow(1)).toBe(0);
  await hear('D1', 'me');
  expect((await inConsole('dana', 'not-me')).answered).toEqual({ answered: 'me' });
  expect(await follow(1)).toBe(1);
  expect(await states()).toEqual(['resolved']);
});

test('where data leaves, whose it is is asked after a "me", in words of their own, and their yes ends it', async () => {
  const both = chat(answerable).replace('dana: { chat: D1 }', 'dana: { chat: D1 }, kim: { chat: K1 }');
  const owned = { tactics: ['exfiltration'], more: 'accountOwners: { "444455556666": kim }\n' };
  const { done, hear, follow, send, inConsole, states, questions, actions } = await asked(both, '', owned);
  expect(done.map(({ decision }) => decision.first)).toEqual([{ person: 'dana', minutes: 5, enough: false, owner: 'kim' }]);
  expect((await inConsole('kim', 'me')).view).toBeNull();
  await hear('D1', 'me');
  expect(await follow(1)).toBe(1);
  expect([await states(), await questions()]).toEqual([['open'], 0]);
  await send();
  expect(JSON.parse(vendor.requests[1]?.body ?? '{}')).toMatchObject({
    to: 'K1',
    title: expect.stringMatching(/^Is this meant\?/),
    text: expect.stringContaining('dana says that it was them'),
    options: [
      { id: 'me', label: 'Yes, this is meant' },
      { id: 'not-me', label: 'No, this is not meant' },
    ],
  });
  const { view, answered } = await inConsole('kim', 'me', 1);
  expect(view).toMatchObject({ as: 'owner', saidBy: 'dana', afterYes: 'over', starts: [], state: 'waiting' });
  expect(answered).toBe('recorded');
  expect(await follow(2)).toBe(1);
  expect([await states(), await questions(), await actions()]).toEqual([['resolved'], 0, []]);
});

test('a passkey for another address of the console is none', async () => {
  const { done, questions } = await asked(mailOnly(), 'localhost');
  expect(done.map(({ decision }) => decision.first)).toEqual([undefined]);
  expect([vendor.requests.length, await questions()]).toEqual([0, 1]);
});

test('silence contains where tolerance has chosen that: it is decided anew, by what is known then, and replays', async () => {
  const { done, see, follow, decideAgain, states, questions, actions, store } = await asked(chat(answerable), '', { scope: contains });
  expect(done.map(({ decision }) => decision.first)).toEqual([{ person: 'dana', minutes: 15, silence: 'contain' }]);
  expect(JSON.parse(vendor.requests[0]?.body ?? '{}')).toMatchObject({
    text: expect.stringContaining('Without an answer in 15 minutes automation contains it'),
  });
  expect((await see('dana')).view).toMatchObject({ afterYes: 'over', afterSilence: 'contain' });
  expect([await follow(14), await decideAgain(), await actions()]).toEqual([0, [], []]);
  expect(await follow(15)).toBe(1);
  expect([await questions(), await actions()]).toEqual([0, []]);
  const [decided] = await decideAgain();
  expect(decided?.decision).toMatchObject({ verdict: 'act', guardrails: [], reason: expect.stringContaining('has said nothing') });
  expect([await states(), await questions(), await actions()]).toEqual([['open'], 0, ['automation', 'automation']]);
  expect([await follow(16), await decideAgain()]).toEqual([0, []]);
  expect(await replay(tenant, store, engineLoader())).toMatchObject({ decisions: 2, same: 2, different: [] });
});

test.each<[string, Parameters<typeof asked>[2], string | null]>([
  ['only log objects say so: a forged record cuts nobody off', { scope: contains, forged: true }, null],
  ['something may work with the keys, and tolerance does not name it', { scope: 'act: ask, onSilence: contain' }, null],
  ['the stop: tolerance forbids it meanwhile', { scope: contains }, 'act: never, onSilence: contain'],
  ['tolerance has the engineer asked meanwhile', { scope: contains }, asks],
])('silence asks the engineer: %s', async (_, how, meanwhile) => {
  const { tolerate, follow, decideAgain, questions, actions } = await asked(chat(answerable), '', how);
  if (meanwhile !== null) await tolerate(meanwhile);
  expect(await follow(15)).toBe(1);
  await decideAgain();
  expect([await questions(), await actions()]).toEqual([1, []]);
});
