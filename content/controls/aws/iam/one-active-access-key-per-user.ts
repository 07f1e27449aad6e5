import { asObject } from '../../../../src/core/lib/json-at.ts';
import { unread } from '../../../../src/core/lib/unread.ts';
import type { Control } from '../../../../src/core/model/control.ts';
import type { Json } from '../../../../src/core/model/json.ts';

const reads = 'iam:ListAccessKeys';
const key = (id: string, status: string): Json => ({ id, status, createdAt: '2026-01-01T00:00:00.000Z' });

export const oneActiveAccessKeyPerUser: Control = {
  id: 'aws.iam.one-active-access-key-per-user',
  title: 'A user has one active access key at most',
  why: 'The second slot is for rotation. A second key that stays active is one that nobody looks after, and it is how intruders stay.',
  severity: 'Medium',
  type: 'AWS::IAM::User',
  reads: [reads],
  remediation: 'See in IAM which key was used last, deactivate the other, and delete it after two weeks. Ask who made it.',
  assess: (user) => {
    const keys = user.props['accessKeys'];
    if (!Array.isArray(keys)) return unread(user, 'accessKeys', reads);
    const active = keys.filter((one: Json) => asObject(one)?.['status'] === 'Active');
    if (active.length <= 1)
      return { status: 'Pass', reason: `User ${user.name} has ${active.length === 0 ? 'no' : 'one'} active access key.` };
    return {
      status: 'Fail',
      reason: `User ${user.name} has ${active.length} active access keys.`,
      // Not named `accessKeyId`: which of them is the wrong one, a person must say.
      facts: { activeKeys: active },
    };
  },
  examples: [
    {
      name: 'two active',
      resource: { props: { accessKeys: [key('AKIAIOSFODNN7EXAMPLE', 'Active'), key('AKIAI44QH8DHBEXAMPLE', 'Active')] } },
      expect: 'Fail',
    },
    {
      name: 'one of two',
      resource: { props: { accessKeys: [key('AKIAIOSFODNN7EXAMPLE', 'Active'), key('AKIAI44QH8DHBEXAMPLE', 'Inactive')] } },
      expect: 'Pass',
    },
    { name: 'none', resource: { props: { accessKeys: [] } }, expect: 'Pass' },
    { name: 'not read', resource: { props: {}, unread: { accessKeys: reads } }, expect: 'Unknown' },
  ],
};
