import { expect, test } from 'vitest';
import { removeRootCredentials } from '../../../content/playbooks/aws/iam/remove-root-credentials.ts';
import { sessionPolicy } from '../../core/act/session-policy.ts';
import type { JsonObject } from '../../core/model/json.ts';
import { openRange } from '../open-range.ts';

const management = '111122223333';
const member = '444455556666';
const start = Date.UTC(2026, 0, 15, 9);

function organisation(isOn = true) {
  const range = openRange({ seed: 'root', start, now: () => start });
  const asManager = (action: string) =>
    range.perform({
      credentials: { kind: 'root', account: management },
      region: 'us-east-1',
      action,
      input: {},
      origin: { ip: '198.51.100.7', userAgent: 'x' },
    });
  if (isOn) asManager('iam:EnableOrganizationsRootCredentialsManagement');
  const [example] = removeRootCredentials.examples;
  if (example === undefined) throw new Error('no example');
  const steps = removeRootCredentials.plan(example.target, start);
  const looks = sessionPolicy(
    [],
    steps.map((step) => ({ ...step, do: { ...step.read, once: 'sets-state' as const } })),
  );
  const call = (action: string, policy: JsonObject, Member = member, account = management) =>
    range.cloud.call({
      account,
      region: 'us-east-1',
      action: `root-task:${action}`,
      input: { Member },
      role: 'actor',
      session: { policy, name: 'x' },
      approvedBy: ['alice', 'bob'],
    });
  return { call, whole: sessionPolicy([], steps), looks };
}

test('a session that looks at the credentials of root does not remove them', async () => {
  const { call, whole, looks } = organisation();
  expect(await call('GetLoginProfile', looks)).toMatchObject({ LoginProfile: {} });
  await expect(call('DeleteLoginProfile', looks)).rejects.toMatchObject({ kind: 'denied' });
  await call('DeleteLoginProfile', whole);
  await expect(call('GetLoginProfile', looks)).rejects.toMatchObject({ kind: 'not-found' });
});

test('nobody is root of the management account, from another account, or while it is switched off', async () => {
  const { call, whole } = organisation();
  await expect(call('DeleteLoginProfile', whole, management)).rejects.toMatchObject({ kind: 'denied' });
  await expect(call('DeleteLoginProfile', whole, member, '777788889999')).rejects.toMatchObject({ kind: 'denied' });
  const off = organisation(false);
  await expect(off.call('DeleteLoginProfile', off.whole)).rejects.toMatchObject({ kind: 'denied' });
});
