import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findingUnderTest } from '../lib/finding-under-test.ts';
import type { DecideContext, Offer } from '../model/decide-context.ts';
import type { Decision } from '../model/decision.ts';
import type { Finding } from '../model/finding.ts';
import type { Tolerance, ToleranceScope } from '../model/tolerance.ts';
import { decide } from './decide.ts';

const account = '111122223333';
const user = `arn:aws:iam::${account}:user/alice`;
const finding = findingUnderTest({
  id: '0'.repeat(32),
  rule: { id: 'aws.iam.x', techniques: ['T1098'], tactics: ['persistence'] },
  account,
  actor: { type: 'IAMUser', uid: user, name: 'alice' },
  resources: [{ uid: user, type: 'AWS::IAM::User', name: 'alice', account, region: 'us-east-1' }],
  at: 0,
  evidence: [
    {
      key: 'k',
      id: 'e',
      time: 0,
      rule: 'aws.iam.x',
      operation: 'CreateAccessKey',
      service: 'iam.amazonaws.com',
      account,
      region: 'us-east-1',
    },
  ],
});
const offer: Offer = {
  playbook: 'aws.iam.contain-access-key',
  version: 1,
  target: { account, region: 'us-east-1', uid: user, params: {} },
  approval: 'none',
  reversible: true,
  risks: [],
  blastRadius: 'Alice.',
  inverse: 'The key is active again.',
  armed: true,
  liveState: 'present',
  legitimateUse: 'none',
  servesProduction: 'no',
};
const context: DecideContext = {
  format: 'jobzero.context/1',
  at: 1_000,
  stopped: false,
  evidence: 'validated',
  ownAction: null,
  startedLastHour: { everywhere: 0, account: 0 },
  own: ['arn:aws:iam::111122223333:role/jobzero-*'],
  offers: [offer],
};
const tolerance: Tolerance = {
  format: 'jobzero.tolerance/1',
  default: {
    act: 'alone',
    playbooks: {},
    decideFrom: 'Medium',
    askFrom: 'High',
    acceptLegitimateUse: [],
    acceptProductionUse: [],
    askActorFrom: 'Medium',
    askActorFor: 0,
    onSilence: 'ask',
    impact: 0,
  },
  units: [],
  accounts: {},
  caps: { perHour: 10, perAccountHour: 5 },
  closeAfterDays: 7,
  shadowDays: 7,
  signals: [],
  protected: [],
  freezes: [],
  exemptions: [],
  announced: [],
  people: {},
  ownerTags: [],
};
const withOffer = (change: Partial<Offer>): Partial<DecideContext> => ({ offers: [{ ...offer, ...change }] });

describe('what lets automation act alone, and what stops it', () => {
  test.each<
    [string, { finding?: Partial<Finding>; context?: Partial<DecideContext>; tolerance?: Partial<Tolerance> }, string, readonly string[]]
  >([
    ['all guardrails met', {}, 'act', []],
    ['not armed: what would have been done', { context: withOffer({ armed: false }) }, 'act', ['not-armed']],
    ['the stop button', { context: { stopped: true } }, 'ask', ['stopped']],
    ['only log objects say so', { context: { evidence: 'unvalidated' } }, 'ask', ['evidence-unvalidated']],
    ['irreversible', { context: withOffer({ reversible: false }) }, 'ask', ['irreversible']],
    ['approval wanted', { context: withOffer({ approval: 'two-persons' }) }, 'ask', ['approval-required']],
    ['protected', { tolerance: { protected: ['arn:aws:iam::111122223333:user/*'] } }, 'ask', ['protected-principal']],
    [
      'our own role',
      { context: withOffer({ target: { ...offer.target, uid: 'arn:aws:iam::111122223333:role/jobzero-actor' } }) },
      'ask',
      ['own-path'],
    ],
    ['a freeze', { tolerance: { freezes: [{ from: 0, until: 2_000, reason: 'year end' }] } }, 'ask', ['change-freeze']],
    ['a freeze that is over', { tolerance: { freezes: [{ from: 0, until: 1_000, reason: 'year end' }] } }, 'act', []],
    ['a freeze elsewhere', { tolerance: { freezes: [{ from: 0, until: 2_000, reason: 'x', account: '444455556666' }] } }, 'act', []],
    ['the hour is full', { context: { startedLastHour: { everywhere: 10, account: 0 } } }, 'ask', ['cap-per-hour']],
    ['the hour is full here', { context: { startedLastHour: { everywhere: 5, account: 5 } } }, 'ask', ['cap-per-hour']],
    ['somebody uses it', { context: withOffer({ risks: ['legitimate-use'], legitimateUse: 'some' }) }, 'ask', ['legitimate-use']],
    [
      'nobody knows who uses it',
      { context: withOffer({ risks: ['legitimate-use'], legitimateUse: 'unknown' }) },
      'ask',
      ['legitimate-use-unknown'],
    ],
    [
      'use that tolerance accepts, of something that is not grave: somebody opened it at work',
      {
        finding: { severity: 'Medium' },
        context: withOffer({ risks: ['legitimate-use'], legitimateUse: 'some' }),
        tolerance: { accounts: { [account]: { acceptLegitimateUse: [offer.playbook] } } },
      },
      'watch',
      ['legitimate-use', 'not-grave'],
    ],
    [
      'use that tolerance accepts',
      {
        context: withOffer({ risks: ['legitimate-use'], legitimateUse: 'some' }),
        tolerance: { accounts: { [account]: { acceptLegitimateUse: [offer.playbook] } } },
      },
      'act',
      [],
    ],
    ['production', { context: withOffer({ risks: ['workload'], servesProduction: 'unknown' }) }, 'ask', ['serves-production']],
    [
      'production that tolerance names',
      {
        context: withOffer({ risks: ['workload'], servesProduction: 'yes' }),
        tolerance: { accounts: { [account]: { acceptProductionUse: [offer.playbook] } } },
      },
      'act',
      [],
    ],
    ['tolerance forbids', { tolerance: { accounts: { [account]: { act: 'never' } } } }, 'ask', ['tolerance-forbids']],
    [
      'tolerance asks for this playbook',
      { tolerance: { accounts: { [account]: { playbooks: { 'aws.iam.contain-access-key': 'ask' } } } } },
      'ask',
      ['tolerance-asks'],
    ],
    ['jobzero did it itself', { context: { ownAction: 'a'.repeat(32) } }, 'close', []],
    ['gone already', { context: withOffer({ liveState: 'gone' }) }, 'close', []],
    ['no playbook', { context: { offers: [] } }, 'ask', ['no-playbook']],
    ['no playbook, and not grave', { finding: { severity: 'Medium' }, context: { offers: [] } }, 'watch', ['no-playbook']],
    ['below tolerance', { finding: { severity: 'Low' } }, 'watch', ['severity-below-tolerance']],
    [
      'a setting is never a reason to wake somebody',
      { finding: { kind: 'compliance' }, context: { offers: [] } },
      'watch',
      ['no-playbook'],
    ],
    [
      'a setting that stood before is not closed by a tolerance for attacks',
      {
        finding: { kind: 'compliance' },
        context: withOffer({ risks: ['legitimate-use'], legitimateUse: 'unknown' }),
        tolerance: { accounts: { [account]: { acceptLegitimateUse: [offer.playbook] } } },
      },
      'watch',
      ['legitimate-use-unknown'],
    ],
    [
      'exempted',
      { tolerance: { exemptions: [{ rule: 'aws.iam.x', resource: user, owner: 'ops', reason: 'test', expires: 1_001 }] } },
      'close',
      ['exempted'],
    ],
    [
      'exempted under the name of our own control',
      {
        context: { weakness: { control: 'aws.iam.ours', ledBy: null } },
        tolerance: { exemptions: [{ rule: 'aws.iam.ours', resource: user, owner: 'ops', reason: 'test', expires: 1_001 }] },
      },
      'close',
      ['exempted'],
    ],
    [
      'decided under another finding of the same weakness',
      { finding: { kind: 'compliance' }, context: { weakness: { control: 'aws.iam.ours', ledBy: '1'.repeat(32) } } },
      'watch',
      ['duplicate'],
    ],
    [
      'of a weakness of which nothing else tells',
      { finding: { kind: 'compliance' }, context: { weakness: { control: 'aws.iam.ours', ledBy: null } } },
      'act',
      [],
    ],
    [
      'an exemption that has expired',
      { tolerance: { exemptions: [{ rule: 'aws.iam.x', owner: 'ops', reason: 'test', expires: 1_000 }] } },
      'act',
      [],
    ],
  ])('%s', (_, change, verdict, guardrails) => {
    const decision = decide({ ...finding, ...change.finding }, { ...context, ...change.context }, { ...tolerance, ...change.tolerance });
    expect(decision.verdict).toBe(verdict);
    expect(decision.guardrails).toEqual(guardrails);
  });
});

const work = { from: 0, until: 10, who: [user], owner: 'ops', reason: 'A drill' };
const alice = {
  people: { alice: ['arn:aws:iam::111122223333:user/al*'] },
  default: { ...tolerance.default, act: 'ask', askActorFor: 15 },
} as const;
const asksFrom = (askActorFrom: Finding['severity']) => ({ default: { ...alice.default, askActorFrom } });
const reached = { reachable: ['alice'], incident: null };
const withTactics = (...tactics: string[]): Partial<Finding> => ({ rule: { ...finding.rule, tactics } });

describe('what the business says of its parts', () => {
  const tagged = { about: { tags: { team: 'payments', env: 'test' }, owner: null, standing: [] } };
  test.each<[string, Partial<Tolerance>, Partial<DecideContext>, string]>([
    ['a unit by tag', { units: [{ name: 'payments', tags: { team: 'payments' }, act: 'ask' }] }, tagged, 'ask'],
    ['a unit whose tag has another value', { units: [{ name: 'payments', tags: { team: 'web' }, act: 'ask' }] }, tagged, 'act'],
    ['a unit that wants two tags and finds one', { units: [{ name: 'x', tags: { team: '*', data: '*' }, act: 'ask' }] }, tagged, 'act'],
    ['a unit by account', { units: [{ name: 'prod', accounts: [account], act: 'ask' }] }, {}, 'ask'],
    ['a unit of other accounts', { units: [{ name: 'prod', accounts: ['444455556666'], act: 'ask' }] }, {}, 'act'],
    ['nothing is known of tags: a unit by tag does not hold', { units: [{ name: 'x', tags: { team: '*' }, act: 'ask' }] }, {}, 'act'],
    [
      'a later unit before an earlier one',
      {
        units: [
          { name: 'a', act: 'never' },
          { name: 'b', act: 'alone' },
        ],
      },
      {},
      'act',
    ],
    ['the account before its units', { units: [{ name: 'a', act: 'ask' }], accounts: { [account]: { act: 'alone' } } }, {}, 'act'],
    ['a tag called like something of the language', { units: [{ name: 'x', tags: { constructor: '*' }, act: 'ask' }] }, tagged, 'act'],
  ])('%s', (_, change, known, verdict) => {
    expect(decide(finding, { ...context, ...known }, { ...tolerance, ...change }).verdict).toBe(verdict);
  });

  test('its weight and open weaknesses of the same resource are in the risk', () => {
    const risk = (change: Partial<Tolerance>, known: Partial<DecideContext> = {}) =>
      decide(finding, { ...context, ...known }, { ...tolerance, ...change }).risk;
    const plain = risk({});
    expect(risk({ units: [{ name: 'crown jewels', impact: 40 }] })).toBeGreaterThan(plain);
    expect(risk({ units: [{ name: 'sandbox', impact: -40 }] })).toBeLessThan(plain);
    const standing = [{ rule: 'aws.s3.bucket-not-public', severity: 'High' as const }];
    expect(risk({}, { about: { tags: {}, owner: null, standing } })).toBeGreaterThan(plain);
  });
});

describe('so much at once', () => {
  const of = (n: number, cutsOff = false): Offer => ({
    ...offer,
    target: { ...offer.target, uid: `${offer.target.uid}-${n}` },
    ...(cutsOff ? { cutsOff: true } : {}),
  });
  const offers = [of(1), of(2), of(3), of(4, true)];
  const grave = { actor: { type: 'Root', uid: `arn:aws:iam::${account}:root`, name: 'root' } };
  const decided = (perRun?: number) => {
    const caps = { ...tolerance.caps, ...(perRun === undefined ? {} : { perRun }) };
    const { actions, asks = [], guardrails } = decide({ ...finding, ...grave }, { ...context, offers }, { ...tolerance, caps });
    return [
      actions.map(({ target }) => target.uid.slice(-1)),
      asks.map(({ target }) => target.uid.slice(-1)),
      guardrails.includes('cap-per-run'),
    ];
  };

  test('one decision starts no more than tolerance says, what cuts somebody off first; of the rest a person is asked', () => {
    expect(decided(2)).toEqual([['1', '4'], ['2', '3'], true]);
    expect(decided(4)).toEqual([['1', '2', '3', '4'], [], false]);
    expect(decided()).toEqual([['1', '2', '3', '4'], [], false]);
  });

  test('nothing at all where nothing may be started', () => {
    const none = decide({ ...finding, ...grave }, { ...context, offers }, { ...tolerance, caps: { ...tolerance.caps, perRun: 0 } });
    expect([none.verdict, none.actions.length, none.guardrails]).toEqual(['ask', 4, ['cap-per-run']]);
  });
});

describe('whom automation must not lock out', () => {
  const cut: Offer = { ...offer, cutsOff: true };
  const guardrails = (of: Partial<Finding>, known: Partial<DecideContext>, more: Partial<Tolerance> = {}) =>
    decide({ ...finding, ...of }, { ...context, offers: [cut], ...known }, { ...tolerance, ...more }).guardrails;
  const role = {
    type: 'AssumedRole',
    uid: `arn:aws:sts::${account}:assumed-role/glass/x`,
    name: 'x',
    issuer: `arn:aws:iam::${account}:role/glass`,
  };
  const among = { evidence: [...finding.evidence, ...finding.evidence.map((one) => ({ ...one, actor: role }))] };

  test('who is on call for it: a person may, automation may not', () => {
    const people = { people: { alice: ['arn:aws:iam::111122223333:user/al*'] } };
    expect(guardrails({}, { operators: ['alice'] }, people)).toContain('operator');
    expect(guardrails({}, { operators: ['bob'] }, people)).not.toContain('operator');
    expect(guardrails({}, { operators: ['alice'] })).not.toContain('operator');
    const held = decide(finding, { ...context, offers: [cut], operators: ['alice'] }, { ...tolerance, ...people });
    expect([held.verdict, held.actions.length]).toEqual(['ask', 1]);
    // What was done is mended all the same.
    expect(decide(finding, { ...context, operators: ['alice'] }, { ...tolerance, ...people }).guardrails).not.toContain('operator');
  });

  test('a protected role whose session the evidence names, though the target is another', () => {
    expect(guardrails(among, {}, { protected: [`arn:aws:iam::*:role/glass`] })).toContain('protected-principal');
    expect(guardrails({}, {}, { protected: [`arn:aws:iam::*:role/glass`] })).not.toContain('protected-principal');
    expect(guardrails(among, { own: ['arn:*:iam::*:role/glass'] })).toContain('own-path');
  });
});

describe('what was announced is closed, and is no cover', () => {
  test.each<[string, Partial<typeof work & { rules: string[]; account: string }>, Partial<Finding>, string]>([
    ['in its time, by who does it', {}, {}, 'close'],
    ['before it began', { from: 1 }, {}, 'act'],
    ['after its end', { until: 0 }, {}, 'act'],
    ['by somebody else', { who: ['arn:aws:iam::111122223333:user/bob'] }, {}, 'act'],
    ['for other rules', { rules: ['aws.ec2.*'] }, {}, 'act'],
    ['for these rules', { rules: ['aws.iam.*'] }, {}, 'close'],
    ['in another account', { account: '444455556666' }, {}, 'act'],
    ['data leaves', {}, withTactics('exfiltration'), 'act'],
    ['the trail is cut', {}, withTactics('defense-impairment'), 'act'],
    ['critical', {}, { severity: 'Critical' }, 'act'],
    ['there is more than is shown', {}, { count: { n: 1, atLeast: true } }, 'act'],
    ['root', { who: ['*'] }, { actor: { type: 'Root', uid: `arn:aws:iam::${account}:root`, name: 'root' } }, 'act'],
  ])('%s', (_, change, of, verdict) => {
    expect(decide({ ...finding, ...of }, context, { ...tolerance, announced: [{ ...work, ...change }] }).verdict).toBe(verdict);
  });

  test('one event of somebody else is enough to look', () => {
    const other = { type: 'IAMUser', uid: 'arn:aws:iam::111122223333:user/bob', name: 'bob' };
    const evidence = [...finding.evidence, ...finding.evidence.map((one) => ({ ...one, actor: other }))];
    expect(decide({ ...finding, evidence }, context, { ...tolerance, announced: [work] }).verdict).toBe('act');
  });
});

describe('who did it is asked before the engineer', () => {
  test.each<[string, { finding?: Partial<Finding>; context?: Partial<DecideContext>; tolerance?: Partial<Tolerance> }, boolean]>([
    ['a person whose credentials they are', {}, true],
    ['also where no playbook answers', { context: { offers: [] } }, true],
    ['nobody whose they are', { tolerance: { people: {} } }, false],
    ['who cannot be reached', { context: { reachable: [] } }, false],
    ['tolerance does not want it', { tolerance: { default: { ...alice.default, askActorFor: 0 } } }, false],
    ['an incident that wakes the engineer, too', { context: { incident: { id: 'i', pages: true } } }, true],
    ['there is more than is shown', { finding: { count: { n: 1, atLeast: true } } }, false],
    ['root', { finding: { actor: { type: 'Root', uid: user, name: 'root' } } }, false],
    ['a setting', { finding: { kind: 'compliance' } }, false],
    ['below what is asked about', { finding: { severity: 'Low' } }, false],
    ['below what tolerance asks about', { finding: { severity: 'Medium' }, tolerance: asksFrom('High') }, false],
  ])('%s', (_, change, asked) => {
    const decision = decide(
      { ...finding, ...change.finding },
      { ...context, ...reached, ...change.context },
      { ...tolerance, ...alice, ...change.tolerance },
    );
    expect(decision.first).toEqual(asked ? { person: 'alice', minutes: 15 } : undefined);
    expect(decision.guardrails.includes('actor-first')).toBe(asked);
  });

  test.each<[string, Partial<Finding>]>([
    ['critical', { severity: 'Critical' }],
    ['data leaves', withTactics('exfiltration')],
    ['data is lost', withTactics('impact')],
    ['the trail is cut', withTactics('defense-impairment')],
  ])('there is little time, and a yes is not enough: %s', (_, change) => {
    const { first } = decide({ ...finding, ...change }, { ...context, ...reached }, { ...tolerance, ...alice });
    expect(first).toEqual({ person: 'alice', minutes: 5, enough: false });
  });

  test('what wakes nobody waits until the person is at work, and only that person is asked', () => {
    const decision = decide({ ...finding, severity: 'Medium' }, { ...context, ...reached }, { ...tolerance, ...alice });
    expect([decision.verdict, decision.first]).toEqual(['ask', { person: 'alice', minutes: 720 }]);
    const unreachable = decide({ ...finding, severity: 'Medium' }, context, { ...tolerance, ...alice });
    expect(unreachable.verdict).toBe('watch');
  });

  test('a person who was refused ran into a wall, and is not asked; a program is asked about', () => {
    const session = `arn:aws:sts::${account}:assumed-role/AWSReservedSSO_Power_1/alice@example.com`;
    const askedAfter = (uid: string, error?: string) => {
      const actor = { type: 'AssumedRole', uid, name: 'alice' };
      const evidence = finding.evidence.map((one) => ({ ...one, actor, ...(error === undefined ? {} : { error }) }));
      const people = { alice: [uid] };
      return decide({ ...finding, severity: 'Medium', actor, evidence }, { ...context, ...reached }, { ...tolerance, ...alice, people })
        .first;
    };
    expect(askedAfter(session, 'AccessDenied')).toBeUndefined();
    expect(askedAfter(session)).toBeDefined();
    expect(askedAfter(`arn:aws:sts::${account}:assumed-role/terraform/plan`, 'AccessDenied')).toBeDefined();
  });

  describe('whose it is is asked, too', () => {
    const owned = { accountOwners: { [account]: 'kim' } };
    const tagged = { about: { tags: {}, owner: { name: 'Olga', from: 'tag owner', person: 'olga' }, standing: [] } };
    const all = { reachable: ['alice', 'kim', 'olga'] };
    const firstOf = (of: Partial<Finding>, known: Partial<DecideContext> = {}, more: Partial<Tolerance> = owned) =>
      decide({ ...finding, ...of }, { ...context, ...all, ...known }, { ...tolerance, ...alice, ...more }).first;
    const patient = { person: 'alice', minutes: 720 };
    const hurried = { person: 'alice', minutes: 5, enough: false } as const;

    test.each<[string, Decision['first'], Decision['first']]>([
      [
        'data was taken: the owner of the account',
        firstOf({ ...withTactics('collection'), severity: 'Medium' }),
        { ...patient, owner: 'kim' },
      ],
      [
        'data was taken: the owner of the thing before the account’s',
        firstOf({ ...withTactics('collection'), severity: 'Medium' }, tagged),
        { ...patient, owner: 'olga' },
      ],
      [
        'data was lost, nothing to wake somebody for: a yes alone is not enough',
        firstOf({ ...withTactics('impact'), severity: 'Medium' }, tagged),
        { ...patient, enough: false, owner: 'olga' },
      ],
      [
        'a trail was cut, nothing to wake somebody for: nor here, and without an owner the engineer is asked',
        firstOf({ ...withTactics('defense-impairment'), severity: 'Medium' }, {}, {}),
        { ...patient, enough: false },
      ],
      ['rights were widened: nobody', firstOf({ ...withTactics('persistence'), severity: 'Medium' }, tagged), patient],
      ['data leaves: their word settles it', firstOf(withTactics('exfiltration')), { ...hurried, owner: 'kim' }],
      ['data leaves: a tag settles nothing', firstOf(withTactics('exfiltration'), tagged, {}), hurried],
      ['the trail is cut: the engineer looks in any case', firstOf(withTactics('defense-impairment', 'exfiltration')), hurried],
      ['critical: the engineer looks in any case', firstOf({ ...withTactics('exfiltration'), severity: 'Critical' }), hurried],
      ['nobody vouches for themselves', firstOf(withTactics('exfiltration'), {}, { accountOwners: { [account]: 'alice' } }), hurried],
      [
        'nor by a tag; then the owner of the account',
        firstOf(
          { ...withTactics('collection'), severity: 'Medium' },
          { about: { ...tagged.about, owner: { name: 'a', from: 't', person: 'alice' } } },
        ),
        { ...patient, owner: 'kim' },
      ],
      ['who is not reached', firstOf(withTactics('exfiltration'), { reachable: ['alice'] }), hurried],
    ])('%s', (_, first, expected) => expect(first).toEqual(expected));

    test('where nobody answers for who did it the owner of the account is asked, unless the engineer is', () => {
      const nobody = { ...owned, people: {} };
      expect(firstOf({ severity: 'Medium' }, {}, nobody)).toEqual({ person: 'kim', minutes: 720, as: 'owner' });
      expect(firstOf({ severity: 'High' }, {}, nobody)).toBeUndefined();
      expect(firstOf({ severity: 'Low' }, {}, nobody)).toBeUndefined();
      expect(firstOf({ severity: 'Medium', actor: { type: 'Root', uid: user, name: 'root' } }, {}, nobody)).toBeUndefined();
    });
  });

  test('what automation may do alone is done first', () => {
    const decision = decide(finding, { ...context, ...reached }, { ...tolerance, ...alice, default: { ...alice.default, act: 'alone' } });
    expect([decision.verdict, decision.first]).toEqual(['act', undefined]);
  });

  test('two who did it cannot answer for each other', () => {
    const other = { type: 'IAMUser', uid: 'arn:aws:iam::111122223333:user/bob', name: 'bob' };
    const evidence = [...finding.evidence, ...finding.evidence.map((one) => ({ ...one, actor: other }))];
    expect(decide({ ...finding, evidence }, { ...context, ...reached }, { ...tolerance, ...alice }).first).toBeUndefined();
  });
});

describe('cutting off who did it', () => {
  const cut: Offer = { ...offer, cutsOff: true };
  const block: Offer = { ...offer, playbook: 'aws.s3.block-public-access', target: { ...offer.target, uid: 'arn:aws:s3:::b' } };
  const workload: Partial<Offer> = { risks: ['workload'], servesProduction: 'unknown' };
  const paging = { incident: { id: 'i', pages: true, proven: true, suspects: [user], misplaced: [user] } };
  const deeds = { incident: { ...paging.incident, misplaced: [] } };
  const byOthers = { incident: { id: 'i', pages: true, proven: true, suspects: ['arn:aws:iam::111122223333:user/bob'] } };
  const unproven = { incident: { id: 'i', pages: true, proven: false, suspects: [user] } };
  const at = (severity: Finding['severity'], known: Partial<DecideContext>) =>
    decide({ ...finding, severity }, { ...context, ...known }, tolerance);

  test.each<[string, Finding['severity'], Partial<DecideContext>, string, readonly string[]]>([
    ['grave, by credentials in other hands', 'High', { offers: [cut], ...paging }, 'act', []],
    ['grave, and nothing says that the credentials are in other hands', 'High', { offers: [cut], ...deeds }, 'ask', ['deed-only']],
    ['grave alone', 'High', { offers: [cut] }, 'ask', ['deed-only']],
    ['part of an incident of deeds alone', 'Medium', { offers: [cut], ...deeds }, 'watch', ['deed-only']],
    ['not grave by itself', 'Medium', { offers: [cut] }, 'watch', ['not-grave']],
    ['part of an incident that wakes people', 'Medium', { offers: [cut], ...paging }, 'act', []],
    ['of which only log objects tell', 'Medium', { offers: [cut], ...unproven }, 'watch', ['not-grave']],
    ['of which it is only about the same thing', 'Medium', { offers: [cut], ...byOthers }, 'watch', ['not-grave']],
    ['what was done is not grave: whose it is takes it back', 'Medium', { offers: [cut, block] }, 'watch', ['not-grave']],
    ['what was done is part of an incident that wakes people', 'Medium', { offers: [cut, block], ...deeds }, 'act', []],
    ['cut off already', 'High', { offers: [{ ...cut, liveState: 'gone' }] }, 'watch', ['contained']],
    [
      'cut off already, and mended',
      'High',
      {
        offers: [
          { ...cut, liveState: 'gone' },
          { ...block, liveState: 'gone' },
        ],
      },
      'close',
      [],
    ],
    ['mended already, and not grave', 'Medium', { offers: [cut, { ...block, liveState: 'gone' }] }, 'close', []],
    [
      'mended already, and grave: whoever did it is there still',
      'High',
      { offers: [cut, { ...block, liveState: 'gone' }], ...paging },
      'act',
      [],
    ],
  ])('%s', (_, severity, known, verdict, guardrails) => {
    const decision = at(severity, known);
    expect([decision.verdict, decision.guardrails]).toEqual([verdict, guardrails]);
  });

  test('what tells that credentials are in other hands is enough by itself, and so is the root user', () => {
    const of = (more: Partial<Finding>) =>
      decide({ ...finding, severity: 'High', ...more }, { ...context, offers: [cut] }, tolerance).verdict;
    const rule = (...techniques: readonly string[]) => ({ rule: { ...finding.rule, techniques } });
    expect([of(rule('T1078.004')), of(rule('T1098', 'T1078.004')), of(rule('T1098'))]).toEqual(['act', 'ask', 'ask']);
    const root = { type: 'Root', uid: `arn:aws:iam::${account}:root`, name: 'root' };
    expect(of({ actor: root, evidence: finding.evidence.map((one) => ({ ...one, actor: root })) })).toBe('act');
  });

  test('what was done is mended at once, and whether to cut off who did it is asked', () => {
    const decision = at('High', { offers: [{ ...cut, ...workload }, block] });
    expect([decision.verdict, decision.actions.map(({ playbook }) => playbook), decision.asks?.map(({ playbook }) => playbook)]).toEqual([
      'act',
      [block.playbook],
      [cut.playbook],
    ]);
    expect(at('Medium', { offers: [{ ...cut, ...workload }, block] }).asks).toBeUndefined();
    expect(at('High', { offers: [cut, { ...block, ...workload }] }).asks).toBeUndefined();
  });

  test('a person of Identity Center is the same in every account', () => {
    const session = (id: string, set: string) => `arn:aws:sts::${id}:assumed-role/AWSReservedSSO_${set}/dana@example.com`;
    const dana = { type: 'AssumedRole', uid: session(account, 'Admin_1'), name: 'dana' };
    const known = {
      offers: [cut],
      incident: {
        id: 'i',
        pages: true,
        proven: true,
        suspects: [session('444455556666', 'Power_2')],
        misplaced: [session('444455556666', 'Power_2')],
      },
    };
    const by = { severity: 'Medium', actor: dana, evidence: finding.evidence.map((one) => ({ ...one, actor: dana })) } as const;
    expect(decide({ ...finding, ...by }, { ...context, ...known }, tolerance).verdict).toBe('act');
  });

  test('the person is asked about what is held back, if somebody is', () => {
    const offers = [{ ...cut, ...workload }, block];
    const { first } = decide(
      finding,
      { ...context, ...reached, offers },
      { ...tolerance, ...alice, default: { ...alice.default, act: 'alone' } },
    );
    expect(first).toEqual({ person: 'alice', minutes: 15 });
  });

  test('tolerance may name a playbook that takes back what is not grave, and whoever did it is asked about', () => {
    const playbooks = { [block.playbook]: 'alone', [cut.playbook]: 'alone' } as const;
    const named = { ...tolerance, ...alice, default: { ...alice.default, playbooks } };
    const decision = decide({ ...finding, severity: 'Medium' }, { ...context, ...reached, offers: [cut, block] }, named);
    expect([decision.verdict, decision.actions.map(({ playbook }) => playbook)]).toEqual(['act', [block.playbook]]);
    expect([decision.first?.person, decision.asks?.map(({ playbook }) => playbook)]).toEqual(['alice', [cut.playbook]]);
  });

  test('what two persons have granted takes back what is not grave, and cuts nobody off', () => {
    const grant = { rule: finding.rule.id, account, playbook: block.playbook, despite: [], owner: 'a, b', reason: 'x', expires: 2_000 };
    const verdict = (granted: Partial<typeof grant>, offered: Offer = block) =>
      decide(
        { ...finding, severity: 'Medium' },
        { ...context, offers: [offered] },
        { ...tolerance, grants: [{ ...grant, playbook: offered.playbook, ...granted }] },
      ).verdict;
    expect([verdict({}), verdict({ rule: 'aws.iam.y' }), verdict({ expires: 1_000 }), verdict({}, cut)]).toEqual([
      'act',
      'watch',
      'watch',
      'watch',
    ]);
  });

  test('who did it is cut off: what else was opened is asked of the engineer, and not of whose credentials were taken', () => {
    const door = { ...block, ...workload };
    const person = { ...tolerance, ...alice, default: { ...alice.default, act: 'alone' } } as const;
    const ofDoor = (cutting: Offer, more: Partial<Offer> = {}) =>
      decide(finding, { ...context, ...reached, ...paging, offers: [cutting, { ...door, ...more }] }, person);
    const first = ofDoor(cut);
    expect([first.verdict, first.actions.map(({ playbook }) => playbook)]).toEqual(['act', [cut.playbook]]);
    expect([first.first, first.asks?.map(({ playbook }) => playbook)]).toEqual([undefined, [block.playbook]]);
    const after = ofDoor({ ...cut, liveState: 'gone' });
    expect([after.verdict, after.first, after.actions.map(({ playbook }) => playbook)]).toEqual(['ask', undefined, [block.playbook]]);
    expect(ofDoor(cut, { risks: [] }).asks).toBeUndefined();
    // A harsher way than the one that is taken is nobody's question.
    expect(ofDoor(cut, { risks: [], approval: 'one-person' }).asks).toBeUndefined();
  });
});

describe('who was asked has said nothing', () => {
  const cut: Offer = { ...offer, cutsOff: true };
  const serving = { offers: [{ ...cut, risks: ['workload'] as const, servesProduction: 'unknown' as const }] };
  const silence = { ...reached, unanswered: { person: 'alice' } };
  type Change = {
    finding?: Partial<Finding>;
    context?: Partial<DecideContext>;
    tolerance?: Partial<Tolerance>;
    scope?: Partial<ToleranceScope>;
  };
  const at = (known: Partial<DecideContext>, { finding: of, context: more, tolerance: rest, scope }: Change = {}) =>
    decide(
      { ...finding, ...of },
      { ...context, offers: [cut], ...known, ...more },
      { ...tolerance, ...alice, default: { ...alice.default, act: 'alone', onSilence: 'contain', ...scope }, ...rest },
    );
  const contained = (change: Change = {}) => {
    const { verdict, actions } = at(silence, change);
    return verdict === 'act' && actions.some(({ mode }) => mode === 'live');
  };

  test.each<[string, Change]>([
    ['what may be somebody’s work', {}],
    ['what is not grave', { finding: { severity: 'Medium' } }],
    ['what tolerance asks about', { scope: { act: 'ask' } }],
    ['where a "yes" is not enough', { finding: withTactics('exfiltration') }],
    ['in a unit of the business', { scope: { onSilence: 'ask' }, tolerance: { units: [{ name: 'x', onSilence: 'contain' }] } }],
    ['in one account', { scope: { onSilence: 'ask' }, tolerance: { accounts: { [account]: { onSilence: 'contain' } } } }],
    ['production that tolerance names', { scope: { acceptProductionUse: [cut.playbook] }, context: serving }],
    [
      'what was taken back already, and who did it is there still',
      { finding: { severity: 'Medium' }, context: { offers: [cut, { ...offer, liveState: 'gone' }] } },
    ],
  ])('contains: %s', (_, change) => {
    expect(contained(change)).toBe(true);
    // Before, the person was asked, and told what silence brings.
    const before = at(reached, change);
    if (before.verdict !== 'close') expect([before.verdict, before.first?.silence]).toEqual(['ask', 'contain']);
  });

  test.each<[string, Change]>([
    ['tolerance has the engineer asked', { scope: { onSilence: 'ask' } }],
    ['only log objects say so', { context: { evidence: 'unvalidated' } }],
    ['not armed', { context: { offers: [{ ...cut, armed: false }] } }],
    ['the stop button', { context: { stopped: true } }],
    ['irreversible', { context: { offers: [{ ...cut, reversible: false }] } }],
    ['a harsher way, which wants approval', { context: { offers: [{ ...cut, approval: 'one-person' }] } }],
    ['protected', { tolerance: { protected: [user] } }],
    ['our own', { context: { own: [user] } }],
    ['who is on call', { context: { operators: ['alice'] } }],
    ['a freeze', { tolerance: { freezes: [{ from: 0, until: 2_000, reason: 'year end' }] } }],
    ['the hour is full', { context: { startedLastHour: { everywhere: 10, account: 0 } } }],
    ['nothing may be started', { tolerance: { caps: { ...tolerance.caps, perRun: 0 } } }],
    ['it serves production', { context: serving }],
    [
      'not grave, and tolerance names what serves production',
      { finding: { severity: 'Medium' }, scope: { acceptProductionUse: [cut.playbook] }, context: serving },
    ],
    ['somebody may use it', { context: { offers: [{ ...cut, risks: ['legitimate-use'], legitimateUse: 'unknown' }] } }],
    ['tolerance forbids', { scope: { act: 'never' } }],
    ['tolerance wants to be asked about this playbook', { scope: { playbooks: { [cut.playbook]: 'ask' } } }],
    ['the credentials are another person’s by now', { tolerance: { people: { bob: [user] } }, context: { reachable: ['alice', 'bob'] } }],
    ['the person is reached no more', { context: { reachable: [] } }],
  ])('does not: %s; the engineer is asked', (_, change) => {
    for (const severity of ['Medium', 'High'] as const) {
      const decision = at(silence, { ...change, finding: { severity, ...change.finding } });
      expect([decision.verdict, decision.first, decision.actions.some(({ approvals }) => approvals === 0)]).toEqual([
        'ask',
        undefined,
        false,
      ]);
    }
  });

  test('nor where whose account it is was asked: their word cuts nobody off', () => {
    const owners = { people: {}, accountOwners: { [account]: 'kim' } };
    const known = { reachable: ['kim'], unanswered: { person: 'kim' } };
    const decision = at(known, { finding: { severity: 'Medium' }, tolerance: owners });
    expect([decision.verdict, decision.first]).toEqual(['ask', undefined]);
    expect(at({ reachable: ['kim'] }, { finding: { severity: 'Medium' }, tolerance: owners }).first).toEqual({
      person: 'kim',
      minutes: 720,
      as: 'owner',
    });
  });

  test('what is left beside it is asked of the engineer', () => {
    const door: Offer = { ...offer, playbook: 'aws.s3.block-public-access', risks: ['workload'], servesProduction: 'unknown' };
    const decision = at({ ...silence, offers: [cut, door] }, { finding: { severity: 'Medium' } });
    expect([decision.verdict, decision.first, decision.actions.length, decision.asks?.length]).toEqual(['act', undefined, 1, 1]);
  });

  test('where it is not chosen, and in what was stored before it could be, nothing is decided otherwise', () => {
    const { onSilence: _, ...old } = alice.default;
    const stored = { ...tolerance, ...alice, default: old as Required<ToleranceScope> };
    const change = fc.record({
      severity: fc.constantFrom('Low', 'Medium', 'High', 'Critical'),
      act: fc.constantFrom('alone', 'ask', 'never'),
      armed: fc.boolean(),
      evidence: fc.constantFrom('validated', 'unvalidated'),
      cutsOff: fc.boolean(),
    });
    fc.assert(
      fc.property(change, ({ severity, act, armed, evidence, cutsOff }) => {
        const world = { ...context, ...reached, evidence, offers: [{ ...(cutsOff ? cut : offer), armed }] } as const;
        const of = { ...finding, severity } as const;
        const asks = { ...stored, default: { ...stored.default, act, onSilence: 'ask' } } as const;
        const before: Tolerance = { ...stored, default: { ...stored.default, act } };
        expect(decide(of, world, before)).toEqual(decide(of, world, asks));
        expect(decide(of, world, before).first?.silence).toBeUndefined();
      }),
    );
  });
});

test('what tolerance forbids, and what touches us, is not offered for approval either', () => {
  const forbidden = decide(finding, context, { ...tolerance, accounts: { [account]: { act: 'never' } } });
  expect(forbidden.actions).toEqual([]);
});

test('what cannot be undone asks two persons', () => {
  const decision = decide(finding, { ...context, offers: [{ ...offer, reversible: false }] }, tolerance);
  expect(decision.actions.map((action) => action.approvals)).toEqual([2]);
});

test('a hostile account name finds no scope', () => {
  expect(decide({ ...finding, account: '__proto__' }, context, tolerance).verdict).toBe('act');
});

describe('what another service found and has put away', () => {
  const imported: NonNullable<Finding['imported']> = {
    source: 'guardduty',
    form: 'own',
    uid: 'u',
    type: 'T',
    severity: '8',
    state: 'active',
    updatedAt: 1,
    url: '',
    refs: [],
    trusted: true,
    answers: [],
  };
  test.each<[string, Partial<typeof imported>, DecideContext['evidence'], string]>([
    ['open', {}, 'validated', 'act'],
    ['archived', { state: 'archived' }, 'validated', 'close'],
    ['suppressed', { state: 'suppressed' }, 'validated', 'close'],
    ['resolved', { state: 'resolved' }, 'validated', 'close'],
    ['a sample', { sample: true }, 'validated', 'close'],
    ['archived, as a queue says', { state: 'archived' }, 'unvalidated', 'ask'],
    ['a sample, as a queue says', { sample: true }, 'unvalidated', 'ask'],
  ])('%s', (_, more, evidence, verdict) => {
    expect(decide({ ...finding, imported: { ...imported, ...more } }, { ...context, evidence }, tolerance).verdict).toBe(verdict);
  });
});
