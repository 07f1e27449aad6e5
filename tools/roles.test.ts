import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { permissionOf } from '../src/core/act/permission.ts';
import { identityCenterPermits } from '../src/core/lib/plans/permission-set.ts';
import { operations } from '../src/edge/aws/operations.ts';
import { readOnlyRole } from './read-only-role.ts';
import { clusterRoles } from './write-cluster-roles.ts';
import { writeRoles } from './write-roles.ts';

const root = join(import.meta.dirname, '..');
const allowed = (text: string) => (JSON.parse(text) as { Statement: readonly { Action: readonly string[] }[] }).Statement[0]?.Action ?? [];
const reads = /^[a-z0-9-]+:(Get|List|Describe|Lookup|BatchGet|Simulate)[A-Z]/;

test('the reader reads only, and all roles name calls that the AWS edge knows', async () => {
  const { actor, undoer } = await writeRoles();
  const reader = await readOnlyRole();
  expect(allowed(reader).filter((action) => !reads.test(action))).toEqual([]);
  // Beside the permissions of calls, those that AWS asks for when a call hands a role over, lets Identity Center change one, or makes a trail of the organisation.
  const asked = ['iam:PassRole', 'organizations:ListAWSServiceAccessForOrganization', ...identityCenterPermits];
  const known = new Set([...Object.keys(operations), ...Object.keys(operations).map(permissionOf), ...asked]);
  for (const text of [reader, actor, undoer]) expect(allowed(text).filter((action) => !known.has(action))).toEqual([]);
});

test('what use cases read by themselves the reader may read', async () => {
  const may = new Set(allowed(await readOnlyRole()));
  const files = globSync('src/app/**/*.ts', { cwd: root }).filter((file) => !/\.test\.|under-test/.test(file));
  const read = files.flatMap((file) =>
    [
      ...readFileSync(join(root, file), 'utf8')
        // What is not read yet is named as well.
        .matchAll(/(?<!notRead\()'([a-z0-9-]+:(?:Get|List|Describe|Lookup|BatchGet|Simulate)[A-Z]\w+)'/g),
    ].map(([, action = '']) => action),
  );
  expect(read).toContain('organizations:DescribeOrganization');
  expect(read.filter((action) => !may.has(permissionOf(action)) && action !== 'sts:GetCallerIdentity')).toEqual([]);
});

test('who acts cannot stop a trail, and who undoes cannot start one', async () => {
  const { actor, undoer } = await writeRoles();
  expect(allowed(actor)).toContain('cloudtrail:StartLogging');
  expect(allowed(actor)).not.toContain('cloudtrail:StopLogging');
  expect(allowed(undoer)).not.toContain('cloudtrail:StartLogging');
});

test('who acts becomes root of an account to look at its credentials and to remove them, and nobody else does', async () => {
  const { actor, undoer } = await writeRoles();
  expect(allowed(actor)).toContain('sts:AssumeRoot');
  const task = (name: string) => `arn:*:iam::aws:policy/root-task/${name}`;
  expect((JSON.parse(actor) as { Statement: readonly object[] }).Statement).toContainEqual({
    Sid: 'NoOtherRootTask',
    Effect: 'Deny',
    Action: 'sts:AssumeRoot',
    Resource: '*',
    Condition: { StringNotLike: { 'sts:TaskPolicyArn': [task('IAMAuditRootUserCredentials'), task('IAMDeleteRootUserCredentials')] } },
  });
  for (const text of [await readOnlyRole(), undoer]) expect(text).not.toContain('AssumeRoot');
});

test('what is done in clusters is in no policy of IAM, but for knowing where a cluster is', async () => {
  const { actor, undoer } = await writeRoles();
  for (const text of [await readOnlyRole(), actor, undoer]) {
    expect(text).not.toContain('kubernetes:');
    expect(allowed(text)).toContain('eks:DescribeCluster');
  }
});

test('in a cluster each role may do what its part of the playbooks does, and no more', async () => {
  const roles = new Map(
    parseAllDocuments(await clusterRoles()).flatMap((document) => {
      const one = document.toJSON() as Manifest | null;
      return one?.kind === 'ClusterRole' ? [[one.metadata.name, one.rules] as const] : [];
    }),
  );
  const may = (role: string) =>
    (roles.get(role) ?? []).flatMap(({ resources, verbs }) => verbs.flatMap((verb) => resources.map((resource) => `${verb} ${resource}`)));
  expect(may('jobzero-reader').filter((one) => !/^(get|list) /.test(one))).toEqual([]);
  const changes = (role: string) => may(role).filter((one) => !/^(get|list) /.test(one));
  // What has a number of replicas is scaled, and not changed otherwise.
  const stops = [
    'patch daemonsets',
    'patch deployments/scale',
    'patch replicasets/scale',
    'patch statefulsets/scale',
    'patch cronjobs',
    'patch jobs',
  ];
  expect(changes('jobzero-actor')).toEqual([
    'patch nodes',
    'patch pods',
    ...stops,
    'create networkpolicies',
    'delete clusterrolebindings',
    'delete rolebindings',
  ]);
  expect(changes('jobzero-undoer')).toEqual([
    'patch nodes',
    'patch pods',
    ...stops,
    'delete networkpolicies',
    'create clusterrolebindings',
    'create rolebindings',
  ]);
  expect(may('jobzero-undoer-binds')).toEqual(['bind clusterroles', 'bind roles']);
});

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules: readonly { readonly resources: readonly string[]; readonly verbs: readonly string[] }[];
}
