import { describe, expect, test } from 'vitest';
import { findingUnderTest } from '../lib/finding-under-test.ts';
import type { DecideContext } from '../model/decide-context.ts';
import type { Actor, Evidence, Finding } from '../model/finding.ts';
import type { Exemption, Tolerance } from '../model/tolerance.ts';
import { decide } from './decide.ts';
import { type Judged, proposalFor, touches } from './propose.ts';

const account = '111122223333';
const role = `arn:aws:iam::${account}:role/deployer`;
const session: Actor = { type: 'AssumedRole', uid: `arn:aws:sts::${account}:assumed-role/deployer/s1`, name: 's1', issuer: role };
const user = (name: string) => ({
  uid: `arn:aws:iam::${account}:user/${name}`,
  type: 'AWS::IAM::User',
  name,
  account,
  region: 'aws-global',
});
const event = (actor: Actor): Evidence => ({
  key: actor.uid,
  id: actor.uid,
  time: 0,
  rule: 'aws.iam.x',
  operation: 'CreateAccessKey',
  service: 'iam.amazonaws.com',
  account,
  region: 'us-east-1',
  actor,
});
const findingOf = (more: Partial<Omit<Finding, 'revision'>> = {}): Finding =>
  findingUnderTest({
    rule: { id: 'aws.iam.x', tactics: ['persistence'] },
    account,
    actor: session,
    resources: [user('alice')],
    evidence: [event(session)],
    ...more,
  });
const judgedOf = (more: Partial<Judged> = {}, finding: Partial<Omit<Finding, 'revision'>> = {}): Judged => ({
  finding: findingOf(finding),
  guardrails: ['serves-production'],
  actions: [{ playbook: 'aws.iam.contain-access-key' }],
  evidence: 'validated',
  pages: false,
  nature: 'benign',
  answer: 'denied',
  by: ['kim'],
  at: 1_000,
  ...more,
});

const context: DecideContext = {
  format: 'jobzero.context/1',
  at: 2_000,
  stopped: false,
  evidence: 'validated',
  ownAction: null,
  startedLastHour: { everywhere: 0, account: 0 },
  own: [],
  offers: [],
};
const closes = (exemption: Exemption, finding: Finding, at = 2_000) => {
  const tolerance = {
    default: {
      act: 'ask',
      playbooks: {},
      decideFrom: 'Medium',
      askFrom: 'High',
      acceptLegitimateUse: [],
      acceptProductionUse: [],
      askActorFor: 0,
      impact: 0,
    },
    units: [],
    accounts: {},
    caps: { perHour: 9, perAccountHour: 9 },
    protected: [],
    freezes: [],
    announced: [],
    people: {},
    exemptions: [exemption],
  } as unknown as Tolerance;
  return decide(finding, { ...context, at }, tolerance).verdict === 'close';
};

describe('an exemption is as narrow as the case', () => {
  const change = proposalFor(judgedOf());
  if (change.kind !== 'exemption') throw new Error(change.kind);
  const { exemption } = change;

  test('it names rule, account, the role behind the session, and the resources; it has an owner and an end', () => {
    expect(exemption).toEqual({
      rule: 'aws.iam.x',
      account,
      actor: role,
      resources: [user('alice').uid],
      owner: 'kim',
      reason: 'It was judged to be ordinary work.',
      expires: 1_000 + 90 * 86_400_000,
    });
  });

  const another: Actor = { ...session, uid: session.uid.replace('s1', 's2') };
  const stranger: Actor = { type: 'IAMUser', uid: user('eve').uid, name: 'eve' };
  test.each<[string, Partial<Omit<Finding, 'revision'>>, boolean]>([
    ['the same again', {}, true],
    ['another session of the role', { actor: another, evidence: [event(another)] }, true],
    ['about less', { resources: [] }, true],
    ['somebody else', { actor: stranger, evidence: [event(stranger)] }, false],
    ['somebody else among those who did it', { evidence: [event(session), event(stranger)] }, false],
    ['more than is shown', { count: { n: 9, atLeast: true } }, false],
    ['another resource', { resources: [user('bob')] }, false],
    ['another resource beside it', { resources: [user('alice'), user('bob')] }, false],
    ['another account', { account: '444455556666' }, false],
    ['another rule', { rule: { ...findingOf().rule, id: 'aws.iam.y' } }, false],
  ])('%s', (_, finding, closed) => {
    expect(closes(exemption, findingOf(finding))).toBe(closed);
    if (closed) expect(touches(change, findingOf(finding))).toBe(true);
  });

  test('nothing once it has ended', () => {
    expect(closes(exemption, findingOf(), exemption.expires - 1)).toBe(true);
    expect(closes(exemption, findingOf(), exemption.expires)).toBe(false);
  });
});

test.each<[string, Partial<Judged>, Partial<Omit<Finding, 'revision'>>, string]>([
  ['only log files say so', { evidence: 'unvalidated' }, {}, 'did not confirm'],
  ['nobody looked whether AWS says so', { evidence: 'unknown' }, {}, 'did not confirm'],
  ['an intruder was active', { pages: true }, {}, 'incident that pages'],
  ['critical', {}, { severity: 'Critical' }, 'grave'],
  ['data leaves', {}, { rule: { ...findingOf().rule, tactics: ['exfiltration'] } }, 'grave'],
  ['a trail is cut', {}, { rule: { ...findingOf().rule, tactics: ['defense-impairment'] } }, 'grave'],
  ['a setting', {}, { kind: 'compliance' }, 'grave'],
  ['root', {}, { actor: { type: 'Root', uid: `arn:aws:iam::${account}:root`, name: 'root' }, evidence: [] }, 'names nobody'],
  ['several did it', {}, { evidence: [event({ type: 'IAMUser', uid: user('eve').uid, name: 'eve' })] }, 'More than one'],
  ['very many resources', {}, { resources: Array.from({ length: 21 }, (_, i) => user(`u${i}`)) }, 'more than one judgement covers'],
  ['it was done all the same', { answer: 'approved' }, {}, 'tells the two apart'],
])('ordinary work, but %s: no exemption', (_, judged, finding, says) => {
  const change = proposalFor(judgedOf(judged, finding));
  expect(change).toMatchObject({ kind: 'rule', says: expect.stringContaining(says) });
});

test.each<[string, Partial<Judged>, string]>([
  ['nothing answers it', { actions: [] }, 'one is wanted'],
  ['it was denied', { answer: 'denied' }, 'was not what was wanted'],
  ['it cannot be undone', { guardrails: ['irreversible', 'serves-production'] }, 'irreversible'],
  ['AWS did not confirm it', { guardrails: ['evidence-unvalidated'] }, 'evidence-unvalidated'],
  ['a principal is protected', { guardrails: ['protected-principal', 'tolerance-asks'] }, 'protected-principal'],
  ['two actions at once', { actions: [{ playbook: 'a' }, { playbook: 'b' }] }, 'a and b'],
])('an attack, but %s: no grant', (_, judged, says) => {
  const change = proposalFor(judgedOf({ nature: 'true-positive', answer: 'approved', ...judged }));
  expect(change).toMatchObject({ kind: 'playbook', says: expect.stringContaining(says) });
});

test('a grant lifts what was in the way, and nothing else', () => {
  const change = proposalFor(
    judgedOf({ nature: 'true-positive', answer: 'approved', guardrails: ['serves-production', 'tolerance-asks'] }),
  );
  expect(change).toMatchObject({
    kind: 'grant',
    grant: { rule: 'aws.iam.x', account, playbook: 'aws.iam.contain-access-key', despite: ['serves-production', 'tolerance-asks'] },
  });
});
