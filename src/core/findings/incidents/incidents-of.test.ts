import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../lib/canonical-json.ts';
import { findingUnderTest } from '../../lib/finding-under-test.ts';
import { sealFinding } from '../../lib/seal-finding.ts';
import type { Actor, Finding } from '../../model/finding.ts';
import type { Sequence } from '../../model/sequence.ts';
import type { Severity } from '../../model/severity.ts';
import { toOcsfIncident } from '../export/ocsf-incident.ts';
import { hostile } from '../export/sample-findings.ts';
import { incidentsOf, incidentsOfMembers } from './incidents-of.ts';
import { crowdedKeys, joinMembers } from './join-members.ts';
import { linkSpan } from './links.ts';
import { memberOf } from './member-of.ts';

const minute = 60_000;
const hour = 60 * minute;
// The middle of a span of links.
const start = Math.floor(Date.UTC(2026, 0, 15) / linkSpan) * linkSpan + 10 * 24 * hour;

const person = (name: string, account: number): Actor => ({
  type: 'AssumedRole',
  uid: `arn:aws:sts::11112222333${account}:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/${name}@example.com`,
  name,
  issuer: `arn:aws:iam::11112222333${account}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef`,
});
const serviceLinked: Actor = {
  type: 'AssumedRole',
  uid: 'arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForSupport/session',
  name: 'AWSServiceRoleForSupport/session',
  issuer: 'arn:aws:iam::111122223333:role/aws-service-role/support.amazonaws.com/AWSServiceRoleForSupport',
};

interface Told {
  readonly id: number;
  /** Milliseconds after the start. */
  readonly at?: number;
  /** Milliseconds from the first event to the last. */
  readonly lasts?: number;
  readonly severity?: Severity;
  readonly rule?: string;
  readonly tactics?: readonly string[];
  readonly who?: Actor;
  readonly ip?: string;
  readonly on?: { readonly uid: string; readonly type: string };
  readonly kept?: Readonly<Record<string, string>>;
  readonly account?: string;
}

const user = (name: string, accessKeyId?: string): Actor => ({
  type: 'IAMUser',
  uid: `arn:aws:iam::111122223333:user/${name}`,
  name,
  ...(accessKeyId === undefined ? {} : { accessKeyId }),
});
const session = (role: string, name: string, account = '111122223333'): Actor => ({
  type: 'AssumedRole',
  uid: `arn:aws:sts::${account}:assumed-role/${role}/${name}`,
  name: `${role}/${name}`,
  issuer: `arn:aws:iam::${account}:role/${role}`,
});

function finding({
  id,
  at = 0,
  lasts = 0,
  severity = 'Medium',
  rule = `aws.x.r${id}`,
  tactics = [],
  who,
  ip,
  on,
  kept,
  account = '111122223333',
}: Told) {
  const time = start + at;
  const actor = who === undefined ? {} : { actor: who };
  return findingUnderTest({
    id: String(id).padStart(32, '0'),
    rule: { id: rule, title: rule, tactics },
    severity,
    account,
    ...actor,
    resources: on === undefined ? [] : [{ ...on, name: on.uid, account, region: 'us-east-1' }],
    firstTime: time,
    lastTime: time + lasts,
    evidence: [
      {
        key: `k${id}`,
        id: `e${id}`,
        time,
        rule,
        operation: '',
        service: '',
        account,
        region: 'us-east-1',
        ...actor,
        ...(ip === undefined ? {} : { ip }),
        ...(kept === undefined ? {} : { kept }),
      },
    ],
  });
}

/** What a rule keeps of a policy that lets these accounts in. */
const trusting = (...accounts: readonly string[]) => ({
  policy: JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: { AWS: accounts }, Action: 'sts:AssumeRole' }] }),
});

/** The groups of ids that are joined. */
function groups(findings: readonly Finding[]): readonly (readonly number[])[] {
  const members = findings.flatMap((one) => memberOf(one) ?? []);
  return joinMembers(members, crowdedKeys(members))
    .map((group) => group.map((member) => Number(member.finding)).sort((a, b) => a - b))
    .sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
}

const key = (n: number) => `AKIAEXAMPLEEXAMPLE${String(n).padStart(2, '0')}`;
const bucket = { uid: 'arn:aws:s3:::example-data', type: 'AWS::S3::Bucket' };

describe('what belongs together', () => {
  test.each<[string, readonly Told[], readonly (readonly number[])[]]>([
    [
      'one user, a day apart',
      [
        { id: 1, who: user('alice') },
        { id: 2, at: 24 * hour, who: user('alice') },
      ],
      [[1, 2]],
    ],
    [
      'one user, three days apart',
      [
        { id: 1, who: user('alice') },
        { id: 2, at: 72 * hour, who: user('alice') },
      ],
      [[1], [2]],
    ],
    [
      'two users',
      [
        { id: 1, who: user('alice') },
        { id: 2, who: user('bob') },
      ],
      [[1], [2]],
    ],
    [
      'two sessions of one role',
      [
        { id: 1, who: session('app', 'a') },
        { id: 2, who: session('app', 'b') },
      ],
      [[1, 2]],
    ],
    [
      'what pages, under one name of role and session at one address in two accounts',
      [
        { id: 1, severity: 'High', who: session('admin', 'roll-out'), ip: '192.0.2.9' },
        { id: 2, severity: 'High', at: 20 * hour, who: session('admin', 'roll-out', '444455556666'), ip: '192.0.2.9' },
      ],
      [[1, 2]],
    ],
    [
      'the same more than a day apart',
      [
        { id: 1, severity: 'High', who: session('admin', 'roll-out'), ip: '192.0.2.9' },
        { id: 2, severity: 'High', at: 25 * hour, who: session('admin', 'roll-out', '444455556666'), ip: '192.0.2.9' },
      ],
      [[1], [2]],
    ],
    [
      'the same from two addresses, or under two names',
      [
        { id: 1, severity: 'High', who: session('admin', 'roll-out'), ip: '192.0.2.9' },
        { id: 2, severity: 'High', at: 2 * hour, who: session('admin', 'roll-out', '444455556666'), ip: '192.0.2.10' },
        { id: 3, severity: 'High', at: 2 * hour, who: session('admin', 'other', '777788889999'), ip: '192.0.2.9' },
      ],
      [[1], [2], [3]],
    ],
    [
      'weak signs under one name in two accounts, hours apart',
      [
        { id: 1, severity: 'High', who: session('admin', 'roll-out'), ip: '192.0.2.9' },
        { id: 2, severity: 'Medium', at: 2 * hour, who: session('admin', 'roll-out', '444455556666'), ip: '192.0.2.9' },
      ],
      [[1], [2]],
    ],
    [
      'one key of two identities',
      [
        { id: 1, who: user('alice', key(1)) },
        { id: 2, who: user('bob', key(1)) },
      ],
      [[1, 2]],
    ],
    [
      'a key that one made and another used',
      [
        { id: 1, who: user('alice'), kept: { accessKeyId: key(2) } },
        { id: 2, at: hour, who: user('bob', key(2)) },
      ],
      [[1, 2]],
    ],
    [
      'a user that was changed, and then acted',
      [
        { id: 1, who: user('alice'), on: { uid: user('bob').uid, type: 'AWS::IAM::User' } },
        { id: 2, at: hour, who: user('bob') },
      ],
      [[1, 2]],
    ],
    [
      'a chain over a third',
      [
        { id: 1, who: user('alice') },
        { id: 2, at: 30 * hour, who: user('alice') },
        { id: 3, at: 60 * hour, who: user('alice') },
      ],
      [[1, 2, 3]],
    ],
    [
      'weak ones within an hour',
      [
        { id: 1, severity: 'Low', who: user('a') },
        { id: 2, at: 40 * minute, severity: 'Low', who: user('a') },
      ],
      [[1, 2]],
    ],
    [
      'weak ones two hours apart',
      [
        { id: 1, severity: 'Low', who: user('a') },
        { id: 2, at: 2 * hour, severity: 'Low', who: user('a') },
      ],
      [[1], [2]],
    ],
    [
      'a weak one before and one after a graver',
      [
        { id: 1, severity: 'Low', who: user('a') },
        { id: 2, at: 20 * hour, who: user('a') },
        { id: 3, at: 40 * hour, severity: 'Informational', who: user('a') },
      ],
      [[1, 2, 3]],
    ],
    [
      'an informational one beside a low one',
      [
        { id: 1, severity: 'Low', who: user('a') },
        { id: 2, at: minute, severity: 'Informational', who: user('a') },
      ],
      [[1], [2]],
    ],
    [
      'notes before and after a low one of their session, within an hour',
      [
        { id: 1, severity: 'Informational', who: session('reports', 'one') },
        { id: 2, at: 50 * minute, severity: 'Low', who: session('reports', 'one') },
        { id: 3, at: 100 * minute, severity: 'Informational', who: session('reports', 'one') },
        { id: 4, at: 111 * minute, severity: 'Informational', who: session('reports', 'one') },
      ],
      [[1, 2, 3], [4]],
    ],
    [
      'a note beside a low one of another session of the role',
      [
        { id: 1, severity: 'Low', who: session('reports', 'one') },
        { id: 2, at: minute, severity: 'Informational', who: session('reports', 'another') },
      ],
      [[1], [2]],
    ],
    [
      'one address, two users',
      [
        { id: 1, who: user('a'), ip: '198.51.100.7' },
        { id: 2, at: minute, who: user('b'), ip: '198.51.100.7' },
      ],
      [[1, 2]],
    ],
    [
      'one address, two users, one of them weak',
      [
        { id: 1, who: user('a'), ip: '198.51.100.7' },
        { id: 2, at: minute, severity: 'Low', who: user('b'), ip: '198.51.100.7' },
      ],
      [[1], [2]],
    ],
    [
      'one address, hours apart',
      [
        { id: 1, who: user('a'), ip: '198.51.100.7' },
        { id: 2, at: 3 * hour, who: user('b'), ip: '198.51.100.7' },
      ],
      [[1], [2]],
    ],
    [
      'one address, the second soon after the end of the first',
      [
        { id: 1, lasts: 2.5 * hour, who: user('a'), ip: '198.51.100.7' },
        { id: 2, at: 3 * hour, who: user('b'), ip: '198.51.100.7' },
      ],
      [[1, 2]],
    ],
    [
      'one address, the first lasts all day',
      [
        { id: 1, lasts: 20 * hour, who: user('a'), ip: '198.51.100.7' },
        { id: 2, at: 15 * hour, who: user('b'), ip: '198.51.100.7' },
      ],
      [[1], [2]],
    ],
    [
      'a private address',
      [
        { id: 1, who: user('a'), ip: '10.0.0.7' },
        { id: 2, who: user('b'), ip: '10.0.0.7' },
      ],
      [[1], [2]],
    ],
    [
      'an AWS service that called for both',
      [
        { id: 1, who: user('a'), ip: 'cloudformation.amazonaws.com' },
        { id: 2, who: user('b'), ip: 'cloudformation.amazonaws.com' },
      ],
      [[1], [2]],
    ],
    [
      'an AWS service as the principal',
      [1, 2].map((id) => ({ id, who: { type: 'AWSService', uid: 'ec2.amazonaws.com', name: 'ec2' } })),
      [[1], [2]],
    ],
    [
      'one bucket, two users',
      [
        { id: 1, who: user('a'), on: bucket },
        { id: 2, at: hour, who: user('b'), on: bucket },
      ],
      [[1, 2]],
    ],
    [
      'an address that many principals have',
      [1, 2, 3, 4, 5].map((id) => ({ id, who: user(`u${id}`), ip: '198.51.100.7' })),
      [[1], [2], [3], [4], [5]],
    ],
    [
      'a role that many sessions have',
      [...'abcdefghi'].map((name, i) => ({ id: i + 1, who: session('shared', name) })),
      [[1], [2], [3], [4], [5], [6], [7], [8], [9]],
    ],
    [
      'two people under one permission set',
      [
        { id: 1, who: person('ann', 1) },
        { id: 2, who: person('ben', 1) },
      ],
      [[1], [2]],
    ],
    [
      'one person in two accounts',
      [
        { id: 1, who: person('ann', 1) },
        { id: 2, who: person('ann', 2) },
      ],
      [[1, 2]],
    ],
    [
      'one stranger let into many accounts, in each by another session and from no address',
      [1, 2, 3, 4].map((n) => ({
        id: n,
        at: n * minute,
        severity: 'High' as const,
        account: `11112222333${n}`,
        who: session(`stacksets-exec-${n}`, `s${n}`, `11112222333${n}`),
        kept: trusting('999988887777'),
      })),
      [[1, 2, 3, 4]],
    ],
    [
      'a stranger who was let in, and came in on the same day',
      [
        { id: 1, severity: 'High', who: user('a'), kept: trusting('999988887777') },
        { id: 2, severity: 'High', at: 9 * hour, who: user('b'), kept: { stranger: '999988887777' } },
        { id: 3, severity: 'High', at: 9 * hour, who: user('c'), kept: { stranger: '111122223333' } },
        { id: 4, severity: 'Medium', at: 9 * hour, who: user('d'), kept: { stranger: '999988887777' } },
      ],
      [[1, 2], [3], [4]],
    ],
    [
      'a stranger let in by what is not grave, by two of whom each lets in another beside, and the account itself',
      [
        { id: 1, who: user('a'), kept: trusting('999988887777') },
        { id: 2, who: user('b'), kept: trusting('999988887777') },
        { id: 3, severity: 'High', who: user('c'), kept: trusting('999988887777', '555566667777') },
        { id: 4, severity: 'High', who: user('d'), kept: trusting('999988887777') },
        { id: 5, severity: 'High', who: user('e'), kept: trusting('111122223333') },
        { id: 6, severity: 'High', who: user('f'), kept: trusting('111122223333') },
        { id: 7, severity: 'High', who: user('g'), kept: { account: '999988887777' } },
        { id: 8, severity: 'High', at: 25 * hour, who: user('h'), kept: trusting('999988887777') },
      ],
      [[1], [2], [3], [4], [5], [6], [7], [8]],
    ],
    ['a service-linked role', [1, 2].map((id) => ({ id, who: serviceLinked })), [[1], [2]]],
    [
      'over the end of a span',
      [
        { id: 1, at: Math.ceil(start / linkSpan) * linkSpan - start - minute, who: user('a') },
        { id: 2, at: Math.ceil(start / linkSpan) * linkSpan - start + minute, who: user('a') },
      ],
      [[1], [2]],
    ],
  ])('%s', (_, told, wanted) => {
    expect(groups(told.map(finding))).toEqual(wanted);
  });

  test('a finding over many principals does not join them', () => {
    const sprayed = finding({ id: 1, ip: '198.51.100.7' });
    const [one] = sprayed.evidence;
    const evidence = [...'abcdef'].flatMap((name) => (one === undefined ? [] : [{ ...one, actor: user(name) }]));
    const findings = [sealFinding({ ...sprayed, evidence }), finding({ id: 2, who: user('a') }), finding({ id: 3, who: user('b') })];
    expect(groups(findings)).toEqual([[1], [2], [3]]);
  });
});

describe('what pages', () => {
  const alice = user('alice');
  const one = (told: readonly Omit<Told, 'who'>[], sequences: readonly Sequence[] = []) =>
    incidentsOf(
      told.map((item) => finding({ ...item, who: alice })),
      sequences,
      'default',
    ).map(({ severity, pages, tactics }) => ({
      severity,
      pages,
      tactics,
    }));

  test.each<[string, readonly Omit<Told, 'who'>[], readonly object[]]>([
    ['one low', [{ id: 1, severity: 'Low' }], []],
    ['one medium', [{ id: 1, severity: 'Medium', tactics: ['impact'] }], []],
    ['one high', [{ id: 1, severity: 'High', tactics: ['impact'] }], [{ severity: 'High', pages: true, tactics: ['impact'] }]],
    [
      'a low and a medium of one tactic',
      [
        { id: 1, severity: 'Low', tactics: ['impact'] },
        { id: 2, tactics: ['impact'] },
      ],
      [{ severity: 'Medium', pages: false, tactics: ['impact'] }],
    ],
    [
      'one rule, many times',
      Array.from({ length: 30 }, (_, id) => ({ id, rule: 'aws.x.same', tactics: ['persistence', 'privilege-escalation', 'impact'] })),
      [],
    ],
    [
      'three mediums of three tactics',
      [
        { id: 1, tactics: ['discovery'] },
        { id: 2, tactics: ['persistence'] },
        { id: 3, tactics: ['exfiltration'] },
      ],
      [{ severity: 'High', pages: true, tactics: ['persistence', 'discovery', 'exfiltration'] }],
    ],
    [
      'three mediums of two tactics, which name more together',
      [
        { id: 1, tactics: ['discovery'] },
        { id: 2, tactics: ['discovery'] },
        { id: 3, tactics: ['discovery', 'impact'] },
      ],
      [{ severity: 'Medium', pages: false, tactics: ['discovery', 'impact'] }],
    ],
    [
      'two lows and two mediums of four tactics',
      [
        { id: 1, severity: 'Low', tactics: ['discovery'] },
        { id: 2, severity: 'Low', tactics: ['credential-access'] },
        { id: 3, tactics: ['persistence'] },
        { id: 4, tactics: ['exfiltration'] },
      ],
      [{ severity: 'High', pages: true, tactics: ['persistence', 'credential-access', 'discovery', 'exfiltration'] }],
    ],
    [
      'four lows of four tactics',
      ['discovery', 'credential-access', 'persistence', 'impact'].map((tactic, id) => ({
        id,
        severity: 'Low' as const,
        tactics: [tactic],
      })),
      [{ severity: 'Low', pages: false, tactics: ['persistence', 'credential-access', 'discovery', 'impact'] }],
    ],
    [
      'informational ones do not count',
      ['discovery', 'credential-access', 'persistence', 'impact'].map((tactic, id) => ({
        id,
        severity: id < 2 ? ('Informational' as const) : ('Medium' as const),
        tactics: [tactic],
      })),
      [{ severity: 'Medium', pages: false, tactics: ['persistence', 'impact'] }],
    ],
    [
      'a high one among five tactics',
      ['discovery', 'credential-access', 'persistence', 'impact', 'exfiltration'].map((tactic, id) => ({
        id,
        severity: id === 0 ? ('High' as const) : ('Low' as const),
        tactics: [tactic],
      })),
      [{ severity: 'Critical', pages: true, tactics: ['persistence', 'credential-access', 'discovery', 'exfiltration', 'impact'] }],
    ],
  ])('%s', (_, told, wanted) => {
    expect(one(told)).toEqual(wanted);
  });

  test('a sequence raises what it is told by, and says so', () => {
    const step = (name: string, rule: string) => ({ name, rules: [rule], techniques: [], tactics: [], level: 'Low' as const });
    const sequence: Sequence = {
      id: 'aws.x.story',
      title: 'A story',
      description: '',
      severity: 'High',
      ordered: true,
      within: hour,
      link: ['principal'],
      acrossAccounts: false,
      steps: [step('a', 'aws.x.r1'), step('b', 'aws.x.r2')],
    };
    const told = (second: number) => [finding({ id: 1, who: alice, severity: 'Low' }), finding({ id: 2, at: second, who: alice })];
    const [incident] = incidentsOf(told(30 * minute), [sequence], 'default');
    expect(incident).toMatchObject({ severity: 'High', pages: true, sequences: ['aws.x.story'], title: 'A story (alice)' });
    expect(incident?.why).toEqual(['The sequence aws.x.story: A story.']);
    // Equal stamps satisfy either order; later than the time, and the other way round, do not.
    expect(incidentsOf(told(0), [sequence], 'default')[0]?.sequences).toEqual(['aws.x.story']);
    expect(incidentsOf(told(2 * hour), [sequence], 'default')[0]?.sequences).toEqual([]);
    expect(incidentsOf(told(-30 * minute), [sequence], 'default')[0]?.sequences).toEqual([]);
  });
});

const aFinding = fc
  .record({
    id: fc.integer({ min: 0, max: 30 }),
    at: fc.integer({ min: 0, max: 200 }).map((n) => n * 30 * minute),
    lasts: fc.constantFrom(0, 0, hour, 5 * hour, 20 * hour),
    severity: fc.constantFrom<Severity>('Informational', 'Low', 'Medium', 'High'),
    rule: fc.constantFrom('aws.x.a', 'aws.x.b', 'aws.x.c', 'aws.x.d'),
    tactics: fc.uniqueArray(fc.constantFrom('discovery', 'persistence', 'impact', 'exfiltration'), { maxLength: 2 }),
    who: fc.constantFrom(
      user('alice', key(1)),
      user('bob'),
      session('app', 'a'),
      session('app', 'b'),
      session('app', 'a', '444455556666'),
      user('carol', key(1)),
    ),
    ip: fc.constantFrom('198.51.100.7', '203.0.113.9', '10.0.0.1'),
    kept: fc.constantFrom({}, trusting('999988887777'), trusting('555566667777')),
    on: fc.constantFrom(bucket, { uid: user('bob').uid, type: 'AWS::IAM::User' }),
  })
  .map(finding);

describe('laws', () => {
  test('incidents are a function of the set of findings', () => {
    fc.assert(
      fc.property(
        fc
          .uniqueArray(aFinding, { maxLength: 25, selector: (one) => one.id })
          .chain((all) =>
            fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2, maxLength: all.length * 2 })),
          ),
        ([all, shuffled]) => {
          expect(incidentsOf(shuffled, [], 'default')).toEqual(incidentsOf(all, [], 'default'));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('a finding is in one incident at most, and an incident is named by its smallest member', () => {
    fc.assert(
      fc.property(fc.uniqueArray(aFinding, { maxLength: 25, selector: (one) => one.id }), (all) => {
        const incidents = incidentsOf(all, [], 'default');
        const members = incidents.flatMap((incident) => incident.members.map((member) => member.finding));
        expect(new Set(members).size).toBe(members.length);
        for (const incident of incidents) expect(incident.id).toBe(incident.members.map((member) => member.finding).sort()[0]);
        // What is High is in one.
        for (const one of all) if (one.severity === 'High') expect(members).toContain(one.id);
      }),
    );
  });

  test('joining is that of the definition, link by link and pair by pair', () => {
    const near = (a: Finding, b: Finding): boolean => {
      const [x, y] = [memberOf(a), memberOf(b)];
      const apart = Math.abs(a.firstTime - b.firstTime);
      const isGrave = (one: Finding) => one.severity === 'Medium' || one.severity === 'High';
      const graves = [a, b].filter(isGrave).length;
      const lows = [a, b].filter((one) => one.severity === 'Low').length;
      const strong = graves === 2 ? 48 * hour : graves === 1 ? 24 * hour : lows === 2 ? hour : -1;
      return (x?.links ?? []).some(({ key: link }) => {
        if (y?.links.every((other) => other.key !== link)) return false;
        if (link.startsWith('address')) {
          const [first, then] = a.firstTime <= b.firstTime ? [a, b] : [b, a];
          const end = first.lastTime - first.firstTime <= 6 * hour ? first.lastTime : first.firstTime;
          return graves === 2 && then.firstTime - end <= hour;
        }
        if (/^(resource|hand|stranger) /.test(link)) return graves === 2 && apart <= 24 * hour;
        // A note belongs to what the same session or key did within an hour.
        return apart <= (lows === 1 && graves === 0 && /^(session|key) /.test(link) ? hour : strong);
      });
    };
    fc.assert(
      fc.property(fc.uniqueArray(aFinding, { maxLength: 12, selector: (one) => one.id }), (all) => {
        const label = new Map(all.map((one, i) => [one.id, i]));
        for (let changed = true; changed; ) {
          changed = false;
          for (const a of all)
            for (const b of all) {
              const [x = 0, y = 0] = [label.get(a.id), label.get(b.id)];
              if (x === y || !near(a, b)) continue;
              label.set(a.id, Math.min(x, y));
              label.set(b.id, Math.min(x, y));
              changed = true;
            }
        }
        const wanted = Object.values(Object.groupBy(all, (one) => String(label.get(one.id)))).map((group) =>
          (group ?? []).map((one) => Number(one.id)).sort((a, b) => a - b),
        );
        expect(groups(all)).toEqual(wanted.sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0)));
      }),
      { numRuns: 300 },
    );
  });

  test('hostile texts make an incident of bounded, well-formed text', () => {
    const others = ['\u0000', '\ud800', 'x'.repeat(100_000)].map((name, i) => ({
      ...hostile,
      id: String(i).padStart(32, '0'),
      actor: { type: '\u001b', uid: name, name, accessKeyId: name },
    }));
    const incidents = incidentsOf([hostile, ...others], [], 'default');
    expect(incidents.length).toBeGreaterThan(0);
    for (const incident of incidents) {
      const text = canonicalJson(toOcsfIncident(incident));
      expect(text.length).toBeLessThan(200_000);
      expect(text.isWellFormed()).toBe(true);
      for (const control of ['\u0000', '\u001b', '\u009b'])
        expect(JSON.stringify(incident)).not.toContain(JSON.stringify(control).slice(1, -1));
      for (const { links } of others.flatMap((one) => memberOf(one) ?? []))
        for (const { key } of links) expect(key).toMatch(/^[\x20-\x7e]{1,300}$/);
    }
  });

  test('thousands that all share a principal are joined, and the lists say what they leave out', () => {
    const all = Array.from({ length: 3_000 }, (_, id) => finding({ id, at: id * 1_000, who: user('alice'), rule: `aws.x.r${id % 7}` }));
    const members = all.flatMap((one) => memberOf(one) ?? []);
    const [found, ...others] = incidentsOfMembers(members, crowdedKeys(members), [], 'default');
    expect(others).toEqual([]);
    expect(found?.members.length).toBe(3_000);
    expect(found?.incident).toMatchObject({ left: { members: 2_500, timeline: 2_800 }, firstTime: start, lastTime: start + 2_999_000 });
  });
});
