import { describe, expect, test } from 'vitest';
import { playbooks as ownPlaybooks } from '../../../content/index.ts';
import { findingUnderTest } from '../../core/lib/finding-under-test.ts';
import { idOf } from '../../core/lib/hash.ts';
import type { Decision, ProposedAction } from '../../core/model/decision.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Incident, IncidentMember } from '../../core/model/incident.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import type { DecisionRow, Tx } from '../../core/ports/store.ts';
import { answerId } from '../notify/take-answer.ts';
import { type ActorQuestion, askActor, type Reachable } from './ask-actor.ts';
import { decideWhatIsDone, dueAgain } from './decide-again.ts';
import { followQuestions } from './follow-questions.ts';

const tenant = 'default';
const playbooks = await ownPlaybooks();
const minute = 60_000;
const reach = [
  { channel: 'chat', to: 'U1' },
  { channel: 'mail', to: 'alice@example.com' },
];

const findingOf = (lastTime: number) =>
  findingUnderTest({
    tenant,
    rule: { title: 'Key made for somebody else' },
    lastTime,
    message: 'Key made for somebody else: alice called CreateAccessKey.',
  });
const finding = findingOf(1);

/** A finding of this id whose calls came from these addresses; an empty one is of what an AWS service did. */
const from = (id: string, addresses: readonly string[], rule = 'aws.x.y') =>
  findingUnderTest({
    tenant,
    id,
    rule: { id: rule, title: 'Key made for somebody else' },
    evidence: addresses.map((ip, i) => ({ ...calledBy, key: `${id}${i}`, id: `${id}${i}`, ...(ip === '' ? {} : { ip }) })),
  });
const calledBy = { time: 1, rule: 'aws.x.y', operation: 'CreateAccessKey', service: 'iam', account: '111122223333', region: 'us-east-1' };

const contain = (user: string, approvals: 1 | 2): ProposedAction => ({
  playbook: 'aws.iam.contain-access-key',
  version: 1,
  target: { account: '111122223333', region: 'us-east-1', uid: `arn:aws:iam::111122223333:user/${user}`, params: { userName: user } },
  blastRadius: 'b',
  inverse: 'i',
  approvals,
  mode: 'live',
});
const decisionOn = (
  { id, revision }: typeof finding,
  first: Decision['first'] = { person: 'alice', minutes: 15 },
  actions = [contain('alice', 1), contain('bob', 2)],
): Decision => ({
  format: 'jobzero.decision/1',
  finding: id,
  revision,
  verdict: 'ask',
  guardrails: ['actor-first', 'tolerance-asks'],
  reason: 'r',
  actions,
  risk: 400,
  ...(first === undefined ? {} : { first }),
});

async function asked(first?: Decision['first'], actions?: ProposedAction[]) {
  const store = memoryStore();
  let now = 0;
  const deps = { store, tenant, playbooks, clock: { now: () => now } };
  await store.within(tenant, async (tx) => {
    await tx.findings.put(finding, 0);
    expect(await askActor(tx, finding, decisionOn(finding, first, actions), reach, 0)).toBe(true);
  });
  return {
    store,
    follow: (at: number) => {
      now = at;
      return followQuestions(deps);
    },
    answer: (option: string, by: string, channel = 'chat') => store.within(tenant, (tx) => answered(tx, option, by, channel)),
    what: () =>
      store.within(tenant, async (tx) => ({
        state: (await tx.findings.get('f'))?.state,
        actions: (await tx.actions.list({ limit: 9 })).map(({ target, by }) => [target.params['userName'], by]),
        judgements: (await tx.judgements.list({ limit: 9 })).map(({ options }) => options.map(({ target }) => target.params['userName'])),
      })),
  };
}

async function answered(tx: Tx, option: string, by: string, channel: string): Promise<void> {
  const to = reach.find((one) => one.channel === channel)?.to ?? '';
  const notification = idOf(tenant, idOf(tenant, 'actor-question', 'f'), channel, to);
  const doc = { notification, option, by, channel, at: 1 };
  await tx.items.add({ kind: 'answer', id: answerId(notification, by), state: 'waiting', dueAt: 1, at: 1, doc });
}

describe('is this meant?', () => {
  const minutes = 15;
  const known = { kim: [{ channel: 'chat', to: 'K1' }] };

  /** Alice, whose credentials did it, and Kim, whose it is, answer or are silent; then what became of it. */
  async function outcome(first: NonNullable<Decision['first']>, answers: { alice?: string; kim?: string }, reachable: Reachable = known) {
    const store = memoryStore();
    let now = 0;
    const deps = { store, tenant, playbooks, clock: { now: () => now }, reachable: async () => reachable };
    await store.within(tenant, async (tx) => {
      await tx.findings.put(finding, 0);
      await askActor(tx, finding, decisionOn(finding, first), first.as === 'owner' ? known.kim : reach, 0);
    });
    const said: string[] = [];
    for (now = minute; now <= 40 * minute; now += 5 * minute) {
      const waiting = await store.within(tenant, (tx) => tx.items.list({ kind: 'question', state: ['waiting'], limit: 9 }));
      for (const { doc } of waiting) {
        const { person, sent } = doc as unknown as ActorQuestion;
        const option = answers[person as keyof typeof answers];
        if (option === undefined) continue;
        const answer = { kind: 'answer', id: answerId(sent[0] ?? '', person), state: 'waiting', dueAt: now, at: now, doc: { option } };
        await store.within(tenant, (tx) => tx.items.add(answer));
      }
      await followQuestions(deps);
    }
    return store.within(tenant, async (tx) => {
      for (const { doc } of await tx.items.list({ kind: 'notification', limit: 9 }))
        said.push((doc as { title: string }).title.slice(0, 12));
      const [judgement] = await tx.judgements.list({ limit: 9 });
      return {
        texts: [...new Set(said)].sort(),
        state: (await tx.findings.get('f'))?.state,
        actions: (await tx.actions.list({ limit: 9 })).length,
        engineer: judgement === undefined ? null : judgement.guardrails.includes('not-meant') ? 'asked, as not meant' : 'asked',
        leaves: store.entries(tenant).flatMap(({ type, data }) => (type === 'question' ? [data] : [])),
      };
    });
  }
  const both = ['Is this mean', 'Was this you'];
  const hurried = { person: 'alice', minutes, enough: false, owner: 'kim' } as const;
  const patient = { person: 'alice', minutes, owner: 'kim' } as const;
  const alone = { person: 'kim', minutes, as: 'owner' } as const;

  test.each<[string, NonNullable<Decision['first']>, { alice?: string; kim?: string }, readonly string[], string, string | null]>([
    ['who did it and whose it is say yes: that is enough', hurried, { alice: 'me', kim: 'me' }, both, 'resolved', null],
    [
      'whose it is says no: the engineer is asked, and nothing is cut off',
      hurried,
      { alice: 'me', kim: 'not-me' },
      both,
      'open',
      'asked, as not meant',
    ],
    ['whose it is says nothing where a yes is not enough', hurried, { alice: 'me' }, both, 'open', 'asked'],
    ['whose it is says nothing where a yes is enough', patient, { alice: 'me' }, both, 'resolved', null],
    ['whose it is says no where a yes is enough', patient, { alice: 'me', kim: 'not-me' }, both, 'open', 'asked, as not meant'],
    ['who did it says nothing: the engineer is asked, and not whose it is', patient, { kim: 'me' }, ['Was this you'], 'open', 'asked'],
    ['nobody is known who did it: whose it is says yes', alone, { kim: 'me' }, ['Is this mean'], 'resolved', null],
    ['nobody is known who did it: whose it is says no', alone, { kim: 'not-me' }, ['Is this mean'], 'open', 'asked, as not meant'],
    ['nobody is known who did it, and nobody says anything', alone, {}, ['Is this mean'], 'open', 'asked'],
  ])('%s', async (_, first, answers, texts, state, engineer) => {
    const end = await outcome(first, answers);
    expect([end.texts, end.state, end.engineer, end.actions]).toEqual([texts, state, engineer, 0]);
  });

  test('whose it is is not reached any more: it is as without them', async () => {
    expect(await outcome(hurried, { alice: 'me' }, {})).toMatchObject({ texts: ['Was this you'], state: 'open', engineer: 'asked' });
    expect(await outcome(patient, { alice: 'me' }, {})).toMatchObject({ texts: ['Was this you'], state: 'resolved', engineer: null });
  });

  test('the ledger tells who was asked as what, and holds no name', async () => {
    const { leaves } = await outcome(hurried, { alice: 'me', kim: 'me' });
    expect(leaves.map((leaf) => [leaf['state'], leaf['as'] ?? 'actor'])).toEqual([
      ['waiting', 'actor'],
      ['me', 'actor'],
      ['waiting', 'owner'],
      ['me', 'owner'],
    ]);
    expect(JSON.stringify(leaves)).not.toMatch(/alice|kim/);
  });
});

describe('was this you?', () => {
  test('it goes out by each channel of the person, once, and says what happens without an answer', async () => {
    const { store } = await asked();
    const sent = await store.within(tenant, async (tx) => {
      await askActor(tx, finding, decisionOn(finding), reach, 5);
      return tx.items.list({ kind: 'notification', limit: 9 });
    });
    expect(sent.map(({ doc }) => doc)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ channel: 'chat', to: 'U1', kind: 'ask', title: 'Was this you? Key made for somebody else' }),
        expect.objectContaining({ channel: 'mail', to: 'alice@example.com' }),
      ]),
    );
    expect(sent).toHaveLength(2);
  });

  test('"me" closes the finding, and nobody else is asked', async () => {
    const { answer, follow, what } = await asked();
    await answer('me', 'alice');
    expect(await follow(minute)).toBe(1);
    expect(await what()).toEqual({ state: 'resolved', actions: [], judgements: [] });
    expect(await follow(99 * minute)).toBe(0);
  });

  test('"not me" contains at once what one person may approve, and the engineer is told with the rest', async () => {
    const { answer, follow, what } = await asked();
    await answer('not-me', 'alice', 'mail');
    expect(await follow(minute)).toBe(1);
    expect(await what()).toEqual({ state: 'open', actions: [['alice', 'alice']], judgements: [['bob']] });
  });

  test('"not me" of what only log objects say starts nothing: the engineer is asked at once', async () => {
    const store = memoryStore();
    const deps = { store, tenant, playbooks, clock: { now: () => minute } };
    const forged = { ...decisionOn(finding), guardrails: ['actor-first', 'evidence-unvalidated'] as const };
    await store.within(tenant, async (tx) => {
      await tx.findings.put(finding, 0);
      await askActor(tx, finding, forged, reach, 0);
      await answered(tx, 'not-me', 'alice', 'chat');
    });
    expect(await followQuestions(deps)).toBe(1);
    await store.within(tenant, async (tx) => {
      expect(await tx.actions.list({ limit: 9 })).toEqual([]);
      const [judgement] = await tx.judgements.list({ limit: 9 });
      expect(judgement?.options.map(({ target }) => target.params['userName'])).toEqual(['alice', 'bob']);
      const [text] = await tx.items.list({ kind: 'notification', limit: 9 });
      expect(((text?.doc ?? {}) as { text?: string }).text).toContain('if not, the engineer on call is asked at once');
    });
  });

  test('silence asks the engineer when the time is over, and not before; a later answer comes too late', async () => {
    const { answer, follow, what } = await asked();
    expect(await follow(15 * minute - 1)).toBe(0);
    expect(await follow(15 * minute)).toBe(1);
    expect(await what()).toEqual({ state: 'open', actions: [], judgements: [['alice', 'bob']] });
    await answer('me', 'alice');
    await follow(16 * minute);
    expect((await what()).state).toBe('open');
  });

  test('silence asks nobody what needs nobody any more since it was decided anew', async () => {
    const { follow, what, store } = await asked();
    const key = contain('alice', 1);
    await store.within(tenant, (tx) => decideWhatIsDone(tx, { ...key, target: { ...key.target, region: 'eu-west-1' } }, 1));
    expect(await store.within(tenant, (tx) => dueAgain(tx, 1))).toEqual([]);
    await store.within(tenant, (tx) => decideWhatIsDone(tx, key, 1));
    expect((await store.within(tenant, (tx) => dueAgain(tx, 1))).map(({ id }) => id)).toEqual(['f']);
    const row = { id: 'anew', finding: 'f', revision: finding.revision, at: 2, decision: { ...decisionOn(finding), verdict: 'watch' } };
    await store.within(tenant, (tx) => tx.decisions.put(row as unknown as DecisionRow));
    expect(await follow(15 * minute)).toBe(1);
    expect(await what()).toEqual({ state: 'open', actions: [], judgements: [] });
  });

  test('nobody answers for another', async () => {
    const { answer, follow, what } = await asked();
    await answer('me', 'mallory');
    expect(await follow(minute)).toBe(0);
    expect((await what()).state).toBe('open');
  });

  test('of two answers the first holds', async () => {
    const { answer, follow, what } = await asked();
    await answer('not-me', 'alice', 'mail');
    await follow(minute);
    await answer('me', 'alice', 'chat');
    await follow(2 * minute);
    expect((await what()).state).toBe('open');
  });

  test('what went on meanwhile is not covered by the answer', async () => {
    const { store, answer, follow, what } = await asked();
    await store.within(tenant, (tx) => tx.findings.put(findingOf(2), 2));
    await answer('me', 'alice');
    await follow(minute);
    expect((await what()).state).toBe('open');
  });

  test('a yes holds for more of the same for some hours, then the person is asked anew', async () => {
    const { store, answer, follow, what } = await asked();
    await answer('me', 'alice');
    await follow(minute);
    const again = (revision: number, at: number) =>
      store.within(tenant, async (tx) => {
        await tx.findings.put(findingOf(revision), at);
        return askActor(tx, findingOf(revision), decisionOn(findingOf(revision)), reach, at);
      });
    const sent = () => store.within(tenant, (tx) => tx.items.list({ kind: 'notification', limit: 9 }));
    expect(await again(2, 100 * minute)).toBe(true);
    expect([(await what()).state, (await sent()).length]).toEqual(['resolved', 2]);
    expect(await again(3, 300 * minute)).toBe(true);
    expect([(await what()).state, (await sent()).length]).toEqual(['open', 4]);
    await answer('not-me', 'alice', 'chat');
    expect(await follow(301 * minute)).toBe(0);
    expect(await follow(316 * minute)).toBe(1);
    expect((await what()).judgements).toEqual([['alice', 'bob']]);
  });

  describe('one thing done many times', () => {
    const home = ['192.0.2.1'];
    const many = async (told: readonly (readonly [ReturnType<typeof from>, Decision['first']?])[]) => {
      const store = memoryStore();
      let now = 0;
      const ask = ([one, first]: (typeof told)[number]) =>
        store.within(tenant, async (tx) => {
          await tx.findings.put(one, now);
          return askActor(tx, one, decisionOn(one, first, [contain(one.id, 1)]), reach, now);
        });
      for (const one of told) expect(await ask(one)).toBe(true);
      const sent = () => store.within(tenant, (tx) => tx.items.list({ kind: 'notification', limit: 99 }));
      return {
        store,
        ask,
        texts: async () => (await sent()).length / reach.length,
        /** The answer to the latest text, or silence; then what became of the findings, the actions and the questions. */
        end: async (option: 'me' | 'not-me' | null, at = minute) => {
          const notification = (await sent()).toSorted((a, b) => a.at - b.at).at(-1)?.id ?? '';
          const doc = { notification, option, by: 'alice', channel: 'chat', at: 1 };
          const item = { kind: 'answer', id: answerId(notification, 'alice'), state: 'waiting', dueAt: 1, at: 1, doc };
          if (option !== null) await store.within(tenant, (tx) => tx.items.add(item));
          now = at;
          await followQuestions({ store, tenant, playbooks, clock: { now: () => now } });
          return store.within(tenant, async (tx) => ({
            open: (await tx.findings.list({ state: 'open', limit: 99 })).map(({ finding: { id } }) => id).sort(),
            actions: (await tx.actions.list({ limit: 99 })).map(({ target }) => target.params['userName']).sort(),
            asked: (await tx.judgements.list({ limit: 99 })).map((judgement) => judgement.finding).sort(),
          }));
        },
      };
    };
    const three = [[from('a', home)], [from('b', home)], [from('c', home)]] as const;

    test('is asked about once, and the answer is for all of it', async () => {
      const { texts, end, ask } = await many(three);
      expect(await texts()).toBe(1);
      expect(await end('me')).toEqual({ open: [], actions: [], asked: [] });
      // And for some hours for what follows, from the same address.
      await ask([from('d', home)]);
      expect(await texts()).toBe(1);
      await ask([from('e', ['198.51.100.9'])]);
      expect(await texts()).toBe(2);
      expect((await end('me', 2 * minute)).open).toEqual([]);
    });

    const vendor = '999988887777';
    const opens = (id: string, accounts: readonly string[], rule = 'aws.x.y') => {
      const policy = { Statement: [{ Effect: 'Allow', Principal: { AWS: accounts }, Action: 'sts:AssumeRole' }] };
      const [call] = from(id, [''], rule).evidence;
      return findingUnderTest({
        tenant,
        id,
        rule: { id: rule, title: 'Role trust opened' },
        evidence: call === undefined ? [] : [{ ...call, kept: { policy: JSON.stringify(policy) } }],
      });
    };

    test('what a service does in many accounts is one thing where it lets in the same account', async () => {
      const { texts, end, ask, store } = await many([[opens('a', [vendor])], [opens('b', [vendor])]]);
      expect(await texts()).toBe(1);
      const [sent] = await store.within(tenant, (tx) => tx.items.list({ kind: 'notification', limit: 1 }));
      expect(JSON.stringify(sent)).toContain(`more of the same that lets in the account ${vendor} within hours`);
      expect(await end('me')).toEqual({ open: [], actions: [], asked: [] });
      await ask([opens('c', [vendor])]);
      expect(await texts()).toBe(1);
      await ask([opens('d', ['888877776666'])]);
      expect(await texts()).toBe(2);
    });

    test.each([
      ['another rule tells of it', opens('b', [vendor], 'aws.x.z')],
      ['it lets in another account as well', opens('b', [vendor, '888877776666'])],
      ['nothing says whom it lets in', from('b', [''])],
    ])('it has a question of its own where %s', async (_, other) => {
      expect(await (await many([[opens('a', [vendor])], [other]])).texts()).toBe(2);
    });

    test('a no contains all of it; of silence the engineer is asked all of it', async () => {
      const [no, silent] = [await many(three), await many(three)];
      expect(await no.end('not-me')).toEqual({ open: ['a', 'b', 'c'], actions: ['a', 'b', 'c'], asked: ['a', 'b', 'c'] });
      expect(await silent.end(null, 16 * minute)).toEqual({ open: ['a', 'b', 'c'], actions: [], asked: ['a', 'b', 'c'] });
    });

    test.each<[string, ReturnType<typeof from>, Decision['first']?]>([
      ['by another rule', from('b', home, 'aws.x.z')],
      ['from another address', from('b', ['198.51.100.9'])],
      ['from another address as well', from('b', [...home, '198.51.100.9'])],
      ['from no address', from('b', [...home, ''])],
      ['without calls', from('b', [])],
      ['by another person', from('b', home), { person: 'bob', minutes: 15 }],
      ['where a yes is not enough', from('b', home), { person: 'alice', minutes: 5, enough: false }],
    ])('what is done %s has a question of its own', async (_, other, first) => {
      expect(await (await many([[from('a', home)], [other, first]])).texts()).toBe(2);
    });

    /** What a rule finds in these calls, and how grave that is. */
    const inCalls = (id: string, calls: readonly string[], severity: Finding['severity'] = 'Medium', n = calls.length) =>
      findingUnderTest({
        tenant,
        id,
        severity,
        rule: { id: `aws.x.${id}`, title: 'Key made for somebody else' },
        count: { n, atLeast: false },
        evidence: calls.map((key) => ({ ...calledBy, key, id: key })),
      });
    const two = inCalls('a', ['1', '2']);

    test('what another rule finds in the same calls is asked about with them, and waits for its own end', async () => {
      const both = await many([[two], [inCalls('b', ['2'])]]);
      expect(await both.texts()).toBe(1);
      const [sent] = await both.store.within(tenant, (tx) => tx.items.list({ kind: 'notification', limit: 1 }));
      expect(JSON.stringify(sent)).toContain('Your answer is also for anything else, no graver, that is found in the same calls.');
      expect(await both.end('me')).toEqual({ open: [], actions: [], asked: [] });
      // And for some hours for what is found in them later.
      await both.ask([inCalls('c', ['1'])]);
      expect(await both.texts()).toBe(1);

      const hurried = { person: 'alice', minutes: 5, enough: false } as const;
      const unsure = await many([
        [two, hurried],
        [inCalls('b', ['2']), hurried],
      ]);
      expect(await unsure.texts()).toBe(1);
      expect(await unsure.end('me')).toEqual({ open: ['a', 'b'], actions: [], asked: ['a', 'b'] });
      // Such a "yes" holds for nothing that comes later.
      await unsure.ask([inCalls('c', ['1']), hurried]);
      expect(await unsure.texts()).toBe(2);
    });

    test('what is found in calls that were told of as more of the same is asked about with them, too', async () => {
      const { texts } = await many([[from('a', home)], [from('b', home)], [inCalls('c', ['b0'])]]);
      expect(await texts()).toBe(1);
    });

    test.each<[string, Finding, Decision['first']?]>([
      ['in other calls as well', inCalls('b', ['2', '3'])],
      ['in calls of which not all are kept', inCalls('b', ['2'], 'Medium', 2)],
      ['that is graver', inCalls('b', ['2'], 'High')],
      ['of which another person is asked', inCalls('b', ['2']), { person: 'bob', minutes: 15 }],
      ['that waits for a shorter time', inCalls('b', ['2']), { person: 'alice', minutes: 5 }],
      ['that automation contains when nobody answers', inCalls('b', ['2']), { person: 'alice', minutes: 15, silence: 'contain' }],
    ])('what is found %s has a question of its own', async (_, other, first) => {
      expect(await (await many([[two], [other, first]])).texts()).toBe(2);
    });

    test('what a question is about and goes on from another address is told anew, and the answer to the old text is for nothing', async () => {
      const { store, texts, ask, end } = await many([[from('a', home)]]);
      const old = (await store.within(tenant, (tx) => tx.items.list({ kind: 'notification', limit: 9 })))[0]?.id ?? '';
      await ask([from('a', [...home, '198.51.100.9'])]);
      expect(await texts()).toBe(2);
      const doc = { notification: old, option: 'me', by: 'alice', channel: 'chat', at: 1 };
      await store.within(tenant, (tx) =>
        tx.items.add({ kind: 'answer', id: answerId(old, 'alice'), state: 'waiting', dueAt: 1, at: 1, doc }),
      );
      expect((await end(null)).open).toEqual(['a']);
      // Nobody has more time for it than for the first text.
      expect((await end(null, 16 * minute)).asked).toEqual(['a']);
    });
  });

  test.each(['not-me', 'silence'])('after %s the engineer is asked about more of the same', async (how) => {
    const { store, answer, follow } = await asked();
    if (how === 'not-me') await answer('not-me', 'alice');
    await follow(20 * minute);
    const again = await store.within(tenant, (tx) => askActor(tx, findingOf(2), decisionOn(findingOf(2)), reach, 21 * minute));
    expect(again).toBe(false);
  });

  test('where data leaves a yes is not enough: the engineer is asked', async () => {
    const { answer, follow, what } = await asked({ person: 'alice', minutes: 5, enough: false });
    await answer('me', 'alice');
    expect(await follow(minute)).toBe(1);
    expect(await what()).toEqual({ state: 'open', actions: [], judgements: [['alice', 'bob']] });
  });

  test.each([
    [true, 'acknowledged', 0],
    [false, 'open', 1],
  ])(
    'after a no that cuts everything off the engineer is asked only where no incident has woken them: %j',
    async (pages, state, questions) => {
      const { store, answer, follow, what } = await asked({ person: 'alice', minutes: 15 }, [contain('alice', 1)]);
      await store.within(tenant, async (tx) => {
        await tx.incidents.putMembers([{ finding: 'f', revision: finding.revision, links: [] } as unknown as IncidentMember]);
        await tx.incidents.assign([{ finding: 'f', incident: 'i' }]);
        await tx.incidents.put({ tenant, id: 'i', revision: 'r', pages, members: [], tactics: [] } as unknown as Incident, 1);
      });
      await answer('not-me', 'alice');
      await follow(minute);
      const after = await what();
      expect([after.state, after.actions, after.judgements.length]).toEqual([state, [['alice', 'alice']], questions]);
    },
  );
});
