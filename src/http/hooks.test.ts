import { beforeEach, describe, expect, test } from 'vitest';
import { memoryLedger, memorySignIns } from '../../tools/console-memory.ts';
import { sealedId, sealPerson } from '../app/ledger/seals.ts';
import { queueNotification } from '../app/notify/queue-notification.ts';
import { readChannels } from '../app/notify/read-channels.ts';
import { pagerDutySignature, slackSignature, webhookSignature } from '../core/lib/webhook-signature.ts';
import { memoryStore } from '../core/ports/store.memory.ts';
import { createHttp } from './create-http.ts';

const tenant = 'default';
const start = Date.UTC(2026, 0, 15, 9);
const secrets: { readonly [name: string]: string } = {
  SLACK: 'slack-signing',
  PD: 'pd-signing',
  TOOL: 'whsec_dG9vbC10b29sLXRvb2wtdG9vbC10b29s',
};
const channels = readChannels(
  `
channels:
  chat: { kind: slack, token: "\${T}", signing: "\${SLACK}" }
  chat-2: { kind: slack, token: "\${T}", signing: "\${SLACK}" }
  deaf: { kind: slack, token: "\${T}" }
  pager: { kind: pagerduty, key: "\${K}", signing: "\${PD}" }
  tool: { kind: webhook, url: "https://tool.example.com/", secret: "\${T}", signing: "\${TOOL}" }
people:
  alice: { chat: U1, pager: PALICE, tool: alice@example.com }
`,
  'channels.yml',
);

function open() {
  let now = start;
  const store = memoryStore();
  const logged: string[] = [];
  const { app } = createHttp({
    tenant,
    store,
    ledger: memoryLedger(() => []),
    clock: { now: () => now },
    signIns: memorySignIns(),
    playbooks: [],
    webFolder: null,
    inbound: { channels: async () => channels, secret: async ({ at }) => secrets[at] ?? '' },
    log: (message, context) => logged.push(`${message} ${JSON.stringify(context)}`),
  });
  return {
    store,
    logged,
    pass(ms: number) {
      now += ms;
    },
    seconds: () => String(Math.floor(now / 1000)),
    now: () => now,
    // As a proxy hands it on: the name of the outside, another origin, no cookie.
    post: (path: string, body: string, headers: { readonly [name: string]: string }) =>
      app.request(`https://jobzero.example.com${path}`, {
        method: 'POST',
        body,
        headers: { host: 'jobzero.example.com', origin: 'https://slack.com', ...headers },
      }),
    answers: () => store.within(tenant, (tx) => tx.items.list({ kind: 'answer', limit: 10 })),
  };
}
let w: ReturnType<typeof open>;
beforeEach(async () => {
  w = open();
  for (const channel of ['chat', 'pager', 'tool'])
    await w.store.within(tenant, (tx) =>
      queueNotification(
        tx,
        {
          id: `n-${channel}`,
          kind: channel === 'chat' ? 'ask' : 'page',
          channel,
          to: '',
          about: { kind: 'judgement', id: 'j1' },
          severity: 'High',
          title: 'Was this you?',
          text: '',
          path: '/judgements/j1',
          options: [
            { id: 'me', label: 'Yes, me' },
            { id: 'not-me', label: 'Not me' },
          ],
        },
        start,
      ),
    );
});

const click = (change: { user?: string; notification?: string; option?: string; action?: string; type?: string } = {}) =>
  new URLSearchParams({
    payload: JSON.stringify({
      type: change.type ?? 'block_actions',
      user: { id: change.user ?? 'U1', username: 'alice', team_id: 'T1' },
      team: { id: 'T1' },
      actions: [
        {
          type: 'button',
          action_id: change.action ?? 'answer-1',
          block_id: change.notification ?? 'n-chat',
          value: change.option ?? 'not-me',
          action_ts: '1768467600.1',
        },
      ],
    }),
  }).toString();

function slack(body: string, more: { readonly channel?: string; readonly timestamp?: string; readonly signature?: string } = {}) {
  const timestamp = more.timestamp ?? w.seconds();
  return w.post(`/hooks/slack/${more.channel ?? 'chat'}`, body, {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': more.signature ?? slackSignature('slack-signing', timestamp, body),
  });
}

describe('a button in Slack', () => {
  test('is an answer, with who gave it and its leaf', async () => {
    const response = await slack(click());
    expect([response.status, await response.json()]).toEqual([200, { outcome: 'recorded' }]);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await w.answers()).toMatchObject([
      {
        state: 'waiting',
        dueAt: start,
        doc: { notification: 'n-chat', option: 'not-me', by: 'alice', channel: 'chat', at: start },
      },
    ]);
    const [subject, bySeal] = await w.store.within(tenant, (tx) => Promise.all([sealedId(tx, 'n-chat'), sealPerson(tx, 'alice')]));
    expect(w.store.entries(tenant)).toMatchObject([{ type: 'answer', subject, data: { option: 'not-me', channel: 'chat', bySeal } }]);
  });

  test('of the same person: the first one holds', async () => {
    await slack(click());
    w.pass(1_000);
    const second = await slack(click({ option: 'me', action: 'answer-0' }));
    expect([second.status, await second.json()]).toEqual([200, { outcome: 'answered' }]);
    expect(await w.answers()).toMatchObject([{ doc: { option: 'not-me' } }]);
  });

  test('that makes something happen counts only with the passkey that tolerance requires; what stops things counts at once', async () => {
    await w.store.within(tenant, (tx) => tx.settings.set('tolerance', 'stepUp: required', start, 'owner'));
    const said = await slack(click({ option: 'me', action: 'answer-0' }));
    expect([said.status, await said.json()]).toEqual([200, { outcome: 'to-confirm', link: null }]);
    expect(await w.answers()).toMatchObject([{ state: 'meant', dueAt: null, doc: { option: 'me', by: 'alice' } }]);
    w.pass(1_000);
    expect(await (await slack(click())).json()).toEqual({ outcome: 'recorded' });
    expect(await w.answers()).toMatchObject([{ state: 'waiting', doc: { option: 'not-me' } }]);
  });

  test('that only opens a link is no answer', async () => {
    expect((await slack(click({ action: 'open' }))).status).toBe(200);
    expect((await slack(click({ type: 'view_submission' }))).status).toBe(200);
    expect(await w.answers()).toEqual([]);
  });

  test.each([
    ['somebody who is not listed', () => slack(click({ user: 'U2' })), 403],
    ['an option that was not offered', () => slack(click({ option: 'approve' })), 400],
    ['acknowledging what is no page', () => slack(click({ option: 'acknowledge' })), 400],
    ['a notification that is not', () => slack(click({ notification: 'n9' })), 404],
    ['a notification of another channel', () => slack(click({ notification: 'n-tool' })), 404],
    ['somebody of another channel', () => slack(click(), { channel: 'chat-2' }), 403],
    ['another secret', () => slack(click(), { signature: slackSignature('other', w.seconds(), click()) }), 401],
    ['no signature', () => slack(click(), { signature: '' }), 401],
    ['a body that was changed', () => slack(`${click()}&x=1`, { signature: slackSignature('slack-signing', w.seconds(), click()) }), 401],
    [
      'another version of signatures',
      () => slack(click(), { signature: slackSignature('slack-signing', w.seconds(), click()).replace('v0', 'v1') }),
      401,
    ],
    ['six minutes ago', () => slack(click(), { timestamp: String(start / 1000 - 360) }), 401],
    ['six minutes ahead', () => slack(click(), { timestamp: String(start / 1000 + 360) }), 401],
    ['no time', () => slack(click(), { timestamp: 'NaN' }), 401],
    ['no payload', () => slack('payload=%7B'), 400],
    ['a channel without a signing secret', () => slack(click(), { channel: 'deaf' }), 404],
    ['a channel of another kind', () => slack(click(), { channel: 'tool' }), 404],
    ['a channel that is not', () => slack(click(), { channel: 'nowhere' }), 404],
    ['a body that is too large', () => slack(`${click()}&x=${'x'.repeat(300_000)}`), 413],
  ])('%s is refused', async (_, sent, status) => {
    expect((await sent()).status).toBe(status);
    expect(await w.answers()).toEqual([]);
    expect(w.logged).toEqual([]);
  });

  test('that was recorded and is sent again is refused, within the five minutes and after', async () => {
    const timestamp = w.seconds();
    expect((await slack(click(), { timestamp })).status).toBe(200);
    w.pass(60_000);
    expect((await slack(click(), { timestamp })).status).toBe(409);
    w.pass(300_000);
    expect((await slack(click(), { timestamp })).status).toBe(401);
  });
});

const acknowledged = (change: { id?: string; type?: string; key?: string; agent?: object | null; at?: number } = {}) =>
  JSON.stringify({
    event: {
      id: change.id ?? 'E1',
      event_type: change.type ?? 'incident.acknowledged',
      resource_type: 'incident',
      occurred_at: new Date(change.at ?? start).toISOString(),
      agent: change.agent === undefined ? { id: 'PALICE', type: 'user_reference', summary: 'Alice' } : change.agent,
      client: null,
      data: { id: 'PINC', type: 'incident', status: 'acknowledged', incident_key: change.key ?? 'n-pager' },
    },
  });
const pagerDuty = (body: string, signature = pagerDutySignature('pd-signing', body)) =>
  w.post('/hooks/pagerduty/pager', body, { 'content-type': 'application/json', 'x-pagerduty-signature': signature });

describe('PagerDuty', () => {
  test('acknowledges a page, once, also while its secret is changed', async () => {
    const body = acknowledged();
    const response = await pagerDuty(body, `v1=${'0'.repeat(64)},${pagerDutySignature('pd-signing', body)}`);
    expect([response.status, await response.json()]).toEqual([200, { outcome: 'recorded' }]);
    expect(await w.answers()).toMatchObject([{ doc: { notification: 'n-pager', option: 'acknowledge', by: 'alice', channel: 'pager' } }]);
    expect(await (await pagerDuty(body)).json()).toEqual({ outcome: 'replayed' });
    expect(await w.answers()).toHaveLength(1);
  });

  // What is told with success is not sent again and again.
  test.each([
    [acknowledged({ type: 'pagey.ping' }), 200, 'ignored'],
    [acknowledged({ type: 'incident.resolved' }), 200, 'ignored'],
    [acknowledged({ agent: null }), 200, 'ignored'],
    [acknowledged({ agent: { id: 'PALICE', type: 'service_reference' } }), 200, 'ignored'],
    [acknowledged({ agent: { id: 'PEVE', type: 'user_reference' } }), 200, 'unknown-person'],
    [acknowledged({ key: 'elsewhere' }), 200, 'unknown-notification'],
    [acknowledged({ at: start - 7_200_000 }), 200, 'too-old'],
    ['{"event":{}}', 400, undefined],
    ['no json', 400, undefined],
  ])('%s is %i %s', async (body, status, outcome) => {
    const response = await pagerDuty(body);
    expect([response.status, ((await response.json()) as { outcome?: string }).outcome]).toEqual([status, outcome]);
    expect(await w.answers()).toEqual([]);
  });

  test('with another signature is refused', async () => {
    expect((await pagerDuty(acknowledged(), pagerDutySignature('other', acknowledged()))).status).toBe(401);
    expect((await pagerDuty(acknowledged(), '')).status).toBe(401);
    expect(await w.answers()).toEqual([]);
  });
});

describe('a program', () => {
  const tool = (body: string, change: { id?: string; timestamp?: string; signature?: string } = {}) => {
    const id = change.id ?? 'm1';
    const timestamp = change.timestamp ?? w.seconds();
    return w.post('/hooks/webhook/tool', body, {
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': change.signature ?? `v1,AAAA ${webhookSignature(secrets['TOOL'] ?? '', id, Number(timestamp), body)}`,
    });
  };
  const body = JSON.stringify({ notification: 'n-tool', option: 'acknowledge', by: 'alice@example.com' });

  test('answers, once', async () => {
    expect((await tool(body)).status).toBe(200);
    expect(await w.answers()).toMatchObject([{ doc: { by: 'alice', option: 'acknowledge', channel: 'tool' } }]);
    expect((await tool(body)).status).toBe(409);
  });

  test.each([
    ['no id', () => tool(body, { id: '' }), 401],
    ['another signature', () => tool(body, { signature: 'v1,AAAA' }), 401],
    ['an old one', () => tool(body, { timestamp: String(start / 1000 - 301) }), 401],
    ['no answer', () => tool('{"notification":"n-tool"}'), 400],
    ['a name that nobody has', () => tool(body.replace('alice', 'eve')), 403],
  ])('%s is refused', async (_, sent, status) => {
    expect((await sent()).status).toBe(status);
    expect(await w.answers()).toEqual([]);
  });
});

test('the hooks open no other door', async () => {
  const get = await w.post('/api/v1/judgements/j1/answer', '{}', { 'content-type': 'application/json' });
  expect(get.status).toBe(421);
  expect((await w.post('/hooks/else/chat', '', {})).status).toBe(404);
});
