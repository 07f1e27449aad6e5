import { expect, test } from 'vitest';
import type { Finding, ResourceRef } from '../../model/finding.ts';
import type { Around } from '../../model/plan.ts';
import { findingUnderTest } from '../finding-under-test.ts';
import { clusterTargets } from './kubernetes.ts';

const account = '111122223333';
const ref = (uid: string, kind = 'pods', region = 'eu-central-1'): ResourceRef => ({
  uid,
  type: `kubernetes/${kind}`,
  name: uid.split('/').at(-1) ?? '',
  account,
  region,
});
const finding = (resource: ResourceRef, more: { readonly operation?: string; readonly error?: string } = {}): Finding =>
  findingUnderTest({
    id: 'f'.repeat(32),
    rule: { id: 'aws.eks-audit.x' },
    severity: 'Medium',
    account,
    region: '',
    evidence: [
      {
        key: 'k',
        id: 'k',
        time: 0,
        rule: 'aws.eks-audit.x',
        operation: 'create pods',
        service: 'kubernetes',
        account,
        region: '',
        resource,
        ...more,
      },
    ],
  });
const naming = {
  kinds: { pods: 'of a namespace', clusterrolebindings: 'of the cluster' },
  params: ({ namespace, name }: { readonly namespace: string | null; readonly name: string }) => ({ namespace, name }),
} as const;
const targets = (of: Finding, around?: Around) => clusterTargets(of, around, naming).map(({ uid, params }) => [uid, params]);
const arn = (region: string) => `arn:aws:eks:${region}:${account}:cluster/prod`;

test('an object of a namespace, and one of the cluster', () => {
  expect(targets(finding(ref('prod/web/pods/cart-1')))).toEqual([
    [arn('eu-central-1'), { cluster: 'prod', namespace: 'web', name: 'cart-1' }],
  ]);
  expect(targets(finding(ref('prod/clusterrolebindings/a:b', 'clusterrolebindings')))).toEqual([
    [arn('eu-central-1'), { cluster: 'prod', namespace: null, name: 'a:b' }],
  ]);
});

test.each<[string, ResourceRef]>([
  ['of a log that names no cluster', ref('web/pods/cart-1')],
  ['of another kind', ref('prod/web/secrets/db', 'secrets')],
  ['whose path and type differ', ref('prod/web/secrets/db')],
  ['whose name is only begun', ref('prod/web/pods/cart-')],
  ['whose name is a path', ref('prod/web/pods/../../nodes/x')],
  ['whose namespace is none', ref('prod/We b/pods/cart-1')],
  ['of no cluster of EKS', ref('../x/web/pods/cart-1')],
  ['of another account', { ...ref('prod/web/pods/cart-1'), account: '444455556666' }],
  ['by a name that every object has', { ...ref('prod/web/constructor/x'), type: 'kubernetes/constructor' }],
])('what is %s is no target', (_, resource) => {
  expect(targets(finding(resource))).toEqual([]);
});

test('what the cluster refused was not done', () => {
  expect(targets(finding(ref('prod/web/pods/cart-1'), { error: 'Forbidden' }))).toEqual([]);
});

test('only what was done in the way that is asked for', () => {
  const made = { ...naming, operations: /^create\b/ };
  expect(clusterTargets(finding(ref('prod/web/pods/cart-1')), undefined, made)).toHaveLength(1);
  expect(clusterTargets(finding(ref('prod/web/pods/cart-1'), { operation: 'patch pods' }), undefined, made)).toEqual([]);
});

test('a log without a Region is of the one cluster of this name', () => {
  const none = finding(ref('prod/web/pods/cart-1', 'pods', ''));
  const around = (clusters: Around['clusters'] & object): Around => ({ management: null, root: null, atRoot: [], clusters });
  expect(targets(none)).toEqual([]);
  expect(targets(none, around([{ name: 'other', region: 'us-east-1' }]))).toEqual([]);
  expect(targets(none, around([{ name: 'prod', region: 'us-east-1' }])).map(([uid]) => uid)).toEqual([arn('us-east-1')]);
  const both = ['us-east-1', 'eu-west-1'].map((region) => ({ name: 'prod', region }));
  expect(targets(none, around(both))).toEqual([]);
});
