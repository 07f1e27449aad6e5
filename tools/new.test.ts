import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseRules } from '../src/core/detect/sigma/parse-rules.ts';
import { parseSequence } from '../src/core/model/sequence.ts';
import { skeleton } from './new.ts';

test('a new rule compiles, and says where it still has to be written', () => {
  const { path, text } = skeleton('rule', 'aws.cloudtrail.trail-went-quiet');
  expect(path).toBe('content/rules/aws/cloudtrail/trail-went-quiet.yml');
  const { rules, faults } = parseRules(text, path, 'aws.cloudtrail.trail-went-quiet');
  expect(faults).toEqual([]);
  expect(rules.map((rule) => rule.id)).toEqual(['aws.cloudtrail.trail-went-quiet']);
  expect(text).toContain('TODO');
});

test('a new sequence says where it still has to be written', () => {
  const { path, text } = skeleton('sequence', 'aws.s3.data-moved-out');
  expect(path).toBe('content/sequences/aws/s3/data-moved-out.yml');
  expect(() => parseSequence('aws.s3.data-moved-out', parse(text), path)).toThrow(
    `${path}: steps.0.rules.0: a rule id, as aws.iam.user-created (and 1 more)`,
  );
});

test.each([
  [
    'control',
    'aws.s3.bucket-has-name',
    'content/controls/aws/s3/bucket-has-name.ts',
    'bucketHasName',
    "'../../../../src/core/model/control.ts'",
  ],
  ['playbook', 'aws.iam.rename-user', 'content/playbooks/aws/iam/rename-user.ts', 'renameUser', "'../../../../src/core/model/plan.ts'"],
  [
    'framework',
    'aws.internal.policy-2',
    'content/frameworks/aws/internal/policy-2.ts',
    'policy2',
    "'../../../../src/core/model/framework.ts'",
  ],
])('a new %s lies at its id, and exports its own name', (kind, id, path, name, from) => {
  const unit = skeleton(kind, id);
  expect(unit.path).toBe(path);
  expect(unit.text).toContain(`export const ${name}:`);
  expect(unit.text).toContain(from);
  expect(unit.text).toContain(`id: '${id}'`);
});

test.each([
  ['rules', 'aws.s3.x'],
  ['toString', 'aws.s3.x'],
  ['rule', 'aws.s3'],
  ['rule', 'AWS.s3.x'],
  ['rule', 'aws.s3.../../x'],
  ['rule', ''],
])('%s %s is refused', (kind, id) => {
  expect(() => skeleton(kind, id)).toThrow();
});
