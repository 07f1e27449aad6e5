import { describe, expect, test } from 'vitest';
import { sealFinding } from '../lib/seal-finding.ts';
import type { DecideContext, Offer } from '../model/decide-context.ts';
import type { Finding } from '../model/finding.ts';
import type { Tolerance } from '../model/tolerance.ts';
import { decide } from './decide.ts';

const account = '111122223333';
const user = `arn:aws:iam::${account}:user/alice`;
const finding = sealFinding({
  format: 'jobzero.finding/1',
  tenant: 'default',
  id: '0'.repeat(32),
  kind: 'detection',
  rule: { id: 'aws.iam.x', major: 1, title: 'X', description: '', techniques: ['T1098'], tactics: ['persistence'] },
  severity: 'High',
  group: {},
  bucket: 0,
  account,
  region: 'us-east-1',
  actor: { type: 'IAMUser', uid: user, name: 'alice' },
  resources: [{ uid: user, type: 'AWS::IAM::User', name: 'alice', account, region: 'us-east-1' }],
  firstTime: 0,
  lastTime: 0,
  count: { n: 1, atLeast: false },
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
  message: 'X',
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
  default: { act: 'alone', playbooks: {}, decideFrom: 'Medium', askFrom: 'High', acceptLegitimateUse: [], acceptProductionUse: [] },
  accounts: {},
  caps: { perHour: 10, perAccountHour: 5 },
  closeAfterDays: 7,
  protected: [],
  freezes: [],
  exemptions: [],
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
