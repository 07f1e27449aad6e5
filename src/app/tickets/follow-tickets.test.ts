import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findingUnderTest } from '../../core/lib/finding-under-test.ts';
import { idOf } from '../../core/lib/hash.ts';
import type { About } from '../../core/model/decide-context.ts';
import type { Finding } from '../../core/model/finding.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { ledFinding, type Store, type Tx } from '../../core/ports/store.ts';
import { descriptionOf, type IssueUnderTest, type JiraUnderTest, jiraUnderTest } from '../../edge/notify/jira-under-test.ts';
import { hostile, type ReceivedRequest, type Receiver, receiver } from '../../edge/notify/receiver-under-test.ts';
import { openStore } from '../../edge/postgres/open-store.ts';
import { type TestDatabase, testDatabase } from '../../edge/postgres/testing.ts';
import { groupTarget, offerToNarrow, putDecided } from '../decided-under-test.ts';
import { faultKind } from '../notify/automation-fault.ts';
import { listChannels } from '../notify/list-channels.ts';
import { openChannelsUnderTest } from '../notify/open-channels-under-test.ts';
import { readChannels } from '../notify/read-channels.ts';
import { leaseMs, notificationSender } from '../notify/send-notifications.ts';
import { readTolerance } from '../read-tolerance.ts';
import { followTickets } from './follow-tickets.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const account = '111122223333';
const start = Date.UTC(2026, 0, 15, 9);
const behaviour = 'aws.signin.without-mfa';

let database: TestDatabase;
let stored: Store;
let server: Receiver;
let jira: JiraUnderTest;
let tenants = 0;
beforeAll(async () => {
  database = await testDatabase();
  stored = await openStore({ url: database.url });
});
beforeEach(async () => {
  jira = jiraUnderTest();
  server = await receiver(jira.behave);
});
afterEach(() => server.close());
afterAll(async () => {
  await stored?.close();
  await database?.close();
});

function world(store: Store, { wants = '{ from: Medium }', more = '', tolerance = '' } = {}) {
  const tenant = `tickets-${++tenants}`;
  let now = start;
  const settings = readChannels(
    `console: https://jobzero.example.com
channels:
  tickets: { kind: jira, url: "${server.url}", user: bot@example.com, token: "file:t", project: SEC, labels: [security], findings: ${wants}${more} }
  chat: { kind: slack, token: "file:t" }
people: { dana: { tickets: 5b10ac8d82e05b22cc7d4ef5, chat: U1 }, eve: { chat: U2 } }
`,
    'channels.yml',
  );
  const open = openChannelsUnderTest(settings, 'token-very-secret');
  const deps = { tenant, store, clock: { now: () => now } };
  const within = <T>(work: (tx: Tx) => Promise<T>) => store.within(tenant, work);
  const follow = (through = store) =>
    followTickets({ ...deps, store: through, behaviours: async () => [behaviour], channels: async () => settings });
  const sender = (worker: string) =>
    notificationSender({ ...deps, worker, channels: async () => open }, (error) => {
      throw error;
    });
  return {
    tenant,
    within,
    follow,
    sender,
    deps,
    settings,
    now: () => now,
    /** What workers do after this time. */
    async run(time = 0, worker = 'w1') {
      now += time;
      await follow();
      const one = sender(worker);
      await one.round();
      await one.idle();
    },
    begin: () => within((tx) => tx.settings.set('tolerance', tolerance, now, 'owner')),
    /** A finding about this thing, decided as it would be. */
    async found(name: string, told: Omit<Partial<Finding>, 'rule'> & { readonly rule?: Partial<Finding['rule']> } = {}, about?: About) {
      const { rule, ...rest } = told;
      const target = groupTarget(account, name);
      const finding = findingUnderTest({
        tenant,
        id: idOf('finding', name, rest.kind ?? ''),
        kind: 'vulnerability',
        rule: { id: 'aws.test.rule', title: 'A weak thing', description: 'Weak things break.', ...rule },
        account,
        resources: [{ uid: target.uid, type: 'AWS::EC2::SecurityGroup', name, account, region: target.region }],
        at: start,
        message: `${name} is weak.`,
        ...rest,
      });
      await within((tx) => putDecided(tx, finding, offerToNarrow(target), readTolerance(tolerance, 'tolerance'), now, about));
      return finding;
    },
    live: (finding: Finding, word: 'resolved' | 'suppressed' | 'reopened' | 'acknowledged') =>
      within((tx) => tx.findings.live(finding.id, word, now, 'ann', '')),
    notifications: () => within((tx) => tx.items.list({ kind: 'notification', limit: 5_000 })),
    faults: () => within(async (tx) => (await tx.items.list({ kind: faultKind, state: ['open'], limit: 9 })).map(({ id }) => id)),
  };
}
type World = ReturnType<typeof world>;

const owned = (name: string): About => ({ tags: {}, owner: { name, from: 'the tag owner' }, standing: [] });
const issue = (n = 0): IssueUnderTest => jira.issues[n] ?? expect.fail(`there is no issue ${n}`);
const posts = (path: RegExp) => server.requests.filter((one) => one.method === 'POST' && path.test(one.path)).length;
const isCreate = ({ method, path }: ReceivedRequest) => method === 'POST' && path === '/rest/api/3/issue';
const isComment = ({ method, path }: ReceivedRequest) => method === 'POST' && path.endsWith('/comment');

describe.each([
  ['in memory', () => memoryStore() as Store],
  ['in PostgreSQL', () => stored],
])('tickets of findings, %s', (_, storeOf) => {
  let w: World;
  const begin = async (options: Parameters<typeof world>[1] = {}) => {
    w = world(storeOf(), options);
    await w.begin();
  };

  test('findings of one rule in one account that are one person’s are one ticket, which who receives it understands', async () => {
    await begin({ more: ', components: [Platform]' });
    const a = await w.found('sg-1', { severity: 'High' }, owned('dana'));
    const b = await w.found('sg-2', { severity: 'Critical', message: 'Something is weak.' }, owned('dana'));
    await w.found('sg-3', {}, owned('a-team'));
    await w.found('sg-4', { account: '444455556666' });
    await w.run(hour);
    expect(jira.issues).toHaveLength(3);
    const own = jira.issues.find(({ fields }) => fields.assignee !== undefined);
    expect(own?.fields).toMatchObject({
      project: { key: 'SEC' },
      summary: `A weak thing in account ${account}`,
      priority: { name: 'Highest' },
      assignee: { id: '5b10ac8d82e05b22cc7d4ef5' },
      components: [{ name: 'Platform' }],
      labels: [
        'jobzero',
        expect.stringMatching(/^jobzero-[0-9a-f]{32}$/),
        `jobzero-finding-${b.id}`,
        `jobzero-finding-${a.id}`,
        'security',
      ],
    });
    expect(own === undefined ? '' : descriptionOf(own)).toBe(
      [
        'Weak things break.',
        'What stands (2):',
        `Critical: Something is weak. (sg-2) https://jobzero.example.com/findings/${b.id}`,
        `High: sg-1 is weak. https://jobzero.example.com/findings/${a.id}`,
        'A comment says what joins it, what has ended, and when nothing of it stands any more. Closing this ticket ends nothing in jobzero: nothing more is said of what it tells, and what is new gets a ticket of its own.',
        `Critical, finding ${b.id}`,
        'Open in jobzero',
      ].join('\n'),
    );
    expect(jira.issues.map(descriptionOf).join('\n')).toContain('sg-3 is weak. Whose it is: a-team.');
  });

  test('each is made once: by many workers, over restarts, and when it was looked at often', async () => {
    await begin();
    for (const name of ['sg-1', 'sg-2', 'sg-3']) await w.found(name, { rule: { id: `aws.test.${name}` } });
    await w.run(hour - 1);
    expect(jira.issues).toEqual([]);
    await Promise.all([w.run(1, 'w1'), w.run(0, 'w2'), w.run(0, 'w3')]);
    for (let n = 0; n < 5; n++) await w.run(hour, `again-${n}`);
    expect(jira.issues).toHaveLength(3);
    expect(posts(/\/issue$/)).toBe(3);
    expect(jira.issues.flatMap(({ comments }) => comments)).toEqual([]);
  });

  test('an answer that was lost makes no second ticket and no second comment', async () => {
    await begin({ more: ', done: Done' });
    const finding = await w.found('sg-1');
    let lost = 0;
    jira.disturb((request) => (isCreate(request) && lost++ === 0 ? 'lost' : null));
    await w.run(hour);
    expect(jira.issues).toHaveLength(1);
    for (let n = 0; n < 5; n++) await w.run(minute);
    expect(jira.issues).toHaveLength(1);
    expect(posts(/\/issue$/)).toBe(1);
    await w.live(finding, 'resolved');
    lost = 0;
    jira.disturb((request) => (isComment(request) && lost++ === 0 ? 'lost' : null));
    for (let n = 0; n < 5; n++) await w.run(minute);
    expect(issue()).toMatchObject({
      status: 'Done',
      comments: [expect.stringMatching(/^Nothing of this stands any more\.\njobzero [0-9a-f]{32}\nOpen in jobzero$/)],
    });
    expect(await w.faults()).toEqual([]);
  });

  test('a worker that dies over it is followed by another', async () => {
    await begin();
    await w.found('sg-1');
    jira.disturb((request) => (isCreate(request) ? 'hang' : null));
    void w.run(hour, 'dead').catch(() => {});
    await expect.poll(() => posts(/\/issue$/)).toBe(1);
    jira.disturb(() => null);
    await w.run(leaseMs, 'w2');
    await w.run(hour, 'w2');
    expect(jira.issues).toHaveLength(1);
  });

  test('what joins it is told once a day, what is graver at once, and when it is over', async () => {
    await begin({ more: ', done: finish' });
    const first = await w.found('sg-1');
    await w.run(hour);
    await w.found('sg-2');
    await w.run(2 * hour);
    expect(issue().comments).toEqual([]);
    await w.run(day);
    expect(issue().comments).toHaveLength(1);
    expect(issue().comments[0]).toMatch(/^New \(1\):\nHigh: sg-2 is weak\. https:\S+\nWhat stands: 2\.\njobzero [0-9a-f]{32}\n/);
    await w.found('sg-2', { severity: 'Critical' });
    await w.run(minute);
    expect(issue().comments[1]).toMatch(/^The gravest is Critical now; it was High\.\nWhat stands: 2\./);
    await w.live(first, 'suppressed');
    await w.run(minute);
    expect(issue().comments).toHaveLength(2);
    await w.run(day);
    expect(issue().comments[2]).toMatch(/^Ended: 1\.\nWhat stands: 1\./);
    const second = await w.found('sg-2', { severity: 'Critical' });
    await w.live(second, 'acknowledged');
    await w.run(2 * day);
    expect(issue().comments).toHaveLength(3);
    await w.live(second, 'resolved');
    await w.run(minute);
    await w.run(minute);
    expect(issue()).toMatchObject({ status: 'Done', comments: { length: 4 } });
    expect(jira.issues).toHaveLength(1);
  });

  test('where no way to the end is named or the workflow has none, the comment says it', async () => {
    await begin({ more: ', done: Done' });
    jira.canEnd = false;
    const finding = await w.found('sg-1');
    await w.run(hour);
    await w.live(finding, 'resolved');
    await w.run(minute);
    expect(issue()).toMatchObject({ status: 'To Do', comments: { length: 1 } });
    // It is back: the ticket is still there to say it in.
    await w.live(finding, 'reopened');
    await w.run(2 * day);
    expect(issue().comments[1]).toContain('New (1):');
    expect(jira.issues).toHaveLength(1);
  });

  test('who closes a ticket closes no finding: nothing more is said of it, and what is new gets a ticket of its own', async () => {
    await begin();
    const first = await w.found('sg-1');
    await w.run(hour);
    issue().status = 'Done';
    for (let n = 0; n < 3; n++) await w.run(day);
    expect(await w.within((tx) => tx.findings.get(first.id))).toMatchObject({ state: 'open' });
    const second = await w.found('sg-2');
    for (let n = 0; n < 3; n++) await w.run(2 * hour);
    expect(jira.issues).toHaveLength(2);
    expect(issue(0).comments).toEqual([]);
    expect(descriptionOf(issue(1))).toContain('sg-2 is weak.');
    expect(descriptionOf(issue(1))).not.toContain('sg-1');
    await w.live(second, 'resolved');
    await w.run(day);
    expect(issue(1).comments).toHaveLength(1);
    // What was told there, ended and came back is new.
    await w.live(first, 'resolved');
    await w.run(day);
    await w.live(first, 'reopened');
    await w.run(day);
    await w.run(day);
    expect(issue(1).comments[1]).toContain('sg-1 is weak.');
    expect(issue(0).comments).toEqual([]);
    expect(await w.faults()).toEqual([]);
  });

  test('a ticket that somebody has removed is no fault of the channel', async () => {
    await begin();
    await w.found('sg-1');
    await w.run(hour);
    jira.issues.length = 0;
    await w.found('sg-1', { severity: 'Critical' });
    await w.run(minute);
    await w.run(day);
    expect(await w.faults()).toEqual([]);
    expect(jira.issues).toEqual([]);
  });

  test('a flood makes as many tickets a day as are allowed, the gravest first, and one that tells of the rest until there is none', async () => {
    await begin({ wants: '{ from: Low, perDay: 3 }' });
    for (let n = 0; n < 8; n++)
      await w.found(`sg-${n}`, { severity: n < 2 ? 'Critical' : 'Low', rule: { id: `aws.test.rule-${n}`, title: `Weakness ${n}` } });
    await Promise.all([w.run(hour, 'w1'), w.run(0, 'w2')]);
    await w.run(hour);
    const titles = () => jira.issues.map(({ fields }) => fields.summary.replace(` in account ${account}`, ''));
    expect(titles()).toHaveLength(4);
    expect(titles()).toEqual(expect.arrayContaining(['Weakness 0', 'Weakness 1', 'More findings than may become tickets']));
    const summary = jira.issues.find(({ fields }) => fields.summary.startsWith('More findings')) ?? issue();
    expect(descriptionOf(summary)).toContain('No more than 3 new tickets a day');
    expect(descriptionOf(summary)).toMatch(/What stands \(5\):\nLow: Weakness \d in account 111122223333: 1\. https:/);
    await w.run(day);
    await w.run(hour);
    expect(titles()).toHaveLength(7);
    expect(summary.comments).toHaveLength(1);
    await w.run(day);
    await w.run(day);
    expect(new Set(titles()).size).toBe(9);
    expect(titles()).toHaveLength(9);
    expect(summary.comments.at(-1)).toContain('Nothing of this stands any more.');
    const [listed] = await listChannels(w.deps, w.settings);
    expect(listed).toMatchObject({ tickets: { open: 8, madeToday: 0, heldBack: 0 } });
  });

  test('thousands of findings of one rule are one ticket that can be read', async () => {
    await begin();
    for (let n = 0; n < 600; n++) await w.found(`sg-${n}`);
    await w.run(hour);
    await w.run(2 * day);
    expect(jira.issues).toHaveLength(1);
    expect(descriptionOf(issue()).match(/is weak/g)).toHaveLength(30);
    expect(descriptionOf(issue())).toContain('What stands (600):');
    expect(descriptionOf(issue())).toContain('And 570 more.');
    expect(issue().comments).toEqual([]);
  });

  test.each<[string, string, boolean]>([
    ['a field that the project does not have', 'priority', true],
    ['somebody who cannot be assigned', 'assignee', true],
    ['a component that is not', 'components', true],
    ['what it cannot do without', 'issuetype', false],
  ])('%s', async (_what, field, isMade) => {
    await begin({ more: ', components: [Gone]' });
    jira.refuses.add(field);
    await w.found('sg-1', {}, owned('dana'));
    await w.run(hour);
    expect(jira.issues).toHaveLength(isMade ? 1 : 0);
    expect(await w.faults()).toEqual(isMade ? [] : ['channel/tickets']);
    if (isMade) return expect(issue().fields).not.toHaveProperty(field);
    // Once it is mended, the ticket comes within a day, and the fault is over.
    jira.refuses.clear();
    await w.run(hour);
    expect(jira.issues).toEqual([]);
    await w.run(day);
    expect(jira.issues).toHaveLength(1);
    expect(await w.faults()).toEqual([]);
  });

  test('no word overtakes another', async () => {
    await begin();
    const finding = await w.found('sg-1');
    await w.run(hour);
    await w.found('sg-1', { severity: 'Critical' });
    jira.disturb(() => ({ status: 503 }));
    await w.run(minute);
    await w.live(finding, 'resolved');
    for (let n = 0; n < 5; n++) await w.run(hour);
    expect((await w.notifications()).filter(({ state }) => state === 'waiting')).toHaveLength(1);
    jira.disturb(() => null);
    for (let n = 0; n < 3; n++) await w.run(hour);
    expect(issue().comments.map((text) => text.split('\n')[0])).toEqual([
      'The gravest is Critical now; it was High.',
      'Nothing of this stands any more.',
    ]);
  });

  test('while Jira is down, nothing is lost and nothing doubled', async () => {
    await begin();
    const finding = await w.found('sg-1');
    jira.disturb((request) => (isCreate(request) ? 'lost' : { status: 503 }));
    for (let n = 0; n < 100; n++) await w.run(hour);
    expect(await w.faults()).toEqual(['channel/tickets']);
    jira.disturb(() => null);
    await w.run(day);
    await w.run(day);
    expect(jira.issues).toHaveLength(1);
    await w.live(finding, 'resolved');
    jira.disturb((request) => (isComment(request) ? 'lost' : null));
    await w.run(minute);
    jira.disturb(() => ({ status: 503 }));
    for (let n = 0; n < 100; n++) await w.run(hour);
    jira.disturb(() => null);
    for (let n = 0; n < 4; n++) await w.run(day);
    expect(issue().comments).toHaveLength(1);
    expect(await w.faults()).toEqual([]);
  });

  test.each<[string, Parameters<World['found']>[1], string]>([
    ['what is below the severity that is wanted', { severity: 'Low' }, ''],
    ['an attack, where that is not said', { kind: 'detection' }, ''],
    ['what is exempted', {}, `exemptions: [{ rule: aws.test.rule, owner: kim, reason: r, expires: "2027-01-01" }]`],
    [
      'a drill that was announced',
      { kind: 'detection', rule: { id: behaviour } },
      `announced: [{ from: "2026-01-01", until: "2026-02-01", who: ["arn:aws:iam::*:user/dana"], owner: kim, reason: drill }]`,
    ],
    [
      'a sample of an AWS service',
      {
        imported: {
          source: 'guardduty',
          form: 'own',
          uid: 'u',
          type: 't',
          severity: '8',
          state: 'active',
          sample: true,
          updatedAt: 1,
          url: '',
          refs: [],
          trusted: true,
          answers: [],
        },
      },
      '',
    ],
  ])('%s becomes no ticket', async (_what, told, tolerance) => {
    await begin({ tolerance });
    const actor = { type: 'IAMUser', uid: `arn:aws:iam::${account}:user/dana`, name: 'dana' };
    await w.found('sg-1', { actor, ...told });
    await w.run(hour);
    await w.run(day);
    expect(server.requests).toEqual([]);
  });

  test('nor what is shown under another, is not decided yet, or was over before its hour', async () => {
    await begin();
    const led = await w.found('sg-1');
    await w.within((tx) =>
      tx.items.add({ kind: ledFinding, id: led.id, state: 'led', dueAt: null, at: start, doc: { weakness: 'w', by: 'x' } }),
    );
    await w.within((tx) => tx.findings.put(findingUnderTest({ tenant: w.tenant, id: 'undecided', kind: 'compliance' }), start));
    await w.live(await w.found('sg-2'), 'resolved');
    await w.run(hour);
    await w.run(day);
    expect(server.requests).toEqual([]);
  });

  test.each<[string, string, readonly string[]]>([
    ['the kinds that are wanted', '{ from: Low, kinds: [detection, data-security], afterHours: 0 }', ['attack', 'data']],
    ['those that owners hear of', '{ from: Low, kinds: [compliance, behaviour], afterHours: 0 }', ['habit', 'setting']],
    ['the parts of the business that are wanted', '{ from: Low, units: [payments], afterHours: 0 }', ['paid']],
  ])('%s become tickets', async (_what, wants, names) => {
    await begin({ wants, tolerance: 'units: [{ name: payments, tags: { app: pay } }, { name: other, tags: { app: other } }]' });
    const tagged = (app: string): About => ({ ...owned('dana'), tags: { app } });
    await w.found('attack', { kind: 'detection', rule: { id: 'aws.test.attack' } });
    await w.found('habit', { kind: 'detection', rule: { id: behaviour } });
    await w.found('setting', { kind: 'compliance', rule: { id: 'aws.test.setting' } });
    await w.found('data', { kind: 'data-security', rule: { id: 'aws.test.data' } });
    await w.found('paid', { rule: { id: 'aws.test.paid' } }, tagged('pay'));
    await w.found('else', { rule: { id: 'aws.test.else' } }, tagged('other'));
    await w.run();
    const all = jira.issues.map(descriptionOf).join('\n');
    expect(['attack', 'habit', 'setting', 'data', 'paid', 'else'].filter((name) => all.includes(`${name} is weak`)).sort()).toEqual(names);
  });

  test('names that attackers write say nothing but themselves', async () => {
    await begin();
    await w.found(
      'sg-1',
      { message: `${hostile} ${'x'.repeat(100_000)}`, rule: { title: `${hostile}\n`, description: hostile } },
      owned('dana'),
    );
    await w.run(hour);
    const { fields } = issue();
    expect(fields.summary.length).toBeLessThanOrEqual(255);
    expect(JSON.stringify(fields)).not.toMatch(/\\u(202e|0000|001b)|\\n/);
    expect(JSON.stringify(fields).length).toBeLessThan(10_000);
    expect(fields.description.content.flatMap(({ content }) => content).filter(({ marks }) => marks !== undefined)).toHaveLength(1);
  });
});

test('what ends while it is looked at becomes no ticket, whenever that is', async () => {
  for (let n = 1, steps = n; steps >= n; n++) {
    const store = memoryStore();
    const w = world(store, { wants: '{ from: Low, afterHours: 0 }' });
    const finding = await w.found('sg-1');
    steps = 0;
    await w.follow({
      ...store,
      async within(tenant, work) {
        if (++steps === n) await w.live(finding, 'resolved');
        return store.within(tenant, work);
      },
    });
    expect(steps < n ? [] : await w.notifications()).toEqual([]);
  }
});

test('a part of the business that the tolerance does not name is told of', async () => {
  const w = world(memoryStore(), { wants: '{ from: Low, units: [payments, gone] }', tolerance: 'units: [{ name: payments }]' });
  await w.begin();
  expect(await listChannels(w.deps, w.settings)).toMatchObject([{ lacks: 'the tolerance has no unit gone' }, { lacks: '', tickets: null }]);
});

test('no secret and no person comes into the ledger', async () => {
  const store = memoryStore();
  const w = world(store);
  await w.found('sg-1', {}, owned('dana'));
  await w.run(hour);
  const leaves = JSON.stringify(store.entries(w.tenant));
  expect(leaves).toContain('"kind":"ticket"');
  expect(leaves).not.toMatch(/dana|5b10ac8d|very-secret/);
});
