import { beforeAll, describe, expect, test } from 'vitest';
import { sealFinding } from '../core/lib/seal-finding.ts';
import type { DecideContext } from '../core/model/decide-context.ts';
import { CloudError } from '../core/model/errors.ts';
import type { Finding } from '../core/model/finding.ts';
import type { Incident, IncidentMember } from '../core/model/incident.ts';
import type { Json, JsonObject } from '../core/model/json.ts';
import type { Action, Playbook } from '../core/model/plan.ts';
import type { Cloud } from '../core/ports/cloud.ts';
import { memoryStore } from '../core/ports/store.memory.ts';
import { answerJudgement } from './console/answer-judgement.ts';
import { decideWhatIsDone } from './triage/decide-again.ts';
import { Deferred, triage } from './triage.ts';
import {
  type Attacked,
  attackedOrganisation,
  findingsIn,
  production,
  readyToTriage,
  seenBefore,
  tenant,
  withHistory,
} from './wire/triage-under-test.ts';

let world: Attacked;
/** The thief's own calls that make a finding each. */
let keyMade: JsonObject;
let trailStopped: JsonObject;

beforeAll(async () => {
  world = await attackedOrganisation();
  const named = (name: string) => {
    const record = world.records.find((one) => one['eventName'] === name && one['errorCode'] === undefined);
    if (record === undefined) throw new Error(`no ${name} in the logs`);
    // A finding each: what the thief's machine is would be one more.
    return { ...record, userAgent: 'aws-cli/2.17.0' };
  };
  keyMade = named('CreateAccessKey');
  trailStopped = named('StopLogging');
});

const minute = 60_000;

/** What becomes of the findings in these records, all in one round. */
async function decided(
  records: readonly JsonObject[],
  {
    cloud = world.range.cloud,
    after = 0,
    before = async () => {},
  }: { cloud?: Cloud; after?: number; before?: (store: ReturnType<typeof memoryStore>) => Promise<void> } = {},
) {
  const store = memoryStore();
  const findings = await findingsIn(records);
  const deps = await readyToTriage(store, findings, cloud, () => world.now + after);
  await seenBefore(store, findings);
  await before(store);
  const done = await triage(deps);
  const [actions, judgements] = await store.within(tenant, async (tx) => [
    await tx.actions.list({ limit: 100 }),
    await tx.judgements.list({ limit: 100 }),
  ]);
  return { store, deps, findings, done, actions, judgements, verdicts: done.map(({ decision }) => decision.verdict) };
}

const guardrailsOf = (result: Awaited<ReturnType<typeof decided>>) => new Set(result.done.flatMap(({ decision }) => decision.guardrails));

describe('what AWS confirms is acted on', () => {
  test('the attack is answered: each decision has its stored arguments and leaf, each action is planned once', async () => {
    const { done, findings, actions, store } = await decided(world.records);
    expect(done.length).toBe(findings.length);
    const acted = done.filter(({ decision }) => decision.verdict === 'act');
    expect(acted.length).toBeGreaterThan(0);
    expect(new Set(actions.map(({ playbook }) => playbook))).toContain('aws.iam.contain-access-key');
    const targets = actions.map(({ playbook, target }) => `${playbook} ${JSON.stringify(target)}`);
    expect(new Set(targets).size).toBe(targets.length);
    for (const { finding } of done) {
      const rows = await store.within(tenant, (tx) => tx.decisions.ofFinding(finding.id));
      expect(rows.length).toBe(1);
      for (const row of rows)
        for (const hash of [row.findingHash, row.contextHash, row.toleranceHash, row.engine])
          expect(await store.within(tenant, (tx) => tx.documents.get(hash))).not.toBeNull();
    }
    const leaves = store.entries(tenant).filter(({ type }) => type === 'decision');
    expect(leaves.length).toBe(done.length);
  });

  test('decided once, however often and by however many at once it is looked at', async () => {
    const store = memoryStore();
    const deps = await readyToTriage(store, await findingsIn([keyMade, trailStopped]), world.range.cloud, () => world.now);
    const heard: string[] = [];
    const rounds = await Promise.all([1, 2, 3].map(() => triage(deps, new Deferred(), ({ finding }) => void heard.push(finding.id))));
    const ids = rounds.flat().map(({ finding }) => finding.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(heard.sort()).toEqual(ids.sort());
    expect(await triage(deps)).toEqual([]);
  });
});

describe('what comes in together is waited for', () => {
  const kept = async (done = keyMade) => {
    let now = world.now;
    const store = memoryStore();
    const [deed] = (await findingsIn([done])).map((one) => ({ ...one, severity: 'High' as const }));
    if (deed === undefined) throw new Error('nothing was found');
    const cloud = withHistory(world.range.cloud, [done]);
    const deps = await readyToTriage(store, [], cloud, () => now);
    await store.within(tenant, (tx) => tx.findings.put(deed, now));
    return { store, deps, deed, pass: (ms: number) => (now += ms), at: () => now };
  };

  test('a deed that was raised just now is put off for seconds, then asked about; more of it puts nothing off', async () => {
    const { deps, deed, pass, at, store } = await kept();
    const deferred = new Deferred();
    expect(await triage(deps, deferred)).toEqual([]);
    pass(15_000);
    const more = sealFinding({ ...deed, message: `${deed.message} And again.` });
    await store.within(tenant, (tx) => tx.findings.put(more, at()));
    expect(await triage(deps, deferred)).toEqual([]);
    pass(6_000);
    const [last] = await triage(deps, deferred);
    expect([last?.decision.verdict, last?.decision.guardrails.includes('deed-only')]).toEqual(['ask', true]);
  });

  const theftOf = async (store: ReturnType<typeof memoryStore>, deed: Finding) => {
    await store.within(tenant, async (tx) => {
      await tx.incidents.putMembers([{ finding: deed.id, revision: deed.revision, links: [] } as unknown as IncidentMember]);
      await tx.incidents.assign([{ finding: deed.id, incident: 'attack' }]);
    });
    await seenBefore(store, [deed]);
  };

  test('what says in the meantime that the credentials are in other hands decides it without a person', async () => {
    const { deps, deed, pass, at, store } = await kept();
    const deferred = new Deferred();
    expect(await triage(deps, deferred)).toEqual([]);
    await theftOf(store, deed);
    pass(6_000);
    expect((await triage(deps, deferred)).map(({ decision }) => decision.verdict)).toEqual(['act']);
    expect(at() - world.now).toBeLessThan(20_000);
  });

  test('what AWS may still confirm of the same hands is waited for as well, for two looks at it', async () => {
    const { deps, deed, pass, at, store } = await kept();
    const [telling] = (await findingsIn([{ ...keyMade, eventID: 'not-in-the-history-yet' }])).map(({ revision: _, ...rest }) =>
      sealFinding({ ...rest, id: 'e'.repeat(32), severity: 'High', rule: { ...rest.rule, techniques: ['T1078.004'] } }),
    );
    if (telling === undefined) throw new Error('nothing was found');
    await store.within(tenant, (tx) => tx.findings.put(telling, at()));
    const deferred = new Deferred();
    const decidedAt: number[] = [];
    const isDeed = ({ finding }: { readonly finding: Finding }) => finding.id === deed.id;
    for (; at() < world.now + 5 * minute; pass(2_000))
      if ((await triage(deps, deferred)).some(isDeed)) decidedAt.push(Math.floor((at() - world.now) / 1_000));
    expect(decidedAt.length).toBe(1);
    expect(decidedAt[0]).toBeGreaterThanOrEqual(120);
    expect(decidedAt[0]).toBeLessThanOrEqual(130);
    expect((await store.within(tenant, (tx) => tx.judgements.list({ limit: 9 }))).map(({ finding }) => finding)).toEqual([deed.id]);
  });

  /** The plan of a playbook, seen to be done: for this key, or for all. */
  const planSeenDone =
    (playbook: Playbook, key?: Json): Playbook['plan'] =>
    (target, now) =>
      playbook
        .plan(target, now)
        .map((step) =>
          key === undefined || target.params['accessKeyId'] === key ? { ...step, verify: { ...step.verify, expect: () => true } } : step,
        );

  const outcome = (store: ReturnType<typeof memoryStore>) =>
    store.within(tenant, async (tx) => ({
      done: (await tx.actions.list({ limit: 9 })).map(({ playbook }) => playbook).sort(),
      asked: (await tx.judgements.list({ limit: 9 })).map(({ state, options }) => [state, ...options.map(({ playbook }) => playbook)]),
    }));
  const mended = 'aws.cloudtrail.restart-trail';
  const cutOff = 'aws.iam.contain-access-key';

  test('what was done is mended at once; whether to cut off who did it is asked when nothing more came in', async () => {
    const { deps, pass, at, store } = await kept(trailStopped);
    const deferred = new Deferred();
    expect((await triage(deps, deferred)).map(({ decision }) => decision.verdict)).toEqual(['act']);
    for (; at() < world.now + 20_000; pass(1_000)) {
      expect(await outcome(store)).toEqual({ done: [mended], asked: [] });
      expect(await triage(deps, deferred)).toEqual([]);
    }
    pass(5_000);
    expect((await triage(deps, deferred)).length).toBe(1);
    expect(await outcome(store)).toEqual({ done: [mended], asked: [['waiting', cutOff]] });
    pass(minute);
    expect(await triage(deps, deferred)).toEqual([]);
  });

  test('nobody is asked what came in meanwhile lets automation do', async () => {
    const { deps, deed, pass, store } = await kept(trailStopped);
    const deferred = new Deferred();
    await triage(deps, deferred);
    await theftOf(store, deed);
    pass(6_000);
    expect((await triage(deps, deferred)).map(({ decision }) => decision.verdict)).toEqual(['act']);
    expect(await outcome(store)).toEqual({ done: [mended, cutOff].sort(), asked: [] });
  });

  test('a question whose action was done meanwhile is taken back, with the reason', async () => {
    const { deps, deed, pass, at, store } = await kept();
    pass(minute);
    await triage(deps, new Deferred());
    const offered = await store.within(tenant, async (tx) => (await tx.judgements.list({ limit: 9 }))[0]?.options[0]);
    expect(offered?.playbook).toBe(cutOff);
    const others = { playbook: cutOff, target: { ...offered?.target, uid: 'arn:aws:iam::111122223333:user/other' } };
    await store.within(tenant, (tx) => decideWhatIsDone(tx, others as Pick<Action, 'playbook' | 'target'>, at()));
    expect(await triage(deps, new Deferred())).toEqual([]);

    // As it is in AWS when somebody has done it, of one of the two keys, then of both.
    const before = (await store.within(tenant, (tx) => tx.judgements.list({ limit: 9 })))[0];
    const half = deps.playbooks.map((one) =>
      one.id === cutOff ? { ...one, plan: planSeenDone(one, offered?.target.params['accessKeyId']) } : one,
    );
    await store.within(tenant, (tx) => decideWhatIsDone(tx, offered as Pick<Action, 'playbook' | 'target'>, at()));
    expect((await triage({ ...deps, playbooks: half }, new Deferred())).map(({ decision }) => decision.verdict)).toEqual(['ask']);
    const left = (await store.within(tenant, (tx) => tx.judgements.list({ limit: 9 })))[0];
    expect([left?.id, left?.state, left?.options.length]).toEqual([before?.id, 'waiting', (before?.options.length ?? 0) - 1]);
    // Whoever has read both does not say yes to the other.
    expect(left?.revision).not.toBe(before?.revision);
    expect(await answerJudgement(deps, before?.id ?? '', 'bob', 'approve', before?.revision)).toMatchObject({ outcome: 'renewed' });
    const gone = deps.playbooks.map((one) => (one.id === cutOff ? { ...one, plan: planSeenDone(one) } : one));
    await store.within(tenant, (tx) => decideWhatIsDone(tx, left?.options[0] as Pick<Action, 'playbook' | 'target'>, at()));
    const [again] = await triage({ ...deps, playbooks: gone }, new Deferred());
    expect([again?.finding.id, again?.decision.verdict]).toEqual([deed.id, 'watch']);
    expect((await outcome(store)).asked.map(([state]) => state)).toEqual(['withdrawn']);
    expect(await triage(deps, new Deferred())).toEqual([]);
  });
});

test('what was put off is forgotten when it was decided elsewhere', async () => {
  const store = memoryStore();
  const deps = await readyToTriage(store, await findingsIn([keyMade]), withHistory(world.range.cloud, []), () => world.now);
  const deferred = new Deferred();
  expect(await triage(deps, deferred)).toEqual([]);
  expect(deferred.again.size).toBe(1);
  deferred.settling.set('gone', 1);
  const [finding] = await store.within(tenant, (tx) => tx.findings.undecided(9));
  await store.within(tenant, (tx) => tx.findings.live(finding?.id ?? '', 'retracted', world.now, 'automation', 'Elsewhere.'));
  await triage(deps, deferred);
  expect([deferred.again.size, deferred.settling.size]).toEqual([0, 0]);
});

test('a finding that cannot be decided holds up no other, and is heard of', async () => {
  const store = memoryStore();
  const deps = await readyToTriage(store, await findingsIn([keyMade, trailStopped]), world.range.cloud, () => world.now);
  const broken: Playbook = {
    ...(deps.playbooks[0] as Playbook),
    id: 'aws.test.broken',
    handles: ['aws.cloudtrail.trail-logging-stopped'],
    targets: () => {
      throw new Error('evidence of a shape that it does not know');
    },
  };
  const heard: string[] = [];
  const round = triage(
    { ...deps, playbooks: [...deps.playbooks, broken] },
    new Deferred(),
    ({ finding }) => void heard.push(finding.rule.id),
  );
  await expect(round).rejects.toThrow('a shape that it does not know');
  expect(heard.length).toBeGreaterThan(0);
  expect(heard).not.toContain('aws.cloudtrail.trail-logging-stopped');
});

describe('what AWS does not confirm', () => {
  test('waits while the event history may still show it, asks it no more than once a minute, then asks a person', async () => {
    let lookups = 0;
    let now = world.now;
    const cloud = withHistory(world.range.cloud, [], () => lookups++);
    const store = memoryStore();
    const deps = await readyToTriage(store, await findingsIn([keyMade]), cloud, () => now);
    const deferred = new Deferred();
    expect(await triage(deps, deferred)).toEqual([]);
    expect(lookups).toBe(1);
    now += minute / 2;
    expect(await triage(deps, deferred)).toEqual([]);
    expect(lookups).toBe(1);
    now += minute;
    expect(await triage(deps, deferred)).toEqual([]);
    expect(lookups).toBe(2);
    now += 15 * minute;
    const [last] = await triage(deps, deferred);
    expect(last?.decision.verdict).not.toBe('act');
    expect(last?.decision.guardrails).toContain('evidence-unvalidated');
    expect(await store.within(tenant, (tx) => tx.actions.list({ limit: 10 }))).toEqual([]);
  });

  test('data events, which the event history never shows, are not waited for', async () => {
    const result = await decided([{ ...keyMade, managementEvent: false, eventCategory: 'Data' }]);
    expect(result.findings.flatMap(({ evidence }) => evidence.map(({ dataEvent }) => dataEvent))).toEqual([true]);
    expect(result.done.length).toBe(1);
    expect(result.verdicts).not.toContain('act');
    expect(guardrailsOf(result)).toContain('evidence-unvalidated');
  });

  test('is acted on when the event history shows it a little later', async () => {
    let history: readonly JsonObject[] = [];
    let now = world.now;
    const cloud = {
      ...world.range.cloud,
      call: (call: Parameters<Cloud['call']>[0]) => withHistory(world.range.cloud, history).call(call),
    };
    const store = memoryStore();
    const findings = await findingsIn([keyMade]);
    const deps = await readyToTriage(store, findings, cloud, () => now);
    await seenBefore(store, findings);
    const deferred = new Deferred();
    expect(await triage(deps, deferred)).toEqual([]);
    history = [keyMade];
    now += 5 * minute;
    expect((await triage(deps, deferred)).map(({ decision }) => decision.verdict)).toEqual(['act']);
  });

  test('an event history that cannot be read confirms nothing', async () => {
    const cloud: Cloud = {
      ...world.range.cloud,
      call: (call) =>
        call.action === 'cloudtrail:LookupEvents'
          ? Promise.reject(new CloudError('denied', 'AccessDenied', call.action, 'not authorised'))
          : world.range.cloud.call(call),
    };
    const result = await decided([keyMade], { cloud, after: 20 * minute });
    expect(result.verdicts).not.toContain('act');
    expect(result.actions).toEqual([]);
  });
});

/** Whoever writes to a log bucket must not be able to make us lock out production. */
describe('a forged record never leads to an action by itself', () => {
  /** The record that hits somebody else's key. */
  const forged = (change: JsonObject): JsonObject => {
    const victim =
      world.range.state.accounts[production]?.users['alice'] ?? Object.values(world.range.state.accounts[production]?.users ?? {})[0];
    const key = Object.keys(victim?.keys ?? {})[0] ?? 'AKIAIOSFODNN7EXAMPLE';
    return {
      ...keyMade,
      requestParameters: { userName: victim?.name ?? '' },
      responseElements: { accessKey: { userName: victim?.name ?? '', accessKeyId: key, status: 'Active', createDate: 'x' } },
      ...change,
    };
  };

  test.each<[string, () => readonly JsonObject[]]>([
    ['with an id of its own', () => [forged({ eventID: '99999999-0000-4000-8000-000000000000' })]],
    ['under the id of a true event', () => [forged({})]],
    [
      'under the id and with the time of a true event of another name',
      () => [forged({ eventID: trailStopped['eventID'] ?? '', eventTime: trailStopped['eventTime'] ?? '' })],
    ],
    [
      'between two true ones',
      () => [
        { ...keyMade, eventID: '11111111-0000-4000-8000-000000000000', eventTime: '2026-01-15T09:00:01Z' },
        forged({
          eventID: '99999999-0000-4000-8000-000000000000',
          eventTime: '2026-01-15T09:00:02Z',
          requestParameters: keyMade['requestParameters'] ?? null,
        }),
        { ...keyMade, eventID: '22222222-0000-4000-8000-000000000000', eventTime: '2026-01-15T09:00:03Z' },
      ],
    ],
  ])('%s', async (name, make) => {
    const records = make();
    const truth = name === 'between two true ones' ? records.filter((_, n) => n !== 1) : world.records;
    const result = await decided(records, { cloud: withHistory(world.range.cloud, truth), after: 20 * minute });
    expect(result.done.length).toBeGreaterThan(0);
    expect(result.verdicts).not.toContain('act');
    expect(result.actions).toEqual([]);
    expect(guardrailsOf(result)).toContain('evidence-unvalidated');
  });

  test('the same records, where AWS says that they are true, are acted on: it is the history that stops them', async () => {
    const record = forged({ eventID: '99999999-0000-4000-8000-000000000000' });
    const result = await decided([record], { cloud: withHistory(world.range.cloud, [record]), after: 20 * minute });
    expect(result.verdicts).toContain('act');
  });
});

describe('guardrails that no confirmation lifts', () => {
  const byOwnRole = (): JsonObject => {
    const issuer = 'arn:aws:iam::444455556666:role/jobzero-actor';
    return {
      ...trailStopped,
      userIdentity: {
        type: 'AssumedRole',
        principalId: 'AROAEXAMPLE:session',
        arn: 'arn:aws:sts::444455556666:assumed-role/jobzero-actor/session',
        accountId: production,
        accessKeyId: 'ASIAEXAMPLE',
        sessionContext: {
          sessionIssuer: { type: 'Role', principalId: 'AROAEXAMPLE', arn: issuer, accountId: production, userName: 'jobzero-actor' },
        },
      },
    };
  };
  const onBreakGlass = (): JsonObject => ({
    ...keyMade,
    requestParameters: { userName: 'break-glass-1' },
    responseElements: { accessKey: { userName: 'break-glass-1', accessKeyId: 'AKIABREAKGLASS123456', status: 'Active', createDate: 'x' } },
  });

  test.each<[string, () => JsonObject, readonly string[]]>([
    ["jobzero's own role", byOwnRole, []],
    ['a protected principal', onBreakGlass, ['ci-deployer']],
  ])('%s is never touched, not even by an approval, but who did it may be', async (_, make, others) => {
    const record = make();
    const result = await decided([record], { cloud: withHistory(world.range.cloud, [record]) });
    expect(result.actions.map(({ target }) => target.params['userName'])).toEqual(others);
    const proposed = [...result.done.flatMap(({ decision }) => decision.actions), ...result.judgements.flatMap(({ options }) => options)];
    const touched = [...proposed, ...result.actions].map(({ target }) => target.uid);
    expect(touched.filter((uid) => /jobzero|break-glass/.test(uid))).toEqual([]);
  });

  test.each<[string, string, unknown, string]>([
    ['the stop button', 'stop', { on: true, by: 'alice', reason: 'a release' }, 'stopped'],
    ['a stop that cannot be understood', 'stop', 'yes', 'stopped'],
    ['a tolerance that forbids', 'tolerance', 'default: { act: never }', 'tolerance-forbids'],
    ['a tolerance that wants to be asked', 'tolerance', 'default: { act: ask }', 'tolerance-asks'],
    ['the careful tolerance', 'tolerance', '', 'serves-production'],
    ['a cap that is reached', 'tolerance', 'caps: { perHour: 0 }', 'cap-per-hour'],
  ])('%s', async (_, setting, value, guardrail) => {
    const result = await decided([keyMade], {
      before: (store) => store.within(tenant, (tx) => tx.settings.set(setting, value as string, 1, 'owner')),
    });
    expect(guardrailsOf(result)).toContain(guardrail);
    expect(result.verdicts).not.toContain('act');
    expect(result.actions).toEqual([]);
  });

  test('what is not armed is planned as a dry run', async () => {
    const result = await decided([keyMade], {
      before: (store) =>
        store.within(tenant, (tx) => tx.settings.set(`armed/aws.iam.contain-access-key/${production}`, { armed: false }, 1, 'owner')),
    });
    expect(result.verdicts).toEqual(['act']);
    expect(result.done.flatMap(({ decision }) => decision.actions.map(({ mode }) => mode))).toEqual(['dry-run', 'dry-run']);
  });

  test('a finding that has moved on, or was retracted, is not decided on what it was', async () => {
    const store = memoryStore();
    const [finding] = await findingsIn([keyMade]);
    const deps = await readyToTriage(store, finding === undefined ? [] : [finding], world.range.cloud, () => world.now);
    const moving = {
      ...deps,
      cloud: {
        ...deps.cloud,
        call: async (call: Parameters<Cloud['call']>[0]) => {
          await store.within(tenant, (tx) => tx.findings.retract(finding?.id ?? '', world.now));
          return deps.cloud.call(call);
        },
      },
    };
    expect(await triage(moving)).toEqual([]);
    expect(await store.within(tenant, (tx) => tx.actions.list({ limit: 10 }))).toEqual([]);
  });
});

describe('what is known of the world is in the arguments', () => {
  test('owner, tags and incident, with their words in the stored context', async () => {
    const result = await decided([keyMade], {
      before: (store) =>
        store.within(tenant, async (tx) => {
          const row = (await tx.findings.list({ limit: 9 })).find((one) => one.finding.id !== 'e'.repeat(32));
          if (row === undefined) throw new Error('no finding');
          const { finding } = row;
          const uid = finding.resources[0]?.uid ?? '';
          const document = await tx.documents.put('snapshot', JSON.stringify({ resources: [{ uid, tags: { team: 'payments' } }] }));
          await tx.settings.set(`snapshot/${finding.account}`, { document }, 1, 'automation');
          await tx.incidents.putMembers([{ finding: finding.id, revision: finding.revision, links: [] } as unknown as IncidentMember]);
          await tx.incidents.assign([{ finding: finding.id, incident: finding.id }]);
          await tx.incidents.put({ tenant, id: finding.id, revision: 'r', pages: true, members: [] } as unknown as Incident, 1);
        }),
    });
    const [first] = result.done;
    const context = await result.store.within(tenant, async (tx) => {
      const [row] = await tx.decisions.ofFinding(first?.finding.id ?? '');
      return JSON.parse((await tx.documents.get(row?.contextHash ?? '')) ?? '{}') as DecideContext;
    });
    expect(context.about).toMatchObject({ owner: { name: 'payments', from: 'tag team' }, tags: { team: 'payments' } });
    expect(context.incident).toEqual({ id: first?.finding.id, pages: true, proven: false, suspects: [], misplaced: [] });
  });

  test('a finding that needs no person when it is decided anew leaves the question that waits for one', async () => {
    const result = await decided([trailStopped], {
      before: (store) => store.within(tenant, (tx) => tx.settings.set('tolerance', 'default: { act: ask }', 1, 'owner')),
    });
    expect(result.judgements.map(({ state }) => state)).toEqual(['waiting']);
    const later = sealFinding({ ...unsealed(result.findings[0]), lastTime: (result.findings[0]?.lastTime ?? 0) + 1 });
    await result.store.within(tenant, async (tx) => {
      await tx.findings.put(later, world.now);
      await tx.settings.set('tolerance', 'default: { act: ask, decideFrom: Critical }', 2, 'owner');
    });
    await triage(result.deps);
    const [left] = await result.store.within(tenant, (tx) => tx.judgements.list({ limit: 9 }));
    expect(left?.state).toBe('withdrawn');
  });
});

function unsealed(finding: Finding | undefined): Omit<Finding, 'revision'> {
  if (finding === undefined) throw new Error('no finding');
  const { revision: _, ...rest } = finding;
  return rest;
}

test('who changed it last: AWS is asked once about a finding that a person is asked about, of no other, and not again', async () => {
  const asked: string[] = [];
  const change = {
    eventTime: '2026-01-02T03:04:05Z',
    eventName: 'PutBucketPolicy',
    readOnly: false,
    userIdentity: { type: 'IAMUser', arn: 'arn:x' },
  };
  const terraform = 'APN/1.0 HashiCorp/1.0 Terraform/1.9.0';
  const history: readonly JsonObject[] = [
    { ...change, eventTime: '2026-01-04T00:00:00Z', readOnly: true },
    { ...change, eventTime: '2026-01-03T00:00:00Z', errorCode: 'AccessDenied' },
    { ...change, userAgent: terraform },
    { ...change, eventTime: '2026-01-01T00:00:00Z' },
  ];
  const cloud: Cloud = {
    ...world.range.cloud,
    call: async (call) => {
      const { LookupAttributes: attributes, StartTime: from } = call.input;
      const [attribute] = (attributes ?? []) as readonly JsonObject[];
      if (attribute?.['AttributeKey'] !== 'ResourceName' || from !== undefined) return world.range.cloud.call(call);
      asked.push(String(attribute['AttributeValue']));
      return { Events: history.map((record) => ({ CloudTrailEvent: JSON.stringify(record) })) };
    },
  };
  // Nothing may be done alone: somebody is asked about all that is worth asking about.
  const stop = { on: true };
  const before = async (store: ReturnType<typeof memoryStore>) => store.within(tenant, (tx) => tx.settings.set('stop', stop, 1, 'owner'));
  const { done, store, deps } = await decided(world.records, { cloud, before });
  const isAsked = ({ decision }: (typeof done)[number]) => decision.verdict === 'ask' || decision.asks !== undefined;
  const judged = done.filter(isAsked);
  expect(judged.length).toBeGreaterThan(0);
  expect(judged.length).toBeLessThan(done.length);
  expect(asked.length).toBe(judged.length);
  const deployers = await store.within(tenant, async (tx) => {
    const found: unknown[] = [];
    for (const one of done) {
      const [row] = await tx.decisions.ofFinding(one.finding.id);
      const context = JSON.parse((await tx.documents.get(row?.contextHash ?? '')) ?? '{}') as DecideContext;
      expect(context.about?.deployer !== undefined).toBe(isAsked(one));
      if (context.about?.deployer) found.push(context.about.deployer);
      await tx.findings.live(one.finding.id, 'reopened', world.now + 1, 'a', '');
      await tx.findings.decideAgain(one.finding.id);
    }
    return found;
  });
  expect(deployers[0]).toEqual({
    who: 'arn:x',
    by: 'code',
    with: 'Terraform',
    operation: 'PutBucketPolicy',
    at: Date.parse(change.eventTime),
    from: "CloudTrail's event history",
  });
  await triage({ ...deps, clock: { now: () => world.now + 2 } });
  expect(asked.length).toBe(judged.length);
});
