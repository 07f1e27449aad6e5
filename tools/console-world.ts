import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { sequences as allSequences } from '../content/index.ts';
import { restartTrail } from '../content/playbooks/aws/cloudtrail/restart-trail.ts';
import { narrowWorldOpenIngress } from '../content/playbooks/aws/ec2/narrow-world-open-ingress.ts';
import { containAccessKey } from '../content/playbooks/aws/iam/contain-access-key.ts';
import { denyRoleSession } from '../content/playbooks/aws/iam/deny-role-session.ts';
import { revokeRoleSessions } from '../content/playbooks/aws/iam/revoke-role-sessions.ts';
import { blockPublicAccess } from '../content/playbooks/aws/s3/block-public-access.ts';
import { defineCarryOut } from '../src/app/carry-out.ts';
import { issueSignInLink } from '../src/app/console/sign-in.ts';
import { keepDispatching } from '../src/app/dispatch.ts';
import { joinIncidents } from '../src/app/join-incidents.ts';
import { defineUndo } from '../src/app/undo-action.ts';
import { hashOf, idOf, sha256 } from '../src/core/lib/hash.ts';
import { textAt } from '../src/core/lib/json-at.ts';
import { sealFinding } from '../src/core/lib/seal-finding.ts';
import type { Decision, Guardrail, Judgement, ProposedAction } from '../src/core/model/decision.ts';
import type { Evidence, Finding } from '../src/core/model/finding.ts';
import type { JsonObject } from '../src/core/model/json.ts';
import type { Playbook, Target } from '../src/core/model/plan.ts';
import type { Severity } from '../src/core/model/severity.ts';
import { memoryDurable } from '../src/core/ports/durable.memory.ts';
import { openLedger } from '../src/edge/postgres/open-ledger.ts';
import { openSignIns } from '../src/edge/postgres/open-sign-ins.ts';
import { openStore } from '../src/edge/postgres/open-store.ts';
import { openSigningKey } from '../src/edge/postgres/signing-key.ts';
import { testDatabase } from '../src/edge/postgres/testing.ts';
import { createHttp } from '../src/http/create-http.ts';
import { type Served, serveHttp } from '../src/http/serve-http.ts';
import type { Credentials } from '../src/range/caller.ts';
import { openRange, type Range } from '../src/range/open-range.ts';

/**
 * A small jobzero in one process, for tests of the console and for working on it. PostgreSQL with store and ledger, the
 * range, the playbooks, the worker and the console are the real ones; findings and decisions are made here. `node tools/console-world.ts`
 * serves it and prints a link.
 */
export interface ConsoleWorld {
  readonly served: Served;
  readonly range: Range;
  readonly link: (who: string) => Promise<string>;
  /** Automation finds a stolen key and contains it alone. Returns the action's id. */
  containStolenKey(): Promise<string>;
  /** A security group is opened to the world, and automation asks. Returns the judgement's id. */
  askAboutIngress(): Promise<string>;
  /** Findings of other kinds, one with a text made to mislead. */
  fill(): Promise<void>;
  /** Somebody else changes what the stolen key's containment left. */
  meddle(): Promise<void>;
  close(): Promise<void>;
}

const tenant = 'default';
const account = '444455556666';
const region = 'us-east-1';
const origin = { ip: '203.0.113.66', userAgent: 'aws-cli/2.31.0 Python/3.13 Linux/6.8' };
const playbooks: readonly Playbook[] = [
  containAccessKey,
  denyRoleSession,
  revokeRoleSessions,
  restartTrail,
  narrowWorldOpenIngress,
  blockPublicAccess,
];

export async function openConsoleWorld(options: { readonly port: number }): Promise<ConsoleWorld> {
  const now = () => Date.now();
  const clock = { now };
  const sequences = await allSequences();
  const range = openRange({ seed: 'console', start: now() - 86_400_000, now });
  const database = await testDatabase();
  const store = await openStore({ url: database.url });
  const keys = await mkdtemp(join(tmpdir(), 'jobzero-console-'));
  const ledger = await openLedger({ url: database.url, key: await openSigningKey(join(keys, 'ledger.key')) });
  const failures: unknown[] = [];
  const durable = memoryDurable({
    within: store.within,
    sleep: () => new Promise((resolve) => setTimeout(resolve, 20)),
    onError: (error) => failures.push(error),
  });
  const workerDeps = {
    cloud: range.cloud,
    clock,
    playbooks: (id: string, version: number) => playbooks.find((p) => p.id === id && p.version === version),
  };
  defineCarryOut(durable, workerDeps);
  defineUndo(durable, workerDeps);
  await durable.launch();
  await store.within(tenant, async (tx) => {
    for (const { id } of playbooks)
      await tx.settings.set(`armed/${id}/${account}`, { armed: true, signedBy: 'owner', shadowDays: 14 }, now(), 'owner');
  });
  const stopDispatching = await keepDispatching({ store, durable, tenant }, 1000, (error) => failures.push(error));
  const sequencer = setInterval(() => void ledger.sequence(now()).catch((error: unknown) => failures.push(error)), 250);
  const signIns = await openSignIns({ url: database.url });
  const http = createHttp({
    tenant,
    store,
    ledger,
    clock,
    signIns,
    playbooks,
    webFolder: join(import.meta.dirname, '../web/dist'),
    log: (message, context) => console.error(message, context),
  });
  const served = await serveHttp(http, options);

  const perform = (credentials: Credentials, action: string, input: JsonObject): { readonly output: JsonObject; readonly id: string } => {
    const outcome = range.perform({ credentials, region, action, input, origin });
    if (outcome.error !== null) throw outcome.error;
    return { output: outcome.output, id: outcome.eventId ?? '' };
  };
  const root: Credentials = { kind: 'root', account };
  const raise = (finding: Finding) =>
    store.within(tenant, async (tx) => {
      await tx.findings.put(finding, now());
      await joinIncidents(tx, [{ type: 'raised', finding, supersedes: null }], sequences, now());
      await tx.ledger.append({
        format: 'jobzero.ledger/1',
        type: 'finding',
        subject: finding.id,
        at: now(),
        data: { revision: finding.revision },
      });
    });
  const decideOn = (
    finding: Finding,
    verdict: Decision['verdict'],
    guardrails: readonly Guardrail[],
    reason: string,
    actions: readonly ProposedAction[],
    risk: number,
  ) =>
    store.within(tenant, async (tx) => {
      const decision: Decision = {
        format: 'jobzero.decision/1',
        finding: finding.id,
        revision: finding.revision,
        verdict,
        guardrails,
        reason,
        actions,
        risk,
      };
      const id = idOf(finding.id, finding.revision, 'console-world');
      await tx.decisions.put({
        id,
        finding: finding.id,
        revision: finding.revision,
        at: now(),
        findingHash: hashOf(finding),
        contextHash: sha256('context'),
        toleranceHash: sha256('tolerance'),
        engine: sha256('engine'),
        decisionHash: hashOf(decision),
        decision,
      });
      await tx.ledger.append({
        format: 'jobzero.ledger/1',
        type: 'decision',
        subject: id,
        at: now(),
        data: { decisionHash: hashOf(decision) },
      });
    });

  let stolen: { readonly user: string; readonly key: string } | null = null;
  return {
    served,
    range,
    link: (who) => issueSignInLink({ signIns, clock, tenant, store }, served.url, who),
    async containStolenKey() {
      perform(root, 'iam:CreateUser', { UserName: 'deploy' });
      const made = perform(root, 'iam:CreateAccessKey', { UserName: 'deploy' });
      const key = textAt(made.output, 'AccessKey', 'AccessKeyId') ?? '';
      stolen = { user: 'deploy', key };
      const time = now() - 6000;
      const actor = { type: 'IAMUser', uid: `arn:aws:iam::${account}:user/deploy`, name: 'deploy', accessKeyId: key, account };
      const operations = ['GetCallerIdentity', 'ListUsers', 'ListRoles', 'ListBuckets', 'GetAccountAuthorizationDetails'];
      const evidence = operations.map((operation, index) => ({
        ...event(
          `${idOf('enumeration', index)}`,
          time + index * 1000,
          operation,
          operation === 'GetCallerIdentity' ? 'sts.amazonaws.com' : 'iam.amazonaws.com',
        ),
        actor,
        ...(operation === 'GetAccountAuthorizationDetails' ? { error: 'AccessDenied' } : {}),
      }));
      const finding = findingOf('aws.iam.credentials-used-for-enumeration', 'Credentials used for enumeration', 'Medium', evidence, {
        message: `The user deploy looked around with the key ${key} from 203.0.113.66, an address it never used before`,
        description:
          'Whoever has just stolen a key asks first who it is and what it may do. A pipeline knows what it needs and does not ask.',
        techniques: ['T1087.004', 'T1580'],
        tactics: ['discovery'],
        actor,
        resources: [{ uid: actor.uid, type: 'AWS::IAM::User', name: 'deploy', account, region: 'aws-global' }],
      });
      await raise(finding);
      const target: Target = { account, region, uid: actor.uid, params: { userName: 'deploy', accessKeyId: key } };
      const proposed = propose(containAccessKey, target, 'live', 0);
      await decideOn(
        finding,
        'act',
        [],
        'The key is used by somebody who is not its owner; containing it is reversible and touches one user.',
        [proposed],
        430,
      );
      const id = idOf(tenant, finding.id, containAccessKey.id, target);
      await store.within(tenant, async (tx) => {
        await tx.actions.plan({
          id,
          tenant,
          finding: finding.id,
          revision: finding.revision,
          playbook: containAccessKey.id,
          playbookVersion: 1,
          target,
          state: 'planned',
          by: 'automation',
          plannedAt: now(),
          finishedAt: null,
          reason: '',
        });
        await tx.ledger.append({ format: 'jobzero.ledger/1', type: 'action', subject: id, at: now(), data: { state: 'planned' } });
      });
      return id;
    },
    async askAboutIngress() {
      const group = Object.values(range.state.accounts[account]?.regions[region]?.securityGroups ?? {})[0];
      const groupId = group?.id ?? '';
      perform(root, 'ec2:AuthorizeSecurityGroupIngress', {
        GroupId: groupId,
        IpPermissions: [
          { IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, IpRanges: [{ CidrIp: '0.0.0.0/0', Description: 'quick look from home' }] },
        ],
      });
      const uid = `arn:aws:ec2:${region}:${account}:security-group/${groupId}`;
      const resource = { uid, type: 'AWS::EC2::SecurityGroup', name: groupId, account, region };
      const actor = {
        type: 'AssumedRole',
        uid: `arn:aws:sts::${account}:assumed-role/Developer/bob`,
        name: 'bob',
        issuer: `arn:aws:iam::${account}:role/Developer`,
        account,
      };
      const evidence = [
        {
          ...event(idOf('ingress'), now() - 4000, 'AuthorizeSecurityGroupIngress', 'ec2.amazonaws.com'),
          actor,
          resource,
          ip: '192.0.2.44',
        },
      ];
      const finding = findingOf('aws.ec2.security-group-opened-to-world', 'Security group opened to the world', 'Medium', evidence, {
        message: `bob opened port 5432 of ${groupId} to the whole internet`,
        description: 'Anybody on the internet can try what listens behind the group; databases are found within minutes.',
        techniques: ['T1686.001'],
        tactics: ['defense-impairment'],
        actor,
        resources: [resource],
      });
      await raise(finding);
      const proposed = propose(narrowWorldOpenIngress, { account, region, uid, params: { groupId } }, 'live', 1);
      await decideOn(
        finding,
        'ask',
        ['legitimate-use-unknown'],
        'Closing the port may cut off somebody who uses it, and no flow log says whether anybody does.',
        [proposed],
        365,
      );
      const judgement: Judgement = {
        id: idOf(tenant, finding.id),
        tenant,
        finding: finding.id,
        revision: finding.revision,
        question: `May automation close port 5432 of ${groupId} to the internet?`,
        options: [proposed],
        guardrails: ['legitimate-use-unknown'],
        recommendation: 'approve',
        because:
          'A database port that the whole internet can reach is found and tried within minutes, and whoever needs it can be let in by address.',
        state: 'waiting',
        askedAt: now(),
        answeredAt: null,
        answeredBy: [],
        approvalsNeeded: 1,
      };
      await store.within(tenant, async (tx) => {
        await tx.judgements.ask(judgement);
        await tx.ledger.append({
          format: 'jobzero.ledger/1',
          type: 'judgement',
          subject: judgement.id,
          at: now(),
          data: { finding: finding.id },
        });
      });
      return judgement.id;
    },
    async fill() {
      const kinds: readonly (readonly [
        rule: string,
        title: string,
        severity: Severity,
        message: string,
        technique: string,
        tactic: string,
      ])[] = [
        [
          'aws.iam.console-login-without-mfa',
          'Console sign-in without MFA',
          'Medium',
          'carol signed in to the console without a second factor',
          'T1078.004',
          'initial-access',
        ],
        ['aws.s3.bucket-made-public', 'Bucket made public', 'High', 'The bucket example-invoices answers everybody', 'T1530', 'collection'],
        ['aws.root.used', 'Root user used', 'High', 'Root of 777788889999 was used', 'T1078.004', 'privilege-escalation'],
        [
          'aws.iam.user-created',
          'User created',
          'Low',
          'The user \u202egnitidua\u202c was created\u200b by <img src=x onerror=alert(1)>\u0007',
          'T1136.003',
          'persistence',
        ],
        [
          'aws.cloudtrail.trail-logging-stopped',
          'CloudTrail trail stopped or deleted',
          'Critical',
          'The trail of production was stopped by an access key that was made an hour ago',
          'T1685.002',
          'defense-impairment',
        ],
        [
          'aws.kms.key-scheduled-for-deletion',
          'KMS key scheduled for deletion',
          'Informational',
          'A key that encrypts nothing will be deleted in 30 days',
          'T1485',
          'impact',
        ],
      ];
      const carol = { type: 'IAMUser', uid: `arn:aws:iam::${account}:user/carol`, name: 'carol', account };
      for (const [index, [rule, title, severity, message, technique, tactic]] of kinds.entries()) {
        const evidence = [
          { ...event(idOf(rule), now() - (index + 1) * 47_000, title.replaceAll(' ', ''), 'iam.amazonaws.com'), actor: carol },
        ];
        const finding = findingOf(rule, title, severity, evidence, {
          message,
          actor: carol,
          description: 'A synthetic finding that fills the list.',
          techniques: [technique],
          tactics: [tactic],
          resources: [],
          ...(rule === 'aws.iam.user-created' ? compared(now()) : {}),
        });
        await raise(finding);
        if (index % 3 === 0)
          await decideOn(finding, 'watch', ['severity-below-tolerance'], 'Your tolerance lets automation act from High on.', [], 120);
      }
    },
    async meddle() {
      if (stolen === null) throw new Error('nothing was stolen yet');
      perform(root, 'iam:DeleteAccessKey', { UserName: stolen.user, AccessKeyId: stolen.key });
    },
    async close() {
      await stopDispatching();
      await durable.shutdown();
      clearInterval(sequencer);
      await served.close();
      await ledger.sequence(now());
      await ledger.close();
      await signIns.close();
      await store.close();
      await database.close();
      await rm(keys, { recursive: true, force: true });
      if (failures.length > 0) throw new AggregateError(failures, 'the worker failed');
    },
  };
}

function propose(playbook: Playbook, target: Target, mode: ProposedAction['mode'], approvals: 0 | 1): ProposedAction {
  return {
    playbook: playbook.id,
    version: playbook.version,
    target,
    blastRadius: playbook.blastRadius(target),
    inverse: playbook.inverse(target),
    approvals,
    mode,
  };
}

function event(key: string, time: number, operation: string, service: string): Evidence {
  return {
    key: `${account}/${key}`,
    id: key,
    time,
    rule: '',
    operation,
    service,
    account,
    region,
    ip: origin.ip,
    userAgent: origin.userAgent,
  };
}

type Judged = 'baseline' | 'measured' | 'travel' | 'volume';

/** What rules that compare put into their findings, with a value made to mislead. */
function compared(now: number): Required<Pick<Finding, Judged>> {
  const since = now - 20 * 86_400_000;
  return {
    baseline: {
      days: 18,
      atLeast: true,
      known: 2,
      since,
      usual: [
        { days: 17, value: '\u202e61/0.0.2.291' },
        { days: 1, value: '<b>bold</b>' },
      ],
    },
    measured: { what: 'sum', value: 1_234_567.5, quality: 'at least' },
    travel: { from: '52.5,13.4,DE', to: '1.3,103.8,SG', fromTime: now - 3_600_000, toTime: now, distance: 8_947, speed: null },
    volume: { what: 'values', value: 1_300, quality: 'approximately', days: 9, since, most: 40, mostQuality: 'exact', error: 0.13 },
  };
}

type Rest = Pick<Finding, 'message' | 'resources'> &
  Partial<Pick<Finding, 'actor' | Judged>> &
  Pick<Finding['rule'], 'description' | 'techniques' | 'tactics'>;

function findingOf(rule: string, title: string, severity: Severity, evidence: readonly Evidence[], rest: Rest): Finding {
  const times = evidence.map((each) => each.time);
  return sealFinding({
    format: 'jobzero.finding/1',
    tenant,
    id: idOf(tenant, rule, 1),
    kind: 'detection',
    rule: { id: rule, major: 1, title, description: rest.description, techniques: rest.techniques, tactics: rest.tactics },
    severity,
    group: {},
    bucket: 0,
    account,
    region,
    ...(rest.actor === undefined ? {} : { actor: rest.actor }),
    resources: rest.resources,
    firstTime: Math.min(...times),
    lastTime: Math.max(...times),
    count: { n: evidence.length, atLeast: false },
    evidence,
    message: rest.message,
    ...Object.fromEntries(
      (['baseline', 'measured', 'travel', 'volume'] as const).flatMap((key) => (rest[key] === undefined ? [] : [[key, rest[key]]])),
    ),
  });
}

if (import.meta.main) {
  const world = await openConsoleWorld({ port: 4747 });
  await world.fill();
  await world.containStolenKey();
  await world.askAboutIngress();
  console.log(await world.link(userInfo().username));
  process.once('SIGINT', () => void world.close().then(() => process.exit(0)));
}
