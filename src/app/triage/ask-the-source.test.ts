import { beforeAll, describe, expect, test } from 'vitest';
import { eventsOfText } from '../../core/collect/log-reader.ts';
import {
  attackSequenceExample,
  detectorId,
  guardDutyArn,
  guardDutyExample,
  guardDutyInHub,
  healthExample,
  pascalKeys,
} from '../../core/collect/reports/examples.ts';
import { CopiesById } from '../../core/findings/imported/copies-lines.ts';
import { CloudError } from '../../core/model/errors.ts';
import type { JsonObject } from '../../core/model/json.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { importFindings } from '../import-findings.ts';
import { triage } from '../triage.ts';
import { type Attacked, attackedOrganisation, readyToTriage, tenant } from '../wire/triage-under-test.ts';

let world: Attacked;
let account = '';
let key: { readonly accessKeyId: string; readonly userName: string; readonly principalId: string };

beforeAll(async () => {
  world = await attackedOrganisation();
  // The thief's own calls, with the stolen key of a user that is there.
  const identity = world.records.map((one) => one['userIdentity'] as JsonObject).find(({ type }) => type === 'IAMUser') ?? {};
  account = String(identity['accountId']);
  key = {
    accessKeyId: String(identity['accessKeyId']),
    userName: String(identity['userName']),
    principalId: String(identity['principalId']),
  };
});

/** A finding of GuardDuty about the stolen key, in the account where it was used. */
function stolenKey(n = 1, more: JsonObject = {}, service: JsonObject = {}): JsonObject {
  return guardDutyExample(
    n,
    {
      accountId: account,
      arn: arnOf(n),
      severity: 8,
      resource: { resourceType: 'AccessKey', accessKeyDetails: { ...key, userType: 'IAMUser' } },
      updatedAt: new Date(world.now).toISOString(),
      ...more,
    },
    service,
  );
}
const arnOf = (n: number) => guardDutyArn(n).replace('111122223333', account);

/** The organisation with what its GuardDuty and Security Hub answer. */
function withAnswers(
  { guardduty = [], hub = [], fail }: { guardduty?: readonly JsonObject[]; hub?: readonly JsonObject[]; fail?: CloudError['kind'] },
  onAsked: (action: string) => void = () => {},
): Cloud {
  return {
    ...world.range.cloud,
    call: async (call) => {
      if (!/^(guardduty|securityhub|health):/.test(call.action)) return world.range.cloud.call(call);
      onAsked(call.action);
      if (fail !== undefined) throw new CloudError(fail, 'Example', call.action, 'refused');
      if (call.action === 'guardduty:GetFindings') {
        expect(call).toMatchObject({ account, region: 'us-east-1', role: 'reader', input: { DetectorId: detectorId } });
        const ids = call.input['FindingIds'] as readonly string[];
        return { Findings: guardduty.filter(({ id }) => ids.includes(String(id))) };
      }
      if (call.action === 'securityhub:GetFindings') {
        const { Id, ProductArn } = call.input['Filters'] as { Id: [{ Value: string }]; ProductArn: [{ Value: string }] };
        return { Findings: hub.filter((one) => one['Id'] === Id[0].Value && one['ProductArn'] === ProductArn[0].Value) };
      }
      throw new CloudError('denied', 'SubscriptionRequiredException', call.action, 'no support plan');
    },
  };
}

/** What becomes of findings that a queue told, after some rounds. */
async function decided(told: readonly JsonObject[], cloud: Cloud, after = 0) {
  const store = memoryStore();
  const copies = new CopiesById(tenant);
  for (const record of told)
    for (const { report } of eventsOfText(JSON.stringify(record), 'queue/x')) if (report !== undefined) copies.add(report);
  const drained = copies.drain();
  await store.within(tenant, (tx) => importFindings(tx, drained, () => [], world.now));
  const deps = await readyToTriage(store, [], cloud, () => world.now + after);
  const done = [...(await triage(deps)), ...(await triage(deps)), ...(await triage(deps))];
  return store.within(tenant, async (tx) => ({
    done,
    verdicts: done.map(({ decision }) => decision.verdict),
    guardrails: [...new Set(done.flatMap(({ decision }) => decision.guardrails))],
    actions: await tx.actions.list({ limit: 100 }),
    findings: (await tx.findings.list({ limit: 100 })).map(({ finding, state }) => ({ ...finding, life: state })),
  }));
}

describe('a finding that AWS says too', () => {
  test('is acted on: the key is contained', async () => {
    const { verdicts, actions } = await decided([stolenKey()], withAnswers({ guardduty: [stolenKey()] }));
    expect(verdicts).toEqual(['act']);
    expect(actions).toMatchObject([
      { playbook: 'aws.iam.contain-access-key', target: { account, params: { accessKeyId: key.accessKeyId, userName: key.userName } } },
    ]);
  });

  test('that came through Security Hub, of which Security Hub is asked', async () => {
    const inHub = guardDutyInHub(1, {
      Id: arnOf(1),
      AwsAccountId: account,
      Severity: { Label: 'HIGH' },
      Resources: [
        {
          Type: 'AwsIamAccessKey',
          Id: `AWS::IAM::AccessKey:${key.accessKeyId}`,
          Details: { AwsIamAccessKey: { PrincipalId: key.principalId, PrincipalType: 'IAMUser', PrincipalName: key.userName } },
        },
      ],
    });
    expect((await decided([inHub], withAnswers({ hub: [inHub] }))).verdicts).toEqual(['act']);
    // In both forms, each is asked for where it came from.
    const asked: string[] = [];
    const both = await decided(
      [inHub, stolenKey()],
      withAnswers({ guardduty: [stolenKey()], hub: [inHub] }, (action) => asked.push(action)),
    );
    expect(both.verdicts).toEqual(['act']);
    expect(new Set(asked)).toEqual(new Set(['guardduty:GetFindings', 'securityhub:GetFindings']));
  });

  test('that is not to be acted on is not asked for', async () => {
    const asked: string[] = [];
    await decided(
      [stolenKey(1, { type: 'Behavior:EC2/NetworkPortUnusual' })],
      withAnswers({}, (action) => asked.push(action)),
    );
    expect(asked).toEqual([]);
  });
});

describe('a forged finding never acts', () => {
  test('that GuardDuty does not know', async () => {
    const { verdicts, actions, guardrails } = await decided([stolenKey()], withAnswers({ guardduty: [stolenKey(2)] }));
    expect(verdicts).toEqual(['ask']);
    expect(guardrails).toContain('evidence-unvalidated');
    expect(actions).toEqual([]);
  });

  test.each<[string, CloudError['kind']]>([
    ['that nobody may ask about', 'denied'],
    ['where GuardDuty is off', 'invalid'],
    ['where this version has no client for it', 'unsupported'],
  ])('%s', async (_, fail) => {
    const { verdicts, actions } = await decided([stolenKey()], withAnswers({ fail }));
    expect([verdicts, actions]).toEqual([['ask'], []]);
  });

  test('when AWS cannot be asked now it waits, and then a person is asked', async () => {
    expect((await decided([stolenKey()], withAnswers({ fail: 'throttled' }))).verdicts).toEqual([]);
    const later = await decided([stolenKey()], withAnswers({ fail: 'throttled' }), 16 * 60_000);
    expect([later.verdicts, later.actions]).toEqual([['ask'], []]);
  });

  test('that bears the id of a true one and names somebody else: what AWS says counts, and nobody else is touched', async () => {
    const forged = stolenKey(1, {
      updatedAt: '2030-01-01T00:00:00.000Z',
      resource: {
        resourceType: 'AccessKey',
        accessKeyDetails: {
          accessKeyId: 'AKIAVICTIMVICTIM0001',
          userName: 'alice',
          principalId: 'AIDAVICTIM0000000001',
          userType: 'IAMUser',
        },
      },
    });
    const { findings, actions } = await decided([forged], withAnswers({ guardduty: [stolenKey()] }));
    expect(findings).toMatchObject([{ actor: { accessKeyId: key.accessKeyId }, imported: { newer: Date.UTC(2030, 0, 1) } }]);
    expect(actions.map(({ target }) => target.params['userName'])).toEqual([key.userName]);
  });

  test('of a product that whoever may import findings can fill, though Security Hub knows it', async () => {
    const forged = guardDutyInHub(1, {
      ProductArn: `arn:aws:securityhub:us-east-1:${account}:product/${account}/default`,
      AwsAccountId: account,
      Severity: { Label: 'CRITICAL' },
      Compliance: { Status: 'FAILED', SecurityControlId: 'S3.2' },
      Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::reports-example', Region: 'us-east-1' }],
    });
    const asked: string[] = [];
    const { actions } = await decided(
      [forged],
      withAnswers({ hub: [forged] }, (action) => asked.push(action)),
    );
    expect([actions, asked]).toEqual([[], []]);
  });

  test('that is a sample, though GuardDuty has made it', async () => {
    const sample = stolenKey(1, {}, { additionalInfo: { sample: true } });
    const { verdicts, actions, findings } = await decided([sample], withAnswers({ guardduty: [sample] }));
    expect([verdicts, actions]).toEqual([['close'], []]);
    expect(findings[0]?.life).toBe('resolved');
  });
});

describe('an attack of several steps', () => {
  const thief = (): JsonObject => ({
    id: 'user:thief',
    user: { name: key.userName, uid: key.principalId, type: 'IAMUser', credentialUid: key.accessKeyId, account: { uid: account } },
  });
  const someone = (name: string): JsonObject => ({
    id: `user:${name}`,
    user: { name, uid: 'AIDAVICTIM0000000001', type: 'IAMUser', credentialUid: 'AKIAVICTIMVICTIM0001', account: { uid: account } },
  });
  const attack = (actors: readonly JsonObject[], more: JsonObject = {}) =>
    attackSequenceExample(
      1,
      { accountId: account, arn: arnOf(1), updatedAt: new Date(world.now).toISOString(), ...more },
      { actors: [...actors], resources: [] },
    );
  const cut = (actions: Awaited<ReturnType<typeof decided>>['actions']) =>
    actions.map(({ playbook, target }) => [playbook, target.params['userName']]);

  test('that AWS says too: whose key it was done with is contained', async () => {
    const { verdicts, actions, findings } = await decided([attack([thief()])], withAnswers({ guardduty: [attack([thief()])] }));
    expect(verdicts).toEqual(['act']);
    expect(cut(actions)).toEqual([['aws.iam.contain-access-key', key.userName]]);
    // An attack that is contained is not over.
    expect(findings[0]?.life).toBe('open');
  });

  test('as the SDK spells the answer', async () => {
    const answered = pascalKeys(attack([thief()])) as JsonObject;
    const { verdicts } = await decided(
      [attack([thief()])],
      withAnswers({ guardduty: [answered].map((one) => ({ ...one, id: one['Id'] ?? '' })) }),
    );
    expect(verdicts).toEqual(['act']);
  });

  test('to which somebody was added in the queue: only whom AWS names is touched', async () => {
    const forged = attack([thief(), someone('alice'), someone('bob')], { updatedAt: '2030-01-01T00:00:00.000Z' });
    const { actions, findings } = await decided([forged], withAnswers({ guardduty: [attack([thief()])] }));
    expect(cut(actions)).toEqual([['aws.iam.contain-access-key', key.userName]]);
    expect(findings).toMatchObject([{ evidence: [{ actor: { accessKeyId: key.accessKeyId } }] }]);
  });

  test.each<[string, (n: number) => JsonObject]>([
    ['that names everybody', (n) => someone(`user-${n}`)],
    ['that names a thief a thousand times', () => thief()],
  ])('%s and that AWS does not know acts on nobody', async (_, actor) => {
    const forged = attack(Array.from({ length: 1_000 }, (__, n) => actor(n)));
    const { verdicts, actions, guardrails, done } = await decided([forged], withAnswers({ guardduty: [] }));
    expect([verdicts, actions]).toEqual([['ask'], []]);
    expect(guardrails).toContain('evidence-unvalidated');
    expect(done[0]?.decision.actions.length).toBeLessThanOrEqual(20);
  });
});

const byRoot = (severity: number) =>
  stolenKey(1, {
    type: 'Policy:IAMUser/RootCredentialUsage',
    severity,
    resource: { resourceType: 'AccessKey', accessKeyDetails: { userType: 'Root', userName: 'Root', principalId: account } },
  });

test.each<[string, () => JsonObject, string, readonly string[]]>([
  ['root of a member, which as GuardDuty grades it is for whose it is', () => byRoot(2), 'watch', ['aws.organizations.deny-root']],
  [
    'the same, where it would be graver: no workload is root, and yet somebody may be',
    () => byRoot(8),
    'ask',
    ['aws.organizations.deny-root'],
  ],
  [
    'a function that calls a control server: a person is asked, whatever AWS says',
    () =>
      stolenKey(1, {
        type: 'Backdoor:Lambda/C&CActivity.B',
        resource: {
          resourceType: 'Lambda',
          lambdaDetails: { functionName: 'app', functionArn: `arn:aws:lambda:us-east-1:${account}:function:app` },
        },
      }),
    'ask',
    ['aws.lambda.stop-function'],
  ],
  [
    'a database into which somebody guessed a way: others may use it from outside',
    () =>
      stolenKey(
        1,
        {
          type: 'CredentialAccess:RDS/AnomalousBehavior.SuccessfulBruteForce',
          resource: { resourceType: 'RDSDBInstance', rdsDbInstanceDetails: { dbInstanceArn: `arn:aws:rds:us-east-1:${account}:db:sales` } },
        },
        { action: { rdsLoginAttemptAction: { remoteIpDetails: { ipAddressV4: '198.51.100.7' } } } },
      ),
    'ask',
    ['aws.rds.make-private'],
  ],
])('%s', async (_, record, verdict, offered) => {
  const { verdicts, actions, done } = await decided([record()], withAnswers({ guardduty: [record()] }));
  expect(verdicts).toEqual([verdict]);
  expect(actions).toEqual([]);
  expect(done[0]?.decision.actions.map(({ playbook }) => playbook)).toEqual(offered);
});

test('a setting that somebody changed is taken back; that is no reason to take whoever did it for a thief', async () => {
  const bucket = { arn: 'arn:aws:s3:::acme-reports', name: 'acme-reports', type: 'Destination' };
  const opened = stolenKey(1, {
    type: 'Policy:S3/BucketPublicAccessGranted',
    resource: { resourceType: 'S3Bucket', accessKeyDetails: { ...key, userType: 'IAMUser' }, s3BucketDetails: [bucket] },
  });
  const { guardrails, actions } = await decided([opened], withAnswers({ guardduty: [opened] }));
  expect(guardrails).toContain('deed-only');
  expect(actions.map(({ playbook }) => playbook)).not.toContain('aws.iam.contain-access-key');
});

describe('what is put away at the source', () => {
  const archived = () => stolenKey(1, { updatedAt: new Date(world.now + 1_000).toISOString() }, { archived: true });

  test('is closed here', async () => {
    const { verdicts, findings, done } = await decided([stolenKey(), archived()], withAnswers({ guardduty: [archived()] }));
    expect(verdicts).toEqual(['close']);
    expect(done[0]?.decision.reason).toBe('It is archived in GuardDuty.');
    expect(findings[0]?.life).toBe('resolved');
  });

  test('not by whoever writes to the queue: the true finding stands and is acted on', async () => {
    const { verdicts, findings, actions } = await decided([stolenKey(), archived()], withAnswers({ guardduty: [stolenKey()] }));
    expect(verdicts).toEqual(['act']);
    expect(findings).toMatchObject([{ life: 'open', imported: { state: 'active' } }]);
    expect(actions).toHaveLength(1);
  });

  test('nor where nobody may be asked: then a person looks', async () => {
    const { verdicts, findings } = await decided([stolenKey(), archived()], withAnswers({ fail: 'denied' }));
    expect(verdicts).toEqual(['ask']);
    expect(findings[0]?.life).toBe('open');
  });

  test('suppressed in Security Hub stays suppressed here', async () => {
    const hub = { Id: arnOf(1), AwsAccountId: account, Severity: { Label: 'HIGH' }, Workflow: { Status: 'SUPPRESSED' } };
    const inHub = guardDutyInHub(1, { ...hub, UpdatedAt: new Date(world.now + 1_000).toISOString() });
    const { verdicts, findings } = await decided([stolenKey(), inHub], withAnswers({ guardduty: [stolenKey()], hub: [inHub] }));
    expect(verdicts).toEqual(['close']);
    expect(findings[0]?.life).toBe('suppressed');
  });

  test('and opens again with a new version', async () => {
    const store = memoryStore();
    const say = async (record: JsonObject) => {
      const copies = new CopiesById(tenant);
      for (const { report } of eventsOfText(JSON.stringify(record), 'x')) if (report !== undefined) copies.add(report);
      const drained = copies.drain();
      await store.within(tenant, (tx) => importFindings(tx, drained, () => [], world.now));
    };
    const state = () => store.within(tenant, async (tx) => (await tx.findings.list({ limit: 1 }))[0]?.state);
    await say(stolenKey());
    await say(archived());
    await triage(await readyToTriage(store, [], withAnswers({ guardduty: [archived()] }), () => world.now));
    expect(await state()).toBe('resolved');
    await say(stolenKey(1, { updatedAt: new Date(world.now + 2_000).toISOString() }));
    expect(await state()).toBe('open');
  });
});

test('AWS Health names a key: IAM says whose it is', async () => {
  const exposed = healthExample(1, { affectedAccount: account, affectedEntities: [{ entityValue: key.accessKeyId }] });
  const { done, actions } = await decided([exposed], withAnswers({}));
  // Health answers nobody without a support plan: a person is asked, with what could be done.
  expect(actions).toEqual([]);
  expect(done).toMatchObject([
    { decision: { verdict: 'ask', actions: [{ playbook: 'aws.iam.contain-access-key', target: { params: { userName: key.userName } } }] } },
  ]);
});
