import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { webhookSignature } from '../../core/lib/webhook-signature.ts';
import type { ChannelSettings, JiraSettings, SecretRef } from '../../core/model/channel.ts';
import type { JsonObject } from '../../core/model/json.ts';
import type { Channel, Letter } from '../../core/ports/channel.ts';
import { beat } from './beat.ts';
import { openChannel } from './open-channel.ts';
import { callHttp } from './post.ts';
import { at, type Behaviour, hostile, letter, page, type ReceivedRequest, type Receiver, receiver } from './receiver-under-test.ts';

let vendor: Receiver;
beforeAll(async () => {
  vendor = await receiver();
});
afterAll(() => vendor.close());
afterEach(() => vendor.behave(() => ({ status: 200 })));

const secrets: { readonly [name: string]: string } = {
  TOKEN: 'xoxb-very-secret',
  KEY: 'R0123456789012345678901234567890',
  SIGNING: 'whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0',
};
const ref = (at: string): SecretRef => ({ from: 'env', at });
const deps = {
  secret: async ({ at: name }: SecretRef) => {
    const secret = name === 'URL' ? `${vendor.url}/hook/very-secret-path` : secrets[name];
    if (secret === undefined) throw new Error(`the environment has no ${name}`);
    return secret;
  },
  cloud: () => Promise.reject(new Error('no cloud')),
};
const common = { name: 'on-call', to: '', fallback: [] };
const settings = (): { readonly [kind: string]: ChannelSettings } => ({
  slack: { ...common, kind: 'slack', url: `${vendor.url}/api`, to: 'C0123456789', token: ref('TOKEN'), signing: null },
  pagerduty: { ...common, kind: 'pagerduty', url: `${vendor.url}/v2/enqueue`, routingKey: ref('KEY'), signing: null },
  opsgenie: { ...common, kind: 'opsgenie', url: `${vendor.url}/v2/alerts`, apiKey: ref('KEY') },
  webhook: { ...common, kind: 'webhook', url: `${vendor.url}/in`, secret: ref('SIGNING'), signing: null },
  teams: { ...common, kind: 'teams', url: ref('URL') },
  jira: {
    ...common,
    kind: 'jira',
    url: vendor.url,
    user: 'bot@example.com',
    token: ref('TOKEN'),
    project: 'SEC',
    type: 'Task',
    labels: ['security'],
    components: [],
    priorities: { Critical: 'Highest', High: 'High', Medium: 'Medium', Low: 'Low', Informational: 'Lowest' },
    done: null,
    tickets: null,
  },
  'ocsf-sink': {
    ...common,
    kind: 'ocsf-sink',
    url: `${vendor.url}/ocsf`,
    format: 'ocsf',
    token: ref('TOKEN'),
    secret: ref('SIGNING'),
    findings: null,
  },
});
const open = (kind: string): Channel => {
  const one = settings()[kind];
  if (one === undefined) throw new Error(kind);
  return openChannel(one, deps);
};

/** Sends, and gives what came of it with the last request. */
async function send(kind: string, what: Letter, behaviour: Behaviour) {
  vendor.behave(behaviour);
  const before = vendor.requests.length;
  const sent = await open(kind).send(what);
  const requests = vendor.requests.slice(before);
  return { sent, requests, request: requests.at(-1), body: parsed(requests.at(-1)?.body) };
}
function parsed(body: string | undefined): JsonObject {
  try {
    return JSON.parse(body ?? '{}') as JsonObject;
  } catch {
    return {};
  }
}

/** How each vendor says yes. */
const yes: { readonly [kind: string]: Behaviour } = {
  slack: () => ({ status: 200, body: { ok: true, ts: '1768469400.000100', channel: 'C0123456789' } }),
  pagerduty: () => ({ status: 202, body: { status: 'success', message: 'Event processed', dedup_key: page.id } }),
  opsgenie: () => ({ status: 202, body: { result: 'Request will be processed', took: 0.1, requestId: 'r' } }),
  webhook: () => ({ status: 204 }),
  teams: () => ({ status: 202 }),
  jira: ({ path }) =>
    path.endsWith('/search/jql') ? { status: 200, body: { issues: [], isLast: true } } : { status: 201, body: { id: '1', key: 'SEC-7' } },
  'ocsf-sink': () => ({ status: 200 }),
};
const kinds = Object.keys(yes);
const finding = { class_uid: 2004, finding_info: { uid: 'f1', title: hostile }, metadata: { uid: 'r1' } };
const letterFor = (kind: string, change: Parameters<typeof letter>[0] = {}, more: Partial<Letter> = {}) =>
  letter(change, { ...(kind === 'ocsf-sink' ? { document: finding } : {}), ...more });

describe('the wire format of', () => {
  test('Slack', async () => {
    const { sent, request, body } = await send('slack', letterFor('slack'), yes['slack'] ?? (() => 'cut'));
    expect(sent).toEqual({ outcome: 'accepted', ref: '1768469400.000100' });
    expect(request).toMatchObject({
      method: 'POST',
      path: '/api/chat.postMessage',
      headers: { authorization: 'Bearer xoxb-very-secret', 'content-type': 'application/json; charset=utf-8' },
    });
    expect(body).toEqual({
      channel: 'C0123456789',
      text: 'High: CloudTrail trail stopped or deleted',
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: 'High: CloudTrail trail stopped or deleted', emoji: false } },
        { type: 'section', text: { type: 'plain_text', text: page.text, emoji: false } },
        {
          type: 'actions',
          block_id: page.id,
          elements: [
            { type: 'button', action_id: 'answer-0', text: { type: 'plain_text', text: 'I am on it', emoji: false }, value: 'acknowledge' },
            { type: 'button', action_id: 'answer-1', text: { type: 'plain_text', text: 'Escalate', emoji: false }, value: 'escalate' },
            {
              type: 'button',
              action_id: 'open',
              text: { type: 'plain_text', text: 'Open', emoji: false },
              url: 'https://jobzero.example.com/incidents/a1b2c3d4',
            },
          ],
        },
        { type: 'context', elements: [{ type: 'plain_text', text: `jobzero, page ${page.id}`, emoji: false }] },
      ],
      metadata: { event_type: 'jobzero_notification', event_payload: { id: page.id } },
      unfurl_links: false,
      unfurl_media: false,
    });
  });

  test('PagerDuty Events v2', async () => {
    const { sent, request, body } = await send('pagerduty', letterFor('pagerduty'), yes['pagerduty'] ?? (() => 'cut'));
    expect(sent).toEqual({ outcome: 'accepted', ref: page.id });
    expect(request).toMatchObject({ method: 'POST', path: '/v2/enqueue', headers: { 'content-type': 'application/json' } });
    expect(body).toEqual({
      routing_key: secrets['KEY'],
      event_action: 'trigger',
      dedup_key: page.id,
      client: 'jobzero',
      client_url: 'https://jobzero.example.com/incidents/a1b2c3d4',
      links: [{ href: 'https://jobzero.example.com/incidents/a1b2c3d4', text: 'Open in jobzero' }],
      payload: {
        summary: page.title,
        source: 'jobzero',
        severity: 'error',
        timestamp: '2026-01-15T09:30:00.000Z',
        class: 'page',
        group: 'incident',
        custom_details: { text: page.text, severity: 'High', about: 'incident a1b2c3d4', answers: ['I am on it', 'Escalate'], id: page.id },
      },
    });
  });

  test.each([
    ['taken', 'acknowledge', 'acknowledge'],
    ['over', 'resolve', 'close'],
  ] as const)('what was %s is told to systems that call by themselves', async (how, pagerDuty, opsgenie) => {
    const ends = { id: 'the-page', how };
    expect((await send('pagerduty', letterFor('', { ends }), () => ({ status: 202 }))).body).toEqual({
      routing_key: secrets['KEY'],
      event_action: pagerDuty,
      dedup_key: 'the-page',
    });
    const { request, body } = await send('opsgenie', letterFor('', { ends }), () => ({ status: 202 }));
    expect(request).toMatchObject({
      method: 'POST',
      path: `/v2/alerts/the-page/${opsgenie}?identifierType=alias`,
      headers: { authorization: `GenieKey ${secrets['KEY']}` },
    });
    expect(body).toEqual({ source: 'jobzero' });
  });

  test.each([
    ['Critical', 'critical', 'P1'],
    ['Medium', 'warning', 'P3'],
    ['Low', 'info', 'P4'],
    ['Informational', 'info', 'P5'],
  ] as const)('severity %s', async (severity, pagerDuty, opsgenie) => {
    expect((await send('pagerduty', letterFor('', { severity }), () => ({ status: 202 }))).body).toMatchObject({
      payload: { severity: pagerDuty },
    });
    expect((await send('opsgenie', letterFor('', { severity }), () => ({ status: 202 }))).body).toMatchObject({ priority: opsgenie });
  });

  test('Opsgenie', async () => {
    const { sent, request, body } = await send('opsgenie', letterFor('', { to: 'team:security' }), yes['opsgenie'] ?? (() => 'cut'));
    expect(sent).toEqual({ outcome: 'accepted', ref: page.id });
    expect(request).toMatchObject({ path: '/v2/alerts', headers: { authorization: `GenieKey ${secrets['KEY']}` } });
    expect(body).toEqual({
      message: page.title,
      alias: page.id,
      description: `${page.text}\n\nhttps://jobzero.example.com/incidents/a1b2c3d4`,
      responders: [{ type: 'team', name: 'security' }],
      tags: ['jobzero', 'page'],
      details: { about: 'incident a1b2c3d4', severity: 'High', id: page.id },
      entity: 'a1b2c3d4',
      source: 'jobzero',
      priority: 'P2',
    });
    expect((await send('opsgenie', letterFor('', { to: 'alice@example.com' }), () => ({ status: 202 }))).body['responders']).toEqual([
      { type: 'user', username: 'alice@example.com' },
    ]);
  });

  test('a webhook, whose signature who knows the secret can check', async () => {
    const { sent, request, body } = await send('webhook', letterFor('', { to: 'alice' }), yes['webhook'] ?? (() => 'cut'));
    expect(sent).toEqual({ outcome: 'accepted', ref: page.id });
    const { headers, body: raw = '' } = request ?? { headers: {} };
    expect(headers).toMatchObject({ 'webhook-id': page.id, 'webhook-timestamp': String(at / 1000), 'content-type': 'application/json' });
    expect(headers['webhook-signature']).toBe(webhookSignature(secrets['SIGNING'] ?? '', page.id, at / 1000, raw));
    expect(body).toEqual({
      format: 'jobzero.notification/1',
      id: page.id,
      kind: 'page',
      about: page.about,
      to: 'alice',
      severity: 'High',
      title: page.title,
      text: page.text,
      path: page.path,
      link: 'https://jobzero.example.com/incidents/a1b2c3d4',
      options: page.options,
    });
  });

  test('Teams', async () => {
    const { sent, request, body } = await send('teams', letterFor('teams'), yes['teams'] ?? (() => 'cut'));
    expect(sent).toEqual({ outcome: 'accepted', ref: page.id });
    expect(request?.path).toBe('/hook/very-secret-path');
    const run = (text: string, style: object = {}) => ({ type: 'RichTextBlock', inlines: [{ type: 'TextRun', text, ...style }] });
    expect(body).toEqual({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          contentUrl: null,
          content: {
            $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
            type: 'AdaptiveCard',
            version: '1.4',
            body: [
              run('High: CloudTrail trail stopped or deleted', { weight: 'Bolder', size: 'Medium' }),
              run('ci-deployer called StopLogging on production-trail.'),
              run('The key was used from 203.0.113.7.'),
              run(`jobzero, page ${page.id}`, { isSubtle: true, size: 'Small' }),
            ],
            actions: [{ type: 'Action.OpenUrl', title: 'Open in jobzero', url: 'https://jobzero.example.com/incidents/a1b2c3d4' }],
          },
        },
      ],
    });
  });

  test('Jira: searched for, then created', async () => {
    const { sent, requests, body } = await send('jira', letterFor('jira', { kind: 'ticket' }), yes['jira'] ?? (() => 'cut'));
    expect(sent).toEqual({ outcome: 'accepted', ref: 'SEC-7' });
    expect(requests.map(({ path }) => path)).toEqual(['/rest/api/3/search/jql', '/rest/api/3/issue']);
    expect(requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('bot@example.com:xoxb-very-secret').toString('base64')}`);
    expect(parsed(requests[0]?.body)).toEqual({ jql: `labels = "jobzero-${page.id}"`, maxResults: 1, fields: ['key'] });
    const paragraph = (node: object) => ({ type: 'paragraph', content: [node] });
    expect(body).toEqual({
      fields: {
        project: { key: 'SEC' },
        issuetype: { name: 'Task' },
        summary: page.title,
        labels: ['jobzero', `jobzero-${page.id}`, 'security'],
        description: {
          type: 'doc',
          version: 1,
          content: [
            paragraph({ type: 'text', text: 'ci-deployer called StopLogging on production-trail.' }),
            paragraph({ type: 'text', text: 'The key was used from 203.0.113.7.' }),
            paragraph({ type: 'text', text: 'High, incident a1b2c3d4' }),
            paragraph({
              type: 'text',
              text: 'Open in jobzero',
              marks: [{ type: 'link', attrs: { href: 'https://jobzero.example.com/incidents/a1b2c3d4' } }],
            }),
          ],
        },
      },
    });
  });

  test('Jira: what is there already is not made again', async () => {
    const { sent, requests } = await send('jira', letterFor('jira'), () => ({
      status: 200,
      body: { issues: [{ id: '1', key: 'SEC-3' }] },
    }));
    expect(sent).toEqual({ outcome: 'accepted', ref: 'SEC-3' });
    expect(requests).toHaveLength(1);
  });

  const ticket = { labels: ['jobzero-finding-f1'], assignee: '5b10ac8d82e05b22cc7d4ef5', ref: null, over: false };
  const jiraYes = (request: ReceivedRequest, status = 'new'): ReturnType<Behaviour> => {
    if (request.path.endsWith('/search/jql')) return { status: 200, body: { issues: [] } };
    if (request.path.endsWith('?fields=status')) return { status: 200, body: { fields: { status: { statusCategory: { key: status } } } } };
    if (request.method === 'GET' && request.path.endsWith('/transitions'))
      return {
        status: 200,
        body: {
          transitions: [
            { id: '11', name: 'Start' },
            { id: '31', name: 'Finish', to: { name: 'Done' } },
          ],
        },
      };
    return { status: 201, body: { id: '1', key: 'SEC-7' } };
  };
  const openJira = (more: Partial<JiraSettings>) => openChannel({ ...settings()['jira'], ...more } as ChannelSettings, deps);

  test('Jira: a ticket about a finding, with its priority, who is to have it, and components', async () => {
    vendor.behave(jiraYes);
    expect(await openJira({ components: ['Platform'] }).send(letterFor('jira', { kind: 'ticket', ticket }))).toEqual({
      outcome: 'accepted',
      ref: 'SEC-7',
    });
    expect(parsed(vendor.requests.at(-1)?.body)['fields']).toMatchObject({
      labels: ['jobzero', `jobzero-${page.id}`, 'jobzero-finding-f1', 'security'],
      priority: { name: 'High' },
      assignee: { id: '5b10ac8d82e05b22cc7d4ef5' },
      components: [{ name: 'Platform' }],
    });
  });

  test.each([
    [{ priority: 'Not on the screen.' }, ['priority'], 'accepted'],
    [{ priority: 'Not on the screen.', assignee: 'Cannot be assigned.' }, ['priority', 'assignee'], 'accepted'],
    [{ priority: 'Not on the screen.', summary: 'Is wanted.' }, [], 'refused'],
    [{}, [], 'refused'],
  ] as const)('Jira: when it refuses %o, the ticket comes without %j', async (errors, without, outcome) => {
    let tries = 0;
    vendor.behave((request) => (request.path.endsWith('/issue') && tries++ === 0 ? { status: 400, body: { errors } } : jiraYes(request)));
    expect(await openJira({}).send(letterFor('jira', { kind: 'ticket', ticket }))).toMatchObject({ outcome });
    const fields = Object.keys(parsed(vendor.requests.at(-1)?.body)['fields'] ?? {});
    const optional = ['priority', 'assignee'];
    expect(optional.filter((name) => !fields.includes(name))).toEqual([...without]);
    expect(tries).toBe(without.length === 0 ? 1 : 2);
  });

  test('Jira: more is a comment in the ticket, and the last word takes it to its end', async () => {
    vendor.behave(jiraYes);
    const before = vendor.requests.length;
    const last = letterFor('jira', { kind: 'ticket', ticket: { ...ticket, ref: 'SEC-7', over: true } });
    expect(await openJira({ done: 'done' }).send(last)).toEqual({ outcome: 'accepted', ref: 'SEC-7' });
    const requests = vendor.requests.slice(before);
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /rest/api/3/issue/SEC-7?fields=status',
      'POST /rest/api/3/issue/SEC-7/comment',
      'GET /rest/api/3/issue/SEC-7/transitions',
      'POST /rest/api/3/issue/SEC-7/transitions',
    ]);
    const paragraph = (node: object) => ({ type: 'paragraph', content: [node] });
    expect(parsed(requests[1]?.body)).toEqual({
      body: {
        type: 'doc',
        version: 1,
        content: [
          paragraph({ type: 'text', text: 'ci-deployer called StopLogging on production-trail.' }),
          paragraph({ type: 'text', text: 'The key was used from 203.0.113.7.' }),
          paragraph({ type: 'text', text: `jobzero ${page.id}` }),
          paragraph({
            type: 'text',
            text: 'Open in jobzero',
            marks: [{ type: 'link', attrs: { href: 'https://jobzero.example.com/incidents/a1b2c3d4' } }],
          }),
        ],
      },
    });
    expect(parsed(requests[3]?.body)).toEqual({ transition: { id: '31' } });
  });

  test('Jira: a comment that may have arrived is looked for, also when the way to the end broke', async () => {
    let comments: readonly string[] = [];
    let broken = true;
    vendor.behave((request) => {
      if (request.method === 'POST' && request.path.endsWith('/comment')) comments = [...comments, request.body];
      if (request.method === 'GET' && request.path.includes('/comment?'))
        return { status: 200, body: `{"comments":[${comments.toReversed().join()}]}` };
      return broken && request.method === 'POST' && request.path.endsWith('/transitions') ? { status: 503 } : jiraYes(request);
    });
    const last = { kind: 'ticket', ticket: { ...ticket, ref: 'SEC-7', over: true } } as const;
    const first = await openJira({ done: 'Done' }).send(letterFor('jira', last));
    expect(first).toMatchObject({ outcome: 'later', doubt: true });
    broken = false;
    expect(await openJira({ done: 'Done' }).send(letterFor('jira', last, { doubt: true }))).toEqual({ outcome: 'accepted', ref: 'SEC-7' });
    expect(comments).toHaveLength(1);
  });

  test.each([
    ['is closed there', (request: ReceivedRequest) => jiraYes(request, 'done'), { outcome: 'unsure', reason: 'SEC-7 is closed in Jira' }],
    ['is gone', () => ({ status: 404 }), { outcome: 'unsure', reason: 'Jira has no SEC-7 any more' }],
    ['may not be read', () => ({ status: 403 }), { outcome: 'refused' }],
    ['cannot be read now', () => ({ status: 503 }), { outcome: 'later', doubt: false }],
    ['is told of in another form', () => ({ status: 200, body: { fields: {} } }), { outcome: 'later', doubt: false }],
  ] as const)('Jira: nothing is said in a ticket that %s', async (_what, behaviour: Behaviour, wanted) => {
    vendor.behave(behaviour);
    const before = vendor.requests.length;
    expect(await openJira({}).send(letterFor('jira', { kind: 'ticket', ticket: { ...ticket, ref: 'SEC-7' } }))).toMatchObject(wanted);
    expect(vendor.requests.slice(before).map(({ method }) => method)).toEqual(['GET']);
  });

  test('Jira: what is called strangely stays in its place', async () => {
    vendor.behave(() => ({ status: 404 }));
    await openJira({}).send(letterFor('jira', { kind: 'ticket', ticket: { ...ticket, ref: '../../user?x=' } }));
    expect(vendor.requests.at(-1)?.path).toBe('/rest/api/3/issue/..%2F..%2Fuser%3Fx%3D?fields=status');
  });

  test('a collector of OCSF: one signed line', async () => {
    const { sent, request } = await send('ocsf-sink', letterFor('ocsf-sink'), yes['ocsf-sink'] ?? (() => 'cut'));
    expect(sent).toEqual({ outcome: 'accepted', ref: page.id });
    expect(request?.body).toBe(`${JSON.stringify(finding)}\n`);
    expect(request?.headers).toMatchObject({
      'content-type': 'application/x-ndjson',
      authorization: 'Bearer xoxb-very-secret',
      'webhook-id': page.id,
      'webhook-signature': webhookSignature(secrets['SIGNING'] ?? '', page.id, at / 1000, request?.body ?? ''),
    });
    expect(await open('ocsf-sink').send(letter())).toMatchObject({ outcome: 'refused' });
  });
});

describe.each(kinds)('%s', (kind) => {
  test.each([
    [429, { 'retry-after': '17' }, { outcome: 'later', afterMs: 17_000, doubt: false }],
    [429, { 'retry-after': 'Thu, 15 Jan 2026 09:31:00 GMT' }, { outcome: 'later', afterMs: 60_000, doubt: false }],
    [429, { 'retry-after': '999999999' }, { outcome: 'later', afterMs: 3_600_000 }],
    [429, { 'retry-after': 'soon' }, { outcome: 'later', afterMs: null }],
    [503, {}, { outcome: 'later', afterMs: null, doubt: false }],
    [500, {}, { outcome: 'later', doubt: kind !== 'jira' }],
    [400, {}, { outcome: 'refused' }],
    [401, {}, { outcome: 'refused' }],
    [404, {}, { outcome: 'refused' }],
    [302, { location: 'http://127.0.0.1:1/' }, { outcome: 'refused', reason: expect.stringContaining('not followed') }],
  ] as const)('an answer of %i %o', async (status, headers, wanted) => {
    const { sent, requests } = await send(kind, letterFor(kind), (request) => ({
      status,
      headers,
      body: `no: ${request.headers.authorization} ${request.path} ${request.body}`,
    }));
    expect(sent).toMatchObject(wanted);
    expect(requests).toHaveLength(1);
    // What the other side says back is no way for a secret into a log.
    expect(JSON.stringify(sent)).not.toMatch(/very-secret|R01234|Ym90QGV4/);
  });

  test('a connection that breaks leaves a doubt; one that never was does not', async () => {
    const { sent } = await send(kind, letterFor(kind), () => 'cut');
    expect(sent).toMatchObject({ outcome: 'later', doubt: kind !== 'jira' });
    const gone = await receiver();
    await gone.close();
    const one = settings()[kind];
    if (one === undefined || kind === 'teams') return;
    const closed = openChannel({ ...one, url: `${gone.url}/x` } as ChannelSettings, deps);
    expect(await closed.send(letterFor(kind))).toMatchObject({
      outcome: 'later',
      doubt: false,
      reason: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('a text too large, and one that is hostile, keep to the format and the limits', async () => {
    const title = `${hostile}\r\nBcc: eve@example.com ${'t'.repeat(5_000)}`;
    const text = `${hostile}\n${'x😀'.repeat(60_000)}\ud800`;
    const options = Array.from({ length: 40 }, (_, i) => ({ id: `o${i}`, label: `${hostile}${'l'.repeat(200)}` }));
    const { sent, request, body } = await send(kind, letterFor(kind, { title, text, options }), yes[kind] ?? (() => 'cut'));
    expect(sent.outcome).toBe('accepted');
    const raw = request?.body ?? '';
    if (kind !== 'ocsf-sink') {
      expect([...raw].filter((char) => char < ' ' || char === '\u202e')).toEqual([]);
      expect(raw).not.toMatch(/\\u(202e|0000|001b)|\\ud800"|\\r/);
      expect(raw).toContain('[cut]');
    }
    expect(Buffer.byteLength(raw)).toBeLessThan(
      { slack: 40_000, pagerduty: 512_000, opsgenie: 100_000, webhook: 262_144, teams: 28_000, jira: 200_000, 'ocsf-sink': 1_048_576 }[
        kind
      ] ?? 0,
    );
    checks[kind]?.(body, raw);
  });

  test('a secret that is not there is a reason, and nothing is sent', async () => {
    const one = settings()[kind];
    if (one === undefined) throw new Error(kind);
    const none = openChannel(one, { ...deps, secret: () => Promise.reject(new Error('the environment has no SLACK_TOKEN')) });
    const before = vendor.requests.length;
    expect(await none.send(letterFor(kind))).toMatchObject({ outcome: 'later', reason: 'the environment has no SLACK_TOKEN' });
    expect(vendor.requests).toHaveLength(before);
  });
});

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const checks: { readonly [kind: string]: (body: JsonObject, raw: string) => void } = {
  slack(body, raw) {
    // Nothing of type mrkdwn; the one text that has markup is escaped.
    expect(raw).not.toContain('mrkdwn');
    expect(text(body['text'])).toContain('&lt;!channel&gt; &lt;@U1|x&gt;');
    const blocks = body['blocks'] as { type: string; text?: { text: string }; elements?: { text: { text: string } }[] }[];
    expect(blocks[0]?.text?.text.length).toBeLessThanOrEqual(150);
    expect(blocks[1]?.text?.text.length).toBeLessThanOrEqual(3_000);
    const buttons = blocks[2]?.elements ?? [];
    expect(buttons.length).toBeLessThanOrEqual(25);
    for (const button of buttons) expect(button.text.text.length).toBeLessThanOrEqual(75);
  },
  pagerduty(body) {
    const payload = body['payload'] as JsonObject;
    expect(text(payload['summary']).length).toBeLessThanOrEqual(1_024);
    expect(text(payload['summary'])).not.toContain('\n');
  },
  opsgenie(body, raw) {
    expect(text(body['message']).length).toBeLessThanOrEqual(130);
    expect(text(body['description']).length).toBeLessThanOrEqual(15_000);
    expect(raw).not.toMatch(/<script|<at>/);
  },
  webhook(body) {
    expect(text(body['text']).length).toBeLessThanOrEqual(20_000);
  },
  teams(_, raw) {
    expect(raw).not.toContain('"TextBlock"');
    expect(raw).not.toContain('{{');
    expect(raw).not.toContain('msteams');
  },
  jira(body) {
    const fields = body['fields'] as { summary: string; description: { content: { content: { text: string; marks?: unknown[] }[] }[] } };
    expect(fields.summary.length).toBeLessThanOrEqual(255);
    const nodes = fields.description.content.flatMap(({ content }) => content);
    expect(nodes.map(({ text: one }) => one).join('').length).toBeLessThanOrEqual(32_767);
    expect(nodes.filter(({ marks }) => marks !== undefined)).toHaveLength(1);
  },
};

describe('what is in doubt', () => {
  test('Slack is searched for it', async () => {
    const history = (messages: readonly object[]) => (request: { readonly path: string }) =>
      request.path.endsWith('conversations.history')
        ? { status: 200, body: { ok: true, messages } }
        : { status: 200, body: { ok: true, ts: '2' } };
    const known = { ts: '1', metadata: { event_type: 'jobzero_notification', event_payload: { id: page.id } } };
    const found = await send('slack', letterFor('', {}, { doubt: true }), history([{ ts: '0' }, known]));
    expect(found.sent).toEqual({ outcome: 'accepted', ref: '1' });
    expect(found.requests).toHaveLength(1);
    expect(Object.fromEntries(new URLSearchParams(found.request?.body))).toMatchObject({
      channel: 'C0123456789',
      include_all_metadata: 'true',
      oldest: String(at / 1000 - 3_600),
    });
    const missing = await send('slack', letterFor('', {}, { doubt: true }), history([{ ts: '0' }]));
    expect(missing.sent).toEqual({ outcome: 'accepted', ref: '2' });
    expect(missing.requests).toHaveLength(2);
  });

  test('where Slack does not tell, a page is sent again and says so, and a note is not', async () => {
    const deaf: Behaviour = ({ path }) => ({
      status: 200,
      body: path.endsWith('history') ? { ok: false, error: 'missing_scope' } : { ok: true, ts: '3' },
    });
    const again = await send('slack', letterFor('', {}, { doubt: true }), deaf);
    expect(again.sent).toEqual({ outcome: 'accepted', ref: '3' });
    expect(again.request?.body).toContain('This may have reached you before.');
    expect((await send('slack', letterFor('', { kind: 'note' }, { doubt: true }), deaf)).sent.outcome).toBe('unsure');
  });

  test('Teams gets a page again and says so, and a note not', async () => {
    const again = await send('teams', letterFor('', {}, { doubt: true }), () => ({ status: 202 }));
    expect(again.sent.outcome).toBe('accepted');
    expect(again.request?.body).toContain('This may have reached you before.');
    const note = await send('teams', letterFor('', { kind: 'note' }, { doubt: true }), () => ({ status: 202 }));
    expect(note).toMatchObject({ sent: { outcome: 'unsure' }, requests: [] });
  });

  test.each(['pagerduty', 'opsgenie', 'webhook', 'ocsf-sink'])('%s gets the same id and body again', async (kind) => {
    const first = await send(kind, letterFor(kind), yes[kind] ?? (() => 'cut'));
    const second = await send(kind, letterFor(kind, {}, { doubt: true }), yes[kind] ?? (() => 'cut'));
    expect(second.request?.body).toBe(first.request?.body);
    expect(second.request?.headers['webhook-id']).toBe(first.request?.headers['webhook-id']);
  });
});

test.each([
  ['ratelimited', { outcome: 'later', afterMs: 30_000, doubt: false }],
  ['internal_error', { outcome: 'later', doubt: true }],
  ['channel_not_found', { outcome: 'refused', reason: 'Slack refused: channel_not_found' }],
  ['invalid_auth', { outcome: 'refused' }],
])('Slack says %s with status 200', async (error, wanted) => {
  expect(
    (await send('slack', letterFor(''), () => ({ status: 200, headers: { 'retry-after': '30' }, body: { ok: false, error } }))).sent,
  ).toMatchObject(wanted);
});

test('Teams tells trouble with status 200', async () => {
  const body = 'Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId x';
  expect((await send('teams', letterFor(''), () => ({ status: 200, body }))).sent).toMatchObject({ outcome: 'later' });
});

test.each([
  ['http://vendor.example.com/', 'https:// is wanted'],
  ['ftp://127.0.0.1/', 'https:// is wanted'],
  ['no url', 'no URL'],
])('%s is not asked', async (url, reason) => {
  const sent = await openChannel({ ...common, kind: 'webhook', url, secret: ref('SIGNING'), signing: null }, deps).send(letter());
  expect(sent).toMatchObject({ outcome: 'later', reason: expect.stringContaining(reason) });
});

test('an answer that does not come in time leaves a doubt', async () => {
  vendor.behave(() => 'hang');
  expect(await callHttp({ url: `${vendor.url}/x`, body: '{}', timeMs: 200 })).toEqual({
    failed: expect.stringContaining('no answer within'),
    doubt: true,
  });
});

test('an answer without an end is not read to it', async () => {
  vendor.behave(() => ({ status: 200, body: 'x'.repeat(10_000_000) }));
  const answer = await callHttp({ url: vendor.url });
  expect('body' in answer && answer.body.length).toBeLessThanOrEqual(64 * 1024);
});

test.each([
  ['GET', 200, null],
  ['POST', 204, null],
  ['GET', 302, 'answered with status 302'],
  ['GET', 500, 'answered with status 500'],
] as const)('a heartbeat by %s that is answered with %i', async (method, status, reason) => {
  vendor.behave(() => ({ status, headers: { location: 'http://127.0.0.1:1/' } }));
  const told = await beat(`${vendor.url}/very-secret-uuid`, method);
  if (reason === null) expect(told).toBeNull();
  else expect(told).toContain(reason);
  expect(told ?? '').not.toContain('very-secret');
  expect(vendor.requests.at(-1)).toMatchObject({ method, path: '/very-secret-uuid', body: '' });
});
