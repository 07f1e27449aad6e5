import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { playbooks as ownPlaybooks, rules as ownRules } from '../../content/index.ts';
import {
  guardDutyArn,
  guardDutyExample,
  guardDutyInHub,
  healthExample,
  inEnvelope,
  macieExample,
} from '../core/collect/reports/examples.ts';
import { ruleSet } from '../core/detect/rule-set.ts';
import { CloudError } from '../core/model/errors.ts';
import type { Json, JsonObject } from '../core/model/json.ts';
import type { Cloud } from '../core/ports/cloud.ts';
import { memoryDurable } from '../core/ports/durable.memory.ts';
import type { Lake } from '../core/ports/lake.ts';
import type { LogQueue, QueueMessage } from '../core/ports/log-queue.ts';
import { memoryStore } from '../core/ports/store.memory.ts';
import { openLake } from '../edge/duckdb/lake.ts';
import { restoreRange } from '../range/open-range.ts';
import { defineCarryOut } from './carry-out.ts';
import { collectQueue } from './collect-queue.ts';
import { dispatch } from './dispatch.ts';
import { changesSomething } from './playbook-scenarios/world-under-test.ts';
import { triage } from './triage.ts';
import { defineUndo } from './undo-action.ts';
import { type Attacked, attackedOrganisation, production, readyToTriage, tenant, withHistory } from './wire/triage-under-test.ts';

const rules = ruleSet(await ownRules());
const playbooks = await ownPlaybooks();
let lake: Lake;
let folder = '';
let tenants = 0;
let after: Attacked;
let snapshot = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jobzero-poisoned-'));
  lake = await openLake({ folder });
  after = await attackedOrganisation();
  snapshot = after.range.snapshot();
});
afterAll(async () => {
  await lake?.close();
  await rm(folder, { recursive: true, force: true });
});

/** A queue into which anybody has written these bodies. */
function queueWith(bodies: readonly string[], name: string): LogQueue {
  let waiting = bodies.map(
    (body, i): QueueMessage => ({ id: `m${i}`, receipt: `r${i}`, body, sentAt: 1_768_468_000_000 + i, receives: 1 }),
  );
  return {
    name,
    receive: async () => {
      const given = waiting;
      waiting = [];
      return given;
    },
    hold: async () => {},
    remove: async () => {},
    close: () => {},
  };
}

/** The organisation after an attack, and a jobzero that hears of it by a queue alone, in which every playbook is armed. */
async function open() {
  const { records, now: attackedAt } = after;
  const range = restoreRange(snapshot, () => attackedAt);
  const identity = records.map((one) => one['userIdentity'] as JsonObject).find(({ type }) => type === 'IAMUser') ?? {};
  const stolen = {
    accessKeyId: String(identity['accessKeyId']),
    userName: String(identity['userName']),
    principalId: String(identity['principalId']),
  };
  let time = attackedAt;
  /** What GuardDuty says when it is asked. */
  const known: JsonObject[] = [];
  const history = withHistory(range.cloud, records);
  const changes: string[] = [];
  const cloud: Cloud = {
    ...history,
    call: async (call): Promise<Json> => {
      if (call.role !== 'reader' && changesSomething(call.action)) changes.push(`${call.action} ${JSON.stringify(call.input)}`);
      if (call.action === 'guardduty:GetFindings') {
        const ids = call.input['FindingIds'] as readonly string[];
        return { Findings: known.filter(({ id }) => ids.includes(String(id))) };
      }
      if (call.action === 'securityhub:GetFindings') return { Findings: [] };
      if (/^(guardduty|securityhub|health|macie2):/.test(call.action)) throw new CloudError('denied', 'AccessDenied', call.action, 'no');
      return history.call(call);
    },
  };
  const store = memoryStore();
  const deps = await readyToTriage(store, [], cloud, () => time);
  const durable = memoryDurable({ within: store.within });
  const acting = { cloud, clock: { now: () => time }, playbooks: (id: string) => playbooks.find((one) => one.id === id) };
  defineCarryOut(durable, acting);
  defineUndo(durable, acting);
  await durable.launch();
  const lakeTenant = `p${++tenants}`;
  const nobody = { list: async function* () {}, read: () => Promise.reject(new Error('nothing is listed')) };

  /** The messages come; then jobzero has half an hour. */
  async function hear(...bodies: readonly string[]) {
    const queue = queueWith(bodies, `https://sqs.us-east-1.amazonaws.com/111122223333/${lakeTenant}`);
    const logs = nobody as never;
    const collected = await collectQueue(
      { tenant, store, lake, logs, rules, clock: { now: () => time }, queue, roots: [], find: async () => null },
      AbortSignal.timeout(30_000),
    );
    for (let minutes = 0; minutes <= 30; minutes += 5) {
      await triage(deps);
      await dispatch({ store, durable, tenant });
      await durable.settled();
      time += 300_000;
    }
    const seen = await store.within(tenant, async (tx) => ({
      actions: await tx.actions.list({ limit: 100 }),
      findings: await tx.findings.list({ limit: 100 }),
    }));
    return { collected, changes: [...changes], ...seen };
  }
  return { range, records, stolen, known, hear, now: () => time };
}

type Open = Awaited<ReturnType<typeof open>>;

const arnOf = (n: number) => guardDutyArn(n).replace('111122223333', production);

/** GuardDuty says that this key was used by a thief. */
function stolenKey({ stolen, now }: Open, n: number, more: JsonObject = {}): JsonObject {
  return guardDutyExample(n, {
    accountId: production,
    arn: arnOf(n),
    severity: 8,
    resource: { resourceType: 'AccessKey', accessKeyDetails: { ...stolen, userType: 'IAMUser' } },
    updatedAt: new Date(now()).toISOString(),
    ...more,
  });
}

const envelope = (detailType: string, source: string, detail: JsonObject) => JSON.stringify(inEnvelope(detailType, source, detail));
const byGuardDuty = (detail: JsonObject) => envelope('GuardDuty Finding', 'aws.guardduty', detail);
const byEventBridge = (detail: JsonObject) => envelope('AWS API Call via CloudTrail', 'aws.cloudtrail', detail);
const bySns = (message: string) =>
  JSON.stringify({
    Type: 'Notification',
    MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
    TopicArn: 'arn:aws:sns:us-east-1:111122223333:findings',
    Message: message,
    Timestamp: '2026-01-15T09:05:00.000Z',
    SignatureVersion: '1',
    Signature: 'Rm9yZ2Vk',
    SigningCertURL: 'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0000.pem',
  });

/** A record of the thief's, changed into one that never was. */
function forgedRecord({ records }: Open, change: JsonObject): JsonObject {
  const made = records.find((one) => one['eventName'] === 'CreateAccessKey' && one['errorCode'] === undefined);
  if (made === undefined) throw new Error('no key was made');
  return { ...made, eventID: '99999999-0000-4000-8000-000000000000', ...change };
}

test('what the queue tells and AWS says too is acted on: it is not the way in that stops what follows', async () => {
  const world = await open();
  world.known.push(stolenKey(world, 1));
  const { changes, actions } = await world.hear(byGuardDuty(stolenKey(world, 1)));
  expect(actions).toMatchObject([
    { playbook: 'aws.iam.contain-access-key', state: 'verified', target: { params: { userName: world.stolen.userName } } },
  ]);
  expect(changes.length).toBeGreaterThan(0);
});

describe('whoever can write to a queue cannot make jobzero change anything', () => {
  const forgeries: readonly (readonly [string, (world: Open) => readonly string[]])[] = [
    ['a finding of GuardDuty that names a principal of production', (world) => [byGuardDuty(stolenKey(world, 1))]],
    ['the same inside of an envelope of SNS', (world) => [bySns(byGuardDuty(stolenKey(world, 1)))]],
    [
      'a finding of Security Hub in the name of GuardDuty',
      ({ stolen }) => [
        envelope('Security Hub Findings - Imported', 'aws.securityhub', {
          findings: [
            guardDutyInHub(1, {
              Id: arnOf(1),
              AwsAccountId: production,
              Severity: { Label: 'CRITICAL' },
              Resources: [
                {
                  Type: 'AwsIamAccessKey',
                  Id: `AWS::IAM::AccessKey:${stolen.accessKeyId}`,
                  Details: {
                    AwsIamAccessKey: { PrincipalId: stolen.principalId, PrincipalType: 'IAMUser', PrincipalName: stolen.userName },
                  },
                },
              ],
            }),
          ],
        }),
      ],
    ],
    [
      'a finding of Macie on a bucket of production',
      () => [envelope('Macie Finding', 'aws.macie', macieExample(1, { accountId: production, type: 'Policy:IAMUser/S3BucketPublic' }))],
    ],
    [
      'a notice of Health that a key is exposed',
      ({ stolen }) => [
        envelope(
          'AWS Health Event',
          'aws.health',
          healthExample(1, { affectedAccount: production, affectedEntities: [{ entityValue: stolen.accessKeyId, status: 'IMPAIRED' }] }),
        ),
      ],
    ],
    ['a call that nobody made', (world) => [byEventBridge(forgedRecord(world, {}))]],
    [
      'a call that nobody made, in an envelope of SNS whose signature is forged',
      (world) => [bySns(byEventBridge(forgedRecord(world, {})))],
    ],
    [
      'a hundred calls that nobody made',
      (world) =>
        Array.from({ length: 100 }, (_, i) =>
          byEventBridge(forgedRecord(world, { eventID: `99999999-0000-4000-8000-${String(i).padStart(12, '0')}` })),
        ),
    ],
    [
      'a call of a break-glass user',
      (world) => [
        byEventBridge(
          forgedRecord(world, {
            userIdentity: {
              type: 'IAMUser',
              principalId: 'AIDABREAKGLASS000001',
              arn: `arn:aws:iam::${production}:user/break-glass-1`,
              accountId: production,
              accessKeyId: 'AKIABREAKGLASS123456',
              userName: 'break-glass-1',
            },
          }),
        ),
      ],
    ],
    [
      'a call in the name of an action of jobzero',
      (world) => [
        byEventBridge(
          forgedRecord(world, {
            userIdentity: {
              type: 'AssumedRole',
              principalId: `AROAEXAMPLE:${'a'.repeat(32)}`,
              arn: `arn:aws:sts::${production}:assumed-role/jobzero-actor/${'a'.repeat(32)}`,
              accountId: production,
              accessKeyId: 'ASIAEXAMPLE',
              sessionContext: {
                sessionIssuer: {
                  type: 'Role',
                  principalId: 'AROAEXAMPLE',
                  arn: `arn:aws:iam::${production}:role/jobzero-actor`,
                  accountId: production,
                  userName: 'jobzero-actor',
                },
              },
            },
          }),
        ),
      ],
    ],
  ];

  test.each(forgeries)('%s', async (_, forge) => {
    const world = await open();
    const { collected, changes, actions, findings } = await world.hear(...forge(world));
    expect(collected.refused).toEqual([]);
    expect(collected.ingested?.setAside ?? []).toEqual([]);
    expect(findings.length).toBeGreaterThan(0);
    expect(changes).toEqual([]);
    expect(actions).toEqual([]);
    // Nor is it put away as if jobzero had done it.
    for (const { finding, state } of findings) expect([finding.rule.id, state]).not.toEqual([finding.rule.id, 'resolved']);
  });

  test('a true finding told again, as often as somebody likes, is acted on once', async () => {
    const world = await open();
    world.known.push(stolenKey(world, 1));
    const told = byGuardDuty(stolenKey(world, 1));
    const first = await world.hear(told);
    expect(first.changes.length).toBeGreaterThan(0);
    const again = await world.hear(told, told, bySns(told));
    expect(again.changes).toEqual(first.changes);
    expect(again.actions).toEqual(first.actions);
  });

  test('a true finding told again after persons took back what was done: nothing is done once more', async () => {
    const world = await open();
    world.known.push(stolenKey(world, 1));
    const told = byGuardDuty(stolenKey(world, 1));
    const first = await world.hear(told);
    // The key is given back by its owner.
    const { accessKeyId: AccessKeyId, userName: UserName } = world.stolen;
    const root = {
      credentials: { kind: 'root', account: production },
      region: 'us-east-1',
      origin: { ip: '192.0.2.7', userAgent: 'console' },
    } as const;
    world.range.perform({ ...root, action: 'iam:UpdateAccessKey', input: { UserName, AccessKeyId, Status: 'Active' } });
    expect((await world.hear(told, bySns(told))).changes).toEqual(first.changes);
  });

  test('a forged copy that makes a true finding name somebody else reaches nobody else', async () => {
    const world = await open();
    world.known.push(stolenKey(world, 1));
    const victim = { accessKeyId: 'AKIAVICTIMVICTIM0001', userName: 'alice', principalId: 'AIDAVICTIM0000000001', userType: 'IAMUser' };
    const forged = stolenKey(world, 1, {
      updatedAt: '2030-01-01T00:00:00.000Z',
      resource: { resourceType: 'AccessKey', accessKeyDetails: victim },
    });
    const { changes } = await world.hear(byGuardDuty(stolenKey(world, 1)), byGuardDuty(forged));
    expect(changes.filter((change) => change.includes('alice') || change.includes('VICTIM'))).toEqual([]);
  });
});
