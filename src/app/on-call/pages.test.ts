import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findingUnderTest } from '../../core/lib/finding-under-test.ts';
import { idOf } from '../../core/lib/hash.ts';
import type { Address } from '../../core/model/channel.ts';
import type { FindingState } from '../../core/model/finding.ts';
import type { Incident, IncidentMember } from '../../core/model/incident.ts';
import type { Json } from '../../core/model/json.ts';
import type { Severity } from '../../core/model/severity.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import type { DecisionRow, Store, Tx } from '../../core/ports/store.ts';
import { openStore } from '../../edge/postgres/open-store.ts';
import { type TestDatabase, testDatabase } from '../../edge/postgres/testing.ts';
import { takeInHand } from '../incident-in-hand.ts';
import { closeFault, type FaultWhat, faultKind, openFault } from '../notify/automation-fault.ts';
import { queuedOf } from '../notify/delivery.ts';
import { readChannels } from '../notify/read-channels.ts';
import { takeAnswer } from '../notify/take-answer.ts';
import { acknowledgePage } from './acknowledge-page.ts';
import { followPages } from './follow-pages.ts';
import { onCallSetting } from './on-call-settings.ts';
import { pageDocOf, pageIdOf } from './page-item.ts';
import { raisePages } from './raise-pages.ts';
import { readLoad } from './read-load.ts';
import { readQueue } from './read-queue.ts';
import { tally } from './tally.ts';

const minute = 60_000;
const hour = 60 * minute;
const noon = Date.UTC(2026, 0, 6, 11);
const night = Date.UTC(2026, 0, 6, 2);

const channels = readChannels(
  `
channels:
  chat: { kind: slack, token: "\${T}", signing: "\${S}", to: C1 }
  pager: { kind: pagerduty, key: "\${K}", signing: "\${S}" }
  mail: { kind: smtp, host: smtp.example.com, from: jobzero@example.com }
  tickets: { kind: jira, url: "https://example.atlassian.net", user: bot, token: "\${T}", project: SEC }
people:
  alice: { chat: U1, pager: PALICE }
  bob: { chat: U2 }
  carol: { mail: carol@example.com }
  dora: { tickets: dora }
`,
  'channels.yml',
);
const onCallText = `zone: Europe/Berlin
engineer:
  - { people: [alice], from: 2026-01-05 09:00, turn: 1w }
backup: [bob]
everyone: [alice, bob, carol, dora]
quiet:
  - { hours: 22:00-07:00 }
`;

let database: TestDatabase;
let stored: Store;
let tenants = 0;
beforeAll(async () => {
  database = await testDatabase();
  stored = await openStore({ url: database.url });
});
afterAll(async () => {
  await stored?.close();
  await database?.close();
});

function world(store: Store, text = onCallText, ways = channels) {
  const tenant = `pages-${++tenants}`;
  let now = noon;
  const within = <T>(work: (tx: Tx) => Promise<T>) => store.within(tenant, work);
  const deps = { tenant, store, clock: { now: () => now }, channels: async () => ways };

  const findingOf = (id: string, { severity = 'High', tactics = [] }: { severity?: Severity; tactics?: readonly string[] } = {}) =>
    findingUnderTest({ tenant, id, rule: { title: `Title of ${id}`, tactics }, severity, at: now, message: `Message of ${id}` });
  const incidentOf = (id: string, findings: readonly ReturnType<typeof findingOf>[], change: Partial<Incident> = {}) =>
    ({
      format: 'jobzero.incident/1',
      tenant,
      id,
      revision: idOf(
        id,
        findings.map(({ revision }) => revision),
        change,
      ),
      title: `Incident ${id}`,
      severity: 'High',
      pages: true,
      why: ['A finding of High.'],
      sequences: [],
      tactics: findings.flatMap(({ rule }) => rule.tactics),
      members: findings.map(({ id: finding, revision }) => ({ finding, revision })),
      timeline: findings.map((one) => ({ finding: one.id, severity: one.severity, tactics: one.rule.tactics })),
      lastTime: now,
      ...change,
    }) as unknown as Incident;

  const queued = () =>
    within(async (tx) => {
      const items = await tx.items.list({ kind: 'notification', limit: 1_000 });
      return items.map((item) => queuedOf(item)).map((one) => ({ ...one, where: `${one.channel}:${one.to}` }));
    });

  return {
    tenant,
    store,
    within,
    findingOf,
    now: () => now,
    at(time: number) {
      now = time;
    },
    settings: (next: string) => within((tx) => tx.settings.set(onCallSetting, next, now, 'test')),
    async begin() {
      if (text !== '') await this.settings(text);
    },
    /** An incident whose findings were decided. */
    async incident(id: string, findings: readonly ReturnType<typeof findingOf>[], change: Partial<Incident> = {}, decided = true) {
      await within(async (tx) => {
        for (const finding of findings) {
          await tx.findings.put(finding, now);
          if (decided) await decide(tx, finding.id, finding.revision);
        }
        await tx.incidents.putMembers(
          findings.map((one) => ({ finding: one.id, revision: one.revision, links: [] }) as unknown as IncidentMember),
        );
        await tx.incidents.assign(findings.map((one) => ({ finding: one.id, incident: id })));
        await tx.incidents.put(incidentOf(id, findings, change), now);
      });
    },
    decided: (id: string, revision: string) => within((tx) => decide(tx, id, revision)),
    state: (id: string, event: Exclude<FindingState, 'open' | 'retracted'>) =>
      within((tx) => tx.findings.live(id, event, now, 'automation', '')),
    judgement: (id: string, finding: string, incident: string | null) =>
      within((tx) =>
        tx.judgements.ask({
          id,
          tenant,
          finding,
          revision: 'r',
          incident,
          question: `Question ${id}?`,
          options: [],
          guardrails: [],
          recommendation: 'deny',
          because: 'b',
          state: 'waiting',
          askedAt: now,
          answeredAt: null,
          answeredBy: [],
          approvalsNeeded: 1,
        }),
      ),
    answer: (id: string, by: string) =>
      within(async (tx) => {
        const judgement = await tx.judgements.answer(id, by, 'deny', now);
        if (judgement !== null) await takeInHand(tx, judgement, now);
      }),
    async run() {
      await raisePages(deps);
      await followPages(deps);
    },
    page: (kind: 'incident' | 'judgement' | 'automation', id: string) =>
      within((tx) => tx.items.get('page', pageIdOf(tenant, { kind, id }))),
    /** What was queued, in its order: `channel:to title`. */
    sent: async () => (await queued()).filter(({ ends }) => ends === undefined),
    /** What ends a call elsewhere: channel, to, and what it ends. */
    ended: async () =>
      (await queued())
        .flatMap(({ channel, to, ends }) => (ends === undefined ? [] : [[channel, to, ends] as const]))
        .sort((a, b) => (a[2].how < b[2].how ? -1 : 1)),
    async where(): Promise<readonly string[]> {
      return (await this.sent()).map(({ where }) => where).sort();
    },
    press: (notification: string, channel: string, user: string) =>
      takeAnswer(deps, channels, { channel, user, notification, option: 'acknowledge', seal: `${notification}${channel}${user}${now}` }),
    take: (kind: 'incident' | 'judgement' | 'automation', id: string, by: string) =>
      acknowledgePage(deps, pageIdOf(tenant, { kind, id }), by, 'command-line'),
    puts: () =>
      within(async (tx) =>
        (await tx.items.list({ kind: 'judgement-put', limit: 100 })).map(({ id, state, doc }) => [
          id,
          state,
          (doc as { apart: boolean }).apart,
        ]),
      ),
    /** These do not work; `fallback` is told of each. */
    fails: (names: readonly string[], fallback: readonly Address[] = []) =>
      within(async (tx) => {
        for (const id of names) {
          const [what = '', name = ''] = id.split('/');
          await openFault(tx, { what: what as FaultWhat, name, reason: `${id} was refused` }, fallback, now);
        }
      }),
    faults: () => within(async (tx) => (await tx.items.list({ kind: faultKind, state: ['open'], limit: 10 })).map(({ id }) => id)),
    leaves: async () => ('entries' in store ? (store as ReturnType<typeof memoryStore>).entries(tenant) : []),
  };

  async function decide(tx: Tx, finding: string, revision: string): Promise<void> {
    const decision = {
      format: 'jobzero.decision/1',
      finding,
      revision,
      verdict: 'watch',
      guardrails: [],
      reason: '',
      actions: [],
      risk: 0,
    };
    const row = {
      id: idOf(finding, revision),
      finding,
      revision,
      at: now,
      findingHash: '',
      contextHash: '',
      toleranceHash: '',
      engine: '',
    };
    await tx.decisions.put({ ...row, decisionHash: '', decision } as unknown as DecisionRow);
  }
}
type World = ReturnType<typeof world>;

describe.each([
  ['in memory', () => memoryStore() as Store],
  ['in PostgreSQL', () => stored],
])('%s', (_, storeOf) => {
  let w: World;
  beforeEach(async () => {
    w = world(storeOf());
    await w.begin();
  });

  test('an incident calls the engineer, then the backup team, then everyone, each once', async () => {
    await w.incident('i', [w.findingOf('f')]);
    await w.run();
    await w.run();
    expect(await w.where()).toEqual(['chat:U1', 'pager:']);
    expect((await w.sent())[0]).toMatchObject({
      kind: 'page',
      about: { kind: 'incident', id: 'i' },
      severity: 'High',
      title: 'Incident i',
      text: 'A finding of High.',
      path: '/incidents/i',
      options: [{ id: 'acknowledge' }],
    });
    w.at(noon + 5 * minute - 1);
    await w.run();
    expect(await w.where()).toHaveLength(2);
    w.at(noon + 5 * minute);
    await w.run();
    expect(await w.where()).toEqual(['chat:U1', 'chat:U2', 'pager:']);
    w.at(noon + 10 * minute);
    await w.run();
    await w.run();
    expect(await w.where()).toEqual(['chat:U1', 'chat:U1', 'chat:U2', 'chat:U2', 'mail:carol@example.com', 'pager:', 'pager:']);
  });

  test('of many workers at once each call is made once', async () => {
    await w.incident('i', [w.findingOf('f')]);
    for (const time of [0, 5, 10]) {
      w.at(noon + time * minute);
      await Promise.all(Array.from({ length: 4 }, () => w.run()));
    }
    expect(await w.where()).toHaveLength(7);
    expect(new Set((await w.sent()).map(({ id }) => id)).size).toBe(7);
  });

  test('who presses the button takes it, and nobody else is told', async () => {
    await w.incident('i', [w.findingOf('f')]);
    await w.run();
    const pager = (await w.sent()).find(({ channel }) => channel === 'pager');
    w.at(noon + 4 * minute);
    expect(await w.press(pager?.id ?? '', 'pager', 'PALICE')).toEqual({ outcome: 'recorded', by: 'alice' });
    await w.run();
    expect(await w.page('incident', 'i')).toMatchObject({ state: 'acknowledged', dueAt: null });
    w.at(noon + 48 * hour);
    await w.run();
    expect(await w.where()).toHaveLength(2);
  });

  test('what calls by itself hears that it was taken, and when it is over, once each', async () => {
    await w.incident('i', [w.findingOf('f')]);
    await w.run();
    const pager = (await w.sent()).find(({ channel }) => channel === 'pager');
    expect(await w.ended()).toEqual([]);
    w.at(noon + minute);
    await w.press(pager?.id ?? '', 'pager', 'PALICE');
    await w.run();
    expect(await w.ended()).toEqual([['pager', '', { id: pager?.id, how: 'taken' }]]);
    w.at(noon + 2 * minute);
    await w.state('f', 'resolved');
    await w.run();
    await w.run();
    expect(await w.ended()).toEqual([
      ['pager', '', { id: pager?.id, how: 'over' }],
      ['pager', '', { id: pager?.id, how: 'taken' }],
    ]);
  });

  test('by the command line, too; a second one comes too late', async () => {
    await w.incident('i', [w.findingOf('f')]);
    await w.run();
    expect(await w.take('incident', 'other', 'bob')).toEqual({ outcome: 'unknown' });
    expect(await w.take('incident', 'i', 'bob')).toMatchObject({ outcome: 'acknowledged', page: { state: 'acknowledged' } });
    expect(await w.take('incident', 'i', 'alice')).toMatchObject({ outcome: 'too-late' });
    const doc = await w.page('incident', 'i');
    expect(doc === null ? [] : pageDocOf(doc).events).toMatchObject([{ type: 'raised' }, { type: 'acknowledged', by: 'bob' }]);
  });

  test('an incident is held while automation decides, two minutes at most', async () => {
    const finding = w.findingOf('f');
    await w.incident('i', [finding], {}, false);
    await w.run();
    expect(await w.page('incident', 'i')).toMatchObject({ state: 'held' });
    w.at(noon + 30_000);
    await w.decided('f', finding.revision);
    await w.run();
    expect(await w.page('incident', 'i')).toMatchObject({ state: 'open' });
    await w.incident('j', [w.findingOf('g')], {}, false);
    await w.run();
    w.at(noon + 30_000 + 2 * minute);
    await w.run();
    expect(await w.page('incident', 'j')).toMatchObject({ state: 'open' });
  });

  test('one attack is one page: its question belongs to it; more to ask calls again who took what there was', async () => {
    await w.incident('i', [w.findingOf('f'), w.findingOf('g')]);
    await w.judgement('q1', 'f', 'i');
    await w.run();
    expect(await w.page('judgement', 'q1')).toBeNull();
    expect((await w.sent()).map(({ title, path }) => [title, path])).toEqual([
      ['Question q1?', '/on-call'],
      ['Question q1?', '/on-call'],
    ]);
    await w.take('incident', 'i', 'alice');
    w.at(noon + hour);
    await w.answer('q1', 'alice');
    await w.run();
    expect(await w.where()).toHaveLength(2);
    await w.judgement('q2', 'g', 'i');
    await w.run();
    expect(await w.where()).toHaveLength(4);
    expect(await w.page('incident', 'i')).toMatchObject({ state: 'open' });
  });

  test('an answer to what was sent before there was more to ask takes nothing', async () => {
    await w.incident('i', [w.findingOf('f'), w.findingOf('g')]);
    await w.judgement('q1', 'f', 'i');
    await w.run();
    const old = (await w.sent()).find(({ channel }) => channel === 'chat');
    await w.take('incident', 'i', 'alice');
    w.at(noon + hour);
    await w.judgement('q2', 'g', 'i');
    await w.run();
    await w.press(old?.id ?? '', 'chat', 'U1');
    await w.run();
    expect(await w.page('incident', 'i')).toMatchObject({ state: 'open' });
    const fresh = (await w.sent()).findLast(({ channel }) => channel === 'chat');
    await w.press(fresh?.id ?? '', 'chat', 'U1');
    await w.run();
    expect(await w.page('incident', 'i')).toMatchObject({ state: 'acknowledged' });
  });

  test('who answers the question of an incident has taken its page', async () => {
    await w.incident('i', [w.findingOf('f')]);
    await w.judgement('q', 'f', 'i');
    await w.run();
    w.at(noon + minute);
    await w.answer('q', 'alice');
    await w.run();
    expect(await w.page('incident', 'i')).toMatchObject({ state: 'acknowledged' });
    await w.state('f', 'resolved');
    await w.run();
    expect(await w.page('incident', 'i')).toMatchObject({ state: 'closed' });
    w.at(noon + hour);
    await w.run();
    expect(await w.where()).toHaveLength(2);
  });

  test('a question of no incident is a page of its own, and over with its answer', async () => {
    await w.within((tx) => tx.findings.put(w.findingOf('f'), noon));
    await w.judgement('q', 'f', null);
    await w.run();
    expect(await w.page('judgement', 'q')).toMatchObject({ state: 'open' });
    w.at(noon + minute);
    await w.answer('q', 'alice');
    await w.run();
    expect(await w.page('judgement', 'q')).toMatchObject({ state: 'closed' });
  });

  test('at night an odd call waits for the morning; data that leaves does not, nor what becomes grave', async () => {
    w.at(night);
    await w.incident('odd', [w.findingOf('f')]);
    await w.run();
    expect(await w.where()).toEqual([]);
    expect(await w.page('incident', 'odd')).toMatchObject({ state: 'open', dueAt: Date.UTC(2026, 0, 6, 6) });
    await w.incident('loss', [w.findingOf('g', { tactics: ['exfiltration'] })]);
    await w.run();
    expect(await w.where()).toEqual(['chat:U1', 'pager:']);
    await w.incident('odd', [w.findingOf('f')], { severity: 'Critical' });
    await w.run();
    expect(await w.where()).toHaveLength(4);
  });

  test('in the morning what waited is told, unless it was contained and closed', async () => {
    w.at(night);
    await w.incident('a', [w.findingOf('f')]);
    await w.incident('b', [w.findingOf('g')]);
    await w.run();
    await w.state('g', 'resolved');
    w.at(Date.UTC(2026, 0, 6, 6));
    await w.run();
    expect((await w.sent()).map(({ title }) => title)).toEqual(['Incident a', 'Incident a']);
  });

  test('the third question of a shift goes to the backup team, and is a fault of the automation; the next shift begins anew', async () => {
    for (const n of [1, 2, 3]) {
      w.at(noon + n * minute);
      await w.within((tx) => tx.findings.put(w.findingOf(`f${n}`), w.now()));
      await w.judgement(`q${n}`, `f${n}`, null);
      await w.run();
      await w.take('judgement', `q${n}`, 'alice');
    }
    expect(await w.puts()).toEqual([
      ['q1', 'engineer', false],
      ['q2', 'engineer', false],
      ['q3', 'backup', false],
    ]);
    const third = (await w.sent()).filter(({ title }) => title === 'Question q3?');
    expect(third.map(({ where }) => where)).toEqual(['chat:U2']);
    expect(third[0]?.text).toContain('The engineer on call has had as many questions as one shift may bring.');
    expect(await w.faults()).toEqual(['load/2026-01-06T07:00:00.000Z']);
    w.at(noon + 9 * hour);
    await w.within((tx) => tx.findings.put(w.findingOf('f4'), w.now()));
    await w.judgement('q4', 'f4', null);
    await w.run();
    expect((await w.puts()).at(-1)).toEqual(['q4', 'engineer', false]);
  });

  test('while an intruder is active questions are counted apart', async () => {
    await w.incident('i', [w.findingOf('f', { severity: 'Critical' })], { severity: 'Critical' });
    await w.run();
    for (const n of [1, 2, 3]) {
      await w.within((tx) => tx.findings.put(w.findingOf(`g${n}`), noon));
      await w.judgement(`q${n}`, `g${n}`, null);
    }
    await w.run();
    expect(await w.puts()).toEqual(['q1', 'q2', 'q3'].map((id) => [id, 'engineer', true]));
    expect(await w.faults()).toEqual([]);
  });

  test('a question that comes after its incident has called somebody counts as put to the engineer', async () => {
    await w.incident('i', [w.findingOf('f')]);
    await w.run();
    await w.judgement('q', 'f', 'i');
    await w.run();
    await w.run();
    expect(await w.puts()).toEqual([['q', 'engineer', false]]);
    expect(await w.where()).toHaveLength(2);
    expect((await w.page('incident', 'i'))?.doc).toMatchObject({ title: 'Question q?' });
  });

  test('incidents that turn out to be one are one page: who took it has it', async () => {
    const [f, g] = [w.findingOf('f'), w.findingOf('g')];
    await w.incident('b', [f]);
    await w.run();
    await w.take('incident', 'b', 'alice');
    w.at(noon + minute);
    await w.within(async (tx) => {
      await tx.incidents.forward('b', 'a', w.now());
    });
    await w.incident('a', [f, g]);
    await w.run();
    expect(await w.page('incident', 'b')).toMatchObject({ state: 'joined', doc: { into: (await w.page('incident', 'a'))?.id } });
    expect(await w.page('incident', 'a')).toMatchObject({ state: 'acknowledged' });
    w.at(noon + hour);
    await w.run();
    expect(await w.where()).toHaveLength(2);
  });

  test('a fault of the automation that wakes is a page, and over with the fault', async () => {
    await w.within((tx) => openFault(tx, { what: 'heartbeat', name: 'heartbeat', reason: 'it was refused' }, [], noon));
    await w.within((tx) => openFault(tx, { what: 'load', name: 'x', reason: 'too much' }, [], noon));
    await w.run();
    expect((await w.sent()).map(({ title }) => title)).toEqual([
      'The heartbeat to the outside fails',
      'The heartbeat to the outside fails',
    ]);
    w.at(noon + minute);
    await w.within((tx) => closeFault(tx, 'heartbeat', 'heartbeat', w.now()));
    await w.run();
    expect(await w.page('automation', 'ways-out')).toMatchObject({ state: 'closed' });
    w.at(noon + hour);
    await w.run();
    expect(await w.where()).toHaveLength(2);
  });

  test('a clock that was ahead holds nothing back', async () => {
    w.at(noon + 24 * hour);
    await w.incident('i', [w.findingOf('f')]);
    await w.run();
    w.at(noon);
    await w.run();
    w.at(noon + 5 * minute);
    await w.run();
    w.at(noon + 10 * minute);
    await w.run();
    expect(await w.where()).toContain('mail:carol@example.com');
  });

  test('workers that were away tell everyone at once, and of the shifts that passed only who is on duty now', async () => {
    await w.incident('i', [w.findingOf('f')]);
    await w.within(async (tx) => void (await tx.settings.set('x', 1, noon, 'test')));
    await raisedOnly(w);
    w.at(noon + 49 * hour);
    await w.run();
    expect(await w.where()).toEqual([
      'chat:U1',
      'chat:U1',
      'chat:U1',
      'chat:U2',
      'chat:U2',
      'mail:carol@example.com',
      'pager:',
      'pager:',
      'pager:',
    ]);
  });
});

describe('what does not work of the ways out, in quiet hours', () => {
  const morning = Date.UTC(2026, 0, 6, 6);
  const mail = [{ channel: 'mail', to: 'carol@example.com' }];
  let w: World;
  beforeEach(async () => {
    w = world(memoryStore());
    w.at(night);
    await w.begin();
  });

  test('waits for the morning, and what has one cause is one message, told to who stands in as well, and not by what fails', async () => {
    await w.fails(['channel/chat', 'heartbeat/heartbeat'], mail);
    await w.run();
    w.at(night + minute);
    await w.fails(['channel/teams']);
    await w.run();
    w.at(morning - 1);
    await w.run();
    expect(await w.where()).toEqual([]);
    w.at(morning);
    await w.run();
    expect(await w.where()).toEqual(['mail:carol@example.com', 'pager:']);
    const [one] = await w.sent();
    expect(one).toMatchObject({ title: 'Channel chat does not deliver, and 2 more', about: { kind: 'automation', id: 'ways-out' } });
    for (const id of ['channel/chat', 'channel/teams', 'heartbeat/heartbeat']) expect(one?.text).toContain(`${id} was refused`);
  });

  const standsIn = {
    ...channels,
    channels: channels.channels.map((one) =>
      one.name === 'chat' ? { ...one, fallback: [{ channel: 'mail', to: 'team@example.com' }] } : one,
    ),
  };

  test.each<[string, typeof channels, readonly string[], readonly string[]]>([
    ['to the first whom a channel reaches', channels, ['mail:carol@example.com'], ['mail:carol@example.com']],
    [
      'to who stands in for the channel',
      standsIn,
      ['mail:team@example.com'],
      ['chat:U2', 'mail:carol@example.com', 'mail:team@example.com'],
    ],
  ])(
    'is told at once when nothing else reaches the person on call, %s, and to nobody more before the morning',
    async (_, ways, at, later) => {
      const one = world(memoryStore(), onCallText, ways);
      one.at(night);
      await one.begin();
      const [chat] = ways.channels;
      await one.fails(['channel/chat'], chat?.fallback);
      await one.run();
      expect(await one.where()).toEqual([]);
      one.at(night + hour);
      await one.fails(['channel/pager']);
      await one.run();
      one.at(morning - 1);
      await one.run();
      expect(await one.where()).toEqual(at);
      one.at(morning + 5 * minute);
      await one.run();
      expect([...new Set(await one.where())]).toEqual(later);
    },
  );

  test('waits where nothing works at all: nobody could be told', async () => {
    await w.fails(['channel/chat', 'channel/pager', 'channel/mail']);
    await w.run();
    w.at(night + hour);
    await w.run();
    expect(await w.where()).toEqual([]);
  });

  test('is told anew when more fails long after somebody took it', async () => {
    w.at(noon);
    await w.fails(['channel/teams']);
    await w.run();
    await w.take('automation', 'ways-out', 'alice');
    const before = (await w.where()).length;
    w.at(noon + 5 * minute);
    await w.fails(['channel/mail']);
    await w.run();
    expect((await w.where()).length).toBe(before);
    w.at(noon + hour);
    await w.fails(['channel/chat']);
    await w.run();
    expect(await w.where()).toEqual(['chat:U1', 'pager:', 'pager:']);
  });

  test('an attack is told to the backup team at once when nothing reaches the person on call, and to that person where something stands in', async () => {
    await w.fails(['channel/chat', 'channel/pager']);
    await w.incident('i', [w.findingOf('f', { tactics: ['exfiltration'] })]);
    await w.run();
    const attack = async (one: World) => (await one.sent()).filter(({ about }) => about.kind === 'incident').map(({ where }) => where);
    expect(await attack(w)).toEqual(['mail:carol@example.com']);
    const other = world(memoryStore(), onCallText, standsIn);
    other.at(night);
    await other.begin();
    await other.fails(['channel/chat', 'channel/pager']);
    await other.incident('i', [other.findingOf('f', { tactics: ['exfiltration'] })]);
    await other.run();
    expect((await attack(other)).sort()).toEqual(['chat:U1', 'pager:']);
  });
});

async function raisedOnly(w: World): Promise<void> {
  await raisePages({
    tenant: w.tenant,
    store: { within: (_, work) => w.within(work) } as Store,
    clock: { now: w.now },
    channels: async () => channels,
  });
}

test('without oncall.yml everybody is told at once, once', async () => {
  const w = world(memoryStore(), '');
  w.at(night);
  await w.incident('i', [w.findingOf('f')]);
  await w.run();
  w.at(noon + 48 * hour);
  await w.run();
  expect(await w.where()).toEqual(['chat:', 'mail:carol@example.com', 'pager:']);
});

test('who is on call and is reached by nothing is not waited for', async () => {
  const w = world(memoryStore(), onCallText.replace('people: [alice]', 'people: [dora]'));
  await w.begin();
  await w.incident('i', [w.findingOf('f')]);
  await w.run();
  expect(await w.where()).toEqual(['chat:U2']);
});

test('leaves tell what was done under which settings and rules of time zones, and no names', async () => {
  const w = world(memoryStore());
  await w.begin();
  await w.incident('i', [w.findingOf('f')]);
  await w.run();
  await w.take('incident', 'i', 'alice');
  const leaves = (await w.leaves()).filter(({ type }) => type === 'page');
  expect(leaves.map(({ data }) => (data as { event: Json }).event)).toEqual(['raised', 'called', 'acknowledged']);
  for (const { data } of leaves)
    expect(data).toMatchObject({ zones: expect.stringMatching(/^20\d\d[a-z]$/), settings: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(JSON.stringify(leaves)).not.toContain('alice');
});

test('the queue and the load tell what pages did', async () => {
  const w = world(memoryStore());
  await w.begin();
  await w.within(async (tx) => {
    await tx.findings.put(w.findingOf('f'), noon);
    await tally(tx, 'b1', { events: 2_000_000 }, noon);
    await tally(tx, 'b2', { events: 1 }, noon);
    await tally(tx, 'f', { decided: 4 }, noon);
    await tally(tx, 'b1', { events: 1_000_000 }, noon);
  });
  await w.judgement('q', 'f', null);
  await w.run();
  const deps = { store: w.store, tenant: w.tenant, clock: { now: () => w.now() } };
  expect(await readQueue(deps)).toMatchObject([
    { kind: 'judgement', id: 'q', severity: 'High', title: 'Question q?', reason: 'Message of f', page: { state: 'calling', by: null } },
  ]);
  w.at(noon + 3 * minute);
  await w.take('judgement', 'q', 'alice');
  w.at(noon + 9 * minute);
  await w.answer('q', 'alice');
  await w.run();
  expect(await readQueue(deps)).toEqual([]);
  const { whole, shifts, budget } = await readLoad(deps, hour);
  expect(whole).toEqual({
    judgements: 1,
    beyond: 0,
    apart: 0,
    pages: 1,
    takenWithin: 3 * minute,
    worked: 6 * minute,
    events: 3_000_001,
    decided: 4,
    // It was answered, and is not over: nobody knows yet whether it is done without a person.
    open: 1,
    asked: 1,
    alone: 3,
    repeats: 0,
  });
  await w.within((tx) => tx.findings.live('f', 'resolved', noon + 10 * minute, 'alice', ''));
  expect((await readLoad(deps, hour)).whole).toMatchObject({ decided: 4, open: 0, asked: 1, alone: 3 });
  await w.within((tx) => tx.findings.put(w.findingOf('g'), noon + 10 * minute));
  expect((await readLoad(deps, hour)).whole).toMatchObject({ decided: 4, open: 1, asked: 1, alone: 2 });
  expect([shifts.length, budget]).toEqual([1, 2]);
});
