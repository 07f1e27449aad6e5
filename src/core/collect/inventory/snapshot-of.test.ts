import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Resource, Unread } from '../../model/resource.ts';
import { snapshotOf } from './snapshot-of.ts';

const resource = fc
  .record({ type: fc.constantFrom('AWS::A::B', 'AWS::C::D'), uid: fc.constantFrom('a', 'b', 'c'), name: fc.constantFrom('x', 'y') })
  .map(
    ({ type, uid, name }): Resource => ({
      type,
      uid,
      name,
      account: '111122223333',
      region: 'us-east-1',
      tags: {},
      props: { uid },
      unread: {},
    }),
  );
const unread = fc.constantFrom('ec2:DescribeInstances', 'iam:ListUsers').map(
  (permission): Unread => ({
    account: '111122223333',
    region: 'us-east-1',
    permission,
    types: ['AWS::A::B'],
    code: 'AccessDenied',
    reason: '',
  }),
);

test('order, duplicates and time do not count', () => {
  fc.assert(
    fc.property(fc.array(resource), fc.array(unread), fc.nat(), (resources, missing, takenAt) => {
      const base = { tenant: 'default', account: '111122223333' };
      const one = snapshotOf({ ...base, regions: ['us-east-1', 'eu-west-1'], takenAt: 1, resources, unread: missing });
      const two = snapshotOf({
        ...base,
        regions: ['eu-west-1', 'us-east-1', 'eu-west-1'],
        takenAt,
        resources: [...resources, ...resources].reverse(),
        unread: [...missing, ...missing],
      });
      expect(two).toEqual({ ...one, takenAt });
    }),
  );
});

test('another property is another snapshot', () => {
  const base = { tenant: 'default', account: '111122223333', regions: [], takenAt: 1, unread: [] };
  const of = (props: Resource['props']) =>
    snapshotOf({
      ...base,
      resources: [{ type: 'AWS::A::B', uid: 'a', name: 'a', account: '111122223333', region: 'us-east-1', tags: {}, props, unread: {} }],
    }).id;
  expect(of({ open: true })).not.toBe(of({ open: false }));
  expect(of({ open: null })).not.toBe(of({}));
});
