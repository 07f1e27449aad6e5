import { expect, test } from 'vitest';
import { controls } from '../../content/generated/controls.ts';
import { CloudError } from '../core/model/errors.ts';
import type { JsonObject } from '../core/model/json.ts';
import type { Cloud } from '../core/ports/cloud.ts';
import { memoryStore } from '../core/ports/store.memory.ts';
import { openRange } from '../range/open-range.ts';
import { takeSnapshot } from './take-snapshot.ts';

const account = '444455556666';
const region = 'us-east-1';
const start = Date.UTC(2026, 0, 15);

function organisation() {
  let at = start;
  const clock = { now: () => ++at };
  const { cloud } = openRange({ seed: 'snapshots', start, now: () => start, writeRole: 'administrator' });
  const store = memoryStore();
  const act = (action: string, input: JsonObject) => {
    const session = { name: 'test', policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } };
    return cloud.call({ account, region, action, input, role: 'actor', session });
  };
  const take = (over: Cloud = cloud) => takeSnapshot({ cloud: over, store, controls, clock, tenant: 'default' }, account, [region]);
  const stateOf = async (id: string) => (await store.within('default', (tx) => tx.findings.get(id)))?.state;
  return { cloud, store, act, take, stateOf };
}

/** Opens SSH of a new group to the world; returns how to close it and how to delete the group. */
async function weakness(act: ReturnType<typeof organisation>['act']) {
  const { Vpcs } = (await act('ec2:DescribeVpcs', {})) as unknown as { Vpcs: readonly { VpcId: string }[] };
  const made = (await act('ec2:CreateSecurityGroup', { GroupName: 'open', Description: 'x', VpcId: Vpcs[0]?.VpcId ?? '' })) as unknown as {
    GroupId: string;
  };
  const rule = {
    GroupId: made.GroupId,
    IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
  };
  return {
    group: made.GroupId,
    open: () => act('ec2:AuthorizeSecurityGroupIngress', rule),
    close: () => act('ec2:RevokeSecurityGroupIngress', rule),
  };
}

test('a weakness is raised, resolved when it is gone, and reopened when it is back', async () => {
  const { act, take, store, stateOf } = organisation();
  const first = await take();
  const { open, close, group } = await weakness(act);
  await open();
  const second = await take();
  expect(second.snapshot).not.toBe(first.snapshot);
  expect(second.raised.length).toBe(1);
  const [id = ''] = second.raised;
  const row = await store.within('default', (tx) => tx.findings.get(id));
  expect(row?.finding).toMatchObject({
    kind: 'compliance',
    rule: { id: 'aws.ec2.no-world-open-ingress' },
    evidence: [{ kept: { groupId: group, ports: ['22'] } }],
  });

  const again = await take();
  expect(again).toEqual({ ...second, raised: [], resolved: [] });

  await close();
  const closed = await take();
  expect(closed).toMatchObject({ raised: [], resolved: [id] });
  expect(await stateOf(id)).toBe('resolved');

  await open();
  expect(await take()).toMatchObject({ raised: [id], resolved: [] });
  expect(await stateOf(id)).toBe('open');
});

test('what was closed by an exemption stays closed until that ends', async () => {
  const { act, take, store, stateOf } = organisation();
  await take();
  const { open, group } = await weakness(act);
  await open();
  const [id = ''] = (await take()).raised;
  const exempt = (expires: string) =>
    store.within('default', async (tx) => {
      const rule = 'aws.ec2.no-world-open-ingress';
      const resource = `arn:aws:ec2:${region}:${account}:security-group/${group}`;
      const text = `exemptions:\n  - { rule: ${rule}, resource: "${resource}", reason: a bastion, owner: alice, expires: ${expires} }\n`;
      await tx.settings.set('tolerance', text, start, 'alice');
    });
  await exempt('2026-02-01');
  await store.within('default', (tx) => tx.findings.live(id, 'resolved', start, 'automation', 'Exempted by alice: a bastion'));
  expect((await take()).raised).toEqual([]);
  expect(await stateOf(id)).toBe('resolved');
  await exempt('2026-01-14');
  expect((await take()).raised).toEqual([id]);
  expect(await stateOf(id)).toBe('open');
});

test('what could not be read ends nothing', async () => {
  const { act, take, cloud, stateOf } = organisation();
  await take();
  const { open, close } = await weakness(act);
  await open();
  const [id = ''] = (await take()).raised;
  await close();
  const blind: Cloud = {
    ...cloud,
    call: (call) =>
      call.action === 'ec2:DescribeSecurityGroups'
        ? Promise.reject(new CloudError('denied', 'UnauthorizedOperation', call.action, 'no'))
        : cloud.call(call),
  };
  expect(await take(blind)).toMatchObject({ resolved: [], unread: 1 });
  expect(await stateOf(id)).toBe('open');
  expect((await take()).resolved).toEqual([id]);
});

test('the stored document is the whole snapshot but its time, and the ledger has a leaf', async () => {
  const { take, store } = organisation();
  const taken = await take();
  const bytes = await store.within('default', (tx) => tx.documents.get(taken.document));
  expect(JSON.parse(bytes ?? '{}')).toMatchObject({ format: 'jobzero.snapshot/1', id: taken.snapshot, account, unread: [] });
  expect(bytes).not.toContain('takenAt');
  expect((await take()).document).toBe(taken.document);
});

test('whom AWS writes to is in the stored snapshot, and not in the ledger', async () => {
  const { take, store } = organisation();
  const { document } = await take();
  expect(await store.within('default', (tx) => tx.documents.get(document))).toContain('security@example.com');
  expect(JSON.stringify(store.entries('default'))).not.toContain('example.com');
});
