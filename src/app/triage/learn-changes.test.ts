import { expect, test } from 'vitest';
import { controls } from '../../../content/generated/controls.ts';
import type { DecideContext } from '../../core/model/decide-context.ts';
import type { JsonObject } from '../../core/model/json.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { engineLoader } from '../../edge/engine/load-engine.ts';
import { openRange } from '../../range/open-range.ts';
import { ownThings } from '../own/own-things.ts';
import { takeSnapshot } from '../take-snapshot.ts';
import { triage } from '../triage.ts';
import { LearningPlace, learnChanges } from './learn-changes.ts';

const tenant = 'default';
const account = '444455556666';
const region = 'us-east-1';
const start = Date.UTC(2026, 0, 15);

/** So many groups that the root user opens to the world, found and watched; `person`: the root user is somebody's. */
async function opened(n: number) {
  let now = start;
  const range = openRange({ seed: 'changes', start, now: () => now });
  const root = (action: string, input: JsonObject) => {
    const origin = { ip: '198.51.100.7', userAgent: 'APN/1.0 HashiCorp/1.0 Terraform/1.9.0' };
    const done = range.perform({ credentials: { kind: 'root', account }, region, action, input, origin });
    if (done.error !== null) throw done.error;
    return done.output;
  };
  const [vpc] = root('ec2:DescribeVpcs', {})['Vpcs'] as readonly JsonObject[];
  for (let i = 0; i < n; i++) {
    const { GroupId = '' } = root('ec2:CreateSecurityGroup', { GroupName: `open-${i}`, Description: 'x', VpcId: vpc?.['VpcId'] ?? '' });
    const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
    root('ec2:AuthorizeSecurityGroupIngress', { GroupId, IpPermissions });
  }
  const lookups: string[] = [];
  const cloud: Cloud = {
    ...range.cloud,
    call: (call) => {
      if (call.action === 'cloudtrail:LookupEvents') lookups.push(JSON.stringify(call.input));
      return range.cloud.call(call);
    },
  };
  const store = memoryStore();
  const clock = { now: () => now };
  await store.within(tenant, (tx) => tx.settings.set('tolerance', `people: { dana: ["arn:aws:iam::${account}:root"] }\n`, now, 'owner'));
  const wanted = controls.filter(({ id }) => id === 'aws.ec2.no-world-open-ingress');
  await takeSnapshot({ cloud, store, controls: wanted, clock, tenant }, account, [region]);
  const deps = {
    tenant,
    store,
    cloud,
    clock,
    engines: engineLoader(),
    playbooks: [],
    rules: new Map(),
    own: () => ownThings({ roles: [] }),
  };
  await triage(deps);
  now += 60_000;
  /** What is known of those groups, by their last decision. */
  const about = () =>
    store.within(tenant, async (tx) => {
      const rows = await tx.findings.list({ kind: 'compliance', limit: 100 });
      const ours = rows.filter(({ finding }) => finding.resources.some(({ name }) => name.startsWith('open-')));
      return Promise.all(
        ours.map(async ({ finding }) => {
          const last = (await tx.decisions.ofFinding(finding.id)).toSorted((a, b) => a.at - b.at).at(-1);
          const context = JSON.parse((await tx.documents.get(last?.contextHash ?? '')) ?? '{}') as DecideContext;
          return { verdict: last?.decision.verdict, owner: context.about?.owner, deployer: context.about?.deployer };
        }),
      );
    });
  return { deps, lookups, about, pass: (ms: number) => (now += ms) };
}

test('of a setting that is watched it becomes known who changed it last, once, and that is a way to its owner', async () => {
  const { deps, lookups, about, pass } = await opened(1);
  expect(await about()).toMatchObject([{ verdict: 'watch', owner: { from: "the account's security contact" } }]);
  expect(lookups).toEqual([]);
  const place = new LearningPlace();
  await learnChanges(deps, place);
  await triage(deps);
  expect(await about()).toMatchObject([
    {
      verdict: 'watch',
      owner: { name: 'dana', from: 'who changed it last', changedLast: true },
      deployer: { who: `arn:aws:iam::${account}:root`, by: 'code', with: 'Terraform', operation: 'AuthorizeSecurityGroupIngress' },
    },
  ]);
  const asked = lookups.length;
  for (let round = 0; round < 3; round++) {
    pass(11 * 60_000);
    await learnChanges(deps, place);
  }
  await triage(deps);
  expect(lookups.length).toBe(asked);
});

test('a few are asked about in each round, until all are known', async () => {
  const { deps, lookups, about } = await opened(7);
  const place = new LearningPlace();
  await learnChanges(deps, place);
  expect(lookups.length).toBe(5);
  for (let round = 0; round < 3; round++) await learnChanges(deps, place);
  await triage(deps);
  expect((await about()).map(({ deployer }) => deployer?.operation)).toEqual(Array(7).fill('AuthorizeSecurityGroupIngress'));
});
