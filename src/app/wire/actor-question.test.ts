import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { slackSignature } from '../../core/lib/webhook-signature.ts';
import type { JsonObject } from '../../core/model/json.ts';
import type { Notification } from '../../core/model/notification.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { engineLoader } from '../../edge/engine/load-engine.ts';
import { type Receiver, receiver } from '../../edge/notify/receiver-under-test.ts';
import { signedHeaders } from '../../edge/notify/webhook.ts';
import { answerQuestion, readQuestion } from '../console/actor-questions.ts';
import { hearSlack, hearWebhook } from '../notify/hear-answer.ts';
import { notificationSender } from '../notify/send-notifications.ts';
import { addPasskey } from '../passkeys/passkey.ts';
import { replay } from '../replay.ts';
import { followQuestions } from '../triage/follow-questions.ts';
import { triage } from '../triage.ts';
import { inboundOf, openChannels } from './open-channels.ts';
import { reachableBy } from './reachable.ts';
import { attackedOrganisation, findingsIn, readyToTriage, tenant } from './triage-under-test.ts';

interface SlackBlock {
  readonly type: string;
  readonly block_id: string;
  readonly elements: readonly {
    readonly action_id: string;
    readonly value?: string;
    readonly url?: string;
    readonly text: { readonly text: string };
  }[];
}

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
  const hearing = { tenant, store, clock: deps.clock, inbound: inboundOf(home, env) };
  let presses = 0;
  const hear = (by: string, option: string) => {
    const sent = JSON.parse(vendor.requests[0]?.body ?? '{}') as Pick<Notification, 'id'>;
    const body = JSON.stringify({ notification: sent.id, option, by });
    const headers: { readonly [name: string]: string } = signedHeaders(env.BACK, `answer-${presses++}`, now, body);
    return hearWebhook(hearing, { channel: 'chat', header: (name) => headers[name], body });
  };
  /** The button of this label is pressed in the first message that Slack got. */
  const press = (user: string, label: string) => {
    const { blocks } = JSON.parse(vendor.requests[0]?.body ?? '{}') as { blocks: readonly SlackBlock[] };
    const row = blocks.find(({ type }) => type === 'actions');
    const button = row?.elements.find(({ text }) => text.text === label);
    const action = {
      type: 'button',
      action_id: button?.action_id,
      block_id: row?.block_id,
      value: button?.value,
      action_ts: `${presses++}`,
    };
    const body = new URLSearchParams({
      payload: JSON.stringify({ type: 'block_actions', user: { id: user }, actions: [action] }),
    }).toString();
    const seconds = String(Math.floor(now / 1000));
    const headers: { readonly [name: string]: string } = {
      'x-slack-request-timestamp': seconds,
      'x-slack-signature': slackSignature(env.BACK, seconds, body),
    };
    return hearSlack(hearing, { channel: 'chat', header: (name) => headers[name], body });
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
    press,
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
    leaves: () => store.entries(tenant).flatMap(({ type, data }) => (type === 'answer' ? [data] : [])),
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

describe('an answer that comes through a channel where the console wants a passkey', () => {
  const site = 'console: https://jobzero.example.com\n';
  const required = { more: 'stepUp: required\n' };
  const slack = () => `${site}
channels:
  chat: { kind: slack, url: "${vendor.url}/api", token: "\${OUT}", signing: "\${BACK}" }
people: { dana: { chat: D1 } }
`;

  test.each<[string, string, { readonly more?: string }]>([
    ['tolerance requires one, and the person has none', '', required],
    ['tolerance requires one', 'jobzero.example.com', required],
    ['the person has one', 'jobzero.example.com', {}],
  ])('"me" counts when it is said in the console, and the channel leads there: %s', async (_, passkey, how) => {
    const { hear, see, inConsole, follow, send, states, questions, leaves } = await asked(`${site}${chat(answerable)}`, passkey, how);
    const link = (await see('dana')).link;
    expect(await hear('D1', 'me')).toEqual({ outcome: 'to-confirm', link });
    expect(await hear('D1', 'me')).toEqual({ outcome: 'to-confirm', link });
    expect([await follow(1), await states(), await questions()]).toEqual([0, ['open'], 0]);
    await send();
    // One note, however often it is said.
    expect(vendor.requests).toHaveLength(2);
    const told = passkey === '' ? 'register one' : 'Say it once more there';
    expect(JSON.parse(vendor.requests[1]?.body ?? '{}')).toMatchObject({
      to: 'D1',
      link,
      options: [],
      text: expect.stringContaining(told),
    });
    expect((await see('dana')).view).toMatchObject({ state: 'waiting', saidIn: 'chat' });
    expect((await inConsole('dana', 'me')).answered).toBe('recorded');
    expect((await see('dana')).view).toMatchObject({ state: 'answered', saidIn: null });
    expect(await hear('D1', 'me')).toEqual({ outcome: 'answered', option: 'me' });
    expect(await follow(2)).toBe(1);
    expect([await states(), await questions()]).toEqual([['resolved'], 0]);
    expect(leaves().map(({ channel, meant = false }) => [channel, meant])).toEqual([
      ['chat', true],
      ['console', false],
    ]);
  });

  test('"not me" counts at once, also after a "me" that was not confirmed', async () => {
    const { hear, follow, states, actions } = await asked(`${site}${chat(answerable)}`, '', required);
    expect(await hear('D1', 'me')).toMatchObject({ outcome: 'to-confirm' });
    expect(await hear('D1', 'not-me')).toMatchObject({ outcome: 'recorded' });
    expect(await hear('D1', 'me')).toEqual({ outcome: 'answered', option: 'not-me' });
    expect(await follow(1)).toBe(1);
    expect([await states(), await actions()]).toEqual([['acknowledged'], ['dana', 'dana']]);
  });

  test.each([asks, contains])('a "me" that nobody confirms brings the engineer, whatever silence would: %s', async (scope) => {
    const { hear, follow, decideAgain, states, questions, actions } = await asked(`${site}${chat(answerable)}`, '', { ...required, scope });
    await hear('D1', 'me');
    expect(await follow(15)).toBe(1);
    await decideAgain();
    expect([await states(), await questions(), await actions()]).toEqual([['open'], 1, []]);
  });

  test('a button in Slack: the message that follows has a link and no buttons that answer', async () => {
    vendor.behave(() => ({ status: 200, body: { ok: true, ts: '1' } }));
    const { press, follow, send, states } = await asked(slack(), '', required);
    expect(await press('D1', 'Yes, this was me')).toMatchObject({ outcome: 'to-confirm' });
    expect(await follow(1)).toBe(0);
    await send();
    const reply = JSON.parse(vendor.requests[1]?.body ?? '{}') as { channel: string; blocks: readonly SlackBlock[] };
    const buttons = reply.blocks.flatMap(({ type, elements }) => (type === 'actions' ? elements : []));
    expect([reply.channel, buttons.map(({ text, url }) => [text.text, url])]).toEqual([
      'D1',
      [['Open', expect.stringMatching(/^https:\/\/jobzero\.example\.com\/questions\//)]],
    ]);
    expect(await press('D1', 'No, not me')).toMatchObject({ outcome: 'recorded' });
    expect(await follow(2)).toBe(1);
    expect(await states()).toEqual(['acknowledged']);
  });
});
