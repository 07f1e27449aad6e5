import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadRules } from '../detect/sigma/parse-rules.ts';
import { findingUnderTest } from '../lib/finding-under-test.ts';
import type { Evidence, Finding } from '../model/finding.ts';
import { draftFilter, draftWatch } from './draft-rule.ts';

const role = 'arn:aws:iam::111122223333:role/deployer';
const evidence = (more: Partial<Evidence>): Evidence => ({
  key: 'k',
  id: 'e',
  time: 1,
  rule: 'aws.iam.user-created',
  operation: 'CreateUser',
  service: 'iam.amazonaws.com',
  account: '111122223333',
  region: 'us-east-1',
  actor: { type: 'AssumedRole', uid: 'arn:aws:sts::111122223333:assumed-role/deployer/dana', name: 'dana', issuer: role },
  ...more,
});
const findingOf = (...all: readonly Partial<Evidence>[]): Finding =>
  findingUnderTest({ tenant: 'default', account: '111122223333', evidence: all.map(evidence) });
const user = (name: string) => ({ actor: { type: 'IAMUser', uid: `arn:aws:iam::111122223333:user/${name}`, name } });

test('a filter is as narrow as what was found', () => {
  expect(draftFilter(findingOf({ ip: '192.0.2.1' }, { operation: 'DeleteUser', ip: '192.0.2.2' }))).toContain(`filter:
  rules: ["aws.iam.user-created"]
  ordinary:
    recipientAccountId: ["111122223333"]
    userIdentity.sessionContext.sessionIssuer.arn: ["${role}"]
    eventName: ["CreateUser", "DeleteUser"]
    sourceIPAddress: ["192.0.2.1", "192.0.2.2"] #`);
});

test.each([
  ['nothing is shown', []],
  ['no rule is told', [{ rule: '' }]],
  ['nobody did it', [{ actor: undefined as never }]],
  ['users and roles did it', [{}, user('ann')]],
  ['it was a service', [{ actor: { type: 'AWSService', uid: 's3.amazonaws.com', name: 's3' } }]],
  ['many did it', [1, 2, 3, 4, 5, 6].map((n) => user(`u${n}`))],
])('there is none where %s', (_, all: readonly Partial<Evidence>[]) => {
  expect(draftFilter(findingOf(...all))).toBeNull();
});

test('whatever names are, the text is a filter of just these, and no wildcard', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom('*', '?', '\\', '"', '\n', ': ', '# ', ''), (name, odd) => {
      const text = draftFilter(findingOf(user(`${name}${odd}x`))) ?? '';
      const { filters, faults } = loadRules([{ file: 'draft.yml', text }]);
      expect(faults).toEqual([]);
      expect(filters).toHaveLength(1);
      expect(JSON.stringify(filters[0]?.when)).not.toContain('"glob"');
    }),
  );
});

test.each([
  { kind: 'arn', value: role },
  { kind: 'key', value: 'AKIAIOSFODNN7EXAMPLE' },
  { kind: 'address', value: '198.51.100.7' },
] as const)('a hunch about $kind $value becomes a rule', (hunch) => {
  const { rules, faults } = loadRules([{ file: 'draft.yml', text: draftWatch(hunch) }]);
  expect(faults).toEqual([]);
  expect(rules).toMatchObject([{ severity: 'High', title: `Seen again: ${hunch.value}` }]);
  expect(JSON.stringify(rules[0])).toContain(hunch.value);
});
