import { expect, test } from 'vitest';
import { denyPersonInManagement } from '../../../content/playbooks/aws/sso/deny-person-in-management.ts';
import { aroundOf } from '../triage/around-of.ts';
import { peopleScenarios } from './people-under-test.ts';
import { account, management } from './scenario-under-test.ts';
import { attacked, carryOut, undo, type World, worldOf } from './world-under-test.ts';

function theft() {
  const scenario = peopleScenarios.find(({ playbook }) => playbook === denyPersonInManagement);
  if (scenario === undefined) throw new Error('there is no scenario');
  return attacked(scenario);
}

/** What comes of a call by an open session of the permission set. */
function calls({ organisation: { range } }: World, where: string, name: string, set = 'AdministratorAccess'): string {
  const role = `AWSReservedSSO_${set}_*`;
  const credentials = range.roleSession({ account: where, role, name, mfa: false, holder: 'thief', at: range.now(), renewed: true });
  if (credentials === null) throw new Error('there is no such role');
  const origin = { ip: '198.51.100.7', userAgent: 'x' };
  return range.perform({ credentials, region: 'us-east-1', action: 'iam:ListUsers', input: {}, origin }).error?.message ?? 'works';
}

test('the person is denied in the management account until it is undone, and nobody else is', async () => {
  const after = theft();
  const world = await worldOf(after);
  const others = () => [
    calls(world, management, 'erin@example.com'),
    calls(world, management, 'dana@example.com', 'ReadOnlyAccess'),
    calls(world, account, 'dana@example.com'),
  ];
  expect(calls(world, management, 'dana@example.com')).toBe('works');
  const action = await carryOut(world, after);
  expect(action.state).toBe('verified');
  expect(calls(world, management, 'dana@example.com')).toMatch(/with an explicit deny in an identity-based policy$/);
  expect(others()).toEqual(['works', 'works', 'works']);
  expect((await undo(world, action)).state).toBe('undone');
  expect(calls(world, management, 'dana@example.com')).toBe('works');
});

test('triage finds the target that the scenario works on', async () => {
  const after = theft();
  const { cloud } = await worldOf(after);
  expect(denyPersonInManagement.targets(after.finding, await aroundOf(cloud, after.finding))).toEqual([after.target]);
});
