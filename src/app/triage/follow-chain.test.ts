import { describe, expect, test } from 'vitest';
import { textAt } from '../../core/lib/json-at.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { JsonObject } from '../../core/model/json.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { openRange } from '../../range/open-range.ts';
import { triage } from '../triage.ts';
import { findingsIn, production, readyToTriage, tenant } from '../wire/triage-under-test.ts';
import { followChain } from './follow-chain.ts';

const start = Date.UTC(2026, 0, 15, 9);
const minute = 60_000;
const region = 'us-east-1';
const thief = '198.51.100.77';
const office = '203.0.113.5';
const terraform = `arn:aws:iam::${production}:role/terraform`;

/**
 * A thief with the key of a user makes one for alice, and with that a session of Terraform's role, which makes a session of another. Then what the finding tells of was cut off, for
 * `by`.
 */
async function cutOff(by: string, { session = 'tf', before = () => {}, cloud = (real: Cloud) => real }: Options = {}) {
  let now = start;
  const range = openRange({ seed: 'chain', start, now: () => now });
  const call = (accessKeyId: string, ip: string, action: string, input: JsonObject): JsonObject => {
    now += 1000;
    const origin = { ip, userAgent: 'aws-cli/2.17.0' };
    const { output, error } = range.perform({ credentials: { kind: 'key', accessKeyId }, region, action, input, origin });
    if (error !== null) throw error;
    return output;
  };
  const take = (key: string, ip: string, role: string, name: string) =>
    textAt(call(key, ip, 'sts:AssumeRole', { RoleArn: role, RoleSessionName: name }), 'Credentials', 'AccessKeyId') ?? '';
  const keyOf = (user: string) => Object.keys(range.state.accounts[production]?.users[user]?.keys ?? {})[0] ?? '';
  const stolen = keyOf('ci-deployer');
  const own = keyOf('alice');
  const trust = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: ['user/alice', 'user/ci-deployer', 'role/terraform'].map((one) => `arn:aws:iam::${production}:${one}`) },
        Action: 'sts:AssumeRole',
      },
    ],
  });
  const input = { RoleName: 'terraform', PolicyDocument: trust };
  const allow = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }] };
  const right = { UserName: 'ci-deployer', PolicyName: 'take', PolicyDocument: JSON.stringify(allow) };
  for (const [action, of] of [
    ['iam:UpdateAssumeRolePolicy', input],
    ['iam:PutUserPolicy', right],
  ] as const)
    range.perform({
      credentials: { kind: 'root', account: production },
      region,
      action,
      input: of,
      origin: { ip: office, userAgent: 'a' },
    });
  before({ call, take, own, stolen });
  const made = textAt(call(stolen, thief, 'iam:CreateAccessKey', { UserName: 'alice' }), 'AccessKey', 'AccessKeyId') ?? '';
  const records = (range.state.recent[production] ?? []) as readonly JsonObject[];
  const findings = (await findingsIn(records.filter((record) => record['eventName'] === 'CreateAccessKey'))) as readonly Finding[];
  take(made, '192.0.2.9', terraform, session);
  const store = memoryStore();
  const deps = await readyToTriage(store, findings, cloud(range.cloud), () => now);
  const [finding] = findings;
  if (finding === undefined) throw new Error('nothing was found');
  await store.within(tenant, async (tx) => {
    await tx.settings.set('tolerance', 'default: { act: alone }\n', now, 'owner');
    for (const one of findings) await tx.findings.live(one.id, 'acknowledged', now, 'automation', 'cut off');
    await followChain(tx, finding.id, by, now);
  });
  return {
    deps,
    finding,
    look: async (after = 0) => {
      now += after;
      const done = await triage(deps);
      return done.filter(
        (one) => one.finding.id === finding.id && one.decision.actions.some(({ playbook }) => playbook === 'aws.iam.deny-role-session'),
      );
    },
    denied: () =>
      store.within(tenant, async (tx) =>
        (await tx.actions.list({ limit: 99 })).flatMap((action) =>
          action.playbook === 'aws.iam.deny-role-session' ? [[action.target.params['sessionName'], action.by]] : [],
        ),
      ),
    asked: () =>
      store.within(tenant, async (tx) =>
        (await tx.judgements.list({ state: 'waiting', limit: 9 })).flatMap(({ options }) =>
          options.flatMap(({ playbook, target }) => (playbook === 'aws.iam.deny-role-session' ? [target.params['sessionName']] : [])),
        ),
      ),
    again: () => take(made, '192.0.2.9', terraform, 'later'),
  };
}

interface Options {
  readonly session?: string;
  readonly before?: (hands: {
    readonly call: (key: string, ip: string, action: string, input: JsonObject) => JsonObject;
    readonly take: (key: string, ip: string, role: string, name: string) => string;
    readonly own: string;
    readonly stolen: string;
  }) => void;
  readonly cloud?: (real: Cloud) => Cloud;
}

describe('what cut-off credentials had taken on', () => {
  test('is cut off for the person who had them cut off', async () => {
    const world = await cutOff('dana');
    await world.look();
    expect([await world.denied(), await world.asked()]).toEqual([[['tf', 'dana']], []]);
  });

  test('once, however often it is looked at', async () => {
    const world = await cutOff('dana');
    for (const after of [0, minute, 5 * minute, 20 * minute, 60 * minute]) await world.look(after);
    expect(await world.denied()).toEqual([['tf', 'dana']]);
  });

  test('also what AWS shows only a quarter of an hour later', async () => {
    const world = await cutOff('dana');
    await world.look();
    world.again();
    await world.look(minute);
    expect(await world.denied()).toEqual([['tf', 'dana']]);
    await world.look(20 * minute);
    await world.look(20 * minute);
    expect((await world.denied()).sort()).toEqual([
      ['later', 'dana'],
      ['tf', 'dana'],
    ]);
  });

  test('what a workload uses under the same name is left to the engineer: a thief chooses the name', async () => {
    const world = await cutOff('dana', {
      session: 'pipeline',
      before: ({ call, take, own }) => {
        const key = take(own, office, terraform, 'pipeline');
        call(key, office, 'ec2:DescribeInstances', {});
      },
    });
    await world.look();
    expect([await world.denied(), await world.asked()]).toEqual([[], ['pipeline']]);
  });

  test('where automation had them cut off and may not do this alone, the engineer is asked', async () => {
    const world = await cutOff('automation');
    await world.look();
    expect([await world.denied(), await world.asked()]).toEqual([[], ['tf']]);
  });

  test('of the stolen key itself what the thief has taken on, and not what its owner has, from elsewhere', async () => {
    const world = await cutOff('dana', {
      before: ({ take, stolen }) => {
        take(stolen, office, terraform, 'work');
        take(stolen, thief, terraform, 'loot');
      },
    });
    await world.look();
    expect((await world.denied()).sort()).toEqual([
      ['loot', 'dana'],
      ['tf', 'dana'],
    ]);
  });

  test('of very many some at each look, so that nobody makes us call without end', async () => {
    const world = await cutOff('dana', {
      before: ({ take, stolen }) => {
        for (let n = 0; n < 60; n++) take(stolen, thief, terraform, `loot-${n}`);
      },
    });
    await world.look();
    expect((await world.denied()).length).toBe(10);
  });

  test('and what that has taken on in turn', async () => {
    const world = await cutOff('dana', {
      before: ({ take, stolen }) => take(take(stolen, thief, terraform, 'loot'), thief, terraform, 'deeper'),
    });
    await world.look();
    expect((await world.denied()).map(([name]) => name).sort()).toEqual(['deeper', 'loot', 'tf']);
  });

  test('where the event history cannot be read it is tried again, and holds up nothing', async () => {
    let broken = true;
    const world = await cutOff('dana', {
      cloud: (real) => ({
        ...real,
        call: (call) => {
          const [attribute] = (call.input['LookupAttributes'] ?? []) as readonly JsonObject[];
          return broken && attribute?.['AttributeKey'] === 'AccessKeyId' ? Promise.reject(new Error('broken')) : real.call(call);
        },
      }),
    });
    await expect(world.look()).rejects.toThrow('broken');
    // Not at once, and not for ever.
    expect(await world.look(1000)).toEqual([]);
    await expect(world.look(minute)).rejects.toThrow('broken');
    broken = false;
    await world.look(minute);
    expect(await world.denied()).toEqual([['tf', 'dana']]);
  });
});

test('where the event history cannot be read for an hour, it is given up', async () => {
  const world = await cutOff('dana', {
    cloud: (real) => ({
      ...real,
      call: (call) => {
        const [attribute] = (call.input['LookupAttributes'] ?? []) as readonly JsonObject[];
        return attribute?.['AttributeKey'] === 'AccessKeyId' ? Promise.reject(new Error('broken')) : real.call(call);
      },
    }),
  });
  await expect(world.look(60 * minute)).rejects.toThrow('broken');
  expect(await world.look(60 * minute)).toEqual([]);
});

describe('a person of Identity Center who is denied in all other accounts', () => {
  const person = 'dana@example.com';

  /** Dana's sign-in makes a key for somebody else in production, and, or not, looks around in the management account. */
  async function deniedAfter(inManagement: boolean, by = person) {
    let now = start;
    const range = openRange({ seed: 'chain', start, now: () => now });
    const { management } = range.state.organisation;
    const act = (account: string, action: string, input: JsonObject) => {
      now += 1000;
      const role = 'AWSReservedSSO_AdministratorAccess_*';
      const credentials = range.roleSession({ account, role, name: person, mfa: false, holder: 'thief', at: now, renewed: false });
      if (credentials === null) throw new Error('there is no such role');
      const { error } = range.perform({ credentials, region, action, input, origin: { ip: thief, userAgent: 'aws-cli/2.17.0' } });
      if (error !== null) throw error;
    };
    if (inManagement) act(management, 'iam:ListUsers', {});
    act(production, 'iam:CreateAccessKey', { UserName: 'ci-deployer' });
    const records = (range.state.recent[production] ?? []) as readonly JsonObject[];
    const findings = await findingsIn(records.filter((record) => record['eventName'] === 'CreateAccessKey'));
    const store = memoryStore();
    const deps = await readyToTriage(store, findings, range.cloud, () => now);
    await store.within(tenant, async (tx) => {
      await tx.settings.set('tolerance', 'default: { act: alone }\n', now, 'owner');
      for (const one of findings) await tx.findings.live(one.id, 'acknowledged', now, 'automation', 'cut off');
      await followChain(tx, findings[0]?.id ?? '', by, now);
    });
    await triage(deps);
    return store.within(tenant, async (tx) => ({
      done: (await tx.actions.list({ limit: 99 })).flatMap((action) =>
        action.playbook === 'aws.sso.deny-person-in-management' ? [[action.target.account === management, action.by]] : [],
      ),
      asked: (await tx.judgements.list({ state: 'waiting', limit: 9 })).flatMap(({ options }) =>
        options.flatMap(({ playbook }) => (playbook === 'aws.sso.deny-person-in-management' ? [playbook] : [])),
      ),
    }));
  }

  test('is denied in the management account, too, where the sign-in was used there', async () => {
    expect(await deniedAfter(true)).toEqual({ done: [[true, person]], asked: [] });
  });

  test('and is left alone there where it was not', async () => {
    expect(await deniedAfter(false)).toEqual({ done: [], asked: [] });
  });

  test('the engineer is asked where automation had the person denied', async () => {
    expect(await deniedAfter(true, 'automation')).toEqual({ done: [], asked: ['aws.sso.deny-person-in-management'] });
  });
});
